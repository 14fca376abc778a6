"""Finds what earlier runs left behind: our comment, and the session that is meant.

This module must not write anything anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import traces_on
from harmonica_session.errors import ActionError, DeadlineReached, Refused, SeveralSessions
from harmonica_session.session import plan as planning
from harmonica_session.session.plan import Found, Task
from harmonica_session.session.survey import linked
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment, Receipt, Seal
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.survey import Survey
    from harmonica_session.world import World

TITLE = "Harmonica session"


def find(world: World, harmonica: Harmonica, survey: Survey, seal: Seal, task: Task) -> Found:
    """Find our comment, and the session that this run means.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        SeveralSessions: `once-per: topic`, and several have it.
        ServiceError: A service did not answer, so nobody knows.
        DeadlineReached: There are too many sessions to look at in time.
    """
    trace, surplus = _our_trace(world, harmonica, survey, seal, task)
    receipt = trace.receipt if trace else None
    session, is_foreign, is_gone = None, False, False
    if trace and planning.receipt_counts(task, trace.receipt):
        session = _announced(world, harmonica, trace)
        is_foreign = session is not None and trace.receipt.is_foreign
        is_gone = session is None
    if session is None and task.scope == "topic":
        session = _of_topic(harmonica, survey, task, receipt)
        is_foreign = session is not None and _is_foreign(session, task, receipt)
    elif session is None and planning.may_have_run_before(task, world.event, receipt):
        session = _left_behind(world, survey, task)
    found = Found(session=session, is_foreign=is_foreign, is_gone=is_gone, surplus=surplus)
    if trace:
        found = replace(found, comment=trace.comment, receipt=receipt, is_signed=trace.is_signed)
    return replace(found, questions=_questions(world, harmonica, task, found))


def _questions(
    world: World, harmonica: Harmonica, task: Task, found: Found
) -> tuple[str, ...] | None:
    """Ask what a session asks whose receipt does not tell, where the spec has questions too."""
    known = found.own_receipt
    if found.session is None or found.is_foreign or (known and known.fields):
        return None
    if not task.request.questions:
        return None
    try:
        return tuple(harmonica.questions(found.session.id))
    except ActionError as error:
        world.runner.debug(f"Nobody knows what the session asks: {error}")
        return None


def _our_trace(
    world: World, harmonica: Harmonica, survey: Survey, seal: Seal, task: Task
) -> tuple[OurComment | None, tuple[OurComment, ...]]:
    """Return the comment of ours that counts, and those that two runs at once left beside it."""
    if task.number is None:
        return None, ()
    traces = traces_on(world, seal, task.number, partial(survey.comments, task.number))
    within_reach = (
        it for it in traces if not it.is_doubtful or survey.whole(it.receipt.session_id)
    )
    trace = next(within_reach, None)
    if trace is None or trace.is_signed:
        surplus = (it for it in traces[1:] if it.is_signed and trace and it.author == trace.author)
        return trace, tuple(surplus)
    # Only a signature vouches for the link; the id leads to a session of this account.
    vouched = {"join_url": harmonica.join_url(trace.receipt.session_id)}
    return replace(trace, receipt=trace.receipt.model_copy(update=vouched)), ()


def _announced(world: World, harmonica: Harmonica, trace: OurComment) -> Session | None:
    """Ask for the session of our comment; None when it is gone or out of reach.

    A session that a signed receipt names counts also while Harmonica does not answer.

    Raises:
        ServiceError: Harmonica did not answer, and no signature vouches for the session.
    """
    receipt = trace.receipt
    join_url = receipt.join_url
    try:
        session = harmonica.get(receipt.session_id)
    except ActionError as error:
        if isinstance(error, Refused) and error.is_out_of_reach:
            world.runner.warn(
                TITLE,
                f"The session of the comment is gone or belongs to another account ({join_url}); "
                "another one takes its place.",
            )
            return None
        if not trace.is_signed:
            raise
        world.runner.warn(TITLE, f"The session was not looked at: {error}")
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


def _is_foreign(session: Session, task: Task, receipt: Receipt | None) -> bool:
    """Say whether a session of the topic was set up by something else than a run of ours."""
    if receipt and receipt.session_id == session.id:
        return receipt.is_foreign
    return not carries_reference(session, task.reference)


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


def age(session: Session) -> tuple[str, str]:
    """Return what puts sessions in order, the oldest first."""
    return session.created_at or "", session.id


def carries_reference(session: Session, reference: str) -> bool:
    """Say whether a session's context holds the reference line."""
    return f"Ref: {reference}" in (session.context or "").splitlines()
