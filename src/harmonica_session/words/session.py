"""Harmonica's session, as it comes back.

This module must not know how it is asked for, nor what it was asked to be.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from harmonica_session.words.answer import Answer, OptionalCount, OptionalText

_RUNNING = ("started", "resumed", "noop")
_STANDING = ("unsupported", "roster_incomplete", "step_cap_exceeded", "project_cap_exceeded")

# What runs at the same time make lies no further apart: longer than a create takes, so that the
# beginning of one that was faster lies within it.
AT_ONCE = timedelta(minutes=10)


class Chain(Answer):
    """What became of a chain template, beside a session that exists in any case."""

    status: str
    reason: OptionalText = None
    message: OptionalText = None

    @property
    def runs(self) -> bool:
        """Whether the chain goes on as it should, or there was nothing to do."""
        return self.status in _RUNNING

    @property
    def is_known(self) -> bool:
        """Whether its status is one of those that tell whether it runs; there may be new ones."""
        return self.status in (*_RUNNING, *_STANDING)


class Session(Answer):
    """A session as `POST /sessions` and `GET /sessions/{id}` answer it."""

    id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    topic: OptionalText = None
    goal: OptionalText = None
    critical: OptionalText = None
    context: OptionalText = None
    status: OptionalText = None
    participant_count: OptionalCount = None
    created_at: OptionalText = None
    updated_at: OptionalText = None
    join_url: OptionalText = None
    results_visibility: OptionalText = None
    welcome_message: OptionalText = None
    summary_prompt: OptionalText = None
    chain: Chain | None = None


class SessionBefore(NamedTuple):
    """An earlier session of a spec, as its announcement keeps it.

    Attributes:
        session_id: The session.
        join_url: Its link.
        created_at: When it was created, in ISO 8601.
    """

    session_id: str
    join_url: str
    created_at: str
