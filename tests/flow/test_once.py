"""At most one session for each pull request, run or topic, whatever is repeated or changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, COMMENTS, HEAD, NO_COMMENTS, NO_SESSIONS, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

WITH_PROMPT = SPEC + "prompt: Ask short questions.\n"
PATCH_SESSION = ("PATCH", "/api/v1/sessions/[^/]+")


def change(consumer: Consumer, spec: str = CHANGED, **inputs: str) -> Run:
    """Announce a session, change the spec, and run again."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", spec)
    return consumer.on_pull_request("synchronize", **inputs)


def test_a_later_attempt_of_a_run_reuses_its_session(consumer: Consumer) -> None:
    """Attempt 2 finds the session of attempt 1 by its reference, and creates nothing."""
    consumer.box.github.add_run(500)
    first = consumer.run("schedule")
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.created) == 1


def test_the_next_run_of_a_schedule_creates(consumer: Consumer) -> None:
    """Attempt 1 of next week's run has a session of its own, told apart by its reference."""
    consumer.run("schedule")
    second = consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    assert second.outputs["status"] == "created"
    first, other = (body["context"] for body in consumer.created)
    assert first != other


def test_an_attempt_may_not_ask_when_its_run_began(consumer: Consumer) -> None:
    """Without the right to read runs the last 31 days are looked through."""
    consumer.box.fail("GET", "/repos/.*/actions/runs/500", Fault.status(403), times=None)
    consumer.run("schedule")
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert second.outputs["status"] == "reused"


def test_a_session_renamed_by_its_host_is_still_known(consumer: Consumer) -> None:
    """The reference decides, not the topic."""
    consumer.run("schedule")
    consumer.box.harmonica.sessions[0]["topic"] = "Renamed"
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"}, on_change="keep")
    assert second.outputs["status"] == "reused"
    assert second.outputs["topic"] == "Renamed"


def test_steps_of_one_run_share_a_session(consumer: Consumer) -> None:
    """The second step with the same spec reuses what the first one made."""
    first = consumer.run("schedule")
    second = consumer.run("schedule")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.created) == 1


@pytest.mark.parametrize("once_per", ["auto", "topic"])
def test_parallel_jobs_agree_on_the_oldest_session(consumer: Consumer, once_per: str) -> None:
    """A job that could not see the other one's session hands on the older of the two."""
    consumer.inputs["once_per"] = once_per
    first = consumer.run("schedule")
    consumer.age_sessions()
    # The first look comes too early to see it.
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    second = consumer.run("schedule")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert "one of them counts" in second.messages("warning")
    assert consumer.box.harmonica.sessions[1]["id"] in second.messages("warning")


def test_off_makes_a_session_each_time(consumer: Consumer) -> None:
    """`once-per: off` never looks for a session, and keeps to one comment."""
    first = consumer.on_pull_request(once_per="off")
    second = consumer.on_pull_request(once_per="off")
    assert [r.outputs["status"] for r in (first, second)] == ["created", "created"]
    assert first.outputs["comment_url"] == second.outputs["comment_url"]
    [body] = consumer.bodies
    assert second.outputs["join_url"] in body


def test_each_run_on_a_pull_request_edits_the_one_comment(consumer: Consumer) -> None:
    """With `once-per: run` the comment is edited to the link of the newest run."""
    consumer.on_pull_request(once_per="run")
    second = consumer.on_pull_request("synchronize", once_per="run", env={"GITHUB_RUN_ID": "501"})
    again = consumer.on_pull_request(
        "synchronize", once_per="run", env={"GITHUB_RUN_ID": "501", "GITHUB_RUN_ATTEMPT": "2"}
    )
    assert second.outputs["status"] == "created"
    assert again.outputs == {**second.outputs, "status": "reused"}
    [body] = consumer.bodies
    assert second.outputs["join_url"] in body


