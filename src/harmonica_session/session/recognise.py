"""Recognises the sessions that runs have made for a task, by the reference in them.

This module must not write anything anywhere.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.errors import DeadlineReached, FateUnknown
from harmonica_session.session import notes
from harmonica_session.session.identity import (
    age,
    carries_reference,
    has_topic,
    in_order_of_counting,
    is_alike,
    may_be_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.session.earlier_runs import EarlierRuns
    from harmonica_session.session.survey import Survey
    from harmonica_session.session.task import Task
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

# So many sessions of one topic are all looked at, so that each one too many is named. To look at
# so many takes less than to find out which of them may be meant.
FEW = 5
# As many as one request lists.
_PAGE = 100


def left_behind(world: World, survey: Survey, task: Task) -> list[Session]:
    """Return the sessions that earlier runs made for this task, the one that counts first.

    Raises:
        DeadlineReached: There are too many sessions to look at in time.
        FateUnknown: Harmonica does not show a new session, so nobody knows.
        ServiceError: A service did not answer.
    """
    rows, runs = _candidates(survey, task)
    try:
        sessions = with_reference(survey.whole, task, rows, runs=runs)
    except DeadlineReached:
        raise _too_many(rows, runs) from None
    unseen = survey.unseen(row for row in rows if has_topic(row, task))
    if sessions:
        world.runner.say(f"Recognised the session of an earlier run: {sessions[0].id}")
        tell_unseen(world, unseen)
    elif unseen:
        raise FateUnknown(
            "an earlier run may have made the session, for Harmonica lists a new one of this topic "
            "and does not show it yet; run it again in a few minutes: "
            f"{', '.join(str(it.join_url) for it in unseen)}"
        )
    return in_order_of_counting(sessions)


def _candidates(survey: Survey, task: Task) -> tuple[list[Session], EarlierRuns | None]:
    """Return which sessions to look at; of many, GitHub is asked which runs may have made them."""
    since, number = survey.beginning(task), task.place.number

    def those_since(most: int | None) -> list[Session]:
        return [row for row in survey.sessions(since, most) if may_be_of(row, task, since)]

    if number is None or task.scope != "pull-request":
        return those_since(None), None
    rows = those_since(_PAGE)
    # A page may be full of sessions that are out of the question.
    rows = rows if len(rows) > FEW else those_since(None)
    if len(rows) <= FEW:
        return rows, None
    runs = survey.earlier_runs(number, since)
    if runs.are_none:
        # One that met this run may be younger than the comments that were read.
        return [row for row in rows if runs.have_met(row) and is_alike(row, task)], runs
    return [row for row in those_since(None) if runs.may_have_made(row)], runs


def _too_many(rows: list[Session], runs: EarlierRuns | None) -> DeadlineReached:
    remedy = ""
    if runs and runs.unread:
        remedy = (
            ", or let GitHub tell when earlier runs were at work, which takes a token with "
            f"the permission `actions: read` ({runs.unread})"
        )
    return DeadlineReached(
        f"an earlier run may have made one of {len(rows)} sessions, and there was no time to "
        f"look at all of them: allow more seconds with `timeout`{remedy}"
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
    runs: EarlierRuns | None = None,
) -> list[Session]:
    """Return the sessions that carry the task's reference, the oldest first.

    Of those with another topic than the task's, one is looked for only where none has the topic.

    Args:
        look: Returns a listed session with its context, None when it is out of reach.
        task: What the sessions are for.
        candidates: Sessions as they are listed.
        same_topic: Whether to look at sessions of the task's very topic only.
        runs: The runs that may have made one, where anybody has asked.
    """
    rows = sorted(candidates, key=partial(_likelihood, task=task, runs=runs))
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    alike = [row for row in rows if has_topic(row, task)]
    ours = (it for it in map(look, alike) if it and carries_reference(it, task))
    if len(alike) <= FEW:
        found = sorted(ours, key=age)
        if found or same_topic:
            return found
        rows = [row for row in rows if row not in alike]
    elif same_topic:
        return list(islice(ours, 1))
    # Where a topic is everybody's, the likeliest is enough.
    return list(islice((it for it in map(look, rows) if it and carries_reference(it, task)), 1))


def _likelihood(
    session: Session, task: Task, runs: EarlierRuns | None
) -> tuple[bool, bool, bool, tuple[bool, float, str]]:
    """Return what puts sessions in order, the likeliest of a task first, then by age."""
    has_met = runs is not None and runs.have_met(session)
    return not has_met, not has_topic(session, task), not is_alike(session, task), age(session)
