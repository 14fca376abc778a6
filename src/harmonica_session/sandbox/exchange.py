"""The words of one HTTP exchange: the request that came in, the answer that goes out, the routes.

It must not open a socket or know anything about either service.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeAlias
from urllib.parse import unquote

Row: TypeAlias = dict[str, Any]
"""One stored object of a service, in the shape of its JSON."""


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as it arrived, and the status it was answered with.

    Attributes:
        service: `harmonica` or `github`.
        method: The HTTP method, upper case.
        path: The path without the service's prefix and without the query, still percent-encoded.
        query: The decoded query; of equal names the last one counts.
        headers: The header fields, names in lower case.
        body: The body's bytes, empty where there is none.
        status: The status of the answer; None while there is none, and for ever where the
            connection was dropped or left hanging.
        content: The body of the answer, as far as it was sent whole; empty where it was not.
    """

    service: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None
    content: bytes = b""

    def json(self) -> Any:  # noqa: ANN401  # JSON can be anything
        """Return the body read as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer before it is put on the wire; `Content-Length` and `Date` are added there."""

    status: int
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Return this answer with more header fields; its own ones win."""
        return dataclasses.replace(self, headers={**headers, **self.headers})


def json_answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer that carries JSON in UTF-8."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, body)


def html_answer(status: int, heading: str) -> Answer:
    """Return a small HTML page, as a web framework or a proxy answers with."""
    page = f"<!DOCTYPE html><html><body><h1>{heading}</h1></body></html>"
    return Answer(status, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


class RefusedError(Exception):
    """A request that a service refuses; carries the answer that says so."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer to be sent."""
        super().__init__(answer.status)
        self.answer = answer


Action: TypeAlias = Callable[..., Answer]


def _filled(template: str, part: tuple[str, str]) -> str:
    return template.replace(*part)


class Routes:
    """A table from path and method to the function that answers."""

    def __init__(self, table: Mapping[str, Mapping[str, Action]]) -> None:
        """Read the table: path templates such as `/sessions/{}`, then method to function.

        `{}` stands for one part of a path, `{*}` for any number of them.
        """
        parts = {r"\{\}": "([^/]+)", r"\{\*\}": "(.+)"}
        self._table = [
            (re.compile(reduce(_filled, parts.items(), re.escape(path))), dict(actions))
            for path, actions in table.items()
        ]

    def find(self, method: str, path: str) -> tuple[Action | None, list[str]] | None:
        """Return the function for a request and the decoded parts of its path.

        Returns:
            None where no route has this path; a pair without function where the path is known
            and the method is not.
        """
        known = False
        for pattern, actions in self._table:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            known = True
            if method in actions:
                return actions[method], [unquote(part) for part in match.groups()]
        return (None, []) if known else None
