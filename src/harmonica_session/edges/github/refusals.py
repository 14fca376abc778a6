"""Turns an answer in which GitHub says no into an error that quotes its reason.

This module must not send a request, nor know a route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.network.fate import demanded_pause, proves_refusal
from harmonica_session.errors import FateUnknown, Refused

if TYPE_CHECKING:
    from harmonica_session.edges.network.exchange import Response

_SUCCESS = range(200, 300)


def accepted(response: Response) -> Response:
    """Return the answer if it is a success.

    Raises:
        Refused: It is not.
    """
    if response.status in _SUCCESS:
        return response
    reason = _reason(response)
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


def is_own_error(response: Response) -> bool:
    """Say whether an answer has the form in which GitHub itself says no.

    Source: "Troubleshooting the REST API"; Gitea and Forgejo say `url` for `documentation_url`.
    """
    content = response.json()
    if not isinstance(content, dict) or not isinstance(content.get("message"), str):
        return False
    links = (content.get("documentation_url"), content.get("url"))
    return "x-github-request-id" in response.headers or any(isinstance(it, str) for it in links)


def settled(response: Response) -> Response:
    """Return the answer to a request that may not be done twice, if it was surely carried out.

    Raises:
        Refused: It was surely not.
        FateUnknown: Nobody knows.
    """
    if response.status in _SUCCESS or proves_refusal(response, is_own_error):
        return accepted(response)
    raise FateUnknown(
        f"nobody knows whether GitHub could {response.request.doing} ({response.request}: "
        f"{response.status} {_reason(response) or 'with an answer that is not JSON'})"
    )


def _reason(response: Response) -> str:
    """Return the sentence in which an answer says no, empty when it has none."""
    content = response.json()
    said = content.get("message") if isinstance(content, dict) else None
    return " ".join(said.split())[:300] if isinstance(said, str) else ""
