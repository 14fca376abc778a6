"""Finds the characters that keep lines from being YAML and look like those that would not.

This module must not judge what the lines say, nor touch a character that no parser trips over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from harmonica_session.spec.document import Position
from harmonica_session.spec.yaml_reader import loader
from harmonica_session.text.decoding import Lines
from harmonica_session.text.lookalikes import advice, meant_by

if TYPE_CHECKING:
    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document

# Each trial reads the file, of which libyaml reads some millions of characters in a second.
_MOST_TRIALS = 300
_MOST_READ = 6_000_000
_MOST_LINES = 30
_LONGEST_KEY = 100
# In a line whose lookalikes stand as what they are taken for, and as U+0000 where nobody sees them.
_BLANKS = re.compile("[ \t\0]*")
_KEY = re.compile("[\"']?[\\w-][\\w\0 -]*[\"']?[ \0]*(:)")
_BLOCK = re.compile("[|>][-+0-9]*[ \0]*")


class _Mended(NamedTuple):
    """A line as its writer meant it, and where its first lookalike stands."""

    text: str
    column: int


def disguises_in(document: Document) -> list[Problem]:
    """Return a problem for each line that is YAML once its lookalikes are what they look like.

    Args:
        document: What is no YAML, or no mapping.
    """
    if document.text.isascii():
        return []
    trial = _Trial(document)
    found: dict[int, _Mended] = {}
    at = trial.line_after(found)
    while at and (needed := trial.needed(at, found)):
        found |= needed
        at = trial.line_after(found)
    return [_problem(document, line, mended) for line, mended in sorted(found.items())]


def _stumble(text: str) -> int:
    """Return the line at which a parser finds that a text is no mapping, 0 where it is one."""
    begins = False
    try:
        for event in yaml.parse(text, Loader=loader(text)):
            if begins and isinstance(event, yaml.ScalarEvent):
                return _line(event.end_mark.index if event.end_mark else 0, text)
            begins = isinstance(event, yaml.DocumentStartEvent)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _line(mark.index if mark else 0, text)
    return 0


def _line(position: int, text: str) -> int:
    return Lines(text).place(min(position, len(text.rstrip())))[0]


def _problem(document: Document, line: int, mended: _Mended) -> Problem:
    before, written = mended.column - 1, document.lines[line]
    meant, now = meant_by(written[before]), mended.text[before : before + 2]
    remedy = ""
    # What stands for a mark may look as if it had a space of its own.
    if not meant and now.startswith(" "):
        remedy = "type a space"
    elif meant in (":", "-") and now.endswith(" ") and written[before + 1] != " ":
        remedy = f"type `{meant}` and a space"
    return document.problem_at(Position(line, mended.column), advice(written[before], remedy))


class _Trial:
    """Reads a file with some of its lines mended, as often as that is worth its time."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.left = min(_MOST_TRIALS, _MOST_READ // len(document.text))
        lines = document.lines
        known = ((at, _mended(lines[at])) for at in range(1, lines.count + 1))
        self.mended = {at: line for at, line in known if line}

    def line_after(self, mended: dict[int, _Mended]) -> int:
        """Return the line at which reading ends with these lines mended, 0 where it does not."""
        self.left -= 1
        parts, position = [], 0
        lines, text = self.document.lines, self.document.text
        for at in sorted(mended):
            start = lines.start(at)
            parts += [text[position:start], mended[at].text]
            position = start + len(lines[at])
        return _stumble("".join([*parts, text[position:]]))

    def gets_past(self, at: int, mended: dict[int, _Mended]) -> bool:
        after = self.line_after(mended)
        return not after or after > at

    def needed(self, at: int, found: dict[int, _Mended]) -> dict[int, _Mended]:
        """Return the lines that have to be mended beside others, so that reading gets past one."""
        above = [line for line in sorted(self.mended, reverse=True) if line <= at]
        tried: dict[int, _Mended] = {}
        # A key may go over several lines, so one of them alone need not help.
        for line in [line for line in above if line not in found][:_MOST_LINES]:
            if self.left <= 0:
                return {}
            tried[line] = self.mended[line]
            if self.gets_past(at, found | tried):
                return self.without_idle(at, found, tried)
        return {}

    def without_idle(
        self, at: int, found: dict[int, _Mended], tried: dict[int, _Mended]
    ) -> dict[int, _Mended]:
        for line in list(tried)[:-1]:
            fewer = {other: mended for other, mended in tried.items() if other != line}
            if self.left > 0 and self.gets_past(at, found | fewer):
                tried = fewer
        return tried


