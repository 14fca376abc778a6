"""Finds the pull request that a run is about.

This module must not read its comments, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session import event as events
from harmonica_session.errors import NothingToAnnounceOn, Refused

if TYPE_CHECKING:
    from harmonica_session.world import World

TITLE = "Harmonica session: announcement"
# Source: `GET /repos/{owner}/{repo}/commits/{sha}/pulls`.
_UNKNOWN_COMMIT = 422
_WHO = 401


def find_pull_request(world: World) -> int | None:
    """Return the number of the pull request to announce on, None to announce nowhere.

    Raises:
        NothingToAnnounceOn: `announce: pull-request`, and there is none.
        ServiceError: GitHub could not be asked, so nobody knows.
    """
    inputs, event = world.inputs, world.event
    if inputs.announce == "off":
        return None
    number = inputs.pr_number
    reason = f"the event `{event.name or 'none'}` names none; set `pr-number`"
    if number is None:
        try:
            number = number_of_event(world)
        except Refused as error:
            # Who may ask for nothing at all cannot tell that there is no pull request.
            if error.status == _WHO or not (error.is_denial or error.status == _UNKNOWN_COMMIT):
                raise
            reason = f"{error}; it needs `pull-requests: read`"
            world.runner.warn(TITLE, f"The pull request could not be looked up: {reason}")
    if number is None and inputs.announce == "pull-request":
        raise NothingToAnnounceOn(f"`announce: pull-request` needs a pull request: {reason}")
    return number


def number_of_event(world: World) -> int | None:
    """Return the number of the event's pull request, None when it has none.

    Raises:
        ServiceError: GitHub could not be asked, or refused.
    """
    where = events.whereabouts(world.event)
    if isinstance(where, events.ByCommit):
        return (
            events.of_commit(world.github.pulls_of_commit(where), where.sha)
            if world.github
            else None
        )
    if isinstance(where, events.ByHead):
        return (
            events.of_head(world.github.open_pulls_of(where), where.sha) if world.github else None
        )
    return where
