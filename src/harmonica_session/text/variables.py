"""Reads values that a user hands over by name: lines of `name=value`, or one JSON object of texts.

This module must not know what the values are for.
"""

from __future__ import annotations

import json
import re

from harmonica_session.errors import clip
from harmonica_session.text.decoding import lines_of

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = object()


def variables_in(value: str) -> dict[str, str]:
    """Return the values by their names.

    There is no form with a delimiter: whoever writes a value could write the delimiter too.

    Args:
        value: A JSON object when it begins with `{`, which no name does; else lines.

    Raises:
        ValueError: It is neither; the text says why.
    """
    return _from_object(value) if value.startswith("{") else _from_lines(value)


def _from_lines(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines_of(value):
        name, equals, text = (part.strip() for part in line.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise ValueError(
                "must contain lines of `name=value`, with names made of letters, digits and "
                f"`_`, or one JSON object of texts, but one line is `{clip(line)}`"
            )
        if name in found:
            raise ValueError(f"sets `{clip(name)}` twice")
        found[name] = text
    return found


def _from_object(value: str) -> dict[str, str]:
    try:
        # Numbers are not looked into: a long one would be an error of Python's own.
        found = json.loads(
            value,
            object_pairs_hook=_each_once,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,
        )
    except json.JSONDecodeError as error:
        raise ValueError(
            "begins with `{`, so it must be one JSON object of texts, but it is not: line "
            f"{error.lineno}, column {error.colno}: {error.msg}; pass a text as `${{{{ "
            "toJSON(…) }}`, without quotes around it"
        ) from None
    except RecursionError:
        raise ValueError("is nested too deeply; it must be one JSON object of texts") from None
    for name, text in found.items():
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"contains the name `{clip(name)}`; a name consists of letters, digits and `_`, "
                "and does not begin with a digit"
            )
        if kind := _kind(text):
            raise ValueError(f"sets `{clip(name)}` to {kind}; it must be a text in quotes")
    # What an event lacks is null to a workflow.
    return {name: text for name, text in found.items() if text is not None}


def _number(_: str) -> object:
    return _NUMBER


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"sets `{clip(name)}` twice")
        found[name] = value
    return found


def _kind(value: object) -> str:
    """Say what stands in a text's place; empty for a text, and for nothing at all."""
    if value is _NUMBER:
        return "a number"
    kinds = {bool: "true or false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "")
