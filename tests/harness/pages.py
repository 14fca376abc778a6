"""The documents that people read: their headings, tables, links and examples.

It must hold no test, nor change a text but to leave out its place in a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
# What users read, and what else is written in Markdown for people.
GUIDES = ("README.md", *(f".github/docs/{it.name}" for it in (ROOT / ".github/docs").glob("*.md")))
DOCUMENTS = (
    *sorted(GUIDES),
    "CHANGELOG.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
    "tests/README.md",
)


@dataclass(frozen=True)
class Example:
    """A fenced block of a document.

    Attributes:
        document: Path of the document.
        line: Of its fence.
        language: What the fence says of it.
        text: What a reader copies.
    """

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Return its place, as pytest shows it."""
        return f"{self.document}:{self.line}"

    @property
    def value(self) -> Any:  # noqa: ANN401 - YAML holds anything
        """What the YAML says."""
        return yaml.safe_load(self.text)

    @property
    def kind(self) -> str:
        """What can be done with it; empty where nobody knows."""
        if self.language in ("sh", "text"):
            return {"sh": "commands", "text": "messages"}[self.language]
        value = self.value if self.language == "yaml" else ""
        if value is None:
            return "comment"
        if isinstance(value, list):
            return "steps"
        marks = {"jobs": "workflow", "topic": "spec", "with": "inputs", "repos": "hooks"}
        return next((kind for key, kind in marks.items() if key in value), "")


@cache
def text_of(document: str) -> str:
    """Return the text of a document."""
    return (ROOT / document).read_text("utf-8")


@cache
def _tokens(document: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text_of(document))


def examples(*kinds: str) -> list[Example]:
    """Return the examples of these kinds in all guides, or all examples."""
    found = [
        Example(document, token.map[0] + 1, token.info, token.content)
        for document in GUIDES
        for token in _tokens(document)
        if token.type == "fence" and token.map
    ]
    return [it for it in found if not kinds or it.kind in kinds]


def headings(document: str, *levels: str) -> list[str]:
    """Return the texts of the headings of these levels, or of all, in order."""
    tokens = _tokens(document)
    return [
        "".join(child.content for child in tokens[at + 1].children or ())
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and (not levels or token.tag in levels)
    ]


def slug(heading: str) -> str:
    """Return what GitHub makes of a heading, so that a link can lead to it."""
    # Source: the table of contents filter of GitHub's `html-pipeline`.
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(document: str) -> set[str]:
    """Return the ends of links that lead to a heading of the document."""
    found: set[str] = set()
    for heading in headings(document):
        plain, number = slug(heading), 0
        while (numbered := f"{plain}-{number}" if number else plain) in found:
            number += 1
        found.add(numbered)
    return found


def targets(document: str) -> Iterator[str]:
    """Return where the links and pictures of a document lead."""
    for token in _tokens(document):
        for child in token.children or ():
            target = child.attrs.get("href" if child.type == "link_open" else "src")
            if child.type in ("link_open", "image"):
                yield str(target)


def section(document: str, heading: str) -> str:
    """Return the text of a section of a document."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text_of(document), re.MULTILINE | re.DOTALL
    )
    assert found, f"{document} has no section {heading}"
    return found[1]


def table(document: str, heading: str) -> dict[str, str]:
    """Return the rows of a section's table: first cell, without its backticks, and the rest."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", section(document, heading), re.MULTILINE))
