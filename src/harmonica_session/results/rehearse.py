"""Says in a dry run what would be done in place of doing it.

This module must not decide what is due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonica_session.world import World


def is_rehearsal(world: World, what: str, text: str = "") -> bool:
    """Say whether this is a dry run, and if so, what a run without `dry-run` would do here.

    Args:
        world: The inputs, and the log.
        what: As the end of the sentence "this run would …".
        text: What would be written, folded in the log.
    """
    if world.inputs.dry_run:
        world.runner.say(f"Dry run: this run would {what}.")
        if text:
            world.runner.group("The text", text)
    return world.inputs.dry_run
