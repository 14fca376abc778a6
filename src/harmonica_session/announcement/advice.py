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
  issues: write  # to create the label by which the results are found
  actions: read  # in private repositories, to list earlier workflow runs"""
PERMISSIONS_FOR_ISSUES = """\
permissions:
  contents: read
  issues: write"""


def denied(what: str, error: Refused, place: Place) -> str:
    """Say what a token may not do at a place, with the block to paste where that helps."""
    return with_block(what, error, PERMISSIONS_FOR_ISSUES if place.is_own_issue else PERMISSIONS)


def with_block(what: str, error: Refused, block: str) -> str:
    """Say what a token may not do, with a block to paste, unless no permission mends it."""
    if isinstance(error, Barred):
        return f"{what}: {error}"
    return f"{what}, because the token lacks permission: {error}. Add this to the job:\n{block}"


def not_announced(place: Place, error: ActionError) -> str:
    """Say why the link was not posted, and what to do about it.

    Args:
        place: An issue yet to be opened has no number.
        error: What went wrong.
    """
    was, later = f"The link was not posted on {place}", "the next run will post it"
    unknown = f"the link was posted on {place}"
    if place.number is None:
        was, later = "No issue was opened for the session", "the next run will open one"
        unknown = "an issue was opened for the session"
    elsewhere = "the link is in the outputs and in the job summary"
    if isinstance(error, Barred):
        return f"{was}; {elsewhere}: {error}"
    if isinstance(error, Refused) and error.is_denial:
        return denied(was, error, place)
    if isinstance(error, FateUnknown):
        return f"It is not known whether {unknown}; {elsewhere}, and {later} if necessary: {error}"
    return f"{was}; {elsewhere}, and {later}: {error}"
