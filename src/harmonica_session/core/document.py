"""Reads one YAML document into plain values and remembers where each of them stands.

This module must not know what a session spec is.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml

from harmonica_session.core.text import decode, place_at
from harmonica_session.errors import Problem, SpecError, clip

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 256_000
MAX_DEPTH = 50
MAX_VALUES = 10_000

Path: TypeAlias = tuple[str | int, ...]

# libyaml reads the largest spec in milliseconds; the pure reader takes seconds.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DIGITS_KEPT_EXACTLY = 15
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WORDS = {
    "found character that cannot start any token": "this character cannot start a value here; "
    "put the value in quotes",
    "mapping values are not allowed in this context": "a colon does not fit here; put the text "
    "in quotes, or check the indentation",
    "found unexpected end of stream": "the file ends inside a quoted text; close the quotes",
    "could not find expected ':'": "a colon is missing after this key",
}


@dataclass(frozen=True)
class Place:
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Unquoted:
    """A value that YAML reads as something JSON has no word for, such as a date."""

    kind: str
    source: str


@dataclass
class Document:
    """What was read: the value, and for each path where key and value stand.

    Attributes:
        value: Plain Python values; mappings have text keys.
        keys: Where the key of a path stands.
        values: Where the value of a path stands.
        sources: The scalars as they are written.
        spans: Where a scalar begins and ends in the text, quotes and all, and its YAML style.
        text: The file's text.
        problems: What is wrong with the document itself.
    """

    value: object = None
    text: str = ""
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    sources: dict[Path, str] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place_of_key(self, path: Path) -> Place:
        """Return where the key of `path` stands, else where its value or its parent does."""
        return self.keys.get(path) or self.place_of_value(path)

    def place_of_value(self, path: Path) -> Place:
        """Return where the value of `path` stands, else where its nearest parent does."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))

    def place_inside(self, path: Path, mark: str, ordinal: int) -> Place:
        """Return where a mark stands inside a text, else where the text begins.

        Args:
            path: Where the text is.
            mark: What to look for, such as `{{`.
            ordinal: How many of the same stand before it in the text.
        """
        begin, end, style = self.spans.get(path, (0, 0, ""))
        if style in ("|", ">"):
            # Behind the sign may stand a comment, which is not part of the text.
            begin = self.text.find("\n", begin, end)
        found = [m.start() for m in re.finditer(re.escape(mark), self.text[begin:end])]
        # An escape in quotes can hide a mark or make one up.
        is_told = style != '"' or len(found) == self.sources[path].count(mark)
        if is_told and ordinal < len(found):
            return Place(*place_at(self.text, begin + found[ordinal]))
        return self.place_of_value(path)


