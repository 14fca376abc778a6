"""What JSON has for a YAML scalar that stands there without quotes.

This module must not know where a scalar stands.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DIGITS_KEPT_EXACTLY = 15
_EXPONENT = "[eE][-+]?[0-9]{1,2}"


@dataclass(frozen=True)
class Unquoted:
    """A value that YAML reads as something JSON has no word for, such as a date."""

    kind: str
    source: str


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
    return Unquoted("a date", source) if kind == "timestamp" else source


def _number(source: str) -> object:
    # YAML 1.1 has further numbers (octal, base 60, infinity); nobody means them in a spec.
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", source) and len(source) <= _DIGITS_KEPT_EXACTLY:
        return int(source)
    if re.fullmatch(rf"[-+]?(0|[1-9][0-9]*)?\.[0-9]+({_EXPONENT})?", source):
        value = float(source)
        return value if math.isfinite(value) else Unquoted("a number", source)
    return Unquoted("a time of day" if ":" in source else "a number", source)


def is_number_of_json(source: str) -> bool:
    """Say whether YAML 1.1 takes for a text what is a number in JSON and YAML 1.2: `1e5`."""
    return re.fullmatch(rf"-?(0|[1-9][0-9]*){_EXPONENT}", source) is not None
