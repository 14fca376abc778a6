"""Finds our announcements at a place, by the receipts in them.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import denied
from harmonica_session.announcement.authorship import (
    Standing,
    login_among_people,
    standing_of,
)
from harmonica_session.announcement.receipt import Seal
from harmonica_session.edges.github.refusals import NO_ROUTE
from harmonica_session.errors import NothingToAnnounceOn, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

_NOTHING = Standing(None, (), ())


def our_comments(
    world: World,
    seal: Seal,
    place: Place,
    read: Callable[[], list[Comment]],
    choose: Callable[[list[OurComment]], list[OurComment]],
) -> Standing | None:
    """Return which comments at a place are ours, None where they cannot be read.

    A token that may not read the comments is warned of, and so are receipts that were written with
    a key that this run does not have.

    Args:
        world: The token, and the log.
        seal: What knows our receipts.
        place: Where the comments are.
        read: Asks for all of them.
        choose: Returns those of what has a receipt that may announce the session.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        ServiceError: GitHub did not answer.
    """
    if world.github is None:
        return _NOTHING
    try:
        comments = read()
    except Refused as error:
        if error.is_absent and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {place.number}, but GitHub does not show a pull request or "
                f"issue with that number: {error}"
            ) from None
        if not error.is_denial:
            raise
        what = f"The comments on {place} cannot be read"
        if place.is_own_issue:
            what = "The issues cannot be read, so no issue is opened for the session"
        world.runner.warn(denied(what, error, place))
        return None
    # Beyond the comments, to choose may take a look at Harmonica, whose refusals are its own.
    standing = _standing(world, world.github, choose(with_receipt(seal, place, comments)))
    _tell(world, place, standing)
    return standing


def _tell(world: World, place: Place, standing: Standing) -> None:
    """Say what is unusual about what stands there."""
    ours, noun = standing.ours, place.noun
    if ours and not ours.is_intact:
        world.runner.say(f"Somebody has edited the {noun} of this action: {_link(ours)}")
    elif ours and not ours.is_current:
        world.runner.say(
            f"The {noun} of this action was signed with `previous-api-key`: {_link(ours)}"
        )
    if standing.unsigned and not ours:
        where = "A comment contains a receipt for this pull request"
        if place.is_own_issue:
            where = "An issue contains a receipt for this session"
        links = ", ".join(_link(it) for it in standing.unsigned)
        world.runner.warn(
            f"{where} that was not signed with this run's API key, so it is ignored: "
            f"{links}. If the key was replaced, set `previous-api-key` to the old one; "
            "otherwise the receipt is a forgery.",
            about="announcement",
        )


def _link(it: OurComment) -> str:
    return it.comment.html_url or f"comment {it.comment.id}"


def with_receipt(seal: Seal, place: Place, comments: Iterable[Comment]) -> list[OurComment]:
    """Return what has a receipt for a place, whoever has signed it."""
    return [it for comment in comments if (it := seal.read(comment, place))]


def counting_among(world: World, github: GitHub, found: list[OurComment]) -> OurComment | None:
    """Return which of the announcements with a receipt counts, None when none is ours.

    Raises:
        ServiceError: GitHub did not say whom the token speaks for.
    """
    return _standing(world, github, found).ours


def _standing(world: World, github: GitHub, found: list[OurComment]) -> Standing:
    if not found:
        return _NOTHING
    return standing_of(found, login_of(world, github))


def login_of(world: World, github: GitHub) -> str:
    """Return whom the token speaks for; empty for a workflow's or App's, which cannot ask."""
    if world.inputs.speaks_for_app:
        return ""
    try:
        return github.account().login
    except Refused as error:
        if not (error.is_denial or error.status in NO_ROUTE):
            raise
        # A workflow's token by another name, as on older Enterprise Servers, Forgejo and Gitea.
        return ""


def login_beside(world: World, github: GitHub, ours: OurComment) -> str:
    """Return the same beside an announcement of ours: where it may not ask, whose that is."""
    return login_of(world, github) or login_among_people(ours.comment.user)


def seal_for(world: World, spec: str) -> Seal:
    """Return what signs and recognises what we leave behind for a spec; there is a key."""
    keys = [key for key in (world.inputs.api_key, world.inputs.previous_api_key) if key]
    return Seal(keys, world.event.repository_id, spec, is_app=world.inputs.speaks_for_app)
