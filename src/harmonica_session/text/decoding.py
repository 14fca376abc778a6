"""Reads the text of a file.

This module must not know what the file is for.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

from harmonica_session.errors import FileRefused, Problem

LINE_END = re.compile("\r\n|[\r\n]")


def decode(content: bytes, file: str) -> str:
    """Decode UTF-8 text, without its byte order mark.

    Args:
        content: The file's bytes.
        file: The file's name, for the problem.

    Raises:
        FileRefused: A byte is not UTF-8; the problem says where.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        place = place_at(before, len(before))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise FileRefused(Problem(file, *place, message)) from None


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
        raise FileRefused(Problem(file, *place, "U+0000 stands here; remove it"))
    return text
