"""Reads the text of a file.

This module must not know what the file is for.
"""

from __future__ import annotations

from harmonica_session.errors import FileRefused, Problem


def decode(content: bytes, file: str) -> str:
    """Decode UTF-8 text, without its byte order mark.

    Args:
        content: The file's bytes.
        file: The file's name, for the problem.

    Raises:
        FileRefused: A byte is not UTF-8; the problem says where.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8-sig", "replace")) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise FileRefused(Problem(file, before.count(b"\n") + 1, column, message)) from None


def background_text(content: bytes, file: str) -> str:
    """Decode the text of a background file such as SESSION.md.

    Raises:
        FileRefused: It is not UTF-8, or holds U+0000, which Harmonica cannot keep.
    """
    text = decode(content, file)
    before, found, _ = text.partition("\0")
    if found:
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise FileRefused(Problem(file, line, column, "U+0000 stands here; remove it"))
    return text
