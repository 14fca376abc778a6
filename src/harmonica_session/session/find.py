"""Finds what earlier runs left behind: our comment, and the session that is meant.

This module must not write anything anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import our_comments
from harmonica_session.errors import ActionError, DeadlineReached, Refused, SeveralSessions
from harmonica_session.session.identity import (
    age,
    carries_reference,
    is_set_up_elsewhere,
    may_have_run_before,
    receipt_counts,
)
from harmonica_session.session.plan import Found
from harmonica_session.session.survey import linked
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment, Receipt, Seal
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.survey import Survey
    from harmonica_session.session.task import Task
    from harmonica_session.world import World


def find(world: World, harmonica: Harmonica, survey: Survey, seal: Seal, task: Task) -> Found:
    """Find our comment, and the session that this run means.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        SeveralSessions: `once-per: topic`, and several have it.
        ServiceError: A service did not answer, so nobody knows.
        DeadlineReached: There are too many sessions to look at in time.
    """
    ours, surplus = _our_comment(world, harmonica, survey, seal, task)
    receipt = ours.receipt if ours else None
    session, is_foreign, is_gone = None, False, False
    if ours and receipt_counts(task, ours.receipt):
        session = _announced(world, harmonica, ours)
        is_foreign = session is not None and ours.receipt.is_foreign
        is_gone = session is None
    if session is None and task.scope == "topic":
        session = _of_topic(harmonica, survey, task, receipt)
        is_foreign = session is not None and is_set_up_elsewhere(session, task, receipt)
    elif session is None and may_have_run_before(task, world.event, receipt):
        session = _left_behind(world, survey, task)
    found = Found(ours, session, is_foreign=is_foreign, is_gone=is_gone, surplus=surplus)
    return replace(found, questions=_questions(world, harmonica, task, found))


def _questions(
    world: World, harmonica: Harmonica, task: Task, found: Found
) -> tuple[str, ...] | None:
    """Ask what a session asks whose receipt does not tell, where the spec has questions too."""
    if found.session is None or found.is_foreign or found.knows_fields:
        return None
    if not task.request.questions:
        return None
    try:
        return tuple(harmonica.questions(found.session.id))
    except ActionError as error:
        world.runner.debug(f"Nobody knows what the session asks: {error}")
        return None


def _our_comment(
    world: World, harmonica: Harmonica, survey: Survey, seal: Seal, task: Task
) -> tuple[OurComment | None, tuple[OurComment, ...]]:
    """Return the comment of ours that counts, and those that two runs at once left beside it."""
    number = task.place.number
    if number is None:
        return None, ()
    listed = our_comments(world, seal, task.place, partial(survey.comments, number))
    within_reach = (
        it for it in listed if not it.is_doubtful or survey.whole(it.receipt.session_id)
    )
    ours = next(within_reach, None)
    if ours is None or ours.is_signed:
        surplus = (it for it in listed[1:] if it.is_signed and ours and it.author == ours.author)
        return ours, tuple(surplus)
    # Only a signature vouches for the link; the id leads to a session of this account.
    vouched = {"join_url": harmonica.join_url(ours.receipt.session_id)}
    return replace(ours, receipt=ours.receipt.model_copy(update=vouched)), ()


def _announced(world: World, harmonica: Harmonica, ours: OurComment) -> Session | None:
    """Ask for the session of our comment; None when it is gone or out of reach.

    A session that a signed receipt names counts also while Harmonica does not answer.

    Raises:
        ServiceError: Harmonica did not answer, and no signature vouches for the session.
    """
    receipt = ours.receipt
    join_url = receipt.join_url
    try:
        session = harmonica.get(receipt.session_id)
    except ActionError as error:
        if isinstance(error, Refused) and error.is_out_of_reach:
            world.runner.warn(
                f"The session of the comment is gone or belongs to another account ({join_url}); "
                "another one takes its place."
            )
            return None
        if not ours.is_signed:
            raise
        world.runner.warn(f"The session was not looked at: {error}")
    else:
        return session.model_copy(update={"join_url": join_url})
    return Session(id=receipt.session_id, join_url=join_url)


def _of_topic(
    harmonica: Harmonica, survey: Survey, task: Task, receipt: Receipt | None
) -> Session | None:
    """Return the active session of the task's topic.

    Of several it is the announced one; else, where runs at the same time made all of them for this
    very task, the oldest, for that is what those runs agreed on.
    """
    rows = harmonica.active_with_topic(task.request.topic)
    known = [row for row in rows if receipt and row.id == receipt.session_id]
    rows = sorted(known or rows, key=age)
    # What is listed, and may not be looked at closely, has the topic all the same.
    sessions = [survey.whole(row.id) or linked(harmonica, row) for row in rows]
    ours = [it for it in sessions if carries_reference(it, task.reference)]
    if len(rows) > 1 and len(ours) < len(rows):
        links = ", ".join(harmonica.join_url(row.id) for row in rows)
        raise SeveralSessions(
            f"{len(rows)} active sessions have this very topic, and `once-per: topic` wants one; "
            f"complete the others, or choose another topic: {links}"
        )
    return sessions[0] if sessions else None


def _left_behind(world: World, survey: Survey, task: Task) -> Session | None:
    """Return the session that an earlier run made for this task, None when there is none."""
    rows = survey.sessions(survey.beginning(task))
    try:
        session = with_reference(survey.whole, task, rows)
    except DeadlineReached as error:
        raise DeadlineReached(
            f"an earlier run may have made one of {len(rows)} sessions, and there was no time to "
            f"look at all of them: {error}"
        ) from None
    if session:
        world.runner.say(f"Recognised the session of an earlier run: {session.id}")
    return session


def with_reference(
    look: Callable[[str], Session | None],
    task: Task,
    candidates: Iterable[Session],
    *,
    same_topic: bool = False,
) -> Session | None:
    """Return the oldest session that carries the task's reference, None when none does.

    Args:
        look: Returns a session with its context, None when it is out of reach.
        task: What the session is for.
        candidates: Sessions as they are listed.
        same_topic: Whether to look at sessions of the task's very topic only.
    """
    rows = [row for row in candidates if not same_topic or row.topic == task.request.topic]
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    rows.sort(key=lambda row: (row.topic != task.request.topic, age(row)))
    found = (look(row.id) for row in rows)
    return next((it for it in found if it and carries_reference(it, task.reference)), None)
