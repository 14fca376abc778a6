"""Reads the text of a file.

This module must not know what the file is for.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from harmonica_session.errors import FileRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_API_KEY = r"hm_live_[0-9a-fA-F]{32}"


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


def place_at(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position in a text, both counted from 1."""
    line_start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, position) + 1, position - line_start + 1


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


def refuse_secrets(text: str, file: str, secrets: Iterable[str]) -> None:
    """Refuse a text that would carry a key out of the repository.

    Args:
        text: The text.
        file: The file's name, for the problem.
        secrets: The secrets of this run, beside everything that has the form of a Harmonica key.

    Raises:
        FileRefused: A secret stands in it; the problem says where, not what.
    """
    known = [re.escape(secret) for secret in secrets]
    found = re.search("|".join([_API_KEY, *known]), text)
    if not found:
        return
    message = "an API key or token stands here; remove it, and revoke it if it was ever pushed"
    raise FileRefused(Problem(file, *place_at(text, found.start()), message))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return a text that others wrote with its secrets blotted out.

    Args:
        text: The text.
        secrets: The secrets of this run, beside everything that has the form of a Harmonica key.
    """
    known = [re.escape(secret) for secret in secrets]
    return re.sub("|".join([_API_KEY, *known]), "***", text)
