"""GitHub's objects as stored rows, and the pages they are listed on.

It must not know about tokens, or which objects there are.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from harmonica_session.sandbox.exchange import Answer, RefusedError, Request, Row, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST_BODY = 65_536
"""Characters a comment may have."""

_USER_IDS = {"github-actions[bot]": 41_898_282}


def timestamp(moment: float) -> str:
    """Return seconds since 1970 as GitHub writes a time: whole seconds, UTC."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(login: str, kind: str) -> Row:
    """Return an account; `kind` is `User` or `Bot`."""
    ident = _USER_IDS.get(login, 1000 + sum(login.encode()))
    return {"login": login, "id": ident, "type": kind}


def comment(ident: int, page: str, author: Row, body: str, moment: str) -> Row:
    """Return a comment on the issue or pull request whose page has this address."""
    return {
        "id": ident,
        "body": body,
        "user": author,
        "created_at": moment,
        "updated_at": moment,
        "html_url": f"{page}#issuecomment-{ident}",
        "author_association": "NONE",
    }


def failure(status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer in GitHub's shape for errors."""
    content = {
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(status),
    }
    return json_answer(status, content, headers)


def refused(status: int, message: str) -> RefusedError:
    """Return a refusal in GitHub's shape for errors."""
    return RefusedError(failure(status, message))


def not_found() -> RefusedError:
    """Return the refusal that also those get who may not see a thing."""
    return refused(404, "Not Found")


def invalid(resource: str, field: str, code: str, **told: str) -> RefusedError:
    """Return a 422; `told` is what the problem has besides: `message` or `value`."""
    problem = {**told, "resource": resource, "field": field, "code": code}
    content = {
        "message": "Validation Failed",
        "errors": [problem],
        "documentation_url": "https://docs.github.com/rest",
        "status": "422",
    }
    return RefusedError(json_answer(422, content))


def number(text: str) -> int:
    """Return a number in a path; raises the refusal for anything else."""
    if not text.isdecimal():
        raise not_found()
    return int(text)


def read_object(request: Request) -> Row:
    """Return the JSON object of a body, empty for other JSON; raises the refusal of no JSON."""
    try:
        content = json.loads(request.body)
    except ValueError:
        raise refused(400, "Problems parsing JSON") from None
    return content if isinstance(content, dict) else {}


def paged(
    request: Request, url: str, rows: Sequence[Row], show: Callable[[Row], Row] = dict
) -> Answer:
    """Return one page of rows, with a `Link` header where there are more pages.

    Args:
        request: Its query has `per_page` (1 to 100, default 30) and `page`, counted from 1.
        url: The absolute address of the route, without a query.
        rows: Every row, in order.
        show: Turns a stored row into what is sent.
    """
    size = min(max(_whole(request.query.get("per_page"), 30), 1), 100)
    page = max(_whole(request.query.get("page"), 1), 1)
    last = max(-(-len(rows) // size), 1)
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page == 1:
        del wanted["prev"], wanted["first"]
    if page >= last:
        del wanted["next"], wanted["last"]
    links = [
        f'<{url}?{urlencode({**request.query, "page": number})}>; rel="{name}"'
        for name, number in wanted.items()
    ]
    headers = {"Link": ", ".join(links)} if links else {}
    return json_answer(200, [show(row) for row in rows[(page - 1) * size : page * size]], headers)


def paged_in(request: Request, url: str, rows: Sequence[Row], name: str) -> Answer:
    """Return one page of rows under a name, and beside it how many there are in all."""
    page = paged(request, url, rows)
    content = {"total_count": len(rows), name: json.loads(page.body)}
    return json_answer(200, content, {k: v for k, v in page.headers.items() if k == "Link"})


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
