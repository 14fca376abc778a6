"""Until when a session is open: said, kept, moved, and over, whatever becomes of the run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import COMMENTS, NO_COMMENTS, NO_SESSIONS, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

FIVE_DAYS = f"{SPEC}open_for: 5d\n"
UNKEPT = "No announcement stores `open_for` and `expected`"
PATH = ".harmonica/session.yml"


@pytest.fixture
def opened(consumer: Consumer) -> Consumer:
    """A repository whose sessions are open for five days."""
    consumer.write(PATH, FIVE_DAYS)
    return consumer


def until(run: Run) -> datetime:
    """Return the end that a run has handed on."""
    return datetime.fromisoformat(run.outputs["open_until"])


def edits(consumer: Consumer) -> int:
    """Count the requests that edit a comment."""
    return sum(it.method == "PATCH" and "/comments/" in it.path for it in consumer.box.requests)


def test_the_end_is_in_comment_summary_and_output(consumer: Consumer) -> None:
    """All three say the same, in words and in ISO 8601, and Harmonica is told nothing of it."""
    keys = "open_for: 5d\nexpected: 6\nremind: 1d\ntimezone: Asia/Tokyo\n"
    consumer.write(PATH, f"{SPEC}{keys}")
    before = datetime.now(timezone.utc).replace(microsecond=0)
    run = consumer.on_pull_request()
    after = datetime.now(timezone.utc)
    assert run.annotations == []
    assert before <= until(run) - timedelta(days=5) <= after
    assert run.outputs["open_until"].endswith("+09:00")
    words = f"Open until {until(run):%A, {until(run).day} %B %Y, %H:%M} (Asia/Tokyo)"
    assert f"\n{words}\n" in consumer.bodies[0]
    assert f"\n{words}\n" in run.summary
    [sent] = consumer.created
    assert {"topic", "goal", "context"} == sent.keys()


def test_without_open_for_there_is_no_end(consumer: Consumer) -> None:
    """The output is empty, and nothing is said."""
    run = consumer.on_pull_request()
    assert run.outputs["open_until"] == ""
    assert "Open until" not in run.summary + consumer.bodies[0]


def test_a_later_run_says_the_same_and_edits_nothing(opened: Consumer) -> None:
    """The end is read from the receipt, not reckoned anew, under a new key too."""
    first = opened.on_pull_request()
    opened.clock.ahead = timedelta(days=4)
    second = opened.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert edits(opened) == 0
    opened.rotate_key()
    third = opened.on_pull_request("synchronize")
    assert third.outputs == second.outputs
    assert edits(opened) == 1


def test_another_length_moves_the_end_and_only_the_comment(opened: Consumer) -> None:
    """The session is not touched, and the comment says the new end, once."""
    first = opened.on_pull_request()
    opened.clock.ahead = timedelta(days=2)
    opened.write(PATH, f"{SPEC}open_for: 7d\n")
    second, third = (opened.on_pull_request("synchronize") for _ in range(2))
    assert until(second) - until(first) == timedelta(days=2)
    assert second.outputs["status"] == "reused"
    assert third.outputs == second.outputs
    assert edits(opened) == 1
    assert f"{until(second):%H:%M} (UTC)" in opened.bodies[0]
    assert opened.box.requests_to("PATCH", "/api/v1/sessions/.*") == []


def test_a_round_that_has_ended_is_said_to_be_over_and_stays_so(opened: Consumer) -> None:
    """The comment says so once; a longer `open_for` comes too late."""
    first = opened.on_pull_request()
    opened.clock.ahead = timedelta(days=5, minutes=1)
    second = opened.on_pull_request("synchronize")
    assert "This round is over: it was open until" in opened.bodies[0]
    assert "This round is over" in second.summary
    assert first.outputs["join_url"] in opened.bodies[0]
    opened.write(PATH, f"{SPEC}open_for: 90d\n")
    third = opened.on_pull_request("synchronize")
    assert third.outputs == second.outputs == {**first.outputs, "status": "reused"}
    assert edits(opened) == 1


def test_a_round_is_over_when_as_many_took_part_as_were_expected(consumer: Consumer) -> None:
    """Until then the comment stays; afterwards it stays over while Harmonica is silent."""
    consumer.write(PATH, f"{SPEC}expected: 2\n")
    consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    for count, edited in ((1, 0), (2, 1), (3, 1)):
        session["participant_count"] = count
        consumer.on_pull_request("synchronize")
        assert edits(consumer) == edited
    assert "as many people have taken part as were expected (2)" in consumer.bodies[0]
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(500), times=None)
    silent = consumer.on_pull_request("synchronize")
    assert "This round is over." in silent.summary
    assert edits(consumer) == 1


def test_a_deleted_comment_comes_back_with_an_end_from_the_creation_on(opened: Consumer) -> None:
    """Harmonica knows when the session was created, which was two days ago."""
    first = opened.run_long_ago()
    opened.box.github.comments.clear()
    second = opened.on_pull_request("synchronize")
    assert second.outputs["session_id"] == first.outputs["session_id"]
    moved = until(first) - until(second)
    assert timedelta(hours=47) < moved < timedelta(hours=49)


def test_a_session_from_the_future_counts_from_now(opened: Consumer) -> None:
    """A clock of Harmonica's that is ahead gives nobody more time."""
    opened.box.harmonica.clock_offset = 7_200
    first = opened.on_pull_request()
    opened.box.github.comments.clear()
    second = opened.on_pull_request("synchronize")
    assert timedelta() <= until(second) - until(first) < timedelta(minutes=30)


