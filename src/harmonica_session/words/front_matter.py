"""The front matter of a SESSION.md that we wrote: whose brief it is, and of when.

This module must not know where the file is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = "# Written by the Harmonica session action; later runs read it and send none of it."
_BLOCK = re.compile(
    rf"\A(?:\ufeff)?---\r?\n{re.escape(_MARK)}\r?\n"
    r"(?P<lines>(?:[a-z_]+: [^\r\n]*\r?\n)*)---\r?\n(?:\r?\n)?"
)


class FrontMatter(NamedTuple):
    """What stands above a brief.

    Attributes:
        session_id: Whose brief it is.
        join_url: The session's link.
        created_at: When the session was created, in ISO 8601.
        open_until: When its round ended, in ISO 8601; empty for no end.
    """

    session_id: str
    join_url: str
    created_at: str
    open_until: str

    def above(self, text: str) -> str:
        """Return a brief with this above it."""
        lines = "".join(f"{name}: {value}\n" for name, value in self._asdict().items())
        return f"---\n{_MARK}\n{lines}---\n\n{text.strip()}\n"


def front_matter_of(text: str) -> FrontMatter | None:
    """Return the front matter of a file, None where it has none of ours."""
    found = _BLOCK.match(text)
    if not found:
        return None
    lines = found["lines"].replace("\r", "").split("\n")
    values = dict(line.split(": ", 1) for line in lines if line)
    try:
        return FrontMatter(**values)
    except TypeError:
        return None


def without_front_matter(text: str) -> str:
    """Return a text without front matter of ours; anybody else's stays."""
    return _BLOCK.sub("", text, count=1)
