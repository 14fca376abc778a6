"""Finds the sessions that were announced, by the receipts in comments and issues.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from harmonica_session.announcement.authorship import standing_of
from harmonica_session.announcement.our_comments import login_of, seal_for
from harmonica_session.announcement.receipt import UNKNOWN, OurComment, Receipt, spec_named
from harmonica_session.text.moment import in_query
from harmonica_session.words.place import LABEL, NOWHERE, Place
from harmonica_session.words.pull_request import Comment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.issue import Issue
    from harmonica_session.world import World

ACTION_LABEL = "harmonica-action"
# Nobody waits longer for the end of a round, or for what came out of it.
_LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Announced:
    """A session that one of our announcements speaks of.

    Attributes:
        seal: What has signed its receipt.
        place: Where the announcement stands; nowhere for a session that none speaks of.
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

    def __init__(self, world: World, github: GitHub, is_meant: Callable[[str], bool]) -> None:
        """Ask nothing yet.

        Args:
            world: The keys, the repository, and the clock.
            github: The repository's.
            is_meant: Says of the path of a spec whether its announcements count.
        """
        self._world = world
        self._github = github
        self._is_meant = is_meant
        self._login: str | None = None

    def on(self, number: int, *, is_pull_request: bool) -> list[Announced]:
        """Return what is announced on a pull request or an issue.

        Args:
            number: Its number.
            is_pull_request: Whether it surely is one, which nobody has to be asked about then.

        Raises:
            ServiceError: GitHub does not tell.
        """
        if is_pull_request:
            return list(self.in_comments(number))
        return self._of(self._github.issues.get(number))

    def labelled(self) -> list[Announced]:
        """Return what is announced wherever our label is, if something moved there lately.

        Raises:
            ServiceError: GitHub does not tell.
        """
        since = in_query(self._world.deadline.clock.utc_now() - _LOOK_BACK)
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
        return own or list(self.in_comments(issue.number, is_open=issue.is_open))

    def as_own_issue(self, issue: Issue) -> Iterator[Announced]:
        """Return the sessions that an issue is there for alone; of one spec there is one."""
        place = Place(issue.number, is_own_issue=True)
        yield from self._among((as_comment(issue),), place, is_open=issue.is_open)

    def in_comments(self, number: int, *, is_open: bool = True) -> Iterator[Announced]:
        """Return the sessions that comments on an issue or pull request announce.

        Raises:
            ServiceError: GitHub does not tell.
        """
        comments = tuple(self._github.comments(number))
        for it in self._among(comments, Place(number), is_open=is_open):
            yield replace(it, comments=comments)

    def _among(
        self, comments: Sequence[Comment], place: Place, *, is_open: bool
    ) -> Iterator[Announced]:
        """Read each comment once, for the one spec that it names, however many name others."""
        naming: dict[str, list[Comment]] = {}
        for comment in comments:
            spec = spec_named(comment.body, self._world.event.repository_id)
            if spec is not None and self._is_meant(spec):
                naming.setdefault(spec, []).append(comment)
        for spec, named in naming.items():
            seal = seal_for(self._world, spec)
            read = [it for comment in named if (it := seal.read(comment, place))]
            if read and (ours := standing_of(read, self._speaks_for()).ours):
                yield Announced(seal, place, ours, is_open=is_open)

    def _speaks_for(self) -> str:
        if self._login is None:
            self._login = login_of(self._world, self._github)
        return self._login


def as_comment(issue: Issue) -> Comment:
    """Return the text of an issue as if it were a comment."""
    return Comment(
        id=issue.number,
        html_url=issue.html_url,
        body=issue.body,
        user=issue.user,
        updated_at=issue.updated_at,
        labels=issue.labels,
        assignees=issue.assignees,
    )


def unannounced(world: World, session_id: str) -> Announced:
    """Return a session that no announcement of ours speaks of; nobody knows who may see it."""
    receipt = Receipt(session_id=session_id, join_url="", results_visibility=UNKNOWN)
    ours = OurComment(Comment(id=0), receipt, is_signed=False)
    return Announced(seal_for(world, ""), NOWHERE, ours)
