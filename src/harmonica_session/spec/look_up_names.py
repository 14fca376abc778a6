"""Looks up what a spec names: ids behind names, and sessions.

This module must not create or change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import Refused, RouteMissing, SpecError, clip
from harmonica_session.text.addresses import session_id_in

if TYPE_CHECKING:
    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Path
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World


def look_up_names(world: World, spec: Spec) -> Spec:
    """Return the spec with ids for its names; without a key, as in a dry run, with placeholders.

    What this Harmonica does not have at all, the session goes without.

    Raises:
        SpecError: Names that nothing has, or several things have, each with its place.
        ServiceError: Harmonica could not be asked.
    """
    if not (spec.template or spec.project or spec.distribution):
        return spec
    from harmonica_session.spec import names

    ids: dict[Path, str] = {}
    problems: list[Problem] = []
    lacking: set[Path] = set()
    for use in names.uses_in(spec):
        if world.harmonica is None:
            world.runner.say(
                f"The {use.kind} `{clip(use.text)}` was not looked up, because that needs a key."
            )
            ids[use.path] = names.placeholder(use)
            continue
        try:
            ids[use.path] = names.id_of(use, world.harmonica.catalogue.of(use.kind))
        except RouteMissing as error:
            world.runner.warn(
                f"The session goes without the {use.kind} `{clip(use.text)}`: {error}"
            )
            lacking.add(use.path)
        except ValueError as error:
            problems.append(spec.problem_at(use.path, str(error)))
        else:
            world.runner.say(f"The {use.kind} `{clip(use.text)}` has the id {ids[use.path]}")
    if problems:
        raise SpecError(*sorted(problems))
    return names.with_ids(spec, ids, lacking) if ids or lacking else spec


def look_up_sessions(world: World, spec: Spec) -> None:
    """Make sure that the sessions which a spec takes something from can be seen.

    Raises:
        SpecError: Some cannot, each with its place.
        ServiceError: Harmonica could not be asked.
    """
    named: dict[Path, str] = {
        ("context_from", at, "previous_session", "session"): source.previous_session.session
        for at, source in enumerate(spec.context_from)
        if source.previous_session and source.previous_session.session
    }
    for at, attached in enumerate(spec.context_sources or ()):
        if attached.session:
            named["context_sources", at, "session"] = session_id_in(attached.session)
    unseen = {path: _why_unseen(world, session_id) for path, session_id in named.items()}
    if problems := [spec.problem_at(path, why) for path, why in unseen.items() if why]:
        raise SpecError(*sorted(problems))


def _why_unseen(world: World, session_id: str) -> str:
    """Return why a session cannot be seen, empty when it can."""
    try:
        if world.harmonica:
            world.harmonica.get(session_id)
    except Refused as error:
        if not error.is_out_of_reach:
            raise
        return (
            f"Harmonica does not show the session `{clip(session_id)}` to this key: {error.reason}"
        )
    return ""
