"""The keys of a spec that say how long a round is open: how they are written, and their limits.

This module must not reckon when a round ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harmonica_session.errors import clip
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.text.zone import zone_named
from harmonica_session.words.request import Text
from harmonica_session.words.round import LONGEST, MOST_EXPECTED, length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import ValidationInfo

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document

_DURATION = "[1-9][0-9]{0,3}[dh]"


def _checked_duration(value: object, info: ValidationInfo) -> str:
    value = value.source if isinstance(value, Unquoted) else value
    written = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(_DURATION, written, re.ASCII) and length(written) <= LONGEST:
        return written
    shown = clip(str(value)) if isinstance(value, (str, int, float)) else "something else"
    raise ValueError(
        f"`{info.field_name}` must be whole days or hours such as `5d` or `36h`, from "
        f"1h to 365d, but it is `{shown}`"
    )


def _checked_zone(name: str) -> str:
    zone_named(name)
    return name


Duration: TypeAlias = Annotated[
    str,
    BeforeValidator(_checked_duration),
    WithJsonSchema({"type": "string", "pattern": rf"^\s*{_DURATION}\s*$"}),
]
Head: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MOST_EXPECTED)]
Zone: TypeAlias = Annotated[Text, AfterValidator(_checked_zone)]


def reminder_problems(value: Mapping[str, object], document: Document) -> Iterator[Problem]:
    """Find a reminder that has no end to come before, or would come before the beginning."""
    remind, open_for = value.get("remind"), value.get("open_for")
    if remind is None or document.is_unknown(("open_for",)):
        return
    if open_for is None:
        message = "`remind` needs to know when the session ends; add `open_for: 5d`"
        yield document.problem_at_key(("remind",), message)
        return
    try:
        is_shorter = length(_written(remind)) < length(_written(open_for))
    except ValueError:
        # Which of the two is no duration is said elsewhere.
        return
    if not is_shorter:
        message = f"`remind` must be shorter than `open_for`, which is `{clip(str(open_for))}`"
        yield document.problem_at_value(("remind",), message)


def _written(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(_DURATION, text, re.ASCII):
        raise ValueError(text)
    return text
