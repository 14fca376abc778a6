"""What an answer proves of the fate of its request, and when it may be sent again.

Only the service itself can say that nothing was done: what stands in between gives up, blocks or
limits while the server goes on working. This module must not send a request, nor know a service.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from harmonica_session.text.moment import moment_in_header

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.edges.network.exchange import Response

    OwnError: TypeAlias = Callable[[Response], bool]

_REFUSALS = range(400, 500)
_DENIED, _UNPROCESSABLE, _TOO_MANY = 403, 422, 429
# Besides limits, what may name a time after which to come back.
_LEFT_ALONE = (_DENIED, 503)
# A secondary limit that names no time wants a minute.
# Source: "Rate limits for the REST API", exceeding the rate limit.
_SECONDARY_PAUSE = 60.0
# Older servers call it abuse. What is beside it of locks and blocks is about the limit.
_LIMIT = re.compile(
    rb"\"documentation_url\"\s*:\s*\"[^\"]*rate-limit"
    rb"|API rate limit exceeded|secondary rate limit|abuse detection mechanism"
    rb"|temporarily blocked from content creation|was submitted too quickly",
    re.IGNORECASE,
)


def proves_refusal(response: Response, is_own_error: OwnError) -> bool:
    """Say whether an answer proves that its request did nothing.

    Args:
        response: The answer.
        is_own_error: Knows the form in which the service itself says no.
    """
    is_no = response.status in _REFUSALS and not response.is_failure
    return is_no and is_own_error(response)


def is_limit(response: Response) -> bool:
    """Say whether an answer refuses for the number of requests alone.

    Source: "Rate limits for the REST API" for GitHub's primary and secondary limits; Harmonica
    answers 429.
    """
    if response.status == _TOO_MANY:
        return True
    if response.status not in (_DENIED, _UNPROCESSABLE):
        return False
    is_used_up = response.headers.get("x-ratelimit-remaining") == "0"
    is_told = _LIMIT.search(response.body) is not None
    return is_told or (is_used_up and response.status == _DENIED)


def demanded_pause(response: Response) -> float | None:
    """Return the seconds that whoever answers wants to be left alone, None when it wants nothing.

    Source: "Rate limits for the REST API" for GitHub's primary and secondary limits; Harmonica's
    429 carries `Retry-After`.
    """
    headers = response.headers
    retry_after = _retry_after(response)
    if retry_after is not None and (is_limit(response) or response.status in _LEFT_ALONE):
        return retry_after
    if not is_limit(response):
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
