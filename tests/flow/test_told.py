"""What log and job summary say of a run: its result first, what failed, and who knows of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import InputError
from harmonica_session.report.hand_on import fail
from harmonica_session.report.summary import Failed
from harmonica_session.report.troubleshooting import PAGE
from harmonica_session.sandbox import Fault
from harness.consumer import SPEC

if TYPE_CHECKING:
    from pathlib import Path

    from harness.consumer import Consumer, Run

CREATE = ("POST", "/api/v1/sessions")
COMMENT = ("POST", "/repos/octo/garden/issues/7/comments")
NOTHING = "Nothing was created."
FORBIDDEN = {"error": {"code": "forbidden", "message": "No"}}
NOBODY = "So far nobody has been told about this session; share its link."


@pytest.fixture
def three(consumer: Consumer) -> Consumer:
    """A repository with three specs, the second of which Harmonica refuses."""
    for name in "abc":
        consumer.write(f"{name}.yml", f"topic: Topic {name}\ngoal: x\ntemplate_id: t-{name}\n")
    consumer.box.harmonica.out_of_reach.add("t-b")
    consumer.inputs["spec"] = "?.yml"
    return consumer


def _said(run: Run) -> list[str]:
    return [text for text in (run.log, run.summary) if "Nothing was created" in text]


def test_the_result_comes_first(consumer: Consumer) -> None:
    """What the run did stands above what participants read, and no table is without a head."""
    summary = consumer.on_pull_request().summary
    result, _, invitation = summary.partition("\n---\n")
    assert result.startswith(
        "## Harmonica session: created\n\n- Topic: Retrospective\n- Session: `"
    )
    assert "Join the session" not in result
    assert invitation.startswith("\n## Retrospective\n")
    assert "|" not in summary


def test_the_results_of_all_specs_come_first(three: Consumer) -> None:
    """A failure among several is not looked for below the invitations of the others."""
    result, *invitations = three.on_pull_request().summary.split("\n---\n")
    headings = [line for line in result.splitlines() if line.startswith("## ")]
    statuses = ("created", "failed", "created")
    assert headings == [f"## Harmonica session: {status}" for status in statuses]
    assert len(invitations) == 2


def test_a_failure_among_several_is_named(three: Consumer) -> None:
    """Annotation, log, summary and outputs say which spec and topic it is about."""
    run = three.on_pull_request()
    [error] = [it for it in run.annotations if it.name == "error"]
    assert error.properties["title"] == "Harmonica session: Topic b (b.yml)"
    assert "\nFailed: Topic b (b.yml). Nothing was created for this spec.\n" in run.log
    failed = run.summary.partition("session: failed\n")[2].partition("\n## ")[0]
    assert failed.startswith("\nNothing was created for this spec.\n\n- Topic: Topic b\n")
    assert "- Spec: `b.yml`\n" in failed
    [row] = [it for it in run.sessions if it["status"] == "failed"]
    assert row == {"spec": "b.yml", "status": "failed", "topic": "Topic b"}


@pytest.mark.parametrize(
    "case", ["spec", "input", "key", "refused", "never sent", "no time", "several"]
)
def test_where_nothing_was_created_that_is_said(consumer: Consumer, case: str) -> None:
    """Whoever reads of a failure need not look in Harmonica for what it has left."""
    inputs = {}
    if case in ("spec", "several"):
        consumer.write("bad.yml", "topic: no\n")
        inputs["spec"] = "bad.yml" if case == "spec" else "bad.yml\n.harmonica/session.yml"
    elif case == "input":
        inputs["timeout"] = "0"
    elif case == "key":
        inputs["api_key"] = f"hm_live_{'0' * 32}"
    elif case == "refused":
        consumer.box.fail(*CREATE, Fault.status(403, body=FORBIDDEN))
    elif case == "never sent":
        inputs["api_url"] = "http://127.0.0.1:1"
    else:
        consumer.box.fail("GET", "/api/v1/sessions", Fault.hang())
        inputs |= {"once_per": "topic", "timeout": "1"}
    run = consumer.on_pull_request(**inputs)
    assert run.code == 1
    assert consumer.box.harmonica.sessions == []
    assert run.log.splitlines()[-1] == NOTHING
    assert run.summary.startswith(f"## Harmonica session: failed\n\n{NOTHING}\n\n")


@pytest.mark.parametrize("case", ["answer lost", "never listed", "no link", "server error"])
def test_where_something_may_be_there_nothing_is_promised(consumer: Consumer, case: str) -> None:
    """A session that nobody can see is no session that does not exist."""
    if case == "no link":
        consumer.box.harmonica.created_overrides = {"join_url": None}
    elif case == "never listed":
        consumer.box.fail(*CREATE, Fault.drop_after())
        consumer.box.harmonica.unlisted_reads = 1_000
    else:
        fault = Fault.drop() if case == "answer lost" else Fault.status(500)
        consumer.box.fail(*CREATE, fault)
    run = consumer.on_pull_request(timeout="3")
    assert run.code == 1
    assert _said(run) == []


def test_what_creates_no_sessions_does_not_speak_of_it(consumer: Consumer) -> None:
    """A check makes none, and the results of a session may have been told before the failure."""
    consumer.write("bad.yml", "topic: no\n")
    checked = consumer.on_pull_request(command="validate", spec="bad.yml")
    asked = consumer.run(command="results", github_token="")
    assert (checked.code, asked.code) == (1, 1)
    assert _said(checked) + _said(asked) == []


def test_a_failure_after_a_session_keeps_its_link(tmp_path: Path) -> None:
    """What was handed on stays below, and nothing says that it is not there."""
    log, summary = io.StringIO(), tmp_path / "summary"
    runner = Runner({"GITHUB_STEP_SUMMARY": str(summary)}, log)
    runner.summary("## Harmonica session: created\n", "---\n\nThe link\n")
    fail(runner, InputError("too late"), Failed(is_nothing_created=True))
    assert summary.read_text() == "## Harmonica session: failed\n\ntoo late\n\n---\n\nThe link\n"
    assert "Nothing" not in log.getvalue()


@pytest.mark.parametrize("announce", ["off", "auto"])
def test_where_nothing_was_posted_nobody_has_been_told(consumer: Consumer, announce: str) -> None:
    """The log says so in the run that made the session; of a later run it says less."""
    first = consumer.run(announce=announce)
    again = consumer.run(announce=announce, env={"GITHUB_RUN_ATTEMPT": "2"})
    assert f"\n{NOBODY}\n" in first.log
    assert again.outputs["status"] == "reused"
    assert "\nThis run has not told anyone about the session; share its link.\n" in again.log
    assert "nobody has been" not in again.log


@pytest.mark.parametrize("case", ["refused", "no token"])
def test_a_comment_that_was_not_posted_has_told_nobody(consumer: Consumer, case: str) -> None:
    """Beside the warning that says why."""
    if case == "refused":
        consumer.box.github.read_only.add(consumer.box.github_token)
        run = consumer.on_pull_request()
    else:
        run = consumer.on_pull_request(github_token="", once_per="run")
    assert "not posted" in run.messages("warning")
    assert f"\n{NOBODY}\n" in run.log


def test_what_harmonica_tells_is_not_nobody(consumer: Consumer) -> None:
    """A session may be announced by Harmonica itself."""
    group = "distribution: [{channel: telegram, group_id: '-100'}]\n"
    consumer.write(".harmonica/session.yml", SPEC + group)
    assert (
        "\nSo far nobody has been told about this session except by Harmonica itself "
        "(`distribution`); share its link.\n"
    ) in consumer.run().log


@pytest.mark.parametrize("case", ["posted", "edited", "nobody knows"])
def test_who_may_have_been_told_is_not_nobody(consumer: Consumer, case: str) -> None:
    """A comment that stands, or may stand, has readers."""
    if case == "nobody knows":
        consumer.box.fail(*COMMENT, Fault.drop_after(), times=None)
    elif case == "edited":
        consumer.on_pull_request()
        consumer.write(".harmonica/session.yml", SPEC.replace("one", "two"))
        consumer.box.github.read_only.add(consumer.box.github_token)
    run = consumer.on_pull_request("synchronize")
    assert "nobody" not in run.log.lower().replace("nobody knows whether", "")


def test_a_dry_run_says_what_would_not_work(consumer: Consumer) -> None:
    """Its warnings stand in the summary too, below a result that names the spec."""
    consumer.write(".harmonica/session.yml", f"{SPEC}open_for: 5d\n")
    summary = consumer.run(dry_run="true").summary
    assert summary.startswith(
        "## Harmonica session: dry run\n\nA session would be created. Nothing was written.\n\n"
        "- Topic: Retrospective\n- Spec: `.harmonica/session.yml`\n\n**Warning:** "
    )
    assert "`open_for`" in summary


@pytest.mark.parametrize(
    ("spec", "anchor"),
    [
        (f"{SPEC}goal: x\n", "is-already-defined-on-line"),
        ("topic: t\ngoal: '{{ nothing }}'\n", "is-not-known-here"),
        ("topic: t\ngoal: x\ncolour: x\ngaol: x\n", "is-not-a-key-here"),
    ],
)
def test_a_failure_ends_with_a_link_to_what_to_do(
    consumer: Consumer, spec: str, anchor: str
) -> None:
    """It leads to the entry that all problems have, and nothing stands below it."""
    consumer.write(".harmonica/session.yml", spec)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert run.summary.endswith(f"\n\n[What to do about it]({PAGE}#{anchor})\n")


def test_a_failure_of_several_kinds_leads_to_the_page(consumer: Consumer) -> None:
    """The entry of one problem would say nothing of the others."""
    consumer.write(".harmonica/session.yml", "topic: 1\ngoal: x\ngaol: x\n")
    assert consumer.on_pull_request().summary.endswith(f"\n\n[What to do about it]({PAGE})\n")


def test_a_failure_that_a_service_explains_leads_to_its_reason(consumer: Consumer) -> None:
    """What Harmonica or GitHub says no to has an entry for the reason."""
    said = {"error": {"code": "unauthorized", "message": "Invalid or revoked API key"}}
    consumer.box.fail(*CREATE, Fault.status(401, body=said))
    run = consumer.on_pull_request()
    assert run.code == 1
    assert f"({PAGE}#check-the-secret-behind-api-key)" in run.summary
