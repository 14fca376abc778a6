"""Brings an announcement up to date with who came and what came out.

This module must not ask Harmonica anything, nor let a refusal fail the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.invitation import with_standing
from harmonica_session.announcement.post import posts_at
from harmonica_session.announcement.receipt import Reported
from harmonica_session.errors import ActionError
from harmonica_session.results import texts
from harmonica_session.results.advice import not_told
from harmonica_session.results.rehearse import is_rehearsal

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
ROOM = 28_000


@dataclass(frozen=True)
class News:
    """What an announcement is to say.

    Attributes:
        text: Below the receipt.
        reported: What the receipt keeps of it.
        is_whole: Whether the whole text is new, so that all of it is ours.
    """

    text: str
    reported: Reported
    is_whole: bool = False


def told(announced: Announced, due: Due, came: CameOut) -> Told:
    """Return what is told of a session, of its results only what may be shown."""
    known, may = announced.receipt.reported, due.may_show
    return texts.Told(
        spec=announced.seal.spec,
        topic=due.session.topic or "",
        join_url=announced.receipt.join_url,
        standing=due.standing,
        is_final=due.is_final,
        may_show=may,
        summary=came.summary if may else "",
        decisions=came.decisions if may else (),
        agreed=(known.agreed if known and known.is_final else came.agreed) if may else (),
        tensions=came.tensions if may else (),
    )


def news(announced: Announced, due: Due, came: CameOut, it: Told) -> News | None:
    """Return what the announcement is to say, None where it says all of it already."""
    known = announced.receipt.reported or Reported()
    if known.is_final:
        return None
    is_final = due.is_final and came.is_complete
    shown = came.digest if it.summary else ""
    now = due.now.isoformat(timespec="seconds")
    reported = Reported(
        taken_part=due.taken_part,
        summary=shown or known.summary,
        has_summary=bool(came.summary) or known.has_summary,
        over_since=(known.over_since or now) if due.is_final else "",
        is_final=is_final,
        is_closed=known.is_closed,
        agreed=tuple(it.agreed),
    )
    is_whole = is_final or reported.summary != known.summary
    text = (
        texts.with_ticks(texts.results(it, ROOM), announced.text)
        if is_whole
        else with_standing(announced.text, it.standing)
    )
    is_new = is_whole or text != announced.text
    return News(text, reported, is_whole=is_whole) if is_new else None


def latest(world: World, github: GitHub, announced: Announced) -> Announced | None:
    """Return an announcement as it stands now; None where it is gone, or cannot be seen.

    Between reading and writing, minutes may go by in which Harmonica writes.
    """
    try:
        comment = posts_at(github, announced.place).read(announced.ours.comment.id)
    except ActionError as error:
        world.runner.warn(not_told(announced.place, error), about=ABOUT)
        return None
    ours = announced.seal.read(comment, announced.place)
    if ours is None or not ours.is_signed:
        return None
    if ours.receipt.session_id != announced.receipt.session_id:
        return None
    return replace(announced, ours=ours)


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
    ours, place = announced.ours, announced.place
    reported = new.reported.model_copy(update={"is_closed": new.reported.is_closed or closes})
    receipt = _over(ours.receipt.model_copy(update={"reported": reported}))
    # What somebody has altered is not made ours by what we add to it.
    is_ours = ours.is_intact or new.is_whole
    body = announced.seal.signed(receipt, place, new.text, is_vouched_for=is_ours)
    closing = " and close its issue" if closes else ""
    if is_rehearsal(world, f"edit the announcement on {place}{closing}", new.text):
        return None
    posts = posts_at(github, place)
    try:
        comment = (posts.finish if closes else posts.edit)(ours.comment.id, body)
    except ActionError as error:
        world.runner.warn(not_told(place, error), about=ABOUT)
        return None
    world.runner.say(f"Announcement, edited: {comment.html_url}")
    # What GitHub answers may be late; what was sent is what stands there.
    comment = comment.model_copy(update={"body": body})
    ours = replace(ours, comment=comment, receipt=receipt, is_intact=is_ours)
    return replace(announced, ours=ours, is_open=announced.is_open and not closes)


def _over(receipt: Receipt) -> Receipt:
    """Return the receipt of a round that is over for good once that was told."""
    known = receipt.reported
    if receipt.round is None or known is None or not known.is_final:
        return receipt
    return receipt.model_copy(update={"round": receipt.round.model_copy(update={"is_over": True})})
