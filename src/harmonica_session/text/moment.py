"""Reads moments as services write them, in answers and in their headers.

This module must not know what time it is.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

# Of any moment within these years, the days that we count back and the hours of any zone can be
# taken away and added; beyond them lie the ends of Python's calendar.
_YEARS = range(1970, 9000)


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
