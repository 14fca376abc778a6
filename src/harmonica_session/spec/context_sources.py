"""Context sources: files, pages and other sessions that are attached to a session.

This module must not read a file, nor attach anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

from pydantic import field_validator, model_validator

from harmonica_session.text.addresses import checked_page_url
from harmonica_session.words.request import Part, Text

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


class ContextSource(Part):
    """A source as the spec names it."""

    file: Text | None = None
    url: Text | None = None
    session: Text | None = None

    @field_validator("url")
    @classmethod
    def _url_is_a_page(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                checked_page_url(value)
            except ValueError as error:
                raise ValueError(f"`url` {error}") from None
        return value

    @field_validator("session")
    @classmethod
    def _session_has_an_id(cls, value: str | None) -> str | None:
        if value is not None:
            session_id_in(value)
        return value

    @model_validator(mode="after")
    def _is_one_thing(self) -> ContextSource:
        given = [text for text in (self.file, self.url, self.session) if text is not None]
        if len(given) != 1:
            raise ValueError("a context source is one of `file: …`, `url: …` or `session: …`")
        return self

    @property
    def kind(self) -> Kind:
        """What is to be attached."""
        if self.file is not None:
            return "file"
        return "url" if self.url is not None else "session"

    @property
    def name(self) -> str:
        """The source as people wrote it."""
        return self.file or self.url or self.session or ""


@dataclass(frozen=True)
class Attachment:
    """A source that is ready to be attached.

    Attributes:
        source: As the spec names it.
        content: Of a file, empty for anything else.
    """

    source: ContextSource
    content: bytes = b""


def media_type(path: str) -> str | None:
    """Return the type of a file by its name, None when Harmonica takes no such file."""
    _, dot, ending = path.rpartition(".")
    return MEDIA_TYPES.get(f"{dot}{ending}".lower())


def session_id_in(text: str) -> str:
    """Return the id of the session that a join link or an id names.

    Raises:
        ValueError: It is a link to something else.
    """
    if "/" not in text and "?" not in text:
        return text
    try:
        named = parse_qs(urlsplit(text).query).get("s", [])
    except ValueError:
        named = []
    if len(named) != 1:
        raise ValueError(
            "`session` is neither an id nor a join link, which looks like "
            "https://app.harmonica.chat/chat?s=…"
        )
    return named[0]