def mended(line: str) -> str:
    """Return a line as its writer meant it, if it is to be YAML."""
    known = _mended(line)
    return known.text if known else line


def _mended(line: str) -> _Mended | None:
    """Return a line with its indentation, dashes, key, colon and quotes in ASCII."""
    if line.isascii():
        return None
    flat = "".join(_flat(character) for character in line)
    position = _BLANKS.match(flat).end()  # type: ignore[union-attr] # it matches anything
    parts = [flat[:position]]
    while flat[position : position + 1] == "-" and _is_mark(line, flat, position):
        position, gap = _gap(flat, position + 1)
        parts += ["-", gap]
    key = _KEY.match(flat, position, position + _LONGEST_KEY)
    if key and _is_mark(line, flat, key.start(1)):
        parts.append(flat[position : key.end()])
        position, gap = _gap(flat, key.end())
        parts.append(gap)
    parts.append(_value(line[position:], flat[position:]))
    text = "".join(parts).replace("\0", "")
    if text == line:
        return None
    return _Mended(text, _first_lookalike(line, position) + 1)


def _flat(character: str) -> str:
    meant = meant_by(character)
    # Letters and digits are no concern of YAML's.
    if meant is None or meant.isalnum():
        return character
    return meant or "\0"


def _is_mark(line: str, flat: str, position: int) -> bool:
    """Say whether a dash or colon is one of YAML's, or was meant as one."""
    if flat.startswith("://", position):
        return False
    return not line[position].isascii() or flat[position + 1 : position + 2] in ("", " ", "\0")


def _gap(flat: str, position: int) -> tuple[int, str]:
    """Return the end of the blanks behind a mark, and the blanks that belong there."""
    end = _BLANKS.match(flat, position).end()  # type: ignore[union-attr] # it matches anything
    blanks = flat[position:end].replace("\0", "")
    return end, blanks or (" " if end < len(flat) else "")


def _value(line: str, flat: str) -> str:
    """Return what stands behind the marks, with what makes it more than a plain text."""
    if flat.startswith(("[", "{")) and not line.isascii():
        # Within brackets a colon parts key and value by the space behind it.
        return re.sub("(?<![\"'/]):(?=[^ \0/])", ": ", flat)
    if not line or line[0].isascii():
        return _closed(line, flat) if line[:1] in ('"', "'") else line
    if flat[0] in "\"'":
        ends = [at for at in range(1, len(flat)) if flat[at] == flat[0] and not line[at].isascii()]
        if not ends:
            return flat[0] + line[1:]
        return flat[0] + line[1 : ends[-1]] + flat[0] + line[ends[-1] + 1 :]
    if flat[0] == "#":
        return flat[0] + line[1:]
    return flat if _BLOCK.fullmatch(flat) else line


def _closed(line: str, flat: str) -> str:
    """Return a text in quotes with the quote that closes it, where that one is a lookalike."""
    end = flat.rfind(line[0])
    if line.find(line[0], 1) < 0 < end and not flat[end + 1 :].strip(" \0,]}"):
        return line[:end] + flat[end:]
    return line


def _first_lookalike(line: str, behind_marks: int) -> int:
    signs = [at for at, c in enumerate(line) if _flat(c) != c]
    return next((at for at in signs if at < behind_marks), signs[0])
