"""Turns an answer in which GitHub says no into an error that quotes its reason.

This module must not send a request, nor know a route.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from harmonica_session.edges.network.fate import demanded_pause, proves_refusal
from harmonica_session.errors import AnswerUnusable, Barred, FateUnknown, Refused, RouteMissing

if TYPE_CHECKING:
    from harmonica_session.edges.network.exchange import Response

# How a server answers that lacks a route.
NO_ROUTE = (404, 405)
_DENIED, _NOT_FOUND = 403, 404
_CLOSED = "GitHub has disabled the repository and has told its owner why"
_SINGLE_SIGN_ON = (
    "authorize the token for the organization's single sign-on (SAML), or use the "
    "workflow's own `github.token`"
)


class _Cause(NamedTuple):
    """Why GitHub refuses, where no permission mends it.

    Attributes:
        remedy: What does mend it.
        said: What the sentence has in it, as a pattern.
        link: What the link to the documentation has in it.
    """

    remedy: str
    said: str
    link: str = ""


# An archived repository calls its conversations locked as well, so the order matters.
_CAUSES = (
    _Cause(_SINGLE_SIGN_ON, "SAML enforcement", "saml-single-sign-on"),
    _Cause(
        "the account, or the app installation, behind the token is suspended; have the "
        "suspension lifted, or use another `github-token`",
        r"\bsuspended\b",
    ),
    _Cause(
        "`github-token` was wrong too often; use another one, or leave the input out, "
        "and try again later",
        "login attempts exceeded",
    ),
    _Cause(
        "the account behind the token is blocked here; have the block lifted, or use "
        "another `github-token`",
        r"\buser is blocked\b",
    ),
    _Cause(_CLOSED, "repository access blocked|disabled by GitHub staff"),
    _Cause(
        ("the repository is being migrated; try again in its new place once that is done"),
        "locked for migration",
    ),
    _Cause(
        ("the organization has an IP allow list; use a runner whose address is on that list"),
        "IP allow list",
    ),
    _Cause(
        ("the organization does not accept this kind of token; use another kind as `github-token`"),
        "forbids access via|OAuth App access restrictions",
        "restricting-access-to-your-organization",
    ),
    _Cause("the repository is archived and read-only; unarchive it", r"\barchived\b"),
    _Cause(
        "the conversation is locked; unlock it and run this again",
        r"\bis locked\b",
        "locking-conversations",
    ),
    _Cause(
        (
            "the conversation has reached its limit of comments; name another pull request "
            "or issue with `pr-number`"
        ),
        r"more than [\d,]+ comments",
    ),
    _Cause(
        (
            "issues are turned off in the repository; turn them on in its settings, or "
            "announce on a pull request"
        ),
        "issues (?:are|has been|have been) disabled",
    ),
    _Cause("the repository has no commits yet; push one first", "repository is empty"),
)
_BY_STATUS = {
    401: (
        "`github-token` is mistyped, revoked or expired; use another one, or leave the input out"
    ),
    410: (
        "it was deleted, moved or converted into a discussion; name another one with `pr-number`"
    ),
    451: _CLOSED,
}


# Source: "Actions job token permissions" of Gitea 1.26; Forgejo heeds no `permissions`.
_ELSEWHERE = (
    "on Gitea 1.26 and newer, allow it under the job's `permissions`; on Forgejo and older Gitea, "
    "and for a pull request from a fork, use an access token with `write:issue` and "
    "`read:repository` as `github-token`"
)


def accepted(response: Response) -> Response:
    """Return the answer if it is a success.

    Raises:
        Barred: It is not, and no permission mends that.
        RouteMissing: It is not, and it is not GitHub that says so.
        Refused: It is not.
    """
    if response.is_success:
        return response
    reason = _reason(response)
    pause = demanded_pause(response)
    remedy = ""
    if pause is None and is_own_error(response):
        remedy = _remedy(response)
    advice = f"; {remedy}" if remedy else ""
    if pause is not None:
        advice = f"; try again in {pause:.0f} seconds"
    if response.status in range(300, 400):
        target = response.headers.get("location", "").partition("?")[0]
        advice = f"; the address has moved to {target[:200]}"
    kind: type[Refused] = Barred if remedy else Refused
    if lacks_route(response) and not remedy:
        kind = RouteMissing
    raise kind(
        f"GitHub refused to {response.request.doing} ({response.request}: "
        f"{response.status} {reason or 'with an answer that is not JSON'}){advice}",
        status=response.status,
        reason=reason,
        is_limit=pause is not None,
    )


def _remedy(response: Response) -> str:
    """Return what to do about an answer that no permission mends, empty where one may.

    Headers, links and codes come first: they stay when a sentence is put otherwise.
    """
    content: Any = response.json()
    link = str(content.get("documentation_url") or "")
    if response.headers.get("x-github-sso", "").startswith("required"):
        return _SINGLE_SIGN_ON
    if isinstance(content.get("block"), dict):
        return _CLOSED
    said = _reason(response)
    by_link = (it.remedy for it in _CAUSES if it.link and it.link in link)
    by_words = (it.remedy for it in _CAUSES if re.search(it.said, said, re.IGNORECASE))
    elsewhere = _ELSEWHERE if response.status == _DENIED and is_elsewhere(response) else ""
    known = next(by_link, "") or next(by_words, "") or _BY_STATUS.get(response.status, "")
    return known or elsewhere


def _details(errors: object) -> list[str]:
    """Return the sentences of a refusal's single errors."""
    listed = errors if isinstance(errors, list) else []
    found = [it.get("message") if isinstance(it, dict) else it for it in listed]
    return [it for it in found if isinstance(it, str)]


