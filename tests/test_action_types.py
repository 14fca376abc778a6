"""The types in action-types.yml are those that the code reads, in the form that is published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import yaml
from jsonschema import validate

from harmonica_session.inputs import Inputs
from harmonica_session.session.plan import Status

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
TYPES: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "action-types.yml").read_text("utf-8"))
_PRIMITIVE = {"type": {"enum": ["string", "boolean", "integer", "float"]}}
_ENUM = {
    "type": {"const": "enum"},
    "allowed-values": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}
_LIST = {
    "type": {"const": "list"},
    "separator": {"type": "string", "minLength": 1},
    "list-item": {"$ref": "#/definitions/item"},
}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


# Source: typesafegithub/github-actions-typing, README.md.
FORM = {
    "type": "object",
    "properties": {
        kind: {
            "type": "object",
            "additionalProperties": {
                "anyOf": [{"$ref": "#/definitions/item"}, _closed(_LIST)],
            },
        }
        for kind in ("inputs", "outputs")
    },
    "required": ["inputs", "outputs"],
    "additionalProperties": False,
    "definitions": {"item": {"anyOf": [_closed(_PRIMITIVE), _closed(_ENUM)]}},
}
# Those of Inputs that are called otherwise there.
FIELDS = {"vars": "variables"}
HINTS = get_type_hints(Inputs, localns={"Mapping": Mapping})


def test_the_form_is_the_published_one() -> None:
    """A tool that reads the types understands all of them."""
    validate(TYPES, FORM)


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_each_name_of_the_action_has_a_type(kind: str) -> None:
    """The names are those of action.yml, in the same order."""
    assert list(TYPES[kind]) == list(ACTION[kind])


@pytest.mark.parametrize("name", [name for name in ACTION["inputs"] if name != "python-path"])
def test_an_input_has_the_type_that_the_code_reads(name: str) -> None:
    """A choice has the code's values in any order, a number is whole, and a switch is a switch."""
    said = TYPES["inputs"][name]
    hint = HINTS[FIELDS.get(name, name.replace("-", "_"))]
    if get_origin(hint) is Literal:
        assert {*said["allowed-values"]} == {*get_args(hint)}
    elif hint is bool:
        assert said == {"type": "boolean"}
    elif {int, float} & {hint, *get_args(hint)}:
        assert said == {"type": "integer"}
    elif get_origin(hint) is tuple:
        assert said["type"] == "list"
    else:
        assert said["type"] in ("string", "list")


def test_the_status_has_the_values_that_are_described() -> None:
    """Whoever compares the output with a word finds it among them."""
    words = set(TYPES["outputs"]["status"]["allowed-values"])
    assert words <= {*re.findall(r"\w+", ACTION["outputs"]["status"]["description"])}
    assert words >= {*get_args(Status)}
