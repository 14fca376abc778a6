"""Changes a session that exists, and finds out what became of the change.

This module must not decide what is to be changed, nor change what anybody has written in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError, Refused, RouteMissing
from harmonica_session.session import notes
from harmonica_session.session import outcome as outcomes
from harmonica_session.session.plan import NOBODY_KNOWS, taken_part, use_of
from harmonica_session.words.request import PATCH_ONLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.plan import Plan
    from harmonica_session.words.session import Session
    from harmonica_session.world import World

# Harmonica's words for a value that it takes no better the next time, and for any such change.
_OF_VALUES = ("validation_error", "unprocessable")
_FINAL = (*_OF_VALUES, "forbidden", "not_found")


def update(world: World, harmonica: Harmonica, plan: Plan, session: Session) -> Outcome:
    """Change the session; when that is refused, it stays as it is, and the outcome says so."""
    if because := written_in(world, harmonica, session):
        return outcomes.kept(plan, session, because, will_retry=because == NOBODY_KNOWS)
    try:
        ignored = _changed(world, harmonica, session, plan.changes)
    except ActionError as error:
        is_final = isinstance(error, Refused) and error.code in _FINAL
        after = outcomes.refused(plan, session, str(error), will_retry=not is_final)
        return outcomes.without(after, plan.changes) if _is_for_values(error) else after
    if plan.needs_prompt:
        _write_prompt(world, harmonica, session)
    return outcomes.updated(plan, session, ignored)


def written_in(world: World, harmonica: Harmonica, session: Session) -> str:
    """Say whether anybody has written in a session, empty where nobody has.

    Its `participant_count` leaves out who has only begun, and whom the host has excluded.
    """
    try:
        return taken_part(harmonica.changes.writers(session.id, harmonica.look_seconds))
    except RouteMissing as error:
        world.runner.debug(f"The number of participants is used instead: {error}")
    except ActionError as error:
        world.runner.debug(str(error))
        return NOBODY_KNOWS
    return ""


def _changed(
    world: World, harmonica: Harmonica, session: Session, changes: Mapping[str, JsonValue]
) -> tuple[str, ...]:
    """Change fields of a session, and name those that Harmonica has left as they were."""
    apart = [name for name in changes if name in PATCH_ONLY]
    try:
        return _sent(harmonica, session, changes)
    except Refused as error:
        if not apart or len(changes) == 1 or error.code not in _OF_VALUES:
            raise
    # One of those may be refused that only some servers know, and must not cost the others.
    rest = {name: value for name, value in changes.items() if name not in apart}
    parts = (rest, *({name: changes[name]} for name in apart))
    return tuple(name for part in parts for name in _left_out(world, harmonica, session, part))


def _left_out(
    world: World, harmonica: Harmonica, session: Session, part: Mapping[str, JsonValue]
) -> tuple[str, ...]:
    """Change fields, and name those that Harmonica has left as they were, for whatever reason."""
    try:
        return _sent(harmonica, session, part)
    except Refused as error:
        if error.code not in _OF_VALUES:
            raise
        world.runner.warn(notes.goes_without(part, str(error)))
        return tuple(part)


def _sent(
    harmonica: Harmonica, session: Session, changes: Mapping[str, JsonValue]
) -> tuple[str, ...]:
    """Change fields of a session, and name those that Harmonica has left out.

    It leaves out what it does not know, and refuses that only where nothing else is sent.
    """
    if not changes:
        return ()
    told = harmonica.changes.update(session.id, changes)
    ignored = [it for it in changes if it in told and not _is_same(told[it], changes[it])]
    silent = {name: value for name, value in changes.items() if name not in told}
    if silent and len(silent) < len(changes):
        try:
            harmonica.changes.update(session.id, silent)
        except Refused as error:
            if not _is_for_values(error):
                raise
            ignored += silent
    return tuple(ignored)


def _is_same(told: JsonValue, sent: JsonValue) -> bool:
    """Say whether a value is the one that was sent, but for blanks, which a server may trim."""
    if isinstance(told, str) and isinstance(sent, str):
        return told.split() == sent.split()
    return told == sent


def _is_for_values(error: ActionError) -> bool:
    return isinstance(error, Refused) and error.code in _OF_VALUES


def _write_prompt(world: World, harmonica: Harmonica, session: Session) -> None:
    """Have the facilitator's prompt written anew, from the texts that the session has by now."""
    try:
        harmonica.changes.update(session.id, harmonica.changes.proposed_prompt(session.id))
    except RouteMissing as error:
        world.runner.say(
            f"No new prompt was written, because the prompt is based on the texts here: {error}"
        )
    except ActionError as error:
        world.runner.warn(
            "The session has the new texts, but the facilitator still follows instructions "
            f"based on the old ones; regenerate the prompt in Harmonica: {error}"
        )


def complete(world: World, harmonica: Harmonica, outcome: Outcome) -> Outcome:
    """Send the session what its create did not take, and say what it has otherwise than asked.

    What goes wrong is a warning: the session exists, and its link stands in the outputs already.
    """
    plan, session, request = outcome.plan, outcome.session, outcome.plan.task.request
    if outcome.other_visibility:
        asked = request.results_visibility or ""
        world.runner.warn(notes.other_visibility(asked, outcome.other_visibility))
    told = plan.differing if outcome.status == "stale" else ()
    if refused := [name for name in outcome.lacking if name not in (*plan.owed, *told)]:
        world.runner.warn(
            notes.goes_without(refused, "Harmonica does not accept what the spec says")
        )
    if not plan.owed or outcome.status not in ("created", "reused"):
        return outcome
    if outcome.status == "reused":
        because = use_of(session) or written_in(world, harmonica, session)
        if because:
            world.runner.say(notes.goes_without(plan.owed, because))
            return outcome
    return _with_fields(world, harmonica, outcome, plan.owed)


def _with_fields(
    world: World, harmonica: Harmonica, outcome: Outcome, names: tuple[str, ...]
) -> Outcome:
    fields = outcome.plan.task.request.fields()
    sent = {name: fields[name] for name in names}
    try:
        told = harmonica.changes.update(outcome.session.id, sent, harmonica.look_seconds)
    except ActionError as error:
        if _is_for_values(error) and len(names) > 1:
            # One may be refused for the other.
            for name in names:
                outcome = _with_fields(world, harmonica, outcome, (name,))
            return outcome
        if _is_for_values(error):
            world.runner.warn(notes.goes_without(names, str(error)))
            return outcomes.without(outcome, names)
        world.runner.warn(notes.owed(names, str(error)))
        return outcome
    ignored = [name for name in names if name in told and not _is_same(told[name], sent[name])]
    if ignored:
        world.runner.warn(notes.goes_without(ignored, notes.ignored(())))
    taken = [name for name in names if name not in ignored]
    return outcomes.without(outcomes.with_fields(outcome, taken), ignored)
