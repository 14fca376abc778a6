"""The keys that say how long a round is open: what they take, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.spec.spec import read_spec
from harmonica_session.words.round import Round

if TYPE_CHECKING:
    from collections.abc import Callable

_SPEC = "topic: t\ngoal: g\n"
_TAKES = "must be whole days or hours such as `5d` or `36h`, from 1h to 365d, but it is"


def round_in(text: str) -> Round | None:
    """Return what a spec with these lines asks for."""
    return read_spec(f"{_SPEC}{text}".encode(), "s.yml").round()


def test_a_spec_without_the_keys_asks_for_no_round() -> None:
    """Nothing is kept for a spec that says nothing of it, be it as a form left open."""
    assert round_in("") is None
    assert round_in("open_for:\nexpected: \nremind: ''\ntimezone: ' '\n") is None


def test_the_keys_are_kept_as_they_are_written() -> None:
    """The receipt can tell a later spec from this one."""
    written = "open_for: ' 36h '\nexpected: 6\nremind: 1d\ntimezone: Europe/Berlin\n"
    assert round_in(written) == Round(
        open_for="36h", expected=6, remind="1d", timezone="Europe/Berlin"
    )


def test_the_keys_are_not_part_of_the_request() -> None:
    """Harmonica is told none of them, and the session does not change with them."""
    text = f"{_SPEC}open_for: 5d\nexpected: 6\nremind: 1d\ntimezone: Europe/Berlin\n"
    with_keys = read_spec(text.encode(), "s.yml").request("")
    assert with_keys.body() == read_spec(_SPEC.encode(), "s.yml").request("").body()


@pytest.mark.parametrize("length", ["1h", "24h", "8760h", "1d", "365d"])
def test_a_length_may_be_from_an_hour_to_a_year(
    problems_of: Callable[[str], list[str]], length: str
) -> None:
    """Both ends are included, in either unit."""
    assert problems_of(f"{_SPEC}open_for: {length}") == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        *(("0d", "0d"), ("366d", "366d"), ("8761h", "8761h"), ("5", "5"), ("1.5d", "1.5d")),
        *(("-1d", "-1d"), ("05d", "05d"), ("5 d", "5 d"), ("5D", "5D"), ("2w", "2w")),
        *(("30m", "30m"), ("1d12h", "1d12h"), ("P5D", "P5D"), ("true", "True")),
        *(("[5d]", "something else"), ("{d: 5}", "something else"), ("9999999999d", "9999999999d")),
        *(("2026-12-01", "2026-12-01"), ("17:00", "17:00")),
    ],
)
def test_what_is_no_length_is_refused_beside_its_line(
    problems_of: Callable[[str], list[str]], written: str, shown: str
) -> None:
    """The line names the key, what it takes, and what stands there."""
    assert problems_of(f"{_SPEC}open_for: {written}") == [
        f"s.yml:3:11: `open_for` {_TAKES} `{shown}`"
    ]


def test_a_reminder_is_a_length_too(problems_of: Callable[[str], list[str]]) -> None:
    """The same is said of it, by its own name, and nothing beside that."""
    assert problems_of(f"{_SPEC}open_for: 5d\nremind: soon") == [
        f"s.yml:4:9: `remind` {_TAKES} `soon`"
    ]


def test_a_reminder_needs_an_end(problems_of: Callable[[str], list[str]]) -> None:
    """Without one it would never come."""
    assert problems_of(f"{_SPEC}remind: 1d\nexpected: 4") == [
        "s.yml:3:1: `remind` needs to know when the session ends; add `open_for: 5d`"
    ]


@pytest.mark.parametrize(
    ("open_for", "remind"), [("1d", "1d"), ("1d", "24h"), ("12h", "1d"), ("36h", "2d")]
)
def test_a_reminder_comes_after_the_beginning(
    problems_of: Callable[[str], list[str]], open_for: str, remind: str
) -> None:
    """It must be shorter than what it reminds of, whatever both are written in."""
    assert problems_of(f"{_SPEC}open_for: {open_for}\nremind: {remind}") == [
        f"s.yml:4:9: `remind` must be shorter than `open_for`, which is `{open_for}`"
    ]


@pytest.mark.parametrize(("open_for", "remind"), [("1d", "23h"), ("2d", "1d"), ("25h", "1d")])
def test_a_shorter_reminder_is_taken(
    problems_of: Callable[[str], list[str]], open_for: str, remind: str
) -> None:
    """An hour less is enough."""
    assert problems_of(f"{_SPEC}open_for: {open_for}\nremind: {remind}") == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "`expected` must be at least 1, but YAML reads `0` as a number"),
        ("10001", "`expected` must be at most 10000, but YAML reads `10001` as a number"),
        ("six", "`expected` must be a whole number, but it is the text `six`"),
        ("1.5", "`expected` must be a whole number, but YAML reads `1.5` as a number"),
        ("yes", "`expected` must be a whole number, but YAML reads `yes` as true"),
    ],
)
def test_expected_is_a_number_of_people(
    problems_of: Callable[[str], list[str]], written: str, said: str
) -> None:
    """A whole number, from 1 to 10,000."""
    assert problems_of(f"{_SPEC}expected: {written}") == [f"s.yml:3:11: {said}"]


@pytest.mark.parametrize("number", [1, 10_000])
def test_expected_may_be_one_and_ten_thousand(
    problems_of: Callable[[str], list[str]], number: int
) -> None:
    """Both ends are included."""
    assert problems_of(f"{_SPEC}expected: {number}") == []


def test_an_unknown_zone_is_refused_beside_its_line(
    problems_of: Callable[[str], list[str]],
) -> None:
    """The line names the nearest one."""
    assert problems_of(f"{_SPEC}timezone: Europe/Berln") == [
        ("s.yml:3:11: `timezone: Europe/Berln` is not a time zone; did you mean `Europe/Berlin`?")
    ]


def test_a_zone_is_a_text(problems_of: Callable[[str], list[str]]) -> None:
    """A number of hours is no zone."""
    [said] = problems_of(f"{_SPEC}timezone: 2")
    assert said.startswith("s.yml:3:11: `timezone` must be a text")


@pytest.mark.parametrize("key", ["open_for", "expected", "remind", "timezone"])
def test_values_are_not_filled_in_here(problems_of: Callable[[str], list[str]], key: str) -> None:
    """Whoever tries is told so, beside the line."""
    said = problems_of(f"{_SPEC}{key}: '{{{{ vars.x }}}}'")
    assert any("values are not filled in here" in line for line in said)
