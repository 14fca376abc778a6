"""The values that a spec may speak of, taken from the event: a closed list of plain data.

This module must not read the environment or a file, nor ask anybody: what the event lacks is
left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from harmonica_session.event import nested
from harmonica_session.words.place import LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from harmonica_session.event import Event
    from harmonica_session.words.session import Session, SessionBefore

Value: TypeAlias = str | int | float | list[str]
Facts: TypeAlias = "dict[str, Value | None]"
"""Values by their names; None for what is known to be absent."""

NAMES: dict[str, tuple[str, ...] | None] = {
    "pull_request": (
        "number",
        "title",
        "body",
        "author",
        "url",
        "branch",
        "base",
        "labels",
        "draft",
        "merged",
        "created_at",
        "merged_at",
    ),
    "issue": ("number", "title", "body", "author", "url", "labels"),
    "release": ("tag", "name", "url", "body", "prerelease"),
    "repository": ("name", "owner", "full_name", "url", "default_branch", "private"),
    "event": ("name", "action"),
    "run": ("id", "number", "attempt", "url", "workflow"),
    "actor": (),
    "inputs": None,
    "vars": None,
    "previous": ("topic", "goal", "url", "session_id", "created_at", "participant_count"),
    "today": (),
}
"""All names; those behind the dot where they are known, None where the user chooses them."""

# GitHub's longest text, a description or comment, has 65,536 characters.
LONGEST = 70_000
_LARGEST = 10**15


@dataclass(frozen=True)
class Group:
    """Values under one name, such as `pull_request`.

    Attributes:
        name: The name.
        facts: What is known; what is missing or None is absent.
        why: Why a value is absent.
    """

    name: str
    facts: Mapping[str, Value | None]
    why: str


Values: TypeAlias = "dict[str, Group | Value | date]"


def values_of(
    event: Event,
    variables: Mapping[str, str],
    asked: Sequence[Group],
    today: date | None,
) -> Values:
    """Return all values of a run.

    Args:
        event: The run.
        variables: The input `vars`.
        asked: What others were asked for: the pull request, and the session before.
        today: The day of the run's first attempt in the spec's time zone, None when nobody asks.
    """
    listed = event.payload.get("inputs")
    happened = f"the event `{event.name}`" if event.name else "a run without an event"
    groups = (
        *asked,
        Group("issue", facts_of(event.payload.get("issue")), f"{happened} has no issue"),
        Group("release", _release(event.payload.get("release")), f"{happened} has no release"),
        Group("repository", _repository(event), f"{happened} does not include it"),
        Group(
            "event",
            {"name": event.name or None, "action": _text(event.payload, "action")},
            f"{happened} has no such value",
        ),
        Group("run", _run(event), "this is not a workflow run"),
        Group(
            "inputs",
            {_clean(name): _scalar(value) for name, value in listed.items()}
            if isinstance(listed, dict)
            else {},
            f"{happened} has no such input",
        ),
        Group(
            "vars", {k: _kept(v) for k, v in variables.items()}, "the input `vars` does not set it"
        ),
    )
    values: Values = {group.name: group for group in groups}
    if event.actor:
        values["actor"] = event.actor
    if today:
        values["today"] = today
    return values


def known_pull_request(event: Event, number: int) -> Facts:
    """Return what the event tells of a pull request; a name that is missing is not told of.

    Source: "Webhook events and payloads".
    """
    row = nested(event.payload, "issue", "pull_request")
    candidates = [
        event.payload.get("pull_request"),
        _issue_as_pull_request(event) if isinstance(row, dict) else None,
        *event.listed_pull_requests,
    ]
    for candidate in candidates:
        facts = facts_of(candidate)
        if facts.get("number") == number:
            return facts
    return {"number": number}


def facts_of_session(before: SessionBefore, session: Session | None) -> Facts:
    """Return what is known of the session before.

    Args:
        before: As its announcement keeps it.
        session: As Harmonica has it, None where it was not asked for or is out of reach.
    """
    facts: Facts = {
        "session_id": _clean(before.session_id),
        "url": _clean(before.join_url),
        "created_at": _clean(before.created_at),
    }
    if session:
        count = session.participant_count
        facts |= {
            "topic": _clean(session.topic or ""),
            "goal": _clean(session.goal or ""),
            "participant_count": 0 if count is None else count,
        }
    return facts


def _issue_as_pull_request(event: Event) -> dict[str, Any]:
    issue = dict(event.payload["issue"])
    pull_request = issue["pull_request"]
    if "merged_at" in pull_request:
        issue["merged_at"] = pull_request["merged_at"]
    return issue


def facts_of(row: object) -> Facts:
    """Return what a pull request or an issue as GitHub describes it tells, any JSON allowed.

    Source: `GET /repos/{owner}/{repo}/pulls/{number}`, which events follow.
    """
    if not isinstance(row, dict):
        return {}
    told = {
        "number": _scalar(row.get("number")),
        "title": _text(row, "title"),
        # An empty description is null there.
        "body": "" if "body" in row and row["body"] is None else _text(row, "body"),
        "author": _text(row, "user", "login"),
        "url": _text(row, "html_url"),
        "branch": _text(row, "head", "ref"),
        "base": _text(row, "base", "ref"),
        "labels": _labels(row.get("labels")),
        "draft": _switch(row.get("draft")),
        "merged": _switch(row.get("merged")),
        "created_at": _text(row, "created_at"),
        "merged_at": _text(row, "merged_at"),
    }
    facts: Facts = {name: value for name, value in told.items() if value is not None}
    if "draft" in row:
        # GitHub may say null of what is none.
        facts.setdefault("draft", False)
    if "merged_at" in row:
        facts.setdefault("merged", "merged_at" in facts)
        facts.setdefault("merged_at", None)
    return facts


def _labels(rows: object) -> list[str] | None:
    if not isinstance(rows, list):
        return None
    # Our own label comes with the first run, and must not make another request of the second.
    return [name for name in (_text(row, "name") for row in rows) if name and name != LABEL]


def _release(row: object) -> Facts:
    if not isinstance(row, dict):
        return {}
    tag = _text(row, "tag_name")
    told = {
        "tag": tag,
        # GitHub shows the tag for a release that nobody named.
        "name": _text(row, "name") or tag,
        "url": _text(row, "html_url"),
        "body": "" if row.get("body") is None else _text(row, "body"),
        "prerelease": _switch(row.get("prerelease")),
    }
    return {name: value for name, value in told.items() if value is not None}


def _repository(event: Event) -> Facts:
    told = event.payload.get("repository")
    full_name = event.repository or _text(told, "full_name") or ""
    owner, _, name = full_name.partition("/")
    # Scheduled runs have an event without a repository; the runner names it all the same.
    at = f"{event.server_url}/{full_name}" if event.server_url and full_name else None
    return {
        "name": name or None,
        "owner": owner or None,
        "full_name": full_name or None,
        "url": _text(told, "html_url") or at,
        "default_branch": _text(told, "default_branch"),
        "private": _switch(nested(told, "private")),
    }


def _run(event: Event) -> Facts:
    if not event.run_id:
        return {}
    is_known = event.server_url and event.repository
    url = f"{event.server_url}/{event.repository}/actions/runs/{event.run_id}"
    return {
        "id": _whole(event.run_id),
        "number": _whole(event.run_number),
        "attempt": event.run_attempt,
        "url": url if is_known else None,
        "workflow": event.workflow or None,
    }


def _whole(digits: str) -> int | None:
    return int(digits) if re.fullmatch("[0-9]{1,15}", digits) else None


def _text(value: object, *keys: str) -> str | None:
    found = nested(value, *keys)
    return _clean(found) if isinstance(found, str) else None


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _scalar(value: object) -> Value | None:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return value
    is_number = isinstance(value, (int, float)) and -_LARGEST < value < _LARGEST
    return value if is_number and isinstance(value, (int, float)) else None


def _clean(text: str) -> str:
    return _kept(text[:LONGEST])


def _kept(text: str) -> str:
    """Replace what Harmonica cannot keep: U+0000, and halves of surrogate pairs."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)
