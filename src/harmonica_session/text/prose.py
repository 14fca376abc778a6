"""Turns a text of several lines that a stranger or a language model wrote into harmless Markdown.

This module must not know what the text is about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harmonica_session.text.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

# A longer paragraph goes on in the next line, so that much of it may stay where it has to be cut.
_LONGEST_LINE = 1_000
# What is in front of a line that Markdown gives a form to, as far as it is kept. Lines have single
# spaces by then.
_LINE = re.compile(r"(?P<mark>#{1,6}(?= )|[-*+\u2022](?= )|[0-9]{1,3}[.)](?= ))? ?(?P<text>.*)")
# The words of a link or of an image say something; where it leads is not ours to show.
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\s[^()]{0,500})?\)")
_EMPHASIS = re.compile(r"\*\*|__|`")
# A line across the page, one below a heading, one around code.
_RULE = re.compile(r"(?:[-*_=] ?){3,}|(?:`{3,}|~{3,}) ?[A-Za-z0-9]*")
_BULLETS = ("-", "*", "+", "\u2022")
_CUT = "… (cut)"


def prose(text: str, limit: int) -> str:
    """Return a text as quoted Markdown: paragraphs, lists and bold lines for headings.

    It cannot mention, refer to or link anything, nor hold HTML, images, tables or headings.

    Args:
        text: Any text.
        limit: Longest Markdown in characters; it ends at a line, and says that it was cut.
    """
    lines: list[str] = []
    room = limit - len(_CUT) - 4
    for shown in _lines(text):
        if not shown and (not lines or lines[-1] == ">"):
            continue
        quoted = f"> {shown}" if shown else ">"
        room -= len(quoted) + 1
        if room < 0:
            return "\n".join([*lines, ">", f"> {_CUT}"] if lines else [f"> {_CUT}"])
        lines.append(quoted)
    while lines and lines[-1] == ">":
        lines.pop()
    return "\n".join(lines)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = " ".join(line.split())
        if _RULE.fullmatch(words):
            yield ""
            continue
        found = _LINE.fullmatch(words)
        mark, rest = (found["mark"] or "", found["text"]) if found else ("", words)
        yield from _shown(mark, _EMPHASIS.sub("", _LINK.sub(r"\1", rest)))


def _shown(mark: str, words: str) -> Iterator[str]:
    """Return a line as Markdown, a long one in several, which are one paragraph all the same."""
    parts = [part for piece in _pieces(words) if (part := plain(piece, _LONGEST_LINE))]
    if not parts:
        yield ""
        return
    if mark.startswith("#"):
        yield from (f"**{part}**" for part in parts)
        return
    kept = "-" if mark in _BULLETS else mark
    yield f"{kept} {parts[0]}" if kept else parts[0] + ("  " if len(parts) == 1 else "")
    yield from parts[1:]


def _pieces(words: str) -> Iterator[str]:
    start = 0
    while len(words) - start > _LONGEST_LINE:
        end = words.rfind(" ", start, start + _LONGEST_LINE)
        end = end if end > start else start + _LONGEST_LINE
        yield words[start:end]
        start = end
    yield words[start:]
