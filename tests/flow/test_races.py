"""Two runs at the same time: one session counts in the end, and nobody is left with another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import (
    CHANGED,
    COMMENTS,
    HARMONICAS_LIMIT,
    NO_COMMENTS,
    NO_SESSIONS,
    SPEC,
)

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

APP = "ghs_of_an_app"


def sessions_as_they_are(consumer: Consumer) -> Fault:
    """Answer later lists with the sessions of this moment."""
    rows = {"data": consumer.box.harmonica.sessions}
    return Fault.body(json.dumps(rows), content_type="application/json")


def comments_as_they_are(consumer: Consumer) -> Fault:
    """Answer a later read with the comments of this moment."""
    return Fault.body(json.dumps(consumer.box.github.comments), content_type="application/json")


def test_two_new_versions_at_once_agree_on_the_older_session(consumer: Consumer) -> None:
    """With `on-change: new` an edited comment does not tell who was first; the sessions do."""
    consumer.inputs["on_change"] = "new"
    consumer.on_pull_request()
    before = comments_as_they_are(consumer)
    consumer.write(".harmonica/session.yml", CHANGED)
    faster = consumer.on_pull_request("synchronize")
    consumer.age_sessions()
    consumer.box.fail("GET", COMMENTS, before)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    slower = consumer.on_pull_request("synchronize")
    assert slower.outputs == {**faster.outputs, "status": "reused"}
    assert consumer.box.harmonica.sessions[2]["id"] in slower.messages("warning")
    [body] = consumer.bodies
    assert faster.outputs["join_url"] in body


def test_two_replacements_at_once_agree_on_the_older_session(consumer: Consumer) -> None:
    """The same goes for two runs that both find the announced session gone."""
    consumer.run_long_ago()
    consumer.lose_sessions()
    before, listed = comments_as_they_are(consumer), sessions_as_they_are(consumer)
    faster = consumer.on_pull_request("synchronize")
    consumer.age_sessions()
    consumer.box.fail("GET", COMMENTS, before)
    consumer.box.fail("GET", "/api/v1/sessions", listed, times=2)
    slower = consumer.on_pull_request("synchronize")
    assert slower.outputs["join_url"] == faster.outputs["join_url"]
    assert "one of them counts" in slower.messages("warning")
    assert faster.outputs["join_url"] in consumer.bodies[0]


def test_steps_that_may_not_comment_agree_on_the_older_session(consumer: Consumer) -> None:
    """Where no comment can tell the steps of an opened pull request, their sessions do."""
    consumer.box.github.read_only.add(consumer.box.github_token)
    first = consumer.on_pull_request()
    consumer.age_sessions()
    second = consumer.on_pull_request()
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert "one of them counts" in second.messages("warning")


def test_who_may_comment_announces_the_session_of_a_faster_run_that_may_not(
    consumer: Consumer,
) -> None:
    """The older session counts for both of two runs at once, and the comment has its link."""
    github = consumer.box.github
    github.read_only.add(github.first_token)
    faster = consumer.on_pull_request()
    github.read_only.clear()
    consumer.age_sessions()
    slower = consumer.on_pull_request()
    assert "not posted" in faster.messages("warning")
    assert slower.outputs["session_id"] == faster.outputs["session_id"]
    assert consumer.box.harmonica.sessions[1]["id"] in slower.messages("warning")
    [body] = consumer.bodies
    assert faster.outputs["join_url"] in body


def test_the_next_run_takes_a_second_comment_away(consumer: Consumer) -> None:
    """A run that could not look again says so; the next one leaves the older comment alone."""
    first = consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("GET", COMMENTS, Fault.status(500), times=None)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    second = consumer.on_pull_request()
    consumer.box.heal()
    assert "the next run checks again" in second.messages("warning")
    assert len(consumer.bodies) == 2
    third = consumer.on_pull_request("synchronize")
    assert third.outputs == {**first.outputs, "status": "reused"}
    assert second.outputs["join_url"] in third.messages("warning")
    assert len(consumer.bodies) == 1
    assert first.outputs["join_url"] in consumer.bodies[0]


def test_a_second_comment_on_the_same_session_goes_without_a_word(consumer: Consumer) -> None:
    """Nobody followed another link, so there is nothing to warn of."""
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("GET", COMMENTS, Fault.status(500), times=None)
    consumer.on_pull_request("synchronize")
    consumer.box.heal()
    assert len(consumer.bodies) == 2
    third = consumer.on_pull_request("synchronize")
    assert third.annotations == []
    assert len(consumer.bodies) == 1


def test_a_copy_of_our_comment_is_left_alone(consumer: Consumer) -> None:
    """Nothing is deleted on the word of a copy, be it one to the letter and by the same bot."""
    consumer.on_pull_request()
    [row] = consumer.box.github.comments
    login = row["user"]["login"]
    consumer.box.github.add_comment(7, row["body"], login=login, type="Bot")
    second = consumer.on_pull_request("synchronize")
    assert second.annotations == []
    assert second.outputs["comment_url"] == row["html_url"]
    assert len(consumer.bodies) == 2


def test_another_bots_copy_is_left_alone(consumer: Consumer) -> None:
    """A bot that repeats our comment word for word has not announced a session."""
    consumer.on_pull_request()
    [body] = consumer.bodies
    consumer.box.github.add_comment(7, body, login="mirror[bot]", type="Bot")
    consumer.on_pull_request("synchronize")
    assert consumer.bodies == [body, body]


def test_after_a_race_for_a_topic_the_older_session_is_reused(consumer: Consumer) -> None:
    """Both sessions carry the reference, so the runs that follow agree as the racing ones did."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.run("schedule")
    consumer.age_sessions()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    consumer.run("schedule")
    third = consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    assert third.outputs == {**first.outputs, "status": "reused"}
    [_, surplus] = consumer.box.harmonica.sessions
    assert surplus["id"] in third.messages("warning")


