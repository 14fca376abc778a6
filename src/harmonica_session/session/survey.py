"""What is there before anything is written, asked for once however many specs there are.

This module must not decide which of it is meant, nor write anything anywhere.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.announcement.post import posts_at
from harmonica_session.errors import Refused, ServiceError
from harmonica_session.text.moment import (
    CLOCK_TOLERANCE,
    in_query,
    is_before,
    is_surely_before,
    moment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from harmonica_session.announcement.post import Posts
    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.earlier_runs import EarlierRuns
    from harmonica_session.session.task import Task
    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

# A workflow run lives no longer, its attempts included.
# Source: "Usage limits for GitHub Actions"; runs can be repeated for 30 days.
_LONGEST_RUN = timedelta(days=31)
# Jobs of one attempt that share a session are minutes apart.
_LONGEST_ATTEMPT = timedelta(days=1)
# How long Harmonica may take to write down who may see a new session, clocks that differ included.
_SETTLING = timedelta(minutes=10)
# How long to wait until a new session that is listed may be looked at too.
_PAUSES = (1.0, 2.0)


class Survey:
    """What the services have told, each thing asked for when it is first needed.

    Attributes:
        unread: Why GitHub did not tell when this run began, empty where it did or was not asked.
    """

    def __init__(self, world: World, *, is_hurried: bool = False) -> None:
        """Ask nothing yet.

        Args:
            world: Whom to ask.
            is_hurried: Whether there is more to do, so no look at a session takes all the time.
        """
        self._world = world
        self._is_hurried = is_hurried
        self._posted: dict[Place, list[Comment]] = {}
        self._of_topic: dict[str, list[Session]] = {}
        self._beginnings: dict[int | None, datetime | None] = {}
        self._sessions: dict[datetime | None, tuple[list[Session], Iterator[Session]]] = {}
        self._runs: dict[int, EarlierRuns] = {}
        self._whole: dict[str, Session | None] = {}
        self.unread = ""

    def posted(self, task: Task) -> list[Comment]:
        """Return what stands at the task's place, oldest first."""
        place = task.place
        if place not in self._posted and (posts := posts_of(self._world, task)):
            self._posted[place] = posts.listed()
        return self._posted.get(place, [])

    def newest(self, task: Task) -> int:
        """Return the number of the newest that was read at the task's place, 0 for none."""
        return max((it.id for it in self._posted.get(task.place, ())), default=0)

    def of_topic(self, topic: str) -> list[Session]:
        """Return the active sessions of a topic, as they are listed."""
        if topic not in self._of_topic and self._world.harmonica:
            self._of_topic[topic] = list(self._world.harmonica.active_with_topic(topic))
        return self._of_topic.get(topic, [])

    def beginning(self, task: Task) -> datetime | None:
        """Return since when the session may have been made, None when nobody says."""
        number = task.place.number if task.scope == "pull-request" else None
        if number not in self._beginnings:
            self._beginnings[number] = (
                self._beginning_of_run()
                if number is None
                else _beginning_of_pull_request(self._world, number)
            )
        return self._beginnings[number]

    def sessions(self, since: datetime | None, most: int | None = None) -> list[Session]:
        """Return the account's sessions that may have been created since then, newest first.

        Args:
            since: A moment; None for all sessions.
            most: How many are enough; None for all of them.
        """
        if since not in self._sessions and self._world.harmonica:
            self._sessions[since] = [], self._world.harmonica.created_since(since)
        known, more = self._sessions.get(since, ([], iter(())))
        known += islice(more, None if most is None else max(0, most - len(known)))
        return known[:most]

    def earlier_runs(self, number: int, since: datetime | None) -> EarlierRuns:
        """Return which runs may have made a session for a pull request, opened about `since`."""
        from harmonica_session.session.earlier_runs import earlier_runs

        if number not in self._runs:
            self._runs[number] = earlier_runs(self._world, number, since)
        return self._runs[number]

    def whole(self, row: Session) -> Session | None:
        """Return a listed session with its context and its link, None when it is out of reach."""
        if row.id not in self._whole and self._world.harmonica:
            self._whole[row.id] = self._looked_at(self._world.harmonica, row)
        return self._whole.get(row.id)

    def unseen(self, rows: Iterable[Session]) -> list[Session]:
        """Return the new ones among listed sessions that could not be looked at when asked for.

        Who is listed may be looked at a moment later, so each may be what an earlier run has made.
        """
        harmonica = self._world.harmonica
        refused = [row for row in rows if row.id in self._whole and not self._whole[row.id]]
        return [
            linked(harmonica, row) for row in refused if harmonica and is_settling(row, self._now)
        ]

    def _beginning_of_run(self) -> datetime:
        world, began = self._world, None
        if world.github:
            try:
                began = _shortly_before(world.github.run_created_at(world.event.run_id))
            except ServiceError as error:
                self.unread = str(error)
                world.runner.debug(f"Could not find out when this run began: {error}")
        longest = _LONGEST_ATTEMPT if world.event.run_attempt == 1 else _LONGEST_RUN
        return began or self._now - longest

    def _looked_at(self, harmonica: Harmonica, row: Session) -> Session | None:
        deadline = self._world.deadline
        for pause in _PAUSES if is_settling(row, self._now) else ():
            if session := whole(harmonica, row, self._seconds(harmonica)):
                return session
            if deadline.left <= pause:
                return None
            deadline.clock.sleep(pause)
        return whole(harmonica, row, self._seconds(harmonica))

    @property
    def _now(self) -> datetime:
        return self._world.deadline.clock.utc_now()

    def _seconds(self, harmonica: Harmonica) -> float | None:
        return harmonica.look_seconds if self._is_hurried else None


