"""What the documents say of each other: links, anchors, tables of contents."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest

from harness.pages import DOCUMENTS, GUIDES, ROOT, anchors, headings, slug, targets, text_of

MOST_WORDS = 1_800


def resolved(document: str, target: str) -> tuple[str, str]:
    """Return the file, from the root, and the anchor that a link of a document leads to."""
    path, _, anchor = target.partition("#")
    parts: list[str] = []
    for part in (PurePosixPath(document).parent / path).parts if path else document.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts), anchor


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_what_is_there(document: str) -> None:
    """Each link within the repository names a file, and a heading where it names one."""
    within = [it for it in targets(document) if not urlsplit(it).scheme]
    for target in within:
        path, anchor = resolved(document, target)
        assert (ROOT / path).exists(), target
        if anchor:
            assert anchor in anchors(path), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_others_are_encrypted(document: str) -> None:
    """A link out of the repository is an `https` address."""
    schemes = {urlsplit(it).scheme for it in targets(document)}
    assert schemes <= {"", "https"}


@pytest.mark.parametrize("document", GUIDES)
def test_a_page_of_several_sections_begins_with_their_list(document: str) -> None:
    """The list has each section, in order, and leads to it."""
    sections = [it for it in headings(document, "h2") if it != "Contents"]
    listed = re.findall(r"^- \[(.+)\]\(#(.+)\)$", text_of(document), re.MULTILINE)
    wanted = [(it.replace("`", ""), slug(it)) for it in sections]
    assert [(text.replace("`", ""), to) for text, to in listed] == (
        wanted if len(sections) > 2 else []
    )


def test_readme_is_short() -> None:
    """A stranger reads it in ten minutes, code included."""
    assert len(text_of("README.md").split()) <= MOST_WORDS


def test_readme_leads_to_every_page() -> None:
    """Nobody has to guess that a page is there."""
    assert set(targets("README.md")) >= set(GUIDES) - {"README.md"}


def test_the_picture_says_what_it_shows() -> None:
    """It is there, small enough to load, and described for whoever does not see it."""
    picture = r'<img src="(.+?)" width="\d+" alt="(.+?)">'
    [(path, described)] = re.findall(picture, text_of("README.md"))
    assert len(described.split()) > 5
    assert (ROOT / path).stat().st_size < 300_000
