"""Turns untrusted text into Markdown that shows it and does nothing else, and back into text.

This module must not know what the text is about.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from harmonica_session.text.addresses import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

ZERO_WIDTH_SPACE = "\u200b"
# What stands between these two has a direction of its own, and gives none to what is around it.
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
# A text of many short lines would push what is ours out of sight.
_MOST_LINES = 20
# Of what there is room for.
_LEAST_KEPT = 0.7
_SPECIAL = re.compile(r"([\\`*_\[\]~|$#])")
# An address up to where somebody would end it or further.
_RUN = re.compile(r"(?<![A-Za-z0-9])https?://[^\s<>]+", re.ASCII | re.IGNORECASE)
# A run that is an address with nothing odd in it, and the punctuation behind it.
_ADDRESS = re.compile(
    r"(https?://[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*(?::[0-9]+)?"
    r"(?:[/?#][A-Za-z0-9\-._~/?#=&%+:]*[A-Za-z0-9/=]|/)?)[.,:;!?)'\"\]}*_~]*",
    re.ASCII | re.IGNORECASE,
)
# In front of code that the text had no back-ticks around; it is not drawn.
_OUR_CODE = "\u2060"
# What GitHub goes by where it looks at the rendered text, in which an escape is gone already.
# Sources: "Autolinked references and URLs", "Basic writing and formatting syntax", and GitHub
# Flavored Markdown, section 6.9; for Forgejo and Gitea, `modules/markup/html.go` and
# `modules/references`. A word that only looks like one of these reads the same.
_SIGN = re.compile(
    # Somebody, a team, a commit of a repository, an address of mail.
    r"@"
    # An issue, here or elsewhere, a pull request of Forgejo's; an advisory.
    r"|[#!](?=[0-9])|(?<![A-Za-z0-9])(?:GH|GHSA|CVE)-(?=[A-Za-z0-9])"
    # An address that is not given as one.
    r"|:(?=//)|(?<![A-Za-z0-9])www(?=\.)"
    # A quotation as a coloured box, which an escape does not prevent; a short link of Forgejo's.
    r"|\[(?=[!\[])"
    # An emoji.
    r"|:(?=(?:[0-9_+-]*[a-z][a-z0-9_+-]*|[+-]1|100|1234):)",
    re.ASCII | re.IGNORECASE,
)
# The hash of a commit, or its beginning; no shorter one is taken for it. The id of a session stays
# whole, so that it can be copied: no commit is named so.
_HASH = re.compile(
    rf"(?<![A-Za-z0-9-])(?P<id>{UUID})(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9])[0-9a-f]{7,}(?![A-Za-z0-9])",
    re.ASCII | re.IGNORECASE,
)
_NO_HASH = re.compile(r"[0-9A-Fa-f]{6}(?=.)")
# Unicode's property Default_Ignorable_Code_Point: whoever has no shape for such a character draws
# nothing. Source: DerivedCoreProperties.txt of Unicode 18.0.
DEFAULT_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
# Emoji and several scripts are written with these two, and with them alone another text is meant.
# Without the rest of the property, only the choice between two shapes of one character is lost.
_JOINERS = "\u200c\u200d"
_UNDRAWN = re.compile(f"(?![{_JOINERS}])[{DEFAULT_IGNORABLE}]")
# One is enough: a row of them could say something that nobody sees.
_JOINER = re.compile(f"([{_JOINERS}])[{_JOINERS}]*")
# What a sentence of ours puts between back-ticks; several in a row are somebody else's text.
_CODE_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
# Characters that mean something only where a line begins; `:-:` there makes a table of the line
# above.
_AT_LINE_START = re.compile(r"^(\s*)([-+=:]|\d+(?=[.)]))")


def plain(text: str, limit: int) -> str:
    """Return text as one line of Markdown that renders as just that text.

    It cannot mention, refer or lead to anybody or anything, open or close HTML, or start a block.

    Args:
        text: Any text.
        limit: Longest text in characters, counted before escaping; the rest becomes `…`.
    """
    return _AT_LINE_START.sub(_escape_start, _escape(shorten(visible(text), limit)))


def inline(text: str, limit: int) -> str:
    """Return what `plain` does, for a place within a line of ours, which keeps its direction."""
    line = plain(text, limit)
    return f"{_ISOLATE}{line}{_END_OF_ISOLATE}" if runs_from_right(line) else line


def plain_lines(text: str, limit: int) -> list[str]:
    """Return what `plain` does, a line for each line of the text that shows something.

    Args:
        text: Any text.
        limit: Longest text in characters, of all lines together; the rest becomes `…`.
    """
    written = [line for one in text.splitlines() if (line := visible(one))]
    lines: list[str] = []
    for line in written[:_MOST_LINES]:
        lines.append(plain(line, limit))
        limit -= len(line) + 1
        if limit < 1:
            return lines
    return [*lines, "…"] if len(written) > _MOST_LINES else lines


def sentence(text: str, limit: int) -> str:
    """Return a sentence of ours as `plain` does, but for what it has between back-ticks: code.

    An address is code as well, so that it can be copied as it is, and that what the sentence quotes
    leads nobody anywhere.

    Args:
        text: A sentence, which may quote any text.
        limit: As in `plain`.
    """
    # In code nothing is Markdown, and GitHub neither mentions nor refers to anything.
    parts = _CODE_SPAN.split(shorten(visible(text), limit))
    shown = (f"`{part}`" if at % 2 else _with_code(part) for at, part in enumerate(parts))
    return _AT_LINE_START.sub(_escape_start, "".join(shown))


def code(text: str, limit: int) -> str:
    """Return text as code within a line, whatever stands in it.

    Args:
        text: Any text.
        limit: Longest text in characters; the rest becomes `…`.
    """
    line = shorten(visible(text), limit)
    fence = _fence(line, 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def in_title(text: str, limit: int) -> str:
    """Return text for a title, in which nothing is Markdown, and which refers to nothing either.

    Args:
        text: Any text.
        limit: Longest title in characters, those counted that nobody sees.
    """
    line, room = visible(text), limit
    while len(title := _without_signs(shorten(line, room))) > limit:
        # A character comes to two at the most.
        room -= (len(title) - limit + 1) // 2
    return title


def link(words: str, url: str) -> str:
    """Return a link of ours.

    Args:
        words: Markdown.
        url: An address that was checked to hold nothing that ends a link; an entity it may hold.
    """
    return f"[{words}]({url.replace('&', '&amp;')})"


def runs_from_right(text: str) -> bool:
    """Say whether a text holds letters of a script that is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def _with_code(line: str) -> str:
    parts, position = [], 0
    for run in _RUN.finditer(line):
        if found := _ADDRESS.fullmatch(run[0]):
            parts += [_escape(line[position : run.start()]), f"{_OUR_CODE}`{found[1]}`"]
            position = run.start() + len(found[1])
    return "".join([*parts, _escape(line[position:])])


