"""Recognises the sessions that runs have made for a task, by the reference in them.

This module must not write anything anywhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from math import inf
from typing import TYPE_CHECKING

from harmonica_session.edges.network.pace import WINDOW_SECONDS
from harmonica_session.errors import ActionError, DeadlineReached, FateUnknown
from harmonica_session.session import notes
from harmonica_session.session.identity import (
    age,
    carries_reference,
    has_topic,
    in_order_of_counting,
    is_alike,
    may_be_of,
)
from harmonica_session.session.survey import Survey
from harmonica_session.text.moment import is_before, moment
from harmonica_session.words.session import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harmonica_session.session.earlier_runs import EarlierRuns
    from harmonica_session.session.task import Task
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

# So many sessions of one topic are all looked at, so that each one too many is named. To look at
# so many takes less than to find out which of them may be meant.
FEW = 5
# As many as one request lists.
_PAGE = 100
# The clock of a server that writes a time of day may be put back by that much.
_PUT_BACK = timedelta(hours=1)


def left_behind(world: World, survey: Survey, task: Task) -> list[Session]:
    """Return the sessions that earlier runs made for this task, the one that counts first.

    Raises:
        DeadlineReached: There are too many sessions to look at in time.
        FateUnknown: Harmonica does not show a new session, so nobody knows.
        ServiceError: A service did not answer.
    """
    rows, runs = _candidates(world, survey, task)
    order = partial(_likelihood, task=task, runs=runs)
    likely = [row for row in rows if _is_likely(row, runs)]
    try:
        sessions = with_reference(survey.whole, task, likely, order=order)
    except DeadlineReached:
        raise _too_many(likely, runs.unread if runs else survey.unread) from None
    if len(likely) < len(rows) and not sessions:
        rest = [row for row in rows if row not in likely]
        sessions = with_reference(_glance(world), task, rest, order=order)
    unseen = survey.unseen(row for row in rows if has_topic(row, task))
    if sessions:
        world.runner.say(f"Recognized the session of an earlier run: {sessions[0].id}")
        tell_unseen(world, unseen)
    elif unseen:
        raise FateUnknown(
            "an earlier run may have created the session, because Harmonica lists a new "
            "one with this topic but does not show it yet; run it again in a few minutes: "
            f"{', '.join(str(it.join_url) for it in unseen)}"
        )
    return in_order_of_counting(sessions)


def _candidates(
    world: World, survey: Survey, task: Task
) -> tuple[list[Session], EarlierRuns | None]:
    """Return which sessions to look at; of many, GitHub is asked which runs may have made them."""
    since, number = survey.beginning(task), task.place.number

    def those_since(most: int | None) -> list[Session]:
        return [row for row in survey.sessions(since, most) if may_be_of(row, task, since)]

    if number is None or task.scope != "pull-request":
        listed, now = survey.sessions(since), world.deadline.clock.utc_now()
        fresh, early = fresh_and_early(listed, task, since)
        return [*fresh, *_in_reach(early, listed, since, now)], None
    rows = those_since(_PAGE)
    # A page may be full of sessions that are out of the question.
    rows = rows if len(rows) > FEW else those_since(None)
    if len(rows) <= FEW:
        return rows, None
    runs = survey.earlier_runs(number, since)
    if runs.are_none:
        # One that met this run may be younger than the comments that were read.
        return [row for row in rows if runs.have_met(row) and is_alike(row, task)], runs
    return those_since(None), runs


def _is_likely(row: Session, runs: EarlierRuns | None) -> bool:
    """Say whether a listed session may well be meant, so that all such are looked at.

    Where GitHub has told which runs there were, a session made while none of them was at work is
    hardly theirs: its server would have to tell the hours of another zone, or the run to be about
    another pull request by its own account.
    """
    return runs is None or not runs.is_telling or runs.have_met(row)


def _glance(world: World) -> Callable[[Session], Session | None]:
    """Return how to look at sessions that no run known to GitHub is likely to have made.

    It takes no longer than a look that is not needed, and leaves time to make a session, though
    the pace may hold up one of the requests until then.
    """
    harmonica, survey = world.harmonica, Survey(world, is_hurried=True)
    seconds = harmonica.look_seconds if harmonica else 0.0
    enough = max(world.deadline.left - seconds, WINDOW_SECONDS + seconds)

    def look(row: Session) -> Session | None:
        if world.deadline.left <= enough:
            return None
        try:
            return survey.whole(row)
        except ActionError as error:
            world.runner.debug(f"A session could not be read: {error}")
            return None

    return look


def fresh_and_early(
    listed: Iterable[Session], task: Task, since: datetime | None
) -> tuple[list[Session], list[Session]]:
    """Return which listed sessions may have been made for a task at `since` or later.

    Returns:
        Those that read as made then; and those of its topic or goal that read as made earlier, as
        the times of some servers do, the youngest first.
    """
    rows = [row for row in listed if may_be_of(row, task, since)]
    early = [row for row in rows if is_before(row.created_at, since)]
    fresh = [row for row in rows if row not in early]
    return fresh, sorted(early, key=lambda row: age(row)[1], reverse=True)


def _in_reach(
    early: list[Session], listed: Iterable[Session], since: datetime | None, now: datetime
) -> list[Session]:
    """Return those of the early ones that a server whose clock is behind may have made since.

    None can read as younger than now reads there, so the youngest of all tells how far behind it
    may be. The youngest few are taken in any case.
    """
    known = [made for row in listed if (made := moment(row.created_at))]
    if since is None or not known:
        return early
    begin = since - max(timedelta(0), now - max(known)) - _PUT_BACK
    return [*early[:FEW], *(row for row in early[FEW:] if not is_before(row.created_at, begin))]


def _too_many(rows: list[Session], unread: str) -> DeadlineReached:
    remedy = ""
    if unread:
        remedy = (
            ", or let GitHub say when earlier runs took place, which needs a token with "
            f"the permission `actions: read` ({unread})"
        )
    return DeadlineReached(
        f"an earlier run may have created one of {len(rows)} sessions, and there was no "
        f"time to look at all of them: allow more seconds with `timeout`{remedy}"
    )


def tell_unseen(world: World, unseen: Iterable[Session]) -> None:
    """Warn of new sessions that may be some too many, and could not be looked at."""
    for session in unseen:
        world.runner.warn(notes.unseen(session.join_url or session.id))


def with_reference(
    look: Callable[[Session], Session | None],
    task: Task,
    candidates: Iterable[Session],
    *,
    same_topic: bool = False,
    order: Callable[[Session], tuple[object, ...]] = age,
) -> list[Session]:
    """Return the sessions that carry the task's reference, the oldest first.

    Of those with another topic than the task's, one is looked for only where none has the topic.

    Args:
        look: Returns a listed session with its context, None when it is out of reach.
        task: What the sessions are for.
        candidates: Sessions as they are listed.
        same_topic: Whether to look at sessions of the task's very topic only.
        order: What puts the candidates in order, the likeliest first.
    """
    rows = sorted(candidates, key=order)
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    alike = [row for row in rows if has_topic(row, task)]
    if len(alike) <= FEW:
        found = sorted(_ours(look, task, alike), key=age)
        if found or same_topic:
            return found
        rows = [row for row in rows if row not in alike]
    elif same_topic:
        return list(islice(_ours(look, task, alike), 1))
    # Where a topic is everybody's, the likeliest is enough, with those made at the same time.
    first = next(_ours(look, task, rows), None)
    if first is None:
        return []
    # Of those the oldest counts.
    older = [row for row in alike if age(row) < age(first) and _is_at_once(row, first)]
    return sorted([first, *_ours(look, task, older[:FEW])], key=age)


def _ours(
    look: Callable[[Session], Session | None], task: Task, rows: Iterable[Session]
) -> Iterator[Session]:
    return (it for it in map(look, rows) if it and carries_reference(it, task))


def _is_at_once(row: Session, other: Session) -> bool:
    one, two = moment(row.created_at), moment(other.created_at)
    return one is not None and two is not None and abs(one - two) <= AT_ONCE


def _likelihood(
    session: Session, task: Task, runs: EarlierRuns | None
) -> tuple[bool, bool, bool, bool, float]:
    """Return what puts sessions in order, the likeliest of a task first, then by age.

    Of several that runs have made one after the other, the last counts, and is looked at first.
    """
    has_met = runs is not None and runs.have_met(session)
    is_completed, created, _ = age(session)
    of_age = is_completed, -created if has_met and created < inf else created
    return not has_met, not has_topic(session, task), not is_alike(session, task), *of_age
