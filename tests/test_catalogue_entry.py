"""The entry for SchemaStore's catalogue has the form that its checks ask for."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path, PurePosixPath

import pytest

from harmonica_session.inputs import DEFAULT_SPEC

ENTRY = json.loads((Path(__file__).parents[1] / ".github" / "schemastore.json").read_text("utf-8"))
SCHEMA = (files("harmonica_session") / "spec.schema.json").read_bytes()


def test_the_entry_has_the_fields_of_the_catalogue() -> None:
    """Name, description and address must be there, and nothing that is not known."""
    assert ENTRY.keys() == {"name", "description", "fileMatch", "url"}


@pytest.mark.parametrize("field", ["name", "description"])
def test_a_text_of_the_entry_passes_its_checks(field: str) -> None:
    """It does not say that it is a schema, and ends like a title."""
    # Source: SchemaStore/schemastore, cli.js, assertCatalogJsonHasNoBadFields.
    assert "schema" not in ENTRY[field].lower()
    assert not re.search(r"[,. \t-]$|\n", ENTRY[field])


def test_a_pattern_with_a_folder_matches_anywhere() -> None:
    """The catalogue takes no folder that is not below any other."""
    assert all(pattern.startswith("**/") for pattern in ENTRY["fileMatch"])


@pytest.mark.parametrize("path", [DEFAULT_SPEC, ".harmonica/sprint.yaml", "sub/.harmonica/a.yml"])
def test_a_spec_is_matched(path: str) -> None:
    """Each place that `init` writes to is one that an editor finds the schema for."""
    assert any(PurePosixPath("/", path).match(pattern) for pattern in ENTRY["fileMatch"])


@pytest.mark.parametrize("path", [".github/workflows/a.yml", ".harmonica/SESSION.md", "a.yml"])
def test_another_file_is_not_matched(path: str) -> None:
    """No editor underlines what is no spec."""
    assert not any(PurePosixPath("/", path).match(pattern) for pattern in ENTRY["fileMatch"])


def test_the_schema_is_served_under_its_own_address() -> None:
    """The file says itself where it is, over HTTPS, and begins without a byte order mark."""
    schema = json.loads(SCHEMA)
    assert schema["$id"] == ENTRY["url"]
    assert ENTRY["url"].startswith("https://")
    assert ENTRY["url"].endswith("/v1/src/harmonica_session/spec.schema.json")
    assert SCHEMA.startswith(b"{")
