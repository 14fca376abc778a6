"""Fills the texts of a spec with values: `{{ … }}` in those that people read, nowhere else.

This module must not load Jinja2 for a spec that holds no `{{`, nor know which values there are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from harmonica_session.spec.flaw import LONGEST_TEXT, Flaw, FlawedExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document, Path
    from harmonica_session.spec.values import Values

# With `LONGEST_TEXT` they keep the time small that the longest texts could take.
LONGEST_EXPRESSION = 500
MOST_EXPRESSIONS = 100
MOST_PROBLEMS = 100

OPEN = "{{"
# A quoted text inside may hold braces, as in Jinja's own grammar.
_EXPRESSION = re.compile(
    r"""\{\{((?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'"])*?)\}\}""", re.DOTALL
)
# What closes a mark is looked for apart: an expression that looked for it from each mark anew would
# go over the rest of the text as often as there are marks.
_MARK = re.compile(r"\$?\{\{|\{[%#]|\{\uff5b|\uff5b[{\uff5b]")
_BRACES = re.compile("[{\uff5b]")
# Each is parsed; in prose such braces are as good as any other character.
_MOST_TRIALS = 20
_CLOSING = {"${{": "}}", "{%": "%}", "{#": "#}"}
_TEXTS = (
    *("topic", "goal", "context", "critical", "prompt"),
    *("welcome_message", "summary_prompt", "invitation"),
)
_NEVER_KEPT = re.compile("[\0\ud800-\udfff]")


class Expression(NamedTuple):
    """What stands between `{{` and `}}`, and where."""

    offset: int
    source: str


Piece: TypeAlias = str | Expression


class Filled(NamedTuple):
    """A spec with its texts filled in.

    Attributes:
        value: The spec's value.
        problems: What is wrong with the expressions, the first `MOST_PROBLEMS` of it.
        names: The names that they use: `("pull_request", "title")`, the second part empty where a
            name is used as a whole.
    """

    value: Any
    problems: list[Problem]
    names: set[tuple[str, str]]


def fill_in(document: Document, keys: Iterable[str], values: Values | None) -> Filled:
    """Fill in the texts of a spec.

    Args:
        document: The spec as it was read.
        keys: The spec's keys; what stands under others is somebody else's problem.
        values: What to fill in; None to check the expressions only.
    """
    filling = _Filling(document, set(keys) - {"api"}, values)
    return Filled(filling.walk(document.value, ()), filling.problems, filling.names)


class _Filling:
    def __init__(self, document: Document, keys: set[str], values: Values | None) -> None:
        self.document = document
        self.keys = keys
        self.values = values
        self.problems: list[Problem] = []
        self.names: set[tuple[str, str]] = set()
        self.expressions = 0

    def walk(self, value: object, path: Path) -> object:
        # An alias shares its value, so each place gets one of its own.
        if path and path[0] not in self.keys:
            return value
        if isinstance(value, dict):
            return {key: self.walk(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.walk(item, (*path, place)) for place, item in enumerate(value)]
        return self.text(value, path) if isinstance(value, str) and _BRACES.search(value) else value

    def text(self, text: str, path: Path) -> str:
        if not _is_filled_in(path):
            if OPEN in text:
                self.report(
                    path,
                    Flaw(
                        OPEN,
                        text.index(OPEN),
                        "values are not filled in here; write the text out (`{{ … }}` works in "
                        f"{', '.join(_TEXTS)} and in the texts and options of questions)",
                    ),
                )
            return text
        pieces, flaws = _split(text)
        filled: list[str] = []
        for piece in pieces:
            if isinstance(piece, str):
                filled.append(piece)
                continue
            self.expressions += 1
            try:
                filled.append(self.evaluate(piece))
            except FlawedExpressionError as error:
                flaws.append(_flaw_of(piece, error))
                filled.append(OPEN)
        result = "".join(filled)
        if len(result) > max(LONGEST_TEXT, len(text)):
            message = (
                f"this text is longer than {LONGEST_TEXT:,} characters once filled in; use "
                "`truncate`"
            )
            flaws.append(Flaw(OPEN, text.index(OPEN), message))
        for flaw in flaws:
            self.report(path, flaw)
        return result

    def evaluate(self, expression: Expression) -> str:
        if self.expressions > MOST_EXPRESSIONS:
            if self.expressions > MOST_EXPRESSIONS + 1:
                return ""
            raise FlawedExpressionError(
                f"a spec can contain at most {MOST_EXPRESSIONS} expressions"
            )
        from harmonica_session.spec.expression import Parsed

        parsed = Parsed(expression.source)
        self.names |= parsed.names
        if self.values is None:
            return f"{OPEN}{expression.source}}}}}"
        filled = parsed.fill(self.values)
        if _NEVER_KEPT.search(filled):
            raise FlawedExpressionError("this gives a character that Harmonica cannot store")
        return filled

    def report(self, path: Path, flaw: Flaw) -> None:
        if len(self.problems) == MOST_PROBLEMS:
            return
        place = self.document.place_inside(path, flaw.mark, flaw.offset)
        self.problems.append(self.document.problem_at(place, flaw.message))


def _flaw_of(expression: Expression, error: FlawedExpressionError) -> Flaw:
    """Return what is wrong with an expression, at the character that is to blame if one is."""
    source, offset = expression.source, expression.offset + len(OPEN)
    return _disguise(source, offset, _is_parsed) or Flaw(OPEN, expression.offset, str(error))


def _disguise(text: str, offset: int, is_accepted: Callable[[str], bool]) -> Flaw | None:
    """Return the character that only looks like the one that would do, None where none does.

    Args:
        text: A part of a text.
        offset: Where it begins.
        is_accepted: Whether that part will do.
    """
    if text.isascii():
        return None
    from harmonica_session.text.lookalikes import advice, culprit

    at = culprit(text, is_accepted)
    return None if at is None else Flaw(text[at], offset + at, advice(text[at]))


def _is_parsed(source: str) -> bool:
    from harmonica_session.spec.expression import Parsed

    try:
        Parsed(source)
    except FlawedExpressionError:
        return False
    return True


def _is_filled_in(path: Path) -> bool:
    """Say whether the text at a path may hold expressions."""
    match path:
        case (str(key),):
            return key in _TEXTS
        case ("questions", int()) | ("questions", int(), "text"):
            return True
        case ("questions", int(), "options", int()):
            return True
    return False


def _split(text: str) -> tuple[list[Piece], list[Flaw]]:
    """Split a text into what stays and what is filled in, and tell what cannot be."""
    pieces: list[Piece] = []
    flaws: list[Flaw] = []
    position = 0
    for begin, end, piece in _marked(text):
        pieces.append(text[position:begin])
        position = end
        if isinstance(piece, Flaw):
            flaws.append(piece)
            # It stays, lest the text look blank on top of that.
            pieces.append(text[begin:end])
        else:
            pieces.append(piece)
    return [*pieces, text[position:]], flaws


def _marked(text: str) -> Iterator[tuple[int, int, Expression | Flaw]]:
    """Find the expressions of a text, and what looks like one."""
    position, left = 0, _MOST_TRIALS
    last = {mark: text.rfind(closing) for mark, closing in _CLOSING.items()}
    while found := _MARK.search(text, position):
        begin, mark = found.start(), found[0]
        if mark == OPEN:
            expression = _EXPRESSION.match(text, begin, begin + LONGEST_EXPRESSION + 4)
            if expression is None:
                yield begin, len(text), _open_flaw(text, begin)
                return
            position = expression.end()
            yield begin, position, Expression(begin, expression[1])
        elif not mark.isascii():
            left -= 1
            position = begin + 1
            if left >= 0 and (flaw := _brace_flaw(text, begin)):
                yield begin, len(text), flaw
                return
        elif found.end() <= last[mark]:
            position = text.index(_CLOSING[mark], found.end()) + 2
            yield begin, position, _foreign_flaw(mark, begin)
        elif mark.endswith(OPEN):
            yield begin, len(text), _foreign_flaw(mark, begin)
            return
        else:
            # Nothing closes it, so it is text.
            position = found.end()


def _brace_flaw(text: str, begin: int) -> Flaw | None:
    """Return the brace that keeps what is an expression otherwise from being one."""
    from harmonica_session.text.lookalikes import advice, found_in, straightened

    meant = _EXPRESSION.match(straightened(text[begin : begin + LONGEST_EXPRESSION + 4]))
    if meant is None or not _is_parsed(meant[1]):
        return None
    at = begin + found_in(text[begin : begin + len(OPEN)])[0]
    return Flaw(text[at], at, advice(text[at]))


def _open_flaw(text: str, begin: int) -> Flaw:
    message = (
        f"`{{{{` is not closed by `}}}}` within {LONGEST_EXPRESSION} characters; to "
        "show literal braces, write `{{ '{{' }}`"
    )
    part = text[begin : begin + LONGEST_EXPRESSION + 4]
    return _disguise(part, begin, _is_closed) or Flaw(OPEN, begin, message)


def _is_closed(text: str) -> bool:
    return _EXPRESSION.match(text) is not None


def _foreign_flaw(mark: str, begin: int) -> Flaw:
    if mark.endswith(OPEN):
        return Flaw(
            mark,
            begin,
            "`${{ … }}` is workflow syntax and has no meaning in a spec; write `{{ … }}` "
            "with the names that a spec knows, or pass the value in the input `vars`",
        )
    return Flaw(
        mark,
        begin,
        f"`{mark} … {_CLOSING[mark]}` is not supported; a spec has only expressions, `{{{{ … }}}}`",
    )
