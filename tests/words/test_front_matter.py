"""The front matter of a SESSION.md of ours: read back, left out, and nobody else's touched."""

from __future__ import annotations

import pytest

from harmonica_session.words.front_matter import FrontMatter, front_matter_of, without_front_matter

OURS = FrontMatter(
    "a1",
    "https://app.harmonica.chat/chat?s=a1",
    "2026-11-02T09:00:00Z",
    "2026-11-07T10:00:00+01:00",
)
BRIEF = "# Retrospective\n\nWe met.\n"
WRITTEN = OURS.above(BRIEF)
THEIRS = "---\ntitle: Ours\n---\n\n# Retrospective\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WRITTEN, id="as written"),
        pytest.param(WRITTEN.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param(f"\ufeff{WRITTEN}", id="byte order mark"),
        pytest.param(WRITTEN.replace("---\n\n#", "---\n#"), id="no blank line"),
    ],
)
def test_what_we_wrote_is_read_back_and_left_out(text: str) -> None:
    """Whatever an editor does to line ends, the block is known again and nothing else goes."""
    assert front_matter_of(text) == OURS
    assert without_front_matter(text).replace("\r", "") == BRIEF


@pytest.mark.parametrize("is_trimmed", [False, True])
def test_a_round_without_an_end_is_read_back(*, is_trimmed: bool) -> None:
    """An empty value is known again, be its line trimmed or not."""
    endless = OURS._replace(open_until="")
    text = endless.above(BRIEF)
    assert "open_until:\n" in text
    text = text if is_trimmed else text.replace("open_until:\n", "open_until: \n")
    assert front_matter_of(text) == endless
    assert without_front_matter(text) == BRIEF


def test_no_value_begins_a_line() -> None:
    """A moment that Harmonica has told over several lines ends the block no sooner."""
    assert without_front_matter(OURS._replace(created_at="a\n---\nb").above(BRIEF)) == BRIEF


def test_a_brief_with_front_matter_of_its_own_keeps_it() -> None:
    """What Harmonica or a person has put above the brief is a part of it."""
    assert without_front_matter(THEIRS) == THEIRS
    assert without_front_matter(OURS.above(THEIRS)) == THEIRS
    assert front_matter_of(THEIRS) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# Notes\n\n{WRITTEN}", id="in the middle"),
        pytest.param(f"\n{WRITTEN}", id="behind a blank line"),
        pytest.param(WRITTEN.replace("Written by the", "Written by a"), id="another mark"),
        pytest.param(WRITTEN.replace("open_until", "ignore"), id="another line"),
        pytest.param(WRITTEN.replace("---\n\n", "note: hidden\n---\n\n"), id="a line more"),
        pytest.param(WRITTEN.replace("---\n\n", "\n\n"), id="no end"),
    ],
)
def test_what_only_looks_like_ours_stays(text: str) -> None:
    """Nothing is left out but the whole block at the very beginning, so no text hides in it."""
    assert without_front_matter(text) == text
    assert front_matter_of(text) is None


def test_of_two_blocks_the_first_is_ours() -> None:
    """One file has one front matter; a second is the brief's."""
    assert without_front_matter(OURS.above(WRITTEN)) == WRITTEN
