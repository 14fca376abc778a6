"""How the sandbox's Harmonica makes a session, and how it fails to."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox

_TEXTS = {"topic": "Lunch", "goal": "Decide"}


def test_answer_has_the_documented_fields(box: Sandbox, harmonica: httpx.Client) -> None:
    """A create answers 201 with the list's fields and the join link, and nothing else."""
    answer = harmonica.post("/sessions", json={**_TEXTS, "context": "c", "unheard_of": 1})
    session = answer.json()
    assert answer.status_code == 201
    assert set(session) == {
        *("id", "topic", "goal", "status", "participant_count", "created_at", "updated_at"),
        "join_url",
    }
    assert session["join_url"] == f"{box.harmonica_url}/chat?s={session['id']}"


def test_everything_sent_is_stored(box: Sandbox, harmonica: httpx.Client) -> None:
    """Fields that are never echoed are stored as they were sent."""
    sent = {
        **_TEXTS,
        "project_id": "p",
        "widgets_enabled": True,
        "results_visibility": "public",
        "distribution": [{"channel": "telegram", "group_id": "-1"}],
        "roster": [{"email": "a@example.com"}],
        "unheard_of": {"x": 1},
    }
    harmonica.post("/sessions", json=sent)
    row = box.harmonica.sessions[0]
    assert {name: row[name] for name in sent} == sent


def test_same_body_twice_makes_two(box: Sandbox, harmonica: httpx.Client) -> None:
    """There is no idempotency."""
    for _ in range(2):
        harmonica.post("/sessions", json=_TEXTS)
    assert len({row["id"] for row in box.harmonica.sessions}) == 2


def test_texts_are_trimmed(box: Sandbox, harmonica: httpx.Client) -> None:
    """A create trims what JavaScript trims, a byte order mark included."""
    harmonica.post("/sessions", json={"topic": "\ufeff  Lunch\n", "goal": "\u00a0Decide "})
    row = box.harmonica.sessions[0]
    assert (row["topic"], row["goal"]) == ("Lunch", "Decide")


def test_prompt_is_written_from_the_texts(box: Sandbox, harmonica: httpx.Client) -> None:
    """Without a prompt the server composes one."""
    harmonica.post("/sessions", json={**_TEXTS, "critical": "Why?"})
    prompt = box.harmonica.sessions[0]["prompt"]
    assert all(text in prompt for text in ("Lunch", "Decide", "Why?"))


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "topic is required"),
        ({"topic": " ", "goal": ""}, "topic is required"),
        ({"topic": "t"}, "goal is required"),
    ],
)
def test_one_mistake_is_told_at_a_time(
    harmonica: httpx.Client, sent: dict[str, Any], message: str
) -> None:
    """A missing topic hides a missing goal."""
    answer = harmonica.post("/sessions", json=sent)
    assert answer.status_code == 400
    assert answer.json() == {"error": {"code": "validation_error", "message": message}}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"topic": NaN}',
        json.dumps({"topic": 5, "goal": "g"}).encode(),
        json.dumps({**_TEXTS, "context": ["x"]}).encode(),
        json.dumps({**_TEXTS, "questions": "Name"}).encode(),
        json.dumps({**_TEXTS, "questions": [None]}).encode(),
        json.dumps({**_TEXTS, "distribution": ["telegram"]}).encode(),
        json.dumps({**_TEXTS, "cross_pollination": "yes"}).encode(),
        json.dumps({**_TEXTS, "critical": "a\0b"}).encode(),
        json.dumps({**_TEXTS, "roster": [{"rolesByStep": {"0": "\0"}}]}).encode(),
    ],
)
def test_bad_request_is_a_bare_500(box: Sandbox, harmonica: httpx.Client, body: bytes) -> None:
    """Wrong types, broken JSON and U+0000 crash the server without a reason."""
    answer = harmonica.post("/sessions", content=body)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert box.harmonica.sessions == []


