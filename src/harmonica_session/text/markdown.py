"""Turns untrusted text into Markdown that shows it and does nothing else, and back into text.

This module must not know what the text is about.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ZERO_WIDTH_SPACE = "\u200b"
_SPECIAL = re.compile(r"([\\`*_\[\]~|$#])")
# Only addresses that GitHub makes links of, up to a space or a full stop: in a host that it knows
# for none, and in all that follows, an underscore would be Markdown.
_ADDRESS = re.compile(
    r"((?<![^\s(])https?://[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*(?::[0-9]+)?"
    r"(?:[/?#][A-Za-z0-9\-._~/?#=&%+:]*[A-Za-z0-9/=]|/)?(?=[\s.,:!?)'\"]|$))"
)
# Characters that mean something only where a line begins.
_AT_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")


def plain(text: str, limit: int) -> str:
    """Return text as one line of Markdown that renders as just that text.

    It cannot mention anybody, open or close HTML, start a block, or hide a link behind words.

    Args:
        text: Any text.
        limit: Longest text in characters, counted before escaping; the rest becomes `…`.
    """
    line = shorten(visible(text), limit)
    # GitHub makes a link of a bare address, and would make an escape a part of it.
    pieces = _ADDRESS.split(line)
    pieces[::2] = [_escape(piece) for piece in pieces[::2]]
    return _AT_LINE_START.sub(_escape_start, "".join(pieces))


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    # GitHub looks for mentions in the rendered text, where an escape is gone already.
    return text.replace("@", f"@{_ZERO_WIDTH_SPACE}")


def visible(text: str) -> str:
    """Return text as one line, without control characters and without those that turn it round."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or not _is_hidden(c))
    return " ".join("".join(kept).split())


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last of them `…` where something was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def code_block(text: str, language: str = "") -> str:
    """Return text as a fenced block that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def as_text(markdown: str) -> str:
    """Return Markdown of ours as a terminal shows it; what is hidden stays hidden.

    Of what `plain` returns, that is the text which `plain` was given, in one line and shortened.
    """
    shown, position = [], 0
    for block in re.finditer(_CODE_BLOCK, markdown):
        shown += [_without_marks(markdown[position : block.start()]), block[0]]
        position = block.end()
    return "".join([*shown, _without_marks(markdown[position:])]).strip()


def _is_hidden(character: str) -> bool:
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: surrogates.
    # The joiners stay: emoji and several scripts are written with them.
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\u200c\u200d"


def _escape_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"


def _without_marks(markdown: str) -> str:
    for pattern, replacement in _MARKS:
        markdown = re.sub(pattern, replacement, markdown, flags=re.MULTILINE)
    return markdown


def _underlined(found: re.Match[str]) -> str:
    return f"{found[1]}\n{'=' * len(as_text(found[1]))}"


# In a block nothing is Markdown, see `code_block`. Not compiled: few runs ever need text.
_CODE_BLOCK = r"(?ms)^(`{3,})\w*\n.*?(?:^\1$|\Z)"
_MARKS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # A comment shows nothing; it takes its line with it.
    (r"(?s)<!--.*?(?:-->\n?|\Z)", ""),
    # A terminal has letters of one size and one weight.
    (r"</?sub>", ""),
    (r"\*\*(.+?)\*\*", r"\1"),
    # The head of our tables is blank, and what parts it from the rows is no row.
    (r"^\|(?: \||---\|)+\n?", ""),
    # An address behind words could not be followed. Where a bracket is escaped, there is no link.
    (r"\[([^\[\]\\]+)\]\(([^()\s]+)\)", r"\1: \2"),
    # The words of a link to click on stand as a small heading; a large one is a title.
    (r"^### ", ""),
    (r"^##? (.*)$", _underlined),
    # From here on, what `plain` did. CommonMark lets any punctuation of ASCII be escaped.
    (r"\\([!-/:-@\[-`{-~])", r"\1"),
    (f"@{_ZERO_WIDTH_SPACE}", "@"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    # The last one, since what it leaves may look like one of those above.
    ("&amp;", "&"),
)
