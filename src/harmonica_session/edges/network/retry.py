"""Repeats a request where that can do no harm, and waits as long as the service asks for.

This module must not know a route.
"""

from __future__ import annotations

import re
from random import SystemRandom
from typing import TYPE_CHECKING

from harmonica_session.errors import FateUnknown, NotSent
from harmonica_session.text.moment import moment_in_header

if TYPE_CHECKING:
    from harmonica_session.edges.network.pace import Pace
    from harmonica_session.edges.network.transport import Request, Response, Transport

MOST_REPEATS = 4
_FIRST_PAUSE = 0.5
# A secondary limit that names no time wants a minute.
# Source: "Rate limits for the REST API", exceeding the rate limit.
_SECONDARY_PAUSE = 60.0
_random = SystemRandom()


class Persistent:
    """A transport that does not give up at the first failure."""

    def __init__(self, transport: Transport, pace: Pace | None = None) -> None:
        """Wrap a transport; its deadline bounds the repeats and the pauses too.

        Args:
            transport: What sends.
            pace: What keeps it under the service's rate limit, None where that is not needed.
        """
        self._transport = transport
        self._pace = pace
        self._deadline = transport.deadline

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def send(self, request: Request) -> Response:
        """Send a request until it is answered.

        What surely did nothing is repeated; what may have done something only where doing it
        twice is the same as once. The last failing answer is returned when patience, time or the
        service's own demand ends that.

        Raises:
            ServiceError: As the transport raises it, after the last repeat.
            DeadlineReached: There is no time left to send it at all.
        """
        for repeats in range(MOST_REPEATS):
            backoff = _backoff(repeats)
            try:
                response = self._attempt(request)
            except NotSent:
                if not self._has_waited(backoff):
                    raise
            except FateUnknown:
                if not (request.is_repeatable and self._has_waited(backoff)):
                    raise
            else:
                pause = _pause_after(response, backoff)
                if pause is None or not self._has_waited(pause):
                    return response
        return self._attempt(request)

    def _attempt(self, request: Request) -> Response:
        """Send a request once, when the service's rate limit allows."""
        if self._pace:
            self._pace.wait(request.doing)
        return self._transport.send(request)

    def _has_waited(self, pause: float) -> bool:
        """Wait before a repeat, unless no time would be left for it; say whether there is."""
        if pause >= self._deadline.left:
            return False
        self._deadline.clock.sleep(pause)
        return True


def _pause_after(response: Response, backoff: float) -> float | None:
    """Return how long to wait before the request is repeated, None when it is not."""
    if (demand := demanded_pause(response)) is not None:
        # A service that names no time at all must not be asked again in the same breath.
        return demand or backoff
    if response.is_failure and response.request.is_repeatable:
        return backoff
    return None


def demanded_pause(response: Response) -> float | None:
    """Return the seconds that a service wants to be left alone, None when it wants nothing.

    Such an answer says at the same time that the request did nothing.

    Source: "Rate limits for the REST API" for GitHub's primary and secondary limits; Harmonica's
    429 carries `Retry-After`.
    """
    headers = response.headers
    is_limit = response.status == 429 or (  # noqa: PLR2004 - the status for exactly this
        response.status == 403  # noqa: PLR2004 - GitHub's other status for a limit
        and (
            headers.get("x-ratelimit-remaining") == "0" or b"secondary rate limit" in response.body
        )
    )
    retry_after = _retry_after(response)
    if retry_after is not None and (is_limit or response.status in (403, 503)):
        return retry_after
    if not is_limit:
        return None
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and re.fullmatch("[0-9]{1,12}", reset):
        return max(0.0, float(reset) - response.served_at + 1)
    return _SECONDARY_PAUSE


def _retry_after(response: Response) -> float | None:
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    until = moment_in_header(value)
    return max(0.0, until.timestamp() - response.served_at) if until else None


def _backoff(repeats: int) -> float:
    pause: float = _FIRST_PAUSE * 2**repeats
    return pause + _random.uniform(0, pause / 2)
