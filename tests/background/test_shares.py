"""How the limit of the context is shared out among its sources."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.background.context import CUT_MARK, Background, fair_shares, put_together

LINE = "A line of text\n"


def test_what_fits_is_not_shared_out() -> None:
    """Everybody gets what it wants while there is enough."""
    assert fair_shares([3, 0, 4], 7) == [3, 0, 4]


def test_the_long_ones_share_what_the_short_ones_leave() -> None:
    """A source that wants little gives the rest of its part to the others."""
    assert fair_shares([100, 10, 100], 70) == [30, 10, 30]


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 1_000), max_size=8), st.integers(-5, 4_000))
def test_nobody_starves(wanted: list[int], limit: int) -> None:
    """The limit holds, and who gets less than he wants gets about as much as anybody."""
    shares = fair_shares(wanted, limit)
    assert sum(shares) <= max(0, limit)
    assert sum(wanted) > limit or shares == wanted
    hungry = [share for share, want in zip(shares, wanted, strict=True) if share < want]
    assert all(share <= least + 1 for share in shares for least in hungry)


def test_each_source_is_cut_by_itself() -> None:
    """Order and short sources stay; each cut has a mark and is counted."""
    context = put_together(
        [
            Background("long", LINE * 200),
            Background("short", "Short"),
            Background("longer", LINE * 900),
        ],
        2_000,
    )
    first, short, last = context.text.split("\n\n")
    assert short == "Short"
    assert first.endswith(f"text\n{CUT_MARK}")
    assert last.endswith(f"text\n{CUT_MARK}")
    assert len(first) == len(last)
    assert [(it.source, it.cut > 0) for it in context.shares] == [
        ("long", True),
        ("short", False),
        ("longer", True),
    ]
    assert context.cut == sum(it.cut for it in context.shares)


def test_the_texts_of_one_source_have_one_share() -> None:
    """Many files that a pattern matches leave the others as much as a single one would."""
    many = [Background("docs/*.md (9 files)", LINE * 100) for _ in range(9)]
    context = put_together([*many, Background("SESSION.md", LINE * 100)], 3_000)
    docs, session_md = context.shares
    assert context.sources == ("docs/*.md (9 files)", "SESSION.md")
    assert session_md.characters > 1_300
    assert docs.characters < 1_500


def test_a_source_that_has_no_room_is_left_out_and_counted() -> None:
    """A mark alone would say nothing that the warning does not say."""
    many = [Background(f"source {n}", "x" * 1_000) for n in range(20)]
    context = put_together(many, 1_000)
    assert context.text == ""
    assert context.sources == ()
    assert context.cut == 20_000


def test_a_share_reads_as_a_sentence_part() -> None:
    """Log, warning and summary say it alike."""
    [share] = put_together([Background("SESSION.md", "x" * 1_500)], 1_200).shares
    assert str(share) == "SESSION.md (1,127 characters, 373 left out)"


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.text(max_size=10) | st.integers(0, 3_000).map("a b\n".__mul__),
        ),
        max_size=6,
    ),
    st.integers(1_000, 9_000),
)
def test_a_context_keeps_its_limit(texts: list[tuple[str, str]], limit: int) -> None:
    """Whatever the sources hold, nothing is longer than allowed, and no cut goes unmarked."""
    context = put_together([Background(*it) for it in texts], limit)
    assert len(context.text) <= limit
    assert (context.cut > 0) == (CUT_MARK in context.text)
