"""Finds the place to announce a session on.

This module must not read what stands there, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.github.find_pull_request import find_pull_request
from harmonica_session.errors import NothingToAnnounceOn, Refused
from harmonica_session.words.place import NOWHERE, Place

if TYPE_CHECKING:
    from harmonica_session.world import World

# Source: `GET /repos/{owner}/{repo}/commits/{sha}/pulls`.
_UNKNOWN_COMMIT = 422
_WHO = 401


def find_place(world: World) -> Place:
    """Return where to announce the session.

    Raises:
        NothingToAnnounceOn: `announce: pull-request`, and there is none.
        ServiceError: GitHub could not be asked, so nobody knows.
    """
    inputs, event = world.inputs, world.event
    if inputs.announce == "off":
        return NOWHERE
    number = None
    reason = f"the event `{event.name or 'none'}` names none; set `pr-number`"
    try:
        number = find_pull_request(world.github, inputs, event)
    except Refused as error:
        # Who may ask for nothing at all cannot tell that there is no pull request.
        if error.status == _WHO or not (error.is_denial or error.status == _UNKNOWN_COMMIT):
            raise
        reason = f"{error}; it needs `pull-requests: read`"
        world.runner.warn(
            f"The pull request could not be looked up: {reason}", about="announcement"
        )
    if number is None and inputs.announce == "pull-request":
        raise NothingToAnnounceOn(f"`announce: pull-request` needs a pull request: {reason}")
    return Place(number)
