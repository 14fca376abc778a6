"""What becomes of a session's round: when it is reckoned, moved, left as it is, and over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.session.outcome import Outcome, as_planned, created, given_way, refused
from harmonica_session.session.plan import Found, decide
from harmonica_session.session.round import round_of
from harmonica_session.text.zone import zone_named
from harmonica_session.words.round import Round
from harmonica_session.words.session import Session
from harness.tasks import asking

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.session.task import Task

ASKED = Round(open_for="5d", expected=3, remind="1d", timezone="Europe/Berlin")
# The tasks of the tests ask at 9:00 in UTC on 23 November 2026, which is 10:00 in Berlin.
UNTIL = "2026-11-28T10:00:00+01:00"


def later(task: Task, days: float = 1, **asked: Any) -> Task:  # noqa: ANN401 - as Round has them
    """Return what a run asks for that comes later, of what the spec says by then."""
    it = (task.round or Round()).model_copy(update=asked)
    return replace(task, asked_at=task.asked_at + timedelta(days=days), round=it)


@pytest.fixture
def asking_round(task: Task) -> Task:
    """Return a task of a spec with all four keys."""
    return replace(task, round=ASKED)


@pytest.fixture
def kept(asking_round: Task, receipt: Receipt) -> Receipt:
    """Return the receipt of the run that made the session for that spec."""
    it = ASKED.opened(asking_round.asked_at, zone_named(ASKED.timezone))
    return receipt.model_copy(update={"round": it})


@pytest.fixture
def announced(kept: Receipt, ours: OurComment) -> OurComment:
    """Return our comment with that receipt."""
    return replace(ours, receipt=kept)


def of(task: Task, known: Receipt | None, session: Session, *, is_new: bool = False) -> Round:
    """Return the round of a session that has one."""
    it = round_of(task, known, session, is_new=is_new)
    assert it
    return it


def test_a_spec_that_asks_for_none_has_no_round(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """Nothing is reckoned for who has not asked, and nothing is said."""
    assert round_of(task, None, session, is_new=True) is None
    assert round_of(task, receipt, session, is_new=False) is None


def test_the_end_is_reckoned_from_when_the_run_asks_by_its_own_clock(
    asking_round: Task, session: Session
) -> None:
    """What Harmonica takes for the time does not move the end of a session that is made now."""
    strange = session.model_copy(update={"created_at": "2026-11-20T00:00:00Z"})
    it = of(asking_round, None, strange, is_new=True)
    assert (it.opened_at, it.open_until) == ("2026-11-23T09:00:00+00:00", UNTIL)


def test_a_later_run_leaves_the_end_where_it_is(
    asking_round: Task, kept: Receipt, session: Session
) -> None:
    """It is reckoned once, however often the workflow runs."""
    assert of(later(asking_round, 4.9), kept, session) == kept.round


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ({"open_for": "7d"}, "2026-11-30T10:00:00+01:00"),
        ({"open_for": "36h"}, "2026-11-24T22:00:00+01:00"),
        ({"timezone": ""}, "2026-11-28T09:00:00+00:00"),
        ({"timezone": "America/New_York"}, "2026-11-28T04:00:00-05:00"),
        ({"expected": 7}, UNTIL),
        ({"remind": "12h"}, UNTIL),
    ],
)
def test_an_open_round_follows_the_spec_from_its_creation_on(
    asking_round: Task, kept: Receipt, session: Session, asked: dict[str, Any], until: str
) -> None:
    """Each of the keys is taken over, and the beginning stays what it was."""
    assert kept.round
    it = of(later(asking_round, **asked), kept, session)
    assert it.open_until == until
    assert it.opened_at == kept.round.opened_at
    assert it.asked == ASKED.model_copy(update=asked)


def test_an_open_round_may_be_moved_into_the_past(
    asking_round: Task, kept: Receipt, session: Session
) -> None:
    """Then it is over at once, for the end is reckoned from the creation on."""
    it = of(later(asking_round, 3, open_for="2d"), kept, session)
    assert (it.open_until, it.is_over) == ("2026-11-25T10:00:00+01:00", True)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (5, {}),
        (50, {"participant_count": None, "status": None}),
        (1, {"participant_count": 3}),
        (1, {"status": "completed"}),
    ],
)
def test_a_round_that_is_over_is_not_opened_again(
    asking_round: Task, kept: Receipt, session: Session, days: float, state: dict[str, Any]
) -> None:
    """Neither another length nor another number of people moves what has ended."""
    assert kept.round
    over = session.model_copy(update=state)
    changed = later(asking_round, days, open_for="90d", expected=50, timezone="")
    expected = kept.round.model_copy(update={"is_over": True})
    assert of(changed, kept, over) == expected
    assert of(replace(changed, round=None), kept, over) == expected


def test_a_round_that_was_over_stays_so_when_nobody_can_be_asked(
    asking_round: Task, kept: Receipt, session: Session
) -> None:
    """Who took part is not forgotten because Harmonica is silent, or the host excluded somebody."""
    full = session.model_copy(update={"participant_count": 3})
    over = kept.model_copy(update={"round": of(later(asking_round), kept, full)})
    silent = Session(id=session.id, join_url=session.join_url)
    fewer = session.model_copy(update={"participant_count": 2})
    for seen in (silent, fewer):
        assert of(later(asking_round, 2, open_for="9d"), over, seen) == over.round


def test_a_spec_that_asks_no_longer_takes_the_end_away_while_it_is_open(
    asking_round: Task, kept: Receipt, session: Session
) -> None:
    """The comment then says nothing of an end."""
    asks_no_more = replace(later(asking_round), round=None)
    assert round_of(asks_no_more, kept, session, is_new=False) is None


@pytest.mark.parametrize(
    ("created_at", "opened_at"),
    [
        ("2026-11-20T08:30:15.250Z", "2026-11-20T08:30:15+00:00"),
        # Harmonica's clock, or its database's, may be hours ahead.
        ("2026-11-23T14:00:00Z", "2026-11-23T09:00:00+00:00"),
        ("yesterday", "2026-11-23T09:00:00+00:00"),
        (None, "2026-11-23T09:00:00+00:00"),
    ],
)
def test_a_recognised_session_counts_from_its_creation_and_never_beyond_now(
    asking_round: Task, session: Session, created_at: str | None, opened_at: str
) -> None:
    """After a lost answer or a deleted comment, Harmonica's word is all there is."""
    seen = session.model_copy(update={"created_at": created_at})
    assert of(asking_round, None, seen).opened_at == opened_at


