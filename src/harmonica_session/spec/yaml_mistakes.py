"""Says in plain words what a YAML parser stumbled over, where, and what to do about it.

This module must not parse anything, nor know what a session spec is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from harmonica_session.spec.document import Position
from harmonica_session.text.decoding import Lines

if TYPE_CHECKING:
    from yaml import Mark, MarkedYAMLError

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document

_Found: TypeAlias = "tuple[int, str] | None"
"""The position of what is wrong, and the words for it."""


class _Words(NamedTuple):
    """What we say where the parser says something.

    Attributes:
        said: A part of what both parsers say, libyaml and the pure one.
        at_start: Whether to point at the beginning of what was being read.
        words: What is wrong and what to do; `{sign}` is the character at that place.
    """

    said: str
    at_start: bool
    words: str


_NO_KEY = "this line has no `key: …`; add a colon and a space"
_IN_QUOTES = "a text that begins with {sign} must be in quotes"
_NO_ESCAPE = (
    "this is not a valid escape in double quotes; write the backslash twice, or use single quotes"
)
_NEXT_LINE = f"nothing may follow {{sign}} on this line; {_IN_QUOTES}"
_WORDS = (
    _Words(
        "cannot start any token",
        at_start=False,
        words="a value cannot start with {sign}; put the value in quotes",
    ),
    _Words(
        "mapping values are not allowed",
        at_start=False,
        words="a colon is not allowed here; put the text in quotes, or check the indentation",
    ),
    _Words(
        "unexpected end of stream",
        at_start=True,
        words="this quoted text never ends; add the closing quote",
    ),
    _Words(
        "could not find expected ':'",
        at_start=True,
        words=f"{_NO_KEY}, or indent the line if it continues the text above",
    ),
    _Words(
        "sequence entries are not allowed",
        at_start=False,
        words="a list must begin on a line of its own; if this is text, put it in quotes",
    ),
    _Words("unknown escape character", at_start=False, words=_NO_ESCAPE),
    _Words("decimal number", at_start=False, words=_NO_ESCAPE),
    _Words("expected alphabetic or numeric character", at_start=True, words=_IN_QUOTES),
    _Words("undefined tag handle", at_start=True, words=_IN_QUOTES),
    _Words("line break", at_start=True, words=_NEXT_LINE),
    _Words("expected chomping or indentation indicators", at_start=True, words=_NEXT_LINE),
    _Words(
        "node content",
        at_start=False,
        words="a value or a closing bracket is missing here",
    ),
    _Words(
        "<document start>",
        at_start=False,
        words="this comes after the end of the spec; check the quotes and brackets above",
    ),
)
# What both parsers say where a mapping or a list in lines of its own cannot go on.
_MISFIT = ("did not find expected key", "did not find expected '-'", "expected <block end>")
_HIDDEN_LINE_END = re.compile("[\x85\u2028\u2029]")
# Not indented, not the beginning of anything but a plain text, and without a key or a comment.
_PLAIN_LINE = re.compile(r"(?![\s#\-?'\"\[{}\],&*!|>%@`.])(?:(?!: |:$| #).)+")


def explain(error: MarkedYAMLError, document: Document) -> Problem:
    """Return what is wrong with a document that is not valid YAML.

    Args:
        error: What the parser said.
        document: What it read, as far as it came.
    """
    text = document.text
    stumble = _Stumble(
        said=error.problem or "it cannot be read",
        text=text,
        lines=Lines(text),
        at=_position(error.problem_mark or error.context_mark, text),
        start=_position(error.context_mark or error.problem_mark, text),
    )
    if invisible := stumble.hidden_line_end() or stumble.tab():
        position, words = invisible
    else:
        position, said = (
            stumble.line_without_key()
            or stumble.misfit()
            or stumble.open_bracket()
            or stumble.by_what_was_said()
        )
        words = f"this is not valid YAML: {said}"
    return document.problem_at(Position(*stumble.lines.place(position)), words)


def _position(mark: Mark | None, text: str) -> int:
    # Behind the last character of the file nobody looks.
    return min(mark.index if mark else 0, len(text.rstrip()))


@dataclass(frozen=True)
class _Stumble:
    """What a parser said, where it was, and where what it was reading begins."""

    said: str
    text: str
    lines: Lines
    at: int
    start: int

    def hidden_line_end(self) -> _Found:
        for position in (self.start, self.at):
            line = self.lines.start(self.lines.place(position)[0])
            if found := _HIDDEN_LINE_END.search(self.text, line, position):
                name = f"U+{ord(found[0]):04X}"
                return (
                    found.start(),
                    f"{name}, a line break that editors do not show, is here; remove it",
                )
        return None

    def tab(self) -> _Found:
        line = self.lines.place(self.at)[0]
        indentation = re.match(r"[ \t]*", self.lines[line])
        if indentation and "\t" in indentation[0]:
            position = self.lines.start(line) + indentation[0].index("\t")
            return position, "this line is indented with a tab; YAML allows only spaces"
        if self.text[self.at : self.at + 1] == "\t":
            return self.at, "there is a tab before this value; YAML allows only spaces"
        return None

    def line_without_key(self) -> _Found:
        """Find the line that YAML takes for the beginning of the key below it.

        Only where nothing is indented: further in, such a line may be meant as text.
        """
        key, column = self.lines.place(self.at)
        if "mapping values" not in self.said or not _PLAIN_LINE.fullmatch(
            self.lines[key], 0, column - 1
        ):
            return None
        first = key
        for line in range(key - 1, 0, -1):
            if _PLAIN_LINE.fullmatch(self.lines[line]):
                first = line
            elif self.lines[line].strip():
                break
        return (self.lines.start(first), _NO_KEY) if first < key else None

    def misfit(self) -> _Found:
        if not any(said in self.said for said in _MISFIT):
            return None
        before = self.text[self.lines.start(self.lines.place(self.at)[0]) : self.at].rstrip()
        if not before:
            words = "nothing above has the same indentation as this line; check the indentation"
        elif self.text[self.at : self.at + 1] == ",":
            words = "a value here cannot be followed by a comma; remove it"
        elif before.endswith("'"):
            words = "the quoted text ends before this; write a single quote in it twice"
        elif before.endswith('"'):
            words = 'the quoted text ends before this; write a quote in it as `\\"`'
        else:
            words = "a value has ended before this; put the whole value in quotes"
        return self.at, words

    def open_bracket(self) -> _Found:
        if "expected ',' or" not in self.said:
            return None
        # A colon belongs to a key that has become a part of what is in the brackets above.
        if self.text[self.at : self.at + 1].strip() in ("", ":"):
            sign = self.sign(self.start)
            return self.start, f"{sign} is not closed; {_IN_QUOTES.format(sign=sign)}"
        return self.at, "a comma or a closing bracket is missing before this"

    def by_what_was_said(self) -> tuple[int, str]:
        for known in _WORDS:
            if known.said in self.said:
                position = self.start if known.at_start else self.at
                return position, known.words.format(sign=self.sign(position))
        return self.at, self.said

    def sign(self, position: int) -> str:
        """Return the character at a position as a message shows it."""
        sign = self.text[position : position + 1]
        return "a backtick" if sign == "`" else f"`{sign}`"
