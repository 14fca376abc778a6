"""Finds the place to announce a session on.

This module must not read what stands there, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.github.find_pull_request import find_pull_request
from harmonica_session.errors import InputError, NothingToAnnounceOn
from harmonica_session.words.place import NOWHERE, OWN_ISSUE, Place

if TYPE_CHECKING:
    from harmonica_session.inputs import Inputs
    from harmonica_session.world import World


def find_place(world: World) -> Place:
    """Return where to announce the session.

    Raises:
        InputError: `announce: issue`, and another input wants a pull request.
        NothingToAnnounceOn: `announce: pull-request`, and there is none.
        ServiceError: GitHub could not be asked, so nobody knows.
    """
    inputs, event = world.inputs, world.event
    if inputs.announce == "off":
        return NOWHERE
    if inputs.announce == "issue":
        _refuse_pull_request(inputs)
        return OWN_ISSUE
    place = find_pull_request(world.github, inputs, event)
    if place.unseen:
        world.runner.warn(
            f"The pull request could not be looked up: {place.unseen}", about="announcement"
        )
    if place.number is None and inputs.announce == "pull-request":
        reason = place.unseen or f"the event `{event.name or 'none'}` has none; set `pr-number`"
        raise NothingToAnnounceOn(f"`announce: pull-request` needs a pull request: {reason}")
    return place


def _refuse_pull_request(inputs: Inputs) -> None:
    wanted = [
        (inputs.pr_number is not None, f"`pr-number: {inputs.pr_number}` names a different place"),
        (inputs.once_per == "pull-request", "`once-per: pull-request` announces on a pull request"),
    ]
    if problems := [
        (f"`announce: issue` opens an issue for each session, but {why}; remove one of the two")
        for is_given, why in wanted
        if is_given
    ]:
        raise InputError(*problems)
