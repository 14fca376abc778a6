"""Finds our comments at a place, by the receipts in them.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import denied
from harmonica_session.announcement.receipt import Speaker
from harmonica_session.errors import NothingToAnnounceOn, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World


def our_comments(
    world: World, seal: Seal, place: Place, read: Callable[[], list[Comment]]
) -> list[OurComment]:
    """List the comments with a receipt that are ours or may be, the one that counts first.

    A token that may not read the comments is warned of.

    Args:
        world: The token, and the log.
        seal: What knows our receipts.
        place: Where the comments are.
        read: Asks for all of them.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        ServiceError: GitHub did not answer.
    """
    if world.github is None:
        return []
    try:
        return _recognised(world, world.github, seal, place, read())
    except Refused as error:
        if error.is_absent and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {place.number}, and GitHub shows no such pull request or issue: "
                f"{error}"
            ) from None
        if not error.is_denial:
            raise
        world.runner.warn(denied(f"The comments on {place} cannot be read", str(error)))
        return []


def our_newest_comment(world: World, github: GitHub, seal: Seal, place: Place) -> OurComment | None:
    """Look again which of our comments counts, None when there is none.

    Raises:
        ServiceError: GitHub did not answer, or refused.
    """
    if place.number is None:
        return None
    ours = _recognised(world, github, seal, place, github.newest_comments(place.number))
    return ours[0] if ours and not ours[0].is_doubtful else None


def _recognised(
    world: World, github: GitHub, seal: Seal, place: Place, comments: Iterable[Comment]
) -> list[OurComment]:
    """List what may be ours: signed first, then what is surely ours, and of those the oldest."""
    found = [it for comment in comments if (it := seal.read(comment, place))]
    if not found:
        return []
    speaker = _speaker(world, github)
    ours = [known for it in found if (known := speaker.recognise(it))]
    if strangers := len(found) - len(ours):
        world.runner.debug(f"{strangers} comments carry a receipt, but are not ours.")
    return sorted(ours, key=lambda it: (not it.is_signed, it.is_doubtful))


def _speaker(world: World, github: GitHub) -> Speaker:
    """Return who the token speaks for; a workflow or App token cannot ask."""
    token = world.inputs.github_token
    if token and token.get_secret_value().startswith("ghs_"):
        return Speaker()
    try:
        return Speaker(github.account().login)
    except Refused as error:
        if not error.is_denial:
            raise
        # An installation token by another name, as on some older Enterprise Servers.
        return Speaker()
