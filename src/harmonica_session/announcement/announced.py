"""Finds the sessions that were announced, by the receipts in comments and issues.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from harmonica_session.announcement.authorship import standing_of
from harmonica_session.announcement.our_comments import login_of, seal_for
from harmonica_session.announcement.receipt import specs_named
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harmonica_session.announcement.receipt import OurComment, Receipt, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.issue import Issue
    from harmonica_session.world import World

LABEL = "harmonica-session"
ACTION_LABEL = "harmonica-action"
# Nobody waits longer for the end of a round, or for what came out of it.
_LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Announced:
    """A session that one of our announcements speaks of.

    Attributes:
        seal: What has signed its receipt.
        place: Where the announcement stands.
        ours: The announcement; an issue of the session's own is read as a comment.
        comments: What else stands there, as far as it was read.
        is_open: Whether the issue or pull request is.
    """

    seal: Seal
    place: Place
    ours: OurComment
    comments: tuple[Comment, ...] = ()
    is_open: bool = True

    @property
    def receipt(self) -> Receipt:
        """What the announcement keeps."""
        return self.ours.receipt

    @property
    def text(self) -> str:
        """What people read."""
        return (self.ours.comment.body or "").replace("\r\n", "\n").partition("\n")[2]


class Announcements:
    """The announcements of one repository."""

    def __init__(self, world: World, github: GitHub, specs: Sequence[str]) -> None:
        """Ask nothing yet.

        Args:
            world: The keys, the repository, and the clock.
            github: The repository's.
            specs: Those whose announcements count; none for those of every spec.
        """
        self._world = world
        self._github = github
        self._specs = specs
        self._login: str | None = None

    def on(self, number: int) -> list[Announced]:
        """Return what is announced on a pull request or an issue.

        Raises:
            ServiceError: GitHub does not tell.
        """
        issue = self._github.issues.get(number)
        return self._of(issue)

    def labelled(self) -> list[Announced]:
        """Return what is announced wherever our label is, if something moved there lately.

        Raises:
            ServiceError: GitHub does not tell.
        """
        since = (self._world.deadline.clock.utc_now() - _LOOK_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = [
            it for issue in self._github.issues.labelled(LABEL, since) for it in self._of(issue)
        ]
        # Of an issue that was opened twice for one session, the older one counts.
        oldest: dict[tuple[str, str], Announced] = {}
        for it in sorted(found, key=lambda it: it.ours.comment.id):
            name = it.place.name_for(it.receipt.session_id)
            oldest.setdefault((it.seal.spec, name), it)
        return list(oldest.values())

    def _of(self, issue: Issue) -> list[Announced]:
        own = [] if issue.is_pull_request else list(self.as_own_issue(issue))
        return own or list(self.in_comments(issue))

    def as_own_issue(self, issue: Issue) -> Iterator[Announced]:
        """Return the sessions that an issue is there for alone; of one spec there is one."""
        opening = as_comment(issue)
        place = Place(issue.number, is_own_issue=True)
        for seal in self._seals([opening]):
            if ours := self._counting(seal, place, [opening]):
                yield Announced(seal, place, ours, is_open=issue.is_open)

    def in_comments(self, issue: Issue) -> Iterator[Announced]:
        """Return the sessions that comments on an issue or pull request announce.

        Raises:
            ServiceError: GitHub does not tell.
        """
        place = Place(issue.number)
        comments = tuple(self._github.comments(issue.number))
        for seal in self._seals(comments):
            if ours := self._counting(seal, place, comments):
                yield Announced(seal, place, ours, comments, is_open=issue.is_open)

    def _seals(self, comments: Iterable[Comment]) -> list[Seal]:
        named = specs_named((it.body for it in comments), self._world.event.repository_id)
        return [
            seal_for(self._world, spec) for spec in named if not self._specs or spec in self._specs
        ]

    def _counting(self, seal: Seal, place: Place, comments: Iterable[Comment]) -> OurComment | None:
        read = [it for comment in comments if (it := seal.read(comment, place))]
        if not read:
            return None
        if self._login is None:
            self._login = login_of(self._world, self._github)
        return standing_of(read, self._login).ours


def as_comment(issue: Issue) -> Comment:
    """Return the text of an issue as if it were a comment."""
    return Comment(
        id=issue.number,
        html_url=issue.html_url,
        body=issue.body,
        user=issue.user,
        updated_at=issue.updated_at,
    )
