"""Reads the only YAML document of a file, from the events of the parser.

This module must not know what a session spec is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from harmonica_session.errors import Problem, SpecError, clip
from harmonica_session.spec.document import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_VALUES,
    Document,
    Position,
)
from harmonica_session.spec.scalar import plain_value
from harmonica_session.text.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harmonica_session.spec.document import Path

# libyaml reads the largest spec in milliseconds; the pure reader takes seconds, but takes the
# escapes of JSON as well, of which two make one character.
_Quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HALF_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LOST_NUMBER = re.compile("[ \t]+(#[0-9]+)")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


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
    document = Document(file, text)
    reader = _Reader(document)
    try:
        reader.read()
    except SpecError as error:
        fatal = error.problems
    except yaml.reader.ReaderError as error:
        fatal = [_character_problem(error, document)]
    except yaml.MarkedYAMLError as error:
        from harmonica_session.spec.disguised_lines import disguises_in
        from harmonica_session.spec.yaml_mistakes import explain

        problem = explain(error, document)
        # What the parser stumbles over in a line that is explained already is no news.
        fatal = disguises_in(document) or [reader.explained.get(problem.line, problem)]
    else:
        return document
    raise SpecError(*sorted({*document.problems, *fatal}))


def loader(text: str) -> type[Any]:
    """Return what reads a text."""
    chosen: type[Any] = yaml.SafeLoader if _HALF_ESCAPE.search(text) else _Quick
    return chosen


def _character_problem(error: yaml.reader.ReaderError, document: Document) -> Problem:
    text, position = document.text, error.position
    if loader(text) is not yaml.SafeLoader:
        # libyaml counts the bytes of the text in UTF-8.
        position = len(text.encode()[:position].decode("utf-8", "ignore"))
    place = Position(*document.lines.place(position))
    which = text[position : position + 1]
    message = f"U+{ord(which):04X}, a control character, is here; remove it"
    return document.problem_at(place, message)


class _Anchor(NamedTuple):
    """What an alias stands for.

    Attributes:
        value: The value.
        values: How many values are in it, itself included.
        characters: How many its texts and keys have.
        source: How it is written, None for what is no scalar.
    """

    value: object
    values: int
    characters: int
    source: str | None


class _Reader:
    """Builds values from the parser's events, so that nothing is ever expanded or executed."""

    def __init__(self, document: Document) -> None:
        text = document.text
        self.document = document
        self.has_tabs = "\t" in text
        self.resolver = yaml.resolver.Resolver()
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader(text))
        self.anchors: dict[str, _Anchor] = {}
        self.explained: dict[int, Problem] = {}
        self.values = self.characters = 0

    def problem(self, place: Position, message: str) -> None:
        self.document.problems.append(self.document.problem_at(place, message))

    def unknown(self, path: Path, place: Position, message: str) -> None:
        """Report a problem that leaves open what stands under a path."""
        self.problem(place, message)
        self.document.unknown.add(path)
        self.explained.setdefault(place.line, self.document.problems[-1])

    def read(self) -> None:
        documents = 0
        for event in self.events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            documents += 1
            if documents > 1:
                self.problem(
                    self.place(event),
                    "a second document starts here; a spec must be a single document",
                )
                return
            first = next(self.events)
            self.document.value = self.value(first, ())
        if not documents or self.document.value is None:
            empty = "the spec is empty; it needs `topic` and `goal`"
            raise SpecError(self.document.problem_at(Position(1, 1), empty))

    def value(self, event: yaml.Event, path: Path) -> object:
        """Return the value that starts with `event`; its place is remembered under `path`."""
        place = self.document.values[path] = self.place(event)
        self.refuse_tab(place)
        before = self.values, self.characters
        self.grow(1, 0, place)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path, place)
        self.refuse_tag(event, place)
        if isinstance(event, yaml.ScalarEvent) and event.tag not in (None, "!"):
            self.document.unknown.add(path)
        if len(path) > MAX_DEPTH:
            raise SpecError(self.document.problem_at(place, "this is nested too deeply"))
        value: object = None
        if isinstance(event, yaml.MappingStartEvent):
            value = self.mapping(path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(path)
        elif isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, path)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self.anchors[event.anchor] = _Anchor(
                value,
                self.values - before[0],
                self.characters - before[1],
                self.document.sources.get(path),
            )
        return value

    def place(self, event: yaml.Event) -> Position:
        mark = event.start_mark
        return self.place_of(mark.index if mark else len(self.document.text))

    def place_of(self, position: int) -> Position:
        return Position(*self.document.lines.place(position))

    def grow(self, values: int, characters: int, place: Position) -> None:
        self.values += values
        self.characters += characters
        for count, most, what in (
            (self.values, MAX_VALUES, "values"),
            (self.characters, MAX_CHARACTERS, "characters"),
        ):
            if count > most:
                too_many = (
                    f"the spec contains more than {most:,} {what}, with aliases counted in full; "
                    "leave out what begins here, or use fewer aliases (`*name`)"
                )
                raise SpecError(self.document.problem_at(place, too_many))

    def alias(self, event: yaml.AliasEvent, path: Path, place: Position) -> object:
        if event.anchor not in self.anchors:
            self.unknown(
                path,
                place,
                f"`*{event.anchor}` refers to nothing defined before it; put it in quotes if it "
                "is text",
            )
            return None
        anchor = self.anchors[event.anchor]
        self.grow(anchor.values, anchor.characters, place)
        if anchor.source is not None:
            self.document.sources[path] = anchor.source
        return anchor.value

    def refuse_tab(self, place: Position) -> None:
        if not self.has_tabs:
            return
        text, line = self.document.text, self.document.lines.start(place.line)
        begin = end = line + place.column - 1
        while begin > line and text[begin - 1].isspace():
            begin -= 1
        if "\t" in text[begin:end]:
            self.problem(place, "there is a tab before this value; YAML allows only spaces")

    def refuse_tag(self, event: yaml.Event, place: Position) -> None:
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.problem(place, f"the tag `{clip(tag)}` is unknown; put it in quotes if it is text")

    def mapping(self, path: Path) -> object:
        result: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            place = self.place(event)
            if not isinstance(event, yaml.ScalarEvent):
                if not self.is_unquoted_expression(event, path):
                    self.problem(place, "a key must be a text")
                self.value(event, (*path, "?"))
                self.value(next(self.events), (*path, "?"))
                continue
            self.refuse_tab(place)
            self.refuse_tag(event, place)
            key = _joined(event.value)
            self.grow(0, len(key), place)
            entry = (*path, key)
            if key in result:
                first = self.document.keys[entry]
                self.problem(place, f"`{clip(key)}` is already defined on line {first.line}")
                self.value(next(self.events), (*path, "?"))
                continue
            self.refuse_characters(key, place)
            self.document.keys[entry] = place
            result[key] = self.value(next(self.events), entry)
        return result

    def is_unquoted_expression(self, key: yaml.Event, path: Path) -> bool:
        """Say whether a mapping is meant to be `{{ … }}`, and report it if so."""
        mark = key.start_mark
        if not mark or self.document.text[mark.index - 1 : mark.index + 1] != "{{":
            return False
        place = self.place_of(mark.index - 1)
        message = "YAML reads an unquoted `{{` as a mapping; put the whole value in quotes"
        self.unknown(path, place, message)
        return True

    def sequence(self, path: Path) -> list[object]:
        result: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            result.append(self.value(event, (*path, len(result))))
        return result

    def scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        source = self.document.sources[path] = _joined(event.value)
        self.grow(0, len(source), self.document.values[path])
        begin = end = 0
        if event.start_mark and event.end_mark:
            begin, end = event.start_mark.index, event.end_mark.index
            self.document.spans[path] = (begin, end, event.style or "")
        if not event.implicit[0]:
            if self.refuse_characters(source, self.document.values[path]):
                self.document.unknown.add(path)
            return source
        tag: str = self.resolver.resolve(  # type: ignore[no-untyped-call] # PyYAML has no types here
            yaml.ScalarNode, source, event.implicit
        )
        value = plain_value(tag.rpartition(":")[2], source)
        if value is None or isinstance(value, str):
            self.refuse_lost_number(end, path)
        return value

    def refuse_lost_number(self, end: int, path: Path) -> None:
        """Refuse what looks like the number of an issue and is a comment to YAML."""
        found = _LOST_NUMBER.match(self.document.text, end)
        if found:
            self.unknown(
                path,
                self.place_of(found.start(1)),
                f"YAML reads `{found[1]}` as a comment; put the whole text in quotes, or put a "
                "space after `#` if it is one",
            )

    def refuse_characters(self, text: str, place: Position) -> bool:
        """Report characters that no request can hold; returns whether there are any."""
        if "\0" in text:
            self.problem(place, "this text contains U+0000, which Harmonica cannot store")
        elif re.search("[\ud800-\udfff]", text):
            self.problem(
                place, "this text contains half of a surrogate pair, which is not a character"
            )
        else:
            return False
        return True


def _joined(text: str) -> str:
    """Return a text with each pair of surrogates as the character that it stands for."""
    return _PAIR.sub(lambda it: it[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
