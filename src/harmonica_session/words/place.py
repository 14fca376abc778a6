"""Where a session is announced.

This module must not look for a place, nor know what is posted there.
"""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A pull request or an issue, or nowhere.

    Attributes:
        number: Of the pull request or issue; None for nowhere.
        unseen: Why nobody could look which pull request it is, empty where somebody has.
    """

    number: int | None = None
    unseen: str = ""

    @property
    def name(self) -> str:
        """The place as a receipt is bound to it."""
        return "nowhere" if self.number is None else f"number {self.number}"

    def __str__(self) -> str:
        """Return the place as people write it: `#7`."""
        return "nowhere" if self.number is None else f"#{self.number}"


NOWHERE = Place()