def test_a_session_found_after_a_lost_answer_has_its_end(opened: Consumer) -> None:
    """It is this run's own, so it is open from now on."""
    opened.box.fail("POST", "/api/v1/sessions", Fault.drop_after())
    before = datetime.now(timezone.utc).replace(microsecond=0)
    run = opened.on_pull_request()
    assert run.outputs["status"] == "created"
    assert before <= until(run) - timedelta(days=5) <= datetime.now(timezone.utc)
    assert "Open until" in opened.bodies[0]


@pytest.mark.parametrize("key", ["open_for: 5d", "expected: 4"])
@pytest.mark.parametrize("why", ["off", "no place", "no token", "refused"])
def test_where_nothing_keeps_the_round_a_warning_says_so(
    consumer: Consumer, key: str, why: str
) -> None:
    """Log and summary say it once, and the link is handed on all the same."""
    consumer.write(PATH, f"{SPEC}{key}\n")
    if why == "refused":
        consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.inputs |= {"off": {"announce": "off"}, "no token": {"github_token": ""}}.get(why, {})
    run = consumer.run() if why == "no place" else consumer.on_pull_request()
    assert run.code == 0
    assert run.messages("warning").count(UNKEPT) == 1
    assert UNKEPT.replace("`", "") in run.summary.replace("\\", "").replace("`", "")
    assert run.outputs["join_url"]
    assert bool(run.outputs["open_until"]) is ("open_for" in key)


def test_a_step_that_gives_way_and_may_not_comment_warns_too(opened: Consumer) -> None:
    """Its session is another step's, and neither of them could keep the round."""
    opened.box.github.read_only.add(opened.box.github_token)
    first = opened.on_pull_request()
    opened.age_sessions()
    second = opened.on_pull_request()
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert all(UNKEPT in run.messages("warning") for run in (first, second))


def test_steps_of_a_run_without_a_place_have_one_end_and_a_warning_each(opened: Consumer) -> None:
    """The second finds the session of the first, and when it was created."""
    first, second = opened.run(), opened.run()
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert abs(until(second) - until(first)) < timedelta(minutes=30)
    assert all(UNKEPT in run.messages("warning") for run in (first, second))


def test_an_edit_that_is_refused_leaves_the_old_end_and_says_so(opened: Consumer) -> None:
    """The next run that may edit makes up for it."""
    first = opened.on_pull_request()
    opened.write(PATH, f"{SPEC}open_for: 9d\n")
    opened.box.github.read_only.add(opened.box.github_token)
    second = opened.on_pull_request("synchronize")
    assert UNKEPT in second.messages("warning")
    opened.box.github.read_only.clear()
    third = opened.on_pull_request("synchronize")
    assert UNKEPT not in third.messages("warning")
    assert until(third) - until(first) == timedelta(days=4)
    assert f"{until(third):%H:%M} (UTC)" in opened.bodies[0]


def test_a_time_zone_alone_needs_no_announcement(consumer: Consumer) -> None:
    """It is for the dates of this very run."""
    consumer.write(PATH, f"{SPEC}timezone: Europe/Berlin\n")
    assert consumer.run(announce="off").annotations == []


@pytest.mark.parametrize(
    ("zone", "day"),
    [("", "2026-01-02"), ("timezone: Asia/Tokyo", "2026-01-03"), ("timezone: UTC", "2026-01-02")],
)
def test_today_is_a_day_of_the_specs_time_zone(consumer: Consumer, zone: str, day: str) -> None:
    """It is tomorrow there already; UTC counts where the spec names none."""
    consumer.box.github.add_run(500, "2026-01-02T23:59:59Z")
    consumer.write(PATH, f"topic: 'On {{{{ today }}}}'\ngoal: Agree\n{zone}\n")
    run = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert run.outputs["topic"] == f"On {day}"


