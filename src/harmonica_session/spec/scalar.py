"""What JSON has for a YAML scalar that stands there without quotes.

This module must not know where a scalar stands.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DIGITS_KEPT_EXACTLY = 15
# A number with a point, an exponent or both, as YAML 1.2 has them; a zero in front makes an id.
_FLOAT = re.compile(r"[-+]?(?=[0-9.]*[.eE])(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OCTAL = re.compile("0o[0-7]+")


@dataclass(frozen=True)
class Unquoted:
    """A value that YAML reads as something JSON has no word for, such as a date."""

    kind: str
    source: str


class LikeANumber(str):
    """A text to YAML 1.1 that is a number to YAML 1.2, such as `1e5`."""

    __slots__ = ()


def plain_value(kind: str, source: str) -> object:
    """Return the value of an unquoted scalar, `Unquoted` where JSON has none for it.

    Args:
        kind: What YAML 1.1 takes it for, by the last word of the tag.
        source: The scalar.
    """
    if kind == "null":
        return None
    if kind == "bool":
        return source.lower() in ("yes", "true", "on")
    if kind in ("int", "float"):
        return _number(source)
    if kind == "timestamp":
        return Unquoted("a date", source)
    is_number = _FLOAT.fullmatch(source) or _OCTAL.fullmatch(source)
    return LikeANumber(source) if is_number else source


def passed_on(value: object, source: str) -> object:
    """Return what JSON has for a scalar of which only its writer knows what is meant.

    Args:
        value: The value by YAML 1.1.
        source: How it is written.
    """
    if isinstance(value, LikeANumber):
        return _number(value)
    if isinstance(value, bool) and source.lower() in ("yes", "no", "on", "off"):
        word = "true" if value else "false"
        return Unquoted(f"`{word}` or as a text, depending on its version", source)
    return value


def _number(source: str) -> object:
    # YAML has further numbers (octal, base 60, infinity); nobody means them in a spec.
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", source) and len(source) <= _DIGITS_KEPT_EXACTLY:
        return int(source)
    if _FLOAT.fullmatch(source):
        value = float(source)
        return value if math.isfinite(value) else Unquoted("a number", source)
    return Unquoted("a time of day" if ":" in source else "a number", source)
