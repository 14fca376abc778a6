"""The reader of logs and outputs that tests rely on takes and refuses what the runner does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.runner import Command, commands_in, lines_in, outputs_of

if TYPE_CHECKING:
    from pathlib import Path


def _outputs(folder: Path, content: bytes) -> dict[str, str]:
    file = folder / "output"
    file.write_bytes(content)
    return outputs_of(file)


@pytest.mark.parametrize(
    ("content", "outputs"),
    [
        (b"", {}),
        (b"\n\na=1\n\n", {"a": "1"}),
        (b"a=\n", {"a": ""}),
        (b"a==b<<c\n", {"a": "=b<<c"}),
        (b"a b =1\n", {"a b ": "1"}),
        (b"a<<E\nE\n", {"a": ""}),
        (b"a<<E\n\nE\n", {"a": ""}),
        (b"a<<E\n\n\nE\nb=2\n", {"a": "\n", "b": "2"}),
        (b"a<<E=F\n E=F\nE=F \r\nE=F\n", {"a": " E=F\nE=F \r"}),
        (b"a<<E\nb<<E\nE\n", {"a": "b<<E"}),
        (b"a=1\na<<E\n2\nE\n", {"a": "2"}),
        ("a=ü\u2028\x85b\n".encode(), {"a": "ü\u2028\x85b"}),
    ],
)
def test_outputs_are_read(tmp_path: Path, content: bytes, outputs: dict[str, str]) -> None:
    """Of `=` and `<<` the first in a line counts, and a value ends at its whole delimiter alone."""
    assert _outputs(tmp_path, content) == outputs


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a<<E\n1\n", "not closed"),
        (b"a<<E\n1\nE \n", "not closed"),
        (b"a<<E\n1\nE\r\n", "not closed"),
        (b"a<<E\n", "not closed"),
        (b"a<<\n1\n\n", "without a delimiter"),
        (b"<<E\n1\nE\n", "without a name"),
        (b"=1\n", "without a name"),
        (b"a\n", "without a value"),
        (b"a=1", "not ended"),
        (b"a<<E\n1\nE", "not ended"),
        (b"a=\xff\n", "decode"),
    ],
)
def test_unusable_outputs_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """What would fail the step, or spoil the next one's line, fails the test that reads it."""
    with pytest.raises(ValueError, match=reason):
        _outputs(tmp_path, content)


def test_every_line_break_of_the_runner_ends_a_line() -> None:
    """All three count, a mark of the byte order does not, and the last line needs no break."""
    assert lines_in("\ufeffa\r\nb\rc\n\nd\u2028e") == ["a", "b", "c", "", "d\u2028e"]
    assert lines_in("a\n") == ["a"]
    assert lines_in("") == []


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("::error::x", Command("error", {}, "x")),
        ("::ERROR::x", Command("error", {}, "x")),
        ("::endgroup::", Command("endgroup", {}, "")),
        (" \t\u3000::error::x", Command("error", {}, "x")),
        ("::error::a::b", Command("error", {}, "a::b")),
        ("::error::a%0Ab%0Dc%25%3A", Command("error", {}, "a\nb\rc%%3A")),
        ("::error::%250A", Command("error", {}, "%0A")),
        (
            "::warning file=a%2Cb%3Ac,line=3,col=,title=x=y::z",
            Command("warning", {"file": "a,b:c", "line": "3", "title": "x=y"}, "z"),
        ),
        ("see ##[error]x", Command("error", {}, "x")),
        ("##[set-output name=a%3Bb;]c", Command("set-output", {"name": "a;b"}, "c")),
    ],
)
def test_commands_are_read(line: str, command: Command) -> None:
    """Both forms count, names in any case, with their escapes undone."""
    assert commands_in(f"before\n{line}\nafter") == [command]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u200e", "\0", "\x1b", "\u200b\u200b"])
def test_what_has_no_weight_keeps_no_command_open(unseen: str) -> None:
    """.NET finds a key over characters that count for nothing where texts are compared."""
    assert [command.name for command in commands_in(f"::error:{unseen}:x")] == ["error"]


@pytest.mark.parametrize(
    "line", ["x::error::y", "::error", "::nothing::x", "::error:x", "##[error", "##[nothing]x", ""]
)
def test_other_lines_are_no_commands(line: str) -> None:
    """A command that is not known, not closed, or not at the start of its line is none."""
    assert commands_in(line) == []
