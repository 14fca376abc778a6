"""What is said of a file that is not valid YAML: one line, at the place where a person looks."""

from __future__ import annotations

import pytest

from harmonica_session.errors import SpecError
from harmonica_session.spec.yaml_reader import read_document

# With half of a surrogate pair in it, a file is read by the pure reader in place of libyaml.
_READERS = {"libyaml": "#\n", "pure": "# \\ud83d\n"}


def _said(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        read_document(text.encode(), "s.yml")
    [problem] = caught.value.problems
    return str(problem).removeprefix("s.yml:")


@pytest.mark.parametrize("reader", _READERS)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic t\ngoal: x", "2:1: … this line has no `key: …`"),
        ("topic t\nand more\n\ngoal: x", "2:1: … this line has no `key: …`"),
        ("topic:t\ngoal: x", "2:1: … this line has no `key: …`"),
        ("topic: t\ngoal x\ncritical: y", "3:1: … this line has no `key: …`"),
        ("topic: t\ngoal:x\n", "3:1: … this line has no `key: …`"),
        ("goal: >\ntext\ntopic: x", "3:1: … indent the line"),
        ("context:\n  some words\n  note: more", "4:7: … a colon is not allowed here"),
        ("topic: x\n  goal: y", "3:7: … check the indentation"),
        ("goal: a: b", "2:8: … put the text in quotes"),
        ("topic: @x", "2:8: … a value cannot start with `@`"),
        ("topic: `x`", "2:8: … a value cannot start with a backtick"),
        ("topic: 'never\ngoal: x", "2:8: … this quoted text never ends"),
        ("topic: 'it's'\ngoal: x", "2:12: … write a single quote in it twice"),
        ('topic: "a "b""\ngoal: x', '2:12: … write a quote in it as `\\"`'),
        ('"topic": "x",\n"goal": "y"', "2:13: … a value here cannot be followed by a comma"),
        ("topic: [WIP] Retro", "2:14: … put the whole value in quotes"),
        ("topic: [WIP\ngoal: x", "2:8: … `[` is not closed"),
        ('{"topic": "x"', "2:1: … `{` is not closed"),
        ('{"topic": "x"\n "goal": "y"}', "3:2: … a comma or a closing bracket is missing"),
        ("goal: [", "2:8: … a value or a closing bracket is missing here"),
        ("{}\ntext", "3:1: … after the end of the spec"),
        ("topic: x\n- goal", "3:1: … nothing above has the same indentation as this line"),
        ("questions:\n  - a\n - b", "4:2: … nothing above has the same indentation as this line"),
        ("topic: - x", "2:8: … a list must begin on a line of its own"),
        ("topic: *x* y", "2:8: … a text that begins with `*` must be in quotes"),
        ("topic: & y", "2:8: … a text that begins with `&` must be in quotes"),
        ("topic: !x!y", "2:8: … a text that begins with `!` must be in quotes"),
        ("topic: | x", "2:8: … nothing may follow `|` on this line"),
        ("topic: >x", "2:8: … nothing may follow `>` on this line"),
    ],
)
def test_a_mistake_is_named_where_it_was_made(reader: str, text: str, said: str) -> None:
    """The line is the one to change, and the words say how, whichever parser reads it."""
    place, words = said.split(" … ")
    found = _said(_READERS[reader] + text)
    assert found.startswith(f"{place} this is not valid YAML: ")
    assert words in found


@pytest.mark.parametrize("path", ["C:\\path", "C:\\users"])
def test_a_back_slash_in_double_quotes_is_explained(path: str) -> None:
    """What looks like a path of Windows is an escape in double quotes."""
    assert "write the backslash twice" in _said(f'topic: "{path}"')


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_end_that_nobody_sees_is_named(character: str) -> None:
    """Where such a character breaks a line for YAML alone, it is what has to go."""
    code = f"U+{ord(character):04X}"
    assert _said(f"topic: x{character}y\ngoal: z").startswith(f"1:9: {code}, a line break that ")


def test_what_has_no_words_of_ours_keeps_the_parsers() -> None:
    """A rare mistake is still told, in the words of the parser."""
    assert _said("? a\n- b").startswith("2:1: this is not valid YAML: ")
