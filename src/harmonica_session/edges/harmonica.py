"""The Harmonica API: one method for each route that is used.

This module must not decide when a route is asked, nor ask one twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from harmonica_session.core.addresses import checked_join_url, join_url_of
from harmonica_session.edges.transport import Answer, Deadline, Question, Transport
from harmonica_session.errors import FateUnknown, Refused, clip
from harmonica_session.session import Session, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pydantic import SecretStr

    from harmonica_session.session import SessionRequest

# A language model writes the prompt before a create is answered.
CREATE_SECONDS = 150.0
PAGE = 100
# Statuses with which a proxy gives up on a server that may well go on working.
_UNKNOWN_FATE = (500, 502, 504)
_ADVICE = {
    400: "check the spec against the message",
    401: "check the secret behind `api-key`; the key may be mistyped or revoked, and Harmonica "
    "says the same while its database is down",
    403: "the key's account has no access to this; check `project_id` and `template_id`",
    404: "check `api-url`; there is no Harmonica API at this address",
    405: "check `api-url`; there is no Harmonica API at this address",
    413: "the request is too large; shorten `context` or SESSION.md",
    422: "check the spec against the message",
    429: "too many requests were made with this key; run it again later",
}


class SessionPage(BaseModel):
    """A page of `GET /sessions`."""

    model_config = ConfigDict(hide_input_in_errors=True)

    data: list[Session]


class Harmonica:
    """The sessions of one account."""

    def __init__(self, base: str, api_key: SecretStr, deadline: Deadline) -> None:
        """Take where the API is and the key that only it may see.

        Args:
            base: Address without `/api/v1`.
            api_key: The account's key.
            deadline: Bounds each request.
        """
        self.base = base
        self._transport = Transport(
            "Harmonica",
            f"{base}/api/v1",
            {"Authorization": f"Bearer {api_key.get_secret_value()}"},
            deadline,
        )

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    def create(self, request: SessionRequest) -> Session:
        """Create a session: `POST /sessions`.

        Raises:
            FateUnknown: Nobody knows whether it was created.
            ServiceError: It was not created.
            AnswerUnusable: It was created, and the answer lacks what is needed to use it.
        """
        question = Question(
            "create the session",
            "POST",
            "/sessions",
            body=request.body(),
            read_seconds=CREATE_SECONDS,
        )
        answer = self._transport.send(question)
        if answer.status in _UNKNOWN_FATE:
            raise FateUnknown(str(_refused(answer)))
        session: Session = _accepted(answer, 201).read(Session)
        try:
            checked_join_url(session.join_url)
        except ValueError as error:
            unusable = answer.unusable(
                f"session {clip(session.id)} was created, but its `join_url` {error}; "
                "find it in Harmonica under this id"
            )
            unusable.session_id = session.id
            raise unusable from None
        return session

    def get(self, session_id: str) -> Session:
        """Return a session of this account: `GET /sessions/{id}`. It has no `join_url`.

        Raises:
            Refused: 403 when the session is gone or somebody else's.
            ServiceError: It cannot be known.
        """
        path = f"/sessions/{quote(session_id, safe='')}"
        answer = self._transport.send(Question("look at the session", "GET", path))
        session: Session = _accepted(answer, 200).read(Session)
        return session

    def created_since(self, since: datetime | None) -> Iterator[Session]:
        """List the account's sessions that were created at `since` or later: `GET /sessions`.

        Args:
            since: A moment; None for all sessions.
        """
        offset = 0
        while True:
            question = Question(
                "list the sessions",
                "GET",
                "/sessions",
                query={"limit": PAGE, "offset": offset},
            )
            page: SessionPage = _accepted(self._transport.send(question), 200).read(SessionPage)
            yield from (row for row in page.data if not _is_before(row.created_at, since))
            # The list is ordered by `updated_at`, and nothing is updated before it is created.
            if len(page.data) < PAGE or _is_before(page.data[-1].updated_at, since):
                return
            offset += PAGE

    def join_url(self, session_id: str) -> str:
        """Return the link of a session that another run created; no route returns it again."""
        return checked_join_url(join_url_of(self.base, session_id))


def _is_before(text: str | None, since: datetime | None) -> bool:
    at = moment(text)
    return at is not None and since is not None and at < since


def _accepted(answer: Answer, status: int) -> Answer:
    """Return the answer if it has the status that was hoped for.

    Raises:
        Refused: It has another one.
    """
    if answer.status != status:
        raise _refused(answer)
    return answer


def _refused(answer: Answer) -> Refused:
    content = answer.json()
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict):
        code, reason = str(error.get("code", "")), str(error.get("message", ""))
        said = f"{clip(code)}, {' '.join(reason.split())[:300]}"
    else:
        code = reason = ""
        said = "with an answer that is not Harmonica's"
    advice = _ADVICE.get(answer.status, "run it again later")
    if answer.status in range(300, 400):
        target = clip(answer.headers.get("location", "").partition("?")[0])
        advice = f"the address has moved to {target}; set `api-url` to it if you trust it"
    return Refused(
        f"Harmonica refused, could not {answer.question.doing} ({answer.question}: "
        f"{answer.status} {said}): {advice}",
        status=answer.status,
        code=code,
        reason=reason,
    )
