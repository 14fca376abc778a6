"""Which pull request is meant, for every event that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import BASE, HEAD

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

MERGED = "c" * 40
OURS = {"number": 7, "base": {"repo": {"id": 1}}}


def workflow_run(pull_requests: list[dict[str, Any]], sha: str = HEAD) -> dict[str, Any]:
    """Return the payload of a `workflow_run` event."""
    return {
        "workflow_run": {
            "pull_requests": pull_requests,
            "head_branch": "fix",
            "head_sha": sha,
            "head_repository": {"owner": {"login": "contributor"}},
        }
    }


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("pull_request_target", {"pull_request": {"number": 7}}),
        ("pull_request_review", {"pull_request": {"number": 7}}),
        ("issue_comment", {"issue": {"number": 7, "pull_request": {}}}),
        ("merge_group", {"merge_group": {"head_ref": f"refs/heads/q/main/pr-7-{BASE}"}}),
        ("workflow_run", workflow_run([{"number": 7, "base": {"repo": {"id": 1}}}])),
        ("check_run", {"check_run": {"pull_requests": [OURS]}}),
        ("check_suite", {"check_suite": {"pull_requests": [OURS]}}),
        ("push", {"after": HEAD}),
    ],
)
def test_the_event_names_its_pull_request(
    consumer: Consumer, event: str, payload: dict[str, Any]
) -> None:
    """The link is posted on pull request 7."""
    run = consumer.run(event, payload)
    assert run.code == 0, run.log
    assert [comment["number"] for comment in consumer.box.github.comments] == [7]


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("issue_comment", {"issue": {"number": 7}}),
        ("push", {"after": "d" * 40}),
        ("workflow_run", workflow_run([{"number": 7, "base": {"repo": {"id": 2}}}], "d" * 40)),
        ("release", {"release": {}}),
        ("issues", {"issue": {"number": 7}}),
        ("check_run", {"check_run": {"pull_requests": [{**OURS, "base": {"repo": {"id": 2}}}]}}),
    ],
)
def test_other_events_have_none(consumer: Consumer, event: str, payload: dict[str, Any]) -> None:
    """Without a pull request the session is created all the same."""
    run = consumer.run(event, payload)
    assert run.outputs["status"] == "created", run.log
    assert consumer.bodies == []


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("push", {"after": "0" * 40, "deleted": True}),
        ("delete", {"ref": "fix", "ref_type": "branch"}),
        ("create", {"ref": "fix", "ref_type": "branch"}),
    ],
)
def test_an_event_without_a_commit_asks_github_nothing(
    consumer: Consumer, event: str, payload: dict[str, Any]
) -> None:
    """A branch that is gone, or has only begun, leads to no pull request and to no warning."""
    run = consumer.run(event, payload)
    assert run.outputs["status"] == "created", run.log
    assert run.messages("warning") == ""
    assert consumer.box.requests_to("GET", "/repos/octo/garden/(commits|pulls).*") == []


def test_an_issue_is_announced_on_where_its_number_is_given(consumer: Consumer) -> None:
    """Whoever writes the workflow says that this issue is meant."""
    consumer.box.github.add_issue(9)
    consumer.run("issues", {"issue": {"number": 9}}, pr_number="9")
    assert [comment["number"] for comment in consumer.box.github.comments] == [9]


def test_a_push_to_main_finds_the_pull_request_merged_as_it(consumer: Consumer) -> None:
    """The commit of a squash merge leads to the pull request it came from."""
    consumer.box.github.add_pull(
        8, state="closed", merged_at="2026-01-06T00:00:00Z", merge_commit_sha=MERGED
    )
    consumer.run("push", {"after": MERGED})
    assert consumer.box.github.comments[0]["number"] == 8


def test_a_workflow_run_of_a_fork_is_found_by_branch_and_commit(consumer: Consumer) -> None:
    """GitHub lists no pull requests for a fork's run, so branch and head commit decide."""
    consumer.box.github.add_pull(8, head_sha="d" * 40, head_owner="contributor", head_ref="fix")
    consumer.run("workflow_run", workflow_run([], "d" * 40))
    assert consumer.box.github.comments[0]["number"] == 8


def test_a_token_that_is_no_good_makes_no_session_of_a_push(consumer: Consumer) -> None:
    """Who cannot ask for the pull request might make a session with each push."""
    consumer.box.fail("GET", "/repos/octo/garden/commits/.*", Fault.status(401), times=None)
    run = consumer.run("push", {"after": HEAD})
    assert run.code == 1
    assert consumer.created == []


