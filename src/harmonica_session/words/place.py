"""Where a session is announced.

This module must not look for a place, nor know what is posted there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harmonica_session.words.pull_request import Comment


LABEL = "harmonica-session"
"""What the issues and pull requests are labelled with where a session is announced."""


class Place(NamedTuple):
    """A pull request or an issue, or nowhere.

    Attributes:
        number: Of the pull request or issue; None for nowhere, and for an issue yet to be opened.
        unseen: Why nobody could look which pull request it is, empty where somebody has.
        is_own_issue: Whether it is an issue that is there for one session alone.
    """

    number: int | None = None
    unseen: str = ""
    is_own_issue: bool = False

    def name_for(self, session_id: str) -> str:
        """Return the place as the receipt of a session is bound to it.

        An issue of the session's own has no number yet when its receipt is written.
        """
        if self.is_own_issue:
            return f"issue of {session_id}"
        return "nowhere" if self.number is None else f"number {self.number}"

    def of(self, post: Comment | None) -> Place:
        """Return the same once something was posted: an issue of its own has a number then."""
        return self._replace(number=post.id) if post and self.is_own_issue else self

    @property
    def is_anywhere(self) -> bool:
        """Whether there is such a place, or will be."""
        return self.is_own_issue or self.number is not None

    @property
    def noun(self) -> str:
        """What an announcement there is."""
        return "issue" if self.is_own_issue else "comment"

    def __str__(self) -> str:
        """Return the place as people write it: `#7`."""
        if self.number is not None:
            return f"#{self.number}"
        return "an issue of its own" if self.is_own_issue else "nowhere"


NOWHERE = Place()
OWN_ISSUE = Place(is_own_issue=True)