def test_an_active_session_of_the_topic_is_reused(consumer: Consumer) -> None:
    """`once-per: topic` finds a session by its exact topic, whoever made it."""
    row = consumer.box.harmonica.add_session("Retrospective", "Made by hand")
    consumer.box.harmonica.add_session("Retrospective of another team")
    consumer.box.harmonica.add_session("Retrospective", status="completed")
    run = consumer.run("schedule", once_per="topic")
    assert run.outputs["session_id"] == row["id"]
    assert run.outputs["status"] == "reused"
    assert consumer.box.requests_to(*PATCH_SESSION) == []


def test_a_topic_is_no_pattern(consumer: Consumer) -> None:
    """`%` and `_` in a topic find themselves only."""
    consumer.write(".harmonica/session.yml", 'topic: "100%_done"\ngoal: x\n')
    consumer.box.harmonica.add_session("100 points are done")
    run = consumer.run("schedule", once_per="topic")
    again = consumer.run("schedule", once_per="topic", env={"GITHUB_RUN_ID": "9"})
    assert run.outputs["status"] == "created"
    assert again.outputs["session_id"] == run.outputs["session_id"]


@pytest.mark.parametrize("written", ["Retrospective\\uFEFF", "\\u3000Retrospective\\x1f"])
def test_a_topic_is_compared_as_the_server_keeps_it(consumer: Consumer, written: str) -> None:
    """It trims as JavaScript does, which is not what Python takes for blank."""
    consumer.write(".harmonica/session.yml", f'topic: "{written}"\ngoal: x\n')
    first = consumer.run("schedule", once_per="topic")
    again = consumer.run("schedule", once_per="topic", env={"GITHUB_RUN_ID": "9"})
    assert again.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.created) == 1


def test_several_sessions_of_a_topic_are_listed(consumer: Consumer) -> None:
    """Where nobody can say which session is meant, the error lists their links."""
    rows = [consumer.box.harmonica.add_session("Retrospective") for _ in range(2)]
    run = consumer.run("schedule", once_per="topic")
    assert run.code == 1
    assert all(f"chat?s={row['id']}" in run.messages("error") for row in rows)
    assert consumer.created == []


def test_once_per_pull_request_needs_one(consumer: Consumer) -> None:
    """Without a pull request the error comes before any session."""
    run = consumer.run("schedule", once_per="pull-request")
    assert run.code == 1
    assert "pull request" in run.messages("error")
    assert consumer.created == []


def test_a_changed_spec_updates_the_session(consumer: Consumer) -> None:
    """With nobody in the session, one PATCH brings it up to date; the link stays."""
    consumer.write(".harmonica/session.yml", WITH_PROMPT)
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", WITH_PROMPT.replace("one change", "two changes"))
    second = consumer.on_pull_request("synchronize")
    [patch] = consumer.box.requests_to(*PATCH_SESSION)
    assert second.outputs["status"] == "updated"
    assert patch.json() == {"goal": "Agree on two changes"}
    assert "Agree on two changes" in consumer.bodies[0]
    assert len(consumer.created) == len(consumer.bodies) == 1


def test_an_update_is_over_once_it_is_done(consumer: Consumer) -> None:
    """The run after an update finds nothing to do: no PATCH, no edit."""
    change(consumer)
    before = len(consumer.box.requests)
    third = consumer.on_pull_request("synchronize")
    assert third.outputs["status"] == "reused"
    assert {r.method for r in consumer.box.requests[before:]} == {"GET"}


def test_the_prompt_follows_the_new_texts(consumer: Consumer) -> None:
    """A prompt that the server wrote from the old texts is written anew and saved."""
    change(consumer)
    texts, prompt = (r.json() for r in consumer.box.requests_to(*PATCH_SESSION))
    assert texts == {"goal": "Agree on two changes"}
    assert prompt.keys() == {"prompt", "prompt_summary", "prompt_generated_from"}
    assert "Agree on two changes" in consumer.box.harmonica.sessions[0]["prompt"]


def test_a_prompt_that_cannot_be_written_is_a_warning(consumer: Consumer) -> None:
    """The session has its new texts, and the warning says what its facilitator follows."""
    path = "/api/v1/sessions/[^/]+/regenerate-facilitation-prompt"
    consumer.box.fail("POST", path, Fault.status(502), times=None)
    second = change(consumer)
    assert second.outputs["status"] == "updated"
    assert "old ones" in second.messages("warning")


