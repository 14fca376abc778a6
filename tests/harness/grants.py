"""Which permissions of a workflow's token the requests to GitHub took, in a private repository.

It must not know what the action does; source of the table: GitHub's "Permissions required for
GitHub Apps", where issues and pull requests share routes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox
    from harmonica_session.sandbox.exchange import Request

_SCOPES = {
    r"/repos/[^/]+/[^/]+": "metadata",
    r"/repos/[^/]+/[^/]+/(contents|git|releases)(/.*)?": "contents",
    r"/repos/[^/]+/[^/]+/commits/[^/]+": "contents",
    r"/repos/[^/]+/[^/]+/(pulls|commits/[^/]+/pulls)(/.*)?": "pull-requests",
    r"/repos/[^/]+/[^/]+/actions/.*": "actions",
    r"/repos/[^/]+/[^/]+/(issues|labels)(/.*)?": "issues",
}
_EITHER = "/labels"


def taken(box: Sandbox, since: int = 0) -> dict[str, str]:
    """Return each permission that was needed since a request, and whether to read or to write."""
    needed: dict[str, str] = {}
    for request in box.requests[since:]:
        if request.service == "github":
            scope = _scope(box, request)
            needed[scope] = "write" if request.method != "GET" else needed.get(scope, "read")
    for scope in ("metadata", _EITHER):
        needed.pop(scope, None)
    return needed


def _scope(box: Sandbox, request: Request) -> str:
    if request.path == "/search/issues":
        return "pull-requests" if "is:pr" in request.query["q"] else "issues"
    if re.fullmatch(r"/repos/[^/]+/[^/]+/labels(/.*)?", request.path):
        return _EITHER
    # A label that the repository lacks is made, be it put on a pull request.
    if request.method == "POST" and request.path.endswith("/labels"):
        return "issues"
    [scope] = [it for pattern, it in _SCOPES.items() if re.fullmatch(pattern, request.path)]
    number = _number(box, request.path)
    is_pull_request = "pull_request" in box.github.issues.get(number, {})
    return "pull-requests" if scope == "issues" and is_pull_request else scope


def _number(box: Sandbox, path: str) -> int:
    """Return the number that an issue's route is about, 0 where it is about none."""
    found = re.search(r"/issues/(comments/)?(\d+)", path)
    if not found:
        return 0
    ident = int(found[2])
    numbers = {it["id"]: it["number"] for it in box.github.comments}
    return int(numbers[ident]) if found[1] else ident
