"""Servers of other versions: routes and fields that they lack, and what their answers tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

SESSION = "/api/v1/sessions/[^/]+"
PATCH_SESSION = ("PATCH", SESSION)
RESPONSES = f"{SESSION}/responses"


def change(consumer: Consumer, spec: str = CHANGED, **inputs: str) -> Run:
    """Run for the pull request, change the spec, run again."""
    consumer.on_pull_request(**inputs)
    consumer.write(".harmonica/session.yml", spec)
    return consumer.on_pull_request("synchronize", **inputs)


def sent(consumer: Consumer) -> list[object]:
    """Return the bodies of all changes of sessions."""
    return [request.json() for request in consumer.box.requests_to(*PATCH_SESSION)]


# Routes


def test_no_proposal_of_a_prompt_is_no_warning(consumer: Consumer) -> None:
    """A server without the route follows the texts that it stores, so nothing is amiss."""
    consumer.box.harmonica.lacks = {"regenerate-facilitation-prompt"}
    run = change(consumer)
    assert run.outputs["status"] == "updated"
    assert run.annotations == []
    assert sent(consumer) == [{"goal": "Agree on two changes"}]
    assert "this Harmonica server has no proposed prompts" in run.log
    assert "api-url" not in run.log


@pytest.mark.parametrize("lacks", ["context-sources", "file"])
def test_files_that_cannot_be_attached_are_said_once(consumer: Consumer, lacks: str) -> None:
    """A server without the route answers a form with 500; the list of sources tells them apart."""
    consumer.box.harmonica.lacks = {lacks}
    for name in ("a.md", "b.md"):
        consumer.write(name, "A")
    sources = "context_sources:\n  - file: a.md\n  - file: b.md\n"
    consumer.write(".harmonica/session.yml", SPEC + sources)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    if lacks == "file":
        assert run.messages("warning").count("it may still appear") == 2
        return
    assert len(run.annotations) == 1
    assert "goes without `a.md`, `b.md`: this Harmonica server has no context sources" in (
        run.messages("warning")
    )
    assert len(consumer.box.requests_to("POST", f"{SESSION}/context-sources/file")) == 1


def test_a_page_that_cannot_be_attached_does_not_turn_up(consumer: Consumer) -> None:
    """A page of a web framework is no sign that something was done."""
    consumer.box.harmonica.lacks = {"context-sources"}
    page = "context_sources:\n  - url: https://example.org/\n"
    consumer.write(".harmonica/session.yml", SPEC + page)
    run = consumer.on_pull_request()
    assert "this Harmonica server has no context sources" in run.messages("warning")
    assert "turn up" not in run.log
    assert "api-url" not in run.log


def test_a_server_without_lists_of_names_makes_the_session(consumer: Consumer) -> None:
    """What it does not have at all, the session goes without, and each is said in one line."""
    consumer.box.harmonica.lacks = {"templates", "projects", "telegram"}
    names = "template: A\nproject: B\ndistribution: [{channel: telegram, group: C}]\n"
    consumer.write(".harmonica/session.yml", SPEC + names)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert consumer.created[0].keys() == {"topic", "goal", "context"}
    told = [annotation.message.partition(" (GET")[0] for annotation in run.annotations]
    assert told == [
        ("The session goes without the template `A`: this Harmonica server has no templates"),
        ("The session goes without the project `B`: this Harmonica server has no projects"),
        ("The session goes without the group `C`: this Harmonica server has no groups"),
    ]
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


def test_a_group_that_is_named_by_its_id_stays(consumer: Consumer) -> None:
    """Of several targets, those alone are left out whose names cannot be looked up."""
    consumer.box.harmonica.lacks = {"groups"}
    targets = "distribution: [{channel: telegram, group: C}, {channel: slack, group_id: d}]\n"
    consumer.write(".harmonica/session.yml", SPEC + targets)
    consumer.on_pull_request()
    assert consumer.created[0]["distribution"] == [{"channel": "slack", "group_id": "d"}]


def test_a_server_without_briefs_gives_no_background(consumer: Consumer) -> None:
    """The session is made without the earlier one's, and a warning says so."""
    consumer.box.harmonica.lacks = {"session-md"}
    earlier = consumer.box.harmonica.add_session("Earlier", session_md="# Earlier")
    source = f"context_from: [previous_session: {{session: {earlier['id']}}}]\n"
    consumer.write(".harmonica/session.yml", SPEC + source)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert "goes without an earlier session: this Harmonica server has no briefs" in (
        run.messages("warning")
    )


