"""Tells which of several names one that is not among them is most likely a slip for.

This module must not know what is named, nor how a suggestion is put.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.text.lookalikes import straightened

if TYPE_CHECKING:
    from collections.abc import Iterable

# How many slips a name of up to so many letters may hold.
_SLIPS = ((2, 0), (5, 1), (10, 2), (15, 3))
_LETTERS_PER_SLIP = 5


def nearest(name: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """Return the known names that a name is most likely a slip for, the nearest first.

    Capitals, hyphens, underscores and spaces make no difference; a letter too many, too few,
    another one, or two that changed places are a slip each, and few of them are likely.

    Args:
        name: What was written.
        known: What there is.
        most: How many to return.
    """
    form = _form(name)
    letters = {*form}
    ranked = []
    for candidate in known:
        other = _form(candidate)
        allowed = _allowed(len(other))
        # A name can be as long as a file; no more than a slip or two is looked at.
        if abs(len(form) - len(other)) <= allowed and len(letters - {*other}) <= allowed:
            slips = _slips(form, other)
            ranked += [(slips, candidate)] if slips <= allowed else []
    return [candidate for _, candidate in sorted(ranked, key=lambda it: it[0])[:most]]


def _form(name: str) -> str:
    return straightened(name).strip("\"'").casefold().translate({ord(c): None for c in "-_ "})


def _allowed(length: int) -> int:
    listed = (slips for longest, slips in _SLIPS if length <= longest)
    return next(listed, length // _LETTERS_PER_SLIP)


def _slips(one: str, other: str) -> int:
    """Count the slips that make one text of another: the optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, right in enumerate(other, 1):
            slips = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and (left, one[i - 2]) == (other[j - 2], right):
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
    return row[-1]