def test_a_session_too_many_for_a_topic_is_named_beside_the_announced_one(
    consumer: Consumer,
) -> None:
    """The list that tells which sessions have the topic shows it until it is completed."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.on_pull_request()
    [row] = consumer.box.harmonica.sessions
    late = consumer.box.harmonica.add_session("Retrospective", context=row["context"])
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert late["id"] in second.messages("warning")
    late["status"] = "completed"
    assert consumer.on_pull_request("synchronize").annotations == []


def test_a_race_for_a_topic_does_not_settle_a_third_session(consumer: Consumer) -> None:
    """One that somebody else made leaves the question open which is meant."""
    consumer.inputs["once_per"] = "topic"
    consumer.run("schedule")
    consumer.box.harmonica.add_session("Retrospective")
    run = consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    assert run.code == 1
    assert "2 active sessions" in run.messages("error")


def test_the_announced_session_of_a_topic_wins(consumer: Consumer) -> None:
    """Of several with the topic, the one in our comment is meant."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.on_pull_request()
    consumer.box.harmonica.add_session("Retrospective", created_at="2026-01-01T00:00:00Z")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]


def test_an_attempt_of_an_older_run_leaves_the_comment_to_the_newer(consumer: Consumer) -> None:
    """With `once-per: run`, a repeated older run reports its session and edits nothing back."""
    consumer.inputs["once_per"] = "run"
    older = consumer.on_pull_request()
    consumer.age_sessions()
    newer = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    again = consumer.on_pull_request(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs == {**older.outputs, "status": "reused"}
    assert newer.outputs["join_url"] in consumer.bodies[0]
    assert "later run" in again.messages("warning")
    assert "replaces" not in again.summary


def test_a_comment_that_was_taken_away_meanwhile_is_posted_anew(consumer: Consumer) -> None:
    """An edit that finds no comment any more becomes a post."""
    consumer.on_pull_request()
    before = comments_as_they_are(consumer)
    consumer.box.github.comments.clear()
    consumer.box.fail("GET", COMMENTS, before)
    consumer.write(".harmonica/session.yml", CHANGED)
    second = consumer.on_pull_request("synchronize")
    [row] = consumer.box.github.comments
    assert second.outputs["comment_url"] == row["html_url"]
    assert second.annotations == []


def test_a_comment_that_was_posted_behind_a_server_error_stays_the_only_one(
    consumer: Consumer,
) -> None:
    """After a 5xx the comments are looked at before another is posted."""
    consumer.box.fail("POST", COMMENTS, Fault.status_after(502))
    run = consumer.on_pull_request()
    [row] = consumer.box.github.comments
    assert run.outputs["comment_url"] == row["html_url"]
    assert run.annotations == []


def test_of_a_comment_that_shows_only_after_it_was_posted_once_more_one_stays(
    consumer: Consumer,
) -> None:
    """Nobody can take the two for copies of each other, so a later run takes one away."""
    consumer.box.fail("POST", COMMENTS, Fault.drop_after())
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS, times=None)
    first = consumer.on_pull_request()
    assert len(consumer.bodies) == 2
    consumer.box.heal()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert second.annotations == []
    assert len(consumer.bodies) == len(consumer.created) == 1


