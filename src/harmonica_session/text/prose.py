"""Turns a text of several lines that a stranger or a language model wrote into harmless Markdown.

This module must not know what the text is about.
"""

from __future__ import annotations

import re

from harmonica_session.text.markdown import unlinked

_LONGEST_LINE = 2_000
# What is in front of a line that Markdown gives a form to, as far as it is kept.
_LINE = re.compile(
    r"\s*(?P<mark>#{1,6}(?=\s)|[-*+\u2022](?=\s)|[0-9]{1,3}[.)](?=\s))?\s*(?P<text>.*)"
)
# The words of a link or of an image say something; where it leads is not ours to show.
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\s[^()]{0,500})?\)")
_EMPHASIS = re.compile(r"\*\*|__|`")
_RULE = re.compile(r"\s*(?:[-*_=~`]\s*){3,}[A-Za-z0-9]*\s*")
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
    for line in text.split("\n"):
        shown = _shown(line)
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


def _shown(line: str) -> str:
    if _RULE.fullmatch(line):
        return ""
    found = _LINE.fullmatch(line.replace("\r", " "))
    mark, rest = (found["mark"] or "", found["text"]) if found else ("", line)
    words = unlinked(_EMPHASIS.sub("", _LINK.sub(r"\1", rest)), _LONGEST_LINE)
    if not words:
        return ""
    if mark.startswith("#"):
        return f"**{words}**"
    if mark in ("-", "*", "+", "\u2022"):
        return f"- {words}"
    return f"{mark} {words}" if mark else f"{words}  "
