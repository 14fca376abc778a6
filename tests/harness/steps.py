"""Counts work instead of timing it: the characters that a text is asked about, the steps of `re`.

It must not be quicker than the real thing in any way that depends on the length of the text.
"""

from __future__ import annotations

import importlib
import re
import sys
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

_IS_NEW = sys.version_info >= (3, 11)
_parser: Any = importlib.import_module("re._parser" if _IS_NEW else "sre_parse")


class CountedText(str):
    """A text that counts the characters which its searches and slices go over."""

    __slots__ = ("work",)
    work: int

    def __new__(cls, text: str) -> Self:
        """Begin at none."""
        counted = super().__new__(cls, text)
        counted.work = 0
        return counted

    def _over(self, begin: Any, found: int) -> int:  # noqa: ANN401 - as str has it
        self.work += (found if found >= 0 else len(self)) - (begin or 0)
        return found

    def find(self, sub: str, start: Any = None, end: Any = None, /) -> int:  # noqa: ANN401
        """Find, and count what lies before."""
        return self._over(start, super().find(sub, start, end))

    def index(self, sub: str, start: Any = None, end: Any = None, /) -> int:  # noqa: ANN401
        """Find, and count what lies before."""
        return self._over(start, super().index(sub, start, end))

    def rfind(self, sub: str, start: Any = None, end: Any = None, /) -> int:  # noqa: ANN401
        """Find from the end, and count the whole."""
        self.work += len(self)
        return super().rfind(sub, start, end)

    def count(self, sub: str, start: Any = None, end: Any = None, /) -> int:  # noqa: ANN401
        """Count, and count what was looked at."""
        self.work += (len(self) if end is None else end) - (start or 0)
        return super().count(sub, start, end)

    def __getitem__(self, key: SupportsIndex | slice, /) -> str:
        """Cut a piece out, and count its characters."""
        piece = super().__getitem__(key)
        self.work += len(piece)
        return piece


def steps_of(pattern: str, flags: int, text: str) -> int:
    """Return how many steps it takes to find everything that a pattern matches in a text."""
    tree = _parser.parse(pattern, flags)
    return _Search(tree.state.flags, text).all(list(tree))


class _Search:
    """A search as `re` does it: by trying, and going back to the last choice."""

    def __init__(self, flags: int, text: str) -> None:
        self.flags = flags
        self.text = text
        self.steps = 0
        self.groups: dict[int, tuple[int, int]] = {}
        self.ways: dict[str, Callable[[str, Any, int], Iterator[int]]] = {
            "MAX_REPEAT": self.repeat,
            "MIN_REPEAT": self.repeat,
            "SUBPATTERN": self.group,
            "BRANCH": self.branch,
            "ASSERT": self.look,
            "ASSERT_NOT": self.look,
            "AT": self.place,
            "GROUPREF": self.again,
        }

    def all(self, tree: list[Any]) -> int:
        at = 0
        while at <= len(self.text):
            end = next(self.sequence(tree, 0, at), None)
            at = max(at + 1, end or 0)
        return self.steps

    def sequence(self, nodes: list[Any], first: int, at: int) -> Iterator[int]:
        """Return where a match of all that follows a place in the pattern can end."""
        if first == len(nodes):
            yield at
            return
        self.steps += 1
        code, what = nodes[first]
        way = self.ways.get(str(code), self.character)
        for end in way(str(code), what, at):
            yield from self.sequence(nodes, first + 1, end)

    def repeat(self, code: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        low, high, inner = what
        if code == "MIN_REPEAT" and low <= 0:
            yield at
        if high > 0:
            for end in self.sequence(list(inner), 0, at):
                if end > at:
                    yield from self.repeat(code, (low - 1, high - 1, inner), end)
        if code == "MAX_REPEAT" and low <= 0:
            yield at

    def group(self, _: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        for end in self.sequence(list(what[3]), 0, at):
            self.groups[what[0]] = at, end
            yield end

    def branch(self, _: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        for alternative in what[1]:
            yield from self.sequence(list(alternative), 0, at)

    def look(self, code: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        direction, inner = what
        begin = at if direction > 0 else at - inner.getwidth()[0]
        found = begin >= 0 and next(self.sequence(list(inner), 0, begin), None) is not None
        if found is (code == "ASSERT"):
            yield at

    def place(self, _: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        text, where = self.text, str(what)
        before, after = text[at - 1 : at] if at else "", text[at : at + 1]
        is_multiline = bool(self.flags & re.MULTILINE)
        if "BOUNDARY" in where:
            holds = _is_word(before) != _is_word(after)
        elif "BEGINNING" in where:
            holds = not before or (is_multiline and before == "\n")
        else:
            is_last = at == len(text) - 1 and where == "AT_END"
            holds = not after or (after == "\n" and (is_multiline or is_last))
        if holds:
            yield at

    def again(self, _: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        begin, end = self.groups[what]
        if self.text.startswith(self.text[begin:end], at):
            yield at + end - begin

    def character(self, code: str, what: Any, at: int) -> Iterator[int]:  # noqa: ANN401 - a node
        if at < len(self.text) and self.holds(code, what, self.text[at]):
            yield at + 1

    def holds(self, code: str, what: Any, character: str) -> bool:  # noqa: ANN401 - a node
        if self.flags & re.IGNORECASE:
            character = character.lower()
        if code == "IN":
            is_negated = str(what[0][0]) == "NEGATE"
            members = what[1:] if is_negated else what
            return is_negated is not any(self.holds(str(c), w, character) for c, w in members)
        tests: dict[str, Callable[[], bool]] = {
            "ANY": lambda: bool(self.flags & re.DOTALL) or character != "\n",
            "LITERAL": lambda: ord(character) == what,
            "NOT_LITERAL": lambda: ord(character) != what,
            "RANGE": lambda: int(what[0]) <= ord(character) <= int(what[1]),
            "CATEGORY": lambda: _is_of(str(what), character),
        }
        return tests[code]()


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_of(category: str, character: str) -> bool:
    return _CLASSES[category.replace("NOT_", "")](character) is not ("NOT_" in category)


_CLASSES: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": _is_word,
}