def test_a_denied_look_up_stands_in_the_summary(consumer: Consumer) -> None:
    """Whoever reads only the summary learns why nothing was posted."""
    denied = Fault.status(403, body={"message": "Resource not accessible by integration"})
    consumer.box.fail("GET", "/repos/octo/garden/commits/.*/pulls", denied, times=None)
    run = consumer.run("push", {"after": HEAD})
    assert run.outputs["status"] == "created"
    assert "pull-requests: read" in run.messages("warning")
    assert "could not be looked up" in run.summary


def test_an_empty_repository_is_called_one(consumer: Consumer) -> None:
    """No permission helps where there is no commit, and the session is made all the same."""
    body = {"message": "Git Repository is empty.", "documentation_url": "https://docs.github.com"}
    path = "/repos/octo/garden/commits/.*/pulls"
    consumer.box.fail("GET", path, Fault.status(409, body=body), times=None)
    run = consumer.run("push", {"after": HEAD})
    assert run.outputs["status"] == "created"
    assert "no commits yet; push one first" in run.messages("warning")
    assert "pull-requests: read" not in run.messages("warning")


def test_a_commit_that_is_unknown_lacks_no_permission(consumer: Consumer) -> None:
    """A branch may be gone before the run begins; the session is made all the same."""
    body = {"message": f"No commit found for SHA: {HEAD}", "documentation_url": "https://x.test"}
    path = "/repos/octo/garden/commits/.*/pulls"
    consumer.box.fail("GET", path, Fault.status(422, body=body), times=None)
    run = consumer.run("push", {"after": HEAD})
    assert run.outputs["status"] == "created"
    assert "422 No commit found" in run.messages("warning")
    assert "pull-requests: read" not in run.messages("warning")


VALUE = "topic: \"{{ pull_request.title | default('A topic') }}\"\ngoal: Agree\n"
BACKGROUND = "topic: A topic\ngoal: Agree\ncontext_from: [pull_request]\n"


@pytest.mark.parametrize("announce", ["auto", "off"])
@pytest.mark.parametrize("spec", [VALUE, BACKGROUND], ids=["value", "background"])
def test_who_may_ask_for_nothing_is_told_so_whatever_it_is_for(
    consumer: Consumer, announce: str, spec: str
) -> None:
    """A token that GitHub does not know ends the run before anything is created."""
    consumer.write(".harmonica/session.yml", spec)
    consumer.box.fail("GET", "/repos/.*", Fault.status(401, body={"message": "Bad credentials"}))
    run = consumer.run("push", {"after": HEAD}, announce=announce)
    assert run.code == 1
    assert "401 Bad credentials" in run.messages("error")
    assert consumer.created == []


def push_where_it_may_not_be_seen(consumer: Consumer, spec: str, announce: str, status: int) -> Run:
    """Run the step for a push by a token to which GitHub shows no pull request."""
    consumer.write(".harmonica/session.yml", spec)
    refusal = Fault.status(status, body={"message": "No"})
    consumer.box.fail("GET", "/repos/.*/commits/.*", refusal, times=None)
    return consumer.run("push", {"after": HEAD}, announce=announce)


@pytest.mark.parametrize("status", [403, 404, 422])
@pytest.mark.parametrize("announce", ["auto", "off"])
def test_a_pull_request_that_may_not_be_seen_is_one_warning(
    consumer: Consumer, announce: str, status: int
) -> None:
    """Place and values go without it alike; the warning names the permission, once."""
    run = push_where_it_may_not_be_seen(consumer, VALUE, announce, status)
    assert run.outputs["topic"] == "A topic"
    [warning] = [it.message for it in run.annotations if it.name == "warning"]
    assert "`pull-requests: read`" in warning


@pytest.mark.parametrize("status", [403, 404, 422])
@pytest.mark.parametrize("announce", ["auto", "off"])
def test_a_background_that_may_not_be_seen_names_the_permission(
    consumer: Consumer, announce: str, status: int
) -> None:
    """Nobody is told to set `pr-number` where only a permission is missing."""
    run = push_where_it_may_not_be_seen(consumer, BACKGROUND, announce, status)
    assert run.code == 1
    assert "`pull-requests: read`" in run.messages("error")
    assert "pr-number" not in run.messages("error")
    assert consumer.created == []
