"""A document: plain values, and where in its file each of them stands.

This module must not read YAML, nor know what a session spec is.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from harmonica_session.errors import Problem, clip
from harmonica_session.text.decoding import LINE_END, Lines

# A larger one is not read; each value costs time, and nesting costs Python's stack.
MAX_BYTES = 256_000
MAX_DEPTH = 50
MAX_VALUES = 10_000
# As many as a file without aliases can hold.
MAX_CHARACTERS = MAX_BYTES

Path: TypeAlias = tuple[str | int, ...]


class Position(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass
class Document:
    """What was read: the value, and for each path where key and value stand.

    Attributes:
        file: The name of its file, for the problems.
        text: The file's text.
        value: Plain Python values; mappings have text keys.
        keys: Where the key of a path stands.
        values: Where the value of a path stands.
        sources: The scalars as they are written.
        spans: Where a scalar begins and ends in the text, quotes and all, and its YAML style.
        unknown: Paths whose value nobody can tell; why stands in `problems`.
        problems: What is wrong with the document itself.
    """

    file: str = ""
    text: str = ""
    value: object = None
    keys: dict[Path, Position] = field(default_factory=dict)
    values: dict[Path, Position] = field(default_factory=dict)
    sources: dict[Path, str] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int, str]] = field(default_factory=dict)
    unknown: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    _marks: dict[tuple[Path, str], tuple[list[int], list[int]]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Lines:
        """The lines of the file."""
        return Lines(self.text)

    def place_of_key(self, path: Path) -> Position:
        """Return where the key of `path` stands, else where its value or its parent does."""
        return self.keys.get(path) or self.place_of_value(path)

    def place_of_value(self, path: Path) -> Position:
        """Return where the value of `path` stands, else where its nearest parent does."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position(1, 1))

    def problem_at(self, place: Position, message: str) -> Problem:
        """Return a problem that stands at a place of the file."""
        return Problem(self.file, *place, message)

    def problem_at_key(self, path: Path, message: str) -> Problem:
        """Return a problem with what `path` is called."""
        return self.problem_at(self.place_of_key(path), message)

    def problem_at_value(self, path: Path, message: str) -> Problem:
        """Return a problem with what stands under `path`."""
        return self.problem_at(self.place_of_value(path), message)

    def is_unknown(self, path: Path) -> bool:
        """Say whether nobody can tell the value of `path`, or of what it stands in."""
        return any(path[:length] in self.unknown for length in range(len(path) + 1))

    def place_inside(self, path: Path, mark: str, offset: int) -> Position:
        """Return where a mark stands inside a text, else where the text begins.

        Args:
            path: Where the text is.
            mark: What to look for, such as `{{`.
            offset: Where it stands in the text as YAML reads it.
        """
        if path not in self.spans:
            return self.place_of_value(path)
        if (path, mark) not in self._marks:
            # Once for all the marks of a text, of which there may be a great many.
            self._marks[path, mark] = (
                self._marks_in_file(path, mark),
                _found(mark, self.sources[path]),
            )
        in_file, in_text = self._marks[path, mark]
        ordinal = bisect_left(in_text, offset)
        # An escape in quotes can hide a mark or make one up.
        is_told = self.spans[path][2] != '"' or len(in_file) == len(in_text)
        if is_told and ordinal < len(in_file):
            return Position(*self.lines.place(in_file[ordinal]))
        return self.place_of_value(path)

    def _marks_in_file(self, path: Path, mark: str) -> list[int]:
        begin, end, style = self.spans[path]
        if style in ("|", ">"):
            # Behind the sign may stand a comment, which is not part of the text.
            first_line = LINE_END.search(self.text, begin, end)
            begin = first_line.end() if first_line else end
        return _found(mark, self.text, begin, end)


def name_of(path: Path) -> str:
    """Return a path as people write it: `questions[2].text`, items counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{clip(part)}" for part in path]
    return f"`{''.join(parts).lstrip('.')}`"


def written(location: Path, document: Document) -> Path:
    """Return a validator's location without the steps that do not stand in the file."""
    path: Path = ()
    for part in location:
        if (*path, part) in document.values:
            path = (*path, part)
    return path


def _found(mark: str, text: str, begin: int = 0, end: int | None = None) -> list[int]:
    """Return where a mark stands in a part of a text."""
    found: list[int] = []
    at = text.find(mark, begin, end)
    while at >= 0:
        found.append(at)
        at = text.find(mark, at + len(mark), end)
    return found
