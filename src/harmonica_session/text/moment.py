"""Reads moments as services write them, in answers and in headers, and writes them for a query.

This module must not know what time it is.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

# Of any moment within these years, the days that we count back and the hours of any zone can be
# taken away and added; beyond them lie the ends of Python's calendar.
_YEARS = range(1970, 9000)
# Zones reach from 12 hours behind UTC to 14 ahead, so two times of a server that takes another zone
# for its own may lie 26 hours apart and be the same.
ANY_TIME_ZONE = timedelta(hours=27)
# The clocks of two services need not agree to the minute.
CLOCK_TOLERANCE = timedelta(minutes=10)


def moment(text: str | None) -> datetime | None:
    """Return a moment written in ISO 8601, UTC where no zone is given; it can be counted with.

    None for anything else: what is no moment, and one that nobody can have meant, such as year 1.
    """
    try:
        # Python 3.10 reads neither `Z` nor any fraction of other than three or six digits.
        exact = re.sub(r"\.(\d{1,6})\d*", lambda found: f".{found[1]:0<6}", text or "")
        read = datetime.fromisoformat(exact.replace("Z", "+00:00"))
    except ValueError:
        return None
    return _sensible(read)


def is_before(text: str | None, other: datetime | None) -> bool:
    """Say whether a moment lies before another; False where one of them is not known."""
    at = moment(text)
    return at is not None and other is not None and at < other


def is_surely_before(text: str | None, other: datetime | None) -> bool:
    """Say whether a moment that a server wrote lies before another, whatever zone it was read in.

    A server whose process and database do not agree on the zone writes a time hours off, and not
    each of its times by as much.
    """
    return is_before(text, other and other - ANY_TIME_ZONE)


def in_query(at: datetime) -> str:
    """Return a moment as GitHub takes it in a query: ISO 8601 in UTC, in whole seconds."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_in_header(text: str) -> datetime | None:
    """Return a moment as a header of an answer has it, None as `moment` does."""
    try:
        return _sensible(parsedate_to_datetime(text))
    except (ValueError, OverflowError, LookupError, TypeError):
        # What the library raises for what is no date differs from one Python to the next.
        return None


def _sensible(read: datetime) -> datetime | None:
    if read.year not in _YEARS:
        return None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