@pytest.mark.parametrize("status", [500, 520, 524])
def test_a_comment_that_met_a_server_error_is_posted_once_more(
    consumer: Consumer, status: int
) -> None:
    """Nothing was posted, so the second try is the first comment."""
    consumer.box.fail("POST", COMMENTS, Fault.status(status))
    run = consumer.on_pull_request()
    assert run.outputs["comment_url"]
    assert len(consumer.bodies) == 1


def add_app(consumer: Consumer) -> None:
    """Let the step use the token of an App of its own."""
    consumer.inputs["github_token"] = consumer.box.github.add_token(
        APP, login="our-app[bot]", type="Bot", installation=True
    )


def test_an_app_needs_no_edit_to_know_its_comment(consumer: Consumer) -> None:
    """The signature vouches for the bot, so what is posted is never touched again."""
    add_app(consumer)
    first = consumer.on_pull_request()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.bodies) == len(consumer.created) == 1
    assert consumer.box.requests_to("PATCH", ".*") == []


def test_an_app_keeps_its_comment_over_a_key_rotation(consumer: Consumer) -> None:
    """Within the new key's reach the receipt is signed anew, in the same comment."""
    add_app(consumer)
    first = consumer.on_pull_request()
    consumer.rotate_key()
    second = consumer.on_pull_request("synchronize")
    third = consumer.on_pull_request("synchronize")
    assert [run.outputs["join_url"] for run in (second, third)] == [first.outputs["join_url"]] * 2
    assert len(consumer.bodies) == len(consumer.created) == 1


def test_another_bots_receipt_out_of_reach_is_not_ours(consumer: Consumer) -> None:
    """Without a signature, and without a session of this account, it counts for nothing."""
    add_app(consumer)
    consumer.on_pull_request()
    [theirs] = consumer.bodies
    consumer.inputs["api_key"] = consumer.box.harmonica.add_key("another")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    assert consumer.bodies[0] == theirs
    assert second.outputs["join_url"] in consumer.bodies[1]


def test_a_signed_comment_comes_before_an_older_unsigned_one(consumer: Consumer) -> None:
    """What an earlier key signed gives way to what this one did."""
    consumer.on_pull_request()
    [outdated] = consumer.bodies
    consumer.box.github.comments.clear()
    consumer.inputs["api_key"] = consumer.box.harmonica.add_key()
    current = consumer.on_pull_request()
    [signed] = consumer.bodies
    consumer.box.github.comments.clear()
    for body in (outdated, signed):
        consumer.box.github.add_comment(7, body, login="github-actions[bot]", type="Bot")
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["session_id"] == current.outputs["session_id"]
    assert run.outputs["comment_url"] == consumer.box.github.comments[1]["html_url"]


def test_an_unsigned_comment_wins_no_race(consumer: Consumer) -> None:
    """Only a valid announcement makes the slower run give way."""
    consumer.on_pull_request()
    consumer.inputs["api_key"] = consumer.box.harmonica.add_key("another")
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    run = consumer.on_pull_request()
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] in consumer.bodies[1]


def test_a_later_comment_wins_no_race(consumer: Consumer) -> None:
    """The older of two announcements stays, and its run needs to do nothing."""
    first = consumer.on_pull_request()
    [row] = consumer.box.github.comments
    first_id = row["id"]
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    # The other run's comment has a higher number, as it was posted later.
    row["id"] = first_id + 1_000
    second = consumer.on_pull_request()
    assert second.outputs["status"] == "created"
    assert second.outputs["session_id"] != first.outputs["session_id"]


def test_who_gives_way_reports_no_chain(consumer: Consumer) -> None:
    """The chain of the surplus session says nothing of the one that counts."""
    consumer.box.harmonica.chain = {"status": "noop", "reason": "none"}
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert slower.outputs["status"] == "reused"
    assert slower.outputs["chain_status"] == ""


