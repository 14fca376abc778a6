"""Keys that a create does not take: sent after it, by a later run if need be, at nobody's cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, COMMENTS, NO_COMMENTS, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer

PATCH_SESSION = ("PATCH", "/api/v1/sessions/[^/]+")
KEYS = "welcome_message: Ten minutes.\nsummary_prompt: Name each decision.\n"
BOTH = {"welcome_message": "Ten minutes.", "summary_prompt": "Name each decision."}
REFUSAL = {"error": {"code": "validation_error", "message": "No valid fields provided"}}


@pytest.fixture(autouse=True)
def keys(consumer: Consumer) -> None:
    """Give the spec both keys."""
    write(consumer, SPEC + KEYS)


def write(consumer: Consumer, spec: str) -> None:
    """Replace the consumer's spec."""
    consumer.write(".harmonica/session.yml", spec)


def sent(consumer: Consumer) -> list[Any]:
    """Return the bodies of all changes of sessions."""
    return [request.json() for request in consumer.box.requests_to(*PATCH_SESSION)]


def held(consumer: Consumer, at: int = 0) -> dict[str, Any]:
    """Return what a session has of both keys."""
    row = consumer.box.harmonica.sessions[at]
    return {name: row[name] for name in BOTH if name in row}


def test_both_are_sent_after_the_create(consumer: Consumer) -> None:
    """In one request more, before the link is announced; the next run has nothing to do."""
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert run.annotations == []
    assert consumer.created[0].keys() == {"topic", "goal", "context"}
    assert sent(consumer) == [BOTH]
    writes = [it.method for it in consumer.box.requests if it.method != "GET"]
    assert writes == ["POST", "PATCH", "POST"]
    before = len(consumer.box.requests)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"
    assert [it.method for it in consumer.box.requests[before:]] == ["GET", "GET"]


def test_a_spec_without_them_sends_nothing_more(consumer: Consumer) -> None:
    """Whoever does not use them pays nothing."""
    write(consumer, SPEC)
    consumer.on_pull_request()
    assert sent(consumer) == []


def test_they_are_filled_in(consumer: Consumer) -> None:
    """They are texts like the others."""
    write(consumer, SPEC + "welcome_message: 'On #{{ pull_request.number }}'\n")
    consumer.on_pull_request()
    assert sent(consumer) == [{"welcome_message": "On #7"}]


def test_a_changed_one_is_updated(consumer: Consumer) -> None:
    """It is part of the request, so `on-change` decides, and one who has written keeps it."""
    consumer.on_pull_request()
    write(consumer, SPEC + KEYS.replace("Ten", "Five"))
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"
    assert sent(consumer)[1:] == [{"welcome_message": "Five minutes."}]
    consumer.box.harmonica.add_participant(consumer.box.harmonica.sessions[0], "Hello")
    write(consumer, SPEC + KEYS)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "stale"
    write(consumer, SPEC)
    run = consumer.on_pull_request("synchronize", on_change="keep")
    assert run.outputs["status"] == "reused"
    assert held(consumer)["welcome_message"] == "Five minutes."


@pytest.mark.parametrize(
    ("ignores", "lost"),
    [
        ({"welcome_message"}, ["welcome_message"]),
        ({"welcome_message", "summary_prompt"}, ["welcome_message", "summary_prompt"]),
    ],
)
def test_a_server_that_takes_none_costs_no_session(
    consumer: Consumer, ignores: set[str], lost: list[str]
) -> None:
    """The warning names what the session goes without; later runs say so and send nothing."""
    consumer.box.harmonica.ignores = ignores
    consumer.box.harmonica.tells = set(BOTH)
    first = consumer.on_pull_request()
    changes = len(sent(consumer))
    second = consumer.on_pull_request("synchronize")
    assert [run.outputs["status"] for run in (first, second)] == ["created", "reused"]
    assert len(sent(consumer)) == changes
    for run in (first, second):
        assert all(f"`{name}`" in run.messages("warning") for name in lost)
    assert held(consumer).keys() == BOTH.keys() - ignores
    assert len(consumer.bodies) == 1


