"""The workflows that `init` writes and `.github/docs` shows, run as they stand."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
import yaml

from harmonica_session.commands.init import KINDS, STARTERS
from harmonica_session.sandbox import Fault
from harness.consumer import pull_request_payload
from harness.grants import taken
from harness.later import later
from harness.repository import ACTION
from harness.starters import (
    BRANCH,
    MERGED,
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
    from harmonica_session.sandbox import Sandbox
    from harness.channel import Channel
    from harness.repository import Repository

pytestmark = ON_UBUNTU
ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / ".github/docs/workflows.md").read_text("utf-8")
RELEASED = {
    **pull_request_payload(),
    "action": "published",
    "release": {"id": 3, "tag_name": "v2", "published_at": "2026-01-06T09:00:00Z"},
}
DISPATCHED = {"inputs": {"question": "Which database?"}, "repository": REPOSITORY}
MONDAY = {"schedule": "0 9 * * 1", "repository": REPOSITORY}
TUESDAY = {"schedule": "0 12 * * 2-5", "repository": REPOSITORY}
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
# What a first session does not take yet: to know the runs where many sessions were made since, and
# to know what was merged since the session or the release before.
NOT_AT_ONCE = {
    "retrospective": {"actions"},
    "sprint": {"pull-requests"},
    "release": {"pull-requests"},
}


def test_every_kind_is_shown_as_it_is_written() -> None:
    """The document holds each starter to the letter."""
    for kind in KINDS:
        for name in ("workflow.yml", "session.yml"):
            starter = STARTERS / kind / name
            if starter.is_file():
                assert f"```yaml\n{starter.read_text('utf-8')}```\n" in DOCS, f"{kind}/{name}"


@pytest.mark.parametrize("kind", WITH_SESSIONS)
def test_a_starter_runs_as_it_stands(
    repository: Repository, box: Sandbox, channel: Channel, kind: str
) -> None:
    """With the secrets added, the workflow creates one session on its own event, and says so."""
    repository.secrets["SLACK_WEBHOOK_URL"] = channel.address
    start(repository, kind)
    event, payload, place = EVENTS[kind]
    run(repository, event, payload)
    assert len(box.harmonica.sessions) == 1
    assert len(box.github.comments) == (1 if place == "comment" else 0)
    assert len(announced(box)) == (1 if place == "issue" else 0)


@pytest.mark.parametrize(("labels", "made"), [(["retro"], 1), (["other"], 0), ([], 0)])
def test_the_line_that_asks_for_a_label(
    repository: Repository, box: Sandbox, labels: list[str], made: int
) -> None:
    """Put in the place of the line above, it lets pull requests with the label through alone."""
    start(repository, "retrospective")
    workflow = repository.root / ".github/workflows/retrospective.yml"
    lines = workflow.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip().startswith("# if:"))
    lines[at - 2 : at + 1] = [lines[at].replace("# if:", "if:")]
    workflow.write_text("\n".join(lines), "utf-8")
    pull = MERGED["pull_request"] | {"labels": [{"name": name} for name in labels]}
    run(repository, "pull_request_target", MERGED | {"pull_request": pull})
    assert len(box.harmonica.sessions) == made


# A Monday of the year's first week and of its last, and those on either side of FIRST.
@pytest.mark.parametrize(
    ("first", "on", "off"),
    [
        ("2026-01-05", "2026-12-21T09:02", "2026-12-28T09:02"),
        ("2026-01-05", "2027-01-04T09:02", "2027-01-11T09:02"),
        ("2026-01-05", "2027-01-18T23:59", "2027-01-25T00:00"),
        ("2027-06-07", "2027-05-24T09:00", "2027-05-31T09:00"),
    ],
)
def test_a_sprint_is_left_out_on_the_mondays_between(
    repository: Repository, box: Sandbox, first: str, on: str, off: str
) -> None:
    """Days are counted from a fixed Monday, past the end of a year and before that Monday, too."""
    start(repository, "sprint")
    workflow = repository.root / ".github/workflows/sprint.yml"
    text = workflow.read_text("utf-8")
    assert text.count('FIRST: "2026-01-05"') == 1
    workflow.write_text(text.replace("2026-01-05", first), "utf-8")
    for number, (moment, made) in enumerate(((on, 1), (off, 1))):
        then = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
        now = datetime.fromtimestamp(box.github.now(), timezone.utc)
        later(repository, then - now)
        repository.env["GITHUB_RUN_ID"] = str(600 + number)
        run(repository, "schedule", MONDAY)
        assert len(box.harmonica.sessions) == made


@pytest.mark.parametrize(
    ("merged", "invited"),
    [([], [7]), ([7], [7]), ([5], []), ([5, 7], [])],
    ids=["not yet found", "the first", "the second, not yet found", "the second"],
)
def test_only_a_first_contribution_is_asked_about(
    repository: Repository, box: Sandbox, merged: list[int], invited: list[int]
) -> None:
    """The search may lag behind the merge; other people's pull requests do not count."""
    for number, login in (*((it, "newcomer") for it in merged), (4, "somebody")):
        pull = box.github.add_pull(number, state="closed", merged_at="2026-01-06T09:00:00Z")
        pull["user"] = {"login": login, "type": "User"}
    start(repository, "first-contribution")
    run(repository, "pull_request_target", MERGED)
    assert [it["number"] for it in box.github.comments] == invited