# Whoever has written


@pytest.mark.parametrize("knows_lists", [True, False])
@pytest.mark.parametrize("is_excluded", [True, False])
def test_one_message_keeps_a_session_as_it_is(
    consumer: Consumer, *, knows_lists: bool, is_excluded: bool
) -> None:
    """The number of participants begins with a third message, and leaves out some people."""
    consumer.box.harmonica.knows_lists = knows_lists
    consumer.on_pull_request()
    [row] = consumer.box.harmonica.sessions
    consumer.box.harmonica.add_participant(row, "My secret", name="Ada", is_excluded=is_excluded)
    consumer.write(".harmonica/session.yml", CHANGED)
    run = consumer.on_pull_request("synchronize", env={"RUNNER_DEBUG": "1"})
    assert row["participant_count"] == 0
    assert run.outputs["status"] == "stale"
    assert "people have already taken part (1)" in run.messages("warning")
    assert sent(consumer) == []
    for text in (run.log, run.summary, *consumer.bodies, str(run.outputs)):
        assert "My secret" not in text
        assert "Ada" not in text


def test_a_dry_run_foresees_that_somebody_has_written(consumer: Consumer) -> None:
    """It shows no request that a real run would not send."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    assert "The request: PATCH" in consumer.on_pull_request("synchronize", dry_run="true").log
    consumer.box.harmonica.add_participant(consumer.box.harmonica.sessions[0], "Hello")
    run = consumer.on_pull_request("synchronize", dry_run="true")
    assert "would stay as it is: people have already taken part (1)" in run.log
    assert "The request" not in run.log


def test_nobody_is_asked_about_unless_something_changes(consumer: Consumer) -> None:
    """Creating and reusing cost what they did; a change costs one request more."""
    consumer.on_pull_request()
    consumer.on_pull_request("synchronize")
    assert consumer.box.requests_to("GET", RESPONSES) == []
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize")
    [asked] = consumer.box.requests_to("GET", RESPONSES)
    assert asked.query == {"mode": "list"}


def test_who_has_only_been_greeted_has_written_nothing(consumer: Consumer) -> None:
    """A transcript with the facilitator's words alone is nobody's."""
    consumer.box.harmonica.knows_lists = False
    consumer.on_pull_request()
    consumer.box.harmonica.add_participant(consumer.box.harmonica.sessions[0])
    consumer.write(".harmonica/session.yml", CHANGED)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"


def test_a_server_that_does_not_tell_goes_by_the_number(consumer: Consumer) -> None:
    """Without the route, the number of participants is all there is."""
    consumer.box.harmonica.lacks = {"responses"}
    run = change(consumer)
    assert run.outputs["status"] == "updated"
    assert run.annotations == []
    consumer.box.harmonica.sessions[0]["participant_count"] = 1
    consumer.write(".harmonica/session.yml", SPEC)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "stale"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(500),
        Fault.flood(3_000_000),
        Fault.body("<html>"),
        Fault.body("{}", content_type="application/json"),
        Fault.body('{"data": [5]}', content_type="application/json"),
        Fault.status(403, body="<html>"),
    ],
)
def test_what_cannot_be_counted_changes_nothing(consumer: Consumer, fault: Fault) -> None:
    """Somebody may have written; the next run asks again, and the comment promises no more."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail("GET", RESPONSES, fault, times=None)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "stale"
    assert "it is not known whether people have taken part" in run.messages("warning")
    assert sent(consumer) == []
    consumer.box.heal()
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"


# Fields


