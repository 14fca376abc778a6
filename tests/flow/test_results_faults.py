"""Every fault at every step of `results`, and the run after it: each thing once, nothing lost.

`bash tests/run tests/flow/test_results_faults.py -s` prints the table.
"""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.circle import ROUND, Circle
from harness.consumer import COMMENTS, GITHUBS_LIMIT, HARMONICAS_LIMIT, pull_request_payload
from harness.machine import wait_until
from harness.process import begin_python

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.consumer import Consumer

SESSION = "/api/v1/sessions/[^/]+"
COMMENT = "/repos/octo/garden/issues/comments/.*"
ISSUES = "/repos/octo/garden/issues"
ACTIONS = [{"description": "Write it down"}, {"description": "Split it"}]
# Each step by the request that it makes, and how many such requests come before it.
REMINDING = {
    "read comments": ("GET", COMMENTS, 0),
    "look at session": ("GET", SESSION, 0),
    "read summary": ("GET", f"{SESSION}/summary", 0),
    "post reminder": ("POST", COMMENTS, 0),
    "look again": ("GET", COMMENTS, 1),
}
TELLING = {
    "write summary": ("POST", f"{SESSION}/summary", 0),
    "write knowledge": ("POST", f"{SESSION}/knowledge", 0),
    "look before telling": ("GET", COMMENT, 0),
    "tell": ("PATCH", COMMENT, 0),
    "look after telling": ("GET", COMMENT, 1),
    "list actions": ("GET", ISSUES, 0),
    "open first issue": ("POST", ISSUES, 0),
    "open second issue": ("POST", ISSUES, 1),
    "link issues": ("PATCH", COMMENT, 1),
    "read brief": ("GET", f"{SESSION}/session-md", 0),
}
CLOSING = {
    "list announcements": ("GET", ISSUES, 0),
    "look at issue": ("GET", f"{ISSUES}/8", 0),
    "close": ("PATCH", f"{ISSUES}/8", 0),
}
DENIAL = {
    "message": "Resource not accessible by integration",
    "documentation_url": "https://docs.github.com/rest",
}
FAULTS = {
    "403": Fault.status(403, body=DENIAL),
    "404 in HTML": Fault.status(404, body="<html>"),
    "429, 3600 s": Fault.status(429, headers={"Retry-After": "3600"}, body=HARMONICAS_LIMIT),
    "secondary limit": Fault.status(403, body=GITHUBS_LIMIT),
    "500": Fault.status(500),
    "502 in HTML": Fault.status(502, body="<html>"),
    "dropped": Fault.drop(),
    "another JSON": Fault.body("{}", content_type="application/json"),
    "done, then dropped": Fault.drop_after(),
    "done, then 500": Fault.status_after(500),
    "done, then cut short": Fault.truncate(),
    "no answer": Fault.hang(),
    "done, no answer": Fault.hang_after(60),
}
# Answers for which the services wait, and so the test.
SLOW = {"no answer", "done, no answer"}
STEPS = REMINDING | TELLING | CLOSING
# What is only read is not done, whatever becomes of the answer; and a server that has a page where
# knowledge is asked for says that it has none, so the summary stands alone.
CASES = [
    (fault, step)
    for fault in FAULTS
    for step, (method, _, _) in STEPS.items()
    if not (method == "GET" and fault.startswith("done"))
    and (fault, step) != ("404 in HTML", "write knowledge")
]


def action_titles(circle: Circle) -> list[str]:
    """Return the titles of the issues of actions."""
    named = [
        str(it["title"])
        for it in circle.box.github.issues.values()
        if any(label["name"] == "harmonica-action" for label in it["labels"])
    ]
    return sorted(named)


def assert_told_once(circle: Circle, body: str) -> None:
    """Everything is there, and nothing twice."""
    assert "We met." in body
    assert body.count("### Summary") == 1
    titles = action_titles(circle)
    assert len(titles) == len(set(titles)) == 2
    numbers = [n for n, it in circle.box.github.issues.items() if it["title"] in titles]
    for number in numbers:
        assert f" #{number}\n" in body
        assert str(circle.box.github.issues[number]["title"]) in body


