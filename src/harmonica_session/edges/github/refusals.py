"""Turns an answer in which GitHub says no into an error that quotes its reason.

This module must not send a request, nor know a route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.network.retry import demanded_pause
from harmonica_session.errors import Refused

if TYPE_CHECKING:
    from harmonica_session.edges.network.transport import Response

_SUCCESS = range(200, 300)


def accepted(response: Response) -> Response:
    """Return the answer if it is a success.

    Raises:
        Refused: It is not.
    """
    if response.status in _SUCCESS:
        return response
    content = response.json()
    said = content.get("message") if isinstance(content, dict) else None
    reason = " ".join(said.split())[:300] if isinstance(said, str) else ""
    where = ""
    pause = demanded_pause(response)
    if pause is not None:
        where = f"; run it again in {pause:.0f} seconds"
    if response.status in range(300, 400):
        target = response.headers.get("location", "").partition("?")[0]
        where = f"; the address has moved to {target[:200]}"
    raise Refused(
        f"GitHub refused, could not {response.request.doing} ({response.request}: "
        f"{response.status} {reason or 'with an answer that is not JSON'}){where}",
        status=response.status,
        reason=reason,
        is_limit=pause is not None,
    )
