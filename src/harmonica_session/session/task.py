"""What a run is asked for, before anybody is asked what is there.

This module must not know what is there, nor what is done about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from harmonica_session.announcement.receipt import digest_of
from harmonica_session.errors import InputError
from harmonica_session.words.opening import Opening

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from harmonica_session.background.context import Context
    from harmonica_session.event import Event
    from harmonica_session.inputs import Inputs, OnChange
    from harmonica_session.words.place import Place
    from harmonica_session.words.request import SessionRequest
    from harmonica_session.words.round import Round

Scope: TypeAlias = Literal["pull-request", "run", "topic", "off"]


@dataclass(frozen=True)
class Task:
    """What is asked for.

    Attributes:
        spec: Path of the spec under the workspace.
        request: The request as it is sent, the reference line included.
        digest: Digest of the request without the reference line.
        fields: Digests of its fields, by their names.
        reference: The 16 hex digits of the reference line.
        older_references: What they would be with the keys that this one has replaced.
        nonce: What a new comment of this run is told by.
        context: The context and where it came from.
        place: Where the session is announced.
        scope: What there is at most one session for.
        on_change: What becomes of the session when the request is another one now.
        asked_at: When this run asks.
        round: What is asked for of the session's round, which is no part of the request.
        opening: What the spec says to those who are invited, likewise.
        spec_url: Where the spec can be read as this run has read it; empty where nobody knows.
        run_id: The workflow run that asks; empty outside of one.
    """

    spec: str
    request: SessionRequest
    digest: str
    fields: Mapping[str, str]
    reference: str
    context: Context
    place: Place
    scope: Scope
    on_change: OnChange
    asked_at: datetime
    round: Round | None = None
    opening: Opening = field(default_factory=Opening)
    spec_url: str = ""
    run_id: str = ""
    older_references: tuple[str, ...] = ()
    nonce: str = ""

    @property
    def opening_digest(self) -> str:
        """Digest of what the spec says to those who are invited, empty for nothing."""
        return digest_of([*self.opening])[:16] if any(self.opening) else ""

    @property
    def is_apart(self) -> bool:
        """Whether no run but this step ever looks for the issue that announces the session."""
        return self.place.is_own_issue and self.scope == "off"


def scope_of(inputs: Inputs, event: Event, place: Place) -> Scope:
    """Return what there is at most one session for.

    Raises:
        InputError: `once-per` names something that this run does not have.
    """
    scope = inputs.once_per
    if scope == "auto":
        if place.number is not None:
            return "pull-request"
        return "run" if event.run_id else "off"
    if scope == "pull-request" and inputs.announce == "off":
        raise InputError(
            "`once-per: pull-request` needs a pull request to announce on, but `announce: "
            "off` announces nowhere; remove one of the two"
        )
    if scope == "pull-request" and place.number is None:
        raise InputError(
            "`once-per: pull-request` needs a pull request to announce on, but this run "
            "has none; set `pr-number`, or use another `once-per`"
        )
    if scope == "run" and not event.run_id:
        raise InputError("`once-per: run` needs a workflow run, but GITHUB_RUN_ID is empty")
    return scope


def purpose_of(scope: Scope, event: Event, *, place: Place, topic: str, nonce: str) -> str:
    """Return what the session is for, the part of its reference that tells sessions apart.

    Args:
        scope: What there is at most one session for.
        event: The run.
        place: Where the session is announced.
        topic: The session's topic.
        nonce: A random text, for a step that is to have a session of its own.
    """
    return {
        "pull-request": f"pull-request {place.number}",
        "run": f"run {event.run_id}",
        "topic": f"topic {topic}",
        "off": f"step {nonce}",
    }[scope]