def test_people_in_a_session_keep_what_they_came_for(consumer: Consumer) -> None:
    """With participants nothing is changed; log and summary name the differing fields and why."""
    consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["participant_count"] = 2
    consumer.write(".harmonica/session.yml", CHANGED)
    runs = [consumer.on_pull_request("synchronize") for _ in range(2)]
    assert [run.outputs["status"] for run in runs] == ["stale", "stale"]
    assert consumer.box.requests_to(*PATCH_SESSION) == []
    assert len(consumer.box.requests_to("PATCH", "/repos/.*")) == 1
    for text in (runs[0].messages("warning"), runs[0].summary, runs[1].summary):
        assert "goal" in text
        assert "people have already taken part" in text
    [body] = consumer.bodies
    assert "Agree on one change" in body
    assert "The file has changed since then" in body
    assert "people have already taken part" not in body


@pytest.mark.parametrize(
    ("spec", "field"),
    [(SPEC + "questions: [Name]\n", "questions"), (SPEC + "template_id: t\n", "template_id")],
)
def test_what_cannot_be_changed_is_named(consumer: Consumer, spec: str, field: str) -> None:
    """A field that the API does not change later leaves the session as it is."""
    run = change(consumer, spec)
    assert run.outputs["status"] == "stale"
    assert field in run.messages("warning")
    assert consumer.box.requests_to(*PATCH_SESSION) == []


def test_a_removed_field_is_named(consumer: Consumer) -> None:
    """A key that was taken out of the spec cannot be taken back."""
    consumer.write(".harmonica/session.yml", SPEC + "critical: What now?\n")
    run = change(consumer, SPEC)
    assert run.outputs["status"] == "stale"
    assert "critical" in run.messages("warning")


def test_null_takes_a_session_out_of_its_project(consumer: Consumer) -> None:
    """`project_id: null` is the one way to say that there is to be no project."""
    consumer.write(".harmonica/session.yml", SPEC + "project_id: p-1\n")
    run = change(consumer, SPEC + "project_id: null\n")
    [patch] = consumer.box.requests_to(*PATCH_SESSION)
    assert run.outputs["status"] == "updated"
    assert patch.json() == {"project_id": None}


def test_keep_leaves_session_and_comment_alone(consumer: Consumer) -> None:
    """`on-change: keep` reports the session as reused, and edits nothing."""
    run = change(consumer, on_change="keep")
    assert run.outputs["status"] == "reused"
    assert consumer.box.requests_to("PATCH", ".*") == []


def test_new_makes_another_session(consumer: Consumer) -> None:
    """`on-change: new` edits the one comment to the new link, and says what it replaces."""
    consumer.inputs["on_change"] = "new"
    first = consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    second = consumer.on_pull_request("synchronize")
    third = consumer.on_pull_request("synchronize")
    assert [r.outputs["status"] for r in (first, second, third)] == ["created", "created", "reused"]
    [body] = consumer.bodies
    assert second.outputs["join_url"] in body
    assert f"replaces [an earlier one]({first.outputs['join_url']})" in body
    assert third.outputs["join_url"] == second.outputs["join_url"]
    assert len(consumer.created) == 2


@pytest.mark.parametrize("spec", [SPEC, CHANGED, SPEC.replace("one change", "three changes")])
def test_the_last_session_counts_for_who_goes_back_to_update(consumer: Consumer, spec: str) -> None:
    """Without the comment the references tell, and the newest session has replaced the others."""
    consumer.run_long_ago()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.harmonica.clock_offset = -7_200
    last = consumer.on_pull_request("synchronize", on_change="new")
    consumer.box.harmonica.clock_offset = 0
    consumer.box.github.comments.clear()
    consumer.write(".harmonica/session.yml", spec)
    back = consumer.on_pull_request("synchronize")
    assert back.outputs["session_id"] == last.outputs["session_id"]
    assert back.outputs["status"] == ("reused" if spec == CHANGED else "updated")
    consumer.box.github.comments.clear()
    again = consumer.on_pull_request("synchronize")
    assert again.outputs == {**back.outputs, **again.outputs, "status": "reused"}
    assert len(consumer.created) == 2


