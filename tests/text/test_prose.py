"""A stranger's text of several lines: it keeps its form as far as that is harmless.

Rendered by GitHub's own implementation of its Markdown, and by another one of CommonMark.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from cmarkgfm.cmark import Options, markdown_to_html_with_extensions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harmonica_session.sandbox.harmonica.results import wild_text
from harmonica_session.text.prose import prose
from harness.steps import CountedText

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

# What a quoted text may be made of; anything else would be of its own making.
_HARMLESS = {"blockquote", "p", "br", "br /", "strong", "ul", "ol", "li", "ol start"}
_REFERENCE = re.compile(
    r"@\w|#\d|\bGH-\d|(?<![A-Za-z0-9])(?:[0-9a-f]{7,40}(?![A-Za-z0-9])|www\.)|://"
    r"|:[a-z+][\w+-]*:",
    re.IGNORECASE | re.ASCII,
)
_PIECES = [
    "# h", "- i", "* i", "1. x", "2) y", "> q", "---", "===", "--", "=", "```sh", "~~~", "    code",
    "| a | b |", "|---|---|", "[x](https://h.e)", "![i](https://h.e/i.png)", "<b>", "<!--", "-->",
    "@octo", "#1", "GH-2", "https://h.e/_a_", "www.h.e", ":tada:", "**b**", "__c__", "`d`", "\\",
    "- [ ] task", "[^1]: note", "[r]: https://h.e", "\t", " ", "  ", "\n", "\n\n", "\r\n", "\u2028",
    "\u202e", "a", "word", "1", ".", ")", "$x$", "&lt;", "</blockquote>", "::error::x",
    "\u05e9\u05dc\u05d5\u05dd", "\U0001f469\u200d\U0001f52c", "0123abc", "\x0b", "\x85",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=25).map("".join)


def rendered(markdown: str) -> str:
    """Return the page as GitHub makes it."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
    page: str = markdown_to_html_with_extensions(markdown, options, extensions)
    return page


def elements(page: str) -> set[str]:
    """Return the names of the elements of a page."""
    return set(re.findall(r"<(?:/)?([a-z0-9]+)", page))


def read(markdown: str) -> str:
    """Return the text that a reader sees, with its characters without width."""
    return html.unescape(re.sub("<.*?>", "", rendered(markdown)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello", "> Hello  "),
        ("One\nTwo", "> One  \n> Two  "),
        ("One\n\n\n\nTwo", "> One  \n>\n> Two  "),
        ("# A heading\ntext", "> **A heading**\n> text  "),
        ("- one\n* two\n+ three\n\u2022 four", "> - one\n> - two\n> - three\n> - four"),
        ("1. one\n2) two", "> 1. one\n> 2) two"),
        ("  indented\tfar", "> indented far  "),
        ("**bold** and `code`", "> bold and code  "),
        ("see [the docs](https://h.e) now", "> see the docs now  "),
        ("![a picture](https://h.e/p.png)", "> a picture  "),
        ("above\n---\nbelow", "> above  \n>\n> below  "),
        ("```python\nx\n```", "> x  "),
        ("---hello", "> \\---hello  "),
        ("#1 and #no heading", "> \\#\u200b1 and \\#no heading  "),
        ("| a | b |", "> \\| a \\| b \\|  "),
        ("- [ ] a task", "> - \\[ \\] a task"),
        ("", ""),
        ("\n \n\u200b\n", ""),
        ("a\r\nb\rc", "> a  \n> b  \n> c  "),
    ],
)
def test_a_text_keeps_the_form_that_is_harmless(text: str, shown: str) -> None:
    """Paragraphs, lists and headings are told apart; the rest is text."""
    assert prose(text, 1_000) == shown


@settings(derandomize=True, deadline=None, max_examples=1_000)
@given(_TEXTS)
@example("a\n--\nb")
@example("- a\n  ===")
@example("# \\\n# `")
@example("1. [ ] x")
def test_no_text_makes_anything_of_its_own(text: str) -> None:
    """No link, image, table, heading, task, code, or HTML, wherever GitHub sees some."""
    page = rendered(prose(text, 2_000))
    assert elements(page) <= _HARMLESS
    assert elements(rendered(f"{prose(text, 2_000)}\n\n### Ours")) <= _HARMLESS | {"h3"}


@settings(derandomize=True, deadline=None, max_examples=500)
@given(_TEXTS)
def test_no_text_refers_to_anybody(text: str) -> None:
    """GitHub looks for mentions, issues and commits in the rendered text, and finds none."""
    assert _REFERENCE.findall(read(prose(text, 2_000))) == []


@settings(derandomize=True, deadline=None, max_examples=300)
@given(_TEXTS, st.integers(40, 400))
def test_no_text_is_longer_than_it_may_be(text: str, limit: int) -> None:
    """Whatever escaping adds, and what says that it was cut."""
    assert len(prose(text, limit)) <= limit


def test_everything_stays_in_the_quotation(tokens_of: Callable[[str], list[Token]]) -> None:
    """What follows is outside of it, and none of it is a heading or a link."""
    tokens = tokens_of(f"{prose(wild_text(5_000), 50_000)}\n\n### Ours\n")
    kinds = [token.type for token in tokens]
    assert kinds.index("heading_open") > kinds.index("blockquote_close")
    assert "link_open" not in kinds


@pytest.mark.parametrize("line", ["word " * 2_000, "x" * 10_000, "- " + "item " * 2_000])
def test_a_long_paragraph_is_one_all_the_same(line: str) -> None:
    """It goes on in the next line; much of it stays where it has to be cut."""
    page = rendered(prose(line, 100_000))
    assert page.count("<p>") + page.count("<li>") == 1
    assert re.sub(r"\s", "", read(prose(line, 100_000))) == re.sub(r"\s|^-", "", line)
    cut = prose(line, 4_000)
    assert 2_500 < len(cut) <= 4_000
    assert cut.endswith("> … (cut)")


@pytest.mark.parametrize(
    "piece",
    ["- ", "---\n", "[x](", "[", "`", "* ", "--- ", "a\n", " ", "**", "#", "](", "1. ", "\n"],
)
def test_twice_the_text_takes_twice_the_work(piece: str) -> None:
    """A text of 400 kB of marks is done with before anybody has noticed."""
    text = piece * (400_000 // len(piece)) + "!"
    assert len(prose(text, 1_000)) <= 1_000
    works = [_work(piece * length + "!") for length in (200, 400)]
    assert works[1] <= 2.5 * works[0]


def _work(text: str) -> int:
    counted = CountedText(text)
    prose(counted, 10_000)
    return max(counted.work, len(text))


def test_a_wild_text_is_bounded_and_harmless() -> None:
    """200 kB of mentions, images, HTML and links: quoted to its end, or cut."""
    whole = prose(wild_text(), 1_000_000)
    assert elements(rendered(whole)) <= _HARMLESS
    assert _REFERENCE.findall(read(whole)) == []
    assert "cut" not in whole[-20:]
    assert len(prose(wild_text(), 10_000)) <= 10_000
