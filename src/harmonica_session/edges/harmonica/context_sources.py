"""The context sources of a session: attaches them, and lists those that are attached.

This module must not decide what is attached, nor attach anything twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from harmonica_session.edges.harmonica.refusals import accepted, refuse_unknown_fate
from harmonica_session.edges.network.exchange import Request
from harmonica_session.errors import AnswerUnusable, FateUnknown
from harmonica_session.text.addresses import session_id_in
from harmonica_session.words.answer import Answer, OptionalText, Rows
from harmonica_session.words.attachment import media_type

if TYPE_CHECKING:
    from harmonica_session.edges.network.retry import Persistent
    from harmonica_session.words.attachment import Attachment

# Pages are fetched, and large files embedded, before an attachment is answered.
ATTACH_SECONDS = 60.0
_SUCCESS = range(200, 300)
_SOURCES = "context sources"
_ADVICE = {
    400: "check this source against Harmonica's message",
    403: ("context sources need a paid plan, and a `session` must be one that the account can see"),
    413: "the file is too large; Harmonica accepts up to 4 MB",
    422: "a session can have at most 20 context sources",
}


class AttachedSource(Answer):
    """A source of a session, as `GET /sessions/{id}/context-sources` lists it."""

    id: str
    source_type: OptionalText = None


class _Listed(Answer):
    sources: Rows[AttachedSource]


class ContextSources:
    """The context sources of an account's sessions."""

    def __init__(self, service: Persistent) -> None:
        """Take the way to Harmonica; nothing is asked yet."""
        self._service = service

    def attach_file(self, session_id: str, attachment: Attachment) -> AttachedSource:
        """Attach a file: `POST /sessions/{id}/context-sources/file`.

        Raises:
            FateUnknown: Nobody knows whether it was attached.
            ServiceError: It was not attached.
        """
        path = attachment.name
        kind = media_type(path) or "application/octet-stream"
        # The API takes the name's ending for the type as well.
        file = (path.rpartition("/")[2], attachment.content, kind)
        return self._attach(_question(session_id, "file", file=file))

    def attach_page(self, session_id: str, attachment: Attachment) -> AttachedSource:
        """Attach what a page says now: `POST /sessions/{id}/context-sources/url`.

        Raises:
            FateUnknown: Nobody knows whether it was attached.
            ServiceError: It was not attached.
        """
        body = {"url": attachment.name}
        return self._attach(_question(session_id, "url", body))

    def attach_session(self, session_id: str, attachment: Attachment) -> AttachedSource:
        """Attach the SESSION.md of a session: `POST /sessions/{id}/context-sources/session`.

        Raises:
            FateUnknown: Nobody knows whether it was attached.
            ServiceError: It was not attached.
        """
        body = {"source_ref": session_id_in(attachment.name)}
        return self._attach(_question(session_id, "session", body))

    def attached_to(self, session_id: str) -> list[AttachedSource]:
        """List what is attached to a session: `GET /sessions/{id}/context-sources`.

        Raises:
            RouteMissing: This Harmonica has no context sources.
            ServiceError: It cannot be known.
        """
        request = Request("list the context sources", "GET", _path(session_id))
        response = accepted(self._service.send(request), 200, optional=_SOURCES)
        listed: _Listed = response.read(_Listed)
        return listed.sources

    def _attach(self, request: Request) -> AttachedSource:
        try:
            response = self._service.send(request)
            refuse_unknown_fate(response)
            accepted(response, *_SUCCESS, advice=_ADVICE)
            source: AttachedSource = response.read(AttachedSource)
        except AnswerUnusable as error:
            raise FateUnknown(str(error)) from None
        return source


def _question(
    session_id: str,
    kind: str,
    body: dict[str, str] | None = None,
    *,
    file: tuple[str, bytes, str] | None = None,
) -> Request:
    return Request(
        "attach a context source",
        "POST",
        f"{_path(session_id)}/{kind}",
        body=dict(body) if body else None,
        file=file,
        read_seconds=ATTACH_SECONDS,
    )


def _path(session_id: str) -> str:
    return f"/sessions/{quote(session_id, safe='')}/context-sources"
