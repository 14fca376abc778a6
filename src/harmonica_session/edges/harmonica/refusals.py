"""Turns an answer in which Harmonica says no into an error that says what to do.

This module must not send a request, nor know a route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.network.fate import demanded_pause, is_limit, proves_refusal
from harmonica_session.errors import FateUnknown, Refused, RouteMissing, clip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from harmonica_session.edges.network.exchange import Response

# Harmonica says the same of a session that is gone and of one of somebody else.
NO_SESSION = {403: "there is no such session, or it belongs to an account other than the key's"}
_SUCCESS = range(200, 300)
_DENIED, _TOO_LARGE, _BAD_VALUE = 403, 413, 500
# What a web framework answers where there is no such route, or none for the method.
_NO_ROUTE = (404, 405)
_CHECK_SPEC = "check the spec against Harmonica's message"
_ADVICE = {
    401: "check the secret behind `api-key`; the key may be mistyped or revoked, but Harmonica "
    "also says this while its database is down",
    404: "check `api-url`; there is no Harmonica API at this address",
    405: "check `api-url`; there is no Harmonica API at this address",
}
# Besides a session, what an account may have no access to; in a spec it may go by its name.
_BY_ACCESS = {
    "project_id": "the project",
    "template_id": "the template",
    "distribution": "the channels of `distribution`",
}


def accepted(
    response: Response,
    *statuses: int,
    advice: Mapping[int, str] | None = None,
    optional: str = "",
) -> Response:
    """Return the answer if it has a status that was hoped for.

    Args:
        response: The answer.
        statuses: What was hoped for.
        advice: What to do about other statuses, where that is special to the request.
        optional: What a Harmonica without this route does not have, in the plural; empty for a
            route without which nothing can be done.

    Raises:
        RouteMissing: There is no such route, and it is an optional one.
        Refused: It has another status.
    """
    if response.status in statuses:
        return response
    if optional and response.status in _NO_ROUTE and not is_own_error(response):
        raise RouteMissing(
            (f"this Harmonica server has no {optional} ({response.request}: {response.status})"),
            status=response.status,
            is_limit=False,
        )
    raise refused(response, advice)


def is_own_error(response: Response) -> bool:
    """Say whether an answer has the form in which Harmonica itself says no.

    Source: `{"error": {"code", "message"}}` in the published description of the API.
    """
    content = response.json()
    error = content.get("error") if isinstance(content, dict) else None
    known = error if isinstance(error, dict) else {}
    return all(isinstance(known.get(name), str) and known[name] for name in ("code", "message"))


def refuse_unknown_fate(response: Response) -> None:
    """Look whether an answer leaves open what became of a request that may not be done twice.

    Raises:
        FateUnknown: It does.
    """
    if response.status in _SUCCESS or proves_refusal(response, is_own_error):
        return
    # Source: Harmonica's server, which answers 500 to values of a type it does not expect.
    is_for_values = response.status == _BAD_VALUE and response.request.body
    hint = (
        "; this can also mean that the spec has a value that Harmonica cannot handle"
        if is_for_values
        else ""
    )
    advice = f": {_to_do(response)}" if response.status < _BAD_VALUE else ""
    raise FateUnknown(
        f"the outcome is unknown: Harmonica was asked to {response.request.doing} "
        f"({response.request}: {response.status} {_said(response)[2]}{hint}){advice}"
    )


def refused(response: Response, advice: Mapping[int, str] | None = None) -> Refused:
    """Return the error for an answer that says no; `advice` as in `accepted`."""
    code, reason, said = _said(response)
    return Refused(
        f"Harmonica refused to {response.request.doing} ({response.request}: "
        f"{response.status} {said}): {_to_do(response, advice)}",
        status=response.status,
        code=code,
        reason=reason,
        is_limit=demanded_pause(response) is not None,
    )


def _to_do(response: Response, advice: Mapping[int, str] | None = None) -> str:
    """Say what to do about an answer that says no."""
    pause = demanded_pause(response)
    if response.status in range(300, 400):
        target = clip(response.headers.get("location", "").partition("?")[0])
        return f"the address has moved to {target}; set `api-url` to that address if you trust it"
    if pause is not None:
        too_many = "too many requests were made; " if is_limit(response) else ""
        return f"{too_many}try again in {pause:.0f} seconds"
    if response.status == _DENIED and not _said(response)[0]:
        return (
            "something between the runner and Harmonica refused the request; check the network's "
            "proxy or firewall"
        )
    known = {**_ADVICE, **_about_what_was_sent(response.request.body), **(advice or {})}
    return known.get(response.status, "try again later")


def _about_what_was_sent(body: JsonValue) -> dict[int, str]:
    """Return what to do about refusals of what came from a spec, as far as it was in this one."""
    sent = body if isinstance(body, dict) else {}
    *others, last = [words for key, words in _BY_ACCESS.items() if sent.get(key)] or [""]
    checked = f"{', '.join(others)} and {last}" if others else last
    largest = max(sent, key=lambda name: len(str(sent[name])), default="")
    what = (
        "the background, whose sources are listed in the log"
        if largest == "context"
        else f"`{largest}`"
    )
    check, shorten = f"; check {checked}" if checked else "", f"; shorten {what}" if sent else ""
    return {
        **({400: _CHECK_SPEC, 422: _CHECK_SPEC} if sent else {}),
        _DENIED: f"the key's account has no access to this{check}",
        _TOO_LARGE: f"the request is too large{shorten}",
    }


def _said(response: Response) -> tuple[str, str, str]:
    """Return the code and the message of an error, and both as one text to show."""
    content = response.json()
    error = content.get("error") if isinstance(content, dict) else None
    if not isinstance(error, dict):
        return "", "", "with an answer that is not from Harmonica"
    code, reason = str(error.get("code", "")), str(error.get("message", ""))
    return code, reason, f"{clip(code)}, {' '.join(reason.split())[:300]}"
