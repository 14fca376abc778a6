"""Which characters look like one of ASCII, and what is said about them."""

from __future__ import annotations

import pytest

from harmonica_session.text.lookalikes import (
    advice,
    culprit,
    hint,
    holds,
    is_disguised,
    straightened,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a\u00a0b\u2003c\u202fd\u3000e", "a b c d e"),
        ("t\u200br\u2060u\ufeffe\u00ad", "true"),
        ("\u201ca\u201d \u201eb\u201f \u2018c\u2019", '"a" "b" \'c\''),
        ("a\u2013b\u2014c\u2212d\u2011e", "a-b-c-d-e"),
        (
            "\uff54\uff4f\uff50\uff49\uff43\uff1a\uff11\uff12\uff0c\uff3b\uff58\uff3d",
            "topic:12,[x]",
        ),
        ("\u0663 \u0969 \U0001d7db \U0001d41a", "3 3 3 a"),
        ("\u0440ublic, \u03bfff", "public, off"),
        (
            "na\u00efve caf\u00e9 \u56de\u987e \U0001f44d \u00df",
            "na\u00efve caf\u00e9 \u56de\u987e \U0001f44d \u00df",
        ),
    ],
)
def test_a_text_becomes_what_it_looks_like(text: str, meant: str) -> None:
    """Spaces, what nobody sees, quotes, dashes, wide forms, digits and letters; nothing else."""
    assert straightened(text) == meant


@pytest.mark.parametrize(
    ("character", "said"),
    [
        ("\u00a0", "U+00A0 (no-break space), which only looks like a space, is here; type a"),
        ("\u200b", "U+200B (zero width space), which is invisible, is here; remove it"),
        ("\uff1a", "U+FF1A (fullwidth colon), which only looks like `:`, is here; type `:`"),
    ],
)
def test_a_character_is_named_with_what_to_do(character: str, said: str) -> None:
    """The code point, the name, what it is taken for and the remedy."""
    assert advice(character).startswith(said)


def test_the_one_to_blame_is_found_among_others() -> None:
    """A lookalike that is as good as any other character is not blamed."""
    assert culprit("title\uff1d\u2014 x", lambda text: "=" in text) == 5
    assert culprit("a \u2014 b", lambda _text: True) is None
    assert culprit("a \u2014 b", lambda _text: False) is None


def test_a_word_of_another_script_is_no_disguise() -> None:
    """What does not look as if it were of ASCII throughout is a word of its own."""
    assert is_disguised("\u043eff")
    assert not is_disguised("\u043f\u0440\u0438\u0432\u0435\u0442")
    assert not is_disguised("off")


def test_a_path_that_leads_nowhere_may_hold_one() -> None:
    """Nothing is said of one that is all of ASCII."""
    assert hint("docs/plan.md") == ""
    assert hint("docs\u00a0/plan.md").startswith(
        " (it contains U+00A0 (no-break space), which only"
    )
    assert "at character 5)" in hint("docs\u00a0/plan.md")


def test_a_line_end_that_nobody_sees_makes_no_line() -> None:
    """A place is told as editors count, so it has one number where they show one line."""
    assert holds("a\u2028b", 1).endswith("which is invisible, at character 2")