def test_a_receipt_of_an_older_version_tells_when_the_session_was_created(
    asking_round: Task, receipt: Receipt, session: Session
) -> None:
    """A spec may get its `open_for` when the session has been there for days."""
    assert receipt.round is None
    it = of(later(asking_round, 2), receipt, session)
    assert (it.opened_at, it.open_until) == ("2026-11-23T09:00:00+00:00", UNTIL)


def test_a_round_without_an_end_gets_one_from_its_creation_on(
    asking_round: Task, kept: Receipt, session: Session
) -> None:
    """The beginning is kept with a round that has nothing but a number of people."""
    first = replace(asking_round, round=Round(expected=3))
    known = kept.model_copy(update={"round": of(first, None, session, is_new=True)})
    assert of(later(asking_round, 2, **dict(ASKED)), known, session).open_until == UNTIL


# In the outcome of a run


def test_receipt_and_invitation_carry_the_round(asking_round: Task, session: Session) -> None:
    """What the comment says is what its receipt keeps."""
    outcome = created(decide(asking_round, Found()), session)
    it = outcome.invitation(is_public=False)
    assert outcome.receipt.round == outcome.round
    assert it.until == "Open until Saturday, 28 November 2026, 10:00 (Europe/Berlin)"
    assert it.over == ""


def test_an_invitation_to_a_round_that_is_over_says_so(
    asking_round: Task, announced: OurComment, session: Session
) -> None:
    """Nobody is told until when it is open when it is not."""
    plan = decide(later(asking_round, 6), Found(announced, session))
    it = as_planned(plan, session).invitation(is_public=False)
    assert it.until == ""
    assert it.over.startswith("This round is over: it was open until Saturday, 28 November 2026")


def test_the_comment_is_left_while_nothing_of_the_round_changes(
    asking_round: Task, announced: OurComment, session: Session
) -> None:
    """A run that has nothing new to say edits nothing."""
    plan = decide(later(asking_round), Found(announced, session))
    assert as_planned(plan, session).leaves_comment


