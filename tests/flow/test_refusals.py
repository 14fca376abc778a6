"""What a run says and leaves behind when something is wrong."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.network.clock import Clock
from harmonica_session.sandbox import Fault
from harmonica_session.step import run_action
from harness.consumer import BASE, CHANGED, COMMENTS, SPEC, pull_request_payload
from harness.runner import commands_in, outputs_of

if TYPE_CHECKING:
    from pathlib import Path

    from harness.consumer import Consumer

SIX_MISTAKES = """\
topic: 2026-11-23
goal: "  "
crtical: What now?
cross_pollination: "yes"
questions:
  - text: Which part?
    type: options
results_visibility: HOST
"""


def test_every_mistake_in_a_spec_is_annotated_in_its_place(consumer: Consumer) -> None:
    """Six mistakes give six annotations with line and column, exit code 1 and no request."""
    consumer.write(".harmonica/session.yml", SIX_MISTAKES)
    run = consumer.on_pull_request()
    places = [
        (a.name, a.properties["file"], a.properties["line"], a.properties["col"])
        for a in run.annotations
    ]
    file = ".harmonica/session.yml"
    assert places == [
        ("error", file, "1", "8"),
        ("error", file, "2", "7"),
        ("error", file, "3", "1"),
        ("error", file, "4", "20"),
        ("error", file, "7", "11"),
        ("error", file, "8", "21"),
    ]
    assert run.code == 1
    assert run.outputs == {"status": "failed"}
    assert consumer.box.requests == []


def test_more_than_ten_mistakes_stand_in_the_log_and_the_summary(consumer: Consumer) -> None:
    """GitHub shows ten annotations a step, so all of them are listed elsewhere too."""
    lines = "".join(f"wrong_{number}: x\n" for number in range(15))
    consumer.write(".harmonica/session.yml", SPEC + lines)
    run = consumer.on_pull_request()
    assert len(run.annotations) == 10
    assert all(f"`wrong_{number}`" in run.log for number in range(15))
    assert all(f": `wrong_{number}` is" in run.summary for number in range(15))


def test_a_refused_comment_leaves_the_step_green(consumer: Consumer) -> None:
    """With a read-only token the outputs are set, and a warning shows the permissions to add."""
    consumer.box.github.read_only.add(consumer.box.github_token)
    run = consumer.on_pull_request()
    assert run.code == 0
    assert run.outputs["status"] == "created"
    assert run.outputs["comment_url"] == ""
    assert run.outputs["join_url"] in run.summary
    block = (
        "permissions:\n  contents: read\n  pull-requests: write\n"
        "  issues: write  # to create the label by which the results are found\n  actions: read"
    )
    why = "  # in private repositories, to list earlier workflow runs"
    assert run.messages("warning").endswith(f"{block}{why}")
    assert f"```yaml\n{block}{why}\n```" in run.summary


def test_a_locked_conversation_has_a_message_of_its_own(consumer: Consumer) -> None:
    """A lock is no matter of permissions, and the warning says so."""
    consumer.box.github.locked.add(7)
    run = consumer.on_pull_request()
    assert run.code == 0
    assert "locked" in run.messages("warning")
    assert "permissions" not in run.messages("warning")
    assert run.outputs["join_url"] in run.summary


def test_an_issue_that_is_gone_is_no_place(consumer: Consumer) -> None:
    """GitHub says 410 of what was deleted or converted into a discussion; nothing is created."""
    body = {"message": "This issue was deleted", "documentation_url": "https://docs.github.com"}
    gone = Fault.status(410, body=body)
    consumer.box.fail("*", "/repos/octo/garden/issues/9/comments", gone, times=None)
    run = consumer.run("workflow_dispatch", pr_number="9")
    assert run.code == 1
    assert "converted into a discussion" in run.messages("error")
    assert "permissions" not in run.messages("error")
    assert consumer.created == []


def test_comments_that_no_permission_opens_bring_no_block(consumer: Consumer) -> None:
    """Who has to have a token authorized is told that alone, for reading and for posting."""
    body = {"message": "No", "documentation_url": "https://docs.github.com/rest"}
    sso = {"x-github-sso": "required; url=https://github.com/orgs/octo/sso"}
    consumer.box.fail("*", COMMENTS, Fault.status(403, headers=sso, body=body), times=None)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert run.messages("warning").count("single sign-on") == 2
    assert "permissions" not in run.messages("warning")


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "revoked"), (403, "has no access to this"), (400, "check the spec")],
)
def test_a_refused_create_says_what_to_do(consumer: Consumer, status: int, words: str) -> None:
    """One line: what was asked, the status, Harmonica's code and message, the way out."""
    body = {"error": {"code": "some_code", "message": "Some reason"}}
    consumer.box.fail("POST", "/api/v1/sessions", Fault.status(status, body=body))
    run = consumer.on_pull_request()
    [annotation] = run.annotations
    assert run.code == 1
    for expected in ("POST /sessions", str(status), "some_code", "Some reason", words):
        assert expected in annotation.message
    assert "\n" not in annotation.message
    assert "Some reason" in run.summary
    assert consumer.bodies == []


