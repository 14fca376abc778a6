"""Harmonica's nouns for what came out of a session: summary, knowledge.

All of it is a language model's, and may have any form: what cannot be read counts as missing, and
takes nothing with it. This module must not know how it is asked for, nor who may see it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from enum import Enum, auto
from typing import Annotated, Any, TypeVar

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from harmonica_session.text.markdown import visible
from harmonica_session.words.answer import Answer, OptionalText

# In characters; far more than anybody reads, and far less than an answer may have.
LONGEST_SUMMARY = 250_000
LONGEST_LINE = 1_000
# Of each kind, and of the sides of a tension.
MOST_ITEMS = 100
_T = TypeVar("_T")


def _whole(value: Any, longest: int) -> str:  # noqa: ANN401 - any JSON
    """Return a text without what no file and no service can keep.

    It is empty for anything else, and for a text that shows nothing.
    """
    if not isinstance(value, str):
        return ""
    # Half of a pair is what is left where a text was cut in the middle of an emoji.
    text = re.sub("[\0\ud800-\udfff]", "\ufffd", value).strip()
    if not visible(text):
        return ""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _text(value: Any) -> str | None:  # noqa: ANN401 - any JSON
    return _whole(value, LONGEST_SUMMARY) or None


def _line(value: Any) -> str:  # noqa: ANN401 - any JSON
    return _whole(" ".join(value.split()) if isinstance(value, str) else None, LONGEST_LINE)


def _each_alone(value: Any, handler: ValidatorFunctionWrapHandler) -> tuple[Any, ...]:  # noqa: ANN401 - any JSON
    """Read the items of a list, without those that cannot be read; anything else has none."""
    found: list[Any] = []
    for item in value[:MOST_ITEMS] if isinstance(value, (list, tuple)) else ():
        with suppress(ValidationError):
            found += handler([item])
    return tuple(found)


_Line = Annotated[str, BeforeValidator(_line)]
_Said = Annotated[_Line, StringConstraints(min_length=1)]
_Items = Annotated[tuple[_T, ...], WrapValidator(_each_alone)]


class Summary(Answer):
    """A session's summary. Source: `GET /sessions/{id}/summary`, and `POST`.

    Attributes:
        text: None as long as there is none; a blank one is none.
        generated_at: When it was written, in ISO 8601; None where Harmonica does not tell.
    """

    text: Annotated[str | None, BeforeValidator(_text)] = Field(
        default=None, validation_alias="summary"
    )
    generated_at: OptionalText = None

    @property
    def is_said(self) -> bool:
        """Whether the answer has said that there is one, or that there is none."""
        return "text" in self.model_fields_set


class Decision(Answer):
    """What was decided; one of the two may be empty."""

    label: _Line = ""
    summary: _Line = ""

    @model_validator(mode="after")
    def _says_something(self) -> Decision:
        if not (self.label or self.summary):
            raise ValueError("a decision that says nothing")
        return self


class Action(Answer):
    """What somebody is to do; `owner` and `due` are texts, empty where nobody said so."""

    description: _Said
    owner: _Line = ""
    due: _Line = ""


class Tension(Answer):
    """What was left open between people, with what each side says."""

    summary: _Said
    sides: _Items[_Said] = ()


class Claim(Answer):
    """A single statement, and its kind, such as `observation`, `quote` or `open-question`."""

    category: _Line = ""
    text: _Said


class Knowledge(Answer):
    """What a session has come to, each text on one line.

    Source: `POST /sessions/{id}/knowledge`. The evidence is not read: it names messages.
    """

    decisions: _Items[Decision] = ()
    actions: _Items[Action] = ()
    tensions: _Items[Tension] = ()
    claims: _Items[Claim] = ()
    gaps: _Items[_Said] = ()


class NoKnowledge(Enum):
    """Why a session has no knowledge, so that the summary stands alone."""

    NOT_ALLOWED = auto()
    """The plan has none, or the account may not edit the session: Harmonica says 403 to both."""
    NO_SUMMARY = auto()
    """There is no summary yet, and knowledge is made of one."""
    NO_ROUTE = auto()
    """This Harmonica has no knowledge."""
    SKIPPED = auto()
    """Harmonica found nothing to make knowledge of."""