def test_jobs_of_other_specs_are_not_asked_for(consumer: Consumer) -> None:
    """After a create only sessions of the very topic may be a twin, and cost a request."""
    consumer.run("schedule")
    consumer.age_sessions()
    consumer.write("other.yml", SPEC.replace("Retrospective", "Another topic"))
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    run = consumer.run("schedule", spec="other.yml")
    assert run.outputs["status"] == "created"
    assert consumer.box.requests_to("GET", "/api/v1/sessions/.*") == []


def test_an_edited_comment_is_not_looked_for_again(consumer: Consumer) -> None:
    """Only a new comment can be one too many."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    before = len(consumer.box.requests_to("GET", COMMENTS))
    consumer.on_pull_request("synchronize")
    assert len(consumer.box.requests_to("GET", COMMENTS)) == before + 1


def test_a_proxys_403_does_not_say_that_a_session_is_gone(consumer: Consumer) -> None:
    """Only Harmonica's own word makes room for another session."""
    consumer.on_pull_request()
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.status(403, body="<html>"), times=None)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert len(consumer.created) == 1


@pytest.mark.parametrize("fault", [Fault.status(502), Fault.status_after(502)])
def test_a_faster_runs_comment_is_not_taken_for_the_lost_one(
    consumer: Consumer, fault: Fault
) -> None:
    """Behind a 5xx only the comment with the very receipt that was sent is our own."""
    winner = consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("POST", COMMENTS, fault)
    slower = consumer.on_pull_request()
    assert slower.outputs == {**winner.outputs, "status": "reused"}
    assert "one of them counts" in slower.messages("warning")
    assert len(consumer.bodies) == 1


def test_who_gives_way_tells_of_the_session_that_counts(consumer: Consumer) -> None:
    """Topic and texts are the faster run's, where people are in its session already."""
    consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["participant_count"] = 1
    consumer.write(".harmonica/session.yml", CHANGED.replace("Retrospective", "Another"))
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert slower.outputs["status"] == "stale"
    assert slower.outputs["topic"] == "Retrospective"
    assert "two changes" not in slower.summary


def test_who_gives_way_brings_the_newer_request(consumer: Consumer) -> None:
    """A push right behind the opening updates the session that the opening made."""
    first = consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    second = consumer.on_pull_request(env={"GITHUB_RUN_ID": "501"})
    assert second.outputs == {**first.outputs, "status": "updated"}
    assert consumer.box.harmonica.sessions[0]["goal"] == "Agree on two changes"
    [body] = consumer.bodies
    assert "two changes" in body


def test_a_faster_runs_replacement_is_its_to_announce(consumer: Consumer) -> None:
    """The slower run leaves comment and receipt to who knows what the session was asked for."""
    consumer.run_long_ago()
    consumer.lose_sessions()
    before, listed = comments_as_they_are(consumer), sessions_as_they_are(consumer)
    consumer.on_pull_request("synchronize")
    announced = consumer.bodies
    consumer.age_sessions()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail("GET", COMMENTS, before)
    consumer.box.fail("GET", "/api/v1/sessions", listed, times=2)
    slower = consumer.on_pull_request("synchronize")
    assert slower.outputs["status"] == "reused"
    assert consumer.bodies == announced
    consumer.on_pull_request("synchronize")
    assert consumer.box.harmonica.sessions[1]["goal"] == "Agree on two changes"


