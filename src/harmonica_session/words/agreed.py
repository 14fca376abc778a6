"""What was agreed on in a session: its actions, numbered for good, and what became of each.

This module must not know where they are kept, nor how it is known what became of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.words.results import Action

MOST = 40
_DESCRIPTION, _OWNER, _DUE = 200, 60, 40
# All of them together, as bytes of JSON: a receipt is bounded, and a letter takes up to six.
_ROOM = 17_000
Fate: TypeAlias = Literal["done", "open", "dropped", "unknown"]


class Agreed(BaseModel):
    """An action of a session; its number is its place in the list, from 1 on.

    Attributes:
        description: What is to be done, on one line.
        owner: Who is to do it, as somebody has said it; empty where nobody did.
        due: Until when, likewise.
        issue: The issue that it is followed up in, 0 where there is none.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    description: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=_DESCRIPTION)
    ]
    owner: Annotated[str, StringConstraints(strict=True, max_length=_OWNER)] = ""
    due: Annotated[str, StringConstraints(strict=True, max_length=_DUE)] = ""
    issue: Annotated[int, Field(strict=True, ge=0)] = 0


class Became(NamedTuple):
    """What became of an action.

    Attributes:
        action: The action.
        fate: What became of it; unknown where its issue is not to be found.
        begun: Since when there is an issue for it, in ISO 8601; empty where there is none.
        ended: When that was closed; empty while it is open.
    """

    action: Agreed
    fate: Fate
    begun: str = ""
    ended: str = ""


class Promised(NamedTuple):
    """What was agreed on in one session, and what became of it."""

    created_at: str
    actions: tuple[Became, ...]


def agreed(actions: Iterable[Action]) -> tuple[Agreed, ...]:
    """Return the actions as they are kept, each once: the first `MOST`, as far as there is room."""
    kept: dict[str, Agreed] = {}
    room = _ROOM
    for it in actions:
        one = Agreed(
            description=_within(it.description, _DESCRIPTION),
            owner=_within(it.owner, _OWNER),
            due=_within(it.due, _DUE),
        )
        if one.description in kept:
            continue
        room -= len(one.model_dump_json().encode("utf-8", "replace")) + 2
        if room < 0:
            break
        kept[one.description] = one
    return tuple(kept.values())[:MOST]


def _within(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
