"""When a round ends, when it is over, and the words that say so."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harmonica_session.words.round import (
    Round,
    end_of,
    is_final,
    length,
    open_in_words,
    over_in_words,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 11, 26, 16, 0, tzinfo=timezone.utc)


def utc(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("begin", "open_for", "zone", "end"),
    [
        ("2026-11-26T16:00", "5d", timezone.utc, "2026-12-01T16:00:00+00:00"),
        ("2026-11-26T16:00", "36h", timezone.utc, "2026-11-28T04:00:00+00:00"),
        ("2026-11-26T16:00", "5d", BERLIN, "2026-12-01T17:00:00+01:00"),
        # The clocks go back in the night to 25 October, and forward in that to 28 March.
        ("2026-10-24T15:00", "1d", BERLIN, "2026-10-25T17:00:00+01:00"),
        ("2026-10-24T15:00", "24h", BERLIN, "2026-10-25T16:00:00+01:00"),
        ("2026-03-28T16:00", "1d", BERLIN, "2026-03-29T17:00:00+02:00"),
        ("2026-03-28T16:00", "24h", BERLIN, "2026-03-29T18:00:00+02:00"),
        # 02:30 is skipped on 29 March, and comes twice on 25 October.
        ("2026-03-28T01:30", "1d", BERLIN, "2026-03-29T03:30:00+02:00"),
        ("2026-10-24T00:30", "1d", BERLIN, "2026-10-25T02:30:00+02:00"),
        # From the second of the two on, a day later is a day later.
        ("2026-10-25T01:30", "1d", BERLIN, "2026-10-26T02:30:00+01:00"),
        ("2026-11-01T04:30", "1d", NEW_YORK, "2026-11-02T00:30:00-05:00"),
        # Over a leap day, and over both changes of a year.
        ("2028-02-28T12:00", "2d", timezone.utc, "2028-03-01T12:00:00+00:00"),
        ("2026-06-01T15:00", "365d", BERLIN, "2027-06-01T17:00:00+02:00"),
    ],
)
def test_days_keep_the_time_of_day_and_hours_are_hours(
    begin: str, open_for: str, zone: timezone | ZoneInfo, end: str
) -> None:
    """The end is said with the offset that the zone has by then."""
    assert end_of(utc(begin), open_for, zone).isoformat() == end


@given(
    begin=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - zone follows
    days=st.integers(1, 365),
    zone=st.sampled_from([timezone.utc, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")]),
)
@example(begin=datetime(2028, 5, 19, 6), days=296, zone=NEW_YORK)  # noqa: DTZ001 - likewise
def test_days_and_hours_are_never_further_apart_than_the_clocks_move(
    begin: datetime, days: int, zone: timezone | ZoneInfo
) -> None:
    """A round of days is as long as that, but for what the clocks of its zone are moved by."""
    at = begin.replace(tzinfo=timezone.utc)
    by_day, by_hour = end_of(at, f"{days}d", zone), end_of(at, f"{days * 24}h", zone)
    assert by_hour - at == timedelta(days=days)
    # Two moments of one zone are compared by what its clocks show, which here leaps.
    apart = by_day.astimezone(timezone.utc) - by_hour.astimezone(timezone.utc)
    assert abs(apart) <= timedelta(hours=1)


def test_the_end_does_not_depend_on_the_zone_that_the_beginning_is_told_in() -> None:
    """A moment is a moment."""
    there = BEGIN.astimezone(NEW_YORK)
    assert end_of(there, "5d", BERLIN) == end_of(BEGIN, "5d", BERLIN)


def test_a_day_is_longer_than_hours_that_are_fewer_than_24() -> None:
    """Lengths compare, whatever they are written in."""
    assert length("23h") < length("1d") == length("24h") < length("25h")


def opened(open_for: str = "5d", zone: str = "", expected: int | None = None) -> Round:
    """Return a round that began at `BEGIN`."""
    asked = Round(open_for=open_for, timezone=zone, expected=expected)
    return asked.opened(BEGIN, ZoneInfo(zone) if zone else timezone.utc)


def test_an_opened_round_keeps_what_was_asked_for() -> None:
    """What the spec says is there to be compared, beside what was reckoned from it."""
    asked = Round(open_for="5d", expected=6, remind="1d", timezone="Europe/Berlin")
    it = asked.opened(BEGIN, BERLIN)
    assert it.asked == asked
    assert it.opened_at == "2026-11-26T16:00:00+00:00"
    assert it.open_until == "2026-12-01T17:00:00+01:00"


def test_a_round_without_a_length_has_no_end() -> None:
    """Whoever says only how many are expected waits for them."""
    it = opened(open_for="", expected=3)
    assert (it.open_until, it.end, it.end_in_words, open_in_words(it, 0)) == ("", None, "", "")
    assert not is_final(it, 2, "active", BEGIN + timedelta(days=9_000))


def test_the_end_in_words_is_english_with_its_zone() -> None:
    """Exactly so, on every machine."""
    assert (
        open_in_words(opened(zone="Europe/Berlin"), 0)
        == "Open until Tuesday, 1 December 2026, 17:00 (Europe/Berlin)"
    )
    assert open_in_words(opened(), None) == "Open until Tuesday, 1 December 2026, 16:00 (UTC)"
    assert open_in_words(opened("12h"), 0) == "Open until Friday, 27 November 2026, 04:00 (UTC)"


@pytest.mark.parametrize("day", range(366))
def test_every_day_has_its_english_name(day: int) -> None:
    """The names are those of Python where it speaks English, as it does in the tests."""
    at = BEGIN + timedelta(days=day)
    words = Round(open_for="1h").opened(at - timedelta(hours=1), timezone.utc).end_in_words
    assert words == f"{at:%A}, {at.day} {at:%B} {at.year}, 16:00 (UTC)"


_LAST = timedelta(days=5)


@pytest.mark.parametrize(
    ("after", "count", "status", "is_over"),
    [
        (timedelta(), 0, "active", False),
        (_LAST - timedelta(seconds=1), 2, "active", False),
        (_LAST, 0, "active", True),
        (_LAST + timedelta(days=100), None, None, True),
        (timedelta(), None, None, False),
        (timedelta(), 3, "active", True),
        (timedelta(), 4, None, True),
        (timedelta(), 0, "completed", True),
        (timedelta(), 0, "paused", False),
    ],
)
def test_a_round_is_over_by_its_end_by_all_having_come_or_by_harmonicas_word(
    after: timedelta, count: int | None, status: str | None, *, is_over: bool
) -> None:
    """Each of the three is enough, and nothing that is not known is."""
    assert is_final(opened(expected=3), count, status, BEGIN + after) is is_over


def test_without_a_number_nobody_is_the_last() -> None:
    """However many take part, a round without `expected` waits for its end."""
    assert not is_final(opened(), 9_999, "active", BEGIN)


def test_a_round_that_was_over_is_over() -> None:
    """It does not open again while Harmonica is silent, or because somebody was excluded."""
    it = opened(expected=3).model_copy(update={"is_over": True})
    assert is_final(it, 2, "active", BEGIN)
    assert is_final(it, None, None, BEGIN)


def test_a_round_that_is_over_says_why_and_that_the_link_may_still_work() -> None:
    """Harmonica closes nothing, so nothing is said to be closed."""
    it, link = opened(expected=3), "Anyone with the link can still join."
    assert over_in_words(it, 2, BEGIN + _LAST) == (
        "This round is over: it was open until Tuesday, 1 December 2026, 16:00 (UTC). " + link
    )
    assert over_in_words(it, 4, BEGIN) == (
        f"This round is over: as many people have taken part as were expected (3). {link}"
    )
    assert over_in_words(it, None, BEGIN) == f"This round is over. {link}"
