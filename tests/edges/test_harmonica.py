"""What Harmonica is asked on the wire, and what its answers mean, the unpleasant ones too."""

from __future__ import annotations

import re
import traceback
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from pydantic import SecretStr

from harmonica_session.edges.harmonica.client import Harmonica
from harmonica_session.edges.network.clock import Deadline
from harmonica_session.errors import AnswerUnusable, FateUnknown, Refused, ServiceError
from harmonica_session.inputs import read_inputs
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.sandbox.exchange import Answer
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.session import Chain
from harness.consumer import HurriedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Connect: TypeAlias = "Callable[..., Harmonica]"

REQUEST = SessionRequest(topic="Lunch", goal="Decide")
SESSIONS = "/api/v1/sessions"
BRIEF = f"{SESSIONS}/x/session-md"
OLD, EDGE, NEW = "2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"
SINCE = datetime(2026, 6, 1, tzinfo=timezone.utc)


@pytest.fixture
def to() -> Iterator[Connect]:
    """Return a function that connects to Harmonica at an address with a key."""
    with ExitStack() as opened:

        def connect(base: str, key: str) -> Harmonica:
            harmonica = Harmonica(base, SecretStr(key), Deadline(60, HurriedClock()))
            opened.callback(harmonica.close)
            return harmonica

        yield connect


# Create


def test_create_sends_the_request_and_nothing_else(box: Sandbox, harmonica: Harmonica) -> None:
    """One POST carries just the fields that are set, as JSON, and the key as documented."""
    request = SessionRequest.model_validate(
        {
            "topic": "Lunch",
            "goal": "Decide",
            "context": "ü\n\nRef: 0",
            "questions": ["Name?", {"text": "Role?", "type": "Options", "options": ["a", "b"]}],
            "cross_pollination": False,
            "roster": [{"email": "a@example.com", "rolesByStep": {"0": "expert"}}],
            "unheard_of": {"x": [1, None]},
        }
    )
    harmonica.create(request)
    (sent,) = box.requests
    assert (sent.method, sent.path, sent.query) == ("POST", SESSIONS, {})
    assert sent.headers["authorization"] == f"Bearer {box.api_key}"
    assert sent.headers["content-type"] == "application/json"
    assert sent.json() == {
        "topic": "Lunch",
        "goal": "Decide",
        "context": "ü\n\nRef: 0",
        "questions": [
            {"text": "Name?"},
            {"text": "Role?", "type": "Options", "options": ["a", "b"]},
        ],
        "cross_pollination": False,
        "roster": [{"email": "a@example.com", "rolesByStep": {"0": "expert"}}],
        "unheard_of": {"x": [1, None]},
    }


def test_create_returns_the_session(box: Sandbox, harmonica: Harmonica) -> None:
    """The session comes back with its id and the link that no other route returns."""
    session = harmonica.create(REQUEST)
    assert session.id == box.harmonica.sessions[0]["id"]
    assert session.join_url == f"{box.harmonica_url}/chat?s={session.id}"
    assert (session.topic, session.status, session.participant_count) == ("Lunch", "active", 0)


@pytest.mark.parametrize(
    ("odd", "read"),
    [
        ({"status": 5}, {"status": None}),
        ({"topic": None, "goal": ["x"]}, {"topic": None, "goal": None}),
        ({"participant_count": "many"}, {"participant_count": None}),
        ({"created_at": 17, "updated_at": {}}, {"created_at": None, "updated_at": None}),
        ({"chain": "yes"}, {"chain": None}),
        ({"chain": {"state": "started"}}, {"chain": None}),
        ({"unheard_of": {"x": 1}}, {}),
    ],
)
def test_oddity_loses_no_session(
    box: Sandbox, harmonica: Harmonica, odd: dict[str, Any], read: dict[str, Any]
) -> None:
    """A field that is optional may have any form: it counts as missing, and the session stays."""
    box.harmonica.created_overrides = odd
    session = harmonica.create(REQUEST)
    assert session.join_url == f"{box.harmonica_url}/chat?s={session.id}"
    assert {name: getattr(session, name) for name in read} == read


