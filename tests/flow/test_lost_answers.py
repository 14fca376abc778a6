"""A create whose answer got lost: looked for, found or not, and never sent again blindly."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import GITHUBS_LIMIT, HARMONICAS_LIMIT
from harness.machine import wait_until
from harness.runner import outputs_of

if TYPE_CHECKING:
    from harness.consumer import Consumer

CREATE = ("POST", "/api/v1/sessions")


def test_a_session_whose_answer_was_cut_off_is_adopted(consumer: Consumer) -> None:
    """One POST; the session is found by its reference in the same run, with its link rebuilt."""
    consumer.box.fail(*CREATE, Fault.drop_after())
    run = consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    link = f"{consumer.box.harmonica_url}/chat?s={session['id']}"
    assert run.code == 0
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] == link
    assert link in consumer.bodies[0]
    assert len(consumer.created) == 1


def test_a_session_that_is_listed_late_is_adopted(consumer: Consumer) -> None:
    """The list is asked again and again, as permissions may be written after the session."""
    consumer.box.harmonica.unlisted_reads = 4
    consumer.box.fail(*CREATE, Fault.drop_after())
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert len(consumer.created) == 1
    assert len(consumer.clock.pauses) >= 3


@pytest.mark.parametrize("offset", [-7200.0, 7200.0])
def test_the_servers_clock_decides_what_is_new(consumer: Consumer, offset: float) -> None:
    """A clock that is two hours off on either side hides nothing."""
    consumer.box.harmonica.clock_offset = offset
    consumer.box.fail(*CREATE, Fault.drop_after())
    assert consumer.on_pull_request().outputs["status"] == "created"


def test_older_sessions_are_not_looked_at(consumer: Consumer) -> None:
    """Only sessions created since the request are candidates."""
    for number in range(20):
        created = consumer.box.harmonica.timestamp(ago=3600)
        consumer.box.harmonica.add_session(f"Older {number}", created_at=created)
    consumer.box.fail(*CREATE, Fault.drop_after())
    consumer.on_pull_request()
    assert len(consumer.box.requests_to("GET", "/api/v1/sessions/.*")) == 1


def test_a_session_that_was_never_made_fails_the_run(consumer: Consumer) -> None:
    """One POST and exit code 1; the message says that a re-run is safe."""
    consumer.box.fail(*CREATE, Fault.drop())
    run = consumer.on_pull_request()
    assert run.code == 1
    assert run.outputs == {"status": "failed", "topic": "Retrospective"}
    assert "is safe to run this again" in run.messages("error")
    assert len(consumer.created) == 1


@pytest.mark.parametrize("event", ["pull_request", "schedule"])
def test_the_rerun_of_a_lost_create_makes_exactly_one(consumer: Consumer, event: str) -> None:
    """Attempt 2 looks first, finds nothing, and creates."""
    consumer.box.fail(*CREATE, Fault.drop())
    consumer.run(event)
    run = consumer.run(event, env={"GITHUB_RUN_ATTEMPT": "2"})
    assert run.outputs["status"] == "created"
    assert len(consumer.box.harmonica.sessions) == 1


def test_a_session_made_too_late_is_found_by_the_rerun(consumer: Consumer) -> None:
    """What turns up after the deadline is adopted by the next attempt."""
    consumer.box.harmonica.unlisted_reads = 1_000
    consumer.box.fail(*CREATE, Fault.drop_after())
    first = consumer.run("schedule")
    consumer.box.harmonica.unlisted_reads = 0
    for _ in range(1_000):
        consumer.box.harmonica.answer(consumer.box.requests_to("GET", "/api/v1/sessions")[0])
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert first.code == 1
    assert second.outputs["status"] == "reused"
    assert len(consumer.box.harmonica.sessions) == 1


def test_a_create_that_surely_did_nothing_is_repeated(consumer: Consumer) -> None:
    """A limit with a time to wait is waited for, and the request is sent again."""
    limit = Fault.status(429, headers={"Retry-After": "2"}, body=HARMONICAS_LIMIT)
    consumer.box.fail(*CREATE, limit, times=2)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert consumer.clock.pauses == [2.0, 2.0]


def test_every_route_may_ask_for_patience(consumer: Consumer) -> None:
    """429 with `Retry-After: 2` on every route: the run waits each time and succeeds."""
    patience = {"Retry-After": "2"}
    limit = Fault.status(429, headers=patience, body=HARMONICAS_LIMIT)
    consumer.box.fail("*", "/api/v1/.*", limit)
    for method in ("GET", "POST"):
        limit = Fault.status(429, headers=patience, body=GITHUBS_LIMIT)
        consumer.box.fail(method, "/repos/.*", limit)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert run.outputs["comment_url"]
    assert consumer.clock.pauses == [2.0, 2.0, 2.0]


def test_too_much_patience_is_refused_at_once(consumer: Consumer) -> None:
    """429 with `Retry-After: 3600` fails without a pause, saying when to come back."""
    limit = Fault.status(429, headers={"Retry-After": "3600"}, body=HARMONICAS_LIMIT)
    consumer.box.fail(*CREATE, limit)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "3600 seconds" in run.messages("error")
    assert consumer.clock.pauses == []


def test_the_deadline_says_what_is_missing(consumer: Consumer) -> None:
    """When the time is over after the session was made, the comment is what is missing."""
    consumer.box.fail("POST", "/repos/.*", Fault.hang())
    run = consumer.on_pull_request(timeout="1")
    assert run.code == 0
    assert run.outputs["join_url"] in run.summary
    assert "not posted" in run.messages("warning")


def test_a_killed_step_has_handed_on_the_link(consumer: Consumer) -> None:
    """By the time the comment is posted, outputs and summary have the link, whatever comes next."""
    consumer.box.fail("POST", "/repos/.*", Fault.hang())
    process = consumer.begin()
    wait_until(lambda: consumer.box.requests_to("POST", "/repos/.*") != [])
    process.kill()
    process.communicate()
    link = f"{consumer.box.harmonica_url}/chat?s={consumer.box.harmonica.sessions[0]['id']}"
    assert outputs_of(consumer.output_file)["join_url"] == link
    assert link in consumer.summary_file.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("interruptible")
def test_a_cancelled_step_says_so(consumer: Consumer) -> None:
    """An interrupt ends the step with one line and no traceback."""
    consumer.box.fail("POST", "/repos/.*", Fault.hang())
    process = consumer.begin()
    wait_until(lambda: consumer.box.requests_to("POST", "/repos/.*") != [])
    process.send_signal(signal.SIGINT)
    log, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Canceled" in log
    assert "Traceback" not in log


def test_a_deadline_after_the_create_loses_no_session(consumer: Consumer) -> None:
    """When the time is over before anybody could look for a twin, the link is there already."""
    consumer.box.fail("GET", "/api/v1/sessions", Fault.hang(), after=1, times=None)
    run = consumer.run("schedule", timeout="1")
    [session] = consumer.box.harmonica.sessions
    assert run.code == 0, run.log
    assert run.outputs["session_id"] == session["id"]
    assert run.outputs["join_url"] in run.summary


def test_a_deadline_while_looking_says_that_a_rerun_is_safe(consumer: Consumer) -> None:
    """The error is about the session, not about the clock."""
    consumer.box.fail(*CREATE, Fault.drop())
    consumer.box.fail("GET", "/api/v1/sessions", Fault.hang(), times=None)
    run = consumer.on_pull_request(timeout="1")
    assert run.code == 1
    assert "is safe to run this again" in run.messages("error")


def test_a_failure_while_looking_is_not_the_end(consumer: Consumer) -> None:
    """The session is looked for again when a look itself goes wrong."""
    consumer.box.fail(*CREATE, Fault.drop_after())
    consumer.box.fail("GET", "/api/v1/sessions", Fault.status(401), times=2)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert len(consumer.created) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 520, 524, 599])
def test_no_error_of_a_server_says_that_nothing_was_made(consumer: Consumer, status: int) -> None:
    """Whatever a proxy calls its impatience, the session is looked for and adopted."""
    consumer.box.fail(*CREATE, Fault.status_after(status))
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert len(consumer.created) == 1


def test_with_off_a_rerun_is_not_called_safe(consumer: Consumer) -> None:
    """Nothing can recognise the session of a step that wants one of its own each time."""
    consumer.box.fail(*CREATE, Fault.drop())
    run = consumer.run("schedule", once_per="off")
    assert run.code == 1
    assert "is safe to run this again" not in run.messages("error")
    assert "Look in Harmonica before you run this again" in run.messages("error")


def test_with_off_only_the_steps_own_session_is_adopted(consumer: Consumer) -> None:
    """An earlier step's session has another reference, though nothing else tells them apart."""
    consumer.run("schedule", once_per="off")
    consumer.box.fail(*CREATE, Fault.drop_after())
    second = consumer.run("schedule", once_per="off")
    assert second.outputs["session_id"] == consumer.box.harmonica.sessions[1]["id"]


def test_a_bare_500_hints_at_the_spec(consumer: Consumer) -> None:
    """Harmonica answers so to values that it does not expect."""
    consumer.box.fail(*CREATE, Fault.status(500), times=None)
    assert "a value that Harmonica cannot handle" in consumer.on_pull_request().messages("error")


def test_the_session_is_asked_for_less_and_less_often(consumer: Consumer) -> None:
    """The pause between two looks grows up to ten seconds."""
    consumer.box.fail(*CREATE, Fault.drop())
    consumer.on_pull_request(timeout="60")
    assert consumer.clock.pauses == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0]


@pytest.mark.parametrize("line", ["Ref: {}0", "xRef: {}", "Ref: {} "])
def test_only_a_whole_line_is_a_reference(consumer: Consumer, line: str) -> None:
    """A context that quotes the reference within a line is another session's."""
    consumer.run("schedule")
    [session] = consumer.box.harmonica.sessions
    reference = session["context"].rpartition("Ref: ")[2]
    session["context"] = line.format(reference)
    assert consumer.run("schedule").outputs["status"] == "created"
