"""Changes of a session that exists: whether anybody has written in it, its fields, its prompt.

This module must not decide whether a session may be changed, nor keep what anybody has written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import JsonValue

from harmonica_session.edges.harmonica.refusals import accepted
from harmonica_session.edges.network.exchange import Request
from harmonica_session.words.answer import Answer, OptionalCount, Rows
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.edges.network.retry import Persistent

# A language model writes the prompt before it is answered.
PROMPT_SECONDS = 150.0
# What is larger holds whole transcripts, and of those many.
MOST_BYTES = 2_000_000


class _Person(Answer):
    messages: JsonValue = None
    message_count: OptionalCount = None

    @property
    def has_written(self) -> bool:
        """Whether anything is theirs, as far as the answer tells; to be listed at all may do."""
        if isinstance(self.messages, list):
            roles = (it.get("role") if isinstance(it, dict) else "" for it in self.messages)
            return any(role != "assistant" for role in roles)
        return self.message_count != 0


class _People(Answer):
    data: Rows[_Person]


class Proposal(Answer):
    """The answer of `POST /sessions/{id}/regenerate-facilitation-prompt`."""

    facilitation_prompt: str
    prompt_summary: JsonValue = None
    prompt_generated_from: JsonValue = None


class Changes:
    """Changes of an account's sessions."""

    def __init__(self, service: Persistent) -> None:
        """Take the way to Harmonica; nothing is asked yet."""
        self._service = service

    def writers(self, session_id: str, seconds: float) -> int:
        """Count the people who have written in a session: `GET /sessions/{id}/responses`.

        Older servers ignore `mode` and answer what was written.

        Raises:
            RouteMissing: This Harmonica does not tell.
            ServiceError: It cannot be known.
        """
        request = Request(
            "list who has written in the session",
            "GET",
            f"{_path(session_id)}/responses",
            query={"mode": "list"},
            seconds=seconds,
            most_bytes=MOST_BYTES,
        )
        response = accepted(self._service.send(request), 200, optional="lists of who has written")
        people: _People = response.read(_People)
        return sum(person.has_written for person in people.data)

    def update(
        self, session_id: str, changes: Mapping[str, JsonValue], seconds: float | None = None
    ) -> dict[str, JsonValue]:
        """Change fields of a session: `PATCH /sessions/{id}`.

        Returns:
            The session's fields as the answer tells them, be they changed or not.

        Raises:
            RouteMissing: This Harmonica changes no sessions.
            ServiceError: They were not changed, or nobody knows.
        """
        request = Request(
            "update the session",
            "PATCH",
            _path(session_id),
            body=dict(changes),
            seconds=seconds,
        )
        response = accepted(self._service.send(request), 200, optional="changes to sessions")
        # A page of a proxy can be a 200 too; only a session says that it was changed.
        response.read(Session)
        told = response.json()
        return told if isinstance(told, dict) else {}

    def proposed_prompt(self, session_id: str) -> dict[str, JsonValue]:
        """Return the prompt that fits the session's texts, in the form that `update` takes.

        `POST /sessions/{id}/regenerate-facilitation-prompt` proposes and changes nothing.

        Raises:
            RouteMissing: This Harmonica writes none; a conversation then follows the texts.
            ServiceError: There is no proposal.
        """
        request = Request(
            "regenerate the facilitator's prompt",
            "POST",
            f"{_path(session_id)}/regenerate-facilitation-prompt",
            read_seconds=PROMPT_SECONDS,
            is_safe=True,
        )
        response = accepted(self._service.send(request), 200, optional="proposed prompts")
        proposal: Proposal = response.read(Proposal)
        return {
            "prompt": proposal.facilitation_prompt,
            "prompt_summary": proposal.prompt_summary,
            "prompt_generated_from": proposal.prompt_generated_from,
        }


def _path(session_id: str) -> str:
    return f"/sessions/{quote(session_id, safe='')}"
