"""The form of a JSON value, read from a JSON Schema, be it pydantic's or that of an OpenAPI file.

It must not know Harmonica.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# More than one reference that leads to the next is nothing that people write.
_MOST_REFERENCES = 8
_CHOICES = ("anyOf", "oneOf", "allOf")


@dataclass
class Form:
    """What a value may be.

    Attributes:
        name: The model's, where it has one.
        types: JSON's words, empty for any; null is not among them.
        values: The texts that it may be, empty for any.
        properties: Of an object.
        required: Those of them that are always there.
        items: Of a list.
    """

    name: str = ""
    types: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    properties: dict[str, Form] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: Form | None = None


def read_form(
    schema: object, document: dict[str, Any], above: frozenset[int] = frozenset()
) -> Form:
    """Read a schema of a document, which its references lead into.

    Args:
        schema: What is read.
        document: Where it stands.
        above: The schemas that it stands in, so that one which holds itself comes to an end.
    """
    form = Form()
    parts = list(_parts(schema, document, above))
    above |= {id(part) for part in parts}
    for part in parts:
        form.name = form.name or str(part.get("title", ""))
        said = part.get("type", [])
        form.types |= {*([said] if isinstance(said, str) else said)} - {"null"}
        form.values |= {value for value in part.get("enum", ()) if isinstance(value, str)}
        form.required |= {*part.get("required", ())}
        for name, inner in part.get("properties", {}).items():
            form.properties[name] = read_form(inner, document, above)
        if "items" in part:
            form.items = read_form(part["items"], document, above)
    return form


def resolved(value: object, document: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, if it is one, and return what is there; nothing if nothing is."""
    for _ in range(_MOST_REFERENCES):
        if not isinstance(value, dict):
            return {}
        if "$ref" not in value:
            return value
        path = str(value["$ref"]).removeprefix("#/").split("/")
        value = document
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
    return {}


def _parts(
    schema: object, document: dict[str, Any], above: frozenset[int]
) -> Iterator[dict[str, Any]]:
    """Return a schema and those that it is put together from."""
    found = resolved(schema, document)
    if id(found) in above:
        return
    yield found
    for choice in _CHOICES:
        for one in found.get(choice, ()):
            yield from _parts(one, document, above | {id(found)})
