"""What to do where a token may not tell what came out, or open issues for it.

This module must not ask GitHub anything, nor know what is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import with_block
from harmonica_session.errors import Barred, FateUnknown, Refused

if TYPE_CHECKING:
    from harmonica_session.errors import ActionError
    from harmonica_session.words.place import Place

PERMISSIONS = """\
permissions:
  contents: read
  issues: write
  pull-requests: write"""


def not_told(place: Place, error: ActionError) -> str:
    """Say why an announcement was not brought up to date, and what to do about it."""
    return _left_to_the_next_run(f"The announcement on {place} was not updated", error)


def not_reminded(place: Place, error: ActionError) -> str:
    """Say why nobody was reminded, and what to do about it."""
    return _left_to_the_next_run(f"The reminder on {place} was not posted", error)


def not_followed_up(error: ActionError) -> str:
    """Say why not every action has an issue, and what to do about it."""
    return _left_to_the_next_run("Some actions have no issue", error)


def _left_to_the_next_run(what: str, error: ActionError) -> str:
    if isinstance(error, Barred) or (isinstance(error, Refused) and error.is_denial):
        return with_block(what, error, PERMISSIONS)
    if isinstance(error, FateUnknown):
        return f"{what}, or perhaps it was; the next run checks: {error}"
    return f"{what}; the next run tries again: {error}"