@pytest.mark.parametrize("on_change", ["update", "new"])
def test_a_repeated_older_run_undoes_nothing(consumer: Consumer, on_change: str) -> None:
    """Session and comment stay as the later run has left them."""
    consumer.inputs["on_change"] = on_change
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    later = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    announced = consumer.bodies
    consumer.write(".harmonica/session.yml", SPEC)
    again = consumer.on_pull_request(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs == {**later.outputs, "status": "reused"}
    assert "A later run" in again.messages("warning")
    assert consumer.bodies == announced
    assert consumer.box.harmonica.sessions[-1]["goal"] == "Agree on two changes"


def test_a_repeated_older_run_replaces_a_session_that_is_gone(consumer: Consumer) -> None:
    """A comment whose link leads nowhere is edited, whichever run has written it."""
    consumer.run_long_ago()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    consumer.lose_sessions()
    again = consumer.on_pull_request(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs["status"] == "created"
    [body] = consumer.bodies
    assert again.outputs["join_url"] in body


def test_a_comment_of_a_later_run_is_not_taken_over(consumer: Consumer) -> None:
    """An older run that was slower leaves it as it is, and takes its own away."""
    consumer.inputs["once_per"] = "run"
    later = consumer.on_pull_request(env={"GITHUB_RUN_ID": "501"})
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    older = consumer.on_pull_request()
    [body] = consumer.bodies
    assert later.outputs["join_url"] in body
    assert older.outputs["join_url"] != later.outputs["join_url"]


def test_a_comment_that_cannot_be_taken_over_leaves_ours(consumer: Consumer) -> None:
    """Ours is taken away only when the other one shows the link; the next run tidies up."""
    consumer.inputs["once_per"] = "run"
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("PATCH", "/repos/.*", Fault.status(500), times=None)
    ours = consumer.on_pull_request(env={"GITHUB_RUN_ID": "501"})
    consumer.box.heal()
    assert ours.outputs["join_url"] in consumer.bodies[1]
    consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501", "GITHUB_RUN_ATTEMPT": "2"})
    [body] = consumer.bodies
    assert ours.outputs["join_url"] in body


def test_a_session_is_no_twin_of_itself(consumer: Consumer) -> None:
    """A list that tells an earlier moment than the create did shows the same session."""
    consumer.box.harmonica.created_overrides = {"created_at": "2099-01-01T00:00:00Z"}
    consumer.box.fail("GET", COMMENTS, Fault.status(404))
    run = consumer.run("schedule")
    assert run.outputs["status"] == "created"
    assert run.annotations == []


def test_two_specs_of_one_topic_are_refused(consumer: Consumer) -> None:
    """`once-per: topic` cannot make one session of them; the message names both files."""
    consumer.write("other.yml", SPEC)
    run = consumer.run("schedule", spec=".harmonica/session.yml\nother.yml", once_per="topic")
    assert run.code == 1
    assert ".harmonica/session.yml has the same topic" in run.messages("error")
    assert run.annotations[0].properties["file"] == "other.yml"
    assert consumer.created == []


def test_two_specs_of_one_topic_in_two_jobs_share_the_session(consumer: Consumer) -> None:
    """The session of a topic is known whichever spec has made it."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.run("schedule")
    consumer.age_sessions()
    consumer.write("other.yml", SPEC)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    second = consumer.run("schedule", spec="other.yml")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    third = consumer.run("schedule", spec="other.yml", env={"GITHUB_RUN_ID": "501"})
    assert third.outputs["join_url"] == first.outputs["join_url"]


def test_a_session_of_the_topic_that_is_only_listed_is_reused(consumer: Consumer) -> None:
    """That it may not be looked at makes no room for a second one."""
    row = consumer.box.harmonica.add_session("Retrospective")
    refused = Fault.status(403, body={"error": {"code": "forbidden", "message": "no"}})
    consumer.box.fail("GET", "/api/v1/sessions/.*", refused, times=None)
    run = consumer.run("schedule", once_per="topic")
    assert run.outputs["status"] == "reused"
    assert run.outputs["join_url"].endswith(row["id"])


LOOK = ("GET", "/api/v1/sessions/[^/]+")
NOT_YET = Fault.status(403, body={"error": {"code": "forbidden", "message": "No access"}})


def test_a_new_session_that_is_listed_is_looked_at_again(consumer: Consumer) -> None:
    """Who may see it may be written down a moment after it was made."""
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.box.fail(*LOOK, NOT_YET, times=2)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert len(consumer.created) == 1


def test_beside_a_new_session_that_is_only_listed_none_is_made(consumer: Consumer) -> None:
    """It may be the one that is meant, so the run fails, names it, and the next one finds it."""
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    consumer.box.fail(*LOOK, NOT_YET, times=None)
    second = consumer.on_pull_request("synchronize")
    assert second.code == 1
    assert first.outputs["join_url"] in second.messages("error")
    consumer.box.heal()
    third = consumer.on_pull_request("synchronize")
    assert third.outputs["session_id"] == first.outputs["session_id"]
    assert len(consumer.created) == 1


def test_an_old_session_that_is_only_listed_is_waited_for_no_longer(consumer: Consumer) -> None:
    """What Harmonica has refused to show for a day stands in nobody's way."""
    consumer.run_long_ago()
    consumer.box.github.comments.clear()
    consumer.box.fail(*LOOK, NOT_YET, times=None)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "created"
    assert consumer.clock.pauses == []


def test_a_twin_that_may_not_be_looked_at_is_told(consumer: Consumer) -> None:
    """Nobody knows what a new session of the same topic was made for, and a warning names it."""
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS, times=2)
    consumer.box.fail(*LOOK, NOT_YET, times=3)
    run = consumer.on_pull_request()
    assert consumer.box.harmonica.sessions[0]["id"] in run.messages("warning")


@pytest.mark.parametrize("once_per", ["pull-request", "topic"])
def test_an_announced_session_counts_before_an_older_one_that_may_not_be_announced(
    consumer: Consumer, once_per: str
) -> None:
    """Who may not comment looks whether another run has, and names its own session as surplus."""
    consumer.inputs["once_per"] = once_per
    announced = consumer.on_pull_request()
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=int(once_per == "topic"))
    # By Harmonica's clock this run was first, and its session was listed too late for the other.
    consumer.box.harmonica.clock_offset = -60
    slower = consumer.on_pull_request()
    assert slower.outputs["session_id"] == announced.outputs["session_id"]
    assert slower.outputs["comment_url"] == announced.outputs["comment_url"]
    [_, own] = consumer.box.harmonica.sessions
    assert own["id"] in slower.messages("warning")
    assert announced.outputs["session_id"] not in slower.messages("warning")