@pytest.mark.parametrize("before", ["new", "update", "keep"])
@pytest.mark.parametrize("after", ["update", "keep"])
def test_the_last_session_counts_however_soon_one_goes_back(
    consumer: Consumer, before: str, after: str
) -> None:
    """Two versions are no runs at the same time, be they made within seconds."""
    consumer.on_pull_request(on_change=before)
    consumer.write(".harmonica/session.yml", CHANGED)
    last = consumer.on_pull_request("synchronize", on_change="new")
    consumer.box.github.comments.clear()
    back = consumer.on_pull_request("synchronize", on_change=after)
    assert back.outputs["session_id"] == last.outputs["session_id"]
    assert len(consumer.created) == 2


def test_a_new_version_is_known_again_without_its_comment(consumer: Consumer) -> None:
    """With `on-change: new` only a session of this very version counts, whichever is the newest."""
    consumer.inputs["on_change"] = "new"
    first = consumer.run_long_ago()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize")
    consumer.box.github.comments.clear()
    consumer.write(".harmonica/session.yml", SPEC)
    again = consumer.on_pull_request("synchronize")
    assert again.outputs["session_id"] == first.outputs["session_id"]


def test_new_is_not_made_twice_when_the_comment_cannot_be_edited(consumer: Consumer) -> None:
    """Push after push finds the session whose announcement failed."""
    consumer.inputs["on_change"] = "new"
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.github.read_only.add(consumer.box.github_token)
    for _ in range(3):
        assert consumer.on_pull_request("synchronize").code == 0
    assert len(consumer.created) == 2


def test_pushes_that_cannot_comment_share_one_session(consumer: Consumer) -> None:
    """A comment that cannot be posted does not make a session each time."""
    consumer.box.github.read_only.add(consumer.box.github_token)
    links = {consumer.on_pull_request("synchronize").outputs["join_url"] for _ in range(3)}
    assert len(links) == len(consumer.created) == 1


def test_a_rotated_key_signs_the_receipt_anew(consumer: Consumer) -> None:
    """With the previous key at hand the session is known, and without it from then on."""
    first = consumer.on_pull_request()
    consumer.rotate_key()
    runs = [consumer.on_pull_request("synchronize") for _ in range(2)]
    del consumer.inputs["previous_api_key"]
    runs.append(consumer.on_pull_request("synchronize"))
    assert [run.outputs["join_url"] for run in runs] == [first.outputs["join_url"]] * 3
    assert len(consumer.created) == len(consumer.bodies) == 1
    assert len(consumer.box.requests_to("PATCH", "/repos/.*")) == 1


def test_a_key_of_another_account_replaces_the_session(consumer: Consumer) -> None:
    """Out of the new key's reach, the session is replaced in the same comment."""
    first = consumer.run_long_ago()
    consumer.rotate_key("another")
    consumer.box.harmonica.add_session(owner="another")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    assert second.outputs["comment_url"] == first.outputs["comment_url"]
    assert len(consumer.bodies) == 1
    assert second.outputs["join_url"] in consumer.bodies[0]


def test_a_slower_run_gives_way(consumer: Consumer) -> None:
    """Of two runs at the same time the older comment stays; the other names its surplus link."""
    winner = consumer.on_pull_request()
    # The slower run read the comments before the other one's was there.
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    surplus = consumer.box.harmonica.sessions[1]["id"]
    assert slower.outputs == {**winner.outputs, "status": "reused"}
    assert surplus in slower.messages("warning")
    assert len(consumer.bodies) == 1
    assert winner.outputs["join_url"] in consumer.bodies[0]


def test_another_runs_comment_is_taken_over(consumer: Consumer) -> None:
    """With `once-per: run`, a comment that another run posted meanwhile is edited to our link."""
    consumer.inputs["once_per"] = "run"
    other = consumer.on_pull_request()
    # The slower run read the comments before the other one's was there.
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    ours = consumer.on_pull_request(env={"GITHUB_RUN_ID": "501"})
    [body] = consumer.bodies
    assert ours.outputs["status"] == "created"
    assert ours.outputs["session_id"] != other.outputs["session_id"]
    assert ours.outputs["comment_url"] == other.outputs["comment_url"]
    assert ours.outputs["join_url"] in body


