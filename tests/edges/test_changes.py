"""Changes of a session on the wire: who has written in it, and which routes there may not be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harmonica_session.errors import AnswerUnusable, Refused, RouteMissing, ServiceError
from harmonica_session.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.sandbox import Sandbox

RESPONSES = "/api/v1/sessions/x/responses"
# Each route that older servers lack, and who asks it.
OPTIONAL: dict[str, Callable[[Harmonica], object]] = {
    "questions": lambda it: it.questions("x"),
    "session-md": lambda it: it.brief("x"),
    "responses": lambda it: it.changes.writers("x", 20),
    "regenerate-facilitation-prompt": lambda it: it.changes.proposed_prompt("x"),
    "context-sources": lambda it: it.context_sources.attached_to("x"),
    "templates": lambda it: it.catalogue.of("template"),
    "projects": lambda it: it.catalogue.of("project"),
    "groups": lambda it: it.catalogue.of("group"),
}


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("route", OPTIONAL)
def test_a_missing_route_is_said_to_be_missing(
    box: Sandbox, harmonica: Harmonica, route: str, status: int
) -> None:
    """A page in place of an answer is no reason to doubt the address of the whole."""
    box.fail("*", f".*/{route}", Fault.status(status, body="<html>"))
    with pytest.raises(RouteMissing, match="this Harmonica server has no ") as caught:
        OPTIONAL[route](harmonica)
    assert "api-url" not in str(caught.value)


@pytest.mark.parametrize("route", sorted(OPTIONAL.keys() - {"session-md"}))
def test_what_harmonica_itself_does_not_find_is_no_missing_route(
    box: Sandbox, harmonica: Harmonica, route: str
) -> None:
    """Its own 404 speaks of a session; `brief` knows it for a text that is still to come."""
    body = {"error": {"code": "not_found", "message": "Session not found"}}
    box.fail("*", f".*/{route}", Fault.status(404, body=body))
    with pytest.raises(Refused, match="Session not found") as caught:
        OPTIONAL[route](harmonica)
    assert not isinstance(caught.value, RouteMissing)


def test_a_route_that_must_be_there_points_to_the_address(
    box: Sandbox, harmonica: Harmonica
) -> None:
    """Without the session's own route there is no Harmonica."""
    box.fail("GET", ".*", Fault.status(404, body="<html>"))
    with pytest.raises(Refused, match="check `api-url`"):
        harmonica.get("x")


@pytest.mark.parametrize(
    ("people", "writers"),
    [
        ([], 0),
        ([{"message_count": 0}], 0),
        ([{"message_count": 1}, {"message_count": 0}, {"message_count": 9}], 2),
        # To be listed is to have written, unless the answer says that it was not.
        ([{}, {"participant_name": None}, {"message_count": "many"}, {"messages": None}], 4),
        ([{"messages": []}, {"messages": [{"role": "assistant"}]}], 0),
        ([{"messages": [{"role": "assistant"}, {"role": "user"}]}], 1),
        ([{"messages": [5]}, {"messages": [{"role": "host"}]}, {"messages": [{}]}], 3),
    ],
)
def test_whoever_may_have_written_is_counted(
    box: Sandbox, harmonica: Harmonica, people: list[object], writers: int
) -> None:
    """What an answer leaves open counts as written; only the facilitator's words do not."""
    body = json.dumps({"data": people})
    box.fail("GET", RESPONSES, Fault.body(body, content_type="application/json"))
    assert harmonica.changes.writers("x", 20) == writers


@pytest.mark.parametrize("body", ["[]", "{}", '{"data": 5}', '{"data": ["Ada: my secret"]}', "no"])
def test_what_is_no_list_of_people_is_unusable(
    box: Sandbox, harmonica: Harmonica, body: str
) -> None:
    """Nobody knows then, and nothing of it is quoted."""
    box.fail("GET", RESPONSES, Fault.body(body, content_type="application/json"))
    with pytest.raises(ServiceError) as caught:
        harmonica.changes.writers("x", 20)
    assert "secret" not in str(caught.value)


def test_transcripts_are_read_within_bounds(box: Sandbox, harmonica: Harmonica) -> None:
    """Long before the size that any other answer may have."""
    row = box.harmonica.add_session()
    box.fail("GET", f"/api/v1/sessions/{row['id']}/responses", Fault.flood(2_000_001))
    with pytest.raises(AnswerUnusable, match="more than 2 MB"):
        harmonica.changes.writers(row["id"], 20)


def test_an_answer_to_an_update_tells_what_it_tells(box: Sandbox, harmonica: Harmonica) -> None:
    """The fields come back as they stand, for whoever compares them."""
    row = box.harmonica.add_session(goal="Old")
    told = harmonica.changes.update(row["id"], {"goal": "New", "project_id": "p"})
    assert told["goal"] == "New"
    assert "project_id" not in told
