"""The comment as a whole run writes it: what it links, promises and keeps, from push to push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.announcement.trust import HOMEPAGE
from harness.consumer import BASE, HEAD, SPEC, pull_request_payload
from harness.rendered import links_in, rendered

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

_PATH = ".harmonica/session.yml"
_OWN_WORDS = f"{SPEC}invitation: 'About {{{{ pull_request.title }}}}.'\ntakes: 10 min\n"


def _run(consumer: Consumer, title: str = "A title", event: str = "pull_request") -> Run:
    payload: dict[str, Any] = pull_request_payload()
    payload["pull_request"]["title"] = title
    return consumer.run(event, payload, {"GITHUB_SERVER_URL": consumer.box.server_url})


def _edits(consumer: Consumer) -> int:
    return len(consumer.box.requests_to("PATCH", "/repos/octo/garden/issues/comments/.*"))


@pytest.mark.parametrize(
    ("event", "commit"), [("pull_request", HEAD), ("pull_request_target", BASE)]
)
def test_the_spec_is_a_link_to_the_file_as_it_was_read(
    consumer: Consumer, event: str, commit: str
) -> None:
    """Later changes to the file do not change what it leads to."""
    run = _run(consumer, event=event)
    url = f"{consumer.box.server_url}/octo/garden/blob/{commit}/{_PATH}"
    assert links_in(rendered(consumer.bodies[0])) == [run.outputs["join_url"], HOMEPAGE, url]


def test_a_run_without_a_commit_names_the_spec_alone(consumer: Consumer) -> None:
    """A link that leads nowhere would be worse than none."""
    run = consumer.on_pull_request()
    assert links_in(rendered(consumer.bodies[0])) == [run.outputs["join_url"], HOMEPAGE]
    assert f"Announced by {_PATH} in this repository." in consumer.bodies[0]


def test_the_hosts_own_words_stand_in_place_of_ours(consumer: Consumer) -> None:
    """They are filled in and harmless, and Harmonica gets neither of them."""
    consumer.write(_PATH, _OWN_WORDS)
    _run(consumer, "https://evil.example @octo [Join](https://evil.example)")
    [body] = consumer.bodies
    assert "\n\n> About https:\u200b//evil.example @\u200bocto \\[Join\\](https:" in body
    assert "\n\n**Time it takes:** 10 min\n\n" in body
    assert "You are invited" not in body
    assert not [url for url in links_in(rendered(body)) if "evil" in url]
    assert {"invitation", "takes"}.isdisjoint(consumer.created[0])


def test_other_words_edit_the_comment_and_the_same_ones_leave_it_alone(consumer: Consumer) -> None:
    """Harmonica has no part in it: the session is the same, and is not touched."""
    _run(consumer)
    _run(consumer)
    assert _edits(consumer) == 0
    consumer.write(_PATH, _OWN_WORDS)
    assert _run(consumer).outputs["status"] == "reused"
    assert (_edits(consumer), len(consumer.bodies), len(consumer.created)) == (1, 1, 1)
    _run(consumer)
    assert _edits(consumer) == 1
    consumer.write(_PATH, SPEC)
    _run(consumer)
    assert _edits(consumer) == 2
    assert "You are invited" in consumer.bodies[0]
    assert consumer.box.requests_to("PATCH", "/api/v1/.*") == []


def test_words_that_differ_from_pull_request_to_pull_request_hide_no_secret(
    consumer: Consumer,
) -> None:
    """What an expression fills in is searched as the request is."""
    consumer.write(_PATH, _OWN_WORDS)
    run = _run(consumer, title=consumer.box.api_key)
    assert run.code == 1
    assert (consumer.created, consumer.bodies) == ([], [])
    assert consumer.box.api_key not in run.summary


def test_a_stale_session_is_a_small_line_and_lists_what_it_really_asks(consumer: Consumer) -> None:
    """Why it stays, and in what it differs, is for the team: summary and log."""
    consumer.write(_PATH, f"{SPEC}questions: [What was your part?]\n")
    _run(consumer)
    consumer.box.harmonica.sessions[0]["participant_count"] = 3
    consumer.write(_PATH, f"{SPEC}questions: [What was your role?]\n")
    before = len(consumer.box.requests)
    run = _run(consumer)
    assert run.outputs["status"] == "stale"
    [body] = consumer.bodies
    assert "1. What was your part?" in body
    assert "[!" not in body
    assert "people have already taken part" not in body
    last = body.strip().rsplit("\n", 1)[1]
    assert last.startswith("<sub>Announced by ")
    assert last.endswith("changed since then, and the session has stayed as it was.</sub>")
    assert "no longer matches its spec (questions)" in run.summary
    assert "no longer matches its spec (questions)" in run.log
    asked = [it.path.rpartition("/")[2] for it in consumer.box.requests[before:]]
    assert asked.count("questions") == 1


def test_a_completed_session_carries_no_word_of_the_specs_changes(consumer: Consumer) -> None:
    """Nobody can take part any more, so it matters to nobody who reads it."""
    _run(consumer)
    consumer.box.harmonica.sessions[0]["status"] = "completed"
    consumer.write(_PATH, SPEC.replace("one change", "two changes"))
    assert _run(consumer).outputs["status"] == "stale"
    [body] = consumer.bodies
    assert "is completed and takes no more answers" in body
    assert "[!" not in body
    assert "changed since" not in body


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("cross_pollination: true", "Ideas from it may be brought"),
        ("cross_pollination: false", "Ideas from it are not brought"),
        ("", "Ideas from it are not brought"),
        ("questions: [What is your name?]", "You are asked for your name before"),
        ("questions: [{text: Mail, type: Email}]", "asked for your e-mail address before"),
        ("questions: ['Your full name, please']", "You are asked for your name before"),
        ("questions: ['Name:']", "You are asked for your name before"),
        ("questions: [What is your work e-mail address?]", "asked for your e-mail address before"),
        ("questions: [What is your name and your email?]", "your name and your e-mail address"),
        ("questions: [Wie geht es?]", ""),
        ("questions: [What is your project name?]", ""),
        ("questions: [What is your name for this feature?]", ""),
        ("questions: [How often do you read e-mail?]", ""),
        ("questions: [Which is your email client?]", ""),
        ("questions: [{text: Part, type: Options, options: [a, b]}]", "not asked for your name"),
        ("template_id: t-1", ""),
        ("results_visibility: host", "Results: only the host"),
    ],
)
def test_what_is_promised_is_what_was_asked_for(consumer: Consumer, key: str, words: str) -> None:
    """And a second push, which changes nothing, promises the same in its summary."""
    consumer.write(_PATH, f"{SPEC}{key}\n")
    for _ in range(2):
        run = _run(consumer)
        assert words in consumer.bodies[0]
        assert words in run.summary
    if not words:
        assert "asked for your" not in consumer.bodies[0]
    if "template" in key:
        assert "Ideas" not in consumer.bodies[0]


def test_the_kind_of_a_question_counts_only_in_a_session_that_has_it(consumer: Consumer) -> None:
    """Of a session that stays as it was, nobody knows how its question is answered."""
    consumer.write(_PATH, f"{SPEC}questions: [Who are you?]\n")
    _run(consumer)
    consumer.box.harmonica.sessions[0]["participant_count"] = 2
    options = "{text: Who are you?, type: Options, options: [a, b]}"
    consumer.write(_PATH, f"{SPEC}questions: [{options}]\n")
    run = _run(consumer)
    assert run.outputs["status"] == "stale"
    [body] = consumer.bodies
    assert "1. Who are you?" in body
    assert "asked for your" not in body


def test_a_promise_is_kept_to_the_session_and_not_to_the_spec(consumer: Consumer) -> None:
    """Whether ideas travel is settled with the create; the spec's later change changes nothing."""
    consumer.write(_PATH, f"{SPEC}cross_pollination: true\n")
    _run(consumer)
    consumer.write(_PATH, f"{SPEC}cross_pollination: false\n")
    run = _run(consumer)
    assert run.outputs["status"] == "stale"
    assert "Ideas from it may be brought" in consumer.bodies[0]
