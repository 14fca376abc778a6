"""A spec that speaks of its event: what is asked, what is sent, what is said where it cannot."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from harness.consumer import HEAD, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Consumer

TITLES = [
    '"quoted": it\'s, a {{ actor }} & {% x %} #7',
    "two\nlines\r\n--> @org/team [x](javascript:y) ::set-output name=a::b",
    "- [ ] ${{ secrets.KEY }} | {# no #} \\{{ \u202e é 🎵 ---",
]
TOPIC = "topic: 'Retro: {{ pull_request.title }}'\ngoal: Agree\n"


def payload_with(**facts: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the payload of an event on pull request 7 with more facts."""
    payload = pull_request_payload()
    payload["pull_request"] |= facts
    return payload


def asked(consumer: Consumer, path: str) -> int:
    """Count the requests for a path of GitHub's API."""
    return len(consumer.box.requests_to("GET", f".*/repos/octo/garden/{path}"))


def test_each_pull_request_has_its_own_topic(consumer: Consumer) -> None:
    """One spec, three nasty titles: three topics on the wire, to the letter, and no question."""
    consumer.write(".harmonica/session.yml", TOPIC)
    for number, title in enumerate(TITLES, 7):
        consumer.box.github.add_pull(number)
        payload = payload_with(number=number, title=title)
        run = consumer.run("pull_request", payload, env={"GITHUB_RUN_ID": str(number)})
        assert run.code == 0, run.log
    assert [body["topic"] for body in consumer.created] == [f"Retro: {t}" for t in TITLES]
    assert asked(consumer, "pulls.*") == 0


def test_a_schedule_has_no_pull_request(consumer: Consumer) -> None:
    """The same spec on a schedule is an error at the expression, and nothing is created."""
    consumer.write(".harmonica/session.yml", TOPIC)
    run = consumer.run("schedule")
    [annotation] = run.annotations
    assert run.code == 1
    assert annotation.properties["line"] == "1"
    assert annotation.properties["col"] == "16"
    assert "the event `schedule` has no pull request" in annotation.message
    assert consumer.box.requests == []


def test_a_default_stands_where_there_is_no_pull_request(consumer: Consumer) -> None:
    """With `default` the schedule has a topic of its own."""
    consumer.write(
        ".harmonica/session.yml",
        "topic: \"{{ pull_request.title | default('the week') }}\"\ngoal: Agree\n",
    )
    run = consumer.run("schedule")
    assert run.outputs["topic"] == "the week"


def test_an_unknown_name_costs_no_request(consumer: Consumer) -> None:
    """A misspelt name is found before anybody is asked for the pull request."""
    consumer.write(".harmonica/session.yml", "topic: '{{ pull_request.titel }}'\ngoal: Agree\n")
    run = consumer.run("push", {"after": HEAD})
    assert "did you mean `pull_request.title`?" in run.messages("error")
    assert consumer.box.requests == []


@pytest.mark.parametrize(
    ("event", "payload", "inputs"),
    [
        ("push", {"after": HEAD}, {}),
        ("push", {"after": HEAD}, {"announce": "off"}),
        ("issue_comment", {"issue": {"number": 7, "pull_request": {}}}, {}),
        (
            "workflow_run",
            {"workflow_run": {"pull_requests": [{"number": 7, "base": {"repo": {"id": 1}}}]}},
            {},
        ),
        ("workflow_dispatch", {}, {"pr_number": "7"}),
        ("workflow_dispatch", {}, {"pr_number": "7", "announce": "off"}),
    ],
)
def test_what_the_event_lacks_is_asked_for_once(
    consumer: Consumer, event: str, payload: dict[str, Any], inputs: dict[str, Any]
) -> None:
    """Title and branch come from one request for the pull request, found by one more at most."""
    consumer.box.github.add_pull(7, head_sha=HEAD, title="Asked for", head_ref="fix")
    consumer.write(
        ".harmonica/session.yml",
        "topic: '{{ pull_request.title }}'\ngoal: 'About {{ pull_request.branch }}'\n",
    )
    run = consumer.run(event, payload, **inputs)
    assert run.code == 0, run.log
    [body] = consumer.created
    assert (body["topic"], body["goal"]) == ("Asked for", "About fix")
    assert asked(consumer, "pulls/7") == 1
    assert asked(consumer, "commits/.*/pulls") == (1 if event == "push" else 0)


def test_what_the_spec_does_not_use_is_not_asked_for(consumer: Consumer) -> None:
    """A comment tells the title, so only who wants the branch has to ask."""
    consumer.write(".harmonica/session.yml", TOPIC)
    issue = {"number": 7, "title": "Told", "pull_request": {}}
    run = consumer.run("issue_comment", {"issue": issue})
    assert run.outputs["topic"] == "Retro: Told"
    assert asked(consumer, "pulls/7") == 0