def test_a_comment_that_cannot_be_taken_away_is_named(consumer: Consumer) -> None:
    """The slower run says which comment is too many."""
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("DELETE", "/repos/.*", Fault.status(500), times=None)
    slower = consumer.on_pull_request()
    assert slower.code == 0
    assert consumer.box.github.comments[1]["html_url"] in slower.messages("warning")


def test_a_busy_account_costs_no_more_than_it_must(consumer: Consumer) -> None:
    """Among many sessions of the same topic the oldest is looked at first, and it is ours."""
    first = consumer.on_pull_request()
    for _ in range(60):
        consumer.box.harmonica.add_session("Retrospective")
    consumer.box.github.comments.clear()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert len(consumer.box.requests_to("GET", "/api/v1/sessions/.*")) == 1
    assert len(consumer.created) == 1


def test_an_update_that_failed_is_tried_again(consumer: Consumer) -> None:
    """The comment keeps still meanwhile, and the next run changes session and comment."""
    consumer.on_pull_request()
    [before] = consumer.bodies
    consumer.box.fail(*PATCH_SESSION, Fault.status(401))
    consumer.write(".harmonica/session.yml", CHANGED)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "stale"
    assert "the next run tries again" in second.messages("warning")
    assert consumer.bodies == [before]
    third = consumer.on_pull_request("synchronize")
    assert third.outputs["status"] == "updated"
    assert "two changes" in consumer.bodies[0]


def test_a_comment_that_cannot_be_edited_is_still_named(consumer: Consumer) -> None:
    """Its address stays an output, as the old link in it leads to the session."""
    first = consumer.on_pull_request()
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.write(".harmonica/session.yml", CHANGED)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["comment_url"] == first.outputs["comment_url"]


def test_two_comments_on_one_session_leave_nothing_over(consumer: Consumer) -> None:
    """A run that found the same session takes its comment away, and no session is surplus."""
    first = consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert second.messages("warning") == ""
    assert len(consumer.bodies) == 1


def test_a_rotated_key_creates_nothing_while_harmonica_is_down(consumer: Consumer) -> None:
    """Only Harmonica can say whether the new key reaches the session, so nobody knows yet."""
    consumer.on_pull_request()
    consumer.inputs["api_key"] = consumer.box.harmonica.add_key()
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(500), times=None)
    second = consumer.on_pull_request("synchronize")
    assert second.code == 1
    assert len(consumer.created) == 1


def test_a_token_that_cannot_ask_for_itself_is_a_bots(consumer: Consumer) -> None:
    """An installation token by another name recognises the workflow's own comment."""
    token = consumer.box.github.add_token(
        "installation_of_old", login="github-actions[bot]", type="Bot", installation=True
    )
    consumer.on_pull_request(github_token=token)
    second = consumer.on_pull_request("synchronize", github_token=token)
    assert second.outputs["status"] == "reused"
    assert len(consumer.bodies) == 1


def opened_long_ago(consumer: Consumer) -> None:
    """Let the pull request be older than any session here."""
    consumer.box.github.issues[7]["created_at"] = "2026-01-01T00:00:00Z"


def test_each_session_that_may_be_ours_is_looked_at(consumer: Consumer) -> None:
    """However many there are with the same topic, a lost comment makes no second session."""
    opened_long_ago(consumer)
    for number in range(60):
        created = f"2026-02-01T00:{number:02d}:00Z"
        consumer.box.harmonica.add_session("Retrospective", created_at=created)
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    second = consumer.run("push", {"after": HEAD})
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert len(consumer.created) == 1


def test_too_many_sessions_to_look_at_are_an_error(consumer: Consumer) -> None:
    """A run that cannot know whether its session exists makes none."""
    opened_long_ago(consumer)
    for _ in range(200):
        consumer.box.harmonica.add_session("Retrospective", updated_at="2026-12-01T00:00:00Z")
    run = consumer.run("push", {"after": HEAD}, timeout="61")
    assert run.code == 1
    assert "one of 200 sessions" in run.messages("error")
    assert "allow more seconds" in run.messages("error")
    assert consumer.created == []


