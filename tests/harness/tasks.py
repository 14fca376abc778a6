"""Tasks that ask for something else than the usual one.

It must hold no test.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import digest_of, field_digests
from harmonica_session.words.request import SessionRequest

if TYPE_CHECKING:
    from pydantic import JsonValue

    from harmonica_session.session.task import Task


def asking(task: Task, **changes: JsonValue) -> Task:
    """Return a task with some fields of its request changed, None for one that is removed."""
    fields = {**task.request.fields(), **changes}
    request = SessionRequest.model_validate({k: v for k, v in fields.items() if v is not None})
    body: dict[str, JsonValue] = {**request.body(), "context": changes.get("context", "Background")}
    return replace(task, request=request, digest=digest_of(body), fields=field_digests(body))