@pytest.mark.parametrize("refusals", [0, None])
def test_a_new_session_of_a_topic_is_not_missed_in_the_list(
    consumer: Consumer, refusals: int | None
) -> None:
    """What our comment announced a moment ago may be listed late, and be shown later still."""
    consumer.inputs["once_per"] = "topic"
    announced = consumer.on_pull_request()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    consumer.box.fail(*LOOK, NOT_YET, times=refusals)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["session_id"] == announced.outputs["session_id"]
    assert run.outputs["status"] == "reused"
    assert len(consumer.created) == 1


def test_an_announced_session_of_a_topic_that_turns_up_after_a_create_counts(
    consumer: Consumer,
) -> None:
    """Of several it is the one that people were asked to join, be another one older."""
    consumer.inputs["once_per"] = "topic"
    announced = consumer.run_long_ago()
    [row] = consumer.box.harmonica.sessions
    row["created_at"] = row["updated_at"] = consumer.box.harmonica.timestamp()
    older = consumer.box.harmonica.timestamp(ago=60)
    consumer.box.harmonica.add_session("Retrospective", context=row["context"], created_at=older)
    others = Fault.body('{"data": [{"id": "1"}]}', content_type="application/json")
    consumer.box.fail("GET", "/api/v1/sessions", others, times=2)
    consumer.box.fail(*LOOK, NOT_YET)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["session_id"] == announced.outputs["session_id"]
    told = [line for line in run.messages("warning").splitlines() if "complete it" in line]
    named = [it["id"] in "\n".join(told) for it in consumer.box.harmonica.sessions]
    assert named == [False, True, True]


OLDER, LATER = {"GITHUB_RUN_ID": "500"}, {"GITHUB_RUN_ID": "501"}
AGAIN = {"GITHUB_RUN_ATTEMPT": "2"}


def leave_two_comments(consumer: Consumer) -> Run:
    """Let a later run keep its own comment, as it could not edit the older run's."""
    consumer.inputs["once_per"] = "run"
    consumer.on_pull_request(env=OLDER)
    consumer.age_sessions()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("PATCH", "/repos/.*", Fault.status(500), times=None)
    later = consumer.on_pull_request("synchronize", env=LATER)
    consumer.box.heal()
    return later


def test_an_older_run_takes_no_later_comment_away(consumer: Consumer) -> None:
    """The link that a later run has announced stays."""
    later = leave_two_comments(consumer)
    consumer.on_pull_request(env=OLDER | AGAIN)
    assert any(later.outputs["join_url"] in body for body in consumer.bodies)


def test_a_second_comment_stays_until_its_link_stands_elsewhere(consumer: Consumer) -> None:
    """A comment is taken away after the edit, not before an edit that may fail."""
    later = leave_two_comments(consumer)
    consumer.box.fail("PATCH", "/repos/.*", Fault.status(500), times=None)
    consumer.on_pull_request("synchronize", env=LATER | AGAIN)
    assert any(later.outputs["join_url"] in body for body in consumer.bodies)