def test_plain_string_questions_lose_their_text(harmonica: httpx.Client) -> None:
    """Questions sent as strings are accepted and come back empty."""
    sent = {**_TEXTS, "questions": ["Name", {"text": "Role", "type": "Short field"}]}
    ident = harmonica.post("/sessions", json=sent).json()["id"]
    data = harmonica.get(f"/sessions/{ident}/questions").json()["data"]
    assert [question["text"] for question in data] == ["", "Role"]
    assert all(set(question) == {"id", "text", "position"} for question in data)


def test_chain_template_starts_a_chain(box: Sandbox, harmonica: httpx.Client) -> None:
    """A template of the type chain puts a started chain into the answer."""
    box.harmonica.templates.append({"id": "t1", "title": "Steps", "template_type": "chain"})
    chain = harmonica.post("/sessions", json={**_TEXTS, "template_id": "t1"}).json()["chain"]
    assert chain["status"] == "started"
    assert set(chain) == {"status", "chainInstanceId", "stepId"}


def test_single_template_starts_none(box: Sandbox, harmonica: httpx.Client) -> None:
    """Any other template leaves `chain` out."""
    box.harmonica.templates.append({"id": "t1", "title": "One", "template_type": "single"})
    assert "chain" not in harmonica.post("/sessions", json={**_TEXTS, "template_id": "t1"}).json()


def test_chain_can_be_forced(box: Sandbox, harmonica: httpx.Client) -> None:
    """A test decides how the chain of the next session fares."""
    box.harmonica.chain = {"status": "noop", "reason": "no steps"}
    assert harmonica.post("/sessions", json=_TEXTS).json()["chain"]["status"] == "noop"


def test_answer_can_be_overridden(box: Sandbox, harmonica: httpx.Client) -> None:
    """A test decides which join link is answered."""
    box.harmonica.created_overrides = {"join_url": "javascript:alert(1)"}
    session = harmonica.post("/sessions", json=_TEXTS).json()
    assert session["join_url"] == "javascript:alert(1)"


def test_project_out_of_reach_answers_403(box: Sandbox, harmonica: httpx.Client) -> None:
    """A project that the user may not edit refuses the session."""
    box.harmonica.out_of_reach.add("p9")
    assert harmonica.post("/sessions", json={**_TEXTS, "project_id": "p9"}).status_code == 403
    assert box.harmonica.sessions == []


def test_context_may_be_required(box: Sandbox, harmonica: httpx.Client) -> None:
    """Some databases crash on a session without context."""
    box.harmonica.require_context = True
    assert harmonica.post("/sessions", json=_TEXTS).status_code == 500
    assert harmonica.post("/sessions", json={**_TEXTS, "context": "c"}).status_code == 201


def test_large_body_meets_a_proxy(box: Sandbox, harmonica: httpx.Client) -> None:
    """Above the limit something that is not the API answers 413."""
    box.harmonica.strict_context_limit = 100
    answer = harmonica.post("/sessions", json={**_TEXTS, "context": "x" * 100})
    assert answer.status_code == 413
    assert not answer.headers["content-type"].startswith("application/json")


def test_session_is_made_though_the_client_hangs_up(box: Sandbox) -> None:
    """A client that leaves during a slow create gets its session all the same."""
    box.harmonica.create_delay = 0.2
    connection = http.client.HTTPConnection(box.harmonica_url.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {box.api_key}"}
    connection.request("POST", "/api/v1/sessions", json.dumps(_TEXTS), headers)
    connection.close()
    patience = time.monotonic() + 20
    while not box.harmonica.sessions and time.monotonic() < patience:
        time.sleep(0.01)
    assert len(box.harmonica.sessions) == 1


def test_join_page_answers_any_id(box: Sandbox) -> None:
    """Opening a join link proves nothing."""
    answer = httpx.get(f"{box.harmonica_url}/chat", params={"s": "made-up"}, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