def test_an_answer_without_a_link_names_the_session(consumer: Consumer) -> None:
    """A 201 whose link cannot be used fails, with the id of the session that exists."""
    consumer.box.harmonica.created_overrides = {"join_url": "javascript:alert(1)"}
    run = consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    assert run.code == 1
    topic = {"topic": "Retrospective"}
    assert run.outputs == {"status": "failed", **topic, "session_id": session["id"]}
    assert session["id"] in run.messages("error")


def test_the_run_after_an_unusable_answer_finds_the_session(consumer: Consumer) -> None:
    """The session is recognised by its reference, so no second one is made."""
    consumer.box.harmonica.created_overrides = {"join_url": None}
    consumer.on_pull_request()
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert len(consumer.created) == 1
    assert len(consumer.bodies) == 1


def test_a_redirect_is_not_followed(consumer: Consumer) -> None:
    """The key stays with the one host; the error names where the address has moved to."""
    consumer.box.fail("POST", "/api/v1/sessions", Fault.redirect("http://elsewhere.test/x?y=z"))
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "http://elsewhere.test/x" in run.messages("error")
    assert len(consumer.box.requests_to("POST", "/.*sessions")) == 1


def test_a_fork_without_a_key_is_skipped(consumer: Consumer) -> None:
    """GitHub gives a fork no secrets: exit code 0, no request, and the workflow that works."""
    payload = pull_request_payload(head_repository=2)
    run = consumer.run("pull_request", payload, api_key="")
    assert run.code == 0
    assert run.outputs == {"status": "skipped"}
    assert consumer.box.requests == []
    assert "pull_request_target" in run.summary
    assert "fork" in run.messages("notice")


def test_dependabot_without_a_key_is_skipped(consumer: Consumer) -> None:
    """Runs that Dependabot starts see Dependabot's secrets only."""
    run = consumer.on_pull_request(env={"GITHUB_ACTOR": "dependabot[bot]"}, api_key="")
    assert run.code == 0
    assert run.outputs == {"status": "skipped"}
    assert "Dependabot" in run.summary


def test_a_fork_with_a_key_is_served(consumer: Consumer) -> None:
    """A private repository may give its secrets to forks."""
    run = consumer.run("pull_request", pull_request_payload(head_repository=2))
    assert run.outputs["status"] == "created"


def test_a_missing_key_names_its_usual_causes(consumer: Consumer) -> None:
    """Outside of forks an empty key is an error that says how to pass it."""
    run = consumer.on_pull_request(api_key=" ")
    assert run.code == 1
    assert "secrets.HARMONICA_API_KEY" in run.messages("error")
    assert "secrets: inherit" in run.messages("error")
    assert consumer.box.requests == []


def test_a_dry_run_writes_nothing_and_shows_everything(consumer: Consumer) -> None:
    """The comment is there to be read, and the request folded away; only reads were sent."""
    run = consumer.on_pull_request(dry_run="true")
    assert run.code == 0
    assert run.outputs == {"status": "planned", "topic": "Retrospective"}
    assert {r.method for r in consumer.box.requests} == {"GET"}
    assert '"goal": "Agree on one change"' in run.log
    assert "Retrospective\n=============" in run.log
    assert "\n## Retrospective\n" in run.summary
    _, _, folded = run.summary.partition("<details><summary>The request: POST /api/v1/sessions<")
    assert '"goal": "Agree on one change"' in folded.partition("</details>")[0]
    assert run.summary.count("```json") == 1
    assert "receipt" not in run.log + run.summary


def test_the_request_of_a_dry_run_is_the_one_that_is_sent(consumer: Consumer) -> None:
    """What a dry run shows is what the next run sends, reference included."""
    planned = consumer.on_pull_request(dry_run="true").summary
    consumer.on_pull_request()
    [body] = consumer.created
    shown = planned.split("```json\n")[1].split("\n```")[0]
    assert json.loads(shown) == body


def test_a_dry_run_works_without_a_key(consumer: Consumer) -> None:
    """A key is needed to write, not to look at what would be written."""
    run = consumer.on_pull_request(dry_run="TRUE", api_key="")
    assert run.code == 0
    assert run.outputs["status"] == "planned"
    assert '"topic": "Retrospective"' in run.log


