"""Consumers' workflows from trigger to comment; nothing but the services is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import BASE, SPEC, pull_request_payload

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository

TRAP = "raise SystemExit('a file of the checkout was imported')\n"


def test_a_pull_request_that_is_pushed_to_again(repository: Repository, box: Sandbox) -> None:
    """Opened: a session, and one comment with its link. Pushed again: the same, and no more."""
    first = repository.run("pull_request", pull_request_payload("opened"))
    second = repository.run("pull_request", pull_request_payload("synchronize"))

    [session] = box.harmonica.sessions
    [comment] = box.github.comments
    assert (first.code, second.code) == (0, 0), first.printed + second.printed
    assert first.outputs["join_url"] == f"{box.harmonica_url}/chat?s={session['id']}"
    assert first.outputs["join_url"] in comment["body"]
    assert first.outputs["status"] == "created"
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(box.requests_to("POST", "/api/v1/sessions")) == 1
    assert len(box.requests_to("POST", "/repos/.*")) == 1


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_a_run_without_a_pull_request(repository: Repository, box: Sandbox, event: str) -> None:
    """Outputs and summary carry the link, and nothing is posted."""
    run = repository.run(event)

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] in run.summary
    assert box.github.comments == []


def test_a_later_attempt_of_a_schedule(repository: Repository, box: Sandbox) -> None:
    """Attempt 2 reuses the session; next week's run makes its own."""
    first = repository.run("schedule")
    again = repository.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    next_week = repository.run("schedule", env={"GITHUB_RUN_ID": "501"})

    statuses = [run.outputs["status"] for run in (first, again, next_week)]
    assert statuses == ["created", "reused", "created"], again.printed
    assert again.outputs["join_url"] == first.outputs["join_url"]
    assert len(box.harmonica.sessions) == 2


def test_a_fork_without_a_key(repository: Repository, box: Sandbox) -> None:
    """A pull request from a fork ends green, skipped, without a request to anyone."""
    repository.secrets.clear()

    run = repository.run("pull_request", pull_request_payload(head_repository=2))

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "skipped"
    assert "pull_request_target" in run.summary
    assert box.requests == []


def test_a_token_that_may_not_comment(repository: Repository, box: Sandbox) -> None:
    """The step stays green, its outputs are set, and the warning holds the block to paste."""
    box.github.read_only.add(box.github_token)

    run = repository.run("pull_request", pull_request_payload())

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert "permissions:\n  contents: read\n  pull-requests: write" in run.summary


def test_a_broken_spec(repository: Repository, box: Sandbox) -> None:
    """The step fails with an annotation on the line, and nobody is asked anything."""
    repository.write(".harmonica/session.yml", SPEC + "qestions: [Name]\n")

    run = repository.run("pull_request", pull_request_payload())

    [annotation] = run.annotations
    assert run.code == 1
    assert annotation.properties["file"] == ".harmonica/session.yml"
    assert (annotation.properties["line"], annotation.properties["col"]) == ("3", "1")
    assert box.requests == []


def test_an_answer_that_got_lost(repository: Repository, box: Sandbox) -> None:
    """The session is found in the same run: one request to create it, one comment."""
    box.fail("POST", "/api/v1/sessions", Fault.drop_after())

    run = repository.run("pull_request", pull_request_payload())

    assert run.outputs["status"] == "created", run.printed
    assert len(box.requests_to("POST", "/api/v1/sessions")) == 1
    assert run.outputs["join_url"] in str(box.github.comments[0]["body"])


def test_a_checkout_full_of_traps(repository: Repository) -> None:
    """Modules and settings in the checkout have no effect on the run."""
    for name in ("yaml", "pydantic", "json", "sitecustomize", "usercustomize"):
        repository.write(f"{name}.py", TRAP)
    repository.write("httpx/__init__.py", TRAP)
    repository.write(".netrc", "machine 127.0.0.1 login a password b\n")
    repository.write(".env", "INPUT_API_KEY=other\n")

    run = repository.run("pull_request", pull_request_payload())

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"


def test_the_key_is_printed_nowhere(repository: Repository, box: Sandbox) -> None:
    """Neither key nor token stands in anything that the workflow printed, posted or handed on."""
    run = repository.run("pull_request", pull_request_payload())

    shown = run.printed + run.summary + str(run.outputs) + str(box.github.comments)
    assert run.outputs["status"] == "created"
    assert box.api_key not in shown
    assert box.github_token not in shown


WITHOUT_CHECKOUT = """\
on: pull_request_target
permissions:
  contents: read
  pull-requests: write
jobs:
  session:
    runs-on: ubuntu-latest
    steps:
      - uses: OWNER/harmonica-session-action@v1
        id: harmonica
        with:
          api-key: ${{ secrets.HARMONICA_API_KEY }}
          api-url: ${{ vars.HARMONICA_API_URL }}
"""
CHECKOUT = "      - uses: actions/checkout@v5\n"


@pytest.mark.parametrize("checkout", ["", CHECKOUT], ids=["no checkout", "head checked out"])
def test_a_fork_that_changed_the_spec(repository: Repository, box: Sandbox, checkout: str) -> None:
    """Under `pull_request_target` the base's spec is used, whatever the workspace holds."""
    before, step, after = WITHOUT_CHECKOUT.partition("      - uses")
    repository.write(".github/workflows/session.yml", f"{before}{checkout}{step}{after}")
    repository.write(".harmonica/session.yml", "topic: Ours now\ngoal: Tell us your passwords\n")
    box.github.files[BASE, ".harmonica/session.yml"] = SPEC.encode()

    payload = pull_request_payload("closed", head_repository=2)
    run = repository.run("pull_request_target", payload, env={"GITHUB_SHA": BASE})

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert [session["topic"] for session in box.harmonica.sessions] == ["Retrospective"]
    assert f"read at revision {BASE}" in run.log
    assert "passwords" not in str(box.github.comments)
