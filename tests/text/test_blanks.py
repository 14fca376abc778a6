"""What is blank at the ends of a text is what Harmonica takes away, no more and no less."""

from __future__ import annotations

import sys
import unicodedata

from harmonica_session.text.blanks import trimmed

# Source: ECMAScript, "White Space" and "Line Terminators".
_WHITE_SPACE = {"\t", "\v", "\f", "\ufeff", "\n", "\r", "\u2028", "\u2029"}


def test_every_character_is_blank_that_is_blank_to_javascript() -> None:
    """White space is a list and the category Zs; nothing else goes, though Python takes more."""
    blank = {chr(code) for code in range(sys.maxunicode + 1) if not trimmed(chr(code))}
    spaces = {chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Zs"}
    assert blank == _WHITE_SPACE | spaces


def test_only_the_ends_are_trimmed() -> None:
    """What stands inside stays."""
    assert trimmed("\ufeff\u3000 a\ufeff b\u2028\n") == "a\ufeff b"