def test_a_dry_run_after_a_run_says_reused(consumer: Consumer) -> None:
    """A dry run looks at what is there."""
    session = consumer.on_pull_request().outputs["session_id"]
    run = consumer.on_pull_request("synchronize", dry_run="true")
    assert f"{session} would be reused" in run.log


def test_the_missing_spec_hints_at_the_checkout(consumer: Consumer) -> None:
    """Without a spec the error names the path and the step that is usually missing."""
    (consumer.root / ".harmonica/session.yml").unlink()
    del consumer.box.github.files[BASE, ".harmonica/session.yml"]
    consumer.box.github.refs["main"] = BASE
    run = consumer.on_pull_request()
    assert "`.harmonica/session.yml`" in run.messages("error")
    assert "actions/checkout" in run.messages("error")


def test_session_md_may_be_absent(consumer: Consumer) -> None:
    """The default background file is optional."""
    assert consumer.on_pull_request().code == 0


def test_another_background_file_must_exist(consumer: Consumer) -> None:
    """A file that was asked for by name is not left out silently."""
    run = consumer.on_pull_request(session_md="docs/SESSION.md")
    assert run.code == 1
    assert "`docs/SESSION.md`" in run.messages("error")
    assert consumer.created == []


def test_an_empty_session_md_turns_the_background_off(consumer: Consumer) -> None:
    """`session-md: ''` leaves SESSION.md unread."""
    consumer.write("SESSION.md", "Last time")
    consumer.on_pull_request(session_md="")
    assert "Last time" not in consumer.created[0]["context"]


def test_a_background_that_is_no_text_is_refused(consumer: Consumer) -> None:
    """A byte that is not UTF-8 is named with its line and column."""
    (consumer.root / "SESSION.md").write_bytes(b"fine\nno\xff\n")
    [annotation] = consumer.on_pull_request().annotations
    assert annotation.properties["file"] == "SESSION.md"
    assert (annotation.properties["line"], annotation.properties["col"]) == ("2", "3")


def test_a_long_background_is_cut_with_a_warning(consumer: Consumer) -> None:
    """Over 50,000 characters the context is cut at a line end; mark and reference follow."""
    consumer.write("SESSION.md", "A line of text\n" * 5_000)
    run = consumer.on_pull_request()
    context = consumer.created[0]["context"]
    *lines, mark, blank, reference = context.splitlines()
    assert len("\n".join([*lines, mark])) <= 50_000
    assert set(lines) == {"A line of text"}
    assert "cut here" in mark
    assert blank == ""
    assert reference.startswith("Ref: ")
    assert "longer" in run.messages("warning")


def test_announce_pull_request_without_one_creates_nothing(consumer: Consumer) -> None:
    """The error comes before the session."""
    run = consumer.run("schedule", announce="pull-request")
    assert run.code == 1
    assert "schedule" in run.messages("error")
    assert consumer.created == []


def test_announce_off_posts_nothing(consumer: Consumer) -> None:
    """Outputs and summary carry the link, and nothing is written on GitHub."""
    run = consumer.on_pull_request(announce="off")
    assert run.outputs["status"] == "created"
    assert {r.method for r in consumer.box.requests if r.service == "github"} == {"GET"}


def test_pr_number_wins_over_the_event(consumer: Consumer) -> None:
    """The comment goes where the input says."""
    consumer.box.github.add_issue(9)
    run = consumer.on_pull_request(pr_number="9")
    assert consumer.box.github.comments[0]["number"] == 9
    assert "/issues/9#" in run.outputs["comment_url"]


def test_a_pr_number_that_is_not_there_creates_nothing(consumer: Consumer) -> None:
    """A wrong number is found out before the session is made."""
    run = consumer.run("workflow_dispatch", pr_number="4711")
    assert run.code == 1
    assert "4711" in run.messages("error")
    assert consumer.created == []


def test_comments_that_cannot_be_read_do_not_make_a_second_session(consumer: Consumer) -> None:
    """Without the right to read comments the session is recognised by its reference."""
    denied = Fault.status(403, body={"message": "Resource not accessible by integration"})
    consumer.box.fail("*", COMMENTS, denied, times=None)
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize")
    assert first.outputs["join_url"] == second.outputs["join_url"]
    assert second.outputs["status"] == "reused"
    assert len(consumer.created) == 1
    assert "pull-requests: write" in second.messages("warning")


