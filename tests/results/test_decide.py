"""What is due for an announced session, at any moment of its round."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.announcement.receipt import Receipt, Reported
from harmonica_session.results.decide import Due
from harmonica_session.words.results import Summary
from harmonica_session.words.round import Round
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from harmonica_session.inputs import Generate

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
END = BEGIN + timedelta(days=5)


def due(at: datetime = BEGIN, count: int | None = 1, **receipt: Any) -> Due:  # noqa: ANN401
    """Return where a round of five days for three people stands, who are reminded a day before."""
    asked = Round(open_for="5d", expected=3, remind="1d").opened(BEGIN, timezone.utc)
    known = Receipt(session_id="5e55", join_url="https://x/", round=asked)
    known = known.model_copy(update=receipt)
    session = Session(id="5e55", participant_count=count, status="active")
    return Due(known, session, at, may_show=True)


@pytest.mark.parametrize(
    ("at", "count", "is_due"),
    [
        (BEGIN, 1, False),
        (END - timedelta(days=1, seconds=1), 1, False),
        (END - timedelta(days=1), 1, True),
        (END - timedelta(seconds=1), 2, True),
        (END - timedelta(hours=1), 3, False),
        (END, 1, False),
    ],
)
def test_a_reminder_is_due_before_the_end(at: datetime, count: int, *, is_due: bool) -> None:
    """While somebody is still expected, and not once the round is over."""
    assert due(at, count).may_remind == is_due


def test_no_reminder_is_due_where_nobody_asked_for_one() -> None:
    """Nor where a round has no end, or there is none."""
    plain = Round(open_for="5d").opened(BEGIN, timezone.utc)
    endless = Round(expected=3, remind="1d").opened(BEGIN, timezone.utc)
    for known in (plain, endless, None):
        assert not due(END - timedelta(hours=1), round=known).may_remind


def written(at: datetime | None) -> Summary:
    """Return a summary that was written at a moment."""
    return Summary(summary="We met", generated_at=at and at.isoformat())


HOUR = timedelta(hours=1)
NONE = Summary(summary=None)


@pytest.mark.parametrize(
    ("generate", "at", "count", "known", "is_due"),
    [
        ("auto", BEGIN, 1, NONE, True),
        ("auto", BEGIN, 0, NONE, False),
        ("auto", BEGIN, None, NONE, False),
        ("auto", BEGIN, 1, written(BEGIN), False),
        ("auto", END, 1, written(END - HOUR), True),
        ("auto", END, 1, written(None), True),
        ("auto", END + HOUR, 1, written(END), False),
        ("auto", END, 0, NONE, False),
        ("never", END, 1, NONE, False),
        ("always", BEGIN, 1, written(BEGIN), True),
        ("always", END + HOUR, 1, written(END), True),
        ("always", BEGIN, 0, NONE, False),
    ],
)
def test_a_summary_is_due(
    generate: Generate, at: datetime, count: int | None, known: Summary, *, is_due: bool
) -> None:
    """As `generate-summary` says."""
    assert due(at, count).wants_summary(known, generate) == is_due


@pytest.mark.parametrize("generate", ["auto", "always"])
def test_no_summary_is_due_once_the_round_was_told(generate: Generate) -> None:
    """What was told of it stays."""
    told = due(END, reported=Reported(is_final=True))
    assert not told.wants_summary(written(BEGIN), generate)


def test_a_round_that_was_full_before_its_end_has_its_summary_since_then() -> None:
    """When it was first found to be full is kept."""
    full = due(BEGIN + 2 * HOUR, 3, reported=Reported(over_since=(BEGIN + HOUR).isoformat()))
    assert full.wants_summary(written(BEGIN), "auto")
    assert not full.wants_summary(written(BEGIN + HOUR), "auto")


def test_without_a_round_a_completed_session_is_final() -> None:
    """Nobody else says when it is over."""
    known = due(END, round=None)
    assert not known.is_final
    session = known.session.model_copy(update={"status": "completed"})
    assert Due(known.receipt, session, BEGIN, may_show=True).is_final