@pytest.mark.parametrize("status", ["started", "resumed", "noop"])
def test_chain_that_runs(box: Sandbox, harmonica: Harmonica, status: str) -> None:
    """A chain that was started, resumed, or had nothing to do is as it should be."""
    box.harmonica.chain = {"status": status, "chainInstanceId": "c", "stepId": "s"}
    chain = harmonica.create(REQUEST).chain
    assert chain
    assert chain.runs


@pytest.mark.parametrize(
    "status", ["unsupported", "roster_incomplete", "step_cap_exceeded", "project_cap_exceeded", "?"]
)
def test_chain_that_does_not_run(box: Sandbox, harmonica: Harmonica, status: str) -> None:
    """With any other status the session exists while its chain does not run."""
    box.harmonica.chain = {"status": status, "message": "Nobody is an expert"}
    chain = harmonica.create(REQUEST).chain
    assert chain == Chain(status=status, message="Nobody is an expert")
    assert not chain.runs


@pytest.mark.parametrize(
    "join_url",
    [
        None,
        "",
        5,
        "/chat?s=1",
        "http://elsewhere.example/chat?s=1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user:password@elsewhere.example/",
        'https://elsewhere.example/" onclick="x',
        "https://elsewhere.example/)[x](https://other.example",
        "https:///chat",
        "https://[x/",
    ],
)
def test_link_that_cannot_be_used_keeps_the_id(
    box: Sandbox, harmonica: Harmonica, join_url: object
) -> None:
    """A session without a link to click on is an error that names the session."""
    box.harmonica.created_overrides = {"join_url": join_url}
    with pytest.raises(AnswerUnusable) as caught:
        harmonica.create(REQUEST)
    made = box.harmonica.sessions[0]["id"]
    assert caught.value.session_id == made
    assert f"session {made} was created, but its `join_url` " in str(caught.value)


@pytest.mark.parametrize("ident", [None, "", 5, "x" * 300])
def test_session_without_an_id_is_to_be_looked_for(
    box: Sandbox, harmonica: Harmonica, ident: object
) -> None:
    """A session exists, and the answer does not say which one."""
    box.harmonica.created_overrides = {"id": ident}
    with pytest.raises(FateUnknown, match=r"\(POST /sessions, status 201\): id: "):
        harmonica.create(REQUEST)


@pytest.mark.parametrize("fault", [Fault.flood(20_000_001), Fault.body("<html>", 200)])
def test_answer_to_a_create_that_is_none_is_to_be_looked_behind(
    box: Sandbox, harmonica: Harmonica, fault: Fault
) -> None:
    """A success whose answer cannot be read says nothing about the session."""
    box.fail("POST", SESSIONS, fault)
    with pytest.raises(FateUnknown):
        harmonica.create(REQUEST)
    assert len(box.requests) == 1


# Refusals

ADVICE = {
    400: "check the spec",
    401: "check the secret behind `api-key`; the key may be mistyped or revoked, but Harmonica "
    "also says this while its database is down",
    403: "the key's account has no access to this",
    404: "check `api-url`",
    405: "check `api-url`",
    409: "try again later",
    413: "the request is too large; shorten `goal`",
    422: "check the spec",
    429: "too many requests were made; try again in 60 seconds",
}


