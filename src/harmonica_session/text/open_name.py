"""The action's own repository, whose owner is open until a release fills it in.

This module must not know where the text that names it is shown.
"""

from __future__ import annotations

_OPEN = "OWNER/"


def left_to_fill_in(text: str) -> str:
    """Return a line on what to replace in a workflow that is copied; nothing in a release."""
    return "Replace OWNER with the owner of this action's repository.\n" if _OPEN in text else ""
