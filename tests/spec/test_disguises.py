"""What is said of a spec that only looks right: one character, where it stands, and what to type.

A good spec is spoilt at each place in turn, by each character that looks like the one there.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from harmonica_session.errors import ActionError
from harmonica_session.spec.spec import read_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GOOD = """\
topic: A topic
goal: A goal
questions:
  - text: A question
    required: true
  - text: Another
    type: Options
    options:
      - One
      - Two
context_from:
  - merged_pull_requests:
      since: 14d
      limit: 50
cross_pollination: true
results_visibility: public
project_id: 3f1c9a52-0000
"""
_LINES = _GOOD.splitlines()
_SPACES = "\u00a0\u2000\u2003\u2009\u200a\u202f\u205f\u3000"
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_COLONS = "\uff1a\ufe55\u2236\u205a\u0703"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2022\u2212\uff0d\ufe58\u00b7\u25cf\u2796"
_QUOTES = (
    ("\u201c", "\u201d"),
    ("\u2018", "\u2019"),
    ("\u201e", "\u201c"),
    ("\u00ab", "\u00bb"),
    ("\uff02", "\uff02"),
    ("\u275d", "\u275e"),
    ("\u02bb", "\u02bd"),
)
_START = "topic: A topic\ngoal: A goal\n"


def _indentation(line: str) -> Iterator[tuple[str, str]]:
    width = len(line) - len(line.lstrip(" "))
    for character in _SPACES if width else "":
        yield character, character * width + line[width:]
        yield character, f"{line[: width - 1]}{character}{line[width:]}"


def _before_key(line: str) -> Iterator[tuple[str, str]]:
    for character in _UNSEEN:
        yield character, re.sub(r"(?=\w)", character, line, count=1)


def _behind_key(line: str) -> Iterator[tuple[str, str]]:
    for character in _SPACES + _UNSEEN if ":" in line else "":
        yield character, line.replace(":", f"{character}:")


def _around_key(line: str) -> Iterator[tuple[str, str]]:
    for opening, closing in _QUOTES if ":" in line else ():
        yield opening, re.sub(r"(\w+):", rf"{opening}\1{closing}:", line)


def _as_colon(line: str) -> Iterator[tuple[str, str]]:
    for character in _COLONS if ":" in line else "":
        yield character, line.replace(":", character)
        yield character, line.replace(": ", character).replace(":", character)


def _behind_colon(line: str) -> Iterator[tuple[str, str]]:
    for character in _SPACES + _UNSEEN if ": " in line else "":
        yield character, line.replace(": ", f":{character}")


def _around_value(line: str) -> Iterator[tuple[str, str]]:
    for character in _SPACES + _UNSEEN:
        yield character, f"{line}{character}"
        yield character, line.replace(": ", f": {character}")
    for opening, closing in _QUOTES:
        yield opening, re.sub(": (.*)", rf": {opening}\1{closing}", line)


def _as_dash(line: str) -> Iterator[tuple[str, str]]:
    for character in _DASHES if "- " in line else "":
        yield character, line.replace("- ", f"{character} ")
        yield character, line.replace("- ", character)


def _behind_dash(line: str) -> Iterator[tuple[str, str]]:
    for character in _SPACES + _UNSEEN if "- " in line else "":
        yield character, line.replace("- ", f"-{character}")


_PLACES = (
    _indentation,
    _before_key,
    _behind_key,
    _around_key,
    _as_colon,
    _behind_colon,
    _around_value,
    _as_dash,
    _behind_dash,
)


def _meaning(text: str) -> object:
    """Return what a spec asks for, but for what people see no difference in."""
    spec = read_spec(text.encode(), "s.yml")
    shown = json.dumps(spec.model_dump(exclude_unset=True), ensure_ascii=False)
    return re.sub(f"[{_SPACES}{_UNSEEN}{''.join(map(''.join, _QUOTES))} ]", "", shown)


def _verdict(line: int, character: str, spoilt: str) -> str:
    """Return what is wrong with what is said of a spec with one line spoilt, empty for nothing."""
    text = "\n".join([*_LINES[:line], spoilt, *_LINES[line + 1 :]]) + "\n"
    try:
        return "" if _meaning(text) == _meaning(_GOOD) else f"{spoilt!r} is read as another spec"
    except ActionError as error:
        said = [str(problem) for problem in error.problems]
    place = f"s.yml:{line + 1}:{spoilt.index(character) + 1}: U+{ord(character):04X} ("
    return "" if len(said) == 1 and said[0].startswith(place) else f"{spoilt!r}: {said}"


@pytest.mark.parametrize("place", _PLACES, ids=lambda place: place.__name__.strip("_"))
def test_a_lookalike_is_named_or_does_no_harm(
    place: Callable[[str], Iterator[tuple[str, str]]],
) -> None:
    """Whatever stands there in its stead, the spec means the same, or one line says which it is."""
    verdicts = [
        _verdict(line, character, spoilt)
        for line, good in enumerate(_LINES)
        for character, spoilt in place(good)
        # The mark at the very beginning of a file is no part of it.
        if spoilt != good and not (line == 0 and spoilt.startswith("\ufeff"))
    ]
    assert len(verdicts) > 20
    assert [verdict for verdict in verdicts if verdict] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic\uff1aT\ngoal: G\n", "1:6: U+FF1A … type `:` and a space"),
        ("topic:\u200bT\ngoal: G\n", "1:7: U+200B … type a space"),
        ("topic: \u201cT: x\u201d\ngoal: G\n", '1:8: U+201C … type `"`'),
        ("t\u043epic: T\ngoal: G\n", "1:2: U+043E … write `topic`"),
        (f"{_START}questions:\n  \u2013 A\n  \u2013 B\n", "4:3: U+2013 … type `-`"),
        (f"{_START}questions: \uff3ba, b\uff3d\n", "3:12: U+FF3B … type `[`"),
        (f"{_START}questions: [{{text\uff1aQ}}]\n", "3:18: U+FF1A … type `:`"),
        (f"{_START}questions:\n  - text\uff1aQ\n", "4:9: U+FF1A … type `:` and a space"),
        (f"{_START}context_from: [\u201csession_md\u201d]\n", "3:16: U+201C … write `session_md`"),
        (f"{_START}api: n\uff1a1\n", "3:7: U+FF1A … type `:` and a space"),
        (f"{_START}context: \uff5c\n  Note: x\n  y\n", "3:10: U+FF5C … type `|`"),
        (f"\uff03 a comment\n{_START}", "1:1: U+FF03 … type `#`"),
        (f"{_START}context: |\n  a\n\u00a0\u00a0Note: x\n", "5:1: U+00A0 … type a space"),
        (f"{_START}context_limit: \uff15000\n", "3:16: U+FF15 … write `5000`"),
        (f'{_START}cross_pollination: "true\u00a0"\n', "3:25: U+00A0 … write `true`"),
        (f"{_START}results_visibility: \u0440ublic\n", "3:21: U+0440 … write `public`"),
        (f"{_START}template_id: 3f1c\u20110000\n", "3:18: U+2011 … write `3f1c-0000`"),
        (
            f"{_START}context_from:\n  - issues_closed: {{since: 2026\u201111\u201101}}\n",
            "4:32: U+2011 … write `2026-11-01`",
        ),
        (
            f"{_START}context_sources:\n  - session: 5e55\u200b\n",
            "4:18: U+200B … write `5e55`",
        ),
        (
            f"{_START}context_sources:\n  - url: https\uff1a//a.example/x\n",
            "4:15: U+FF1A … type `:`",
        ),
        ("\u0261oal: G\ntopic: T\n", "1:1: U+0261 … write `goal`"),
        (f"{_START}questions:\n  - text:\u2028Q\n", "4:10: U+2028 … type a space"),
        (f"{_START}results_visibility: public\u200b\n", "3:27: U+200B … write `public`"),
        (f"{_START}questions: [{{text:\u3000Q}}]\n", "3:19: U+3000 … type a space"),
        (f"{_START}questions: [{{text: Q, required\uff1atrue}}]\n", "3:31: U+FF1A … type `:`"),
        (f"{_START}roster:\n  - rolesByStep:\u00a0{{'0': x}}\n", "4:17: U+00A0 … type a space"),
        (f'{_START}critical: "Why\u201d\nprompt: "x"\n', '3:15: U+201D … type `"`'),
        (f"{_START}questions: ['A', 'B\u2019]\n", "3:20: U+2019 … type `'`"),
        (f"{_START}api: {{n: \uff11.5e3}}\n", "3:10: U+FF11 … write `1.5e3`"),
        (f"{_START}api:\n  n: [tr\u200bue]\n", "4:9: U+200B … write `true`"),
    ],
)
def test_what_to_type_is_said(text: str, said: str) -> None:
    """The remedy is the character, or the whole where it is a word."""
    place, remedy = said.split(" … ")
    with pytest.raises(ActionError) as caught:
        read_spec(text.encode(), "s.yml")
    [problem] = caught.value.problems
    assert str(problem).startswith(f"s.yml:{place} (")
    assert problem.message.endswith(f" here; {remedy}")


def test_each_line_has_its_own(problems_of: Callable[[str | bytes], list[str]]) -> None:
    """Who has pasted a whole spec from a web page is told all at once."""
    found = problems_of("topic\uff1aT\ngoal\uff1aG\nquestions\uff1a\n\u3000- A\n")
    assert [problem.split(": ")[0] for problem in found] == [
        *("s.yml:1:6", "s.yml:2:5", "s.yml:3:10", "s.yml:4:1"),
    ]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("today | default(\u2018x\u2019)", "U+2018 (left single quotation mark)"),
        ("today | default('x\u2019)", "U+2019 (right single quotation mark)"),
        ("\u200btoday", "U+200B (zero width space)"),
        ("today | default('\u2014') | upp\u0435r", "U+0435 (cyrillic small letter ie)"),
    ],
)
def test_an_expression_names_it_too(
    expression: str, said: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """Where an expression is none for a character, that one is named; one in its texts is not."""
    column = 11 + expression.index(chr(int(said[2:6], 16)))
    [problem] = problems_of(f'topic: "{{{{{expression}}}}}"\ngoal: x\n')
    assert problem.startswith(f"s.yml:1:{column}: {said}")


@pytest.mark.parametrize("text", ["\uff5b\uff5b today \uff5d\uff5d", "a {\uff5b today }}"])
def test_braces_that_only_look_right_are_named(
    text: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """What would be filled in otherwise is not sent as it stands."""
    [problem] = problems_of(f'topic: "{text}"\ngoal: x\n')
    assert problem.startswith(f"s.yml:1:{9 + text.index(chr(0xFF5B))}: U+FF5B (fullwidth left")


def test_prose_is_left_alone() -> None:
    """Typography is as good as any other text, and a question may begin with a quote."""
    spec = read_spec(
        "topic: T \u2014 \u201cy\u201d a\uff1ab\n"
        "goal: \u201cG\u201d \u2013 \uff5b\uff5bx\uff5d\uff5d\n"
        "context: |\n  \u3000\u3000\u6bb5\u843d\uff1a\u6587\n  \u2022 a\n  \u2013 b\n"
        "questions:\n  - \u201cQ\u201d\uff1awhat\n  - text\u00a0x\n"
        "api:\n  n: '\uff15'\n  m: \uff11\u6708\n".encode(),
        "s.yml",
    )
    assert spec.api == {"n": "\uff15", "m": "\uff11\u6708"}
    assert spec.topic == "T \u2014 \u201cy\u201d a\uff1ab"
    assert spec.goal == "\u201cG\u201d \u2013 \uff5b\uff5bx\uff5d\uff5d"
    assert spec.context == "\u6bb5\u843d\uff1a\u6587\n\u2022 a\n\u2013 b"
    assert [it.text for it in spec.questions or ()] == [
        "\u201cQ\u201d\uff1awhat",
        "text\u00a0x",
    ]


def test_a_mistake_beside_prose_is_not_blamed_on_it(
    problems_of: Callable[[str | bytes], list[str]],
) -> None:
    """Only a character that is in the way is named."""
    [problem] = problems_of(
        "topic: \u201cA\u201d\ncontext: |\n  Note\uff1a\u00a0x\n  \u2013 y\ngoal: a: b\n"
    )
    assert problem.startswith("s.yml:5:8: this is not valid YAML: ")


@pytest.mark.parametrize(
    "text",
    [
        "a\uff1ab\n" * 40_000,
        "\u00a0" * 120_000,
        _START + "\u201c" * 80_000 + ": x\n",
        f"{_START}questions:\n" + "  - text\uff1a\u201cx\u201d\n" * 9_000,
    ],
    ids=["colons", "spaces", "a key of quotes", "questions"],
)
def test_a_file_full_of_them_is_refused_in_no_time(
    text: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """What is tried out is bounded, whatever a file holds."""
    began = time.monotonic()
    assert problems_of(text)
    assert time.monotonic() - began < 20
