"""Finds what earlier runs left behind: our comment, and the session that is meant.

This module must not write anything anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import our_comments
from harmonica_session.errors import TITLE, ActionError, Refused, SeveralSessions
from harmonica_session.inputs import DEFAULTS
from harmonica_session.session import notes
from harmonica_session.session.identity import (
    age,
    announcing,
    carries_reference,
    has_topic,
    is_set_up_elsewhere,
    may_have_run_before,
    receipt_counts,
    was_asked_for_topic,
)
from harmonica_session.session.plan import Found
from harmonica_session.session.recognise import FEW, left_behind
from harmonica_session.session.survey import linked, may_settle
from harmonica_session.text.moment import moment
from harmonica_session.words.session import Session

if TYPE_CHECKING:
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
        ServiceError: A service did not answer, or does not show a new session, so nobody knows.
        DeadlineReached: There are too many sessions to look at in time.
    """
    found = _announced(world, survey, seal, task)
    ours, receipt = found.ours, found.receipt
    session, is_foreign, is_gone = None, False, False
    candidates: list[Session] = []
    if ours and receipt_counts(task, ours.receipt):
        session = _session_of(world, harmonica, ours)
        is_foreign = session is not None and ours.receipt.is_foreign
        is_gone = session is None
    if receipt and not is_gone:
        harmonica.links.learn(receipt.join_url, receipt.session_id)
    if session is None and task.scope == "topic":
        candidates = _of_topic(world, harmonica, survey, task, ours)
        is_foreign = bool(candidates) and is_set_up_elsewhere(candidates[0], task, receipt)
    elif session is None and may_have_run_before(task, world.event, receipt):
        candidates = left_behind(world, survey, task)
    session = session or next(iter(candidates), None)
    tell_of_link(world, harmonica, session, receipt)
    found = replace(found, session=session, is_foreign=is_foreign, is_gone=is_gone)
    found = replace(found, rivals=tuple(candidates[1:]))
    if task.place.is_own_issue:
        found = found.with_own_issue()
    return replace(found, questions=_questions(world, harmonica, task, found))


def _announced(world: World, survey: Survey, seal: Seal, task: Task) -> Found:
    """Return what stands at the task's place."""
    place = task.place
    if not place.is_anywhere or task.is_apart:
        return Found()
    choose = partial(_announcing, survey, task)
    standing = our_comments(world, seal, place, partial(survey.posted, task), choose)
    if standing is None:
        return Found(is_blind=True)
    return Found(standing.ours, surplus=standing.surplus, newest=survey.newest(task))


def _announcing(survey: Survey, task: Task, read: list[OurComment]) -> list[OurComment]:
    """Return what may announce the session that is meant, of all that has a receipt."""
    if task.scope != "topic" or not task.place.is_own_issue or not read:
        return announcing(task, read, ())
    if found := announcing(task, read, [it.id for it in survey.of_topic(task.request.topic)]):
        return found
    # Harmonica may only fail to list the last one.
    asked = [it for it in read if it.is_signed and was_asked_for_topic(task, it.receipt)]
    sessions = list(dict.fromkeys(it.receipt.session_id for it in asked))
    return announcing(task, asked, sessions[-1:])


def _questions(
    world: World, harmonica: Harmonica, task: Task, found: Found
) -> tuple[str, ...] | None:
    """Ask what a session asks that the spec does not tell, for its receipt keeps digests only."""
    if found.session is None or found.is_foreign:
        return None
    if found.receipt and found.knows_fields:
        # What the spec asks now is known to be what the session asks, or not to be that.
        if found.receipt.fields.get("questions") == task.fields.get("questions"):
            return None
    elif not task.request.questions:
        return None
    try:
        return tuple(harmonica.questions(found.session.id))
    except ActionError as error:
        world.runner.debug(f"Could not find out which questions the session asks: {error}")
        return None


