"""What becomes of a session's round: reckoned once, moved while it is open, over for good.

This module must not know what time it is but by the task, nor say where the round is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.text.moment import moment
from harmonica_session.text.zone import zone_named
from harmonica_session.words.round import is_final, open_in_words, over_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from harmonica_session.announcement.receipt import Receipt
    from harmonica_session.session.task import Task
    from harmonica_session.words.round import Round
    from harmonica_session.words.session import Session


def round_of(task: Task, known: Receipt | None, session: Session, *, is_new: bool) -> Round | None:
    """Return the round of the session that counts, None where nobody has asked for one.

    Args:
        task: What is asked for, and when.
        known: The receipt that speaks of this session, None when there is none.
        session: As Harmonica has it.
        is_new: Whether this run has made it.
    """
    count, status, now = session.participant_count, session.status, task.asked_at
    kept = known.round if known else None
    if kept and is_final(kept, count, status, now):
        return kept.model_copy(update={"is_over": True})
    if task.round is None:
        return None
    if kept and kept.asked == task.round:
        return kept
    begin = now if is_new else _beginning(kept, known, session, now)
    opened = task.round.opened(begin, zone_named(task.round.timezone))
    return opened.model_copy(update={"is_over": is_final(opened, count, status, now)})


def in_words(it: Round | None, session: Session, now: datetime) -> tuple[str, str]:
    """Say until when a round is open, and that it is over; what is not so is empty."""
    if it is None:
        return "", ""
    count = session.participant_count
    if is_final(it, count, session.status, now):
        return "", over_in_words(it, count, now)
    return open_in_words(it, count), ""


def _beginning(
    kept: Round | None, known: Receipt | None, session: Session, now: datetime
) -> datetime:
    """Return when a session began that is there already, never beyond now."""
    told = (
        kept.opened_at if kept else "",
        known.created_at if known else "",
        session.created_at,
    )
    # Where no run of ours has noted it, it is by Harmonica's clock, which may be hours ahead.
    return min(next(filter(None, map(moment, told)), now), now)