def test_sessions_from_before_the_pull_request_are_not_looked_at(consumer: Consumer) -> None:
    """Where the event does not say when it was opened, GitHub does."""
    consumer.box.harmonica.add_session("Retrospective", created_at="2026-01-01T00:00:00Z")
    run = consumer.run("push", {"after": HEAD})
    assert run.outputs["status"] == "created"
    assert consumer.box.requests_to("GET", "/api/v1/sessions/.*") == []


def test_all_sessions_count_where_nobody_says_when_it_was_opened(consumer: Consumer) -> None:
    """A token that may not read the pull request costs requests, and no second session."""
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.box.fail("GET", "/repos/octo/garden/issues/7", Fault.status(403), times=None)
    second = consumer.run("push", {"after": HEAD})
    assert second.outputs["join_url"] == first.outputs["join_url"]


@pytest.mark.parametrize(("hours", "status"), [(0.1, "reused"), (26, "reused"), (28, "created")])
def test_the_services_clocks_may_differ_by_hours(
    consumer: Consumer, hours: float, status: str
) -> None:
    """A session may be the run's that reads as made before it, as far as zones of time reach."""
    consumer.run("schedule")
    [session] = consumer.box.harmonica.sessions
    now = datetime.now(timezone.utc)
    consumer.box.github.add_run(500, now.isoformat())
    session["created_at"] = (now - timedelta(hours=hours)).isoformat()
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert second.outputs["status"] == status


@pytest.mark.parametrize(
    ("attempt", "days", "status"),
    [("1", 2.1, "reused"), ("1", 2.2, "created"), ("2", 32.1, "reused"), ("2", 32.2, "created")],
)
def test_without_a_beginning_the_window_is_that_of_the_attempt(
    consumer: Consumer, attempt: str, days: float, status: str
) -> None:
    """Jobs of one attempt are a day apart at most, attempts of a run 31 days; zones come on top."""
    consumer.run("schedule")
    [session] = consumer.box.harmonica.sessions
    session["created_at"] = consumer.box.harmonica.timestamp(ago=days * 86_400)
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": attempt})
    assert second.outputs["status"] == status


def test_steps_of_one_run_share_a_session_whatever_its_topic(consumer: Consumer) -> None:
    """The reference decides on a first attempt too; what differs is said and left."""
    first = consumer.run("schedule")
    consumer.write(".harmonica/session.yml", SPEC.replace("Retrospective", "Another topic"))
    second = consumer.run("schedule")
    assert second.outputs == {**first.outputs, "status": "stale"}
    assert "topic" in second.messages("warning")
    assert len(consumer.created) == 1


def test_sessions_are_looked_at_once_for_all_specs(consumer: Consumer) -> None:
    """What one spec has asked for, the next one need not ask for again."""
    consumer.write("other.yml", SPEC.replace("Retrospective", "Another topic"))
    consumer.box.github.add_run(500)
    for number in range(5):
        consumer.box.harmonica.add_session(f"Session {number}")
    consumer.run("schedule", spec=".harmonica/session.yml\nother.yml")
    assert len(consumer.box.requests_to("GET", "/api/v1/sessions/.*")) == 5


def test_a_later_attempt_leaves_what_a_host_has_changed(consumer: Consumer) -> None:
    """Without a receipt nobody knows who changed what, so nothing is undone."""
    consumer.run("schedule")
    [session] = consumer.box.harmonica.sessions
    session["goal"] = "What the host wants"
    second = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert second.outputs["status"] == "stale"
    assert "goal" in second.messages("warning")
    assert session["goal"] == "What the host wants"