def test_first_contributions_share_a_session(repository: Repository, box: Sandbox) -> None:
    """The next newcomer is invited to the same one."""
    start(repository, "first-contribution")
    run(repository, "pull_request_target", MERGED)
    box.github.add_pull(9)
    pull = MERGED["pull_request"] | {"number": 9, "user": {"login": "another", "type": "User"}}
    repository.env["GITHUB_RUN_ID"] = "501"
    run(repository, "pull_request_target", MERGED | {"number": 9, "pull_request": pull})
    assert len(box.harmonica.sessions) == 1
    assert [it["number"] for it in box.github.comments] == [7, 9]


def test_a_count_that_fails_is_not_passed_over(repository: Repository, box: Sandbox) -> None:
    """Where the search is refused the run fails; nobody takes it for "not a first one"."""
    start(repository, "first-contribution")
    box.fail("GET", "/search/issues", Fault.status(403), times=None)
    assert repository.run("pull_request_target", MERGED).code != 0
    assert box.harmonica.sessions == []


def test_the_chat_hears_the_link_and_then_the_results(
    repository: Repository, box: Sandbox, channel: Channel
) -> None:
    """One message each, nothing of Slack's own markup in it, and no secret in act's log."""
    repository.secrets["SLACK_WEBHOOK_URL"] = channel.address
    start(repository, "chat", spec="critical: What now?\n")
    first = run(repository, "schedule", MONDAY)
    [session] = box.harmonica.sessions
    [issue] = announced(box)
    assert len(channel.texts) == 1
    assert f"{box.harmonica_url}/chat?s={session['id']}" in channel.texts[0]
    session["participant_count"] = 2
    box.harmonica.set_results(session, summary="Hear this, <!channel> & all: we agreed.")
    later(repository, timedelta(days=4, hours=1))
    repository.env["GITHUB_RUN_ID"] = "501"
    second = run(repository, "schedule", TUESDAY)
    assert len(channel.texts) == 2
    for part in ("2 took part", issue["html_url"], "&lt;!channel&gt; &amp; all: we agreed."):
        assert part in channel.texts[1]
    # Nothing new, nothing said.
    run(repository, "schedule", TUESDAY)
    assert len(channel.texts) == 2
    channel.status = 500
    repository.env["GITHUB_RUN_ID"] = "502"
    failed = repository.run("schedule", MONDAY)
    assert failed.code != 0
    for done in (first, second, failed):
        for secret in (channel.address, "/services/T0", box.api_key, box.github_token):
            assert secret not in done.printed


def end_a_session(repository: Repository, box: Sandbox, visibility: str = "participants") -> None:
    """Let a sprint's session come to an end, with results to tell."""
    start(repository, "sprint")
    spec = repository.root / ".harmonica/sprint.yml"
    spec.write_text(spec.read_text("utf-8").replace(": participants", f": {visibility}"), "utf-8")
    run(repository, "workflow_dispatch", DISPATCHED, "sprint")
    [session] = box.harmonica.sessions
    box.harmonica.set_results(
        session, summary="We agreed.", actions=[{"description": "Write it down"}]
    )
    session["participant_count"] = 2
    box.harmonica.complete(session)
    start(repository, "results")


def test_results_are_told_and_the_brief_is_proposed(repository: Repository, box: Sandbox) -> None:
    """The issue goes to results and is closed; SESSION.md is pushed, and proposed by `gh`."""
    end_a_session(repository, box)
    remote = accept_pushes(repository)
    run(repository, "schedule", TUESDAY, "results")
    [issue] = announced(box)
    assert issue["state"] == "closed"
    assert "We agreed." in issue["body"]
    assert box.harmonica.sessions[0]["id"] in pushed(remote)
    assert f"gh pr create --head {BRANCH}" in gh_log(repository).read_text("utf-8")


