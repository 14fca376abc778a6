"""Finds what earlier runs left behind: our comment, and the session that is meant.

This module must not write anything anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import our_comments
from harmonica_session.errors import (
    ActionError,
    DeadlineReached,
    FateUnknown,
    Refused,
    SeveralSessions,
)
from harmonica_session.session import notes
from harmonica_session.session.identity import (
    age,
    carries_reference,
    has_topic,
    is_set_up_elsewhere,
    may_have_run_before,
    receipt_counts,
)
from harmonica_session.session.plan import Found
from harmonica_session.session.survey import is_settling, linked
from harmonica_session.text.moment import moment
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import Receipt, Seal
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.survey import Survey
    from harmonica_session.session.task import Task
    from harmonica_session.world import World

# So many sessions of one topic are all looked at, so that each one too many is named.
_FEW = 5
# A server whose clocks disagree may be a day out.
_ANY_TIME_ZONE = timedelta(hours=27)


def find(world: World, harmonica: Harmonica, survey: Survey, seal: Seal, task: Task) -> Found:
    """Find our comment, and the session that this run means.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        SeveralSessions: `once-per: topic`, and several have it.
        ServiceError: A service did not answer, or does not show a new session, so nobody knows.
        DeadlineReached: There are too many sessions to look at in time.
    """
    found = _announced(world, survey, seal, task)
    receipt = found.receipt
    session, is_foreign, is_gone = None, False, False
    candidates: list[Session] = []
    if receipt and receipt_counts(task, receipt):
        session = _session_of(world, harmonica, survey, receipt)
        is_foreign = session is not None and receipt.is_foreign
        is_gone = session is None
    if session is None and task.scope == "topic":
        candidates = _of_topic(harmonica, survey, task, receipt)
        is_foreign = bool(candidates) and is_set_up_elsewhere(candidates[0], task, receipt)
    elif session is None and may_have_run_before(task, world.event, receipt):
        candidates = _left_behind(world, survey, task)
    session = session or next(iter(candidates), None)
    found = replace(found, session=session, is_foreign=is_foreign, is_gone=is_gone)
    found = replace(found, rivals=tuple(candidates[1:]))
    return replace(found, questions=_questions(world, harmonica, task, found))


def _announced(world: World, survey: Survey, seal: Seal, task: Task) -> Found:
    """Return what stands at the task's place."""
    number = task.place.number
    if number is None:
        return Found()
    standing = our_comments(world, seal, task.place, partial(survey.comments, number))
    newest = max((comment.id for comment in survey.known_comments(number)), default=0)
    return Found(standing.ours, surplus=standing.surplus, newest=newest)


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


def _session_of(
    world: World, harmonica: Harmonica, survey: Survey, receipt: Receipt
) -> Session | None:
    """Ask for the session of our comment; None when it is gone or out of reach.

    It counts also while Harmonica does not answer, or says no to everything.
    """
    join_url = receipt.join_url
    try:
        session = harmonica.get(receipt.session_id)
    except ActionError as error:
        if not (isinstance(error, Refused) and error.is_out_of_reach):
            world.runner.warn(f"The session was not looked at: {error}")
            return Session(id=receipt.session_id, join_url=join_url)
        if _is_gone(survey, receipt):
            world.runner.warn(
                f"The session of the comment is gone or belongs to another account ({join_url}); "
                "another one takes its place."
            )
            return None
        world.runner.warn(
            f"The session could not be looked at, and nothing else says that it is gone, so it "
            f"stays ({join_url}). For a new one, delete the comment and run this once with "
            f"`once-per: off`: {error}"
        )
        return Session(id=receipt.session_id, join_url=join_url)
    return session.model_copy(update={"join_url": join_url})


def _is_gone(survey: Survey, receipt: Receipt) -> bool:
    """Say whether a session that Harmonica refuses to show is gone.

    It refuses every session while it cannot read who may see what, and a new one until that is
    written down. So the list has to lack it, and to hold others.
    """
    if is_settling(receipt):
        return False
    created = moment(receipt.created_at)
    try:
        rows = survey.sessions(created - _ANY_TIME_ZONE if created else None)
    except ActionError:
        return False
    return bool(rows) and all(row.id != receipt.session_id for row in rows)


def _of_topic(
    harmonica: Harmonica, survey: Survey, task: Task, receipt: Receipt | None
) -> list[Session]:
    """Return the active sessions of the task's topic, the one that counts first.

    It is the announced one; else, where runs at the same time made all of them for this very task,
    the oldest, for that is what those runs agreed on. What follows are others that runs made.
    """
    rows = sorted(harmonica.active_with_topic(task.request.topic), key=age)
    if receipt and receipt.session_id not in [row.id for row in rows]:
        rows += _listed_late(survey, task, receipt)
    known = [row for row in rows if receipt and row.id == receipt.session_id]
    # Where a topic is everybody's, the announced one is enough.
    looked_at = rows if len(rows) <= _FEW or not known else known
    # What is listed, and may not be looked at closely, has the topic all the same.
    sessions = [survey.whole(row) or linked(harmonica, row) for row in looked_at]
    ours = [it for it in sessions if carries_reference(it, task)]
    if len(rows) > 1 and len(ours) < len(rows) and not known:
        links = ", ".join(harmonica.join_url(row.id) for row in rows)
        raise SeveralSessions(
            f"{len(rows)} active sessions have this very topic, and `once-per: topic` wants one; "
            f"complete the others, or choose another topic: {links}"
        )
    counts = [it for it in sessions if known and it.id == known[0].id] or sessions[:1]
    return [*counts, *(it for it in ours if it not in counts)]


def _listed_late(survey: Survey, task: Task, receipt: Receipt) -> list[Session]:
    """Return the announced session of a topic where it is too new to be missed in the list."""
    if not is_settling(receipt) or receipt.fields.get("topic") != task.fields["topic"]:
        return []
    row = Session(id=receipt.session_id, topic=task.request.topic, created_at=receipt.created_at)
    seen = survey.whole(row) or row
    return [] if seen.status == "completed" else [seen]


def _left_behind(world: World, survey: Survey, task: Task) -> list[Session]:
    """Return the sessions that earlier runs made for this task, the one that counts first."""
    rows = survey.sessions(survey.beginning(task))
    try:
        sessions = with_reference(survey.whole, task, rows)
    except DeadlineReached as error:
        raise DeadlineReached(
            f"an earlier run may have made one of {len(rows)} sessions, and there was no time to "
            f"look at all of them: {error}"
        ) from None
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
    return sessions


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
) -> list[Session]:
    """Return the sessions that carry the task's reference, the oldest first.

    Of those with another topic than the task's, one is looked for only where none has the topic.

    Args:
        look: Returns a listed session with its context, None when it is out of reach.
        task: What the sessions are for.
        candidates: Sessions as they are listed.
        same_topic: Whether to look at sessions of the task's very topic only.
    """
    rows = sorted(candidates, key=age)
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    alike = [row for row in rows if has_topic(row, task)]
    ours = (it for it in (look(row) for row in alike) if it and carries_reference(it, task))
    # Where a topic is everybody's, the oldest is enough.
    found = list(ours if len(alike) <= _FEW else islice(ours, 1))
    if found or same_topic:
        return found
    others = (look(row) for row in rows if not has_topic(row, task))
    return list(islice((it for it in others if it and carries_reference(it, task)), 1))
