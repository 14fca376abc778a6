"""Whoever writes a receipt, copies one or edits ours: nothing of it leads to a change or a link."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from harness.consumer import CHANGED, COMMENTS, HEAD, NO_COMMENTS, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

BOT = "github-actions[bot]"


def on_pull_request_8(consumer: Consumer) -> Run:
    """Run the step for a push to another pull request."""
    payload = pull_request_payload("synchronize")
    payload["number"] = payload["pull_request"]["number"] = 8
    return consumer.run("pull_request", payload)


def forged(body: str, **changes: Any) -> str:  # noqa: ANN401 - any content of a receipt
    """Return a comment with another content in its receipt, which nobody has signed."""
    line, _, text = body.partition("\n")
    payload = line.split(" ")[4]
    content = {**json.loads(base64.b64decode(payload)), **changes}
    return (
        f"{line.replace(payload, base64.b64encode(json.dumps(content).encode()).decode())}\n{text}"
    )


def test_a_forged_receipt_leads_to_no_session_of_another_pull_request(consumer: Consumer) -> None:
    """A report by the same bot that claims another pull request's session changes nothing there."""
    first = consumer.on_pull_request()
    consumer.box.github.add_pull(8, head_sha=HEAD)
    [ours] = consumer.bodies
    content = json.loads(base64.b64decode(ours.split(" ")[4]))
    place = [*content["place"][:2], content["place"][2].replace("7", "8")]
    consumer.write(".harmonica/session.yml", CHANGED)
    body = forged(ours, place=place, written_by="9" * 18, digest="")
    consumer.box.github.add_comment(8, body, login=BOT, type="Bot")
    run = on_pull_request_8(consumer)
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] != first.outputs["join_url"]
    assert consumer.box.harmonica.sessions[0]["goal"] == "Agree on one change"
    assert "`previous-api-key`" in run.messages("warning")
    on_8 = [it for it in consumer.box.github.comments if it["number"] == 8]
    assert [first.outputs["join_url"] in it["body"] for it in on_8] == [True, False]
    again = on_pull_request_8(consumer)
    assert again.outputs == {**run.outputs, "status": "reused"}
    assert again.annotations == []


def test_a_copy_in_an_older_comment_does_not_take_over(consumer: Consumer) -> None:
    """A report that stood there before ours, and begins with our receipt now, is left alone."""
    report = consumer.box.github.add_comment(7, "Coverage: 97 %", login=BOT, type="Bot")
    first = consumer.on_pull_request()
    line = consumer.bodies[1].partition("\n")[0]
    report["body"] = f"{line}\n[Join the session](https://evil.example/chat?s=1)"
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert len(consumer.bodies) == 2
    assert "evil.example" in consumer.bodies[0]
    assert first.outputs["join_url"] in consumer.bodies[1]
    assert second.annotations == []


@pytest.mark.parametrize("addition", ["", "[Join the session](https://evil.example/chat?s=1)"])
def test_a_copy_in_a_comment_of_meanwhile_does_not_take_over(
    consumer: Consumer, addition: str
) -> None:
    """A report that was posted while the session was made is no older comment of ours."""
    report = consumer.box.github.add_comment(7, "Coverage: 97 %", login=BOT, type="Bot")
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    first = consumer.on_pull_request()
    report["body"] = copied = consumer.bodies[1] + addition
    consumer.write(".harmonica/session.yml", CHANGED)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["comment_url"] == first.outputs["comment_url"] != report["html_url"]
    assert consumer.bodies[0] == copied
    assert "two changes" in consumer.bodies[1]
    assert second.annotations == []


def test_nothing_is_signed_anew_for_comments_that_nobody_can_copy_ours_into(
    consumer: Consumer,
) -> None:
    """What a person posts while the session is made costs no request."""
    consumer.box.github.add_comment(7, "Looking at it", login="mona", type="User")
    consumer.box.fail("GET", COMMENTS, NO_COMMENTS)
    consumer.on_pull_request()
    assert [it for it in consumer.box.requests if it.method == "PATCH"] == []


