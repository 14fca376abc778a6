"""Time: the moment by which everything has to be done, and waiting until then.

This module must not know what is waited for.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone

from harmonica_session.errors import DeadlineReached


class Clock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since some moment; only differences mean anything."""
        return time.monotonic()

    def utc_now(self) -> datetime:
        """Return this moment by the calendar, in UTC; it may be set while a run goes on."""
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Deadline:
    """The moment by which everything has to be done."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        """Start the clock.

        Args:
            seconds: How long everything may take.
            clock: What to measure them with.
        """
        self.clock = clock
        self._seconds = seconds
        self._end = clock.now() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; not positive once they are over."""
        return self._end - self.clock.now()

    def remaining(self, doing: str) -> float:
        """Return the seconds that are left.

        Raises:
            DeadlineReached: There are none; the message says what was about to be done.
        """
        if self.left <= 0:
            raise self.reached(doing)
        return self.left

    def reached(self, doing: str) -> DeadlineReached:
        """Return the error for what can no longer be done in time."""
        return DeadlineReached(
            f"the {self._seconds:g} seconds of `timeout` ran out before the action could "
            f"{doing}; run it again, or allow more seconds"
        )
