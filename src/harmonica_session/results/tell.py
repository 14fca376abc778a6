"""Brings an announcement up to date with who came and what came out.

This module must not ask Harmonica anything, nor let a refusal fail the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import not_announced
from harmonica_session.announcement.invitation import with_standing
from harmonica_session.announcement.post import posts_at
from harmonica_session.announcement.receipt import Reported
from harmonica_session.errors import ActionError
from harmonica_session.results import texts

if TYPE_CHECKING:
    from harmonica_session.announcement.announced import Announced
    from harmonica_session.announcement.receipt import Receipt
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.results.ask import CameOut
    from harmonica_session.results.decide import Due
    from harmonica_session.results.texts import Told
    from harmonica_session.world import World

ABOUT = "announcement"
# What the text may come to beside the receipt; GitHub takes 65,536 characters of both.
ROOM = 30_000


@dataclass(frozen=True)
class News:
    """What an announcement is to say.

    Attributes:
        text: Below the receipt.
        reported: What the receipt keeps of it.
    """

    text: str
    reported: Reported


def told(announced: Announced, due: Due, came: CameOut, *, is_followed_up: bool) -> Told:
    """Return what is told of a session, of its results only what may be shown."""
    known = announced.receipt.reported
    may = due.may_show
    return texts.Told(
        spec=announced.seal.spec,
        topic=due.session.topic or "",
        join_url=announced.receipt.join_url,
        standing=due.standing,
        is_final=due.is_final,
        summary=came.summary if may else "",
        decisions=came.decisions if may else (),
        agreed=(known.agreed if known and known.agreed else came.agreed) if may else (),
        tensions=came.tensions if may else (),
        is_followed_up=is_followed_up,
    )


def news(announced: Announced, due: Due, came: CameOut, it: Told) -> News | None:
    """Return what the announcement is to say, None where it says all of it already."""
    known = announced.receipt.reported or Reported()
    text = announced.text
    is_final = due.is_final and (came.is_complete or not due.may_show)
    shown = came.digest if it.summary else ""
    reported = Reported(
        taken_part=due.taken_part,
        summary=shown or known.summary,
        is_final=is_final,
        agreed=tuple(it.agreed) if is_final else (),
    )
    if known.is_final or reported == known:
        return None
    if is_final or (shown and shown != known.summary):
        return News(texts.results(it, ROOM), reported)
    if not announced.ours.is_intact:
        # A later run of `create` restores it; what came out is told all the same.
        return None
    changed = with_standing(text, it.standing)
    return News(changed, reported) if changed != text else None


def is_as_read(world: World, github: GitHub, announced: Announced) -> bool:
    """Say whether an announcement still stands as it was read, before it is written for good."""
    known = announced.ours.comment
    try:
        if announced.place.is_own_issue:
            body = github.issues.get(known.id).body
        else:
            body = github.comment(known.id).body
    except ActionError as error:
        world.runner.debug(f"The announcement was not looked at once more: {error}")
        return False
    return body == known.body


def write(
    world: World, github: GitHub, announced: Announced, new: News, *, closes: bool = False
) -> Announced | None:
    """Write an announcement anew.

    Args:
        world: The log.
        github: The repository.
        announced: As it stands.
        new: What it is to say.
        closes: Whether its issue is closed with that.

    Returns:
        As it stands then, None where that was refused, which is a warning.
    """
    ours = announced.ours
    reported = new.reported.model_copy(update={"is_closed": new.reported.is_closed or closes})
    receipt = _over(ours.receipt.model_copy(update={"reported": reported}))
    body = announced.seal.signed(receipt, announced.place, new.text)
    posts = posts_at(github, announced.place)
    try:
        comment = (posts.finish if closes else posts.edit)(ours.comment.id, body)
    except ActionError as error:
        world.runner.warn(not_announced(announced.place, error), about=ABOUT)
        return None
    world.runner.say(f"Announcement, edited: {comment.html_url}")
    return replace(announced, ours=replace(ours, comment=comment, receipt=receipt, is_intact=True))


def _over(receipt: Receipt) -> Receipt:
    """Return the receipt of a round that is over for good once that was told."""
    known = receipt.reported
    if receipt.round is None or known is None or not known.is_final:
        return receipt
    return receipt.model_copy(update={"round": receipt.round.model_copy(update={"is_over": True})})
