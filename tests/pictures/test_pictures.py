"""Each case of the pictures can be shown, and what it shows is harmless."""

from __future__ import annotations

import re

import pytest

from harmonica_session.announcement.trust import HOMEPAGE
from harness.rendered import links_in, references_in, rendered, text_in
from pictures.cases import NAMES, case
from pictures.page import page

_OURS = re.compile(r"http://127\.0\.0\.1:\d+/(chat\?s=|github/octo/garden/)")


@pytest.mark.parametrize("name", NAMES)
def test_a_case_shows_links_of_ours_alone(name: str) -> None:
    """What real runs have written, whatever strangers wrote into it."""
    it = case(name)
    for shown in (it.comment, it.summary):
        links = links_in(rendered(shown))
        assert [url for url in links if url != HOMEPAGE and not _OURS.match(url)] == []
    text = text_in(rendered(it.comment))
    # The number of an action's issue is ours, and a link.
    assert [it for it in references_in(text) if it != "#8"] == []


def test_a_page_shows_both_in_the_dark_too() -> None:
    """The theme is the page's; a document that there is not leaves no box."""
    shown = page(("comment", "# a"), ("job summary", ""), is_dark=True)
    assert '<html class="dark">' in shown
    assert shown.count('class="box"') == 1
    assert '<h1 dir="auto">a</h1>' in shown
