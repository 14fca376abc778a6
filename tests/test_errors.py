"""How a problem is written down."""

from __future__ import annotations

import pytest

from harmonica_session.errors import ActionError, InputError, Problem, Refused, clip


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("a.yml", 3, 7, "wrong"), "a.yml:3:7: wrong"),
        (Problem("a.yml", 3, 0, "wrong"), "a.yml:3: wrong"),
        (Problem("a.yml", 0, 0, "wrong"), "a.yml: wrong"),
        (Problem("", 0, 0, "wrong"), "wrong"),
    ],
)
def test_a_problem_shows_the_place_that_it_has(problem: Problem, line: str) -> None:
    """Only what is known of the place is shown."""
    assert str(problem) == line


def test_problems_are_ordered_by_their_place() -> None:
    """Problems of a file sort as their lines stand in it, as numbers and not as texts."""
    third, tenth = Problem("a", 3, 10, "x"), Problem("a", 10, 2, "x")
    assert sorted([tenth, third]) == [third, tenth]


def test_an_error_takes_texts_as_problems() -> None:
    """A text is a problem without a place, and the error reads as all of its problems."""
    error = InputError("one", Problem("a", 1, 2, "two"))
    assert isinstance(error, ActionError)
    assert str(error) == "one; a:1:2: two"


def test_a_quotation_is_short_and_on_one_line() -> None:
    """A quoted text has no line breaks and at most forty characters."""
    assert clip(" a\nb\u2028c\x85d\r\n ") == "a b c d"
    assert clip("x" * 41) == "x" * 39 + "…"
    assert clip("x" * 40) == "x" * 40


@pytest.mark.parametrize(
    ("status", "is_limit", "is_denial"),
    [
        (401, False, True),
        (403, False, True),
        (404, False, True),
        (410, False, True),
        (422, False, False),
        (403, True, False),
        (429, True, False),
        (500, False, False),
    ],
)
def test_a_limit_is_no_denial(status: int, *, is_limit: bool, is_denial: bool) -> None:
    """Who is asked to come back later is not told that the token may not."""
    assert Refused("no", status=status, is_limit=is_limit).is_denial is is_denial


@pytest.mark.parametrize(
    ("code", "is_out_of_reach"), [("forbidden", True), ("not_found", True), ("", False)]
)
def test_only_harmonica_says_that_a_session_is_out_of_reach(
    code: str,
    *,
    is_out_of_reach: bool,
) -> None:
    """A proxy's 403 carries none of Harmonica's words."""
    error = Refused("no", status=403, code=code, is_limit=False)
    assert error.is_out_of_reach is is_out_of_reach
