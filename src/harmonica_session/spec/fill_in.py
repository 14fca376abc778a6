"""Fills a spec with the values of the run, and asks for those that the event lacks.

This module must not ask for a value that the spec does not use.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harmonica_session.edges.github.find_pull_request import pull_request_told_of
from harmonica_session.errors import Refused, SpecError
from harmonica_session.spec.spec import read_spec
from harmonica_session.spec.values import (
    Group,
    facts_of,
    facts_of_session,
    known_pull_request,
    values_of,
)
from harmonica_session.text.moment import moment
from harmonica_session.text.zone import zone_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, tzinfo

    from harmonica_session.spec.read import Draft
    from harmonica_session.spec.spec import Spec
    from harmonica_session.spec.values import Values
    from harmonica_session.words.place import Place
    from harmonica_session.words.session import Session, SessionBefore
    from harmonica_session.world import World

_ABOUT = "values"
# No announcement keeps these of a session.
_OF_HARMONICA = {"topic", "goal", "participant_count"}


def fill_in(
    world: World, draft: Draft, *, place: Place, before: Callable[[str], SessionBefore | None]
) -> Spec:
    """Return the spec with its texts filled in.

    Args:
        world: The run.
        draft: The spec as it stands in the file.
        place: Where the session is announced.
        before: Looks for the session before the one of a topic.

    Raises:
        SpecError: A value that it uses is absent, or a text does not fit once it is filled in.
        ServiceError: A service did not answer, so nobody knows a value.
    """
    used = draft.spec.names
    if not used:
        return draft.spec
    wanted = {part for name, part in used if name == "pull_request"}
    pull_request = _pull_request(world, place, wanted - {""}) if wanted else _no_pull_request("")
    today = _today(world, zone_named(draft.spec.timezone or "")) if ("today", "") in used else None
    wanted = {part for name, part in used if name == "previous"}
    none = Group("previous", {}, "")
    values = values_of(world.event, world.inputs.variables, (pull_request, none), today)
    if wanted:
        values["previous"] = _previous(world, lambda: before(_topic(draft, values)), wanted)
    return read_spec(draft.content, draft.path, values)


def _topic(draft: Draft, values: Values) -> str:
    """Return the topic by itself, empty where it takes a value that is not known yet."""
    alone = {"topic": draft.spec.topic, "goal": "-"}
    try:
        return read_spec(json.dumps(alone, ensure_ascii=False).encode(), draft.path, values).topic
    except SpecError:
        # Where the fault is its own, the spec as a whole will say so, beside its line.
        return ""


def _no_pull_request(why: str) -> Group:
    return Group("pull_request", {}, why)


def _pull_request(world: World, place: Place, wanted: set[str]) -> Group:
    """Return what is known of the pull request, having asked for what the event lacks."""
    found = pull_request_told_of(place, world.github, world.inputs, world.event)
    if found.unseen:
        if not place.unseen:
            world.runner.warn(f"The pull request cannot be read: {found.unseen}", about=_ABOUT)
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
        return Group("pull_request", known, "there is no `github-token` for asking GitHub")
    try:
        return Group("pull_request", known | facts_of(world.github.pull(found.number)), why)
    except Refused as error:
        advised = error.advised("pull-requests: read")
        _warn_of_denial(world, error, f"The pull request cannot be read: {advised}")
        return Group("pull_request", known, "GitHub did not show it")


def _previous(world: World, before: Callable[[], SessionBefore | None], wanted: set[str]) -> Group:
    """Return what is known of the session before, having asked Harmonica for what it alone has."""
    if world.github is None or world.harmonica is None:
        return Group(
            "previous",
            {},
            "looking for an earlier session needs a `github-token` and an `api-key`",
        )
    try:
        found = before()
    except Refused as error:
        advised = error.advised("issues: read")
        _warn_of_denial(world, error, f"Earlier sessions cannot be looked for: {advised}")
        return Group("previous", {}, "GitHub did not show the announcements")
    if found is None:
        return Group("previous", {}, "no issue announces an earlier session of this spec")
    session: Session | None = None
    if not _OF_HARMONICA.isdisjoint(wanted):
        try:
            session = world.harmonica.get(found.session_id)
        except Refused as error:
            if not error.is_out_of_reach:
                raise
            world.runner.warn(
                f"The previous session could not be read ({found.join_url}): {error}",
                about=_ABOUT,
            )
    return Group("previous", facts_of_session(found, session), "Harmonica did not show the session")


def _warn_of_denial(world: World, error: Refused, message: str) -> None:
    """Warn of what a token may not see; raise the error where it is another one."""
    if not error.is_denial:
        raise error
    world.runner.warn(message, about=_ABOUT)


def _today(world: World, zone: tzinfo) -> date:
    """Return the day in a time zone, for later attempts of a run the day of its first."""
    event, now = world.event, world.deadline.clock.utc_now().astimezone(zone)
    if event.run_attempt == 1 or not event.run_id or world.github is None:
        return now.date()
    try:
        began = moment(world.github.run_created_at(event.run_id))
    except Refused as error:
        message = (
            f"The start of the run could not be found out, so `today` is the current date: {error}"
        )
        _warn_of_denial(world, error, message)
        return now.date()
    return began.astimezone(zone).date() if began else now.date()
