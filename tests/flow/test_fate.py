"""A create that something turns away, whatever became of it: one session, and its link is told.

`bash tests/run tests/flow/test_fate.py -s` prints the table.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import HARMONICAS_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.consumer import Consumer

CREATE = ("POST", "/api/v1/sessions")
STATUSES = (403, 404, 408, 413, 429, 500, 502, 503, 504, 520)
PATIENCE: dict[str, dict[str, str]] = {
    "-": {},
    "2": {"Retry-After": "2"},
    "300": {"Retry-After": "300"},
}
BODIES: dict[str, object] = {"own": HARMONICAS_LIMIT, "foreign": "<html>"}


def is_clear_no(status: int, body: str) -> bool:
    """Say whether an answer proves that nothing was done."""
    return body == "own" and status in range(400, 500) and status != 408


DONE_FIRST = [
    (status, patience, body)
    for status, patience, body in product(STATUSES, PATIENCE, BODIES)
    # A service that does the work and says no in its own form would be lying.
    if not is_clear_no(status, body)
]


@pytest.mark.parametrize(("status", "patience", "body"), DONE_FIRST)
def test_work_that_was_done_is_found(
    consumer: Consumer,
    record_property: Callable[[str, object], None],
    status: int,
    patience: str,
    body: str,
) -> None:
    """Once or always: the session exists, nothing is created again, and its link is handed on."""
    fault = Fault.status_after(status, headers=PATIENCE[patience], body=BODIES[body])
    consumer.box.fail(*CREATE, fault, times=None)
    run = consumer.on_pull_request()
    sessions = consumer.box.harmonica.sessions
    assert [run.outputs.get("session_id")] == [row["id"] for row in sessions], run.log
    assert run.outputs["join_url"] in consumer.bodies[0]
    assert len(consumer.created) == 1
    record_property("fate", (status, patience, body, "done", 1, "found"))


@pytest.mark.parametrize(("status", "patience", "body"), [*product(STATUSES, PATIENCE, BODIES)])
def test_work_that_was_not_done_is_done_by_the_next_run(
    consumer: Consumer,
    record_property: Callable[[str, object], None],
    status: int,
    patience: str,
    body: str,
) -> None:
    """A run says that it failed, or waits out a limit; the next one makes the one session."""
    consumer.box.fail(*CREATE, Fault.status(status, headers=PATIENCE[patience], body=BODIES[body]))
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize")
    waited = status == 429 and body == "own" and patience != "300"
    assert (first.code, second.code) == (0 if waited else 1, 0)
    assert first.messages("error") != "" or waited
    assert second.outputs["status"] == ("reused" if waited else "created")
    assert len(consumer.box.harmonica.sessions) == len(consumer.bodies) == 1
    assert second.outputs["join_url"] in consumer.bodies[0]
    told = "created after the pause" if waited else first.messages("error")
    record_property("fate", (status, patience, body, "not done", 1, told[:70]))


def test_an_address_without_harmonica_is_not_waited_for(consumer: Consumer) -> None:
    """Where the look for the session meets no Harmonica either, the error says so at once."""
    page = Fault.status(404, body="<html>")
    consumer.box.fail("*", "/api/v1/.*", page, times=None)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "check `api-url`" in run.messages("error")
    assert len(consumer.created) == 1
    assert consumer.clock.pauses == []