@pytest.mark.parametrize("tells", [{"project_id"}, set()])
def test_a_field_that_was_left_out_is_no_update(consumer: Consumer, tells: set[str]) -> None:
    """Be it in the answer or not, the run says what was changed and what was not."""
    harmonica = consumer.box.harmonica
    harmonica.ignores, harmonica.tells = {"project_id"}, tells
    run = change(consumer, CHANGED + "project_id: p-1\n")
    assert run.outputs["status"] == "stale"
    assert harmonica.sessions[0]["goal"] == "Agree on two changes"
    told = "no longer matches its spec (project_id), but it stays as it is: "
    assert told in run.messages("warning")
    assert "it did change goal" in run.messages("warning")
    assert "Agree on two changes" in consumer.bodies[0]


def test_a_field_that_was_left_out_is_not_sent_again(consumer: Consumer) -> None:
    """The next runs say so and write nothing, until the spec has something else to send."""
    consumer.box.harmonica.ignores = {"project_id"}
    change(consumer, CHANGED + "project_id: p-1\n")
    for _ in range(2):
        before = len(consumer.box.requests)
        run = consumer.on_pull_request("synchronize")
        assert run.outputs["status"] == "stale"
        assert "project_id" in run.messages("warning")
        assert {it.method for it in consumer.box.requests[before:]} == {"GET"}
    consumer.box.harmonica.ignores = set()
    consumer.write(".harmonica/session.yml", SPEC + "project_id: p-1\n")
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"
    assert consumer.box.harmonica.sessions[0]["project_id"] == "p-1"
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


def test_a_field_that_is_unknown_alone_is_refused_once(consumer: Consumer) -> None:
    """What is sent alone is refused with a word, and by later runs not sent again."""
    consumer.box.harmonica.ignores = {"project_id"}
    first = change(consumer, SPEC + "project_id: p-1\n")
    second = consumer.on_pull_request("synchronize")
    assert [run.outputs["status"] for run in (first, second)] == ["stale", "stale"]
    assert sent(consumer) == [{"project_id": "p-1"}]
    consumer.write(".harmonica/session.yml", SPEC)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


def test_a_text_that_is_kept_back_is_seen_in_the_answer(consumer: Consumer) -> None:
    """A field that the answer tells is compared, whatever it is."""
    consumer.box.harmonica.ignores = {"critical"}
    run = change(consumer, CHANGED + "critical: Why?\n")
    assert run.outputs["status"] == "stale"
    assert "(critical)" in run.messages("warning")
    assert len(consumer.box.requests_to(*PATCH_SESSION)) == 2
    assert "Why?" not in consumer.bodies[0]


def test_blanks_that_a_server_trims_are_no_difference(consumer: Consumer) -> None:
    """What the answer has in another layout was taken all the same."""
    told = {"id": "x", "goal": "Agree on\ttwo  changes "}
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail(*PATCH_SESSION, Fault.status_after(200, body=told))
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"


# Who can see the results


@pytest.mark.parametrize("told", ["host", "a-new-one"])
def test_the_comment_says_who_harmonica_says_can_see_the_results(
    consumer: Consumer, told: str
) -> None:
    """An answer that contradicts the spec counts, and a warning tells the host."""
    harmonica = consumer.box.harmonica
    harmonica.tells = {"results_visibility"}
    harmonica.created_overrides = {"results_visibility": told}
    consumer.write(".harmonica/session.yml", SPEC + "results_visibility: public\n")
    run = consumer.on_pull_request()
    # What this version does not know it cannot explain.
    is_known = told == "host"
    assert ("- Results: only the host can see them." in consumer.bodies[0]) is is_known
    assert ("Results" in consumer.bodies[0]) is is_known
    assert f"asks for `results_visibility: public`, but Harmonica answers `{told}`" in (
        run.messages("warning")
    )


def test_the_comment_follows_a_host_who_opens_the_results(consumer: Consumer) -> None:
    """A later run that is told of another visibility says that one, once."""
    consumer.box.harmonica.tells = {"results_visibility"}
    first = consumer.on_pull_request()
    assert "Results" not in consumer.bodies[0]
    consumer.box.harmonica.sessions[0]["results_visibility"] = "public"
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert "anyone who has the link can see them" in consumer.bodies[0]
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize")
    assert {it.method for it in consumer.box.requests[before:]} == {"GET"}


