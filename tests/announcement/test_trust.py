"""What a participant is told to rely on: true for the session, and nothing that nobody knows."""

from __future__ import annotations

import pytest

from harmonica_session.announcement.trust import HOMEPAGE, Trust, trust_lines


def said(it: Trust) -> str:
    """Return all lines as one text."""
    return "\n".join(trust_lines(it))


@pytest.mark.parametrize(
    ("travel", "words"),
    [(True, "Ideas from it may be brought"), (False, "Ideas from it are not"), (None, "")],
)
def test_whether_ideas_travel_is_said_where_it_is_known(travel: bool | None, words: str) -> None:  # noqa: FBT001 - a value of the table
    """Each case has its own sentence, and the unknown one has none."""
    text = said(Trust(ideas_travel=travel))
    assert words in text
    assert ("Ideas" in text) is (travel is not None)


def test_the_host_is_named_as_far_as_known() -> None:
    """Somebody else may have set up a session that is only used again."""
    assert "account that this repository uses" in said(Trust(is_of_account=True))
    assert "account" not in said(Trust())
    assert "The host of the session can read" in said(Trust())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("name",), "You are asked for your name before you begin."),
        (("name", "e-mail address"), "You are asked for your name and your e-mail address before"),
        ((), "You are not asked for your name before you begin."),
    ],
)
def test_whether_a_name_is_asked_for_is_said(asked: tuple[str, ...], words: str) -> None:
    """Who would rather stay unnamed learns it before the click."""
    assert words in said(Trust(asked_for=asked))


def test_where_nobody_knows_what_is_asked_nothing_is_said() -> None:
    """A question may be in any language."""
    assert "before you begin" not in said(Trust(asked_for=None))


def test_harmonica_is_a_link_once() -> None:
    """Who has never heard of it can look, and is not drawn away from the link to join."""
    everything = Trust("public", True, True, ("name",), True)  # noqa: FBT003 - all there is
    assert said(everything).count(f"[Harmonica]({HOMEPAGE})") == 1
    assert said(everything).count("](") == 1


def test_of_a_session_that_is_completed_only_the_results_matter() -> None:
    """Nobody is told how a conversation would be that nobody can have."""
    everything = Trust("participants", True, True, ("name",), True)  # noqa: FBT003 - all there is
    (line,) = trust_lines(everything, is_completed=True)
    assert line.startswith("Results: ")
