"""Reads the text of a file.

This module must not know what the file is for.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

from harmonica_session.errors import FileRefused, Problem
from harmonica_session.text.stand_ins import format_of

LINE_END = re.compile("\r\n|[\r\n]")
# Those of 32 bits first: their mark begins like the one of 16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_WITHOUT_MARK = {
    "utf-32-le": "UTF-32, little-endian",
    "utf-32-be": "UTF-32, big-endian",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
}
# The first kilobytes tell what a file is; a multiple of 4, for characters of 32 bits.
_SAMPLE = 4_096
_NO_CONTROLS = re.compile("[^\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]+")
# Git's own, which may be set to be longer, and those of other tools, which part the sides in
# other ways. Each stands alone at the beginning of a line, or has a name behind it.
_CONFLICT = tuple(re.compile(rf"(?<![^\r\n]){mark}(?![^\s])") for mark in ("<{7,}", ">{7,}"))


def decode(content: bytes, file: str) -> str:
    """Decode UTF-8 text, without its byte order mark.

    Args:
        content: The file's bytes.
        file: The file's name, for the problem.

    Raises:
        FileRefused: It is no text, not UTF-8, or a merge that nobody has finished; the problem
            says where.
    """
    if kind := format_of(content):
        message = f"this is {kind}, not a text; replace it with the text itself"
        raise FileRefused(Problem(file, 0, 0, message))
    # Outside of UTF-8 a text has such a byte soon: Latin letters, spaces and line ends all do.
    if other := _other_encoding(content):
        raise FileRefused(Problem(file, 0, 0, f"the file is encoded as {other}; save it as UTF-8"))
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        place = place_at(before, len(before))
        message = f"byte 0x{content[error.start]:02x} is not valid UTF-8; save the file as UTF-8"
        raise FileRefused(Problem(file, *place, message)) from None
    _refuse_conflict(text, file)
    return text


def _other_encoding(content: bytes) -> str:
    """Return the encoding of a text in 16 or 32 bits, empty when it is none."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return name
    sample = content[:_SAMPLE]
    if b"\0" not in sample:
        return ""
    readings = {name: _plausible(sample, name) for name in _WITHOUT_MARK}
    best = max(readings, key=lambda name: readings[name])
    return f"{_WITHOUT_MARK[best]}, without a byte order mark" if readings[best] else ""


def _plausible(sample: bytes, encoding: str) -> int:
    """Return how much speaks for an encoding of 16 or 32 bits, 0 when something speaks against it.

    Bytes that are read the wrong way round are characters too, but hardly ever those of ASCII.
    """
    width = 4 if "32" in encoding else 2
    if len(sample) % width:
        return 0
    try:
        # The end of the sample may fall between two halves of a character.
        text = sample.decode(encoding, "strict" if len(sample) < _SAMPLE else "ignore")
    except UnicodeDecodeError:
        return 0
    if not _NO_CONTROLS.fullmatch(text):
        return 0
    # UTF-8 with a U+0000 in it, read as pairs, is characters of which few have a code this low.
    low = sum(character < "\u2000" for character in text)
    if 2 * low < len(text) and _is_utf_8(sample):
        return 0
    # Hardly any bytes but those of 32 bits can be read as such.
    return width * sum(character.isascii() for character in text) + width // 4


def _is_utf_8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_conflict(text: str, file: str) -> None:
    """Refuse a text in which git has left both sides of a merge."""
    opening, closing = _CONFLICT
    begin = opening.search(text)
    if begin and closing.search(text, begin.end()):
        message = (
            "an unresolved merge conflict begins here; keep what you want without the "
            "lines `<<<<<<<`, `=======` and `>>>>>>>`, or indent those lines if they are "
            "intended"
        )
        raise FileRefused(Problem(file, *place_at(text, begin.start()), message))


def lines_of(text: str) -> list[str]:
    """Return the lines of a list that a user wrote, trimmed, without the empty ones.

    They end where a user's editor ends them: whoever writes a part of a line can end it neither
    with U+2028 nor with any other character that `str.splitlines` knows.
    """
    return [line for line in map(str.strip, re.split("\r?\n", text)) if line]


class Lines:
    """The lines of a text as editors and GitHub count them, both lines and columns from 1.

    YAML and `str.splitlines` know further line ends, such as U+2028, which nobody sees.
    """

    def __init__(self, text: str) -> None:
        """Take the text."""
        self._text = text
        self._starts = [0, *(found.end() for found in LINE_END.finditer(text))]

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column of a position in the text."""
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    @property
    def count(self) -> int:
        """How many lines there are; behind the last line end is one more."""
        return len(self._starts)

    def start(self, line: int) -> int:
        """Return the position at which a line begins."""
        return self._starts[line - 1]

    def __getitem__(self, line: int) -> str:
        """Return a line without its end."""
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[self._starts[line - 1] : end].rstrip("\r\n")


def place_at(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position in a text, both counted from 1."""
    return Lines(text).place(position)


def background_text(content: bytes, file: str) -> str:
    """Decode the text of a background file such as SESSION.md.

    Raises:
        FileRefused: It is not UTF-8, or holds U+0000, which Harmonica cannot keep.
    """
    text = decode(content, file)
    if "\0" in text:
        place = place_at(text, text.index("\0"))
        raise FileRefused(Problem(file, *place, "U+0000 is here; remove it"))
    return text