def test_a_second_comment_that_cannot_be_removed_is_named_once(consumer: Consumer) -> None:
    """Nobody is told that it was removed."""
    leave_two_comments(consumer)
    consumer.box.fail("DELETE", "/repos/.*", Fault.status(403), times=None)
    run = consumer.on_pull_request("synchronize", env=LATER | AGAIN)
    assert "please remove" in run.messages("warning")
    assert "was removed" not in run.messages("warning")


def test_a_comment_that_is_taken_over_says_what_it_replaces(consumer: Consumer) -> None:
    """The link that stood there is not lost."""
    consumer.inputs["on_change"] = "new"
    first = consumer.on_pull_request(env=OLDER)
    consumer.age_sessions()
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.on_pull_request("synchronize", env=LATER)
    [body] = consumer.bodies
    assert f"replaces [an earlier one]({first.outputs['join_url']})." in body


@pytest.mark.parametrize("once_per", ["run", "off"])
def test_a_slower_older_run_says_what_stands_in_the_comment(
    consumer: Consumer, once_per: str
) -> None:
    """Its own link is an output only, and the warning names the announced one."""
    consumer.inputs["once_per"] = once_per
    later = consumer.on_pull_request(env=LATER)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    older = consumer.on_pull_request(env=OLDER)
    expected = f"A later run has announced another session: {later.outputs['join_url']}"
    assert expected in older.messages("warning")


def test_an_older_run_of_the_same_request_has_nothing_to_say(consumer: Consumer) -> None:
    """Two events of one pull request may overtake each other every day."""
    consumer.on_pull_request("labeled", env=LATER)
    before = len(consumer.box.requests)
    run = consumer.on_pull_request("synchronize", env=OLDER)
    assert run.outputs["status"] == "reused"
    assert run.annotations == []
    assert len(consumer.box.requests) == before + 2


def test_a_completed_session_is_no_twin_for_a_topic(consumer: Consumer) -> None:
    """It makes room for another one, however short ago it was made."""
    consumer.inputs["once_per"] = "topic"
    consumer.run("schedule")
    consumer.age_sessions()
    consumer.box.harmonica.sessions[0]["status"] = "completed"
    run = consumer.run("schedule", env=LATER)
    assert run.outputs["status"] == "created"
    assert run.annotations == []


def test_the_log_names_the_session_that_counts(consumer: Consumer) -> None:
    """Who gives way says the winner's link, and why it stays as it is."""
    winner = consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["participant_count"] = 1
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert slower.log.rpartition("Join link: ")[2].startswith(winner.outputs["join_url"])
    assert "people have already taken part" in slower.messages("warning")


def test_a_link_that_is_gone_is_replaced_by_an_older_version(consumer: Consumer) -> None:
    """With `on-change: new`, an older run's own session is better than none."""
    consumer.inputs["on_change"] = "new"
    consumer.box.harmonica.clock_offset = -172_800
    first = consumer.on_pull_request(env=OLDER)
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize", env=LATER)
    consumer.box.harmonica.sessions.pop()
    consumer.box.harmonica.clock_offset = 0
    consumer.write(".harmonica/session.yml", SPEC)
    consumer.on_pull_request(env=OLDER | AGAIN)
    [body] = consumer.bodies
    assert f"[Join the session]({first.outputs['join_url']})" in body


def test_a_dry_run_of_an_older_run_shows_no_comment(consumer: Consumer) -> None:
    """It would leave the later run's as it is."""
    consumer.on_pull_request(env=OLDER)
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize", env=LATER)
    consumer.write(".harmonica/session.yml", SPEC)
    run = consumer.on_pull_request(env=OLDER | AGAIN, dry_run="true")
    assert "The comment" not in run.log + run.summary


def test_a_surplus_session_has_had_the_background_too(consumer: Consumer) -> None:
    """What left the repository is told, whichever session counts in the end."""
    consumer.write("SESSION.md", "What we know")
    consumer.on_pull_request()
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert "Background sent" in slower.summary


def test_a_late_session_of_a_topic_is_named(consumer: Consumer) -> None:
    """A run that lists two sessions made for the same topic names the one that does not count."""
    consumer.inputs["once_per"] = "topic"
    consumer.run("schedule")
    consumer.age_sessions()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=2)
    second = consumer.run("schedule", env={"GITHUB_RUN_ID": "501"})
    third = consumer.run("schedule", env={"GITHUB_RUN_ID": "502"})
    assert second.outputs["join_url"] in third.messages("warning")
    consumer.box.harmonica.sessions[1]["status"] = "completed"
    assert consumer.run("schedule", env={"GITHUB_RUN_ID": "503"}).messages("warning") == ""


