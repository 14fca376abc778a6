"""Turns what the models of a spec refuse into lines that say what is wrong and what to do.

This module must not decide what is refused.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from harmonica_session.errors import clip
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.spec.template import OPEN

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Document, Path

_TEXT_OR_MAPPING = "a text or a mapping"
_ITEMS = {
    "questions": _TEXT_OR_MAPPING,
    "distribution": "a mapping such as `channel: telegram`",
    "roster": "a mapping such as `email: …`",
    "context_from": "the name of a source or a mapping",
    "context_sources": "a mapping such as `file: …`",
}


def explain(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    """Return a validation error as a problem with its place.

    Args:
        detail: The error.
        document: What was validated.
        model: What it was validated by.
    """
    kind = detail["type"]
    path = detail["loc"] if kind == "missing" else written(detail["loc"], document)
    name = name_of(path)
    if kind == "missing":
        return document.problem_at_value(path[:-1], f"{name} is missing; add `{path[-1]}: …`")
    if kind == "extra_forbidden":
        message = f"{name} is not a key here; {_nearest(path, model)}"
        return document.problem_at_key(path, message)
    return document.problem_at_value(path, _message(kind, name, path, detail, document))


def _message(kind: str, name: str, path: Path, detail: ErrorDetails, document: Document) -> str:
    value, source = detail["input"], document.sources.get(path, "")
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "string_too_short":
        hint = (
            "what it says then: `| default('…', true)`" if OPEN in source else "what it should say"
        )
        return f"{name} is blank; write {hint}"
    if kind == "too_short":
        return f"{name} is empty; list at least one"
    wants = _wanted(kind, path, detail)
    if wants is None:
        return f"{name}: {detail['msg']}"
    if value is None:
        return f"{name} has no value; it wants {wants}"
    return f"{name} must be {wants}, but {_seen(value, source)}{_hint(kind, wants, value, source)}"


def _hint(kind: str, wants: str, value: object, source: str) -> str:
    """Say how to write what was most likely meant, where that can be told."""
    if wants in ("a text", _TEXT_OR_MAPPING, "a value that JSON has") and source:
        return f'; put it in quotes: "{clip(source)}"'
    if wants == "a text" and isinstance(value, dict):
        return "; a text with a colon has to be in quotes"
    if kind == "list_type" and isinstance(value, (str, dict)):
        return "; begin each item with `- `"
    digits = re.sub("[,_']", "", source)
    if kind == "int_type" and re.fullmatch("[0-9]{1,15}", digits):
        return f"; write {digits}"
    if kind == "bool_type" and source.lower() in ("yes", "no", "on", "off", "true", "false"):
        return "; leave out the quotes"
    return ""


def _wanted(kind: str, path: Path, detail: ErrorDetails) -> str | None:
    """Say what should stand at a path, None for what only the validator has words for."""
    if kind == "literal_error":
        return f"one of {detail['ctx']['expected']}".replace("'", "`").replace(" or ", ", ")
    if kind.startswith("model_") and isinstance(path[-1], int):
        return _ITEMS.get(str(path[-2]), "a mapping")
    return {
        "string_type": "a text",
        "bool_type": "`true` or `false`",
        "int_type": "a whole number",
        "greater_than_equal": f"at least {detail.get('ctx', {}).get('ge')}",
        "less_than_equal": f"at most {detail.get('ctx', {}).get('le')}",
        "list_type": "a list",
        "dict_type": "a mapping",
        "model_type": "a mapping",
        "model_attributes_type": "a mapping",
        "invalid-json-value": "a value that JSON has",
    }.get(kind)


def _seen(value: object, source: str) -> str:
    """Say what YAML made of a value."""
    if isinstance(value, Unquoted):
        return f"YAML reads `{clip(source)}` as {value.kind}"
    if isinstance(value, bool):
        return f"YAML reads `{clip(source)}` as {'true' if value else 'false'}"
    if isinstance(value, (int, float)):
        return f"YAML reads `{clip(source)}` as a number"
    if isinstance(value, str):
        return f"it is the text `{clip(value)}`"
    return "it is a list" if isinstance(value, list) else "it is a mapping"


def name_of(path: Path) -> str:
    """Return a path as people write it: `questions[2].text`, items counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{clip(part)}" for part in path]
    return f"`{''.join(parts).lstrip('.')}`"


def _nearest(path: Path, model: type[BaseModel]) -> str:
    """Name the known key that an unknown one most likely stands for."""
    parents = [part for part in path[:-1] if isinstance(part, str)]
    for parent in parents:
        model = _model_in(model.model_fields[parent].annotation) or model
    known = list(model.model_fields)
    near = get_close_matches(str(path[-1]).lower().replace("-", "_"), known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    there_are = "there are " + ", ".join(f"`{name}`" for name in known)
    if parents == ["questions"]:
        return f"put the whole question in quotes if it is one; {there_are}"
    return there_are


def _model_in(form: object) -> type[BaseModel] | None:
    """Return the model in a type such as `list[Model] | None`, None where there is none."""
    if inner := get_args(form):
        return next(filter(None, map(_model_in, inner)), None)
    return form if isinstance(form, type) and issubclass(form, BaseModel) else None


def written(location: Path, document: Document) -> Path:
    """Return a validator's location without the steps that do not stand in the file."""
    path: Path = ()
    for part in location:
        if (*path, part) in document.values:
            path = (*path, part)
    return path
