"""Keeps the requests to a service under its rate limit.

This module must not send a request.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonica_session.edges.network.clock import Deadline

# Source: Harmonica's documentation, "100 requests a minute and key".
MOST_REQUESTS = 100
WINDOW_SECONDS = 60.0


class Pace:
    """Lets at most a hundred requests begin in any minute, whichever thread they come from."""

    def __init__(self, deadline: Deadline) -> None:
        """Begin with no request; the deadline bounds the waiting."""
        self._deadline = deadline
        self._begun: deque[float] = deque(maxlen=MOST_REQUESTS)
        self._lock = threading.Lock()

    def wait(self, doing: str) -> None:
        """Wait until one more request may begin.

        Raises:
            DeadlineReached: That would be after the deadline.
        """
        clock = self._deadline.clock
        with self._lock:
            if len(self._begun) == MOST_REQUESTS:
                pause = self._begun[0] + WINDOW_SECONDS - clock.now()
                if pause > 0:
                    if pause >= self._deadline.left:
                        raise self._deadline.reached(doing)
                    clock.sleep(pause)
            self._begun.append(clock.now())
