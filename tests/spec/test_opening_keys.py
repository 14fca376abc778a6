"""The keys that speak to those who are invited: what they take, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.spec.spec import read_spec
from harmonica_session.words.opening import Opening

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.spec.values import Values

_SPEC = "topic: t\ngoal: g\n"


def opening_in(text: str) -> Opening:
    """Return what a spec with these lines says to those who are invited."""
    return read_spec(f"{_SPEC}{text}".encode(), "s.yml").opening


def test_a_spec_without_the_keys_says_nothing() -> None:
    """A form left open is no text."""
    assert opening_in("") == opening_in("takes:\ninvitation: ' '\n") == Opening()


def test_the_keys_are_read() -> None:
    """Blanks at the ends go, and lines stay."""
    written = "takes: ' 10 min '\ninvitation: |\n  Come.\n  It is short.\n"
    assert opening_in(written) == Opening("Come.\nIt is short.", "10 min")


def test_the_keys_are_not_part_of_the_request() -> None:
    """Harmonica is told neither, and the session does not change with them."""
    with_keys = read_spec(f"{_SPEC}takes: 10 min\ninvitation: Come.\n".encode(), "s.yml").request(
        ""
    )
    assert with_keys.body() == read_spec(_SPEC.encode(), "s.yml").request("").body()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("takes: 10", "s.yml:3:8: `takes` must be a text, but YAML reads `10` as a number; put it"),
        (f"takes: {'x' * 61}", "s.yml:3:8: `takes` has 61 characters; at most 60 are allowed"),
        ("takes: '{{ today }}'", "s.yml:3:9: values are not filled in here"),
        ("invitation: [a]", "s.yml:3:13: `invitation` must be a text, but it is a list"),
        (
            f"invitation: {'x' * 601}",
            "s.yml:3:13: `invitation` has 601 characters; at most 600 are allowed",
        ),
        ("invitation: '{{ topik }}'", "s.yml:3:14: "),
        ("api: {invitation: Come}", "`invitation` belongs at the top level, not under `api`"),
    ],
)
def test_what_they_do_not_take_is_refused(
    problems_of: Callable[[str], list[str]], text: str, problem: str
) -> None:
    """Each mistake is told at its place, with what would do."""
    (told,) = problems_of(f"{_SPEC}{text}\n")
    assert problem in told


@pytest.mark.parametrize("key", ["takes", "invitation"])
def test_the_longest_text_is_taken(problems_of: Callable[[str], list[str]], key: str) -> None:
    """The limits are included."""
    assert problems_of(f"{_SPEC}{key}: {'x' * {'takes': 60, 'invitation': 600}[key]}\n") == []


def test_a_value_may_make_an_invitation_longer() -> None:
    """What a stranger wrote fails no run; the comment cuts it."""
    values: Values = {"actor": "x" * 700}
    text = f"{_SPEC}invitation: 'Come: {{{{ actor }}}}'\n"
    assert len(read_spec(text.encode(), "s.yml", values).opening.invitation) == 706
