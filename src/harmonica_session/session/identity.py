"""Which session is meant: what a receipt, a reference and the order of things say of it.

This module must not look for a session, nor decide what becomes of one.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from harmonica_session.text.blanks import trimmed
from harmonica_session.text.moment import is_before, moment
from harmonica_session.words.session import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.event import Event
    from harmonica_session.session.task import Task
    from harmonica_session.words.session import Session

# The references at the end of a context.
REFERENCES = re.compile(r"(?:^Ref: [0-9a-f]{16}\n?)+\Z", re.MULTILINE)


def receipt_counts(task: Task, receipt: Receipt) -> bool:
    """Say whether the session of our comment is the one that this run means."""
    if task.on_change == "new" and receipt.digest != task.digest:
        return task.scope == "pull-request" and is_overtaken(task, receipt)
    if task.scope == "run":
        return receipt.run_id == task.run_id
    return task.scope == "pull-request"


def announcing(
    task: Task, read: Iterable[OurComment], sessions: Collection[str]
) -> list[OurComment]:
    """Return what may announce the session that this run means, of all that has a receipt.

    Whatever stands on a pull request is about that; an issue of its own is about one session.

    Args:
        task: What is asked for.
        read: What has a receipt for the task's place.
        sessions: Those that may be the task's, where its scope alone does not tell.
    """
    if not task.place.is_own_issue:
        return [*read]
    if task.scope == "run":
        mine = (it for it in read if receipt_counts(task, it.receipt))
        return [it for it in mine if not it.receipt.is_apart]
    return [it for it in read if it.receipt.session_id in sessions]


def was_asked_for_topic(task: Task, receipt: Receipt) -> bool:
    """Say whether an announced session was asked for, or found, by the task's very topic."""
    was_asked = receipt.fields.get("topic") == task.fields["topic"]
    return was_asked or (receipt.is_foreign and receipt.announced == task.digest)


def is_overtaken(task: Task, receipt: Receipt) -> bool:
    """Say whether a comment was written for a later run than the one that asks.

    Source: "Contexts", `github.run_id`: it grows, and stays the same over the attempts of a run.
    """
    ours, theirs = task.run_id, receipt.written_by
    return ours.isdecimal() and theirs.isdecimal() and int(ours) < int(theirs)


def may_have_run_before(task: Task, event: Event, receipt: Receipt | None) -> bool:
    """Say whether an earlier run may have made the session that this one is about to make."""
    if task.scope == "pull-request":
        return receipt is not None or not event.opens_pull_request(task.place)
    return task.scope == "run"


def is_set_up_elsewhere(session: Session, task: Task, receipt: Receipt | None) -> bool:
    """Say whether a session of the topic was set up by something else than a run of ours."""
    if receipt and receipt.session_id == session.id:
        return receipt.is_foreign
    return not carries_reference(session, task)


def carries_reference(session: Session, task: Task) -> bool:
    """Say whether a session's context holds the task's reference line, be it of an older key."""
    lines = (session.context or "").splitlines()
    return any(f"Ref: {it}" in lines for it in (task.reference, *task.older_references))


def has_topic(session: Session, task: Task) -> bool:
    """Say whether a listed session has the task's very topic."""
    return trimmed(session.topic or "") == task.request.topic


def may_be_of(session: Session, task: Task, since: datetime | None) -> bool:
    """Say whether a listed session may have been made for a task, at `since` or later.

    One that reads as earlier, as the times of some servers do, has to have its topic or its goal.
    """
    return not is_before(session.created_at, since) or is_alike(session, task)


def is_alike(session: Session, task: Task) -> bool:
    """Say whether a listed session has the topic or the goal of a task."""
    return has_topic(session, task) or trimmed(session.goal or "") == task.request.goal


def age(session: Session) -> tuple[bool, float, str]:
    """Return what puts sessions in order, the oldest first, but for those that are completed.

    Whoever has completed one too many, as asked, is not to find it announced.
    """
    created = moment(session.created_at)
    return session.status == "completed", created.timestamp() if created else inf, session.id


def in_order_of_counting(sessions: Iterable[Session]) -> list[Session]:
    """Return sessions made for one task in order, the one that counts first.

    Of several that runs at the same time have made, the oldest counts, as each of those runs knows
    it; of several made one after the other, the last, as it has taken the place of the others.
    With `on-change: new` each version of a request has references of its own.
    """
    rounds: list[list[Session]] = []
    before = (False, -inf, "")
    for session in sorted(sessions, key=age):
        is_completed, created, _ = age(session)
        kept = REFERENCES.search(session.context or "")
        references = kept[0].strip() if kept else ""
        is_later = AT_ONCE.total_seconds() < created - before[1] < inf
        if not rounds or is_later or (is_completed, references) != (before[0], before[2]):
            rounds.append([])
        rounds[-1].append(session)
        before = is_completed, created, references
    rounds.sort(key=lambda made: (age(made[0])[0], -age(made[0])[1]))
    return [session for made in rounds for session in made]
