"""Looks up the ids of what a spec calls by name.

This module must not create or change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import RouteMissing, SpecError, clip

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
                f"The {use.kind} `{clip(use.text)}` was not looked up: that takes a key."
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
