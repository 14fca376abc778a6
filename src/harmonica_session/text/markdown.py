"""Turns untrusted text into Markdown that shows it and does nothing else.

This module must not know what the text is about.
"""

from __future__ import annotations

import re
import unicodedata

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


def _is_hidden(character: str) -> bool:
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: surrogates.
    # The joiners stay: emoji and several scripts are written with them.
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\u200c\u200d"


def _escape_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"