def test_an_update_is_made_once_though_its_comment_cannot_be_edited(consumer: Consumer) -> None:
    """Push after push finds the texts as the spec has them."""
    consumer.write(".harmonica/session.yml", WITH_PROMPT)
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", WITH_PROMPT.replace("one change", "two changes"))
    consumer.box.github.read_only.add(consumer.box.github_token)
    runs = [consumer.on_pull_request("synchronize") for _ in range(3)]
    assert [run.outputs["status"] for run in runs] == ["updated", "reused", "reused"]
    assert len(consumer.box.requests_to(*PATCH_SESSION)) == 1


def test_a_comment_that_missed_an_update_catches_up(consumer: Consumer) -> None:
    """Once it can be edited again, it says what the session has, and then keeps still."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.on_pull_request("synchronize")
    consumer.box.github.read_only.clear()
    consumer.on_pull_request("synchronize")
    assert "two changes" in consumer.bodies[0]
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize")
    assert {r.method for r in consumer.box.requests[before:]} == {"GET"}


def test_a_change_that_harmonica_rejects_is_named_in_log_and_summary(consumer: Consumer) -> None:
    """A value that is no good is no better on the next push, so nobody is told to wait."""
    said = {"error": {"code": "validation_error", "message": "goal is too long"}}
    consumer.box.fail(*PATCH_SESSION, Fault.status(400, body=said), times=None)
    run = change(consumer)
    assert run.outputs["status"] == "stale"
    for text in (run.messages("warning"), run.summary):
        assert "goal is too long" in text
        assert "tries again" not in text


def test_a_page_in_front_of_harmonica_rejects_nothing_for_good(consumer: Consumer) -> None:
    """Only Harmonica's own word makes a change hopeless."""
    consumer.box.fail(*PATCH_SESSION, Fault.status(403, body="<html>"), times=None)
    assert "the next run tries again" in change(consumer).messages("warning")


@pytest.mark.parametrize("on_change", ["update", "keep"])
def test_a_session_that_cannot_be_asked_for_is_not_described_anew(
    consumer: Consumer, on_change: str
) -> None:
    """While Harmonica is down nobody knows that the session has what the spec says now."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED + "questions: [What is new?]\n")
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(500), times=None)
    run = consumer.on_pull_request("synchronize", on_change=on_change)
    assert run.outputs["join_url"] in run.summary
    assert "two changes" not in run.summary
    assert "What is new?" not in run.summary


def test_somebody_elses_session_is_not_described_by_our_spec(consumer: Consumer) -> None:
    """Questions and visibility are the host's, and a later run changes nothing of it."""
    theirs = consumer.box.harmonica.add_session("Retrospective", "Made by hand")
    consumer.write(".harmonica/session.yml", SPEC + "questions: [Your name?]\n")
    first = consumer.on_pull_request(once_per="topic")
    [body] = consumer.bodies
    assert first.outputs["session_id"] == theirs["id"]
    assert "Made by hand" in body
    assert "Your name?" not in body
    assert "Results" not in body
    assert "The host of the session can read your conversation." in body
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["session_id"] == theirs["id"]
    assert theirs["goal"] == "Made by hand"


def test_a_renamed_repository_keeps_its_session(consumer: Consumer) -> None:
    """Its number stays, so the receipt in the comment is still good in its place."""
    first = consumer.on_pull_request()
    consumer.box.github.repository = "octo/orchard"
    second = consumer.on_pull_request("synchronize", env={"GITHUB_REPOSITORY": "octo/orchard"})
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert len(consumer.created) == len(consumer.bodies) == 1


def test_a_spec_is_the_same_however_its_path_is_written(consumer: Consumer) -> None:
    """Another way to write the path makes no other spec."""
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize", spec="./.harmonica//session.yml")
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert len(consumer.created) == len(consumer.bodies) == 1


def test_a_dry_run_shows_the_comment_as_people_see_it(consumer: Consumer) -> None:
    """What it would leave standing is what it shows, and the receipt is nothing to look at."""
    first = consumer.on_pull_request()
    run = consumer.on_pull_request("synchronize", dry_run="true")
    assert consumer.bodies[0].partition("\n")[2].strip() in run.summary
    assert "receipt" not in run.summary + run.log
    assert first.outputs["join_url"] in run.summary


