"""Leaves out of a description what GitHub does not show: comments, tags, link definitions and such.

What is in a code block is shown, and stays where it is certain that it is in one. Where it is not,
what looks hidden is left out: a block of code can spare it, and nothing that people did not see
reaches the facilitator. Where more than that may be lost, a mark stands in its place.

This module must not know what becomes of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

CUT = "…"
_LINE_END = re.compile(r"\r\n?|\n")
# The beginning of a line, with the marks of the quotations and lists that it stands in.
_LEAD = r"[ \t]*(?:(?:>|(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t]|$))[ \t]*)*"
_CONTENT = re.compile(f"^{_LEAD}", re.MULTILINE)
_LISTED = re.compile(r"^[ \t>]*(?:[-+*]|[0-9]{1,9}[.)]|\[\^[^\]\s]+\]:)(?=[ \t]|$)", re.MULTILINE)
_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})")
# What stands behind a fence is at most the name of a language, and is not shown.
_INFO = re.compile(rf"^{_LEAD}(?:`{{3,}}(?=[^`\n]*$)|~{{3,}})(?P<info>.*)$", re.MULTILINE)
_FENCE_ANYWHERE = re.compile(rf"^{_LEAD}(?:```|~~~)", re.MULTILINE)
# CommonMark, "Link reference definitions", wherever a line begins.
_LABEL = r"\[(?!\^|\s*\])(?:[^\[\]\\]|\\.){1,999}\]:"
_TARGET = r"(?:<(?:[^<>\n\\]|\\.)*>|[^\s<]\S*)"
_TITLE = r"(?:\"(?:[^\"\\]|\\[^\n])*\"|'(?:[^'\\]|\\[^\n])*'|\((?:[^()\\]|\\[^\n])*\))"
_DEFINITION = re.compile(
    rf"^{_LEAD}{_LABEL}[ \t]*(?:\n{_LEAD})?{_TARGET}"
    rf"(?:(?:[ \t]+|[ \t]*\n{_LEAD}){_TITLE})?[ \t]*$",
    re.MULTILINE,
)
_FOOTNOTE = re.compile(rf"^{_LEAD}\[\^([^\]\s]+)\]:", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^([^\]\s]+)\](?!:)")
_CODE = re.compile("`+[^`]*`+")
# CommonMark, "HTML blocks" and "Raw HTML"; after `<!-->` and `<!--->` nothing is open.
_TOKEN = re.compile(
    r"`+|\\[!-/:-@\[-`{-~]|<!---?>|<!--|<\?|<!\[CDATA\[|<!(?=[A-Za-z])"
    # What may hold a backtick: a tag, an address, mathematics, a cell of a table beside another.
    r"|<|://|www\.|[$|]"
)
_CLOSING = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>", "<!": ">"}
_LINK = r"(?![A-Za-z][A-Za-z0-9+.-]{1,31}:|[^\s<>@]+@)"
_MARKUP, _ELEMENT = re.compile(f"<{_LINK}[A-Za-z/!?]"), re.compile(f"<{_LINK}[A-Za-z/]")
_TAG = re.compile(
    r"</?[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][A-Za-z0-9_.:-]*"
    r"(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*\s*/?>"
)
# A browser is less strict, where HTML is not Markdown's any more.
_RAW_TAG = re.compile(rf"<{_LINK}/?[A-Za-z](?:[^>=]|=(?!\s*[\"'])|=\s*\"[^\"]*\"|=\s*'[^']*')*>")
_TAB = 4
# In these elements a blank line ends nothing.
_PREFORMATTED = re.compile(
    rf"^{_LEAD}<(?:pre|script|style|textarea)\b", re.MULTILINE | re.IGNORECASE
)
_PREFORMATTED_END = re.compile(r"</(?:pre|script|style|textarea)>", re.IGNORECASE)


def shown(markdown: str) -> str:
    """Return Markdown without what GitHub leaves out when it renders it."""
    return _Reading(_LINE_END.split(markdown)).shown()


@dataclass
class _Reading:
    """What is known of a text up to a line.

    Attributes:
        lines: The text.
        at: The line that is read next.
        awaited: What ends that which hides everything until then; empty where nothing does.
        is_listed: Whether a list was begun, so that an indented line may be in it.
        is_raw: Whether an element is open in which nothing is Markdown.
        is_behind: Whether the next line is the rest of one that was hidden.
        is_unsure: Whether it is unknown which lines are code.
        marked: The footnotes to which a mark leads, in the text and not in code.
        parts: What is shown, each with the footnote that it belongs to.
    """

    lines: list[str]
    at: int = 0
    awaited: str = ""
    is_listed: bool = False
    is_raw: bool = False
    is_behind: bool = False
    is_unsure: bool = False
    marked: set[str] = field(default_factory=set)
    parts: list[tuple[str, str]] = field(default_factory=list)

    def shown(self) -> str:
        while self.at < len(self.lines):
            if self.awaited:
                self._skip()
            elif not self.lines[self.at].strip(" \t"):
                self._add(self.lines[self.at], self.parts[-1][0] if self.parts else "")
                self.at, self.is_behind = self.at + 1, False
            elif not self._code():
                self._block()
        if self.awaited:
            self._add(CUT)
        # GitHub shows a footnote only where a mark leads to it.
        return "\n".join(part for label, part in self.parts if not label or label in self.marked)

    def _add(self, text: str, footnote: str = "") -> None:
        self.parts.append((footnote, text))

    def _skip(self) -> None:
        line = self.lines[self.at]
        _, found, rest = line.partition(self.awaited)
        self.is_unsure = self.is_unsure or _FENCE_ANYWHERE.match(line) is not None
        if found:
            self.awaited, self.lines[self.at], self.is_behind = "", rest, True
        else:
            self.at += 1

    def _code(self) -> bool:
        """Read a code block that surely is one; elsewhere than in a list, a fence is."""
        fence = _FENCE.match(self.lines[self.at])
        if not fence or self.is_behind:
            return False
        if self.is_raw or self.is_unsure or (fence[1] and self.is_listed):
            self.is_unsure = True
            return False
        end = re.compile(rf" {{0,3}}{fence[2]}{fence[2][0]}*[ \t]*")
        start, self.at = self.at, self.at + 1
        while self.at < len(self.lines) and not end.fullmatch(self.lines[self.at]):
            self.at += 1
        self.at += 1
        self._add("\n".join([fence[0], *self.lines[start + 1 : self.at]]))
        return True

    def _block(self) -> None:
        """Read up to a blank line or a fence."""
        start, self.at = self.at, self.at + 1
        while self.at < len(self.lines) and not (
            _is_blank(self.lines[self.at - 1])
            or _is_blank(self.lines[self.at])
            or _FENCE.match(self.lines[self.at])
        ):
            self.at += 1
        text = "\n".join(self.lines[start : self.at])
        self.is_listed = self.is_listed or _LISTED.search(text) is not None
        block = _Block(text, is_listed=self.is_listed, is_raw=self.is_raw or self.is_behind)
        self.is_behind = False
        if block.is_raw and self.at < len(self.lines) and _FENCE.match(self.lines[self.at]):
            self.is_unsure = True
        block.read(is_sure=not self.is_unsure)
        self.awaited = block.awaited
        opened = [found.start() for found in _PREFORMATTED.finditer(text)]
        closed = [found.start() for found in _PREFORMATTED_END.finditer(text)]
        if opened or closed:
            self.is_raw = max(opened, default=-1) > max(closed, default=-1)
        self._keep(block)
        if block.is_open:
            self._add(CUT)
            self.at = len(self.lines)

    def _keep(self, block: _Block) -> None:
        """Add what is left of a block, each footnote in it by itself."""
        label = self.parts[-1][0] if self.parts else ""
        label, position = label if block.text.startswith(("    ", "\t")) else "", 0
        for footnote in _FOOTNOTE.finditer(block.text):
            if footnote.start() > position:
                self._keep_part(block, position, footnote.start() - 1, label)
            label, position = footnote[1].casefold(), footnote.start()
        self._keep_part(block, position, len(block.text), label)

    def _keep_part(self, block: _Block, start: int, end: int, label: str) -> None:
        text = block.left(start, end)
        self._add(text, label)
        if not label and not block.is_raw:
            found = _FOOTNOTE_MARK.findall(_CODE.sub("", text))
            self.marked |= {label.casefold() for label in found}


class _Block:
    """Lines without a blank one between them, and what of them is hidden."""

    def __init__(self, text: str, *, is_listed: bool, is_raw: bool) -> None:
        """Take the lines, and whether they are in a list or in an element.

        `is_raw` says whether they may be HTML, in which no back-slash and no backtick means
        anything; `awaited` what ends in a later line that which is hidden, and `is_open` whether
        something is hidden whose end is not known.
        """
        self.text, self.is_listed, self.awaited, self.is_open = text, is_listed, "", False
        self.leads = [found.span() for found in _CONTENT.finditer(text)]
        # An element before a comment has the blank line after it for its end.
        elements = [at for at in self.leads if self._begins(at) and _ELEMENT.match(text, at[1])]
        self.first_element = -1 if is_raw else elements[0][1] if elements else len(text)
        self.is_raw = is_raw or any(
            self._begins(at) and _MARKUP.match(text, at[1]) for at in self.leads
        )
        spans = [found.span() for found in _DEFINITION.finditer(text)]
        spans += [found.span("info") for found in _INFO.finditer(text)]
        self.spans = [(*span, "") for span in spans]
        self.hidden: deque[tuple[int, int, str]] = deque()

    def _begins(self, lead: tuple[int, int]) -> bool:
        """Return whether a block may begin behind a lead: it is not indented as code is."""
        mark = self.text[slice(*lead)]
        return self.is_listed or len(mark.expandtabs(_TAB)) < _TAB or not mark.isspace()

    def left(self, start: int, end: int) -> str:
        """Return what is shown of a part, each later than the one before."""
        parts, position = [], start
        while self.hidden and self.hidden[0][0] < end:
            first, last, instead = self.hidden[0]
            parts.append(self.text[position:first] + (instead if first >= start else ""))
            position = max(position, last)
            if last > end:
                break
            self.hidden.popleft()
        return "".join([*parts, self.text[position:end]])

    def read(self, *, is_sure: bool) -> None:
        """Find what is hidden."""
        code = _Spans(self.text, may_be=is_sure and not self.is_raw)
        absent: set[str] = set()
        position = 0
        while token := _TOKEN.search(self.text, position):
            mark, position = token[0], token.end()
            if mark[0] == "`":
                position = code.end_of(token)
            elif mark[0] == "\\":
                position -= not code.may_be
            elif mark in _CLOSING:
                end = -1 if mark in absent else self._find(_CLOSING[mark], position)
                if end < 0:
                    absent.add(mark)
                if end < 0 or self._leaves(token.start(), end):
                    position = self._without_end(token)
                else:
                    position = end
                    self.spans.append((token.start(), end, ""))
            elif mark.startswith("<!-"):
                self.spans.append((*token.span(), ""))
            elif mark == "<" and _ELEMENT.match(self.text, token.start()):
                position = self._tag(token.start(), code)
            else:
                code.may_be = False
        self.hidden.extend(sorted(self.spans))

    def _tag(self, start: int, code: _Spans) -> int:
        """Hide a tag, with all that it says; return where it ends."""
        tag = (_RAW_TAG if self.is_raw else _TAG).match(self.text, start)
        if tag:
            self.spans.append((*tag.span(), ""))
            return tag.end()
        code.may_be = False
        if not self.is_raw:
            return start + 1
        self.is_open = True
        self.spans.append((start, len(self.text), ""))
        return len(self.text)

    def _find(self, closing: str, position: int) -> int:
        """Return where what hides ends; the mark of a quotation is not in the text."""
        while (found := self.text.find(closing, position)) >= 0:
            lead = self._lead(found)
            if found >= lead[1]:
                return found + len(closing)
            position = lead[1]
        return -1

    def _lead(self, position: int) -> tuple[int, int]:
        return self.leads[bisect_right(self.leads, (position, len(self.text))) - 1]

    def _is_contained(self, position: int) -> bool:
        start, end = self._lead(position)
        return end > start and (self.is_listed or not self.text[start:end].isspace())

    def _leaves(self, start: int, end: int) -> bool:
        """Return whether a line in between is outside of the quotation or list that HTML is in."""
        if not self.is_raw or not self._is_contained(start):
            return False
        at = bisect_right(self.leads, (start, len(self.text)))
        while at < len(self.leads) and self.leads[at][0] < end:
            if self.leads[at][0] == self.leads[at][1]:
                return True
            at += 1
        return False

    def _without_end(self, token: re.Match[str]) -> int:
        """Hide what has no end in the block; return from where on something may be shown again."""
        is_comment, start, end = token[0] == "<!--", token.start(), len(self.text)
        if not self.is_raw:
            # It is text, unless it is HTML after all.
            if is_comment:
                self.spans.append((start, end, CUT))
            return end if is_comment else token.end()
        is_own_block = self._lead(start)[1] == start and start < self.first_element
        if not is_own_block or self._is_contained(start):
            self.is_open = True
        elif is_comment:
            self.awaited = "-->"
        # HTML has no instructions, no CDATA, and one declaration: the first `>` ends them all.
        elif found := self.text.find(">", start) + 1:
            end = found
        else:
            self.awaited = ">"
        self.spans.append((start, end, ""))
        return end


class _Spans:
    """The code spans of a block, as far as it is certain where they are."""

    def __init__(self, text: str, *, may_be: bool) -> None:
        self.text, self.may_be = text, may_be
        self.runs: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self.runs.setdefault(len(run[0]), []).append(run.start())

    def end_of(self, opening: re.Match[str]) -> int:
        """Return where the span ends that a run of backticks opens, or the run if that is none."""
        runs = self.runs.get(len(opening[0]), [])
        following = bisect_right(runs, opening.start())
        if self.may_be and following < len(runs):
            end = runs[following]
            if "\n" not in self.text[opening.end() : end]:
                return end + len(opening[0])
        self.may_be = False
        return opening.end()


def _is_blank(line: str) -> bool:
    found = _CONTENT.match(line)
    return found is not None and found.end() == len(line)
