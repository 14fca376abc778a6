"""Warns in a scheduled run when GitHub is about to switch the schedule off.

This module must not fail a run, nor do anything to keep the schedule going.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError
from harmonica_session.text.moment import moment

if TYPE_CHECKING:
    from harmonica_session.words.visibility import AboutRepository
    from harmonica_session.world import World

# Source: "Events that trigger workflows", `schedule`: in a public repository, after 60 days without
# activity. No document says what counts as that; a push does, and an issue has proved not to.
_DAYS = 60
_WARNED_FROM = 50


def warn_of_quiet(world: World) -> None:
    """Warn where nothing was pushed for long; who cannot look says nothing."""
    if world.event.run_attempt > 1:
        # The first attempt has said so.
        return
    about = _about(world)
    pushed = moment(about.pushed_at) if about and not about.is_private else None
    if pushed is None:
        return
    days = (world.deadline.clock.utc_now() - pushed).days
    if days < _WARNED_FROM:
        return
    left = _DAYS - days
    when = f"in {left} day{'' if left == 1 else 's'}" if left > 0 else "any day now"
    world.runner.warn(
        f"Nothing has been pushed to this repository for {days} days, and in a public "
        f"repository GitHub disables schedules after {_DAYS} days without activity: "
        f"{when}. Push a commit, or enable the workflow again on the Actions page once "
        "that has happened.",
        about="schedule",
    )


def _about(world: World) -> AboutRepository | None:
    known = world.event.about_repository
    if known.is_private or known.pushed_at or world.github is None:
        return known
    try:
        return world.github.about()
    except ActionError as error:
        world.runner.debug(f"Could not find out when the repository was last pushed to: {error}")
        return None