def test_a_pull_request_that_cannot_be_read_is_absent(consumer: Consumer) -> None:
    """An issue's number leads to no pull request: a warning, and the error at the expression."""
    consumer.box.github.add_issue(9)
    consumer.write(".harmonica/session.yml", TOPIC)
    run = consumer.run("workflow_dispatch", pr_number="9")
    assert run.code == 1
    assert "The pull request cannot be read" in run.messages("warning")
    assert "`pull_request.title` has no value here" in run.messages("error")
    assert consumer.created == []


def test_inputs_and_vars_reach_the_spec(consumer: Consumer) -> None:
    """A manual run's inputs and the action's own `vars` stand beside the event."""
    consumer.write(
        ".harmonica/session.yml",
        "topic: '{{ inputs.what }} of {{ vars.team }}'\ngoal: Agree\n",
    )
    run = consumer.run("workflow_dispatch", {"inputs": {"what": "Review"}}, vars="team=blue")
    assert run.outputs["topic"] == "Review of blue"


@pytest.mark.parametrize("text", ["a\u2028b=c", 'x", "team": "mine', "one\ntwo", "\0 and \ud800"])
def test_a_text_of_a_stranger_is_one_value(consumer: Consumer, text: str) -> None:
    """As one JSON object, no text can set another value; what cannot be kept is replaced."""
    consumer.write(
        ".harmonica/session.yml",
        "topic: '{{ vars.team }}'\ngoal: '{{ vars.title }}, {{ vars.none | default(1) }}'\n",
    )
    handed = f'{{"title": {json.dumps(text)}, "team": "blue", "none": null}}'
    run = consumer.run(vars=handed)
    assert run.code == 0, run.log
    kept = text.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert [(it["topic"], it["goal"]) for it in consumer.created] == [("blue", f"{kept}, 1")]


def test_today_is_the_day_of_the_first_attempt(consumer: Consumer) -> None:
    """A later attempt asks when the run began, and finds the session of that day's topic."""
    consumer.box.github.add_run(500, "2026-01-02T23:59:59Z")
    consumer.write(".harmonica/session.yml", "topic: 'On {{ today }}'\ngoal: Agree\n")
    run = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert run.outputs["topic"] == "On 2026-01-02"


def test_the_first_attempt_asks_nobody_for_today(consumer: Consumer) -> None:
    """On a first attempt `today` is this day in UTC."""
    consumer.write(".harmonica/session.yml", "topic: 'On {{ today }}'\ngoal: Agree\n")
    before = datetime.now(timezone.utc).date()
    run = consumer.run("schedule", once_per="off")
    after = datetime.now(timezone.utc).date()
    assert run.outputs["topic"] in {f"On {day}" for day in (before, after)}
    assert asked(consumer, "actions/runs/500") == 0


def test_a_day_that_nobody_tells_is_warned_of(consumer: Consumer) -> None:
    """Where the run may not be read, the day is this attempt's, and a warning says so."""
    consumer.write(".harmonica/session.yml", "topic: 'On {{ today }}'\ngoal: Agree\n")
    run = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert run.code == 0
    assert "so `today` is the current date" in run.messages("warning")


def test_session_md_is_never_filled_in(consumer: Consumer) -> None:
    """Braces in the background stay braces, and so does a title with braces in the context."""
    consumer.write(
        ".harmonica/session.yml",
        "topic: t\ngoal: g\ncontext: '{{ pull_request.title }}'\n",
    )
    consumer.write("SESSION.md", "Use {{ actor }} and {% raw %}.")
    consumer.run("pull_request", payload_with(title="A {{ actor }}"))
    [body] = consumer.created
    assert re.sub(r"\n\nRef: \w+\Z", "", body["context"]) == (
        "A {{ actor }}\n\nUse {{ actor }} and {% raw %}."
    )


def test_a_changed_title_is_a_changed_session(consumer: Consumer) -> None:
    """The next push with another title updates the topic while nobody has taken part."""
    consumer.write(".harmonica/session.yml", TOPIC)
    consumer.run("pull_request", payload_with(title="Before"))
    payload = {**payload_with(title="After"), "action": "edited"}
    run = consumer.run("pull_request", payload)
    assert run.outputs["status"] == "updated", run.log
    assert consumer.box.harmonica.sessions[0]["topic"] == "Retro: After"


def test_a_key_in_a_title_is_not_sent(consumer: Consumer) -> None:
    """What is filled in is searched for secrets like the spec itself."""
    consumer.write(".harmonica/session.yml", TOPIC)
    run = consumer.run("pull_request", payload_with(title=f"hm_live_{'a' * 32}"))
    assert run.code == 1
    assert consumer.created == []
    assert "a" * 32 not in run.log + run.summary