def test_today_of_a_first_attempt_is_a_day_of_the_specs_time_zone(consumer: Consumer) -> None:
    """Kiritimati is 14 hours ahead, Pago Pago 11 behind: there it is never the same day."""
    days = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        consumer.write(PATH, f"topic: '{{{{ today }}}}'\ngoal: Agree\ntimezone: {zone}\n")
        days.append(consumer.run("schedule", once_per="off").outputs["topic"])
    assert days[0] > days[1]


def test_a_dry_run_shows_the_end_and_keeps_nothing(opened: Consumer) -> None:
    """The comment that it shows says until when; where there would be none, a warning says so."""
    run = opened.on_pull_request(dry_run="true")
    assert "Open until" in run.log
    assert run.outputs == {"status": "planned", "topic": "Retrospective"}
    nowhere = opened.run(dry_run="true")
    assert UNKEPT in nowhere.messages("warning")


def test_each_of_several_specs_has_its_own_end(opened: Consumer) -> None:
    """Outputs and comments do not mix them up."""
    opened.write(".harmonica/two.yml", "topic: Another\ngoal: Agree\nopen_for: 36h\n")
    run = opened.on_pull_request(spec=".harmonica/*.yml")
    ends = [datetime.fromisoformat(row["open_until"]) for row in run.sessions]
    assert timedelta(hours=83) < ends[0] - ends[1] < timedelta(hours=85)
    assert run.outputs["open_until"] == run.sessions[0]["open_until"]
    assert all("Open until" in body for body in opened.bodies)


def test_a_new_version_with_on_change_new_has_a_round_of_its_own(opened: Consumer) -> None:
    """Its session is a new one, open from now on, and another length alone makes none."""
    opened.inputs["on_change"] = "new"
    first = opened.on_pull_request()
    opened.clock.ahead = timedelta(days=3)
    opened.write(PATH, FIVE_DAYS.replace("5d", "6d"))
    second = opened.on_pull_request("synchronize")
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert until(second) - until(first) == timedelta(days=1)
    opened.write(PATH, FIVE_DAYS.replace("one change", "two changes"))
    third = opened.on_pull_request("synchronize")
    assert third.outputs["session_id"] != first.outputs["session_id"]
    assert until(third) - until(first) >= timedelta(days=3)


def test_with_on_change_keep_the_round_is_moved_all_the_same(opened: Consumer) -> None:
    """It is the session that is kept, and the round is no part of it."""
    opened.inputs["on_change"] = "keep"
    first = opened.on_pull_request()
    opened.write(PATH, f"{SPEC.replace('one', 'two')}open_for: 6d\n")
    second = opened.on_pull_request("synchronize")
    assert second.outputs["status"] == "reused"
    assert until(second) - until(first) == timedelta(days=1)
    assert f"{until(second):%A, {until(second).day} %B %Y}" in opened.bodies[0]


@pytest.mark.parametrize("once_per", ["topic", "run"])
def test_a_session_that_is_not_of_the_pull_request_keeps_its_end_in_the_comment(
    opened: Consumer, once_per: str
) -> None:
    """Whatever there is one session for, its announcement keeps the round."""
    opened.inputs["once_per"] = once_per
    first = opened.on_pull_request()
    opened.clock.ahead = timedelta(days=1)
    second = opened.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert first.annotations == second.annotations == []
    assert edits(opened) == 0


def test_of_two_runs_at_once_the_announced_round_counts(opened: Consumer) -> None:
    """The slower run hands on the end that the faster one has announced."""
    faster = opened.on_pull_request()
    opened.age_sessions()
    opened.clock.ahead = timedelta(hours=1)
    opened.box.fail("GET", COMMENTS, NO_COMMENTS)
    opened.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    slower = opened.on_pull_request("synchronize")
    assert len(opened.box.harmonica.sessions) == 2
    assert slower.outputs == {**faster.outputs, "status": "reused"}
    assert UNKEPT not in slower.messages("warning")
    assert len(opened.bodies) == 1


def test_an_older_run_does_not_move_the_end_of_a_later_one(opened: Consumer) -> None:
    """What the later spec says counts, also where the older run comes last."""
    later = opened.on_pull_request(env={"GITHUB_RUN_ID": "502"})
    opened.write(PATH, f"{SPEC}open_for: 1d\n")
    older = opened.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    assert older.outputs["open_until"] == later.outputs["open_until"]
    assert edits(opened) == 0


def test_a_wrong_key_stops_the_run_before_anything_is_created(consumer: Consumer) -> None:
    """The annotation stands beside its line."""
    consumer.write(PATH, f"{SPEC}open_for: 1d\nremind: 2d\ntimezone: Berlin\n")
    run = consumer.on_pull_request()
    assert run.code == 1
    assert consumer.created == []
    assert [it.properties["line"] for it in run.annotations] == ["4", "5"]
