"""How the session's context comes together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.background.context import CUT_MARK, Background, Context, put_together

LIMIT = 50_000


def _of(*texts: str) -> Context:
    return put_together([Background(f"source {n}", text) for n, text in enumerate(texts, 1)], LIMIT)


def test_the_sources_are_parted_by_a_blank_line() -> None:
    """The spec's context comes first, SESSION.md second."""
    assert _of("one", "two\n\nthree\n\n") == Context(
        "one\n\ntwo\n\nthree", ("source 1", "source 2")
    )


@pytest.mark.parametrize(
    ("texts", "context"),
    [
        (("one", ""), Context("one", ("source 1",))),
        (("", "two"), Context("two", ("source 2",))),
        ((" \n", "\t"), Context("", ())),
        ((), Context("", ())),
    ],
)
def test_a_source_without_text_is_left_out(texts: tuple[str, ...], context: Context) -> None:
    """A blank source leaves neither a blank line nor its name."""
    assert _of(*texts) == context


def test_a_context_of_the_limit_is_not_cut() -> None:
    """The limit itself is allowed."""
    assert _of("x" * LIMIT) == Context("x" * LIMIT, ("source 1",))


def test_a_longer_context_is_cut_at_a_line_end() -> None:
    """What is left ends with a whole line and a mark, and says how much is missing."""
    line = "y" * 99 + "\n"
    context = _of(line * 600)
    kept = context.text.removesuffix(f"\n{CUT_MARK}")
    assert kept == (line * 499).rstrip()
    assert context.cut == len((line * 600).rstrip()) - len(kept)


def test_one_endless_line_is_cut_all_the_same() -> None:
    """Without a line end the limit decides."""
    context = _of("x" * (LIMIT + 1))
    assert len(context.text) == LIMIT
    assert context.text.endswith(f"x\n{CUT_MARK}")


def test_the_reference_is_the_last_line() -> None:
    """A blank line parts the reference from the text; without a text it stands alone."""
    assert Context("text", ()).with_references("0123456789abcdef") == (
        "text\n\nRef: 0123456789abcdef"
    )
    assert Context("", ()).with_references("0123456789abcdef") == "Ref: 0123456789abcdef"


def test_the_reference_survives_the_cut() -> None:
    """A session with a background that is too long can be known again, too."""
    text = _of("x\n" * LIMIT).with_references("0123456789abcdef")
    assert text.endswith(f"{CUT_MARK}\n\nRef: 0123456789abcdef")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=10) | st.integers(0, 40_000).map("a b\n".__mul__), max_size=3))
def test_a_context_is_bounded_and_trimmed(texts: list[str]) -> None:
    """Whatever the sources hold, the context keeps the limit and ends with a character."""
    context = _of(*texts)
    assert len(context.text) <= LIMIT
    assert context.text == context.text.rstrip().lstrip("\n")
    assert (context.cut > 0) == (CUT_MARK in context.text)


def test_the_indentation_of_a_first_line_stays() -> None:
    """A background that begins with indented code keeps it."""
    assert _of("\n\n    code\n").text == "    code"


def test_one_long_line_is_cut_within_itself() -> None:
    """A line end near the beginning is no place to cut nearly everything away."""
    context = _of("short\n" + "x" * 60_000)
    assert len(context.text) > LIMIT // 2
