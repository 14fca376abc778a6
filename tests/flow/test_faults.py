"""Every fault at every step of the flow, and the run after it: one session, one comment, one link.

`bash tests/run -k test_fault -s` prints the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, COMMENTS, GITHUBS_LIMIT, HARMONICAS_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.consumer import Consumer, Run

SESSIONS = "/api/v1/sessions"

SESSION = f"{SESSIONS}/[^/]+"

# Each step by the request that it makes, and how many such requests come before it.
FIRST_RUN = {
    "read comments": ("GET", COMMENTS, 0),
    "create": ("POST", SESSIONS, 0),
    "post comment": ("POST", COMMENTS, 0),
    "look again": ("GET", COMMENTS, 1),
}
# What a run does when the spec has changed since.
SECOND_RUN = {
    "look at session": ("GET", SESSION, 0),
    "list who has written": ("GET", f"{SESSION}/responses", 0),
    "update session": ("PATCH", SESSION, 0),
    "propose prompt": ("POST", f"{SESSION}/regenerate-facilitation-prompt", 0),
    "save prompt": ("PATCH", SESSION, 1),
    "edit comment": ("PATCH", "/repos/octo/garden/issues/comments/.*", 0),
}
# What a run does when the comment was deleted by hand.
RECALL = {"list sessions": ("GET", SESSIONS, 0), "look at sessions": ("GET", SESSION, 0)}
ISSUES = "/repos/octo/garden/issues"
# What a run does that announces in an issue; the last when the spec has changed since.
WITH_ISSUE = {
    "list issues": ("GET", ISSUES, 0),
    "make label": ("POST", "/repos/octo/garden/labels", 0),
    "open issue": ("POST", ISSUES, 0),
    "list them again": ("GET", ISSUES, 1),
    "edit issue": ("PATCH", f"{ISSUES}/8", 0),
}
STEPS = FIRST_RUN | SECOND_RUN | RECALL
DOCUMENTED = {"documentation_url": "https://docs.github.com/rest"}
FAULTS = {
    "401": Fault.status(401),
    "403": Fault.status(403, body={"message": "Resource not accessible", **DOCUMENTED}),
    "404 in HTML": Fault.status(404, body="<html>"),
    "408": Fault.status(408),
    "413 in HTML": Fault.status(413, body="<html>"),
    "422": Fault.status(422, body={"message": "Validation Failed", **DOCUMENTED}),
    "429, 2 s": Fault.status(429, headers={"Retry-After": "2"}, body=HARMONICAS_LIMIT),
    "429, 3600 s": Fault.status(429, headers={"Retry-After": "3600"}, body=HARMONICAS_LIMIT),
    "secondary limit": Fault.status(403, body=GITHUBS_LIMIT),
    "500": Fault.status(500),
    "502 in HTML": Fault.status(502, body="<html>"),
    "503": Fault.status(503),
    "503, 2 s": Fault.status(503, headers={"Retry-After": "2"}),
    "504": Fault.status(504),
    "dropped": Fault.drop(),
    "redirect": Fault.redirect("http://elsewhere.test/"),
    "page instead of JSON": Fault.body("<html>"),
    "another JSON": Fault.body("{}", content_type="application/json"),
    "done, then dropped": Fault.drop_after(),
    "done, then 500": Fault.status_after(500),
    "done, then 504": Fault.status_after(504),
    "done, then cut short": Fault.truncate(),
    "done, then a flood": Fault.flood(21_000_000),
    "no answer": Fault.hang(),
    "done, no answer": Fault.hang_after(60),
    "done, drop by drop": Fault.drip(0.2),
}
# Answers for which the services wait, and so the test: once each is enough.
SLOW = {"no answer", "done, no answer", "done, drop by drop"}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault(
    consumer: Consumer,
    record_property: Callable[[str, object], None],
    fault: str,
    step: str,
    *,
    lasting: bool,
) -> None:
    """After the fault and the run that follows there is one session, one comment, and its link."""
    method, path, after = STEPS[step]
    if step not in FIRST_RUN:
        consumer.on_pull_request()
    if step in SECOND_RUN:
        consumer.write(".harmonica/session.yml", CHANGED)
    if step in RECALL:
        consumer.box.github.comments.clear()
    consumer.box.fail(method, path, FAULTS[fault], times=None if lasting else 1, after=after)
    consumer.inputs["timeout"] = "1" if fault in SLOW else "180"
    faulty = consumer.on_pull_request("opened" if step in FIRST_RUN else "synchronize")
    consumer.box.heal()
    consumer.inputs["timeout"] = "180"
    next_run = consumer.on_pull_request("synchronize")
    sessions = consumer.box.harmonica.sessions
    record_property("fault", (fault, step, lasting, len(sessions), len(consumer.bodies)))
    record_property("told", told(faulty))
    assert len(sessions) == 1
    assert len(consumer.bodies) == 1
    assert next_run.code == 0
    assert next_run.outputs["session_id"] == sessions[0]["id"]
    assert next_run.outputs["join_url"] in consumer.bodies[0]
    if step in SECOND_RUN:
        assert sessions[0]["goal"] == "Agree on two changes"
        assert "Agree on two changes" in consumer.bodies[0]
    if faulty.code == 0:
        assert faulty.outputs["join_url"] == next_run.outputs["join_url"]
    else:
        assert faulty.messages("error")
    assert "Traceback" not in faulty.log + next_run.log


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("step", WITH_ISSUE)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_with_an_issue(
    consumer: Consumer,
    record_property: Callable[[str, object], None],
    fault: str,
    step: str,
    *,
    lasting: bool,
) -> None:
    """After the fault and the attempt that follows: one session, one open issue, and its link."""
    method, path, after = WITH_ISSUE[step]
    again = {"GITHUB_RUN_ATTEMPT": "2"}
    consumer.inputs["announce"] = "issue"
    if step == "edit issue":
        consumer.run()
        consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail(method, path, FAULTS[fault], times=None if lasting else 1, after=after)
    consumer.inputs["timeout"] = "1" if fault in SLOW else "180"
    faulty = consumer.run(env=again if step == "edit issue" else None)
    consumer.box.heal()
    consumer.inputs["timeout"] = "180"
    next_run = consumer.run(env=again)
    sessions = consumer.box.harmonica.sessions
    opened = [it for it in consumer.box.github.issues.values() if "pull_request" not in it]
    left = [it for it in opened if it["state"] == "open"]
    record_property("fault", (fault, step, lasting, len(sessions), len(opened)))
    record_property("told", told(faulty))
    assert len(sessions) == len(left) == 1
    assert next_run.code == 0
    assert next_run.outputs["comment_url"] == left[0]["html_url"]
    assert next_run.outputs["join_url"] in left[0]["body"]
    assert ("two changes" in left[0]["body"]) is (step == "edit issue")
    assert "Traceback" not in faulty.log + next_run.log


def told(run: Run) -> str:
    """Return what a user sees first of a run: its status, and the first thing that was wrong."""
    wrong = (run.messages("error") or run.messages("warning")).partition("\n")[0]
    return f"{run.outputs['status']}: {wrong}" if wrong else run.outputs["status"]
