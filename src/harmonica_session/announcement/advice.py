"""What to do where a token may not announce a session.

This module must not ask GitHub anything, nor know what the announcement says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import Barred, FateUnknown, Refused

if TYPE_CHECKING:
    from harmonica_session.errors import ActionError
    from harmonica_session.words.place import Place

PERMISSIONS = """\
permissions:
  contents: read
  pull-requests: write
  actions: read  # in private repositories, to know which runs there were"""


def denied(what: str, error: Refused) -> str:
    """Say what a token may not do, with the block to paste where that helps."""
    if isinstance(error, Barred):
        return f"{what}: {error}"
    return f"{what}, because the token may not: {error}. Give the job these:\n{PERMISSIONS}"


def not_announced(place: Place, error: ActionError) -> str:
    """Say why the link was not posted, and what to do about it."""
    if isinstance(error, Barred):
        return (
            f"The link was not posted on {place}; it stands in the outputs and in the job summary: "
            f"{error}"
        )
    if isinstance(error, Refused) and error.is_denial:
        return denied(f"The link was not posted on {place}", error)
    if isinstance(error, FateUnknown):
        return (
            f"Nobody knows whether the link was posted on {place}; it stands in the outputs and in "
            f"the job summary, and the next run posts it if need be: {error}"
        )
    return (
        f"The link was not posted on {place}; it stands in the outputs and in the job summary, "
        f"and the next run posts it: {error}"
    )
