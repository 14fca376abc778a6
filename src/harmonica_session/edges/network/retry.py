"""Repeats a request where that can do no harm, and waits as long as the service asks for.

This module must not know a route.
"""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from harmonica_session.edges.network.fate import demanded_pause, is_limit, proves_refusal
from harmonica_session.errors import FateUnknown, NotSent

if TYPE_CHECKING:
    from harmonica_session.edges.network.exchange import Request, Response
    from harmonica_session.edges.network.fate import OwnError
    from harmonica_session.edges.network.pace import Pace
    from harmonica_session.edges.network.transport import Transport

MOST_REPEATS = 4
_FIRST_PAUSE = 0.5
_random = SystemRandom()


class Persistent:
    """A transport that does not give up at the first failure."""

    def __init__(
        self, transport: Transport, is_own_error: OwnError, pace: Pace | None = None
    ) -> None:
        """Wrap a transport; its deadline bounds the repeats and the pauses too.

        Args:
            transport: What sends.
            is_own_error: Knows the form in which the service itself says no.
            pace: What keeps it under the service's rate limit, None where that is not needed.
        """
        self._transport = transport
        self._is_own_error = is_own_error
        self._pace = pace
        self._deadline = transport.deadline

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def send(self, request: Request) -> Response:
        """Send a request until it is answered.

        What never went out is repeated where it may go out the next time, and what was answered
        with a failure where doing it twice is the same as once. Anything else is sent again only
        when the service itself says that it did nothing and wants to be asked later. The last
        failing answer is returned when patience, time or the service's own demand ends that, or the
        request is not worth more of it.

        Raises:
            ServiceError: As the transport raises it, after the last repeat.
            DeadlineReached: There is no time left to send it at all.
        """
        worth = self._deadline.left if request.seconds is None else request.seconds
        # What is to be left when no repeat is worth it any more.
        spare = self._deadline.left - worth
        for repeats in range(MOST_REPEATS):
            backoff = _backoff(repeats)
            try:
                response = self._attempt(request)
            except NotSent as error:
                if error.is_final or not self._has_waited(backoff, spare):
                    raise
            except FateUnknown:
                if not (request.is_repeatable and self._has_waited(backoff, spare)):
                    raise
            else:
                pause = self._pause_after(response, backoff)
                if pause is None or not self._has_waited(pause, spare):
                    return response
        return self._attempt(request)

    def _attempt(self, request: Request) -> Response:
        """Send a request once, when the service's rate limit allows."""
        if self._pace:
            self._pace.wait(request.doing)
        return self._transport.send(request)

    def _pause_after(self, response: Response, backoff: float) -> float | None:
        """Return how long to wait before the request is repeated, None when it is not."""
        is_clear = is_limit(response) and proves_refusal(response, self._is_own_error)
        if not (response.request.is_repeatable or is_clear):
            return None
        if (demand := demanded_pause(response)) is not None:
            # A service that names no time at all must not be asked again in the same breath.
            return demand or backoff
        return backoff if response.is_failure else None

    def _has_waited(self, pause: float, spare: float) -> bool:
        """Wait before a repeat, unless no time would be left for it; say whether there is.

        Args:
            pause: How long to wait.
            spare: What must be left after that for other things.
        """
        if pause >= self._deadline.left - spare:
            return False
        self._deadline.clock.sleep(pause)
        return True


def _backoff(repeats: int) -> float:
    pause: float = _FIRST_PAUSE * 2**repeats
    return pause + _random.uniform(0, pause / 2)