def test_one_that_is_refused_does_not_take_the_other_along(consumer: Consumer) -> None:
    """Where both are refused together, each is tried alone."""
    consumer.box.fail(*PATCH_SESSION, Fault.status(400, body=REFUSAL), times=2)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert "goes without `welcome_message`: " in run.messages("warning")
    assert held(consumer) == {"summary_prompt": "Name each decision."}


@pytest.mark.parametrize(
    "fault",
    [Fault.status(500), Fault.drop(), Fault.drop_after(), Fault.status(403, body="<html>")],
)
@pytest.mark.parametrize("on_change", ["update", "keep", "new"])
def test_what_became_of_no_one_knows_what_is_sent_again(
    consumer: Consumer, fault: Fault, on_change: str
) -> None:
    """The receipt knows what is still to come, whatever becomes of changes of the spec."""
    consumer.inputs["on_change"] = on_change
    consumer.box.fail(*PATCH_SESSION, fault, times=None)
    first = consumer.on_pull_request()
    assert first.outputs["status"] == "created"
    assert "the next run for the same session tries again" in first.messages("warning")
    consumer.box.heal()
    second, third = (consumer.on_pull_request("synchronize") for _ in range(2))
    assert [run.outputs["status"] for run in (second, third)] == ["reused", "reused"]
    assert second.annotations == []
    assert held(consumer) == BOTH
    tried = len(sent(consumer))
    consumer.on_pull_request("synchronize")
    assert len(sent(consumer)) == tried
    assert len(consumer.created) == len(consumer.bodies) == 1


def test_what_is_still_to_come_goes_with_a_change(consumer: Consumer) -> None:
    """One request carries what the spec has changed and what the create did not take."""
    consumer.box.fail(*PATCH_SESSION, Fault.status(500), times=None)
    consumer.on_pull_request()
    consumer.box.heal()
    before = len(sent(consumer))
    write(consumer, SPEC.replace("one", "three") + KEYS)
    assert consumer.on_pull_request("synchronize").outputs["status"] == "updated"
    assert sent(consumer)[before] == {"goal": "Agree on three change", **BOTH}
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


def test_a_new_text_counts_where_the_old_one_never_arrived(consumer: Consumer) -> None:
    """With `on-change: keep` the session gets what it lacks, as the spec has it now."""
    consumer.inputs["on_change"] = "keep"
    consumer.box.fail(*PATCH_SESSION, Fault.status(500), times=None)
    consumer.on_pull_request()
    consumer.box.heal()
    write(consumer, SPEC.replace("one", "three") + KEYS.replace("Ten", "Five"))
    runs = [consumer.on_pull_request("synchronize") for _ in range(2)]
    assert [run.outputs["status"] for run in runs] == ["reused", "reused"]
    assert held(consumer) == {**BOTH, "welcome_message": "Five minutes."}
    assert consumer.box.harmonica.sessions[0]["goal"] == "Agree on one change"
    tried = len(sent(consumer))
    consumer.on_pull_request("synchronize")
    assert len(sent(consumer)) == tried


@pytest.mark.parametrize("event", ["pull_request", "schedule"])
def test_a_run_that_was_cut_off_after_its_create_is_made_up_for(
    consumer: Consumer, event: str
) -> None:
    """The next run that recognises the session by its reference sends what it does not know of."""
    consumer.box.fail(*PATCH_SESSION, Fault.drop(), times=None)
    for attempt in ("1", "2"):
        env = {"GITHUB_RUN_ATTEMPT": attempt}
        if event == "schedule":
            run = consumer.run(event, env=env)
        else:
            run = consumer.on_pull_request("synchronize", env=env)
        consumer.box.github.comments.clear()
        consumer.box.heal()
    assert run.outputs["status"] == "reused"
    assert held(consumer) == BOTH
    assert len(consumer.created) == 1


@pytest.mark.parametrize("once_per", ["run", "topic"])
def test_what_a_host_has_written_stays(consumer: Consumer, once_per: str) -> None:
    """Where no receipt tells, and Harmonica does, a text that is there is the host's."""
    consumer.box.harmonica.tells = set(BOTH)
    consumer.inputs["once_per"] = once_per
    consumer.run("schedule")
    consumer.box.harmonica.sessions[0]["welcome_message"] = "Mine."
    before = len(sent(consumer))
    run = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert run.outputs["status"] == "reused"
    assert sent(consumer)[before:] == []


