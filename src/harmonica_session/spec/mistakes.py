"""Turns what the models of a spec refuse into lines that say what is wrong and what to do.

This module must not decide what is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from harmonica_session.errors import clip
from harmonica_session.spec.document import name_of, written
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.spec.template import OPEN
from harmonica_session.text.likeness import nearest
from harmonica_session.text.lookalikes import straightened

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def explain_all(
    details: Iterable[ErrorDetails],
    value: dict[str, Any],
    document: Document,
    model: type[BaseModel],
) -> list[Problem]:
    """Return validation errors as problems, one for each mistake.

    Args:
        details: The errors.
        value: What was validated.
        document: Where it stands.
        model: What it was validated by.
    """
    told = [it for it in details if not document.is_unknown(written(it["loc"], document))]
    looks = {} if document.text.isascii() else _looks(told, value, document, model)
    unknown = [written(it["loc"], document) for it in told if it["type"] == "extra_forbidden"]
    near = {path: nearest(str(path[-1]), _known(path, model)) for path in unknown}
    # A key that is misspelt is not missing on top of that.
    meant = {(*path[:-1], *name) for path, name in near.items()}
    # Nor does anything lack, as far as anybody can tell, where a line stands elsewhere than it
    # seems to, or where the whole item is something else.
    is_misplaced = any(path in looks and not name for path, name in near.items())
    odd_items = {path[:-1] for path, name in near.items() if len(path) > 1 and not name}
    return [
        looks.get(written(it["loc"], document)) or explain(it, document, model)
        for it in told
        if not _is_about_what_lacks(it)
        or not (is_misplaced or it["loc"] in meant or it["loc"][:-1] in odd_items)
    ]


def _is_about_what_lacks(detail: ErrorDetails) -> bool:
    is_about_whole = detail["type"] == "value_error" and isinstance(detail["input"], dict)
    return detail["type"] == "missing" or is_about_whole


def _looks(
    details: list[ErrorDetails], value: dict[str, Any], document: Document, model: type[BaseModel]
) -> dict[Path, Problem]:
    """Return the problems with keys and values that only look right, by their paths."""
    from harmonica_session.spec import disguises

    found: dict[Path, Problem] = {}
    refused: list[Path] = []
    inside: dict[Path, list[Path]] = {}
    for key in document.keys:
        inside.setdefault(key[:-1], []).append(key)
    for detail in details:
        path = written(detail["loc"], document)
        keys: Iterable[Path] = [path]
        if detail["type"] != "extra_forbidden":
            refused.append(path)
            # A dash or a colon that is none makes another mapping than the one that is seen.
            keys = inside.get(path, []) if path else []
        for key in keys:
            if problem := disguises.in_key(key, document, _known(key, model)):
                found.setdefault(path, problem)
    for path in disguises.refused_for_looks(refused, value, document, model):
        found[path] = disguises.in_value(path, document)
    return found


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
        hint = "a fallback: `| default('…', true)`" if OPEN in source else "a text"
        return f"{name} is blank; write {hint}"
    if kind in ("too_short", "too_long"):
        count, most = detail["ctx"]["actual_length"], detail["ctx"].get("max_length")
        return (
            f"{name} lists {count}; at most {most} are allowed"
            if count
            else f"{name} is empty; list at least one item"
        )
    wants = _wanted(kind, path, detail)
    if wants is None:
        return f"{name}: {detail['msg']}"
    if value is None:
        return f"{name} has no value; it must be {wants}"
    return f"{name} must be {wants}, but {_seen(value, source)}{_hint(detail, wants, source)}"


def _hint(detail: ErrorDetails, wants: str, source: str) -> str:
    """Say how to write what was most likely meant, where that can be told."""
    kind, value = detail["type"], detail["input"]
    if wants in ("a text", _TEXT_OR_MAPPING, "a value that JSON can represent") and source:
        return f'; put it in quotes: "{clip(source)}"'
    if wants == "a text" and isinstance(value, dict):
        return "; a text that contains a colon must be in quotes"
    if kind == "list_type" and isinstance(value, (str, dict)):
        return "; start each item with `- `"
    # A thousands separator may be a space of any width.
    digits = re.sub(r"[,_'\s]|\.0+\Z", "", straightened(source))
    if kind == "int_type" and re.fullmatch("[0-9]{1,15}", digits):
        return f"; write {digits}"
    if kind == "bool_type" and source.lower() in ("yes", "no", "on", "off", "true", "false"):
        return "; remove the quotes"
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
        "invalid-json-value": "a value that JSON can represent",
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


def _known(path: Path, model: type[BaseModel]) -> list[str]:
    """Return the keys that may stand where a path ends."""
    for parent in [part for part in path[:-1] if isinstance(part, str)]:
        if parent not in model.model_fields:
            return []
        model = _model_in(model.model_fields[parent].annotation) or model
    return list(model.model_fields)


def _nearest(path: Path, model: type[BaseModel]) -> str:
    """Name the known key that an unknown one most likely stands for."""
    known = _known(path, model)
    key = str(path[-1])
    if key.strip() in known:
        return "it has a space before or after it; remove the space"
    if key.partition(":")[0] in known:
        return "put a space after the colon"
    if near := nearest(key, known):
        return f"did you mean `{near[0]}`?"
    there_are = f"there {'are' if len(known) > 1 else 'is'} " + ", ".join(
        f"`{name}`" for name in known
    )
    if [part for part in path[:-1] if isinstance(part, str)] == ["questions"]:
        return f"put the whole question in quotes if it is one; {there_are}"
    return there_are


def _model_in(form: object) -> type[BaseModel] | None:
    """Return the model in a type such as `list[Model] | None`, None where there is none."""
    if inner := get_args(form):
        return next(filter(None, map(_model_in, inner)), None)
    return form if isinstance(form, type) and issubclass(form, BaseModel) else None
