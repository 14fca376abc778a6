"""One request, and its answer with the form that it is read in.

This module must not send anything, nor know a route.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from pydantic import FailFast, TypeAdapter, ValidationError

from harmonica_session.errors import AnswerUnusable, clip
from harmonica_session.text.moment import moment_in_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

READ_SECONDS = 30.0
_SUCCESS = range(200, 300)
_TIMEOUT, _SERVER_ERRORS = 408, 500


@dataclass(frozen=True)
class Request:
    """One request, before it is sent.

    Attributes:
        doing: What it is for, as the end of the sentence "could not …".
        method: HTTP method.
        path: Path under the service's base address, each variable part quoted.
        query: Query parameters.
        body: JSON body.
        file: A file to upload in place of it: name, content, media type.
        read_seconds: How long the service may be silent.
        seconds: How long it is worth trying, None for all the time that is left.
        is_safe: Whether a POST may be repeated, since it changes nothing, or nothing more when it
            is done twice.
        accept: Media type of the answer, where it is another than the service's usual one.
        most_bytes: How large an answer is read, where that is less than any answer may be.
    """

    doing: str
    method: str
    path: str
    query: Mapping[str, str | int] | None = None
    body: JsonValue = None
    file: tuple[str, bytes, str] | None = None
    read_seconds: float = READ_SECONDS
    seconds: float | None = None
    is_safe: bool = False
    accept: str = ""
    most_bytes: int | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once."""
        return self.is_safe or self.method != "POST"

    def __str__(self) -> str:
        """Return the request as a message names it: `POST /sessions`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Response:
    """One answer with its body read."""

    request: Request
    service: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def served_at(self) -> float:
        """The service's own clock, in seconds since 1970; this machine's where it tells none."""
        told = moment_in_header(self.headers.get("date", ""))
        return told.timestamp() if told else time.time()

    @property
    def is_success(self) -> bool:
        """Whether the request was carried out."""
        return self.status in _SUCCESS

    @property
    def is_failure(self) -> bool:
        """Whether a server or a proxy gave up, which says nothing of what became of the request."""
        return self.status == _TIMEOUT or self.status >= _SERVER_ERRORS

    def json(self) -> object:
        """Return the body as JSON, None when it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def read(self, form: Any) -> Any:  # noqa: ANN401 - a model, or a list of them
        """Return the body as a model.

        Raises:
            AnswerUnusable: It has another form.
        """
        try:
            # Python 3.10 takes `list[X]` for a class, so its kind says nothing.
            if hasattr(form, "model_validate"):
                return form.model_validate(self.json())
            # The first odd row is enough, see `Rows`.
            is_list = get_origin(form) is list
            adapter = TypeAdapter(Annotated[form, FailFast()] if is_list else form)
            return adapter.validate_python(self.json())
        except ValidationError as error:
            detail = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in detail["loc"]) or "the answer"
            raise self.unusable(f"{clip(where)}: {detail['msg']}") from None

    def unusable(self, why: str) -> AnswerUnusable:
        """Return the error for an answer that is not what was asked for."""
        return AnswerUnusable(
            f"{self.service} gave an unusable answer when asked to {self.request.doing} "
            f"({self.request}, status {self.status}): {why}"
        )