@pytest.mark.parametrize(
    "asked", ["", "results_visibility: host\n", "results_visibility: public\n"]
)
def test_what_is_as_asked_for_changes_no_comment(consumer: Consumer, asked: str) -> None:
    """An answer that says the same as the spec, or the documented default, adds nothing."""
    consumer.write(".harmonica/session.yml", SPEC + asked)
    consumer.on_pull_request()
    consumer.box.harmonica.tells = {"results_visibility"}
    before = len(consumer.box.requests)
    run = consumer.on_pull_request("synchronize")
    assert run.annotations == []
    assert {it.method for it in consumer.box.requests[before:]} == {"GET"}


# Values of lists that grow


def test_an_unknown_value_is_noted_and_passed_on(consumer: Consumer) -> None:
    """It is Harmonica's to refuse; the notice stands beside the line, in a check as in a run."""
    target = "distribution: [{channel: carrier-pigeon, group_id: loft}]\n"
    consumer.write(".harmonica/session.yml", SPEC + target)
    for run in (consumer.on_pull_request(command="validate"), consumer.on_pull_request()):
        [notice] = run.annotations
        assert (notice.name, notice.properties["line"]) == ("notice", "3")
        assert "`carrier-pigeon`, which this version of the action does not know" in notice.message
        assert run.code == 0
    assert consumer.created[0]["distribution"] == [
        {"channel": "carrier-pigeon", "group_id": "loft"}
    ]


def test_a_slip_is_asked_about(consumer: Consumer) -> None:
    """A value that nearly is a known one gets that one's name."""
    consumer.write(".harmonica/session.yml", SPEC + "results_visibility: particpants\n")
    run = consumer.on_pull_request(command="validate")
    assert "Did you mean `participants`?" in run.messages("notice")


def test_harmonica_refuses_what_it_does_not_know(consumer: Consumer) -> None:
    """Its own words are the error, and nothing is created."""
    consumer.write(".harmonica/session.yml", SPEC + "results_visibility: moon\n")
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "results_visibility must be one of" in run.messages("error")
    assert consumer.box.harmonica.sessions == []


def test_a_state_that_is_unknown_keeps_a_session(consumer: Consumer) -> None:
    """A session that is neither active nor completed is not changed."""
    consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["status"] = "archived"
    consumer.write(".harmonica/session.yml", CHANGED)
    run = consumer.on_pull_request("synchronize")
    assert (run.outputs["status"], run.outputs["session_status"]) == ("stale", "archived")
    assert "it is archived" in run.messages("warning")


def test_a_state_of_a_chain_that_is_unknown_is_quoted(consumer: Consumer) -> None:
    """It is not said to stand still, for nobody here knows that."""
    consumer.box.harmonica.chain = {"status": "queued"}
    run = consumer.on_pull_request()
    assert "Harmonica reports `queued` for the chain" in run.messages("warning")
    assert "not running" not in run.log


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_changes_no_sessions_is_said_so(consumer: Consumer, status: int) -> None:
    """The address is right, for the session was made there; a newer server is tried again."""
    consumer.box.fail(*PATCH_SESSION, Fault.body("<!DOCTYPE html>", status), times=None)
    run = change(consumer)
    assert run.outputs["status"] == "stale"
    assert len(run.annotations) == 1
    assert "this Harmonica server has no changes to sessions" in run.messages("warning")
    assert "api-url" not in run.log + consumer.bodies[0]
    consumer.box.heal()
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"


def test_a_server_that_changes_no_sessions_makes_one(consumer: Consumer) -> None:
    """The texts that only a change sets are named together, and the address is not doubted."""
    consumer.box.fail(*PATCH_SESSION, Fault.body("<!DOCTYPE html>", 404), times=None)
    texts = "welcome_message: Hello\nsummary_prompt: Sum up\n"
    consumer.write(".harmonica/session.yml", SPEC + texts)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert "`welcome_message`, `summary_prompt` could not be set" in run.messages("warning")
    assert "this Harmonica server has no changes to sessions" in run.messages("warning")
    assert "api-url" not in run.log
    assert len(sent(consumer)) == 1
