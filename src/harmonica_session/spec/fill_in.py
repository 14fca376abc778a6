"""Fills a spec with the values of the run, and asks GitHub for those that the event lacks.

This module must not ask for a value that the spec does not use.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

from harmonica_session.edges.github.find_pull_request import pull_request_told_of
from harmonica_session.errors import Refused
from harmonica_session.spec.spec import read_spec
from harmonica_session.spec.values import Group, facts_of, known_pull_request, values_of
from harmonica_session.text.moment import moment

if TYPE_CHECKING:
    from harmonica_session.spec.read import Draft
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.place import Place
    from harmonica_session.world import World

_ABOUT = "values"


def fill_in(world: World, draft: Draft, *, place: Place) -> Spec:
    """Return the spec with its texts filled in.

    Args:
        world: The run.
        draft: The spec as it stands in the file.
        place: Where the session is announced.

    Raises:
        SpecError: A value that it uses is absent, or a text does not fit once it is filled in.
        ServiceError: GitHub did not answer, so nobody knows a value.
    """
    used = draft.spec.names
    if not used:
        return draft.spec
    wanted = {part for name, part in used if name == "pull_request"}
    pull_request = _pull_request(world, place, wanted - {""}) if wanted else _no_pull_request("")
    today = _today(world) if ("today", "") in used else None
    values = values_of(world.event, world.inputs.variables, pull_request, today)
    return read_spec(draft.content, draft.path, values)


def _no_pull_request(why: str) -> Group:
    return Group("pull_request", {}, why)


def _pull_request(world: World, place: Place, wanted: set[str]) -> Group:
    """Return what is known of the pull request, having asked for what the event lacks."""
    found = pull_request_told_of(place, world.github, world.inputs, world.event)
    if found.unseen:
        if not place.unseen:
            world.runner.warn(f"There is no pull request to be read: {found.unseen}", about=_ABOUT)
        return _no_pull_request("GitHub did not show it")
    if found.number is None:
        name = world.event.name
        event = f"the event `{name}`" if name else "a run without an event"
        return _no_pull_request(f"{event} has no pull request")
    known = known_pull_request(world.event, found.number)
    why = f"pull request {found} has none"
    if wanted <= known.keys():
        return Group("pull_request", known, why)
    if world.github is None:
        return Group("pull_request", known, "there is no `github-token` to ask GitHub with")
    try:
        return Group("pull_request", known | facts_of(world.github.pull(found.number)), why)
    except Refused as error:
        if not error.is_denial:
            raise
        world.runner.warn(
            f"There is no pull request to be read: {error.advised('pull-requests: read')}",
            about=_ABOUT,
        )
        return Group("pull_request", known, "GitHub did not show it")


def _today(world: World) -> date:
    """Return the day in UTC, for later attempts of a run the day of its first."""
    event, now = world.event, datetime.now(timezone.utc)
    if event.run_attempt == 1 or not event.run_id or world.github is None:
        return now.date()
    try:
        began = moment(world.github.run_created_at(event.run_id))
    except Refused as error:
        if not error.is_denial:
            raise
        message = f"Nobody says when the run began, so `today` is this day: {error}"
        world.runner.warn(message, about=_ABOUT)
        return now.date()
    return began.astimezone(timezone.utc).date() if began else now.date()