def _without_signs(text: str) -> str:
    return _HASH.sub(_in_parts, _SIGN.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text))


def _escape(text: str) -> str:
    text = _without_signs(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)


def _in_parts(found: re.Match[str]) -> str:
    return found["id"] or _NO_HASH.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", found[0])


def visible(text: str) -> str:
    """Return text as one line, without characters that show nothing or turn it round.

    A text of nothing else is empty.
    """
    drawn = _UNDRAWN.sub("", text)
    kept = (" " if c.isspace() else c for c in drawn if c.isspace() or not _is_hidden(c))
    return " ".join(_JOINER.sub(_one_where_it_joins, "".join(kept)).split())


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last of them `…` where something was cut.

    It is cut between words, unless too little is left of it then: some scripts part no words.
    """
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if not text[limit - 1].isspace():
        between = max(kept.rfind(" "), kept.rfind("\n"))
        kept = kept[:between] if between >= len(kept) * _LEAST_KEPT else kept
    return f"{kept.rstrip()}…"


def code_block(text: str, language: str = "") -> str:
    """Return text as a fenced block that nothing in it can close."""
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def as_text(markdown: str) -> str:
    """Return Markdown of ours as a terminal shows it; what is hidden stays hidden.

    Of what `plain` and `sentence` return, that is the text which they were given, in one line and
    shortened.
    """
    shown, position = [], 0
    for found in re.finditer(_CODE, markdown):
        if found["code"]:
            before = _without_marks(markdown[position : found.start()])
            shown += [before, found["address"] or found[0]]
            position = found.end()
    return "".join([*shown, _without_marks(markdown[position:])]).strip()


def _is_hidden(character: str) -> bool:
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: surrogates.
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in _JOINERS


def _one_where_it_joins(found: re.Match[str]) -> str:
    line, start, end = found.string, found.start(), found.end()
    return found[1] if _joins(line[start - 1 : start]) and _joins(line[end : end + 1]) else ""


def _joins(neighbour: str) -> bool:
    # Emoji, and scripts whose letters change shape beside each other; none begins before Arabic.
    return neighbour >= "\u0600" and unicodedata.category(neighbour)[0] in "LMS"


def _escape_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"


def _without_marks(markdown: str) -> str:
    for pattern, replacement in _MARKS:
        markdown = re.sub(pattern, replacement, markdown, flags=re.MULTILINE)
    return markdown


def _underlined(found: re.Match[str]) -> str:
    return f"{found[1]}\n{'=' * len(as_text(found[1]))}"


def _not_escaped(found: re.Match[str]) -> str:
    return found[1] or found[2] or {"lt": "<", "gt": ">", "amp": "&"}.get(found[3], "")


# In code nothing is Markdown, see `code_block` and `sentence`; what is escaped begins none. Not
# compiled: few runs ever need text.
_CODE = (
    r"(?ms)\\[!-/:-@\[-`{-~]|"
    r"(?P<code>^(?P<fence>`{3,})\w*\n.*?(?:^(?P=fence)$|\Z)"
    rf"|{_OUR_CODE}`(?P<address>[^`\n]+)`|(?<!`)`[^`\n]+`(?!`))"
)
_MARKS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # A comment shows nothing; it takes its line with it.
    (r"(?s)<!--.*?(?:-->\n?|\Z)", ""),
    # A terminal has letters of one size and one weight.
    (r"</?sub>", ""),
    (r"\*\*(.+?)\*\*", r"\1"),
    # An address behind words could not be followed. Where a bracket is escaped, there is no link.
    (r"(?<!\\)\[((?:[^\[\]\\]|\\.)+)\]\(([^()\s]+)\)", r"\1: \2"),
    # The words of a link to click on stand as a small heading; a large one is a title.
    (r"^### ", ""),
    (r"^##? (.*)$", _underlined),
    # What `plain` did, in one go, for what one of them leaves may look like another. CommonMark
    # lets any punctuation of ASCII be escaped.
    (
        rf"\\([!-/:-@\[-`{{-~])|<(https?:[^\s<>]+)>|&(lt|gt|amp);|[{ZERO_WIDTH_SPACE}{_ISOLATE}{_END_OF_ISOLATE}]",
        _not_escaped,
    ),
)
