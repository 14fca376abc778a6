"""The filters and tests of a spec's expressions, and how a value becomes a text.

This module must not let a text grow without bound, nor be loaded without need: it loads Jinja2.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.filters import do_first, do_int, do_last

from harmonica_session.spec.flaw import LONGEST_TEXT, FlawedExpressionError
from harmonica_session.spec.values import NAMES, Group

if TYPE_CHECKING:
    from collections.abc import Iterable


class Absent(StrictUndefined):
    """A value that this run does not have; anything but `default` refuses it."""

    __slots__ = ()

    def __getitem__(self, _item: object) -> Absent:  # type: ignore[override] # the base only raises
        """Return itself: a part of what is absent is absent."""
        return self

    @property
    def why(self) -> str:
        """The reason, in words for people."""
        return self._undefined_message


def refuse(message: str | None) -> NoReturn:
    """Refuse a value that is absent, and say what helps."""
    raise FlawedExpressionError(f"{message}; add a fallback right after it: `| default('…')`")


def written(value: object) -> str:
    """Return a value as it is filled in.

    Raises:
        FlawedExpressionError: It is nothing that can be read as a text.
    """
    if isinstance(value, Absent):
        refuse(value.why)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        raise FlawedExpressionError("this is a list; join it with `| join(', ')`")
    if isinstance(value, Group):
        raise FlawedExpressionError(several(value.name))
    raise FlawedExpressionError("this does not give a value that can be filled in")


def several(name: str) -> str:
    """Say of a name that it holds several values, and what there is behind its dot."""
    inside = NAMES[name]
    if inside is None:
        return f"`{name}` has several values; choose one, such as `{name}.x`"
    there_are = ", ".join(f"`{name}.{item}`" for item in inside)
    return f"`{name}` has several values: {there_are}"


def bounded(length: int) -> None:
    """Raise `FlawedExpressionError` for a text that has grown too long."""
    if length > LONGEST_TEXT:
        raise FlawedExpressionError(f"this gives more than {LONGEST_TEXT:,} characters")


def _default(value: object, default: object = "", boolean: object = False) -> object:  # noqa: FBT002 - Jinja's signature
    return default if isinstance(value, Absent) or (boolean and not value) else value


def _join(values: Iterable[object], separator: object = "") -> str:
    parts, between = [written(value) for value in values], written(separator)
    bounded(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def _replace(value: object, old: object, new: object) -> str:
    text, before, after = written(value), written(old), written(new)
    bounded(len(text) + text.count(before) * len(after))
    return text.replace(before, after)


def _truncate(value: object, length: int = 255, killwords: object = False, end: str = "…") -> str:  # noqa: FBT002 - Jinja's signature
    text = written(value)
    if len(text) <= length:
        return text
    kept = text[: max(0, length - len(end))]
    return (kept if killwords else kept.rpartition(" ")[0] or kept) + end


# Jinja's own names; those that could grow a text without bound are ours.
FILTERS: dict[str, Any] = {
    "capitalize": lambda value: written(value).capitalize(),
    "default": _default,
    "first": do_first,
    "int": do_int,
    "join": _join,
    "last": do_last,
    "length": len,
    "lower": lambda value: written(value).lower(),
    "replace": _replace,
    "trim": lambda value: written(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: written(value).upper(),
}
TESTS: dict[str, Any] = {
    "defined": lambda value: not isinstance(value, Absent),
    "undefined": lambda value: isinstance(value, Absent),
}
