"""The runner's side of a step: what it makes of a log, and of the file of outputs.

It must not import the code under test, which has written what is read here: the rules are the
runner's own. Source: `ActionCommand`, `ActionCommandManager`, `FileCommandManager` and
`ExecutionContext` of actions/runner.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_COMMANDS = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands"),
    "warning",
}
# What Char.IsWhiteSpace of .NET says yes to.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


@dataclass(frozen=True)
class Command:
    """One workflow command that the runner would carry out."""

    name: str
    properties: dict[str, str]
    message: str


def lines_in(log: str) -> list[str]:
    """Return the lines that .NET's StreamReader finds; it drops a byte order mark."""
    found = re.split("\r\n|\r|\n", log.removeprefix("\ufeff"))
    return found if found[-1] else found[:-1]


def commands_in(log: str) -> list[Command]:
    """Return what the runner would carry out, in order."""
    return [command for line in lines_in(log) if (command := _command(line))]


def outputs_of(file: Path) -> dict[str, str]:
    """Return the outputs that the runner would set; of two values for one name, the later counts.

    Raises:
        ValueError: The runner would refuse the file. So is one whose last line is not ended, to
            which the next line would be glued.
    """
    *lines, rest = file.read_bytes().decode().split("\n")
    if rest:
        raise ValueError(f"the last line is not ended: {rest!r}")
    found: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if not line:
            continue
        mark = re.search("=|<<", line)
        if not mark:
            raise ValueError(f"a name without a value: {line!r}")
        name, value = line[: mark.start()], line[mark.end() :]
        if not name:
            raise ValueError(f"a value without a name: {line!r}")
        if mark[0] == "<<":
            value, at = _delimited(lines, at, value)
        found[name] = value
    return found


def _delimited(lines: list[str], start: int, delimiter: str) -> tuple[str, int]:
    """Return the value that begins with a line, and the place behind its delimiter."""
    if not delimiter:
        raise ValueError("a value without a delimiter")
    if delimiter not in lines[start:]:
        raise ValueError(f"a value that is not closed: {delimiter!r} is missing")
    end = lines.index(delimiter, start)
    return "\n".join(lines[start:end]), end + 1


def _command(line: str) -> Command | None:
    return _colons(line.lstrip(_WHITE_SPACE)) or _brackets(line)


def _colons(line: str) -> Command | None:
    if _find(line, "::", 0) != 0:
        return None
    end = _find(line, "::", 2)
    if end < 0:
        return None
    unescape = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    message = _replaced(line[end + 2 :], {"%0D": "\r", "%0A": "\n", "%25": "%"})
    return _parsed(line[2:end], ",", unescape, message)


def _brackets(line: str) -> Command | None:
    start = _find(line, "##[", 0)
    end = line.find("]", max(start, 0))
    if start < 0 or end < 0:
        return None
    unescape = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%"}
    return _parsed(line[start + 3 : end], ";", unescape, _replaced(line[end + 1 :], unescape))


def _parsed(head: str, comma: str, unescape: dict[str, str], message: str) -> Command | None:
    name, _, rest = head.partition(" ")
    if name.lower() not in _COMMANDS:
        return None
    pairs = [part.partition("=") for part in rest.strip(_WHITE_SPACE).split(comma)]
    known = {key: _replaced(value, unescape) for key, _, value in pairs if key and value}
    return Command(name.lower(), known, message)


def _find(text: str, key: str, start: int) -> int:
    """Find a key as .NET does by default: by culture, so over characters that have no weight."""
    if text.isascii() and text.isprintable():
        return text.find(key, start)
    weighty = [at for at in range(start, len(text)) if not _weightless(text[at])]
    found = "".join(text[at] for at in weighty).find(key)
    # What has no weight before the key is part of the match.
    return found if found < 0 else start if found == 0 else weighty[found]


def _weightless(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "Cf" or (category == "Cc" and character not in _WHITE_SPACE)


def _replaced(text: str, table: dict[str, str]) -> str:
    for escaped, plain in table.items():
        text = text.replace(escaped, plain)
    return text