def _session_of(world: World, harmonica: Harmonica, ours: OurComment) -> Session | None:
    """Ask for the session of our comment; None when it is gone or out of reach.

    It counts also while Harmonica does not answer, or says no to everything.
    """
    receipt = ours.receipt
    join_url = receipt.join_url
    try:
        session = harmonica.get(receipt.session_id)
    except ActionError as error:
        if not (isinstance(error, Refused) and error.is_out_of_reach):
            world.runner.warn(f"The session could not be read: {error}")
            return Session(id=receipt.session_id, join_url=join_url)
        if _is_gone(world, harmonica, ours):
            world.runner.warn(
                f"The announced session no longer exists or belongs to another account: {join_url}"
            )
            return None
        world.runner.warn(
            "The session could not be read, and nothing else shows that it no longer "
            f"exists, so it is kept ({join_url}). For a new one, delete the comment and run "
            f"this once with `once-per: off`: {error}"
        )
        return Session(id=receipt.session_id, join_url=join_url)
    return session.model_copy(update={"join_url": join_url})


def _is_gone(world: World, harmonica: Harmonica, ours: OurComment) -> bool:
    """Say whether a session that Harmonica refuses to show is gone.

    It refuses every session while it cannot read who may see what, and a new one until that is
    written down. So the list has to lack it, and to hold others.
    """
    if may_settle(ours, world.deadline.clock.utc_now()):
        return False
    try:
        return harmonica.lacks(ours.receipt.session_id, moment(ours.receipt.created_at))
    except ActionError:
        return False


def _of_topic(
    world: World, harmonica: Harmonica, survey: Survey, task: Task, ours: OurComment | None
) -> list[Session]:
    """Return the active sessions of the task's topic, the one that counts first.

    It is the announced one; else, where runs at the same time made all of them for this very task,
    the oldest, for that is what those runs agreed on. What follows are others that runs made.
    """
    rows = sorted(survey.of_topic(task.request.topic), key=age)
    known = [row for row in rows if ours and row.id == ours.receipt.session_id]
    # Where a topic is everybody's, the announced one is enough.
    looked_at = rows if len(rows) <= FEW or not known else known
    # What is listed, and may not be looked at closely, has the topic all the same.
    sessions = [survey.whole(row) or linked(harmonica, row) for row in looked_at]
    announced = [it for it in sessions if known and it.id == known[0].id]
    if ours and not known:
        announced = _not_listed(world, harmonica, task, ours)
    others = [it for it in sessions if carries_reference(it, task)]
    if len(rows) > 1 and len(others) < len(rows) and not announced:
        links = ", ".join(harmonica.links.of(row.id) for row in rows)
        raise SeveralSessions(
            f"{len(rows)} active sessions have exactly this topic, but `once-per: topic` "
            f"needs a single one; complete the others, or choose another topic: {links}"
        )
    if ours:
        shown = {"join_url": ours.receipt.join_url}
        announced = [it.model_copy(update=shown) for it in announced]
    counts = announced or sessions[:1]
    return [*counts, *(it for it in others if it.id not in [one.id for one in counts])]


def _not_listed(world: World, harmonica: Harmonica, task: Task, ours: OurComment) -> list[Session]:
    """Return the announced session of a topic where the list only fails to show it.

    It lists nothing while it cannot read who may see what, and a new one late.
    """
    receipt = ours.receipt
    if not was_asked_for_topic(task, receipt):
        return []
    session = _session_of(world, harmonica, ours)
    if session is None or session.status == "completed":
        return []
    return [session] if session.topic is None or has_topic(session, task) else []


def tell_of_link(
    world: World, harmonica: Harmonica, session: Session | None, receipt: Receipt | None
) -> None:
    """Say where the link of a session is no more than a guess, for no route returns it again."""
    is_known = receipt is not None and session is not None and receipt.session_id == session.id
    if session is None or is_known or harmonica.links.are_known:
        return
    if harmonica.base != DEFAULTS["api-url"]:
        world.runner.annotate("notice", TITLE, [notes.rebuilt(session.join_url or "")])
