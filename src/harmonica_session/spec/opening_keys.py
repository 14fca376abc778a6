"""The keys of a spec that speak to those who are invited: how they are written, and their limits.

This module must not know where they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field

from harmonica_session.text.blanks import trimmed
from harmonica_session.words.opening import LONGEST_INVITATION, LONGEST_TAKES
from harmonica_session.words.request import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document

_LONGEST = {"takes": LONGEST_TAKES, "invitation": LONGEST_INVITATION}
Takes: TypeAlias = Annotated[Text, Field(json_schema_extra={"maxLength": LONGEST_TAKES})]
InvitationText: TypeAlias = Annotated[
    Text, Field(json_schema_extra={"maxLength": LONGEST_INVITATION})
]


def opening_problems(written: Mapping[str, object], document: Document) -> Iterator[Problem]:
    """Find what is too long as it is written.

    What the values of a run make of it is cut instead: a long title is nobody's mistake.
    """
    for key, most in _LONGEST.items():
        text = written.get(key)
        count = len(trimmed(text)) if isinstance(text, str) else 0
        if count > most:
            message = f"`{key}` has {count} characters; at most {most} are allowed"
            yield document.problem_at_value((key,), message)