@pytest.mark.parametrize("status", ADVICE)
def test_refusal_is_one_line(box: Sandbox, harmonica: Harmonica, status: int) -> None:
    """What was asked, the status, Harmonica's code and message, and what to do: on one line."""
    said = {"error": {"code": "its_code", "message": "Its\r\n::error::message\u2028of \x85 lines"}}
    box.fail("POST", SESSIONS, Fault.status(status, body=said))
    with pytest.raises(Refused) as caught:
        harmonica.create(REQUEST)
    line = str(caught.value)
    start = (
        f"Harmonica refused to create the session (POST /sessions: {status} its_code, "
        "Its ::error::message of lines): "
    )
    assert line.startswith(start)
    assert ADVICE[status] in line
    assert len(line.splitlines()) == 1
    assert (caught.value.status, caught.value.code) == (status, "its_code")


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({}, "access to this"),
        ({"project_id": "p"}, "access to this; check the project"),
        ({"template_id": "t"}, "access to this; check the template"),
        (
            {"project_id": "p", "template_id": "t", "distribution": [{"channel": "telegram"}]},
            "access to this; check the project, the template and the channels of `distribution`",
        ),
    ],
)
def test_advice_names_what_the_spec_has(
    box: Sandbox, harmonica: Harmonica, fields: dict[str, Any], advice: str
) -> None:
    """Nobody is sent to look for a key that is not there."""
    said = {"error": {"code": "forbidden", "message": "No"}}
    box.fail("POST", SESSIONS, Fault.status(403, body=said))
    with pytest.raises(Refused) as caught:
        harmonica.create(SessionRequest(topic="Lunch", goal="Decide", **fields))
    assert str(caught.value).endswith(advice)


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_advice_on_a_question_names_nothing_of_a_spec(
    box: Sandbox, harmonica: Harmonica, status: int
) -> None:
    """A list is asked for whatever the spec says."""
    said = {"error": {"code": "its_code", "message": "No"}}
    box.fail("GET", SESSIONS, Fault.status(status, body=said))
    with pytest.raises(Refused) as caught:
        harmonica.active_with_topic("Lunch")
    advice = str(caught.value).rpartition("): ")[2]
    assert not {"spec", "project", "template", "`"} & set(re.split("[ ;]", advice))
    assert "shorten" not in advice


@pytest.mark.parametrize("status", [400, 404, 405, 413, 429])
@pytest.mark.parametrize(
    "body",
    [b"", "<html>\n<h1>No</h1>\n</html>", [], {"error": "no"}, {"error": None}, {"message": "no"}],
    ids=["empty", "a page", "a list", "another error", "no error", "another object"],
)
def test_refusal_by_something_else_is_one_line(
    box: Sandbox, harmonica: Harmonica, status: int, body: object
) -> None:
    """A proxy or another server refuses in its own form; that is said, and what to do."""
    box.fail("POST", SESSIONS, Fault.status(status, body=body))
    with pytest.raises(FateUnknown) as caught:
        harmonica.create(REQUEST)
    assert f"(POST /sessions: {status} with an answer that is not from Harmonica): " in str(
        caught.value
    )
    assert ADVICE[status] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_odd_error_is_one_line(box: Sandbox, harmonica: Harmonica) -> None:
    """Code and message of any other type still give a line."""
    body = {"error": {"code": {"a": ["x\ny"]}, "message": None}}
    box.fail("POST", SESSIONS, Fault.status(400, body=body))
    with pytest.raises(FateUnknown) as caught:
        harmonica.create(REQUEST)
    assert "\n" not in str(caught.value)


def test_long_message_is_cut(box: Sandbox, harmonica: Harmonica) -> None:
    """A message of the service is quoted up to a length that an annotation can show."""
    body = {"error": {"code": "c" * 5_000, "message": "m" * 5_000}}
    box.fail("POST", SESSIONS, Fault.status(400, body=body))
    with pytest.raises(Refused) as caught:
        harmonica.create(REQUEST)
    assert len(str(caught.value)) < 700


def test_wrong_address_is_told(box: Sandbox, to: Connect) -> None:
    """An address without the API answers a page, and the message says which input to check."""
    with pytest.raises(FateUnknown, match=r"404 with an answer .* check `api-url`"):
        to(f"{box.harmonica_url}/somewhere", box.api_key).create(REQUEST)


def test_unknown_key_is_told(box: Sandbox, to: Connect) -> None:
    """A key that Harmonica does not know gives its message and the usual causes."""
    with pytest.raises(Refused, match="401 unauthorized, Invalid or revoked API key"):
        to(box.harmonica_url, f"hm_live_{'0' * 32}").create(REQUEST)


def test_too_large_a_request_is_told(box: Sandbox, harmonica: Harmonica) -> None:
    """A request beyond the platform's limit is refused with what to shorten."""
    box.harmonica.strict_context_limit = 100
    with pytest.raises(FateUnknown, match=r"413 .*; shorten the background, whose"):
        harmonica.create(SessionRequest(topic="Lunch", goal="Decide", context="x" * 100))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_names_where_to(
    box: Sandbox, elsewhere: Sandbox, harmonica: Harmonica, status: int
) -> None:
    """A redirect is an error that names the target without its query, and nobody asks there."""
    target = f"{elsewhere.harmonica_url}/api"
    box.fail("POST", SESSIONS, Fault.redirect(f"{target}?signature=x", status))
    with pytest.raises(FateUnknown) as caught:
        harmonica.create(REQUEST)
    assert f"the address has moved to {target}; set `api-url`" in str(caught.value)
    assert "signature" not in str(caught.value)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("fault", [Fault.status, Fault.status_after], ids=["before", "after"])
