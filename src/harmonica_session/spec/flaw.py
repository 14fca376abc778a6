"""What can be wrong with a text that values are filled into.

This module must not know how an expression is read, nor where a text stands.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST_TEXT = 100_000
"""Characters that one text may come to."""


class FlawedExpressionError(ValueError):
    """An expression cannot be used; the message says why."""


class Flaw(NamedTuple):
    """What is wrong with a text.

    Attributes:
        mark: The characters that it begins with.
        offset: Where they stand in the text.
        message: What is wrong and what to do.
    """

    mark: str
    offset: int
    message: str
