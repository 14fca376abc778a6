"""What Harmonica takes as a context source of a session.

This module must not read a file, nor attach anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["file", "url", "session"]

# What `POST /sessions/{id}/context-sources/file` takes; a session takes 20 sources of any kind.
MAX_FILE_BYTES = 4_000_000
MOST_SOURCES = 20
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True)
class Attachment:
    """A source that is ready to be attached.

    Attributes:
        kind: What it is.
        name: A file's path, a page's address, or a session's id or join link as it was written.
        content: Of a file, empty for anything else.
    """

    kind: Kind
    name: str
    content: bytes = b""


def media_type(path: str) -> str | None:
    """Return the type of a file by its name, None when Harmonica takes no such file."""
    _, dot, ending = path.rpartition(".")
    return MEDIA_TYPES.get(f"{dot}{ending}".lower())
