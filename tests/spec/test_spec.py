"""Which specs are accepted, what they ask for, and what is said about the others.

Each `specs/good/*.yml` has a `.json` beside it: the request that it asks for, context apart. Each
`specs/bad/*.yml` has a `.txt`: one line for each problem, in order, with its line and column and
the words that its message must hold, several of them parted by ` | `.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harmonica_session.errors import ActionError, SpecError
from harmonica_session.spec.document import MAX_BYTES
from harmonica_session.spec.spec import Spec, read_spec
from harmonica_session.text.markdown import visible
from harmonica_session.words.request import SessionRequest

if TYPE_CHECKING:
    from collections.abc import Callable

_SPECS = Path(__file__).parent.parent / "specs"
_GOOD = sorted((_SPECS / "good").glob("*.yml"))
_BAD = sorted((_SPECS / "bad").glob("*.yml"))
_START = "topic: A topic\ngoal: A goal\n"

# Pieces of YAML, good and bad: put together at random they get further than random bytes do.
_PIECES = [
    *("topic", "goal", "questions", "api", "text", "type", "options", "roster", "A topic", "x"),
    *(": ", ":", "\n", "\n  ", "\n- ", "\r\n", "- ", "? ", " ", ", ", "[", "]", "{", "}"),
    *("'", '"', "|\n", ">", "&a ", "*a", "!!str", "!x ", "# ", "---\n", "...\n", "%YAML 1.1\n"),
    *("5", "no", "2026-11-23", "12:30", "~", "<<", "é", "👩", "\\u", "\\ud800", "\\0"),
    *("\r", "\u2028", "\t", " #7", "\\ud83d\\ude00", "topic t\n"),
    _START,
    "questions:\n  - text: a\n",
    "api:\n  x: ",
    "context: |\n  line\n",
]


def _read(text: str) -> Spec:
    return read_spec(text.encode(), "s.yml")


@pytest.mark.parametrize("path", _GOOD, ids=lambda path: path.stem)
def test_a_good_spec_asks_for_its_request(path: Path) -> None:
    """A spec becomes exactly the request beside it."""
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    body = read_spec(path.read_bytes(), path.name).request("the context").body()
    assert body == {**expected, "context": "the context"}


def test_one_good_spec_has_every_key() -> None:
    """What a spec may have was written down and read at least once; names stand for ids there."""
    path = _SPECS / "good" / "every-key.yml"
    assert read_spec(path.read_bytes(), path.name).model_fields_set == (
        Spec.model_fields.keys() - {"template", "project"}
    )


@pytest.mark.parametrize("path", _BAD, ids=lambda path: path.stem)
def test_a_bad_spec_has_all_its_problems_named(path: Path) -> None:
    """Every problem is reported, in the order of the lines, with its place and what to do."""
    with pytest.raises(ActionError) as caught:
        read_spec(path.read_bytes(), path.name)
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    found = [(f"{p.line}:{p.column}", p.message) for p in caught.value.problems]
    assert [place for place, _ in found] == [line.partition(" ")[0] for line in expected]
    for line, (_, message) in zip(expected, found, strict=True):
        for words in line.partition(" ")[2].split(" | "):
            assert words in message


def test_a_problem_names_its_file() -> None:
    """A problem starts with the path of the spec, as editors understand it."""
    with pytest.raises(SpecError) as caught:
        read_spec(b"topic: A topic", ".harmonica/session.yml")
    assert str(caught.value).startswith(".harmonica/session.yml:1:1: `goal` is missing")


def test_a_large_file_is_refused() -> None:
    """A file over the limit is refused without a word about what is in it."""
    with pytest.raises(SpecError) as caught:
        read_spec(b"x" * (MAX_BYTES + 1), "s.yml")
    assert str(caught.value) == "s.yml: the spec is larger than 256 kB"


def test_a_repeated_problem_is_said_once(problems_of: Callable[[str | bytes], list[str]]) -> None:
    """Two readers that find the same fault in the same place do not say it twice."""
    problems = problems_of("? [a, b]\n: c\n? [a, b]\n: c\n")
    assert len(problems) == len(set(problems))


def test_a_long_value_is_quoted_short(problems_of: Callable[[str | bytes], list[str]]) -> None:
    """A message stays one short line, whatever it quotes."""
    key, value = "k" * 5_000, "two\n\n  lines " * 500
    for problem in problems_of(f'{_START}{key}: 1\nresults_visibility: "{value}"'):
        assert len(problem) < 400
        assert len(problem.splitlines()) == 1


def test_what_is_left_out_is_not_sent() -> None:
    """A request holds the keys of the spec and no other, results visibility neither."""
    assert set(_read(_START).request("c").body()) == {"topic", "goal", "context"}


def test_a_bare_question_becomes_an_object() -> None:
    """Harmonica loses a question that is a bare text, so it is sent as an object."""
    request = _read(f"{_START}questions: [Name]").request("c")
    assert request.body()["questions"] == [{"text": "Name"}]


@pytest.mark.parametrize("key", ["questions", "distribution", "roster", "context_sources"])
def test_an_empty_list_is_as_good_as_none(key: str) -> None:
    """An open field of a form means nothing, also when it is written as a list of nothing."""
    assert _read(f"{_START}{key}: []").request("").fields() == _read(_START).request("").fields()


def test_no_source_of_background_is_a_choice() -> None:
    """Without the key SESSION.md is read; an empty list turns that off."""
    assert _read(f"{_START}context_from: []").context_from == []
    assert _read(_START).context_from != []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *(("1e5", 100_000.0), ("-2E-3", -0.002), ("1.5e3", 1_500.0), ("+1e3", 1_000.0)),
        *((".5e-1", 0.05), ("2.E2", 200.0), ("1e100", 1e100), ("1.5e+100", 1.5e100), ("1.", 1.0)),
    ],
)
def test_a_number_is_one_under_api(written: str, number: float) -> None:
    """What is passed on means what it means in JSON and YAML 1.2, where an alias repeats it too."""
    spec = _read(f"{_START}api: {{n: &n {written}, m: [*n], q: '{written}'}}")
    fields = spec.request("").fields()
    assert (fields["n"], fields["m"], fields["q"]) == (number, [number], written)
    assert isinstance(fields["n"], float)


def test_what_is_like_a_number_is_a_text_elsewhere() -> None:
    """A known text stays one, and so does under `api` what begins with a zero, as ids do."""
    spec = _read(f"{_START}critical: &c 1.5e3\napi: {{id: 01e5, month: 08}}")
    fields = spec.request("").fields()
    assert (fields["critical"], fields["id"], fields["month"]) == ("1.5e3", "01e5", "08")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        *(("0o17", "a number"), ("0x1F", "a number"), ("1_000", "a number"), ("1e400", "a number")),
        *(("12:30:45", "a time of day"), ("NO", "`false` or as a text, depending on its version")),
        ("on", "`true` or as a text, depending on its version"),
    ],
)
def test_what_two_readers_take_for_two_things_is_refused_under_api(
    problems_of: Callable[[str | bytes], list[str]], written: str, seen: str
) -> None:
    """Nobody but its writer can say what is meant, so the line asks for quotes."""
    (problem,) = problems_of(f"{_START}api: {{country: {written}}}")
    assert f"YAML reads `{written}` as {seen}; put it in quotes" in problem


@pytest.mark.parametrize("value", ["*x", "!x y", "!x", "{{ today }}", '"\\ud800"', '"\\0"', "#7"])
@pytest.mark.parametrize("key", ["topic", "questions", "roster", "api"])
def test_what_cannot_be_read_is_said_once(
    key: str, value: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """A value that nobody can tell is not judged by its kind on top of that."""
    kept = [line for line in _START.splitlines() if not line.startswith(key)]
    assert len(problems_of("\n".join([*kept, f"{key}: {value}"]))) == 1


def test_texts_are_trimmed() -> None:
    """Texts are trimmed as Harmonica trims them, so that they compare equal afterwards."""
    spec = _read('topic: "  A topic\\n"\ngoal: |\n\n  A goal\n')
    assert (spec.topic, spec.goal) == ("A topic", "A goal")


def test_the_context_of_the_spec_is_not_sent_by_itself() -> None:
    """The request's context is the one put together, of which the spec's is only a part."""
    assert _read(f"{_START}context: a part").request("the whole").context == "the whole"


def test_without_a_context_none_is_sent() -> None:
    """An empty context is left out, like everything that is not there."""
    assert "context" not in _read(_START).request("").body()


def test_a_project_may_be_taken_back() -> None:
    """`project_id` without a value takes a session out of its project, so it is kept."""
    assert _read(f"{_START}project_id:\n").request("").fields()["project_id"] is None


def test_further_fields_are_sent_beside_the_known_ones() -> None:
    """What stands under `api` is sent at the top of the request, as it stands."""
    request = _read(f"{_START}api: {{new: [1, null], 'model_dump': true}}").request("c")
    body = request.body()
    assert "api" not in body
    assert (body["new"], body["model_dump"]) == ([1, None], True)


@pytest.mark.parametrize("key", sorted(set(SessionRequest.model_fields) | {"api"}))
def test_a_known_key_does_not_stand_under_api(
    key: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """No known key can be sent round its check."""
    (problem,) = problems_of(f"{_START}api: {{{key}: x}}")
    assert problem == f"s.yml:3:7: `{key}` belongs at the top level, not under `api`"


def test_the_spec_does_not_show_up_in_an_error() -> None:
    """A validation error that printed its input would print what was pasted there by mistake."""
    with pytest.raises(SpecError) as caught:
        _read(f"{_START}unknown: hm_live_0123456789abcdef")
    assert "hm_live" not in str(caught.value)
    assert caught.value.__cause__ is None


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfet\x00")
def test_arbitrary_bytes_give_a_spec_or_an_action_error(content: bytes) -> None:
    """Nothing that a file can hold leads to another exception."""
    try:
        assert read_spec(content, "s.yml").topic
    except ActionError as error:
        assert error.problems  # noqa: PT017 - either outcome is fine


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_every_place_lies_inside_the_file(content: str) -> None:
    """A problem points at a character of the file, or just behind the end of a line."""
    lines = [*re.split("\r\n|[\r\n]", content), ""]
    try:
        read_spec(content.encode(), "s.yml")
    except ActionError as error:
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


# YAML folds line ends within a text, and has no place for control characters and noncharacters.
_ONE_LINE = st.text(st.characters(exclude_categories=["Cc", "Cn", "Cs", "Zl", "Zp"]), min_size=1)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(text=_ONE_LINE.filter(visible))
def test_any_text_in_quotes_arrives_as_it_is(text: str) -> None:
    """A quoted text that can be seen reaches the request as it is, but for white space around."""
    spec = _read(json.dumps({"topic": text, "goal": "x"}, ensure_ascii=False))
    assert spec.topic == text.strip()


@pytest.mark.parametrize("text", ["\\u200b", "\\ufeff", "\\u2060", "\\u3164", "\\ufe0f", "\\u200d"])
def test_a_topic_that_nobody_can_see_is_blank(text: str) -> None:
    """Characters without a shape make no topic."""
    with pytest.raises(SpecError, match="1:8: `topic` is blank"):
        read_spec(f'topic: "{text}"\ngoal: x\n'.encode(), "s.yml")


def test_a_key_without_a_value_is_left_out_in_a_question_too() -> None:
    """An open field of a form means nothing, wherever it stands."""
    spec = read_spec(b"topic: x\ngoal: y\nquestions: [{text: q, required: }]\n", "s.yml")
    assert spec.request("").body()["questions"] == [{"text": "q"}]