def test_create_of_unknown_fate_is_not_repeated(
    box: Sandbox, harmonica: Harmonica, fault: Callable[..., Fault], status: int
) -> None:
    """With these statuses the session may or may not exist, so nothing more is sent."""
    box.fail("POST", SESSIONS, fault(status, body="<html>\nGateway</html>"))
    with pytest.raises(FateUnknown, match=rf"POST /sessions: {status} ") as caught:
        harmonica.create(REQUEST)
    assert "\n" not in str(caught.value)
    assert len(box.requests) == 1


def test_same_status_on_reading_is_a_refusal(box: Sandbox, harmonica: Harmonica) -> None:
    """A read changes nothing, so its fate does not matter."""
    box.fail("GET", ".*", Fault.status(502), times=None)
    with pytest.raises(Refused) as caught:
        harmonica.get("x")
    assert caught.value.status == 502


# Get


def test_get_returns_context_and_no_link(box: Sandbox, harmonica: Harmonica) -> None:
    """The session's own route tells its context, and never its link."""
    row = box.harmonica.add_session(context="Ref: 0", participant_count=3)
    session = harmonica.get(row["id"])
    assert (session.context, session.participant_count) == ("Ref: 0", 3)
    assert session.join_url is None


@pytest.mark.parametrize("ident", ["a/b", "a?b", "ü #", "..%2f"])
def test_get_treats_ids_as_text(box: Sandbox, harmonica: Harmonica, ident: str) -> None:
    """Whatever an id looks like, it stays one part of the path."""
    box.harmonica.add_session(id=ident)
    assert harmonica.get(ident).id == ident
    assert box.requests[0].query == {}


def test_session_of_another_is_refused(box: Sandbox, harmonica: Harmonica) -> None:
    """A session that is gone and one that is somebody else's look the same."""
    row = box.harmonica.add_session(owner="another")
    for ident in (row["id"], "gone"):
        with pytest.raises(Refused) as caught:
            harmonica.get(ident)
        assert (caught.value.status, caught.value.code) == (403, "forbidden")


# Update


def test_update_sends_the_changes_alone(box: Sandbox, harmonica: Harmonica) -> None:
    """One PATCH carries what is to change, null included."""
    row = box.harmonica.add_session(project_id="p", context="c")
    harmonica.changes.update(row["id"], {"goal": "Decide", "project_id": None})
    (sent,) = box.requests
    assert (sent.method, sent.path) == ("PATCH", f"{SESSIONS}/{row['id']}")
    assert sent.json() == {"goal": "Decide", "project_id": None}
    assert (row["goal"], row["project_id"], row["context"]) == ("Decide", None, "c")


def test_update_is_believed_to_harmonica_alone(box: Sandbox, harmonica: Harmonica) -> None:
    """A page of a proxy with a 200 is no update."""
    row = box.harmonica.add_session()
    box.fail("PATCH", ".*", Fault.body("<html>"))
    with pytest.raises(AnswerUnusable, match="to update the session"):
        harmonica.changes.update(row["id"], {"goal": "Decide"})


def test_prompt_is_proposed_in_the_form_of_an_update(box: Sandbox, harmonica: Harmonica) -> None:
    """What is proposed can be sent with an update; the proposal itself changes nothing."""
    row = box.harmonica.add_session("Lunch", prompt="old")
    proposal = harmonica.changes.proposed_prompt(row["id"])
    assert row["prompt"] == "old"
    harmonica.changes.update(row["id"], proposal)
    assert "Lunch" in row["prompt"]
    assert proposal["prompt_summary"]
    assert row["prompt_generated_from"] == proposal["prompt_generated_from"]


# List


