"""The sources of a session's background, as `context_from` in a spec lists them.

This module must not fetch a source, nor know what day it is.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from harmonica_session.errors import clip
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.text.addresses import session_id_in
from harmonica_session.text.paths import checked_path
from harmonica_session.words.request import Part, Text

LAST_RELEASE = "last_release"
LAST_SESSION = "last_session"
MOST_SOURCES = 20
# GitHub's search hands out no more. Source: "REST API endpoints for search", about search.
MOST_LINES = 1_000
_SINCE = (
    "`since` must be a number of days such as `14d`, a date such as `2026-11-01`, "
    "`last_release` or `last_session`"
)
Alone: TypeAlias = Literal["session_md", "pull_request", "open_actions"]
"""The sources that take nothing but their name."""
Bare: TypeAlias = Alone | Literal["previous_session"]
"""The sources that can do without more than their name."""

HOW = {
    "file": "`file: docs/decisions/0007.md`",
    "previous_session": "`previous_session: {session: …}`, an ID or a join link",
    "merged_pull_requests": "`merged_pull_requests: {since: 14d}`",
    "issues_closed": "`issues_closed: {since: 14d}`",
}
"""How the others are written."""


def _checked_since(value: object) -> str:
    """Take what stands for the beginning of a period, an unquoted date included."""
    written = value.source if isinstance(value, Unquoted) else value
    if isinstance(written, str):
        written = written.strip()
        if written in (LAST_RELEASE, LAST_SESSION) or re.fullmatch(
            "[1-9][0-9]{0,3}d", written, re.ASCII
        ):
            return written
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", written, re.ASCII):
            try:
                return date.fromisoformat(written).isoformat()
            except ValueError:
                raise ValueError(f"`since: {written}` is not a valid date") from None
    shown = clip(str(written)) if isinstance(written, (str, int, float)) else "something else"
    raise ValueError(f"{_SINCE}, but it is `{shown}`")


class Period(Part):
    """What happened since a day, the latest release or the session before, the newest first."""

    since: Annotated[str, BeforeValidator(_checked_since)]
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST_LINES)] = 50


class EarlierSession(Part):
    """A session, named by its id or its join link; `session` holds the id.

    Without a name it is the session before, and `session` is empty.
    """

    session: Annotated[Text, AfterValidator(session_id_in)] = ""


class Source(Part):
    """One source of the background: exactly one of these is set."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    session_md: Literal[True] | None = None
    file: Annotated[Text, AfterValidator(checked_path)] | None = None
    previous_session: EarlierSession | None = None
    pull_request: Literal[True] | None = None
    merged_pull_requests: Period | None = None
    issues_closed: Period | None = None
    open_actions: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Source:
        named = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(named) == 1:
            return self
        if named:
            raise ValueError(
                f"each source is a list item of its own; begin a new one with `-` for `{named[1]}`"
            )
        raise ValueError(f"this item names no source; the sources are {_known()}")


def _source_of(value: object) -> object:
    """Turn a source that is named alone, such as `session_md`, into the form with a key."""
    if isinstance(value, dict):
        for name in get_args(Alone):
            if value.get(name, True) is not True:
                raise ValueError(f"`{name}` takes no value; write `- {name}`")
        _check_form(value)
    if not isinstance(value, str):
        return value
    value = value.strip()
    if value == "previous_session":
        return {value: {}}
    if value in HOW:
        raise ValueError(f"`{value}` needs more information; write {HOW[value]}")
    if value in Source.model_fields:
        return {value: True}
    from harmonica_session.text.likeness import nearest

    near = nearest(value, Source.model_fields)
    if near:
        raise ValueError(f"`{clip(value)}` is not a source; did you mean `{near[0]}`?")
    if re.search("[./]", value):
        shown = clip(value)
        raise ValueError(f"`{shown}` is not a source; write `file: {shown}` if it is a file")
    raise ValueError(f"`{clip(value)}` is not a source; the sources are {_known()}")


def _check_form(source: dict[str, object]) -> None:
    """Refuse a mapping of parts that is not indented far enough, or is none."""
    takes_parts = [name for name in HOW if name in source and name != "file"]
    for name in takes_parts:
        misplaced = [part for part in _parts_of(name) if part in source]
        if source[name] is None and misplaced:
            raise ValueError(f"`{misplaced[0]}` belongs inside `{name}`; indent it further")
    earlier = source.get("previous_session")
    if isinstance(earlier, dict) and earlier.get("session", "") is None:
        raise ValueError(
            "`session` has no value; write `- previous_session` for the previous session"
        )
    formless = [it for it in takes_parts if not isinstance(source[it], dict | None)]
    if formless:
        raise ValueError(f"`{formless[0]}` needs more information; write {HOW[formless[0]]}")


def _parts_of(name: str) -> list[str]:
    """Return the keys of what stands under a source that takes a mapping."""
    model: type[Part] = get_args(Source.model_fields[name].annotation)[0]
    return list(model.model_fields)


def _known() -> str:
    return ", ".join(f"`{name}`" for name in Source.model_fields)


Sources: TypeAlias = Annotated[
    list[Annotated[Source, BeforeValidator(_source_of, json_schema_input_type=Bare | Source)]],
    Field(max_length=MOST_SOURCES),
]


def default_sources() -> list[Any]:
    """Return what a spec without `context_from` begins with."""
    return [Source(session_md=True)]


def first_day(since: str, today: date) -> str:
    """Return the first day of a period, in ISO 8601.

    Args:
        since: As a spec says it, the latest release and the session before apart.
        today: The day on which it is said.
    """
    if since.endswith("d"):
        return (today - timedelta(days=int(since[:-1]))).isoformat()
    return since
