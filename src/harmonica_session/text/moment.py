"""Reads moments as services write them.

This module must not know what time it is.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone


def moment(text: str | None) -> datetime | None:
    """Return a moment written in ISO 8601, None for anything else; UTC where no zone is given."""
    try:
        # Python 3.10 reads neither `Z` nor any fraction of other than three or six digits.
        exact = re.sub(r"\.(\d{1,6})\d*", lambda found: f".{found[1]:0<6}", text or "")
        read = datetime.fromisoformat(exact.replace("Z", "+00:00"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
