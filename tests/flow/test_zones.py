"""Servers that tell one of a session's times hours off: one session, whatever is repeated."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import COMMENTS, NO_COMMENTS, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Consumer

CREATE = ("POST", "/api/v1/sessions")
NOT_YET = Fault.status(403, body={"error": {"code": "forbidden", "message": "No access"}})


@pytest.fixture(
    params=[(14, False), (1, False), (-12, False), (12, True), (-14, True)],
    ids=lambda it: f"{'created' if it[1] else 'updated'}{-it[0]:+}h",
)
def zoned(request: pytest.FixtureRequest, consumer: Consumer) -> Consumer:
    """A repository whose Harmonica runs east or west of UTC, and its database in UTC."""
    harmonica = consumer.box.harmonica
    harmonica.hours_east, harmonica.is_created_off = request.param
    # Others make sessions too, before and after.
    harmonica.add_session("Another topic")
    return consumer


def test_a_later_attempt_finds_the_session(zoned: Consumer) -> None:
    """Attempt 2 reuses what attempt 1 has made."""
    zoned.box.github.add_run(500)
    first = zoned.run("schedule")
    zoned.box.harmonica.add_session("A third topic")
    second = zoned.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert second.outputs == {**first.outputs, "status": "reused"}


def test_a_lost_answer_is_found(zoned: Consumer) -> None:
    """The session whose answer got lost is adopted in the same run."""
    zoned.box.fail(*CREATE, Fault.drop_after())
    run = zoned.on_pull_request()
    assert run.outputs["status"] == "created"
    assert len(zoned.box.harmonica.sessions) == 2


def test_a_deleted_comment_makes_no_second_session(zoned: Consumer) -> None:
    """The reference leads back to it, also where the pull request was opened a moment ago."""
    payload = pull_request_payload("synchronize")
    payload["pull_request"]["created_at"] = datetime.now(timezone.utc).isoformat()
    first = zoned.run("pull_request", payload)
    zoned.box.github.comments.clear()
    second = zoned.run("pull_request", payload)
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert len(zoned.created) == 1


def test_a_refused_session_is_not_gone(zoned: Consumer) -> None:
    """The list shows it, however early it seems to be updated."""
    first = zoned.on_pull_request()
    zoned.box.github.comments[0]["updated_at"] = "2026-01-05T09:00:00Z"
    zoned.box.fail("GET", "/api/v1/sessions/[^/]+", NOT_YET, times=None)
    second = zoned.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert len(zoned.created) == 1


def test_a_new_session_is_waited_for(zoned: Consumer) -> None:
    """Nobody can tell by its times that it is old, so it is looked at again."""
    zoned.run("schedule")
    zoned.box.fail("GET", "/api/v1/sessions/[^/]+", NOT_YET, times=2, after=1)
    second = zoned.run("schedule")
    assert second.outputs["status"] == "reused"
    assert len(zoned.created) == 1


def test_runs_that_meet_agree(zoned: Consumer) -> None:
    """The slower one sees the other's session, names its own as surplus, and keeps no comment."""
    first = zoned.on_pull_request()
    zoned.box.github.comments.clear()
    zoned.box.fail("GET", COMMENTS, NO_COMMENTS)
    second = zoned.on_pull_request()
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert zoned.box.harmonica.sessions[2]["id"] in second.messages("warning")
    assert len(zoned.bodies) == 1


def test_runs_that_meet_look_no_further_back_than_they_must(zoned: Consumer) -> None:
    """Times of one kind are compared, so an hour tells a session of the same topic from a twin."""
    hour, day = zoned.box.harmonica.clock_offset - 3_600, zoned.box.harmonica.clock_offset
    zoned.box.harmonica.clock_offset = hour
    for _ in range(3):
        zoned.box.harmonica.add_session("Retrospective")
    zoned.box.harmonica.clock_offset = day
    zoned.on_pull_request()
    assert zoned.box.requests_to("GET", "/api/v1/sessions/[^/]+") == []
