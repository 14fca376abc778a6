"""Brings a session about: creates it, finds it when the answer got lost, has it changed.

This module must not announce anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError, FateUnknown, Refused
from harmonica_session.session import outcome as outcomes
from harmonica_session.session.find import tell_of_link
from harmonica_session.session.identity import carries_reference
from harmonica_session.session.recognise import fresh_and_early, with_reference
from harmonica_session.session.survey import whole

if TYPE_CHECKING:
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.plan import Plan
    from harmonica_session.session.task import Task
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

_LONGEST_PAUSE = 10.0
# How many sessions that read as older than the create are looked at before the list is asked again.
_EARLY_AT_ONCE = 15


def settle(world: World, harmonica: Harmonica, plan: Plan) -> Outcome:
    """Carry out what the plan says about the session.

    Raises:
        ServiceError: There is no session, or nobody knows.
    """
    session = plan.found.session
    if session is None:
        return outcomes.created(plan, _create(world, harmonica, plan.task))
    if plan.status == "updated":
        from harmonica_session.session.change import update

        return update(world, harmonica, plan, session)
    return outcomes.as_planned(plan, session)


def _create(world: World, harmonica: Harmonica, task: Task) -> Session:
    try:
        return harmonica.create(task.request)
    except FateUnknown as error:
        world.runner.say(f"{error}. Looking for the session, which may exist all the same.")
        try:
            session = _look_for(world, harmonica, task)
        except Refused as refusal:
            raise FateUnknown(
                f"{error}; looking for the session failed as well: {refusal}"
            ) from None
        if session is None:
            raise FateUnknown(
                f"{error}; the session did not appear in time. {_advice(task)}"
            ) from None
        world.runner.say(f"Found it: {session.id}")
        tell_of_link(world, harmonica, session, None)
        return session


def _advice(task: Task) -> str:
    """Say what another run would do."""
    if task.scope == "off":
        return (
            "Look in Harmonica before you run this again: with `once-per: off` each run "
            "creates a session"
        )
    unless = " of an unchanged request" if task.on_change == "new" else ""
    return f"It is safe to run this again: it looks for the session{unless} before it creates one"


def _look_for(world: World, harmonica: Harmonica, task: Task) -> Session | None:
    """Look for the session until the deadline: it may be made, or be listed, only later.

    Raises:
        Refused: There is no Harmonica at this address, so nothing is to be waited for.
    """
    pause, others = 1.0, set[str]()

    def look(row: Session) -> Session | None:
        session = whole(harmonica, row)
        if session and not carries_reference(session, task):
            others.add(row.id)
        return session

    while True:
        try:
            since = harmonica.time_of_create()
            listed = [row for row in harmonica.created_since(since) if row.id not in others]
            fresh, early = fresh_and_early(listed, task, since)
            found = with_reference(look, task, fresh)
            found = found or with_reference(look, task, early[:_EARLY_AT_ONCE])
        except ActionError as error:
            if isinstance(error, Refused) and error.is_no_harmonica:
                raise
            world.runner.debug(str(error))
        else:
            if found:
                return found[0]
        if world.deadline.left <= pause:
            return None
        world.deadline.clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