@pytest.mark.parametrize(("fault", "step"), CASES)
def test_fault(
    consumer: Consumer, record_property: Callable[[str, object], None], fault: str, step: str
) -> None:
    """After a lasting fault and the next run there is one reminder, and one issue an action."""
    circle = Circle(consumer)
    is_own = step in CLOSING
    if is_own:
        circle.move_to_issue()
    consumer.inputs |= {"actions": "issues", "write_session_md": "SESSION.md", "command": "results"}
    consumer.inputs["timeout"] = "4" if fault in SLOW else "180"
    payload = {"repository": {"id": 1, "private": True}}
    event = ("schedule", payload) if is_own else ("pull_request", pull_request_payload())
    method, path, after = STEPS[step]
    circle.session["participant_count"] = 2
    circle.find("We met.", ACTIONS)
    circle.days_pass(4.1)
    if step in REMINDING:
        consumer.box.fail(method, path, FAULTS[fault], times=None, after=after)
    faulty = consumer.run(*event)
    if step not in REMINDING:
        circle.days_pass(1)
        consumer.box.fail(method, path, FAULTS[fault], times=None, after=after)
        faulty = consumer.run(*event)
    consumer.box.heal()
    consumer.inputs["timeout"] = "180"
    if step in REMINDING:
        consumer.run(*event)
        reminders = [it for it in consumer.bodies if "This round ends soon" in it]
        assert len(reminders) == 1
    circle.days_pass(1)
    told = consumer.run(*event)
    again = consumer.run(*event)
    problem = (faulty.messages("error") or faulty.messages("warning")).partition("\n")[0]
    record_property("trouble", (fault, step, faulty.outputs["status"], problem))
    assert (told.code, again.code, again.outputs["status"]) == (0, 0, "unchanged")
    assert told.outputs["final"] == "true"
    assert_told_once(circle, str(circle.issue["body"]) if is_own else circle.body)
    assert "We met." in circle.written("SESSION.md")
    assert "Traceback" not in faulty.log + told.log
    assert not is_own or circle.issue["state"] == "closed"


@pytest.mark.parametrize("step", TELLING)
def test_a_run_that_is_killed(consumer: Consumer, step: str) -> None:
    """The next one goes on where it was, once it is sure that the other one is gone."""
    circle = Circle(consumer, ROUND.replace("expected: 3", "expected: 2"))
    circle.session["participant_count"] = 2
    circle.find("We met.", ACTIONS)
    method, path, after = TELLING[step]
    before = len(consumer.box.requests_to(method, path))
    consumer.box.fail(method, path, Fault.hang(), after=after)
    consumer.inputs |= {"actions": "issues", "write_session_md": "SESSION.md", "command": "results"}
    variables = consumer.variables("pull_request", pull_request_payload("synchronize"))
    process = begin_python("-m", "harmonica_session", "action", env=variables)
    wait_until(lambda: len(consumer.box.requests_to(method, path)) > before + after)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    circle.days_pass(0.1)
    told = circle.results()
    assert told.code == 0
    assert_told_once(circle, circle.body)
    assert "We met." in circle.written("SESSION.md")


def test_two_runs_at_once_open_each_issue_once(consumer: Consumer) -> None:
    """As processes of their own: one of them tells, and what it told stands there."""
    circle = Circle(consumer, ROUND.replace("expected: 3", "expected: 2"))
    circle.session["participant_count"] = 2
    circle.find("We met.", ACTIONS)
    consumer.inputs |= {"actions": "issues", "command": "results"}
    consumer.box.latency = 0.05
    variables = consumer.variables("pull_request", pull_request_payload("synchronize"))
    each = [begin_python("-m", "harmonica_session", "action", env=variables) for _ in range(3)]
    logs = [process.communicate(timeout=60)[0] for process in each]
    assert [process.returncode for process in each] == [0, 0, 0], logs
    assert_told_once(circle, circle.body)
    consumer.box.latency = 0
    assert circle.results().outputs["status"] == "unchanged"


def test_a_run_that_looked_at_the_same_moment_gives_way(consumer: Consumer) -> None:
    """Two have found nothing told, and both have written; the later claim counts."""
    circle = Circle(consumer)
    circle.end("We met.", ACTIONS)
    consumer.inputs["actions"] = "issues"
    invitation = Fault.body(
        json.dumps(circle.box.github.comments[0]), content_type="application/json"
    )
    first = circle.results()
    titles = action_titles(circle)
    # The second one had looked before the first one wrote, and writes after it.
    circle.box.fail(
        "GET",
        COMMENTS,
        Fault.body(
            f"[{invitation.answer.body.decode()}]" if invitation.answer else "[]",
            content_type="application/json",
        ),
    )
    second = circle.results()
    assert "Another run is handling this session" in second.log
    assert action_titles(circle) == titles
    assert first.outputs["action_issues"] == "[8, 9]"
    assert_told_once(circle, circle.body)


def test_a_run_leaves_the_issues_to_the_one_that_opens_them(consumer: Consumer) -> None:
    """While that run may still be at it; afterwards it takes over."""
    circle = Circle(consumer)
    circle.end("We met.", ACTIONS)
    consumer.inputs["actions"] = "issues"
    consumer.box.fail("GET", COMMENT, Fault.hang(), after=1)
    slow = threading.Thread(target=circle.results, kwargs={"timeout": "15"})
    slow.start()
    wait_until(lambda: len(consumer.box.requests_to("GET", COMMENT)) == 2)
    folder = consumer.folder / "other"
    folder.mkdir()
    other = type(consumer)(consumer.box, folder, dict(consumer.inputs), consumer.clock)
    other.write(".harmonica/session.yml", ROUND)
    run = other.on_pull_request("synchronize", command="results")
    assert "Another run is handling this session" in run.log
    assert action_titles(circle) == []
    slow.join(30)
    circle.days_pass(0.1)
    circle.results()
    assert_told_once(circle, circle.body)
