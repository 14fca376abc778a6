"""What is said about a value that the models refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harmonica_session.spec.mistakes import explain
from harmonica_session.spec.yaml_reader import read_document
from harmonica_session.words.request import Part, Text


class Host(Part):
    """A part that no version has words for yet."""

    email: Text


class Wider(Part):
    """A spec with a key more."""

    hosts: list[Host] | None = None


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("hosts: [ada]", "s.yml:1:9: `hosts[1]` must be a mapping, but it is the text `ada`"),
        (
            "hosts: [{emial: a, email: b}]",
            "s.yml:1:10: `hosts[1].emial` is not a key here; did you mean `email`?",
        ),
        ("hsts: []", "s.yml:1:1: `hsts` is not a key here; did you mean `hosts`?"),
    ],
)
def test_a_new_part_is_explained_by_its_model(content: str, line: str) -> None:
    """Who adds a key whose items are mappings need not say anywhere else what stands in them."""
    document = read_document(content.encode(), "s.yml")
    with pytest.raises(ValidationError) as caught:
        Wider.model_validate(document.value)
    assert [str(explain(it, document, Wider)) for it in caught.value.errors()] == [line]
