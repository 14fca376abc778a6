"""The spelling of what users read: American, as in GitHub's own documents."""

from __future__ import annotations

import re

import pytest

from harness.messages import LAUNCHER, PACKAGE, all_texts
from harness.pages import DOCUMENTS, ROOT

BRITISH = re.compile(
    r"\b\w*(?:recognis|organis|summaris|neutralis|authoris|normalis|initialis|serialis|customis"
    r"|minimis|optimis|synchronis|apologis|behaviour|colour|favour|honour|neighbour)\w*"
    r"|\b(?:cancell(?:ed|ing)|labell(?:ed|ing)|travell(?:ed|er|ing)|modell(?:ed|ing)|licence"
    r"|catalogue|centre|grey|whilst|spelt|misspelt|learnt|half-way|judgement|artefact)\w*\b",
    re.IGNORECASE,
)
FILES = [
    *DOCUMENTS,
    "action.yml",
    ".pre-commit-hooks.yaml",
    "src/harmonica_session/spec.schema.json",
    *(
        it.relative_to(ROOT).as_posix()
        for folder in (".github", "src/harmonica_session/starters")
        for it in (ROOT / folder).rglob("*.y*ml")
    ),
    ".github/pull_request_template.md",
]


def british(text: str) -> set[str]:
    """Return the words of a text that Americans spell otherwise."""
    return {found[0].casefold() for found in BRITISH.finditer(text)}


@pytest.mark.parametrize("path", FILES)
def test_a_document_is_spelled_as_in_america(path: str) -> None:
    """GitHub's documents say "canceled" and "labeled", and so do ours."""
    assert british((ROOT / path).read_text("utf-8")) == set()


def test_the_code_says_nothing_in_british_spelling() -> None:
    """No text of a module, be it a message, a line of the log or one in a comment, does."""
    modules = [it for root in (PACKAGE, LAUNCHER) for it in root.rglob("*.py")]
    assert {it for module in modules for text in all_texts(module) for it in british(text)} == set()