def test_a_topics_session_keeps_what_its_host_has_changed(consumer: Consumer) -> None:
    """A schedule leaves no receipt, so nobody knows who changed what."""
    consumer.inputs["once_per"] = "topic"
    consumer.run("schedule")
    [session] = consumer.box.harmonica.sessions
    session["goal"] = "What the host wants"
    run = consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    assert run.outputs["status"] == "stale"
    assert session["goal"] == "What the host wants"


@pytest.mark.parametrize("rotated", [False, True])
def test_an_announced_session_of_a_topic_follows_its_spec(
    consumer: Consumer, *, rotated: bool
) -> None:
    """The receipt tells that it is ours, with another key too."""
    consumer.inputs["once_per"] = "topic"
    consumer.on_pull_request()
    if rotated:
        consumer.rotate_key()
    consumer.write(".harmonica/session.yml", CHANGED)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "updated"
    assert "two changes" in consumer.bodies[0]


def test_new_changes_no_session_of_a_topic(consumer: Consumer) -> None:
    """An active session of the topic is reused all the same, and what differs is said."""
    consumer.inputs.update(once_per="topic", on_change="new")
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "stale"
    assert "`on-change: new`" in run.messages("warning")
    assert consumer.box.requests_to(*PATCH_SESSION) == []


def test_a_recognised_session_is_not_promised_what_nobody_can_see(consumer: Consumer) -> None:
    """Questions and visibility of a session without receipt may be those of an older spec."""
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.write(".harmonica/session.yml", SPEC + "results_visibility: public\n")
    consumer.on_pull_request()
    consumer.box.github.read_only.clear()
    consumer.write(".harmonica/session.yml", SPEC + "questions: [Your name?]\n")
    for _ in range(2):
        run = consumer.on_pull_request("synchronize")
        for text in (consumer.bodies[0], run.summary):
            assert "Results" not in text
            assert "Your name?" not in text


def test_a_comment_that_was_refused_at_first_has_the_questions(consumer: Consumer) -> None:
    """Once the permission is there, the session is asked what its participants are asked."""
    consumer.write(".harmonica/session.yml", SPEC + "questions: [Your name?]\n")
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.on_pull_request()
    consumer.box.github.read_only.clear()
    consumer.on_pull_request("synchronize")
    assert "1. Your name?" in consumer.bodies[0]
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize")
    assert len(consumer.box.requests) == before + 2


def test_a_session_that_does_not_tell_its_questions_is_reused_without(consumer: Consumer) -> None:
    """What cannot be asked for is left out of the comment, and stops nobody."""
    consumer.write(".harmonica/session.yml", SPEC + "questions: [Your name?]\n")
    consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.box.fail("GET", "/api/v1/sessions/.*/questions", Fault.status(404), times=None)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert "Your name?" not in consumer.bodies[0]


def test_instructions_are_written_anew_after_a_lost_answer(consumer: Consumer) -> None:
    """Texts that got there behind a failure still want the prompt that fits them."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail(*PATCH_SESSION, Fault.status_after(500), times=None)
    second = consumer.on_pull_request("synchronize")
    consumer.box.heal()
    third = consumer.on_pull_request("synchronize")
    assert "the next run tries again" in second.messages("warning")
    assert third.outputs["status"] == "updated"
    assert "Agree on two changes" in consumer.box.harmonica.sessions[0]["prompt"]


def test_a_change_that_failed_is_tried_again_without_a_receipt(consumer: Consumer) -> None:
    """The comment that is posted meanwhile does not take the next run's right to update."""
    consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail(*PATCH_SESSION, Fault.status(401))
    consumer.on_pull_request("synchronize")
    third = consumer.on_pull_request("synchronize")
    assert third.outputs["status"] == "updated"
    assert "two changes" in consumer.bodies[0]


def test_people_who_came_after_an_update_do_not_make_it_stale(consumer: Consumer) -> None:
    """What the session has already need not be changed any more."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.on_pull_request("synchronize")
    consumer.box.harmonica.sessions[0]["participant_count"] = 1
    consumer.box.github.read_only.clear()
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert "two changes" in consumer.bodies[0]
