"""Gathers the session's background from its sources, in the order in which the spec lists them.

This module must not write anything anywhere, nor leave out what the spec asks for without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.background.context import Context, compose
from harmonica_session.background.from_files import from_files

if TYPE_CHECKING:
    from harmonica_session.announcement.earlier import Earlier
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.place import Place
    from harmonica_session.world import World


def gather(world: World, spec: Spec, *, place: Place, earlier: Earlier) -> Context:
    """Return the context: the spec's own, then its sources, within the limit.

    Args:
        world: Where the sources are.
        spec: What the file says.
        place: Where the session is announced.
        earlier: The sessions before it.

    Raises:
        FileRefused: A file cannot be used.
        BackgroundMissing: A source cannot be had.
        ServiceError: A service did not answer.
    """
    # Files come first: what is wrong with one is said before anybody is asked anything.
    held = from_files(world, spec)
    listed = range(len(spec.context_from))
    if others := [at for at in listed if at not in held]:
        from harmonica_session.background.from_services import from_services

        held |= from_services(world, spec, place, earlier, others)
    context = compose(spec, held)
    world.runner.say(f"Background: {', '.join(map(str, context.shares)) or 'none'}")
    if context.cut:
        cut = "; ".join(str(share) for share in context.shares if share.cut)
        world.runner.warn(
            f"The background is {context.cut:,} characters longer than `context_limit` "
            f"allows ({spec.context_limit:,}); it was cut at line ends, with a mark where "
            f"text is missing: {cut}"
        )
    return context