@pytest.mark.parametrize("topic", ["Lunch", "100 % _sure_", "a\\b", "ü & q=x", "x" * 3_000])
def test_topic_is_compared_exactly(box: Sandbox, harmonica: Harmonica, topic: str) -> None:
    """The server finds pieces of texts and takes some letters for wildcards; we do not."""
    row = box.harmonica.add_session(topic)
    for other in (f"{topic} again", topic.replace("%", "x").replace("_", "x") + "x", topic.lower()):
        if other != topic:
            box.harmonica.add_session(other)
    box.harmonica.add_session(topic, status="completed")
    assert [session.id for session in harmonica.active_with_topic(topic)] == [row["id"]]


def _add(box: Sandbox, count: int, created_at: str) -> None:
    for _ in range(count):
        box.harmonica.add_session(created_at=created_at)


def test_list_reads_all_pages(box: Sandbox, harmonica: Harmonica) -> None:
    """Without a moment all sessions are listed, a hundred for each request."""
    _add(box, 250, OLD)
    assert len({row.id for row in harmonica.created_since(None)}) == 250
    assert [request.query for request in box.requests] == [
        {"limit": "100", "offset": str(offset)} for offset in (0, 100, 200)
    ]


def test_list_ends_where_sessions_are_older(box: Sandbox, harmonica: Harmonica) -> None:
    """Pages are read until one ends with a session from before the moment."""
    _add(box, 300, OLD)
    _add(box, 1, EDGE)
    _add(box, 119, NEW)
    assert len(list(harmonica.created_since(SINCE))) == 120
    assert len(box.requests) == 2


def test_list_asks_no_more_than_is_read(box: Sandbox, harmonica: Harmonica) -> None:
    """Who finds what they look for on the first page asks for no second one."""
    _add(box, 250, NEW)
    next(harmonica.created_since(SINCE))
    assert len(box.requests) == 1


def test_old_session_that_was_touched_is_left_out(box: Sandbox, harmonica: Harmonica) -> None:
    """The list is ordered by the last update, but what counts is when a session was created."""
    box.harmonica.add_session(created_at=OLD, updated_at=NEW)
    row = box.harmonica.add_session(created_at=NEW)
    assert [session.id for session in harmonica.created_since(SINCE)] == [row["id"]]


def test_touched_sessions_end_no_list(box: Sandbox, harmonica: Harmonica) -> None:
    """A page of old sessions that were touched lately may hide a new one on the next page."""
    row = box.harmonica.add_session(created_at=NEW)
    for _ in range(100):
        box.harmonica.add_session(created_at=OLD, updated_at=f"{NEW[:-5]}.001Z")
    assert [session.id for session in harmonica.created_since(SINCE)] == [row["id"]]


@pytest.mark.parametrize(
    ("created_at", "listed"),
    [
        ("2026-05-30T20:59:59.999Z", False),
        ("2026-05-30T20:59:59Z", False),
        ("2026-05-30T20:59:59.999999+00:00", False),
        ("2026-05-30T22:59:59+02:00", False),
        ("2026-05-30T21:00:00.000Z", True),
        ("2026-05-30T21:00:00Z", True),
        ("2026-05-30T21:00:00", True),
        ("2026-05-30 21:00:00.000001+00:00", True),
        ("last week", True),
    ],
)
def test_every_way_to_write_a_moment_is_read(
    box: Sandbox, harmonica: Harmonica, created_at: str, *, listed: bool
) -> None:
    """With or without fractions and zone; a moment that cannot be read rules nothing out.

    Before 1 June is what no two zones can make of it: 27 hours earlier.
    """
    box.harmonica.add_session(created_at=created_at, updated_at=NEW)
    assert bool(list(harmonica.created_since(SINCE))) == listed


@pytest.mark.parametrize("hours", [14, 1, -12])
def test_one_time_of_a_session_says_nothing_of_the_other(
    box: Sandbox, harmonica: Harmonica, hours: int
) -> None:
    """A server whose process and database differ in zone may tell an update before the making."""
    box.harmonica.hours_east = hours
    row = box.harmonica.add_session()
    assert row["created_at"] != row["updated_at"]
    assert [session.id for session in harmonica.created_since(datetime.now(timezone.utc))] == [
        row["id"]
    ]


