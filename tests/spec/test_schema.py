"""The JSON Schema of the spec, checked with a public validator against the program itself."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from harmonica_session.errors import ActionError
from harmonica_session.spec.scalar import Unquoted
from harmonica_session.spec.schema import spec_schema
from harmonica_session.spec.spec import read_spec
from harmonica_session.spec.yaml_reader import read_document

SPECS = Path(__file__).parents[1] / "specs"
SCHEMA = spec_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def value_of(path: Path) -> object:
    """Return what stands in a spec, as an editor sees it; a date is a text to it."""
    document = read_document(path.read_bytes(), path.name)
    return json.loads(json.dumps(document.value, default=_text))


def _text(value: object) -> str:
    assert isinstance(value, Unquoted)
    return value.source


def test_the_schema_is_one() -> None:
    """It is valid in its own dialect, and one that all editors know."""
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)


def test_the_schema_in_the_package_is_up_to_date() -> None:
    """`harmonica-session schema > src/harmonica_session/spec.schema.json` renews it."""
    kept = (files("harmonica_session") / "spec.schema.json").read_text("utf-8")
    assert json.loads(kept) == SCHEMA


@pytest.mark.parametrize("path", sorted(SPECS.glob("good/*.yml")), ids=lambda path: path.stem)
def test_a_good_spec_is_accepted(path: Path) -> None:
    """What the program takes, an editor does not underline."""
    assert [error.message for error in VALIDATOR.iter_errors(value_of(path))] == []


@pytest.mark.parametrize("path", sorted(SPECS.glob("bad/*.yml")), ids=lambda path: path.stem)
def test_a_spec_that_the_schema_refuses_is_refused_by_the_program(path: Path) -> None:
    """What an editor underlines, the program refuses; what YAML itself gets wrong is no matter."""
    try:
        value = value_of(path)
    except ActionError:
        return
    if not VALIDATOR.is_valid(value):
        with pytest.raises(ActionError):
            read_spec(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    "text",
    [
        "goal: x",
        "topic: x",
        "topic: ''\ngoal: x",
        "topic: '  '\ngoal: x",
        "topic: 5\ngoal: x",
        "topic: no\ngoal: x",
        "topic: x\ngoal: y\ngaol: z",
        "topic: x\ngoal: y\nquestions: Name",
        "topic: x\ngoal: y\nquestions: [5]",
        "topic: x\ngoal: y\nquestions: [{text: q, type: 5}]",
        "topic: x\ngoal: y\nquestions: [{text: q, type: Options}]",
        "topic: x\ngoal: y\nquestions: [{text: q, options: [a]}]",
        "topic: x\ngoal: y\nquestions: [{text: q, type: Options, options: []}]",
        "topic: x\ngoal: y\ncross_pollination: 'yes'",
        "topic: x\ngoal: y\nresults_visibility: [host]",
        "topic: x\ngoal: y\ndistribution: [{channel: mail, group: g}]",
        "topic: x\ngoal: y\ndistribution: [{channel: telegram}]",
        "topic: x\ngoal: y\ndistribution: [{channel: telegram, group: a, group_id: b}]",
        "topic: x\ngoal: y\nroster: [{mail: a}]",
        "topic: x\ngoal: y\nroster: [{}]",
        "topic: x\ngoal: y\nquestions: [{text: q, type: Options, options: [a, b, a]}]",
        "topic: x\ngoal: y\ntemplate: a\ntemplate_id: b",
        "topic: x\ngoal: y\nproject: a\nproject_id: b",
        "topic: x\ngoal: y\ncontext_sources: [{file: a, url: 'https://b.example'}]",
        "topic: x\ngoal: y\ncontext_sources: [{}]",
        "topic: x\ngoal: y\napi: {goal: z}",
        "topic: x\ngoal: y\napi: 5",
    ],
)
def test_a_bad_spec_is_refused(text: str) -> None:
    """Where a schema can tell, it refuses what the program refuses."""
    value = json.loads(json.dumps(read_document(text.encode(), "s.yml").value))
    assert not VALIDATOR.is_valid(value)
    with pytest.raises(ActionError):
        read_spec(text.encode(), "s.yml")


def test_every_field_is_described_with_an_example() -> None:
    """An editor has something to show for each key, and the example is a good one."""
    models = {"Spec": SCHEMA, **SCHEMA["definitions"]}
    for name, model in models.items():
        for field, form in model.get("properties", {}).items():
            assert form.get("description"), f"{name}.{field}"
            resolved = VALIDATOR.evolve(schema={**form, "definitions": SCHEMA["definitions"]})
            for example in form["examples"]:
                assert resolved.is_valid(example), f"{name}.{field}: {example}"
