"""Chooses where the consumer's files are read from: the workspace, or a revision on GitHub.

This module must not read them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.errors import InputError, Refused
from harmonica_session.spec import origin as revisions
from harmonica_session.text.decoding import lines_of

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.spec.origin import Origin
    from harmonica_session.world import World


def choose_files(world: World) -> World:
    """Return the world with the files that may be trusted, and say which these are.

    Raises:
        InputError: No revision can be trusted, or there is no token to ask for it with.
        FileRefused: There is no such revision, or the token may not read it.
        ServiceError: GitHub could not be asked.
    """
    has_checkout = world.files.holds_checkout(lines_of(world.inputs.spec))
    origin = revisions.origin_of(world.inputs.ref, world.event, has_checkout=has_checkout)
    if origin is None:
        return world
    from harmonica_session.edges.files.revision import Revision

    if world.github is None:
        raise InputError(
            f"the spec has to be read from GitHub, because {origin.because}, which requires "
            "`github-token` and a GitHub Actions run"
        )
    commit = origin.name if origin.is_commit else _resolved(world, world.github, origin)
    world.runner.say(f"Spec and background are read at revision {commit}, because {origin.because}")
    return replace(world, files=Revision(world.github, commit, origin.because))


def _resolved(world: World, github: GitHub, origin: Origin) -> str:
    """Return the commit of a branch or tag, so that all files come from the same one."""
    try:
        commit = github.commits.commit_of(origin.name)
    except Refused as error:
        from harmonica_session.edges.files.revision import unreadable

        raise unreadable(error, origin.name) from None
    revisions.refuse_authors_choice(commit, world.event)
    return commit
