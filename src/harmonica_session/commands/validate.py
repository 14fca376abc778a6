"""`validate`: checks specs, without a key and without the network unless somebody asks for more.

This module must not ask a service anything but for what a spec names, and that on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from harmonica_session.background.context import compose
from harmonica_session.background.from_files import from_files
from harmonica_session.commands import several
from harmonica_session.commands.several import each
from harmonica_session.errors import TITLE, FileRefused
from harmonica_session.inputs import require_key
from harmonica_session.report import summary
from harmonica_session.report.cautions import Caution, cautions
from harmonica_session.spec.look_up_names import look_up_names, look_up_sessions
from harmonica_session.spec.read import read, refuse_shared_topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.background.context import Background
    from harmonica_session.errors import Problem
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World


T = TypeVar("T")


class _Checked(NamedTuple):
    """A spec without mistakes, and what its sources hold that are files, by their positions."""

    spec: Spec
    held: dict[int, list[Background]]


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


def _all_valid(world: World, check: Callable[[World], _Checked]) -> bool:
    worlds = several.worlds_of(world)
    with several.logs_in_turn(world, worlds):
        checked = each(worlds, check)
        refuse_shared_topics(worlds, [one.spec for one in checked])
        each(worlds, _say_valid, checked)
    return True


def _say_valid(world: World, checked: _Checked) -> None:
    spec, held = checked
    is_whole = len(held) == len(spec.context_from)
    said = cautions(spec.topic, spec.prompt, compose(spec, held).text, is_whole=is_whole)
    world.runner.say(f"The spec is valid: {spec.topic}")
    world.runner.annotate("notice", TITLE, [_placed(spec, caution) for caution in said])
    world.runner.output({"status": "valid", "topic": spec.topic})
    facts = {"Topic": spec.topic, "Spec": world.inputs.spec}
    world.runner.summary(summary.summary("valid", facts, notices=[it.message for it in said]))


def _placed(spec: Spec, caution: Caution) -> Problem:
    is_elsewhere = caution.path == ("context",) and not spec.context
    return spec.problem_at(("context_from",) if is_elsewhere else caution.path, caution.message)


def _check(world: World) -> _Checked:
    """Check what `create` checks before it makes a session, with the same functions."""
    spec = read(world).spec
    held, problems = _looked_at(from_files, world, spec)
    if spec.context_sources:
        from harmonica_session.background.attach import read_sources

        problems = problems + _looked_at(read_sources, world, spec)[1]
    if problems:
        raise FileRefused(*sorted(problems))
    return _Checked(spec, held or {})


def _looked_at(
    look: Callable[[World, Spec], T], world: World, spec: Spec
) -> tuple[T | None, list[Problem]]:
    try:
        return look(world, spec), []
    except FileRefused as error:
        return None, error.problems


def _check_names(world: World) -> _Checked:
    checked = _check(world)
    spec = look_up_names(world, checked.spec)
    look_up_sessions(world, spec)
    return checked._replace(spec=spec)
