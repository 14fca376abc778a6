"""The Harmonica API: one method for each route that is used.

This module must not decide when a route is asked, nor ask one twice.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from pydantic import Field, JsonValue

from harmonica_session.edges.harmonica.links import Links
from harmonica_session.edges.harmonica.refusals import (
    NO_SESSION,
    accepted,
    is_own_error,
    refuse_unknown_fate,
)
from harmonica_session.edges.network.exchange import Request
from harmonica_session.edges.network.pace import Pace
from harmonica_session.edges.network.retry import Persistent
from harmonica_session.edges.network.single_flight import SingleFlight
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import AnswerUnusable, FateUnknown, Refused, clip
from harmonica_session.text.addresses import checked_join_url
from harmonica_session.text.blanks import trimmed
from harmonica_session.text.moment import is_before, is_surely_before, moment
from harmonica_session.words.answer import Answer, Rows
from harmonica_session.words.session import AT_ONCE, Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import SecretStr

    from harmonica_session.edges.harmonica.catalogue import Catalogue
    from harmonica_session.edges.harmonica.changes import Changes
    from harmonica_session.edges.harmonica.context_sources import ContextSources
    from harmonica_session.edges.harmonica.results import Results
    from harmonica_session.edges.network.clock import Deadline
    from harmonica_session.words.request import SessionRequest

# A language model writes the prompt before a create is answered.
CREATE_SECONDS = 150.0
PAGE = 100
_SUCCESS = range(200, 300)
_NOT_FOUND = 404
_LONGEST_SEARCH = 100
# The session that exists is to be announced, however slow the look for others is.
_LOOK_SECONDS = 20.0
# The server says its time in whole seconds, and on its way an answer grows older.
_CLOCK_TOLERANCE_SECONDS = 5.0


class SessionPage(Answer):
    """A page of `GET /sessions`."""

    data: Rows[Session]


class QuestionPage(Answer):
    """The answer of `GET /sessions/{id}/questions`."""

    data: Annotated[Rows[dict[str, JsonValue]], Field(default_factory=list)]


class Harmonica:
    """The sessions of one account.

    Attributes:
        base: Address without `/api/v1`.
        links: Where people join.
    """

    def __init__(self, base: str, api_key: SecretStr, deadline: Deadline) -> None:
        """Take where the API is and the key that only it may see.

        Args:
            base: Address without `/api/v1`.
            api_key: The account's key.
            deadline: Bounds each request.
        """
        self.base = base
        self.links = Links(base)
        headers = {"Authorization": f"Bearer {api_key.get_secret_value()}"}
        transport = Transport("Harmonica", f"{base}/api/v1", headers, deadline)
        self._service = Persistent(transport, is_own_error, Pace(deadline))
        self._deadline = deadline
        # How far the server's clock is ahead of ours; known from its first answer on.
        self._ahead: float | None = None
        self._first_create_at: float | None = None
        self._made: list[str] = []
        self._meanwhile = SingleFlight(self._look_around)

    def close(self) -> None:
        """Give back the connections."""
        self._service.close()

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the account has names for."""
        from harmonica_session.edges.harmonica.catalogue import Catalogue

        return Catalogue(self._service)

    @cached_property
    def context_sources(self) -> ContextSources:
        """What is attached to its sessions."""
        from harmonica_session.edges.harmonica.context_sources import (
            ContextSources,
        )

        return ContextSources(self._service)

    @cached_property
    def results(self) -> Results:
        """What came out of its sessions."""
        from harmonica_session.edges.harmonica.results import Results

        return Results(self._service, self._deadline)

    @cached_property
    def changes(self) -> Changes:
        """What is changed in its sessions."""
        from harmonica_session.edges.harmonica.changes import Changes

        return Changes(self._service)

    def create(self, request: SessionRequest) -> Session:
        """Create a session: `POST /sessions`.

        Raises:
            FateUnknown: Nobody knows whether it was created.
            AnswerUnusable: It was created, and the answer lacks a usable link.
            ServiceError: It was not created.
        """
        # Time must be left to look for the session, should the answer not come.
        patience = min(CREATE_SECONDS, self._deadline.remaining("create the session") * 0.75)
        sent = Request(
            "create the session", "POST", "/sessions", body=request.body(), read_seconds=patience
        )
        self._first_create_at = self._first_create_at or time.time()
        try:
            response = self._service.send(sent)
        except AnswerUnusable as error:
            raise FateUnknown(str(error)) from None
        self._ahead = response.served_at - time.time()
        refuse_unknown_fate(response)
        try:
            session: Session = accepted(response, *_SUCCESS).read(Session)
        except AnswerUnusable as error:
            raise FateUnknown(str(error)) from None
        try:
            join_url = checked_join_url(session.join_url)
        except ValueError as error:
            unusable = response.unusable(
                f"session {clip(session.id)} was created, but its `join_url` {error}; look for "
                "the session in Harmonica by this ID"
            )
            unusable.session_id = session.id
            raise unusable from None
        self._made.append(session.id)
        self.links.learn(join_url, session.id)
        return session

    def get(self, session_id: str, seconds: float | None = None) -> Session:
        """Return a session of this account: `GET /sessions/{id}`. It has no `join_url`.

        Args:
            session_id: The session.
            seconds: How long it is worth trying; None for all the time that is left.

        Raises:
            Refused: 403 when the session is gone or somebody else's.
            ServiceError: It cannot be known.
        """
        path = f"/sessions/{quote(session_id, safe='')}"
        request = Request("read the session", "GET", path, seconds=seconds)
        response = self._service.send(request)
        session: Session = accepted(response, 200, advice=NO_SESSION).read(Session)
        return session

    def questions(self, session_id: str) -> list[str]:
        """List what participants are asked first: `GET /sessions/{id}/questions`.

        Raises:
            ServiceError: It cannot be known.
        """
        path = f"/sessions/{quote(session_id, safe='')}/questions"
        response = self._service.send(Request("read the questions of the session", "GET", path))
        page: QuestionPage = accepted(response, 200, optional="lists of questions").read(
            QuestionPage
        )
        return [str(row.get("text", "")) for row in page.data]

    def brief(self, session_id: str) -> str | None:
        """Return the SESSION.md of a session: `GET /sessions/{id}/session-md`.

        Returns:
            Its text, None as long as Harmonica has not written it.

        Raises:
            RouteMissing: This Harmonica writes no briefs.
            Refused: 403 when the session is gone or somebody else's.
            ServiceError: It cannot be known.
        """
        path = f"/sessions/{quote(session_id, safe='')}/session-md"
        response = self._service.send(Request("read the brief of the session", "GET", path))
        try:
            accepted(response, 200, advice=NO_SESSION, optional="briefs of sessions")
        except Refused as error:
            if error.status == _NOT_FOUND and error.is_out_of_reach:
                return None
            raise
        if "html" in response.headers.get("content-type", ""):
            raise response.unusable("it is a web page")
        try:
            return response.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise response.unusable("it is not UTF-8") from None

    def active_with_topic(self, topic: str) -> list[Session]:
        """List the active sessions of exactly this topic: `GET /sessions?status=active&q=…`."""
        # The server takes `q` for a pattern, and long addresses are refused.
        piece = re.sub(r"([\\%_])", r"\\\1", topic[:_LONGEST_SEARCH])
        rows = self._listed({"status": "active", "q": piece})
        return [row for row in rows if trimmed(row.topic or "") == trimmed(topic)]

    def created_since(
        self, since: datetime | None, seconds: float | None = None
    ) -> Iterator[Session]:
        """List the account's sessions, but for those surely created before `since`.

        `GET /sessions`, which tells each of a session's times in a zone of its own.

        Args:
            since: A moment; None for all sessions.
            seconds: How long each page is worth trying; None for all the time that is left.
        """
        for row in self._listed({}, seconds):
            # The list is ordered by `updated_at`, and nothing is updated before it is created.
            if is_surely_before(row.updated_at, since):
                return
            if not is_surely_before(row.created_at, since):
                yield row

    def lacks(self, session_id: str, since: datetime | None) -> bool:
        """Say whether the list of sessions is not empty, and lacks one created at `since`."""
        is_empty = True
        for row in self._listed({}):
            if row.id == session_id:
                return False
            is_empty = False
            if is_surely_before(row.updated_at, since):
                break
        return not is_empty

    def created_meanwhile(self) -> list[Session]:
        """List the sessions created since shortly before those of this process, and maybe more.

        The list is as of now; who asks meanwhile shares it. It may take a part of the time only.
        """
        return self._meanwhile.answer()

    def _look_around(self) -> list[Session]:
        made, rows, beginnings = set(self._made), [], []
        for row in self.created_since(self.time_of_create(), self.look_seconds):
            rows.append(row)
            if row.id in made and (updated := moment(row.updated_at)):
                beginnings.append(updated - AT_ONCE)
            # Times of one kind can be compared, and those of our own sessions are listed too.
            if made and len(beginnings) == len(made) and is_before(row.updated_at, min(beginnings)):
                break
        return rows

    @property
    def look_seconds(self) -> float:
        """How long a look is worth trying beside which there is more to do."""
        return min(_LOOK_SECONDS, self._deadline.left / 2)

    def time_of_create(self) -> datetime:
        """Return when the first create was sent, by the server's clock, or a little earlier."""
        if self._ahead is None:
            next(self._listed({"limit": 1}), None)
        sent_at = self._first_create_at or time.time()
        at = sent_at + (self._ahead or 0.0) - _CLOCK_TOLERANCE_SECONDS
        return datetime.fromtimestamp(at, timezone.utc)

    def _listed(
        self, query: Mapping[str, str | int], seconds: float | None = None
    ) -> Iterator[Session]:
        offset = 0
        while True:
            request = Request(
                "list the sessions",
                "GET",
                "/sessions",
                query={"limit": PAGE, "offset": offset, **query},
                seconds=seconds,
            )
            response = accepted(self._service.send(request), 200)
            self._ahead = response.served_at - time.time()
            page: SessionPage = response.read(SessionPage)
            yield from page.data
            if len(page.data) < PAGE:
                return
            offset += PAGE