def is_own_error(response: Response) -> bool:
    """Say whether an answer has the form in which GitHub itself says no.

    Source: "Troubleshooting the REST API"; Gitea and Forgejo say `url` for `documentation_url`.
    """
    content = response.json()
    if not isinstance(content, dict) or not isinstance(content.get("message"), str):
        return False
    links = (content.get("documentation_url"), content.get("url"))
    return "x-github-request-id" in response.headers or any(isinstance(it, str) for it in links)


def lacks_route(response: Response) -> bool:
    """Say whether it is not GitHub that knows no such route, which may mean something else."""
    return response.status in NO_ROUTE and not _is_github(response)


def is_none_of_gitea(response: Response) -> bool:
    """Say whether Forgejo or Gitea itself says that there is no such thing.

    GitHub, which hides what a token may not see behind the same status, links to its documents.
    """
    return response.status == _NOT_FOUND and is_elsewhere(response)


def is_elsewhere(response: Response) -> bool:
    """Say whether Forgejo or Gitea says no."""
    return is_own_error(response) and not _is_github(response)


def _is_github(response: Response) -> bool:
    """Say whether GitHub says no, which links to its documents."""
    content = response.json()
    is_linked = isinstance(content, dict) and "documentation_url" in content
    return is_linked or "x-github-request-id" in response.headers


def settled(response: Response) -> Response:
    """Return the answer to a request that may not be done twice, if it was surely carried out.

    Raises:
        Refused: It was surely not.
        FateUnknown: Nobody knows.
    """
    if response.is_success or proves_refusal(response, is_own_error):
        return accepted(response)
    raise FateUnknown(
        f"the outcome is unknown: GitHub was asked to {response.request.doing} "
        f"({response.request}: {response.status} "
        f"{_reason(response) or 'with an answer that is not JSON'})"
    )


def made(response: Response, form: type[Any]) -> Any:  # noqa: ANN401 - an object of the form
    """Return what has come of a request that makes what must not be there twice.

    Raises:
        FateUnknown: Nobody knows whether it was made.
        ServiceError: It was not made.
    """
    try:
        return settled(response).read(form)
    except AnswerUnusable as error:
        raise FateUnknown(str(error)) from None


def _reason(response: Response) -> str:
    """Return the sentence in which an answer says no, empty when it has none."""
    content = response.json()
    said = content.get("message") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(said, str):
        return ""
    # `Validation Failed` by itself says nothing.
    details = "; ".join(_details(content.get("errors")))
    return " ".join(f"{said}: {details}".split() if details else said.split())[:300]
