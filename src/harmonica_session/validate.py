"""Checks specs without a key and without the network.

This module must not ask a service anything.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.background import read_files
from harmonica_session.core import report
from harmonica_session.prepare import read
from harmonica_session.rows import all_of, rows_of, tell

if TYPE_CHECKING:
    from harmonica_session.core.spec import Spec
    from harmonica_session.edges.world import World


def validate(world: World) -> bool:
    """Check specs and background as `create` would before it asks anybody.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    rows = rows_of(world)
    specs = all_of(partial(_check, row) for row in rows)
    for row, spec in zip(rows, specs, strict=True):
        row.runner.say(f"The spec is valid: {spec.topic}")
        row.runner.output({"status": "valid", "topic": spec.topic})
        row.runner.summary(report.valid(row.inputs.spec, spec.topic))
    tell(world, rows)
    return True


def _check(world: World) -> Spec:
    spec = read(world).spec
    read_files(world, spec)
    return spec
