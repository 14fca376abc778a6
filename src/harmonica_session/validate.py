"""Checks specs without a key and without the network.

This module must not ask a service anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.core import report
from harmonica_session.prepare import read

if TYPE_CHECKING:
    from harmonica_session.edges.world import World


def validate(world: World) -> None:
    """Check spec and background as `create` would before it asks anybody.

    Raises:
        ActionError: With everything that is wrong, each problem with its place.
    """
    spec, _ = read(world)
    world.runner.say(f"The spec is valid: {spec.topic}")
    world.runner.output({"status": "valid", "topic": spec.topic})
    world.runner.summary(report.valid(world.inputs.spec, spec.topic))
