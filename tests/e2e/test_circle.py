"""The whole circle under act, from one sprint's retrospective to the next, moved through time."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from harmonica_session.commands.init import STARTERS
from harness.later import later
from harness.starters import (
    BRANCH,
    ON_UBUNTU,
    REPOSITORY,
    accept_pushes,
    announced,
    gh_log,
    pushed,
    run,
    start,
)

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository, WorkflowRun

pytestmark = ON_UBUNTU
FIRST = datetime(2026, 1, 5, tzinfo=timezone.utc)
WEEK = timedelta(days=7)
# When nothing is new: the list of issues, the session, its summary and the brief; list and brief.
REQUESTS_WHILE_IT_IS_OPEN = 4
REQUESTS_ONCE_IT_IS_OVER = 2
ACTIONS = ["Write it down", "Ask @octo/team", "Ship it"]


class Calendar:
    """Runs of the starters' schedules, each at the moment that its cron names."""

    def __init__(self, repository: Repository) -> None:
        """Begin on the next Monday that has a retrospective."""
        self.repository = repository
        self._runs = 500
        sprints = (self.now - FIRST) // (2 * WEEK) + 1
        self.monday = FIRST + sprints * 2 * WEEK

    @property
    def now(self) -> datetime:
        """This moment, as the services have it."""
        return datetime.fromtimestamp(self.repository.box.github.now(), timezone.utc)

    def retrospective(self, *, week: int) -> WorkflowRun:
        """Run the sprint's workflow on the Monday of a week."""
        return self._run("sprint", week * 7)

    def results(self, *, day: int) -> WorkflowRun:
        """Run the workflow of results, so many days after the Monday."""
        return self._run("results", day)

    def _run(self, kind: str, day: int) -> WorkflowRun:
        workflow = (STARTERS / kind / "workflow.yml").read_text("utf-8")
        [hour] = re.findall(r'cron: "0 (\d+) \* \* 1', workflow)
        moment = self.monday + timedelta(days=day, hours=int(hour))
        if moment > self.now:
            later(self.repository, moment - self.now)
        self._runs += 1
        self.repository.env["GITHUB_RUN_ID"] = str(self._runs)
        self.repository.box.github.add_run(self._runs)
        return run(self.repository, "schedule", {"repository": REPOSITORY}, kind)


def writes(box: Sandbox, since: int) -> list[str]:
    """Return what was written since a request, on either service."""
    return [f"{it.method} {it.path}" for it in box.requests[since:] if it.method != "GET"]


def head(remote: Path) -> str:
    """Return the commit that is proposed."""
    words = ["git", "-C", str(remote), "rev-parse", BRANCH]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout  # noqa: S603 - git


def promises(box: Sandbox) -> list[int]:
    """Return the numbers of the actions' issues."""
    return sorted(
        number
        for number, it in box.github.issues.items()
        if "harmonica-action" in {label["name"] for label in it["labels"]}
    )


def test_from_one_retrospective_to_the_next(repository: Repository, box: Sandbox) -> None:
    """Invitation, head count, one reminder, results and actions once; then what week two knows."""
    start(repository, "sprint", spec="expected: 3\n")
    start(repository, "results")
    remote = accept_pushes(repository)
    calendar = Calendar(repository)
    calendar.retrospective(week=0)
    [issue] = announced(box)
    [session] = box.harmonica.sessions
    assert issue["state"] == "open"
    assert f"{box.harmonica_url}/chat?s={session['id']}" in issue["body"]

    session["participant_count"] = 2
    calendar.results(day=1)
    assert "2 of 3 have taken part" in issue["body"]
    look_again(calendar, remote)
    calendar.results(day=3)
    calendar.results(day=3)
    [reminder] = box.github.comments
    assert reminder["number"] == issue["number"]
    come_to_an_end(calendar, remote)

    agreed = promises(box)
    closed = f"{calendar.now:%Y-%m-%dT%H:%M:%SZ}"
    box.github.change(agreed[0], state="closed", state_reason="completed", closed_at=closed)
    calendar.retrospective(week=1)
    assert len(box.harmonica.sessions) == 1
    calendar.retrospective(week=2)
    assert len(announced(box)) == len(box.harmonica.sessions) == 2
    context = box.requests_to("POST", "/api/v1/sessions")[1].json()["context"]
    assert "1 done, 2 open" in context
    assert f"#{agreed[0]} done after 23 hours" in context
    assert f"#{agreed[1]} open for 9 days" in context
    # The session before is quoted, the merged SESSION.md stands as it is.
    assert {"> We met.", "We met."} <= {*context.splitlines()}
    assert f"Pull requests merged since {calendar.monday:%Y-%m-%d}" in context


def look_again(calendar: Calendar, remote: Path) -> None:
    """Run twice with nothing new: first with SESSION.md proposed, then with it merged."""
    box = calendar.repository.box
    [issue] = announced(box)
    proposed, body, before = head(remote), issue["body"], len(box.requests)
    calendar.results(day=1)
    assert head(remote) == proposed, "what is proposed already was pushed again"
    calendar.repository.write("SESSION.md", pushed(remote))
    first = len(box.requests)
    assert calendar.results(day=2).outputs["status"] == "unchanged"
    assert len(box.requests) - first == REQUESTS_WHILE_IT_IS_OPEN, box.requests[first:]
    assert writes(box, before) == []
    assert issue["body"] == body
    assert box.github.comments == []


def come_to_an_end(calendar: Calendar, remote: Path) -> None:
    """Let the end pass, and run four times: what came out of it is told once."""
    box = calendar.repository.box
    [issue] = announced(box)
    [session] = box.harmonica.sessions
    box.harmonica.set_results(
        session,
        summary="We met.",
        actions=[{"description": it} for it in ACTIONS],
        decisions=[{"label": "Two reviewers", "summary": "Each change has two."}],
    )
    assert calendar.results(day=4).outputs["final"] == "true"
    assert issue["state"] == "closed"
    for text in ("We met.", "Two reviewers", "Write it down"):
        assert text in issue["body"]
    assert session["id"] in pushed(remote)
    before = len(box.requests)
    for _ in range(2):
        calendar.results(day=4)
    calendar.repository.write("SESSION.md", pushed(remote))
    first = len(box.requests)
    assert calendar.results(day=5).outputs["status"] == "unchanged"
    assert len(box.requests) - first == REQUESTS_ONCE_IT_IS_OVER, box.requests[first:]
    assert writes(box, before) == []
    assert len(promises(box)) == len(ACTIONS)
    assert len(box.github.comments) == 1
    # Once when somebody had taken part, and once more after the end.
    assert len(box.requests_to("POST", ".*/summary")) == 2
    assert len(box.requests_to("POST", ".*/knowledge")) == 2
    assert gh_log(calendar.repository).read_text("utf-8").count("gh pr create") == 1
