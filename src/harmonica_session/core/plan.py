"""Decides what a run does: skip, create or keep a session, post, edit or leave the comment.

This module must not carry anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from harmonica_session.core.receipt import Receipt

if TYPE_CHECKING:
    from harmonica_session.core.context import Context
    from harmonica_session.core.event import Event
    from harmonica_session.core.inputs import Inputs
    from harmonica_session.pull_request import Comment
    from harmonica_session.session import Session, SessionRequest

Status: TypeAlias = Literal["created", "reused", "stale"]

_COMPARED = ("topic", "goal", "context", "critical")


@dataclass(frozen=True)
class Task:
    """What is asked for, before anybody is asked what is there.

    Attributes:
        spec: Path of the spec under the workspace.
        request: The request as it is sent, the reference line included.
        digest: Digest of the request without the reference line.
        reference: The 16 hex digits of the reference line.
        context: The context and where it came from.
        number: Pull request or issue to announce on, None when nothing is announced.
    """

    spec: str
    request: SessionRequest
    digest: str
    reference: str
    context: Context
    number: int | None


@dataclass(frozen=True)
class Found:
    """What an earlier run left behind.

    Attributes:
        comment: Our own comment.
        receipt: Its receipt.
        session: The session to use, with its link; None when there is none.
    """

    comment: Comment | None = None
    receipt: Receipt | None = None
    session: Session | None = None


@dataclass(frozen=True)
class Plan:
    """What follows from a task and what was found.

    Attributes:
        task: What is asked for.
        found: What is there.
        status: What the run will report.
        differing: What the session and the spec disagree about, when `stale`.
    """

    task: Task
    found: Found
    status: Status
    differing: tuple[str, ...] = ()


def reason_to_skip(inputs: Inputs, event: Event) -> str:
    """Return why GitHub withholds the key from this run, empty when nothing is to be skipped."""
    return "" if inputs.api_key or inputs.dry_run else event.lacks_secrets


def purpose_of(number: int | None, event: Event, nonce: str) -> str:
    """Return what the session is for, the part of its reference that tells sessions apart.

    Args:
        number: The pull request to announce on.
        event: The run.
        nonce: A random text, for a run that GitHub did not start.
    """
    if number is not None:
        return f"pull-request {number}"
    return f"run {event.run_id}" if event.run_id else f"once {nonce}"


def may_have_run_before(task: Task, event: Event) -> bool:
    """Say whether an earlier run may have made the session that this one is about to make."""
    if task.number is None:
        return event.run_attempt > 1
    return not event.opens_pull_request


def decide(task: Task, found: Found) -> Plan:
    """Return what to do about the session."""
    if found.session is None:
        return Plan(task, found, "created")
    if found.receipt and found.receipt.digest == task.digest:
        return Plan(task, found, "reused")
    differing = _differing(task.request, found.session)
    if found.receipt or differing:
        return Plan(task, found, "stale", differing or ("a setting beside the texts",))
    return Plan(task, found, "reused")


def _differing(request: SessionRequest, session: Session) -> tuple[str, ...]:
    """Name the texts that a session has otherwise; what it does not tell counts as equal."""
    pairs = [(name, getattr(request, name), getattr(session, name)) for name in _COMPARED]
    return tuple(name for name, asked, held in pairs if held is not None and (asked or "") != held)


def receipt_for(plan: Plan, session: Session, run_id: str) -> Receipt:
    """Return what the announcement has to keep for the next run."""
    task, known = plan.task, plan.found.receipt
    if known and known.session_id == session.id:
        return replace(known, announced=task.digest)
    return Receipt(
        session_id=session.id,
        join_url=session.join_url or "",
        digest="" if plan.status == "stale" else task.digest,
        announced=task.digest,
        results_visibility=task.request.results_visibility or "",
        created_at=session.created_at or "",
        run_id=run_id,
    )


def is_announced(found: Found, receipt: Receipt) -> bool:
    """Say whether our comment speaks of this session and this request already."""
    known = found.receipt
    return known is not None and (known.session_id, known.announced) == (
        receipt.session_id,
        receipt.announced,
    )