def test_a_copy_alone_leads_to_nothing(consumer: Consumer) -> None:
    """Where our comment is gone, an older one with its receipt is no comment of ours either."""
    report = consumer.box.github.add_comment(7, "Coverage: 97 %", login=BOT, type="Bot")
    first = consumer.on_pull_request()
    report["body"] = copied = consumer.bodies[1]
    consumer.box.github.comments.pop()
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["join_url"] == first.outputs["join_url"]
    assert second.outputs["comment_url"] != report["html_url"]
    assert consumer.bodies[0] == copied
    assert len(consumer.bodies) == 2
    assert len(consumer.created) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/chat?s=", "/elsewhere?s="),
        ("## Retrospective", "## Please join elsewhere"),
        ("\n\n", "\n"),
    ],
)
def test_an_edit_of_our_comment_is_undone(consumer: Consumer, old: str, new: str) -> None:
    """Whoever changes link or text, the next run writes it anew, says so, and asks no more."""
    consumer.on_pull_request()
    [row] = consumer.box.github.comments
    ours = row["body"]
    line, _, text = ours.partition("\n")
    row["body"] = f"{line}\n{text.replace(old, new)}"
    before = len(consumer.box.requests)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "reused"
    assert "Somebody has edited the comment" in run.log
    assert consumer.bodies[0].partition("\n")[2] == text
    asked = [(it.service, it.method) for it in consumer.box.requests[before:]]
    assert asked == [("github", "GET"), ("harmonica", "GET"), ("github", "PATCH")]


def test_without_the_previous_key_a_rotation_is_told(consumer: Consumer) -> None:
    """The receipt is ignored, a warning names comment and input, and the next run has no doubt."""
    first = consumer.on_pull_request()
    consumer.rotate_key()
    del consumer.inputs["previous_api_key"]
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "created"
    assert first.outputs["comment_url"] in second.messages("warning")
    assert "`previous-api-key`" in second.messages("warning")
    third = consumer.on_pull_request("synchronize")
    assert third.outputs == {**second.outputs, "status": "reused"}
    assert third.annotations == []


@pytest.mark.parametrize("once_per", ["pull-request", "run", "topic"])
def test_a_reference_of_the_previous_key_counts(consumer: Consumer, once_per: str) -> None:
    """A session whose comment is gone is known again by what the old key left in it."""
    first = consumer.on_pull_request(once_per=once_per)
    consumer.box.github.comments.clear()
    consumer.rotate_key()
    second = consumer.on_pull_request(
        "synchronize", once_per=once_per, env={"GITHUB_RUN_ATTEMPT": "2"}
    )
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert len(consumer.created) == 1
    assert second.messages("warning") == ""


def test_the_previous_key_goes_nowhere(consumer: Consumer) -> None:
    """It is masked like the key, refused in a spec, and in no request."""
    consumer.on_pull_request()
    consumer.rotate_key()
    old = consumer.inputs["previous_api_key"]
    begun = len(consumer.box.requests)
    run = consumer.on_pull_request("synchronize")
    assert f"::add-mask::{old}" in run.log
    for request in consumer.box.requests[begun:]:
        assert old.encode() not in request.body
        assert old not in str(request.headers) + request.path
    consumer.write("SESSION.md", f"The old key was {old}.")
    refused = consumer.on_pull_request("synchronize")
    assert refused.code == 1
    assert old not in refused.log.replace(f"::add-mask::{old}", "")


def test_a_copy_does_not_carry_word_of_another_account(consumer: Consumer) -> None:
    """What a person's token had seen says nothing of what the bot has posted."""
    consumer.on_pull_request()
    mona = consumer.box.github.add_token("ghp_of_mona", login="mona", type="User")
    consumer.on_pull_request("synchronize", github_token=mona)
    ours, hers = consumer.bodies
    copied = f"{hers.partition(chr(10))[0]}\n[Join the session](https://evil.example/chat?s=1)"
    consumer.box.github.add_comment(7, copied, login=BOT, type="Bot")
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["comment_url"] == consumer.box.github.comments[0]["html_url"]
    assert consumer.bodies == [ours, hers, copied]


def test_an_older_run_restores_nothing_and_says_so(consumer: Consumer) -> None:
    """An edit of what a later run has written is told, but is the later run's to undo."""
    consumer.on_pull_request(env={"GITHUB_RUN_ID": "501"})
    consumer.write(".harmonica/session.yml", CHANGED)
    consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "502"})
    [row] = consumer.box.github.comments
    row["body"] += "More."
    older = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    assert "Somebody has edited the comment" in older.log
    assert "restored" not in older.log
    later = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "502"})
    assert "Comment, restored" in later.log
