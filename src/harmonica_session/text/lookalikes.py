"""Knows the characters that look like one of ASCII, or like nothing at all.

This module must not decide where such a character may stand: in prose it is as good as any other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from harmonica_session.errors import clip
from harmonica_session.text.decoding import lines_of, place_at
from harmonica_session.text.markdown import DEFAULT_IGNORABLE

if TYPE_CHECKING:
    from collections.abc import Callable

AROUND = " \"'"
"""What may stand around a word without being a part of it."""

# Anything else is no value of a closed list, but something that may be taken apart.
_WORD = r"[^\s:,\[{=]+"
_MOST_TRIALS = 20
_INVISIBLE = re.compile(f"[{DEFAULT_IGNORABLE}]")
_BLANK = "\u2800"
# To YAML they end a line, and no editor shows it.
_UNSEEN_LINE_ENDS = "\x85\u2028\u2029"
# By what people take them for. Fullwidth forms, digits of other scripts and letters of mathematics
# need not be listed: Unicode itself says what they stand for.
_TAKEN_FOR = {
    ":": "\u02d0\u02f8\u0589\u05c3\u0703\u0704\u16ec\u1803\u205a\u2236\u2982\ua4fd\ua789\ufe30",
    # Dashes and hyphens, then what begins the items of a list elsewhere.
    "-": "\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2796"
    "\u2e3a\u2e3b"
    "\u00b7\u2022\u2023\u2027\u2219\u22c5\u25aa\u25cf\u25e6\u30fb",
    '"': "\u00ab\u00bb\u02ba\u05f4\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e"
    "\u301d\u301e\u301f",
    "'": "\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u05f3\u2018\u2019\u201a\u201b\u2032\u2035"
    "\u2039\u203a\u275b\u275c",
    ",": "\u060c\u3001",
    ".": "\u06d4\u3002",
    "/": "\u2044\u2215",
    "_": "\u2017",
    "~": "\u02dc\u223c\u301c",
    "*": "\u2217",
    "|": "\u2223\u2502",
    # Cyrillic, then Greek, then Armenian and what phonetics writes.
    "a": "\u0430\u03b1\u0251", "c": "\u0441\u03f2", "d": "\u0501", "e": "\u0435",
    "g": "\u0261\u0581", "h": "\u04bb\u0570", "i": "\u0131\u0456\u03b9\u0269",
    "j": "\u0458\u03f3", "k": "\u043a\u03ba",
    "l": "\u04cf\u01c0", "m": "\u043c", "n": "\u03b7\u0578", "o": "\u043e\u03bf\u0585",
    "p": "\u0440\u03c1", "q": "\u051b\u0566", "r": "\u0433", "s": "\u0455", "t": "\u0442\u03c4",
    "u": "\u03c5\u057d", "v": "\u0475\u03bd",
    "w": "\u051d\u03c9", "x": "\u0445\u03c7", "y": "\u0443\u03b3",
    "A": "\u0410\u0391", "B": "\u0412\u0392", "C": "\u0421\u03f9", "E": "\u0415\u0395",
    "H": "\u041d\u0397", "I": "\u0406\u0399", "J": "\u0408", "K": "\u041a\u039a",
    "M": "\u041c\u039c", "N": "\u039d", "O": "\u041e\u039f", "P": "\u0420\u03a1",
    "S": "\u0405", "T": "\u0422\u03a4", "X": "\u0425\u03a7", "Y": "\u04ae\u03a5", "Z": "\u0396",
}  # fmt: skip
_MEANT = {character: meant for meant, listed in _TAKEN_FOR.items() for character in listed}


def meant_by(character: str) -> str | None:
    """Return what of ASCII people take a character for, empty where they see nothing at all.

    None for what is of ASCII itself, and for what looks like nothing of it.
    """
    if character.isascii():
        return None
    if _INVISIBLE.match(character) or character in _UNSEEN_LINE_ENDS:
        return ""
    if character == _BLANK or unicodedata.category(character) == "Zs":
        return " "
    if character in _MEANT:
        return _MEANT[character]
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    form = unicodedata.normalize("NFKC", character)
    # U+FE58 is a small one of the dashes above.
    meant = _MEANT.get(form, form)
    return meant if len(meant) == 1 and meant.isascii() else None


def straightened(text: str) -> str:
    """Return a text as it would be if each such character were the one that people take it for."""
    if text.isascii():
        return text
    return "".join(c if (meant := meant_by(c)) is None else meant for c in text)


def found_in(text: str) -> list[int]:
    """Return where such characters stand in a text."""
    if text.isascii():
        return []
    return [at for at, character in enumerate(text) if meant_by(character) is not None]


def is_disguised(text: str) -> bool:
    """Say whether a text only looks as if it were of ASCII."""
    return not text.isascii() and straightened(text).isascii()


def named(character: str) -> str:
    """Return the code point of a character and its name: `U+00A0 (no-break space)`."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def advice(character: str, remedy: str = "") -> str:
    """Say that such a character stands at a place, and what to do.

    Args:
        character: The character.
        remedy: What to do, where that is more than to type what it looks like.
    """
    return f"{described(character)}, is here; {remedy or _remedy(character)}"


def described(character: str) -> str:
    """Return which character it is, and what people take it for."""
    meant = meant_by(character)
    looks = {"": "is invisible", " ": "only looks like a space"}
    return f"{named(character)}, which {looks.get(meant or '', f'only looks like `{meant}`')}"


def holds(text: str, position: int) -> str:
    """Say that a text without a place of its own holds such a character, and where."""
    line, column = place_at(text, position)
    where = f"character {column} of line {line}" if len(lines_of(text)) > 1 else ""
    return f"contains {described(text[position])}, at {where or f'character {column}'}"


def hint(text: str) -> str:
    """Return what to put behind a text that nothing answers to, empty where it is all of ASCII."""
    found = found_in(text)
    return f" (it {holds(text, found[0])})" if found else ""


def remedy_in(text: str, position: int) -> str:
    """Say what to do about such a character: to write the whole anew where it is a word."""
    word = straightened(text).strip(AROUND)
    return f"write `{clip(word)}`" if re.fullmatch(_WORD, word) else _remedy(text[position])


def culprit(text: str, is_accepted: Callable[[str], bool]) -> int | None:
    """Return where the character stands that keeps a text from being accepted.

    None where it is accepted, and where it would not be if it were what it looks like.

    Args:
        text: The text.
        is_accepted: Whether a text will do.
    """
    found = found_in(text)
    if not found or is_accepted(text) or not is_accepted(straightened(text)):
        return None
    for at in found[:_MOST_TRIALS]:
        others = straightened(text[:at]), straightened(text[at + 1 :])
        if not is_accepted(text[at].join(others)):
            return at
    return found[0]


def _remedy(character: str) -> str:
    meant = meant_by(character)
    if not meant:
        return "remove it"
    return "type a space" if meant == " " else f"type `{meant}`"
