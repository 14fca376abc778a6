"""One session where one is meant: created once, found again, announced in one comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import HEAD, NO_SESSIONS, SPEC, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Consumer

FULL_SPEC = """\
topic: " Retrospective "
goal: |
  Agree on one change
context: The release was late.
critical: What would you undo?
prompt: Ask short questions.
template_id: t-1
project_id: p-1
questions:
  - Name
  - {text: Mail, type: Email, required: true}
  - {text: Part, type: Options, options: [Code, Design]}
  - {text: Since, type: Short field, required: false}
cross_pollination: true
widgets_enabled: false
results_visibility: participants
distribution: [{channel: telegram, group_id: "-100"}]
roster: [{email: a@example.org, displayName: A, auth0Sub: s, rolesByStep: {"0": expert}}]
api:
  meta_description: Hello
"""


def test_a_pull_request_gets_a_session_and_one_comment(consumer: Consumer) -> None:
    """The first run creates a session, sets every output and posts the link."""
    run = consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    [comment] = consumer.box.github.comments
    link = f"{consumer.box.harmonica_url}/chat?s={session['id']}"
    assert run.code == 0, run.log
    assert run.outputs == {
        "join_url": link,
        "session_id": session["id"],
        "topic": "Retrospective",
        "status": "created",
        "session_status": "active",
        "chain_status": "",
        "comment_url": comment["html_url"],
        "open_until": "",
    }
    assert link in comment["body"]
    assert link in run.summary
    assert link in run.log


def test_a_second_run_reuses_the_session(consumer: Consumer) -> None:
    """The next push finds the receipt: one create, one comment, no edit."""
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.created) == len(consumer.bodies) == 1
    assert consumer.box.requests_to("PATCH", ".*") == []


def test_a_reused_session_costs_two_requests(consumer: Consumer) -> None:
    """Reusing asks GitHub for the comments and Harmonica for the session, nothing else."""
    consumer.on_pull_request()
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize")
    assert [r.method for r in consumer.box.requests[before:]] == ["GET", "GET"]


def test_a_new_session_with_a_new_comment_costs_five_requests(consumer: Consumer) -> None:
    """Comments and sessions are each looked at once more after what was made there."""
    consumer.on_pull_request()
    assert [(r.service, r.method) for r in consumer.box.requests] == [
        ("github", "GET"),
        ("harmonica", "POST"),
        ("harmonica", "GET"),
        ("github", "POST"),
        ("github", "GET"),
    ]


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_without_a_pull_request_nothing_is_posted(consumer: Consumer, event: str) -> None:
    """A scheduled or manual run sets the outputs and the summary, and writes nothing on GitHub."""
    run = consumer.run(event)
    assert run.outputs["status"] == "created"
    assert run.outputs["comment_url"] == ""
    assert run.outputs["join_url"] in run.summary
    assert {r.method for r in consumer.box.requests if r.service == "github"} == {"GET"}


def test_the_request_holds_every_key_of_the_spec(consumer: Consumer) -> None:
    """The body on the wire is the spec in the API's own form, SESSION.md at the context's end."""
    consumer.write(".harmonica/session.yml", FULL_SPEC)
    consumer.write("SESSION.md", "\ufeff# Last time\n\nIt went well.\n\n")
    consumer.on_pull_request()
    [body] = consumer.created
    context = body.pop("context")
    assert body == {
        "topic": "Retrospective",
        "goal": "Agree on one change",
        "critical": "What would you undo?",
        "prompt": "Ask short questions.",
        "template_id": "t-1",
        "project_id": "p-1",
        "questions": [
            {"text": "Name"},
            {"text": "Mail", "type": "Email", "required": True},
            {"text": "Part", "type": "Options", "options": ["Code", "Design"]},
            {"text": "Since", "type": "Short field", "required": False},
        ],
        "cross_pollination": True,
        "widgets_enabled": False,
        "results_visibility": "participants",
        "distribution": [{"channel": "telegram", "group_id": "-100"}],
        "roster": [
            {
                "email": "a@example.org",
                "displayName": "A",
                "auth0Sub": "s",
                "rolesByStep": {"0": "expert"},
            }
        ],
        "meta_description": "Hello",
    }
    text, _, reference = context.rpartition("\n\nRef: ")
    assert text == "The release was late.\n\n# Last time\n\nIt went well."
    assert len(reference) == 16
    assert int(reference, 16) >= 0


def test_omitted_keys_are_not_sent(consumer: Consumer) -> None:
    """A spec with topic and goal sends these two, and the context for its reference."""
    consumer.on_pull_request()
    assert consumer.created[0].keys() == {"topic", "goal", "context"}


def test_every_page_of_comments_is_read(consumer: Consumer) -> None:
    """Our comment is found behind 250 others, and none is added."""
    for number in range(250):
        consumer.box.github.add_comment(7, f"Comment {number}")
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.bodies) == 251


def test_a_copied_receipt_is_ignored_and_left_alone(consumer: Consumer) -> None:
    """A stranger who copies our comment before ours is neither believed nor touched."""
    consumer.on_pull_request()
    [ours] = consumer.bodies
    consumer.box.github.comments.clear()
    consumer.box.github.add_comment(7, ours, login="mallory")
    consumer.box.github.add_comment(7, ours, login="github-actions[bot]", type="Bot")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["comment_url"] == consumer.box.github.comments[1]["html_url"]
    assert consumer.bodies == [ours, ours]
    assert len(consumer.created) == 1


def test_a_look_alike_receipt_is_ignored(consumer: Consumer) -> None:
    """A receipt that somebody else signed leads to a session and a comment of our own."""
    forged = f"<!-- harmonica-session receipt v1 e30= {'0' * 64} -->\nJoin here"
    consumer.box.github.add_comment(7, forged, login="mallory")
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert consumer.bodies[0] == forged
    assert len(consumer.bodies) == 2


def test_a_deleted_comment_is_posted_again_with_the_same_link(consumer: Consumer) -> None:
    """The session is recognised by its reference when nobody kept the comment."""
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.box.harmonica.add_session("Something else")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert second.outputs["status"] == "reused"
    assert len(consumer.created) == len(consumer.bodies) == 1
    assert first.outputs["join_url"] in consumer.bodies[0]


def test_a_personal_token_recognises_its_own_comment(consumer: Consumer) -> None:
    """For a token that is no workflow's, the author must be the login that the token has."""
    token = consumer.box.github.add_person("lead")
    consumer.on_pull_request(github_token=token)
    second = consumer.on_pull_request("synchronize", github_token=token)
    assert second.outputs["status"] == "reused"
    assert len(consumer.bodies) == 1


