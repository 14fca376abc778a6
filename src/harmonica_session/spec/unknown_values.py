"""Finds values of a spec that are in no list of those known, where such a list may grow.

This module must not refuse a value: that is for Harmonica to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from harmonica_session.errors import clip
from harmonica_session.spec.document import name_of
from harmonica_session.words.request import Known, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from harmonica_session.errors import Problem
    from harmonica_session.spec.document import Path
    from harmonica_session.spec.spec import Spec


def unknown_values(spec: Spec) -> Iterator[Problem]:
    """Return a line for each value that is not known, with its place."""
    for path, value, known in _unknown(spec, ()):
        yield spec.problem_at(
            path,
            f"{name_of(path)} is `{clip(value)}`, which this version of the action does not "
            f"know; it is passed on to Harmonica unchanged. {_suggestion(value, known)}",
        )


def _unknown(model: BaseModel, path: Path) -> Iterator[tuple[Path, str, Known]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, str):
            known = _known(field)
            if known and value not in known.values:
                yield (*path, name), value, known
        for at, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, Part):
                yield from _unknown(item, (*path, name, at))


def _known(field: FieldInfo) -> Known | None:
    """Return the list of a field, be the field one that may be left out."""
    inner = (mark for part in get_args(field.annotation) for mark in _marks(part))
    return next((it for it in (*field.metadata, *inner) if isinstance(it, Known)), None)


def _marks(part: object) -> tuple[object, ...]:
    return getattr(part, "__metadata__", ())


def _suggestion(value: str, known: Known) -> str:
    from harmonica_session.text.likeness import nearest

    if near := nearest(value, known.values):
        return f"Did you mean `{near[0]}`?"
    return f"The known values are {', '.join(f'`{it}`' for it in known.values)}."
