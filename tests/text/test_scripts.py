"""In which scripts a text is written, and about how many words it has."""

from __future__ import annotations

import pytest

from harmonica_session.text.scripts import foreign_scripts, words_in


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("Retrospective", []),
        ("Crème brûlée, Łódź, Straße, İzmir, Việt Nam", []),
        ("5 µs — “ok” 👍 1ª ½ \u2115 ﬁ", []),
        ("Ретроспектива", ["Cyrillic"]),
        ("Q3 回顾 and ретро", ["Han", "Cyrillic"]),
        ("ふりかえり レトロ", ["Hiragana", "Katakana"]),
        ("회고", ["Hangul"]),
        ("نظرة", ["Arabic"]),
        ("πρόγραμμα", ["Greek"]),
        ("ทบทวน", ["Thai"]),
    ],
)
def test_letters_outside_latin_are_told_by_their_script(text: str, scripts: list[str]) -> None:
    """Accents, signs and emoji are no other script."""
    assert foreign_scripts(text) == scripts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two-three, it's four — 5 !", 5),
        ("один два три", 3),
        ("我们要讨论什么", 4),
        ("回顾 of sprint 12", 4),
        ("ทบทวนโครงการนี้", 3),
        ("회고를 합시다", 2),
    ],
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    """Where no spaces part them, their usual length does."""
    assert words_in(text) == words