def test_two_specs_have_a_comment_each(consumer: Consumer) -> None:
    """The receipt is bound to the spec: another spec on the same pull request is announced too."""
    consumer.write("other.yml", SPEC)
    consumer.on_pull_request()
    run = consumer.on_pull_request(spec="other.yml")
    assert run.outputs["status"] == "created"
    assert len(consumer.bodies) == 2


def test_a_session_out_of_reach_is_replaced_in_the_same_comment(consumer: Consumer) -> None:
    """When Harmonica refuses the receipt's session, a new one takes its place, with a warning."""
    first = consumer.run_long_ago()
    consumer.lose_sessions()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    assert second.outputs["join_url"] != first.outputs["join_url"]
    assert second.outputs["comment_url"] == first.outputs["comment_url"]
    assert second.outputs["join_url"] in consumer.bodies[0]
    assert "no longer exists" in second.messages("warning")


@pytest.mark.parametrize("is_new", [True, False])
def test_a_session_that_is_only_refused_stays(consumer: Consumer, *, is_new: bool) -> None:
    """Harmonica refuses a new one for a moment, and all while it cannot read who may see them."""
    first = consumer.on_pull_request() if is_new else consumer.run_long_ago()
    refusal = {"error": {"code": "forbidden", "message": "Access denied"}}
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(403, body=refusal), times=None)
    if not is_new:
        consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=None)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert len(consumer.created) == len(consumer.bodies) == 1
    assert "so it is kept" in second.messages("warning")
    assert "`once-per: off`" in second.messages("warning")
    assert "takes its place" not in second.log


@pytest.mark.parametrize("once_per", ["topic", "run"])
def test_a_session_that_is_only_refused_stays_whatever_it_is_for(
    consumer: Consumer, once_per: str
) -> None:
    """An empty list is the other half of the same outage, and no proof that a topic is free."""
    consumer.inputs["once_per"] = once_per
    first = consumer.run_long_ago()
    refusal = {"error": {"code": "forbidden", "message": "Access denied"}}
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(403, body=refusal), times=None)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=None)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert len(consumer.created) == len(consumer.bodies) == 1
    assert "so it is kept" in second.messages("warning")


