"""Brings a session about: creates it, finds it when the answer got lost, changes its texts.

This module must not announce anything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError, FateUnknown, Refused
from harmonica_session.report import summary as report
from harmonica_session.session import plan as planning
from harmonica_session.session.find import age, with_reference
from harmonica_session.session.survey import whole
from harmonica_session.text.moment import moment

if TYPE_CHECKING:
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.plan import Plan, Task
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

TITLE = "Harmonica session"
_LONGEST_PAUSE = 10.0
# Harmonica's words for a change that is no better the next time.
_FINAL = ("validation_error", "unprocessable", "forbidden", "not_found")
# Longer than a create takes, so that a twin's beginning lies within it.
_LOOK_BACK = timedelta(minutes=10)
# What the facilitator's prompt is written from, when the spec has none.
_PROMPT_SOURCES = {"topic", "goal", "context", "critical"}


def settle(world: World, harmonica: Harmonica, plan: Plan) -> tuple[Plan, Session]:
    """Carry out what the plan says about the session.

    Returns:
        The plan as it turned out, and the session.

    Raises:
        ServiceError: There is no session, or nobody knows.
    """
    session = plan.found.session
    if session is None:
        return plan, _create(world, harmonica, plan.task)
    if plan.status == "updated":
        return _update(world, harmonica, plan, session)
    return plan, session


def _create(world: World, harmonica: Harmonica, task: Task) -> Session:
    try:
        return harmonica.create(task.request)
    except FateUnknown as error:
        world.runner.say(f"{error}. Looking for the session, which may exist all the same.")
        session = _look_for(world, harmonica, task)
        if session is None:
            raise FateUnknown(
                f"{error}; the session did not turn up before the time was over. {_advice(task)}"
            ) from None
        world.runner.say(f"Found it: {session.id}")
        return session


def _advice(task: Task) -> str:
    """Say what another run would do."""
    if task.scope == "off":
        return (
            "Look in Harmonica before you run this again: with `once-per: off` each run creates one"
        )
    unless = " of an unchanged request" if task.on_change == "new" else ""
    return f"Running this again is safe: it looks for the session{unless} before it creates one"


def _look_for(world: World, harmonica: Harmonica, task: Task) -> Session | None:
    """Look for the session until the deadline: it may be made, or be listed, only later."""
    pause = 1.0
    while True:
        try:
            candidates = harmonica.created_since(harmonica.time_of_create())
            found = with_reference(partial(whole, harmonica), task, candidates)
        except ActionError as error:
            world.runner.debug(str(error))
        else:
            if found:
                return found
        if world.deadline.left <= pause:
            return None
        world.deadline.clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _update(
    world: World, harmonica: Harmonica, plan: Plan, session: Session
) -> tuple[Plan, Session]:
    """Change the session; when that is refused, it stays as it is, and the plan says so."""
    changes = plan.changes
    lacks_prompt = "prompt" not in plan.task.fields and _PROMPT_SOURCES.intersection(plan.differing)
    if not changes and not lacks_prompt:
        return replace(plan, status="reused", differing=()), session
    try:
        if changes:
            harmonica.update(session.id, changes)
    except ActionError as error:
        is_final = isinstance(error, Refused) and error.code in _FINAL
        because = str(error)
        kept = replace(plan, status="stale", because=because, is_pending=not is_final, is_sent=True)
        return kept, session
    if lacks_prompt:
        try:
            harmonica.update(session.id, harmonica.proposed_prompt(session.id))
        except ActionError as error:
            world.runner.warn(
                TITLE,
                "The session has the new texts, but the facilitator still follows instructions "
                f"that were written from the old ones; write them anew in Harmonica: {error}",
            )
    known = {name: value for name, value in changes.items() if name in type(session).model_fields}
    return plan, session.model_copy(update=known)


def give_way_to_twin(
    world: World, harmonica: Harmonica, plan: Plan, session: Session
) -> tuple[Plan, Session]:
    """Return another run's session in place of ours, where that run was faster.

    Nothing that goes wrong here may cost the session that exists.
    """
    twin = None
    if plan.status == "created":
        twin = _earlier_twin(world, harmonica, plan.task, session)
    if twin is None:
        return plan, session
    world.runner.warn(TITLE, report.surplus_warning(session.join_url or ""))
    found = replace(plan.found, session=twin)
    # What differs is the faster run's to settle, which knows what it has asked for.
    return replace(
        planning.decide(plan.task, found), status="reused", gave_way=True, has_created=True
    ), twin


def _earlier_twin(
    world: World, harmonica: Harmonica, task: Task, session: Session
) -> Session | None:
    """Return the session that another run or job made for the same task a moment before ours.

    They cannot see each other before they create; afterwards the oldest session wins.
    """
    created = moment(session.created_at)
    if task.scope == "off" or created is None:
        return None
    try:
        rows = harmonica.created_since(created - _LOOK_BACK)
        older = [row for row in rows if row.id != session.id and age(row) < age(session)]
        if task.scope == "topic":
            # A completed session makes room for another one of its topic.
            older = [row for row in older if row.status != "completed"]
        return with_reference(partial(whole, harmonica), task, older, same_topic=True)
    except ActionError as error:
        world.runner.debug(f"Nobody knows whether another job made the session too: {error}")
        return None