def test_comments_that_nobody_could_read_create_nothing(consumer: Consumer) -> None:
    """While GitHub is down nobody knows what is announced, so nothing is created."""
    consumer.box.fail("GET", COMMENTS, Fault.status(500), times=None)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert consumer.created == []


def test_unusable_inputs_are_reported_together(consumer: Consumer) -> None:
    """Every input that cannot be used is named in one run."""
    run = consumer.run(announce="maybe", dry_run="yes", pr_number="x", timeout="0", api_url="ftp:")
    assert [a.message.split("`")[1] for a in run.annotations] == [
        "announce",
        "pr-number",
        "dry-run",
        "api-url",
        "timeout",
    ]


def test_a_summary_that_cannot_be_written_costs_nothing_else(consumer: Consumer) -> None:
    """A full disk or a missing file is said in the log; session, outputs and comment are there."""
    nowhere = str(consumer.folder / "no" / "folder")
    run = consumer.on_pull_request(env={"GITHUB_STEP_SUMMARY": nowhere})
    assert run.code == 0
    assert run.outputs["status"] == "created"
    assert "summary of this step could not be written" in run.log
    assert len(consumer.bodies) == 1


class BrokenClock(Clock):
    """A clock that breaks in a way nobody foresaw."""

    def now(self) -> float:
        """Break."""
        raise RuntimeError("unforeseen")


def test_a_bug_of_ours_ends_with_a_traceback(tmp_path: Path) -> None:
    """What nobody foresaw is reported as our bug, with status, summary and traceback."""
    summary, outputs, log = tmp_path / "summary", tmp_path / "outputs", io.StringIO()
    env = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    assert run_action(env, log, BrokenClock()) == 1
    [annotation] = commands_in(log.getvalue())
    assert (annotation.name, "bug in the action" in annotation.message) == ("error", True)
    assert "RuntimeError: unforeseen" in log.getvalue()
    assert "bug in the action" in summary.read_text("utf-8")
    assert outputs_of(outputs) == {"status": "failed"}


def test_the_key_is_nowhere_to_be_seen(consumer: Consumer) -> None:
    """Key and token stand in no log line but the mask's own, no output, comment or summary."""
    key, token = consumer.box.api_key, consumer.box.github_token
    consumer.write(".harmonica/session.yml", f"topic: Look\ngoal: at {key}\n{token}: x\n")
    failed = consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", SPEC)
    done = consumer.on_pull_request()
    for run in (failed, done):
        log = "\n".join(line for line in run.log.splitlines() if "::add-mask::" not in line)
        shown = log + run.summary + json.dumps(run.outputs) + "".join(consumer.bodies)
        assert key not in shown
        assert token not in shown
    assert done.log.splitlines()[:2] == [f"::add-mask::{key}", f"::add-mask::{token}"]


def test_a_pull_request_that_github_hides_is_a_warning(consumer: Consumer) -> None:
    """GitHub says 404 to a token that may not see the event's own pull request."""
    denied = Fault.status(404, body={"message": "Not Found"})
    consumer.box.fail("*", COMMENTS, denied, times=None)
    run = consumer.on_pull_request()
    assert run.code == 0
    assert run.outputs["status"] == "created"
    assert "pull-requests: write" in run.messages("warning")


def test_a_403_of_something_else_blames_no_project(consumer: Consumer) -> None:
    """A firewall knows nothing of projects and templates."""
    consumer.box.fail("POST", "/api/v1/sessions", Fault.status(403, body="<html>"))
    message = consumer.on_pull_request().messages("error")
    assert "project_id" not in message
    assert "firewall" in message


def test_announcing_nowhere_leaves_no_pull_request_to_count_by(consumer: Consumer) -> None:
    """The message names the two inputs that contradict each other."""
    run = consumer.on_pull_request(announce="off", once_per="pull-request")
    assert run.code == 1
    assert "`announce: off` announces nowhere" in run.messages("error")


def test_a_dry_run_of_an_update_shows_the_changes(consumer: Consumer) -> None:
    """What would be sent is the PATCH, not the session from scratch."""
    consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    consumer.write(".harmonica/session.yml", CHANGED)
    run = consumer.on_pull_request("synchronize", dry_run="true")
    assert f"PATCH /api/v1/sessions/{session['id']}" in run.log
    assert '"goal": "Agree on two changes"' in run.summary
    assert '"topic"' not in run.summary


def test_a_dry_run_that_would_send_nothing_shows_no_request(consumer: Consumer) -> None:
    """A session that would be reused needs none."""
    consumer.on_pull_request()
    run = consumer.on_pull_request("synchronize", dry_run="true")
    assert "The request" not in run.summary + run.log
    assert "would be reused" in run.summary
