"""Who may see what: results stand where everybody may see them who sees the place, or nowhere.

`bash tests/run tests/flow/test_who_may_see.py -s` prints the table.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault
from harness.circle import ROUND, Circle
from harness.consumer import pull_request_payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.consumer import Consumer, Run

# One word for each text that comes back, so that a cell can say which of them got there.
WORDS = {
    "summary": "quassel",
    "decision": "brimbor",
    "decided": "dlaudin",
    "action": "kolumbin",
    "owner": "wendelgard",
    "due": "michaelmas",
    "tension": "zwiespalt",
    "side": "einerseits",
    "claim": "behaupt",
    "gap": "luckenhaft",
    "brief": "kurzfassung",
}
KNOWLEDGE: dict[str, Any] = {
    "decisions": [{"label": WORDS["decision"], "summary": WORDS["decided"]}],
    "tensions": [{"summary": WORDS["tension"], "sides": [WORDS["side"]]}],
    "claims": [{"category": "quote", "text": WORDS["claim"]}],
    "gaps": [WORDS["gap"]],
}
ACTIONS = [{"description": WORDS["action"], "owner": WORDS["owner"], "due": WORDS["due"]}]
# What the spec asks for; a word from the future is one that this version does not know.
ASKED = ("public", "participants", "host", "", "unknown", "everyone-and-their-dog")
REPOSITORIES: dict[str, dict[str, Any]] = {
    "public": {"private": False, "visibility": "public"},
    "private": {"private": True, "visibility": "private"},
    "internal": {"private": True, "visibility": "internal"},
    # Neither the payload nor GitHub says so.
    "unknown": {"private": None, "visibility": None},
}
PLACES = (
    *("comment", "issue", "reminder", "action issue", "summary", "log", "outputs"),
    *("SESSION.md", "results file", "create's summary"),
)


def _may(asked: str, repository: str) -> bool:
    """Say who may see the results in the words of the README."""
    if asked == "public":
        return True
    return asked == "participants" and repository in ("private", "internal")


def _payload(repository: str) -> dict[str, Any]:
    told = REPOSITORIES[repository]
    known = {name: value for name, value in told.items() if value is not None}
    return {**pull_request_payload("synchronize"), "repository": {"id": 1, **known}}


def _circle(consumer: Consumer, asked: str) -> Circle:
    is_known = asked in ("public", "participants", "host")
    line = f"results_visibility: {asked}\n" if is_known else ""
    circle = Circle(consumer, ROUND.replace("results_visibility: public\n", line))
    if asked and not is_known:
        circle.ask_for(asked)
    return circle


def _places(circle: Circle, *runs: Run) -> dict[str, str]:
    """Return what stands in each place, as whoever sees the place can read it."""
    github = circle.box.github
    own: list[str] = []
    others: list[str] = []
    for issue in github.issues.values():
        is_action = any(it["name"] == "harmonica-action" for it in issue["labels"])
        (others if is_action else own).append(f"{issue['title']}\n{issue['body']}")
    comments = [circle.open(it) for it in circle.consumer.bodies]
    return {
        "comment": "\n".join(it for it in comments if "This round ends soon" not in it),
        "issue": "\n".join(map(circle.open, own)),
        "reminder": "\n".join(it for it in comments if "This round ends soon" in it),
        "action issue": "\n".join(map(circle.open, others)),
        "summary": "\n".join(run.summary for run in runs),
        "log": "\n".join(run.log for run in runs),
        "outputs": "\n".join(json.dumps([run.outputs, run.sessions]) for run in runs),
        "SESSION.md": circle.written("SESSION.md"),
        "results file": circle.written("results.json"),
    }


@pytest.mark.parametrize("way", ["comment", "issue", "comment, publish", "issue, publish"])
@pytest.mark.parametrize("repository", REPOSITORIES)
@pytest.mark.parametrize("asked", ASKED)
def test_results_stand_where_they_may_be_seen(
    consumer: Consumer,
    record_property: Callable[[str, object], None],
    asked: str,
    repository: str,
    way: str,
) -> None:
    """From the first head count to the end, no word gets into a place that it may not stand in."""
    own, _, publish = way.partition(", ")
    own_issue = own == "issue"
    circle = _circle(consumer, asked)
    if own_issue:
        circle.move_to_issue()
    circle.box.github.facts = REPOSITORIES[repository]
    consumer.inputs |= {
        "publish": "true" if publish else "",
        "actions": "issues",
        "write_session_md": "SESSION.md",
        "results_file": "results.json",
    }
    circle.session["participant_count"] = 2
    circle.find(WORDS["summary"], ACTIONS, **KNOWLEDGE)
    runs, files = [], []
    event, payload = ("pull_request", _payload(repository))
    if own_issue:
        event, payload = "schedule", {"repository": payload["repository"]}
    for days in (0.0, 4.2, 1.0, 0.1):
        circle.days_pass(days)
        runs.append(consumer.run(event, payload, command="results"))
        files.append(circle.written("results.json"))
        circle.session["session_md"] = f"# A brief\n\n{WORDS['brief']} {WORDS['summary']}\n"
    created = consumer.run("pull_request", _payload(repository))
    places = _places(circle, *runs) | {"results file": "\n".join(files)}
    places["create's summary"] = created.summary + created.log
    found = {
        place: [name for name, word in WORDS.items() if word in text.casefold()]
        for place, text in places.items()
    }
    record_property("seen", (asked or "(empty)", repository, way, found))
    assert all(run.code == 0 for run in runs), runs[-1].log
    assert found["create's summary"] == []
    # Nobody shows claims, gaps and reminders' results.
    assert not any({"claim", "gap"} & set(names) for names in found.values())
    assert found["reminder"] == []
    assert "2 of 3" in places[own]
    if publish or _may(asked, repository):
        for place in (own, "summary", "results file"):
            assert "summary" in found[place], place
        assert {"action", "owner", "due"} <= set(found["action issue"])
        assert "action" in found["outputs"]
        assert "brief" in found["SESSION.md"]
    else:
        assert {place: names for place, names in found.items() if names} == {}
        assert json.loads(files[-1])[0]["participant_count"] == "2"
        assert places["SESSION.md"] == places["action issue"] == ""


def test_github_is_asked_where_the_event_does_not_say(consumer: Consumer) -> None:
    """Once, and only where the answer depends on it; no answer counts as public."""
    circle = Circle(consumer, ROUND.replace("public", "participants"))
    circle.label()
    circle.end(WORDS["summary"])
    repository = "/repos/octo/garden"
    circle.box.github.facts = REPOSITORIES["private"]
    circle.box.fail("GET", repository, Fault.status(500), times=None)
    assert WORDS["summary"] not in consumer.run(command="results").summary
    circle.box.heal()
    before = len(circle.box.requests_to("GET", repository))
    consumer.run(command="results", session=circle.session["id"])
    assert len(circle.box.requests_to("GET", repository)) == before + 1


@pytest.mark.parametrize("odd", ["octo/garden", ["private"], 5, True, {"private": "true"}, {}])
def test_an_odd_repository_in_the_event_says_nothing(consumer: Consumer, odd: object) -> None:
    """GitHub is asked as if there were none."""
    circle = Circle(consumer, ROUND.replace("public", "participants"))
    circle.end(WORDS["summary"])
    circle.box.github.facts = REPOSITORIES["public"]
    payload = {**pull_request_payload("synchronize"), "repository": odd}
    run = consumer.run("pull_request", payload, command="results")
    assert (run.code, run.outputs["participant_count"]) == (0, "2")
    assert WORDS["summary"] not in circle.body + run.summary + run.log


def test_the_receipt_counts_and_not_today_s_spec(consumer: Consumer) -> None:
    """Who answered was told who would see it."""
    circle = Circle(consumer, ROUND.replace("public", "host"))
    circle.end(WORDS["summary"])
    consumer.write(".harmonica/session.yml", ROUND)
    assert WORDS["summary"] not in circle.results().summary
    assert WORDS["summary"] not in circle.body


def test_what_has_the_form_of_a_key_is_shown_nowhere(consumer: Consumer) -> None:
    """Also where somebody has said it in the session, and it is public."""
    circle = Circle(consumer)
    key = f"ghp_{'a1B2' * 9}"
    circle.end(f"We use {key}.", [{"description": f"Revoke {key}"}], gaps=[key])
    circle.session["session_md"] = f"The key is {key}."
    run = circle.results(
        actions="issues",
        write_session_md="SESSION.md",
        results_file="results.json",
        generate_summary="auto",
    )
    places = _places(circle, run)
    assert [place for place, text in places.items() if key in text] == []
    assert "We use" in circle.body