def test_a_session_of_a_topic_is_left_alone_where_nothing_tells(consumer: Consumer) -> None:
    """It may be an old one, which its host has looked after since."""
    consumer.inputs["once_per"] = "topic"
    consumer.run("schedule")
    before = len(sent(consumer))
    consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    assert sent(consumer)[before:] == []


def test_people_in_a_session_are_not_welcomed_anew(consumer: Consumer) -> None:
    """What never arrived is not sent to who has begun without it."""
    consumer.box.fail(*PATCH_SESSION, Fault.status(500), times=None)
    consumer.on_pull_request()
    consumer.box.heal()
    consumer.box.harmonica.add_participant(consumer.box.harmonica.sessions[0], "Hello")
    before = len(sent(consumer))
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert sent(consumer)[before:] == []
    assert "people have already taken part (1)" in run.log


def test_of_two_runs_each_completes_its_own(consumer: Consumer) -> None:
    """The slower run gives way to a session that has all, and sends it nothing."""
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert slower.outputs["session_id"] == consumer.box.harmonica.sessions[0]["id"]
    ids = [it.path.rpartition("/")[2] for it in consumer.box.requests_to(*PATCH_SESSION)]
    assert ids == [row["id"] for row in consumer.box.harmonica.sessions]
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"
    assert len(ids) == 2


def test_an_adopted_session_gets_them_too(consumer: Consumer) -> None:
    """A create whose answer got lost is this run's all the same."""
    consumer.box.fail("POST", "/api/v1/sessions", Fault.drop_after())
    assert consumer.on_pull_request().outputs["status"] == "created"
    assert held(consumer) == BOTH


def test_a_slow_server_does_not_cost_the_comment(consumer: Consumer) -> None:
    """The link stands in the outputs before, and time is left to announce it."""
    consumer.box.fail(*PATCH_SESSION, Fault.hang(), times=None)
    run = consumer.on_pull_request(timeout="4")
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] in consumer.bodies[0]


def test_a_dry_run_shows_both_requests(consumer: Consumer) -> None:
    """What a create does not take stands in a request of its own."""
    run = consumer.on_pull_request(dry_run="true")
    created, _, changed = run.log.partition("The request: PATCH")
    assert '"welcome_message"' not in created
    assert '"welcome_message": "Ten minutes."' in changed
    assert run.summary.count("The request:") == 2
    assert consumer.created == sent(consumer) == []


def test_a_key_below_api_is_pointed_out(consumer: Consumer) -> None:
    """It has a key of its own, and a create would lose it."""
    write(consumer, SPEC + "api: {welcome_message: Hello}\n")
    run = consumer.on_pull_request()
    assert "`welcome_message` belongs at the top" in run.messages("error")
    assert consumer.created == []


def test_a_refused_text_does_not_cost_the_other_changes(consumer: Consumer) -> None:
    """What was changed beside it is changed, and the refused one is named with the reason."""
    consumer.write(".harmonica/session.yml", SPEC)
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED + "welcome_message: Hi\nsummary_prompt: Sum\n")
    error = {"error": {"code": "validation_error", "message": "welcome_message is too long"}}
    refusal = Fault.status(400, body=error)
    consumer.box.fail("PATCH", "/api/v1/sessions/[^/]+", refusal, times=1)
    consumer.box.fail("PATCH", "/api/v1/sessions/[^/]+", refusal, times=1, after=1)
    run = consumer.on_pull_request("synchronize")
    row = consumer.box.harmonica.sessions[0]
    assert (row["goal"], row["summary_prompt"]) == ("Agree on two changes", "Sum")
    assert "goes without `welcome_message`: " in run.messages("warning")
    assert "welcome_message is too long" in run.messages("warning")
    assert run.outputs["status"] == "stale"
    patches = len(consumer.box.requests_to("PATCH", "/api/v1/sessions/[^/]+"))
    again = consumer.on_pull_request("synchronize")
    assert "welcome_message" in again.messages("warning")
    assert "`goal`" not in again.messages("warning")
    assert len(consumer.box.requests_to("PATCH", "/api/v1/sessions/[^/]+")) == patches
