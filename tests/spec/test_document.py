"""How YAML becomes plain values, and where each of them stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.errors import ActionError, FileRefused, SpecError
from harmonica_session.spec.document import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Position
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.spec.yaml_reader import read_document


def _value(text: str) -> object:
    document = read_document(text.encode(), "s.yml")
    assert document.problems == []
    return document.value


def _refusal(content: bytes) -> str:
    with pytest.raises(ActionError) as caught:
        read_document(content, "s.yml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("5", 5),
        ("-3", -3),
        ("123456789012345", 123456789012345),
        ("0.5", 0.5),
        ("1.5e+3", 1500.0),
        ("true", True),
        ("off", False),
        ("~", None),
        ("", None),
        ("word", "word"),
        ("'5'", "5"),
        ('"no"', "no"),
        ("1e5", "1e5"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_a_scalar_becomes_the_value_that_json_has_for_it(source: str, value: object) -> None:
    """What JSON can say is read as YAML means it, and quoted text stays text."""
    assert _value(f"x: {source}") == {"x": value}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("2026-11-23", "a date"),
        ("2026-11-23 12:30:00", "a date"),
        ("12:30", "a time of day"),
        ("017", "a number"),
        ("0x1f", "a number"),
        ("1_000", "a number"),
        (".inf", "a number"),
        (".nan", "a number"),
        ("1234567890123456", "a number"),
    ],
)
def test_what_json_has_no_word_for_keeps_its_source(source: str, kind: str) -> None:
    """A value that would change on the way to JSON is kept as it is written."""
    assert _value(f"x: {source}") == {"x": Unquoted(kind, source)}


def test_keys_are_texts() -> None:
    """A key is what is written, also where YAML would read a number or a boolean."""
    assert _value("0: a\nno: b\n2026-11-23: c") == {"0": "a", "no": "b", "2026-11-23": "c"}


def test_places_count_characters_from_one() -> None:
    """Lines and columns start at 1, and a character outside of ASCII is one column."""
    document = read_document("é: 1\n👩: {ü: [x, ÿ]}\n".encode(), "s.yml")
    assert document.place_of_key(("é",)) == Position(1, 1)
    assert document.place_of_value(("é",)) == Position(1, 4)
    assert document.place_of_key(("👩", "ü")) == Position(2, 5)
    assert document.place_of_value(("👩", "ü", 1)) == Position(2, 12)


def test_a_place_that_is_not_written_is_its_parents() -> None:
    """What came by an alias has no place of its own, so the alias is shown."""
    document = read_document(b"a: &x {b: 1}\nc: *x", "s.yml")
    assert document.place_of_key(("c", "b")) == Position(2, 4)


def test_a_problem_has_the_file_and_the_place() -> None:
    """What is said of a key stands at the key, what is said of a value at the value."""
    document = read_document(b"a:\n  b: 1", "s.yml")
    assert str(document.problem_at_key(("a", "b"), "why")) == "s.yml:2:3: why"
    assert str(document.problem_at_value(("a", "b"), "why")) == "s.yml:2:6: why"
    assert str(document.problem_at_value(("a", "c"), "why")) == "s.yml:2:3: why"


def test_a_byte_order_mark_takes_no_column() -> None:
    """A byte order mark is no part of the first line."""
    document = read_document(b"\xef\xbb\xbfx: 1", "s.yml")
    assert document.place_of_value(("x",)) == Position(1, 4)


def test_crlf_ends_one_line() -> None:
    """A file from Windows has the same lines."""
    document = read_document(b"a: 1\r\nb: 2\r\n", "s.yml")
    assert document.place_of_value(("b",)) == Position(2, 4)


def test_lines_are_those_of_an_editor() -> None:
    """A carriage return alone ends a line; what YAML alone takes for a line end does not."""
    text = "a: 1 # \x85\r# \u2028\nb: '\u2029'\r\nc: 2"
    document = read_document(text.encode(), "s.yml")
    assert document.place_of_key(("b",)) == Position(3, 1)
    assert document.place_of_value(("c",)) == Position(4, 4)


def test_a_pair_of_surrogates_is_its_character() -> None:
    """JSON writes characters beyond U+FFFF as two escapes; in plain text they are no escapes."""
    text = '{"\\ud83c\\udfbb": "\\ud83d\\ude00", "x": [\'\\ud83d\\ude00\', \\ud83d\\ude00]}'
    assert _value(text) == {"🎻": "😀", "x": ["\\ud83d\\ude00"] * 2}


@pytest.mark.parametrize("source", ["Notes on #7", "Notes\t#7 and more", "#7"])
def test_a_number_of_an_issue_is_not_lost_as_a_comment(source: str) -> None:
    """YAML would drop it, and nobody would notice before the session is there."""
    [problem] = read_document(f"x: {source}".encode(), "s.yml").problems
    assert problem.column == 4 + source.index("#")
    assert "YAML reads `#7` as a comment" in problem.message


@pytest.mark.parametrize("source", ["a # 7", "a #b", "5 #7", "'a' #7", "a#7"])
def test_a_comment_is_one(source: str) -> None:
    """Only a number right behind the sign, and right behind a text, looks like an issue."""
    assert read_document(f"x: {source}".encode(), "s.yml").problems == []


def test_an_alias_is_its_value() -> None:
    """An alias means what was anchored."""
    assert _value("a: &x [1, 2]\nb: *x") == {"a": [1, 2], "b": [1, 2]}


def test_an_anchor_within_itself_is_refused() -> None:
    """A value that contains itself is a problem, not an endless loop."""
    document = read_document(b"a: &x [*x]", "s.yml")
    [problem] = document.problems
    assert str(problem).startswith("s.yml:1:8: `*x` refers to nothing defined before it; ")


def test_an_alias_bomb_is_refused() -> None:
    """Aliases of aliases count in full, so a small file cannot become a large request."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 10,000 values" in _refusal("\n".join(lines).encode())


