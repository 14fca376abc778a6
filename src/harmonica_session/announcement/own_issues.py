"""Issues that are there to announce a session each: found by our label, opened, edited, closed.

This module must not decide which of them is ours, nor what it says.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from harmonica_session.announcement.announced import as_comment
from harmonica_session.edges.github.issues import Changes
from harmonica_session.errors import ServiceError
from harmonica_session.text.markdown import in_title, link
from harmonica_session.text.secrecy import blot_out
from harmonica_session.words.issue import LONGEST_TITLE
from harmonica_session.words.place import LABEL

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.pull_request import Comment

COLOR = "5319e7"
DESCRIPTION = "Announces a Harmonica session"


class OwnIssues:
    """The issues of one repository that have our label; each is read as if it were a comment."""

    removal = "close"

    def __init__(self, github: GitHub, title: str = "", since: str = "") -> None:
        """Take the repository, and what a new issue is called.

        Args:
            github: The repository.
            title: What one is called that is opened or edited; empty where it stays as it is.
            since: A moment in ISO 8601; what was last updated before it is not listed.
        """
        self._issues = github.issues
        self._title = title_of(title) if title else ""
        self._since = since

    def listed(self) -> list[Comment]:
        """Return all of them as they are now, open and closed, oldest first."""
        found = self._issues.labelled(LABEL, self._since or None)
        listed = [as_comment(issue) for issue in found if not issue.is_pull_request]
        return sorted(listed, key=lambda it: it.id)

    def post(self, body: str) -> Comment:
        """Open an issue with our label, by which every later look finds it."""
        # Where it cannot be made, the issue brings it along all the same, only without our color.
        with suppress(ServiceError):
            self._issues.make_label(LABEL, COLOR, DESCRIPTION)
        return as_comment(self._issues.create(self._title, body, [LABEL]))

    def read(self, ident: int) -> Comment:
        """Read an issue."""
        return as_comment(self._issues.get(ident))

    def edit(self, ident: int, body: str) -> Comment:
        """Write an issue anew; open or closed, it stays so."""
        return self._change(ident, Changes(body=body))

    def finish(self, ident: int, body: str) -> Comment:
        """Write an issue for the last time, and close it."""
        return self._change(ident, Changes(body=body, state="closed", state_reason="completed"))

    def take_away(self, ident: int, other: Comment) -> None:
        """Close an issue that is too many, and let it say where to go; none can be deleted.

        Without its receipt it announces nothing any more.
        """
        text = (
            "Two jobs opened an issue at the same time, and this is the later one. The session is "
            f"announced in {link(f'#{other.id}', other.html_url)}.\n"
        )
        self._change(ident, Changes(body=text, state="closed", state_reason="not_planned"))

    def _change(self, ident: int, changes: Changes) -> Comment:
        if self._title and "state" not in changes:
            changes["title"] = self._title
        return as_comment(self._issues.edit(ident, **changes))


def title_of(topic: str) -> str:
    """Return what the issue of a session is called: its topic, as far as anybody sees it."""
    # As in the text: what the session says by now may have a key in it.
    return in_title(blot_out(topic, ()), LONGEST_TITLE) or "Harmonica session"
