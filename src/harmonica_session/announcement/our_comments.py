"""Finds our comments at a place, by the receipts in them.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import denied
from harmonica_session.announcement.authorship import Standing, standing_of
from harmonica_session.errors import NothingToAnnounceOn, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

_NOTHING = Standing(None, (), ())


def our_comments(
    world: World, seal: Seal, place: Place, read: Callable[[], list[Comment]]
) -> Standing:
    """Return which comments at a place are ours.

    A token that may not read the comments is warned of, and so are receipts that were written with
    a key that this run does not have.

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
        return _NOTHING
    try:
        standing = _standing(world, world.github, seal, place, read())
    except Refused as error:
        if error.is_absent and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {place.number}, and GitHub shows no such pull request or issue: "
                f"{error}"
            ) from None
        if not error.is_denial:
            raise
        world.runner.warn(denied(f"The comments on {place} cannot be read", error))
        return _NOTHING
    _tell(world, standing)
    return standing


def _tell(world: World, standing: Standing) -> None:
    """Say what is unusual about what stands there."""
    ours = standing.ours
    if ours and not ours.is_intact:
        world.runner.say(f"Somebody has edited our comment: {_link(ours)}")
    elif ours and not ours.is_current:
        world.runner.say(f"Our comment was signed with `previous-api-key`: {_link(ours)}")
    if standing.unsigned and not ours:
        links = ", ".join(_link(it) for it in standing.unsigned)
        world.runner.warn(
            "A comment has a receipt for this pull request that the API key of this run has not "
            f"signed, so it is ignored: {links}. If the key was replaced, give the old one as "
            "`previous-api-key`; otherwise somebody has made it up.",
            about="announcement",
        )


def _link(it: OurComment) -> str:
    return it.comment.html_url or f"comment {it.comment.id}"


def our_comment_among(
    world: World, github: GitHub, seal: Seal, place: Place, comments: Iterable[Comment]
) -> OurComment | None:
    """Return which of the comments that stand at a place now counts, None when none is ours.

    Raises:
        ServiceError: GitHub did not say whom the token speaks for.
    """
    return _standing(world, github, seal, place, comments).ours


def _standing(
    world: World, github: GitHub, seal: Seal, place: Place, comments: Iterable[Comment]
) -> Standing:
    found = [it for comment in comments if (it := seal.read(comment, place))]
    if not found:
        return _NOTHING
    return standing_of(found, _login(world, github))


def _login(world: World, github: GitHub) -> str:
    """Return whom the token speaks for; empty for a workflow's or App's, which cannot ask."""
    if world.inputs.speaks_for_app:
        return ""
    try:
        return github.account().login
    except Refused as error:
        if not error.is_denial:
            raise
        # An installation token by another name, as on some older Enterprise Servers.
        return ""
