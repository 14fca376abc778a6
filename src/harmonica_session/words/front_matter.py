"""The front matter of a SESSION.md that we wrote: whose brief it is, and of when.

This module must not know where the file is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = "# Written by the Harmonica session action; later runs read it and send none of it."


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
        named = ((name, " ".join(value.split())) for name, value in self._asdict().items())
        lines = "".join(f"{name}: {value}".rstrip() + "\n" for name, value in named)
        return f"---\n{_MARK}\n{lines}---\n\n{text.strip()}\n"


# Editors may change line ends, and take away what is blank at the end of a line.
_END = r"[ \t]*\r?\n"
_BLOCK = re.compile(
    rf"\A\ufeff?---{_END}{re.escape(_MARK)}{_END}"
    + "".join(rf"{name}:(?:[ \t]+(?P<{name}>\S[^\r\n]*))?{_END}" for name in FrontMatter._fields)
    + rf"---{_END}(?:{_END})?"
)


def front_matter_of(text: str) -> FrontMatter | None:
    """Return the front matter of a file, None where it has none of ours."""
    found = _BLOCK.match(text)
    if not found:
        return None
    return FrontMatter(*((found[name] or "").rstrip() for name in FrontMatter._fields))


def without_front_matter(text: str) -> str:
    """Return a text without front matter of ours; anybody else's stays."""
    return _BLOCK.sub("", text, count=1)
