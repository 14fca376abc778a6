"""How the sandbox's Harmonica writes summaries, briefs and knowledge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox

_ACTIONS = [
    {"description": "Write it down", "owner": "Ada", "due": "Friday", "evidence": ["m1"]},
    {"description": "Tell everybody", "evidence": ["m2"]},
]


@pytest.fixture
def session(box: Sandbox) -> dict[str, Any]:
    """Return a session in which two people have taken part."""
    return box.harmonica.add_session("Retrospective", participant_count=2)


@pytest.fixture
def route(session: dict[str, Any]) -> str:
    """Return the session's route."""
    return f"/sessions/{session['id']}"


def test_a_summary_is_written_when_it_is_asked_for(
    session: dict[str, Any], harmonica: httpx.Client, route: str
) -> None:
    """Until then it is null; then it is the same wherever it is shown, and the brief is there."""
    nothing = {"session_id": session["id"], "summary": None, "generated_at": None}
    assert harmonica.get(f"{route}/summary").json() == nothing
    assert harmonica.get(f"{route}/session-md").status_code == 404
    written = harmonica.post(f"{route}/summary").json()
    assert written["summary"] == "2 took part in a conversation about Retrospective."
    assert harmonica.get(f"{route}/summary").json() == written
    assert harmonica.get(route).json()["summary"] == written["summary"]
    brief = harmonica.get(f"{route}/session-md").text
    assert brief.startswith("# Retrospective\n\n## Overview\n\n- **Goal**: A goal\n")
    assert brief.endswith(f"## Summary\n\n{written['summary']}\n")
    assert session["id"] not in brief


def test_a_summary_takes_participants(box: Sandbox, harmonica: httpx.Client) -> None:
    """Where nobody has taken part, there is nothing to sum up."""
    path = f"/sessions/{box.harmonica.add_session()['id']}"
    answer = harmonica.post(f"{path}/summary")
    assert (answer.status_code, answer.json()["summary"]) == (200, None)
    assert harmonica.get(f"{path}/session-md").status_code == 404


def test_a_brief_may_take_longer(box: Sandbox, harmonica: httpx.Client, route: str) -> None:
    """A summary alone does not mean that there is one."""
    box.harmonica.writes_briefs = False
    assert harmonica.post(f"{route}/summary").json()["summary"]
    assert harmonica.get(f"{route}/session-md").status_code == 404


def test_each_summary_has_its_time(box: Sandbox, harmonica: httpx.Client, route: str) -> None:
    """A later one is newer."""
    first = harmonica.post(f"{route}/summary").json()["generated_at"]
    box.advance(timedelta(days=1))
    assert harmonica.post(f"{route}/summary").json()["generated_at"] > first


def test_writing_takes_an_editor(box: Sandbox, harmonica: httpx.Client) -> None:
    """Who has only joined may read a summary, and have none written."""
    path = f"/sessions/{box.harmonica.add_session(owner='other', joined=['host'])['id']}"
    assert harmonica.get(f"{path}/summary").status_code == 200
    for name in ("summary", "knowledge"):
        answer = harmonica.post(f"{path}/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_knowledge_takes_a_summary_and_a_plan(
    box: Sandbox, harmonica: httpx.Client, route: str
) -> None:
    """Without a summary it is a 400, and in an account that has not paid a 403."""
    answer = harmonica.post(f"{route}/knowledge")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    harmonica.post(f"{route}/summary")
    box.harmonica.paid_plan = False
    answer = harmonica.post(f"{route}/knowledge")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_knowledge_is_skipped_where_nothing_is_found(harmonica: httpx.Client, route: str) -> None:
    """The answer is a success that has none, and a reason."""
    harmonica.post(f"{route}/summary")
    answer = harmonica.post(f"{route}/knowledge").json()
    assert (answer["status"], answer["knowledge"]) == ("skipped", None)
    assert answer["reason"]


def test_knowledge_is_worded_anew(
    box: Sandbox, harmonica: httpx.Client, session: dict[str, Any], route: str
) -> None:
    """The second time, words and order are others; owner and date stay what they were."""
    box.harmonica.set_results(session, summary="We agreed.", actions=_ACTIONS, gaps=["Why?"])
    assert harmonica.post(f"{route}/summary").json()["summary"] == "We agreed."
    answers = [harmonica.post(f"{route}/knowledge").json() for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["generated"] * 2
    first, second = (answer["knowledge"] for answer in answers)
    assert first["actions"] == _ACTIONS
    assert [it["description"] for it in second["actions"]] == [
        "Agreed: Tell everybody",
        "Agreed: Write it down",
    ]
    assert second["actions"][1]["owner"] == "Ada"
    assert (first["decisions"], first["metadata"]["version"]) == ([], 1)


def test_knowledge_may_have_any_form(
    box: Sandbox, harmonica: httpx.Client, session: dict[str, Any], route: str
) -> None:
    """What a test puts in is answered, null and other types included."""
    box.harmonica.set_results(session, decisions=None, actions=[None, {"description": 5}])
    harmonica.post(f"{route}/summary")
    knowledge = harmonica.post(f"{route}/knowledge").json()["knowledge"]
    assert (knowledge["decisions"], knowledge["actions"]) == (None, [None, {"description": 5}])


def test_only_a_test_completes_a_session(
    box: Sandbox, harmonica: httpx.Client, session: dict[str, Any], route: str
) -> None:
    """A summary leaves it active."""
    harmonica.post(f"{route}/summary")
    assert harmonica.get(route).json()["status"] == "active"
    box.harmonica.complete(session)
    assert harmonica.get(route).json()["status"] == "completed"
