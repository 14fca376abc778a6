"""Checks specs, without a key and without the network unless somebody asks for more.

This module must not ask a service anything but for the names in a spec, and that on demand.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.background.gather import read_files
from harmonica_session.commands.several import all_of, rows_of, told
from harmonica_session.report import summary as report
from harmonica_session.session.prepare import read, require_key
from harmonica_session.spec.look_up_names import look_up_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World


def validate_online(world: World) -> bool:
    """Check specs like `validate`, and that the names in them lead to ids.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    require_key(world)
    return _all_valid(world, _check_names)


def validate(world: World) -> bool:
    """Check specs and background as `create` would before it asks anybody.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    return _all_valid(world, _check)


def _all_valid(world: World, check: Callable[[World], Spec]) -> bool:
    rows = rows_of(world)
    with told(world, rows):
        specs = all_of(partial(check, row) for row in rows)
        for row, spec in zip(rows, specs, strict=True):
            row.runner.say(f"The spec is valid: {spec.topic}")
            row.runner.output({"status": "valid", "topic": spec.topic})
            row.runner.summary(report.valid(row.inputs.spec, spec.topic))
    return True


def _check(world: World) -> Spec:
    spec = read(world).spec
    read_files(world, spec)
    return spec


def _check_names(world: World) -> Spec:
    return look_up_names(world, _check(world))