@pytest.mark.parametrize(
    "case",
    [
        (1, {"open_for": "7d"}, {}),
        (1, {"expected": 4}, {}),
        (1, {"remind": "2h"}, {}),
        (1, {"timezone": ""}, {}),
        (6, {}, {}),
        (1, {}, {"participant_count": 3}),
        (1, {}, {"status": "completed"}),
    ],
)
def test_the_comment_is_edited_when_the_round_moves_or_is_over(
    asking_round: Task,
    announced: OurComment,
    session: Session,
    case: tuple[float, dict[str, Any], dict[str, Any]],
) -> None:
    """Once: the run after that finds it said."""
    days, asked, state = case
    seen = session.model_copy(update=state)
    asks = later(asking_round, days, **asked)
    outcome = as_planned(decide(asks, Found(announced, seen)), seen)
    assert (outcome.status, outcome.leaves_comment) == ("reused", False)
    edited = replace(announced, receipt=outcome.receipt)
    again = as_planned(decide(later(asks, 0.01), Found(edited, seen)), seen)
    assert again.leaves_comment


@pytest.mark.parametrize("on_change", ["update", "keep", "new"])
def test_the_round_is_no_part_of_the_request(
    asking_round: Task,
    announced: OurComment,
    session: Session,
    on_change: Any,  # noqa: ANN401
) -> None:
    """Another length neither changes the session nor makes a new one, whatever `on-change` says."""
    asks = replace(later(asking_round, open_for="7d"), on_change=on_change)
    plan = decide(asks, Found(announced, session))
    assert (plan.status, plan.differing) == ("reused", ())
    receipt = as_planned(plan, session).receipt
    assert receipt.round
    assert receipt.round.open_for == "7d"


@pytest.mark.parametrize("keeps_quiet", [True, False])
def test_a_session_that_stays_as_it_is_has_its_round_moved_all_the_same(
    asking_round: Task, announced: OurComment, session: Session, *, keeps_quiet: bool
) -> None:
    """What a changed request does not reach, a changed `open_for` does."""
    asks = asking(later(asking_round, open_for="7d"), results_visibility="public")
    plan = decide(asks, Found(announced, session))
    outcome = refused(plan, session, "a 500", will_retry=keeps_quiet)
    assert outcome.receipt.digest == announced.receipt.digest
    assert outcome.receipt.round == outcome.round
    assert outcome.round
    assert outcome.round.open_for == "7d"


def test_a_run_that_was_overtaken_leaves_the_round_of_the_later_one(
    asking_round: Task, announced: OurComment, session: Session
) -> None:
    """An older spec moves nothing back, and is told what counts."""
    theirs = replace(announced, receipt=announced.receipt.model_copy(update={"written_by": "43"}))
    plan = decide(later(asking_round, open_for="1d"), Found(theirs, session))
    outcome = as_planned(plan, session)
    assert plan.is_overtaken
    assert outcome.leaves_comment
    assert outcome.round == announced.receipt.round


def test_a_run_that_gave_way_takes_the_announced_round(
    asking_round: Task, announced: OurComment, session: Session
) -> None:
    """The faster run has reckoned it, and a moment earlier."""
    mine = session.model_copy(update={"id": "mine"})
    before = created(decide(later(asking_round, 0.001), Found(announced)), mine)
    plan = decide(before.plan.task, Found(announced, session))
    assert given_way(before, plan, session).round == announced.receipt.round


def test_a_run_that_gave_way_before_anything_was_announced_counts_from_the_others_creation(
    asking_round: Task, session: Session
) -> None:
    """What it hands on is close to what the faster run will announce."""
    asks = later(asking_round, 0.001)
    before = created(decide(asks, Found()), session.model_copy(update={"id": "mine"}))
    it = given_way(before, decide(asks, Found(session=session)), session).round
    assert it
    assert it.open_until == UNTIL


def test_a_session_that_replaces_another_has_a_round_of_its_own(
    asking_round: Task, announced: OurComment, session: Session
) -> None:
    """What was reckoned for a session that is gone says nothing of the new one."""
    fresh = session.model_copy(update={"id": "fresh"})
    outcome = Outcome(decide(later(asking_round, 30), Found(announced)), fresh, "created")
    assert outcome.round
    assert outcome.round.open_until == "2026-12-28T10:00:00+01:00"
    assert not outcome.round.is_over