def test_the_brief_is_committed_straight_to_the_branch(
    repository: Repository, box: Sandbox
) -> None:
    """The other lines that the document shows, in place of those that propose it."""
    end_a_session(repository, box)
    remote = accept_pushes(repository)
    # As actions/checkout leaves a branch.
    repository.git("config", "branch.main.remote", "origin")
    repository.git("config", "branch.main.merge", "refs/heads/main")
    [lines] = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
    workflow = repository.root / ".github/workflows/results.yml"
    kept, _, _ = workflow.read_text("utf-8").partition("          git switch")
    workflow.write_text(kept + indent(lines, " " * 10), "utf-8")
    run(repository, "schedule", TUESDAY, "results")
    assert box.harmonica.sessions[0]["id"] in pushed(remote, "main")


def test_a_branch_that_is_there_already_gets_the_newer_brief(
    repository: Repository, box: Sandbox
) -> None:
    """What an earlier run has pushed is replaced, and its open pull request stays the only one."""
    end_a_session(repository, box)
    remote = accept_pushes(repository)
    repository.write("SESSION.md", "Of an earlier session\n")
    repository.git("add", "SESSION.md")
    repository.git("commit", "--quiet", "--message=Earlier")
    repository.git("push", "--quiet", str(remote), f"HEAD:{BRANCH}")
    repository.git("rm", "--quiet", "SESSION.md")
    gh_log(repository).with_name("gh.log.open").touch()
    run(repository, "schedule", TUESDAY, "results")
    assert box.harmonica.sessions[0]["id"] in pushed(remote)
    assert "gh pr create" not in gh_log(repository).read_text("utf-8")


def test_a_brief_that_git_takes_for_the_same_is_not_proposed(
    repository: Repository, box: Sandbox
) -> None:
    """Where a checkout has other line ends, a file is written and no commit is to be made."""
    end_a_session(repository, box)
    remote = accept_pushes(repository)
    run(repository, "schedule", TUESDAY, "results")
    brief = pushed(remote)
    repository.write("SESSION.md", brief.replace("\n", "\r\n"))
    repository.write(".gitattributes", "SESSION.md text eol=crlf\n")
    gh_log(repository).unlink()
    done = run(repository, "schedule", TUESDAY, "results")
    assert done.outputs["session_md"] == "SESSION.md"
    assert not gh_log(repository).exists()


@pytest.mark.parametrize(("label", "made"), [("", 1), ("retro", 0)])
def test_the_reusable_workflow_is_called_as_it_is_shown(
    repository: Repository, box: Sandbox, label: str, made: int
) -> None:
    """A repository that calls it has a session for each merged pull request, or for a label's."""
    start(repository, "retrospective")
    shown = [
        part.partition("```")[0] for part in DOCS.split("```yaml\n") if "/workflows/ret" in part
    ]
    [caller] = [text for text in shown if f"uses: {ACTION.partition('@')[0]}" in text]
    caller = caller.replace("    with:\n", f"    with:\n      api-url: {box.harmonica_url}\n")
    if label:
        caller = caller.replace("    with:\n", f"    with:\n      label: {label}\n")
    workflow = repository.root / ".github/workflows/retrospective.yml"
    workflow.write_text(caller, "utf-8")
    run(repository, "pull_request_target", MERGED)
    assert len(box.harmonica.sessions) == len(box.github.comments) == made


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_asks_for_what_it_needs_and_no_more(
    repository: Repository, box: Sandbox, channel: Channel, kind: str
) -> None:
    """In a private repository no request takes a permission that the workflow does not grant."""
    repository.secrets["SLACK_WEBHOOK_URL"] = channel.address
    box.github.facts["private"] = True
    if kind == "results":
        end_a_session(repository, box)
        start(repository, "retrospective")
        run(repository, "pull_request_target", MERGED, "retrospective")
        box.harmonica.sessions[-1]["participant_count"] = 1
        accept_pushes(repository)
    else:
        start(repository, kind)
    event, payload, _ = EVENTS.get(kind, ("schedule", TUESDAY, ""))
    before = len(box.requests)
    run(repository, event, payload, kind)
    repository.env["GITHUB_RUN_ATTEMPT"] = "2"
    box.github.add_run(500)
    run(repository, event, payload, kind)
    workflow = yaml.safe_load((STARTERS / kind / "workflow.yml").read_text("utf-8"))
    [job] = workflow["jobs"].values()
    granted = job["permissions"]
    needed = taken(box, before)
    assert granted.keys() == needed.keys() | {"contents"} | NOT_AT_ONCE.get(kind, set())
    for scope, access in needed.items():
        assert granted[scope] in (access, "write"), scope
