"""Harmonica's sessions as stored rows: how they are read from JSON, changed, listed and shown.

It must not know about keys, users or HTTP beyond the answers that refuse a body.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from harmonica_session.sandbox.exchange import Answer, RefusedError, Row, json_answer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LISTED = ("id", "topic", "goal", "status", "participant_count", "created_at", "updated_at")
_FULL = (*_LISTED, "critical", "context", "prompt", "summary", "session_md")
_REQUIRED = ("topic", "goal")
_TEXTS = (*_REQUIRED, "context", "critical", "prompt", "template_id", "project_id")
_PATCH_ALONE = (
    *("welcome_message", "summary_prompt", "meta_description", "intro_video_url"),
    "platform_guidelines_override",
)
_PATCH_TEXTS = (*_TEXTS, *_PATCH_ALONE, "prompt_summary")
_FLAGS = ("cross_pollination", "widgets_enabled")
_LISTS = ("questions", "distribution", "roster")
_VISIBILITIES = ("public", "participants", "host")
_PATCH_OTHERS = ("results_visibility", "questions", "distribution", "prompt_generated_from")
_PATCHABLE = frozenset((*_PATCH_TEXTS, *_FLAGS, *_PATCH_OTHERS))
# What JavaScript's String.trim takes away; Python's strip takes other characters.
_BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def error(status: int, code: str, message: str) -> Answer:
    """Return an answer in Harmonica's envelope for errors."""
    return json_answer(status, {"error": {"code": code, "message": message}})


def crash() -> RefusedError:
    """Return the bare 500 that most bad requests end in."""
    return RefusedError(error(500, "internal_error", "Internal server error"))


def invalid(message: str) -> RefusedError:
    """Return a 400; the server tells of one mistake at a time."""
    return RefusedError(error(400, "validation_error", message))


def read_object(body: bytes) -> Row:
    """Return the JSON object of a body; anything else crashes the server, U+0000 included."""
    try:
        content = json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise crash() from None
    if not isinstance(content, dict) or _has_null_character(content):
        raise crash()
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _has_null_character(content: object) -> bool:
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


def draft(fields: Row) -> Row:
    """Return the columns for a new session from what was sent, texts trimmed.

    Raises:
        RefusedError: With 400 for a missing topic or goal, with 500 for any wrong type.
    """
    row = {name: value for name, value in fields.items() if name not in _PATCH_ALONE}
    for name in _TEXTS:
        text = fields.get(name)
        if text is not None and not isinstance(text, str):
            raise crash()
        row[name] = (text or "").strip(_BLANKS) or None
        if name in _REQUIRED and row[name] is None:
            raise invalid(f"{name} is required")
    _check_rest(fields)
    row["results_visibility"] = fields.get("results_visibility") or "host"
    row["questions"] = number(fields.get("questions") or [])
    row["prompt"] = row["prompt"] or compose_prompt(row)
    return row


def patch(row: Row, fields: Row, ignored: Collection[str] = ()) -> None:
    """Change a session in place: known fields only, as they are, `updated_at` untouched.

    Args:
        row: The session.
        fields: What was sent.
        ignored: Fields that this server does not know yet.

    Raises:
        RefusedError: With 400 where no field is known, with 500 for a wrong type.
    """
    known = {name: value for name, value in fields.items() if name in _PATCHABLE - set(ignored)}
    if not known:
        raise invalid("No valid fields provided")
    for name, value in known.items():
        if name in _REQUIRED and value is None:
            raise crash()
        if name in _PATCH_TEXTS and not isinstance(value, str | None):
            raise crash()
    _check_rest(known)
    if "questions" in known:
        known["questions"] = number(known["questions"] or [])
    row.update(known)


def _check_rest(fields: Row) -> None:
    if any(not isinstance(fields.get(name), bool | None) for name in _FLAGS):
        raise crash()
    if any(not isinstance(fields.get(name), list | None) for name in _LISTS):
        raise crash()
    if any(not isinstance(item, dict | str) for item in fields.get("questions") or []):
        raise crash()
    if any(
        not isinstance(item, dict)
        for name in ("distribution", "roster")
        for item in fields.get(name) or []
    ):
        raise crash()
    if fields.get("results_visibility") not in (None, *_VISIBILITIES):
        raise invalid("results_visibility must be one of public, participants, host")


def number(questions: list[Any]) -> list[Row]:
    """Return questions as stored; one that was sent as a plain string loses its text."""
    return [
        {"text": "", **(item if isinstance(item, dict) else {}), "id": str(at + 1), "position": at}
        for at, item in enumerate(questions)
    ]


def compose_prompt(row: Row) -> str:
    """Return the facilitator's prompt that the server writes from a session's texts."""
    parts = [f"Facilitate a conversation about: {row['topic']}", f"Goal: {row['goal']}"]
    parts += [f"Critical: {row['critical']}"] if row.get("critical") else []
    parts += [f"Context: {row['context']}"] if row.get("context") else []
    return "\n".join(parts)


def listed(row: Row) -> Row:
    """Return a session as the list shows it."""
    return {name: row[name] for name in _LISTED}


def full(row: Row, told: Iterable[str] = ()) -> Row:
    """Return a session as its own route shows it; the join link is in neither.

    Args:
        row: The session.
        told: Fields that this server tells besides.
    """
    return {name: row.get(name) for name in (*_FULL, *told)}


def participant(name: str | None, said: Iterable[str], *, is_excluded: bool) -> Row:
    """Return a person of a session, whom the facilitator has greeted."""
    written = [("assistant", "Welcome!"), *(("user", text) for text in said)]
    messages = [{"id": str(at), "role": r, "content": c} for at, (r, c) in enumerate(written)]
    return {
        "participant_id": str(uuid.uuid4()),
        "participant_name": name,
        "active": True,
        "messages": messages,
        "is_excluded": is_excluded,
    }


def counted(people: Iterable[Row]) -> int:
    """Return the number of participants: from the third message on, unless the host excluded."""
    few = 3
    return sum(
        not row["is_excluded"] and sum(it["role"] == "user" for it in row["messages"]) >= few
        for row in people
    )


def response(row: Row, *, in_whole: bool) -> Row:
    """Return what a person has written as the API lists it, excluded or not."""
    shown = {name: row[name] for name in ("participant_id", "participant_name", "active")}
    if in_whole:
        return {**shown, "messages": row["messages"]}
    return {**shown, "message_count": len(row["messages"])}


def matching(rows: Iterable[Row], q: str) -> list[Row]:
    """Return the sessions whose topic or goal holds a piece of text, as SQL's ILIKE finds it."""
    pattern = _like(f"%{q}%")
    return [row for row in rows if any(pattern.fullmatch(row[name]) for name in _REQUIRED)]


def _like(wanted: str) -> re.Pattern[str]:
    tokens = re.findall(r"\\.|.", wanted, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    parts = (wild.get(token) or re.escape(token[-1]) for token in tokens)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
