"""`validate`: checks specs, without a key and without the network unless somebody asks for more.

This module must not ask a service anything but for what a spec names, and that on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.background.from_files import from_files
from harmonica_session.commands import several
from harmonica_session.commands.several import each
from harmonica_session.errors import FileRefused
from harmonica_session.inputs import require_key
from harmonica_session.report import summary
from harmonica_session.spec.look_up_names import look_up_names, look_up_sessions
from harmonica_session.spec.read import read, refuse_shared_topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.errors import Problem
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World


def validate_online(world: World) -> bool:
    """Check specs like `validate`, and that the names and sessions in them are there.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    require_key(world.inputs, world.event)
    return _all_valid(world, _check_names)


def validate(world: World) -> bool:
    """Check specs and background as `create` would before it asks anybody.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    return _all_valid(world, _check)


def _all_valid(world: World, check: Callable[[World], Spec]) -> bool:
    worlds = several.worlds_of(world)
    with several.logs_in_turn(world, worlds):
        specs = each(worlds, check)
        refuse_shared_topics(worlds, specs)
        each(worlds, _say_valid, specs)
    return True


def _say_valid(world: World, spec: Spec) -> None:
    world.runner.say(f"The spec is valid: {spec.topic}")
    world.runner.output({"status": "valid", "topic": spec.topic})
    world.runner.summary(summary.valid(world.inputs.spec, spec.topic))


def _check(world: World) -> Spec:
    """Check what `create` checks before it makes a session, with the same functions."""
    spec = read(world).spec
    looks: list[Callable[[World, Spec], object]] = [from_files]
    if spec.context_sources:
        from harmonica_session.background.attach import read_sources

        looks.append(read_sources)
    if problems := [problem for look in looks for problem in _problems(look, world, spec)]:
        raise FileRefused(*sorted(problems))
    return spec


def _problems(look: Callable[[World, Spec], object], world: World, spec: Spec) -> list[Problem]:
    try:
        look(world, spec)
    except FileRefused as error:
        return error.problems
    return []


def _check_names(world: World) -> Spec:
    spec = look_up_names(world, _check(world))
    look_up_sessions(world, spec)
    return spec
