"""Context sources: files, pages and other sessions that are attached to a session.

This module must not read a file, nor attach anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import field_validator, model_validator

from harmonica_session.errors import clip
from harmonica_session.text.addresses import checked_page_url, session_id_in
from harmonica_session.text.paths import repository_path
from harmonica_session.words.request import Part, Text

if TYPE_CHECKING:
    from harmonica_session.words.attachment import Kind


class ContextSource(Part):
    """A source as the spec names it."""

    file: Text | None = None
    url: Text | None = None
    session: Text | None = None

    @field_validator("file")
    @classmethod
    def _file_is_of_a_kind(cls, value: str | None) -> str | None:
        if value is not None:
            # Most specs attach nothing.
            from harmonica_session.words.attachment import MEDIA_TYPES, media_type

            if media_type(repository_path(value)) is None:
                raise ValueError(
                    f"`{clip(value)}` cannot be attached: Harmonica accepts only "
                    f"{', '.join(MEDIA_TYPES)} files"
                )
        return value

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
            raise ValueError("a context source must be one of `file: …`, `url: …` or `session: …`")
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
