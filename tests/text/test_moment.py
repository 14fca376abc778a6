"""Which moments count, as services write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.text.moment import (
    in_query,
    is_before,
    is_surely_before,
    moment,
    moment_in_header,
)

UTC = timezone.utc
YEAR = timedelta(days=366)
NONSENSE = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00+24:00",
    "2026-13-01",
    "soon",
    "",
    None,
]
HEADERS = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 01 Jan 1950 00:00:00 -0000",
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 2026 00:00:00 +99999999999",
    "Mon, 01 Jan 2026 25:61:61 GMT",
    "AM",
    " ",
    "",
    "0",
]


@pytest.mark.parametrize(
    "text", ["2026-11-05T10:00:00Z", "2026-11-05T11:00:00.1234567+01:00", "2026-11-05T10:00:00"]
)
def test_a_moment_is_read(text: str) -> None:
    """With a zone or without one, with any fraction of a second, it is the same moment."""
    read = moment(text)
    assert read
    assert read.replace(microsecond=0) == datetime(2026, 11, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", NONSENSE)
def test_what_nobody_can_have_meant_is_no_moment(text: str | None) -> None:
    """At the ends of the calendar no day could be taken away or added."""
    assert moment(text) is None


@pytest.mark.parametrize("text", HEADERS)
def test_a_header_that_is_no_moment_is_none(text: str) -> None:
    """Whatever stands where a service says its time, reading it raises nothing."""
    assert moment_in_header(text) is None


def test_a_header_is_read() -> None:
    """The one form that HTTP has is a moment, and so is one without a zone."""
    expected = datetime(2026, 11, 5, 10, tzinfo=UTC)
    assert moment_in_header("Thu, 05 Nov 2026 10:00:00 GMT") == expected
    assert moment_in_header("Thu, 05 Nov 2026 10:00:00 -0000") == expected


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(timezones=st.timezones() | st.just(UTC)).map(datetime.isoformat)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{0,12}(Z|[+-][0-9]{2}:[0-9]{2})?")
    | st.text(max_size=40)
)
def test_every_moment_can_be_counted_with(text: str) -> None:
    """A year less, a year more, in UTC, or as seconds: none of it can fail."""
    for read in (moment(text), moment_in_header(text)):
        if read:
            assert read - YEAR < read.astimezone(UTC) < read + YEAR
            assert datetime.fromtimestamp(read.timestamp() + 366 * 86_400, UTC) > read


def test_hours_prove_nothing_where_a_server_may_be_in_two_zones() -> None:
    """Two zones lie 26 hours apart at the most; what nobody can read proves nothing either."""
    noon = datetime(2026, 6, 2, 12, tzinfo=UTC)
    assert is_before("2026-06-02T11:59:59Z", noon)
    assert not is_surely_before("2026-06-01T10:00:00Z", noon)
    assert is_surely_before("2026-06-01T08:59:59Z", noon)
    for text, other in ((None, noon), ("soon", noon), ("2026-06-01T08:59:59Z", None)):
        assert not is_before(text, other)
        assert not is_surely_before(text, other)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2026-11-25T18:16:34.457Z", "2026-11-25T18:16:34Z"),
        ("2026-11-26T01:16:34+14:00", "2026-11-25T11:16:34Z"),
        ("2026-11-25T18:16:34-12:00", "2026-11-26T06:16:34Z"),
    ],
)
def test_a_query_has_moments_in_utc_and_whole_seconds(text: str, sent: str) -> None:
    """Whatever the zone they were written in, and however exactly."""
    at = moment(text)
    assert at is not None
    assert in_query(at) == sent