def read_document(content: bytes, file: str) -> Document:
    """Read the only YAML document of a file.

    Args:
        content: The file's bytes.
        file: The file's name, for the problems.

    Returns:
        The document. Duplicate keys, unknown tags and the like stand in its `problems`.

    Raises:
        SpecError: It is not YAML, empty, or too large to be read at all.
        FileRefused: It is not UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise SpecError(Problem(file, 0, 0, f"the spec is larger than {MAX_BYTES // 1000} kB"))
    text = decode(content, file)
    document = Document(text=text)
    reader = _Reader(text, file, document)
    try:
        reader.read()
    except SpecError as error:
        raise SpecError(*_in_order([*document.problems, *error.problems])) from None
    except yaml.reader.ReaderError as error:
        problem = _character_problem(error, text, file)
        raise SpecError(*_in_order([*document.problems, problem])) from None
    except yaml.MarkedYAMLError as error:
        problem = _syntax_problem(error, text, file)
        # What the parser stumbles over in the line of an unquoted `{{` is no news.
        problem = reader.unquoted.get(problem.line, problem)
        raise SpecError(*_in_order([*document.problems, problem])) from None
    return document


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems))


def _character_problem(error: yaml.reader.ReaderError, text: str, file: str) -> Problem:
    position = error.position
    if _Loader is not yaml.SafeLoader:
        # libyaml counts the bytes of the text in UTF-8.
        position = len(text.encode()[:position].decode("utf-8", "ignore"))
    place = place_at(text, position)
    return Problem(file, *place, "a control character is not allowed; remove it")


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines() or [""]
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    indentation = re.match(r"\s*", lines[line])
    if indentation and "\t" in indentation[0] and column <= len(indentation[0]):
        return Problem(file, line + 1, column + 1, "a tab indents this line; YAML wants spaces")
    said = _WORDS.get(error.problem or "", error.problem or "it cannot be read")
    return Problem(file, line + 1, column + 1, f"this is not valid YAML: {said}")


class _Reader:
    """Builds values from the parser's events, so that nothing is ever expanded or executed."""

    def __init__(self, text: str, file: str, document: Document) -> None:
        self.lines = _LINE_END.split(text)
        self.has_tabs = "\t" in text
        self.file = file
        self.document = document
        self.resolver = yaml.resolver.Resolver()
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
        self.anchors: dict[str, tuple[object, int, str | None]] = {}
        self.unquoted: dict[int, Problem] = {}
        self.count = 0

    def problem(self, place: Place, message: str) -> None:
        self.document.problems.append(Problem(self.file, place.line, place.column, message))

    def read(self) -> None:
        documents = 0
        for event in self.events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            documents += 1
            if documents > 1:
                self.problem(
                    self.place(event), "a second document starts here; a spec is one document"
                )
                return
            first = next(self.events)
            self.document.value = self.value(first, ())
        if not documents or self.document.value is None:
            raise SpecError(Problem(self.file, 1, 1, "the spec is empty; it needs topic and goal"))

    def value(self, event: yaml.Event, path: Path) -> object:
        """Return the value that starts with `event`; its place is remembered under `path`."""
        place = self.document.values[path] = self.place(event)
        self.refuse_tab(place)
        before = self.count
        self.grow(1, place)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path, place)
        self.refuse_tag(event, place)
        if len(path) > MAX_DEPTH:
            raise SpecError(
                Problem(self.file, place.line, place.column, "this is nested too deeply")
            )
        value: object = None
        if isinstance(event, yaml.MappingStartEvent):
            value = self.mapping(path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(path)
        elif isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, path)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            source = self.document.sources.get(path)
            self.anchors[event.anchor] = (value, self.count - before, source)
        return value

    def place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        if mark is None or mark.line >= len(self.lines):
            # What is missing at the end of the file stands behind its last character.
            return Place(len(self.lines), len(self.lines[-1]) + 1)
        return Place(mark.line + 1, mark.column + 1)

    def grow(self, values: int, place: Place) -> None:
        self.count += values
        if self.count > MAX_VALUES:
            raise SpecError(
                Problem(
                    self.file,
                    place.line,
                    place.column,
                    f"the spec holds more than {MAX_VALUES} values, aliases counted in full",
                )
            )

    def alias(self, event: yaml.AliasEvent, path: Path, place: Place) -> object:
        if event.anchor not in self.anchors:
            self.problem(place, f"`*{event.anchor}` stands for nothing that was named before it")
            return None
        value, weight, source = self.anchors[event.anchor]
        self.grow(weight, place)
        if source is not None:
            self.document.sources[path] = source
        return value

    def refuse_tab(self, place: Place) -> None:
        if not self.has_tabs:
            return
        before = self.lines[place.line - 1][: place.column - 1]
        if "\t" in before[len(before.rstrip()) :]:
            self.problem(place, "a tab stands before this value; YAML wants spaces")

    def refuse_tag(self, event: yaml.Event, place: Place) -> None:
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.problem(place, f"the tag `{clip(tag)}` is unknown; a spec has no tags")

    def mapping(self, path: Path) -> object:
        result: dict[str, object] = {}
        is_expression = False
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            place = self.place(event)
            if not isinstance(event, yaml.ScalarEvent):
                is_expression = self.is_unquoted_expression(event)
                if not is_expression:
                    self.problem(place, "a key must be a text")
                self.value(event, (*path, "?"))
                self.value(next(self.events), (*path, "?"))
                continue
            self.refuse_tab(place)
            self.refuse_tag(event, place)
            key = event.value
            entry = (*path, key)
            if key in result:
                first = self.document.keys[entry]
                self.problem(place, f"`{clip(key)}` stands already in line {first.line}")
                self.value(next(self.events), (*path, "?"))
                continue
            self.refuse_characters(key, place)
            self.document.keys[entry] = place
            result[key] = self.value(next(self.events), entry)
        # It stands for a text, so nobody need be told that it is none.
        return "{ }" if is_expression else result

    def is_unquoted_expression(self, key: yaml.Event) -> bool:
        """Say whether a mapping is meant to be `{{ … }}`, and report it if so."""
        mark = key.start_mark
        if not mark or self.document.text[mark.index - 1 : mark.index + 1] != "{{":
            return False
        place = Place(mark.line + 1, mark.column)
        self.problem(
            place, "YAML reads an unquoted `{{` as a mapping; put the whole value in quotes"
        )
        self.unquoted[place.line] = self.document.problems[-1]
        return True

    def sequence(self, path: Path) -> list[object]:
        result: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            result.append(self.value(event, (*path, len(result))))
        return result

    def scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        self.document.sources[path] = event.value
        if event.start_mark and event.end_mark:
            begin, end = event.start_mark.index, event.end_mark.index
            self.document.spans[path] = (begin, end, event.style or "")
        if not event.implicit[0]:
            self.refuse_characters(event.value, self.document.values[path])
            return event.value
        tag: str = self.resolver.resolve(  # type: ignore[no-untyped-call] # PyYAML has no types here
            yaml.ScalarNode, event.value, event.implicit
        )
        return _plain(tag.rpartition(":")[2], event.value)

    def refuse_characters(self, text: str, place: Place) -> None:
        if "\0" in text:
            self.problem(place, "U+0000 stands in this text; Harmonica cannot keep it")
        if re.search("[\ud800-\udfff]", text):
            self.problem(place, "half of a surrogate pair stands in this text; it is no character")


def _plain(kind: str, source: str) -> object:
    """Return the value of an unquoted scalar, `Unquoted` where JSON has none for it."""
    if kind == "null":
        return None
    if kind == "bool":
        return source.lower() in ("yes", "true", "on")
    if kind in ("int", "float"):
        return _number(source)
    return Unquoted("a date", source) if kind == "timestamp" else source


def _number(source: str) -> object:
    # YAML 1.1 has further numbers (octal, base 60, infinity); nobody means them in a spec.
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", source) and len(source) <= _DIGITS_KEPT_EXACTLY:
        return int(source)
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+([eE][-+]?[0-9]{1,2})?", source):
        value = float(source)
        return value if math.isfinite(value) else Unquoted("a number", source)
    return Unquoted("a time of day" if ":" in source else "a number", source)
