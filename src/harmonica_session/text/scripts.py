"""Tells in which scripts a text is written, and about how many words it has.

This module must not know a language, nor what the text is for.
"""

from __future__ import annotations

import re
import unicodedata
from math import ceil

# Written without spaces: Han and kana, then Thai, Lao, Burmese and Khmer. Not compiled: few runs
# ever need them.
_HAN = (
    "[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_SOUTH_EAST = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
# What a word comes to there, about.
_HAN_A_WORD = 2
_SOUTH_EAST_A_WORD = 5
_NAMES = {"Cjk": "Han"}
# Signs such as `µ` and `ª` count as letters, and every font has them.
_LAST_OF_LATIN_1 = "\u00ff"


def foreign_scripts(text: str) -> list[str]:
    """Return the names of the scripts other than Latin whose letters a text has, in its order."""
    found: dict[str, None] = {}
    if not text.isascii():
        for character in unicodedata.normalize("NFKC", _without_signs(text)):
            name = unicodedata.name(character, "")
            if unicodedata.category(character) in ("Ll", "Lo", "Lt", "Lu") and "LATIN" not in name:
                script = re.split("[ -]", name)[0].title()
                found[_NAMES.get(script, script)] = None
    return [*found]


def _without_signs(text: str) -> str:
    return "".join(character for character in text if character > _LAST_OF_LATIN_1)


def words_in(text: str) -> int:
    """Return about how many words a text has, in scripts without spaces by their usual length."""
    if text.isascii():
        return _spaced_words(text)
    han, south_east = len(re.findall(_HAN, text)), len(re.findall(_SOUTH_EAST, text))
    spaced = re.sub(_SOUTH_EAST, " ", re.sub(_HAN, " ", text))
    return _spaced_words(spaced) + ceil(han / _HAN_A_WORD) + ceil(south_east / _SOUTH_EAST_A_WORD)


def _spaced_words(text: str) -> int:
    return sum(any(c.isalnum() for c in word) for word in text.split())
