"""Finds keys and values of a spec that only look right, by the character that keeps them from it.

This module must not look at prose, in which every character is as good as any other.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harmonica_session.errors import ActionError
from harmonica_session.spec.disguised_lines import mended
from harmonica_session.spec.document import Position, written
from harmonica_session.spec.scalar import LikeANumber
from harmonica_session.spec.yaml_reader import read_document
from harmonica_session.text.lookalikes import (
    AROUND,
    advice,
    found_in,
    is_disguised,
    meant_by,
    remedy_in,
    straightened,
)
from harmonica_session.words.request import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document, Path

_MARKS = AROUND + "-"
# Whoever has more of them sees what they have in common.
_MOST_TRIED = 100
# What nobody writes for people to read; a number stands for the place in a list.
_WORDS: frozenset[tuple[str | None, ...]] = frozenset(
    {
        ("results_visibility",),
        ("questions", None, "type"),
        ("template_id",),
        ("project_id",),
        ("distribution", None, "channel"),
        ("distribution", None, "group_id"),
        ("roster", None, "email"),
        ("roster", None, "auth0Sub"),
        ("context_from", None, "previous_session", "session"),
        ("context_sources", None, "session"),
    }
)


def in_key(path: Path, document: Document, known: Iterable[str]) -> Problem | None:
    """Return what keeps an unknown key from being one of those that are known."""
    key = str(path[-1])
    if not (found := found_in(key)):
        return None
    meant = straightened(key).strip(AROUND)
    if meant in known:
        return _problem(document, document.place_of_key(path), key[found[0]], f"write `{meant}`")
    at = _at_edge(key)
    if at is None and meant.partition(":")[0].strip(AROUND) in known:
        at = _around_colon(key)
    if at is None:
        return None
    remedy = "type a space" if key[:at].endswith(("-", ":")) else ""
    return _problem(document, document.place_of_key(path), key[at], remedy)


def _around_colon(key: str) -> int | None:
    """Return where the lookalike stands that left key and value in one text.

    Within brackets a colon that is none does so, and so does one without a space behind it.
    """
    colon = next(at for at, sign in enumerate(key) if (meant_by(sign) or sign) == ":")
    return next((at for at in (colon, colon + 1) if found_in(key[at : at + 1])), None)


def _at_edge(key: str) -> int | None:
    """Return where a lookalike stands at an edge of a key that was meant to be no part of it."""
    for positions in (range(len(key)), reversed(range(len(key)))):
        for at in positions:
            if meant_by(key[at]) in ("", *_MARKS):
                return at
            if key[at] not in _MARKS:
                break
    return None


def refused_for_looks(
    paths: Iterable[Path], value: dict[str, Any], document: Document, model: type[BaseModel]
) -> set[Path]:
    """Return those of the refused values that would be accepted if they were what they look like.

    Args:
        paths: Where they stand.
        value: The spec's value.
        document: What was read.
        model: What refused them.
    """
    trial = deepcopy(value)
    looking = (path for path in paths if found_in(document.sources.get(path, "")))
    tried = set(islice(looking, _MOST_TRIED))
    for path in tried:
        _put(trial, path, _meant(path, document))
    try:
        model.model_validate(trial)
    except ValidationError as error:
        details = error.errors(include_url=False)
        tried -= {written(detail["loc"], document) for detail in details}
    return tried


def in_value(path: Path, document: Document) -> Problem:
    """Return which character keeps a value from being accepted."""
    source = document.sources[path]
    at = found_in(source)[0]
    remedy = remedy_in(source, at)
    if meant_by(source[at]) == ":" and source[at + 1 : at + 2] not in (" ", "/"):
        remedy = "type `:` and a space"
    return _problem(document, document.place_of_value(path), source[at], remedy)


def accepted_for_looks(document: Document) -> list[Problem]:
    """Find ids, other words, and questions that only look like what they were meant to be."""
    return [in_value(path, document) for path in islice(_accepted(document), _MOST_TRIED)]


def _accepted(document: Document) -> Iterator[Path]:
    for path, source in document.sources.items():
        if source.isascii() or document.is_unknown(path):
            continue
        form = tuple(part if isinstance(part, str) else None for part in path)
        is_word = form in _WORDS and is_disguised(source.strip())
        is_other = (form == ("questions", None) and _is_meant_as_question(path, document)) or (
            form[0] == "api" and _is_meant_as_plain(path, document)
        )
        if is_word or is_other:
            yield path


def _is_meant_as_plain(path: Path, document: Document) -> bool:
    """Say whether a text without quotes is a number, `true`, `false` or `null` but for its look."""
    source = document.sources[path]
    if document.spans.get(path, (0, 0, "'"))[2] or not is_disguised(source):
        return False
    match _read(f"- {straightened(source)}"):
        case [LikeANumber()]:
            return True
        case [it]:
            return not isinstance(it, (str, dict, list))
    return False


def _is_meant_as_question(path: Path, document: Document) -> bool:
    """Say whether the text of a question is a mapping but for the look of its colon."""
    key = straightened(document.sources[path]).partition(":")[0].strip(AROUND)
    return key in Question.model_fields and isinstance(_meant(path, document), dict)


def _meant(path: Path, document: Document) -> object:
    """Return the value that a scalar would be if it were what it looks like."""
    source = document.sources[path]
    meant = _read(straightened(source).strip(AROUND))
    begin, end, style = document.spans.get(path, (0, 0, "'"))
    if isinstance(meant, str) and not style:
        lines = document.text[begin:end].splitlines()
        structure = _read("\n".join(mended(line) for line in lines))
        return structure if isinstance(structure, (list, dict)) else meant
    return meant


def _read(text: str) -> object:
    try:
        return read_document(text.encode(), "").value
    except ActionError:
        return None


def _put(value: Any, path: Path, new: object) -> None:  # noqa: ANN401 - whatever YAML holds
    for part in path[:-1]:
        value = value[part]
    value[path[-1]] = new


def _problem(document: Document, start: Position, character: str, remedy: str) -> Problem:
    """Return a problem with a character of what begins at a place."""
    position = document.lines.start(start.line) + start.column - 1
    found = document.text.find(character, position)
    place = Position(*document.lines.place(found)) if found >= 0 else start
    return document.problem_at(place, advice(character, remedy))
