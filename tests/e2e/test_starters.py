"""The workflows that `init` writes and `.github/docs` shows, run as they stand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.commands.init import KINDS, STARTERS, init
from harness.consumer import BASE, pull_request_payload

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository, WorkflowRun

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / ".github/docs/workflows.md").read_text("utf-8")
MERGED: dict[str, Any] = pull_request_payload("closed")
MERGED["pull_request"] |= {
    "merged": True,
    "merged_at": "2026-01-06T09:00:00Z",
    "user": {"login": "newcomer", "type": "User"},
    "labels": [],
}
RELEASED = {
    **pull_request_payload(),
    "action": "published",
    "release": {"id": 3, "tag_name": "v2", "published_at": "2026-01-06T09:00:00Z"},
}
DISPATCHED = {"inputs": {"question": "Which database?"}, "repository": MERGED["repository"]}
MONDAY = {"schedule": "0 9 * * 1", "repository": MERGED["repository"]}
TUESDAY = {"schedule": "0 9 * * 2-5", "repository": MERGED["repository"]}
# The event of each kind, its payload, and where the session is announced.
EVENTS = {
    "retrospective": ("pull_request_target", MERGED, "comment"),
    "sprint": ("workflow_dispatch", DISPATCHED, "issue"),
    "decision": ("workflow_dispatch", DISPATCHED, "issue"),
    "release": ("release", RELEASED, "issue"),
    "first-contribution": ("pull_request_target", MERGED, "comment"),
    "chat": ("schedule", MONDAY, "issue"),
}
WITH_SESSIONS = tuple(EVENTS)
# Stands in for GitHub's own command, which speaks to no stand-in.
GH = """\
#!/bin/sh
echo "gh $*" >> "$GH_LOG"
"""


def start(repository: Repository, kind: str) -> None:
    """Put what `init` writes into a repository; where Harmonica is alone differs from the world."""
    (repository.root / ".github/workflows/session.yml").unlink(missing_ok=True)
    assert init(repository.root, kind) == 0
    workflow = repository.root / f".github/workflows/{kind}.yml"
    key = "          api-key:"
    text = workflow.read_text("utf-8")
    text = text.replace(key, f"          api-url: {repository.box.harmonica_url}\n{key}")
    workflow.write_text(text, "utf-8")
    for spec in repository.root.glob(".harmonica/*.yml"):
        path = spec.relative_to(repository.root).as_posix()
        repository.box.github.files[BASE, path] = spec.read_bytes()


def run(repository: Repository, event: str, payload: dict[str, Any]) -> WorkflowRun:
    """Run the workflows of an event, which have to end well."""
    done = repository.run(event, payload)
    assert done.code == 0, done.printed
    return done


def announced(box: Sandbox) -> list[dict[str, Any]]:
    """Return the issues that announce sessions."""
    return [it for it in box.github.issues.values() if "receipt v1" in (it.get("body") or "")]


def test_every_kind_is_shown_as_it_is_written() -> None:
    """The document holds each starter to the letter."""
    for kind in KINDS:
        for name in ("workflow.yml", "session.yml"):
            starter = STARTERS / kind / name
            if starter.is_file():
                assert f"```yaml\n{starter.read_text('utf-8')}```\n" in DOCS, f"{kind}/{name}"


@pytest.mark.parametrize("kind", WITH_SESSIONS)
def test_a_starter_runs_as_it_stands(repository: Repository, box: Sandbox, kind: str) -> None:
    """With the secret added, the workflow creates one session on its own event, and says so."""
    repository.secrets["SLACK_WEBHOOK_URL"] = f"{box.server_url}/nowhere"
    start(repository, kind)
    event, payload, place = EVENTS[kind]
    if kind == "chat":
        # The channel is no stand-in's; what is said there has a test of its own.
        repository.run(event, payload)
    else:
        run(repository, event, payload)
    assert len(box.harmonica.sessions) == 1
    assert len(box.github.comments) == (1 if place == "comment" else 0)
    assert len(announced(box)) == (1 if place == "issue" else 0)


def test_a_sprint_is_left_out_on_the_mondays_between(repository: Repository, box: Sandbox) -> None:
    """Days are counted from a fixed Monday, so every second one is left out."""
    start(repository, "sprint")
    workflow = repository.root / ".github/workflows/sprint.yml"
    text = workflow.read_text("utf-8")
    made = []
    for weeks in (0, 1, 2):
        script = f"$(date -u -d '-{7 * weeks} days' +%F)"
        workflow.write_text(
            text.replace('FIRST: "2026-01-05"', "X: y").replace(
                "          days=", f"          FIRST={script}\n          days="
            ),
            "utf-8",
        )
        run(repository, "schedule", MONDAY)
        made.append(len(box.harmonica.sessions))
        repository.env["GITHUB_RUN_ID"] = str(600 + weeks)
    assert made == [1, 1, 2]


def test_results_are_told_and_the_brief_is_proposed(
    repository: Repository, box: Sandbox, tmp_path: Path
) -> None:
    """The issue goes to results and is closed; SESSION.md is pushed, and proposed by `gh`."""
    start(repository, "sprint")
    run(repository, "workflow_dispatch", DISPATCHED)
    [session] = box.harmonica.sessions
    box.harmonica.set_results(
        session, summary="We agreed.", actions=[{"description": "Write it down"}]
    )
    session["participant_count"] = 2
    box.harmonica.complete(session)
    (repository.root / ".github/workflows/sprint.yml").unlink()
    start(repository, "results")
    remote, log = tmp_path / "remote.git", tmp_path / "gh.log"
    repository.programs = tmp_path / "programs"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)  # noqa: S603, S607 - git
    repository.git("config", f"url.{remote}.insteadOf", "https://github.com/octo/garden.git")
    repository.programs.mkdir()
    (repository.programs / "gh").write_text(GH, "utf-8")
    (repository.programs / "gh").chmod(0o755)
    repository.env["GH_LOG"] = str(log)
    run(
        repository, "schedule", {**TUESDAY, "repository": {**MERGED["repository"], "private": True}}
    )
    [issue] = announced(box)
    assert issue["state"] == "closed"
    assert "We agreed." in issue["body"]
    pushed = subprocess.run(  # noqa: S603 - git
        ["git", "-C", str(remote), "show", "harmonica/session-md:SESSION.md"],  # noqa: S607
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert session["id"] in pushed
    assert "gh pr create --head harmonica/session-md" in log.read_text("utf-8")


def test_the_reusable_workflow_is_called_as_it_is_shown(
    repository: Repository, box: Sandbox
) -> None:
    """A repository that calls it has a session for each merged pull request, and its comment."""
    start(repository, "retrospective")
    shown = [
        part.partition("```")[0] for part in DOCS.split("```yaml\n") if "/workflows/ret" in part
    ]
    [caller] = [text for text in shown if "uses: OWNER/" in text]
    caller = caller.replace("    with:\n", f"    with:\n      api-url: {box.harmonica_url}\n")
    workflow = repository.root / ".github/workflows/retrospective.yml"
    workflow.write_text(caller, "utf-8")
    run(repository, "pull_request_target", MERGED)
    assert len(box.harmonica.sessions) == len(box.github.comments) == 1