def test_an_announced_session_of_a_topic_that_is_gone_is_replaced(consumer: Consumer) -> None:
    """The list holds others and lacks it, which is a second witness."""
    consumer.inputs["once_per"] = "topic"
    consumer.run_long_ago()
    consumer.lose_sessions()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    assert "no longer exists" in second.messages("warning")


@pytest.mark.parametrize("changed", ["status", "topic"])
def test_an_announced_session_of_a_topic_that_is_over_is_replaced(
    consumer: Consumer, changed: str
) -> None:
    """It is there, and is no active session of this topic any more; that is all there is to say."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.on_pull_request()
    consumer.box.harmonica.sessions[0][changed] = "completed"
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    replaced = f"This session replaces an earlier one: {first.outputs['join_url']}"
    assert second.messages("warning") == replaced


@pytest.mark.parametrize("failure", ["dry run", "refused create"])
def test_what_is_gone_is_not_said_to_be_replaced_before_it_is(
    consumer: Consumer, failure: str
) -> None:
    """A run that makes no session promises none."""
    consumer.run_long_ago()
    consumer.lose_sessions()
    if failure == "refused create":
        said = {"error": {"code": "validation_error", "message": "no"}}
        consumer.box.fail("POST", "/api/v1/sessions", Fault.status(400, body=said))
    run = consumer.on_pull_request("synchronize", dry_run=str(failure == "dry run").lower())
    assert "no longer exists" in run.messages("warning")
    assert "place" not in run.messages("warning")


def test_a_link_outlives_an_outage_of_harmonica(consumer: Consumer) -> None:
    """While Harmonica does not answer, a run still reports the link that the receipt keeps."""
    first = consumer.on_pull_request()
    consumer.box.harmonica.database_down = True
    second = consumer.on_pull_request("synchronize")
    assert second.code == 0
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert second.outputs["status"] == "reused"
    assert "could not be read" in second.messages("warning")


def test_a_completed_session_is_reported(consumer: Consumer) -> None:
    """A completed session stays the one of its pull request."""
    consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["status"] = "completed"
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["session_status"] == "completed"
    assert "completed" in second.summary
    assert len(consumer.created) == 1


def test_the_comment_says_what_participants_need(consumer: Consumer) -> None:
    """Goal, critical question, first questions, background and visibility stand in the comment."""
    consumer.write(".harmonica/session.yml", FULL_SPEC)
    consumer.write("SESSION.md", "Last time")
    payload = pull_request_payload()
    payload["repository"]["private"] = False
    consumer.run("pull_request", payload)
    [body] = consumer.bodies
    for expected in (
        "## Retrospective",
        "**Goal:** Agree on one change",
        "**Critical question:** What would you undo?",
        "1. Name\n2. Mail",
        "Background for the facilitator: the spec, SESSION.md",
        "everyone who completes the session",
        "repository is public, so anyone who sees the link can join",
    ):
        assert expected in body


def test_a_chain_that_does_not_run_is_a_warning(consumer: Consumer) -> None:
    """A 201 with a chain that is not running is told; why, where somebody can mend it."""
    consumer.box.harmonica.chain = {"status": "roster_incomplete", "message": "no lead"}
    run = consumer.on_pull_request()
    assert run.code == 0
    assert run.outputs["chain_status"] == "roster_incomplete"
    assert "no lead" in run.messages("warning")
    assert "The chain of its template is not running yet." in consumer.bodies[0]
    assert "no lead" not in consumer.bodies[0]
    assert "no lead" in run.summary


def test_a_chain_that_started_is_no_warning(consumer: Consumer) -> None:
    """A chain that runs is an output and nothing more."""
    consumer.box.harmonica.chain = {"status": "started", "chainInstanceId": "c", "stepId": "0"}
    run = consumer.on_pull_request()
    assert run.outputs["chain_status"] == "started"
    assert run.annotations == []


def test_a_head_repository_that_is_gone_counts_as_a_fork(consumer: Consumer) -> None:
    """GitHub names no head repository once the fork is deleted; such a run has no secrets."""
    payload = pull_request_payload()
    payload["pull_request"]["head"] = {"sha": HEAD, "repo": None}
    run = consumer.run("pull_request", payload, api_key="")
    assert run.outputs["status"] == "skipped"