@pytest.mark.parametrize(
    "anchored", ["&x '" + "a" * 2_000 + "'", "&x {'" + "k" * 1_000 + "': '" + "a" * 1_000 + "'}"]
)
def test_aliases_of_long_texts_count_in_full(anchored: str) -> None:
    """Few values can be many characters, in texts or in keys; a small file stays small."""
    few = f"a: {anchored}\nb: [{', '.join(['*x'] * 120)}]"
    read_document(few.encode(), "s.yml")
    said = _refusal(few.replace("*x]", f"{', '.join(['*x'] * 20)}]").encode())
    assert said.startswith("s.yml:2:")
    assert "more than 256,000 characters, with aliases counted in full" in said


def test_many_values_are_refused() -> None:
    """The number of values is bounded, since every one of them is checked."""
    assert len(read_document(b"- x\n" * (MAX_VALUES - 1), "s.yml").values) == MAX_VALUES
    assert "more than 10,000 values" in _refusal(b"- x\n" * MAX_VALUES)


def test_depth_is_bounded() -> None:
    """Nesting has an end that is not Python's recursion limit."""
    read_document(b"[" * MAX_DEPTH + b"x" + b"]" * MAX_DEPTH, "s.yml")
    assert _refusal(b"[" * 100_000) == f"s.yml:1:{MAX_DEPTH + 2}: this is nested too deeply"


def test_size_is_bounded_before_reading() -> None:
    """A file of exactly the limit is read, one byte more is not."""
    start = b"x: 1\n#"
    read_document(start + b"x" * (MAX_BYTES - len(start)), "s.yml")
    assert _refusal(b"\xff" * (MAX_BYTES + 1)) == "s.yml: the spec is larger than 256 kB"


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing", "---", "---\n...\n", "~", "null"])
def test_nothing_is_not_a_document(content: str) -> None:
    """A file that holds no value is called empty."""
    assert _refusal(content.encode()) == "s.yml:1:1: the spec is empty; it needs `topic` and `goal`"


def test_a_byte_that_is_not_utf8_is_named_with_its_place() -> None:
    """The first wrong byte is shown, counted in characters."""
    with pytest.raises(FileRefused) as caught:
        read_document("x: 1\nyé: ".encode() + b"\xe4\n", "s.yml")
    assert str(caught.value) == "s.yml:2:5: byte 0xe4 is not valid UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!str", "!mine", "!!binary"])
def test_tags_are_refused(tag: str) -> None:
    """No tag has a meaning, those of Python least of all."""
    (problem,) = read_document(f"x: {tag} [a]".encode(), "s.yml").problems
    assert str(problem).startswith("s.yml:1:4: the tag `")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: 1\n\tb: 2", "2:1"),
        ("a:\n\t- 1", "2:1"),
        ("a: |\n\ttext", "2:1"),
        ("a:\tb", "1:4"),
        ("a: [1,\t2]", "1:8"),
        ("a:\n-\tb", "2:2"),
        ("a:\n  - b\n  -\tc", "3:4"),
    ],
)
def test_a_tab_in_place_of_spaces_is_a_problem(content: str, place: str) -> None:
    """A tab before a key or value is named as what it is."""
    try:
        problems = read_document(content.encode(), "s.yml").problems
    except SpecError as error:
        problems = error.problems
    (problem,) = problems
    assert str(problem).startswith(f"s.yml:{place}: ")
    assert " a tab" in problem.message


def test_a_tab_within_a_text_is_text() -> None:
    """Only a tab that takes the place of indentation is a problem."""
    assert _value('"a\t": b\tc\nd: |\n  e\tf\n') == {"a\t": "b\tc", "d": "e\tf\n"}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(10**13), 10**13) | st.text("aé😀", min_size=1),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("bü"), inner),
        max_leaves=20,
    ),
    is_ascii=st.booleans(),
)
def test_json_is_read_as_it_stands(value: object, *, is_ascii: bool) -> None:
    """JSON is YAML, and its values come out as they went in, escaped or not."""
    text = json.dumps({"x": value}, ensure_ascii=is_ascii)
    assert _value(text) == {"x": value}


def test_a_tab_behind_the_last_line_is_no_traceback() -> None:
    """A document that ends before its first value is empty, tab or not."""
    with pytest.raises(SpecError, match="empty"):
        read_document(b"---\n#\t\n", "s.yml")


def test_a_control_character_is_found_behind_letters_of_many_bytes() -> None:
    """Columns count characters, whatever the parser counts."""
    with pytest.raises(SpecError, match=r"s\.yml:2:12"):
        read_document("goal: b\ntopic: ääää\x01".encode(), "s.yml")


def test_what_was_found_before_the_end_of_reading_is_kept() -> None:
    """A syntax error does not hide the problems above it."""
    with pytest.raises(SpecError) as caught:
        read_document(b"topic: a\ntopic: b\ngoal: [\n", "s.yml")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_what_is_missing_at_the_end_stands_in_the_file() -> None:
    """A place behind the last character is still on the last line."""
    document = read_document(b"? topic", "s.yml")
    assert document.place_of_value(("topic",)).line == 1


def test_a_number_without_end_is_none() -> None:
    """What a float cannot hold is not sent as something else."""
    value = read_document(b"x: " + b"1" * 400 + b".0", "s.yml").value
    assert value == {"x": Unquoted("a number", "1" * 400 + ".0")}


def test_an_alias_shows_what_it_stands_for() -> None:
    """A message about an alias quotes the value that was named."""
    assert read_document(b"a: &n 5\nb: *n\n", "s.yml").sources["b",] == "5"