def posts_of(world: World, task: Task, title: str = "") -> Posts | None:
    """Return what stands where a task's session is announced, None where that is nowhere.

    Args:
        world: Whom to ask.
        task: What is asked for.
        title: What an issue of the session's own is called once it is written.
    """
    if world.github is None or not task.place.is_anywhere:
        return None
    # What announces the session of a run is no older than that; one of a topic may be any age.
    began = world.deadline.clock.utc_now() - _LONGEST_RUN
    since = "" if task.scope == "topic" else in_query(began)
    return posts_at(world.github, task.place, title, since)


def is_settling(session: Session | Receipt, now: datetime) -> bool:
    """Say whether a session may be so new that Harmonica refuses to show it to who may see it."""
    is_old = is_surely_before(session.created_at, now - _SETTLING)
    return moment(session.created_at) is not None and not is_old


def may_settle(ours: OurComment, now: datetime) -> bool:
    """Say the same of the session of our comment, which was made before the comment was written."""
    is_old = is_before(ours.comment.updated_at, now - _SETTLING)
    return is_settling(ours.receipt, now) and not is_old


def _beginning_of_pull_request(world: World, number: int) -> datetime | None:
    opened_at = world.event.created_at(number)
    try:
        if not opened_at and world.github:
            opened_at = world.github.opened_at(number)
    except ServiceError as error:
        world.runner.debug(f"Could not find out when #{number} was opened: {error}")
    return _shortly_before(opened_at)


def _shortly_before(text: str) -> datetime | None:
    at = moment(text)
    return at - CLOCK_TOLERANCE if at else None


def whole(harmonica: Harmonica, row: Session, seconds: float | None = None) -> Session | None:
    """Return a listed session with its context and its link, None when it is out of reach.

    Args:
        harmonica: The account.
        row: The session as it is listed.
        seconds: How long it is worth trying; None for all the time that is left.

    Raises:
        ServiceError: It cannot be known.
    """
    try:
        session = harmonica.get(row.id, seconds)
    except Refused as error:
        if not error.is_out_of_reach:
            raise
        return None
    return linked(harmonica, session)


def linked(harmonica: Harmonica, session: Session) -> Session:
    """Return a session that another run has created with its link, which no route returns."""
    return session.model_copy(update={"join_url": harmonica.links.of(session.id)})