def test_a_session_that_is_listed_is_not_gone(box: Sandbox, harmonica: Harmonica) -> None:
    """The list shows it; or holds others and lacks it; or, when it is empty, proves nothing."""
    assert not harmonica.lacks("x", SINCE)
    row = box.harmonica.add_session(created_at=NEW)
    assert not harmonica.lacks(row["id"], SINCE)
    assert harmonica.lacks("x", SINCE)


def test_a_list_is_read_as_far_as_a_session_can_stand(box: Sandbox, harmonica: Harmonica) -> None:
    """Sessions from long before end the look, and are witnesses all the same."""
    _add(box, 300, OLD)
    assert harmonica.lacks("x", SINCE)
    assert len(box.requests) == 1


@pytest.mark.parametrize("body", ['{"data": null}', "[]", "<html>", '{"data": [{"topic": "x"}]}'])
def test_list_of_another_form_is_unusable(box: Sandbox, harmonica: Harmonica, body: str) -> None:
    """A list that cannot be read is one clear error."""
    box.fail("GET", SESSIONS, Fault.body(body))
    with pytest.raises(AnswerUnusable, match=r"to list the sessions \(GET /sessions, "):
        list(harmonica.created_since(None))


# Brief


def test_a_page_of_a_proxy_is_no_brief(box: Sandbox, harmonica: Harmonica) -> None:
    """A web page that comes with status 200 never becomes background."""
    box.fail("GET", BRIEF, Fault.body("<html>Welcome</html>"))
    with pytest.raises(AnswerUnusable, match="web page"):
        harmonica.brief("x")


def test_a_brief_is_text(box: Sandbox, harmonica: Harmonica) -> None:
    """Bytes that are no UTF-8 are an error."""
    answer = Answer(200, {"Content-Type": "text/markdown"}, b"\xff")
    box.fail("GET", BRIEF, Fault(processed=False, answer=answer))
    with pytest.raises(AnswerUnusable, match="UTF-8"):
        harmonica.brief("x")


def test_an_unknown_address_does_not_pass_for_a_brief_to_come(
    box: Sandbox, harmonica: Harmonica
) -> None:
    """Only Harmonica's own 404 says that there is no brief yet."""
    box.fail("GET", BRIEF, Fault.body("<html>Not found</html>", status=404))
    with pytest.raises(Refused):
        harmonica.brief("x")


# Link


def test_link_is_rebuilt_as_it_was(harmonica: Harmonica) -> None:
    """The link of a session that another run made is the one that its create answered."""
    session = harmonica.create(REQUEST)
    assert harmonica.links.of(session.id) == session.join_url


def test_rebuilt_link_holds_any_id(box: Sandbox, harmonica: Harmonica) -> None:
    """An id cannot add to the link, nor end it."""
    link = harmonica.links.of("a&b#c d)<ü")
    assert link == f"{box.harmonica_url}/chat?s=a%26b%23c%20d%29%3C%C3%BC"


# The key


def test_key_is_in_no_error(box: Sandbox, harmonica: Harmonica) -> None:
    """Whatever goes wrong, neither the error nor its traceback shows the key."""
    faults = [
        Fault.drop(),
        Fault.truncate(),
        Fault.redirect("http://[bad"),
        Fault.body("<html>", 201),
        Fault.body("{}", 201),
        *(Fault.status(status) for status in (400, 401, 403, 404, 418, 500, 503)),
    ]
    for fault in faults:
        box.fail("POST", SESSIONS, fault)
        with pytest.raises(ServiceError) as caught:
            harmonica.create(REQUEST)
        shown = "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
        assert box.api_key not in shown + repr(caught.value) + repr(caught.value.problems)


def test_key_is_in_no_representation(harmonica: Harmonica, box: Sandbox) -> None:
    """Objects that hold the key can be printed, with all that they hold."""
    inputs = read_inputs({"INPUT_API_KEY": box.api_key})
    shown = [repr(harmonica), repr(vars(harmonica)), repr(inputs), str(inputs), repr(vars(inputs))]
    shown += [repr(vars(value)) for value in vars(harmonica).values() if hasattr(value, "__dict__")]
    assert inputs.api_key
    assert not [text for text in shown if box.api_key in text]