def test_a_late_session_beside_the_announced_one_is_named(consumer: Consumer) -> None:
    """The same goes where our comment says which session of the topic counts."""
    consumer.inputs["once_per"] = "topic"
    surplus = consumer.run("schedule")
    consumer.age_sessions()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=2)
    announced = consumer.on_pull_request()
    run = consumer.on_pull_request("synchronize")
    assert run.outputs == {**announced.outputs, "status": "reused"}
    assert surplus.outputs["join_url"] in run.messages("warning")


def test_who_may_not_comment_gives_way_to_a_comment(consumer: Consumer) -> None:
    """The announced session counts, also for the run whose own older one turned up too late."""
    faster = consumer.on_pull_request()
    consumer.box.harmonica.sessions[0]["created_at"] = consumer.box.harmonica.timestamp(ago=-5)
    consumer.box.github.read_only.add(consumer.box.github_token)
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    slower = consumer.on_pull_request()
    assert slower.outputs == {**faster.outputs, "status": "reused"}
    own = consumer.box.harmonica.sessions[1]["id"]
    assert own in slower.messages("warning")
    assert faster.outputs["session_id"] not in slower.messages("warning")


def test_a_comment_that_turns_up_late_is_taken_away(consumer: Consumer) -> None:
    """What was posted once more, after nobody saw the first, is no copy of it."""
    consumer.box.fail("POST", COMMENTS, Fault.status_after(502))
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS, times=5)
    consumer.on_pull_request()
    assert len(consumer.bodies) == 2
    run = consumer.on_pull_request("synchronize")
    assert run.annotations == []
    assert len(consumer.bodies) == 1


def test_the_fate_of_a_comment_that_cannot_be_looked_for_is_open(consumer: Consumer) -> None:
    """Nobody is told that a link was not posted that may stand there."""
    consumer.box.fail("POST", COMMENTS, Fault.status_after(502))
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.box.fail("GET", COMMENTS, Fault.status(403, body="<html>"), times=None)
    run = consumer.on_pull_request()
    assert "It is not known whether the link was posted" in run.messages("warning")
    assert "asked to post the comment" in run.messages("warning")
    assert "was not posted" not in run.messages("warning")


@pytest.mark.parametrize(
    ("fault", "timeout"),
    [
        (Fault.hang(), "6"),
        (Fault.status(429, headers={"Retry-After": "45"}, body=HARMONICAS_LIMIT), "180"),
    ],
)
def test_the_look_for_others_does_not_cost_the_announcement(
    consumer: Consumer, fault: Fault, timeout: str
) -> None:
    """However slow the list of sessions is, the link is posted, and soon."""
    consumer.box.fail("GET", "/api/v1/sessions", fault, times=None)
    run = consumer.on_pull_request(timeout=timeout)
    assert "It is not known whether another run created a session" in run.messages("warning")
    assert run.outputs["join_url"] in consumer.bodies[0]
    assert sum(consumer.clock.pauses) < 20


def test_a_slow_look_at_a_twin_does_not_cost_the_announcement(consumer: Consumer) -> None:
    """Nor does a session that may be one too many, and is not shown."""
    consumer.on_pull_request()
    consumer.age_sessions()
    consumer.box.github.comments.clear()
    consumer.box.fail("GET", "/api/v1/sessions/.*", Fault.hang(), times=None)
    run = consumer.on_pull_request(timeout="8")
    assert "It is not known whether another run created a session" in run.messages("warning")
    assert run.outputs["join_url"] in consumer.bodies[0]


def test_a_session_that_was_completed_as_asked_does_not_come_back(consumer: Consumer) -> None:
    """Where the comment is gone, an older session that is completed makes way for an open one."""
    surplus = consumer.on_pull_request()
    consumer.age_sessions()
    consumer.box.github.comments.clear()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS, times=2)
    counts = consumer.on_pull_request("synchronize")
    assert counts.outputs["session_id"] != surplus.outputs["session_id"]
    consumer.box.harmonica.sessions[0]["status"] = "completed"
    consumer.box.github.comments.clear()
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["join_url"] == counts.outputs["join_url"]
    assert run.messages("warning") == ""
