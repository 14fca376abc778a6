"""Markdown as GitHub renders it, and what GitHub then looks for in the text.

It must hold no test, and use nothing of the code under test.
"""

from __future__ import annotations

import html
import re

from cmarkgfm.cmark import Options, markdown_to_html_with_extensions

_EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
# Read as GitHub reads them: where a word begins, an escape and a character without width apart.
# Sources: "Autolinked references and URLs", "Basic writing and formatting syntax"; for the last
# line, `modules/markup` and `modules/references` of Forgejo and Gitea. GitHub draws the box of a
# quotation also where the bracket is escaped.
_REFERENCE = re.compile(
    r"@\w|#\d|\bGH-\d|\b(?:GHSA|CVE)-\w|(?<![A-Za-z0-9])[0-9a-f]{7,40}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])www\.|://|:(?!\d+:)[\w+-]+:|:100:"
    r"|\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)|!\d|\[\[",
    re.IGNORECASE | re.ASCII,
)


def rendered(markdown: str) -> str:
    """Return Markdown as HTML, by GitHub's own implementation."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return str(markdown_to_html_with_extensions(markdown, options, _EXTENSIONS))


def links_in(page: str) -> list[str]:
    """Return where the links of a page lead, in order."""
    return [html.unescape(url) for url in re.findall('<a [^>]*?href="(.*?)"', page)]


def text_in(page: str) -> str:
    """Return the text of a page but for code and links, in which GitHub looks for nothing."""
    prose = re.sub("(?s)<code.*?</code>|<a .*?</a>", "", page)
    return html.unescape(re.sub("(?s)<!--.*?-->|<[^>]*>", "", prose))


def references_in(text: str) -> list[str]:
    """Return what GitHub would link in a text that is rendered, or tell somebody of."""
    return _REFERENCE.findall(text)
