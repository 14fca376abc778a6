"""What each fault does to a request, and which requests meet it."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from harmonica_session.sandbox import Fault, Sandbox

_BODY = {"topic": "t", "goal": "g"}
_SESSIONS = "/api/v1/sessions"


def _create(harmonica: httpx.Client) -> httpx.Response:
    return harmonica.post("/sessions", json=_BODY)


def test_status_answers_in_place_of_the_service(box: Sandbox, harmonica: httpx.Client) -> None:
    """A status fault makes no session and carries its own headers."""
    box.fail("POST", _SESSIONS, Fault.status(503, headers={"Retry-After": "2"}))
    answer = _create(harmonica)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert box.harmonica.sessions == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"", None), ("<p>no</p>", "text/html"), ({"error": "no"}, "application/json")],
)
def test_status_takes_any_body(
    box: Sandbox, harmonica: httpx.Client, body: object, content_type: str | None
) -> None:
    """Bytes are sent as they are, a text as HTML, anything else as JSON."""
    box.fail("POST", _SESSIONS, Fault.status(502, body=body))
    assert _create(harmonica).headers.get("content-type") == content_type


def test_status_after_hides_a_success(box: Sandbox, harmonica: httpx.Client) -> None:
    """A gateway may answer 504 although the session was made."""
    box.fail("POST", _SESSIONS, Fault.status_after(504))
    assert _create(harmonica).status_code == 504
    assert len(box.harmonica.sessions) == 1


@pytest.mark.parametrize(("fault", "made"), [(Fault.drop(), 0), (Fault.drop_after(), 1)])
def test_connection_is_dropped(
    box: Sandbox, harmonica: httpx.Client, fault: Fault, made: int
) -> None:
    """The connection closes without an answer, before or after the work."""
    box.fail("POST", _SESSIONS, fault)
    with pytest.raises(httpx.RemoteProtocolError):
        _create(harmonica)
    assert len(box.harmonica.sessions) == made
    assert [request.status for request in box.requests] == [None]


@pytest.mark.parametrize(("fault", "made"), [(Fault.hang(), 0), (Fault.hang_after(), 1)])
def test_server_stays_silent(
    box: Sandbox, harmonica: httpx.Client, fault: Fault, made: int
) -> None:
    """No answer ever comes, before or after the work; the next request is served."""
    box.fail("POST", _SESSIONS, fault)
    with pytest.raises(httpx.ReadTimeout):
        harmonica.post("/sessions", json=_BODY, timeout=httpx.Timeout(30, read=0.3))
    patience = time.monotonic() + 20
    while len(box.harmonica.sessions) < made and time.monotonic() < patience:
        time.sleep(0.01)
    assert harmonica.get("/me").status_code == 200
    assert len(box.harmonica.sessions) == made


def test_answer_comes_late(box: Sandbox, harmonica: httpx.Client) -> None:
    """With a number of seconds the service's own answer comes after them."""
    box.fail("POST", _SESSIONS, Fault.hang_after(0.2))
    begin = time.monotonic()
    assert _create(harmonica).status_code == 201
    assert time.monotonic() - begin >= 0.2


def test_body_is_truncated(box: Sandbox, harmonica: httpx.Client) -> None:
    """The body ends before its announced length, the session being made."""
    box.fail("POST", _SESSIONS, Fault.truncate())
    with pytest.raises(httpx.RemoteProtocolError):
        _create(harmonica)
    assert len(box.harmonica.sessions) == 1


def test_body_drips(box: Sandbox, harmonica: httpx.Client) -> None:
    """The body comes whole, byte by byte."""
    box.fail("POST", _SESSIONS, Fault.drip(0.001))
    begin = time.monotonic()
    answer = _create(harmonica)
    assert answer.json()["topic"] == "t"
    assert time.monotonic() - begin >= 0.001 * len(answer.content)


def test_body_floods(box: Sandbox, harmonica: httpx.Client) -> None:
    """The body has the size asked for, under the service's own status."""
    box.fail("POST", _SESSIONS, Fault.flood(3_000_000))
    answer = _create(harmonica)
    assert (answer.status_code, len(answer.content)) == (201, 3_000_000)


def test_body_may_be_no_json(box: Sandbox, harmonica: httpx.Client) -> None:
    """A page answers 200 in place of the service."""
    box.fail("GET", "/api/v1/me", Fault.body("<html>Welcome</html>"))
    answer = harmonica.get("/me")
    assert (answer.status_code, answer.text) == (200, "<html>Welcome</html>")


def test_client_is_sent_elsewhere(box: Sandbox, harmonica: httpx.Client) -> None:
    """A redirect names the address it was given."""
    box.fail("POST", _SESSIONS, Fault.redirect("https://elsewhere.example/"))
    answer = _create(harmonica)
    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.example/")


def test_fault_is_met_once(box: Sandbox, harmonica: httpx.Client) -> None:
    """By default one request meets a fault."""
    box.fail("GET", "/api/v1/me", Fault.status(500))
    assert [harmonica.get("/me").status_code for _ in range(2)] == [500, 200]


def test_fault_is_met_so_many_times_after_so_many(box: Sandbox, harmonica: httpx.Client) -> None:
    """`after` requests pass, `times` requests fail, the rest pass."""
    box.fail("GET", "/api/v1/me", Fault.status(500), times=2, after=1)
    assert [harmonica.get("/me").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_fault_is_met_until_healed(box: Sandbox, harmonica: httpx.Client) -> None:
    """With `times=None` every request fails until the sandbox is healed."""
    box.fail("*", ".*", Fault.status(500), times=None)
    assert {harmonica.get("/me").status_code for _ in range(5)} == {500}
    box.heal()
    assert harmonica.get("/me").status_code == 200


def test_faults_are_met_in_order(box: Sandbox, harmonica: httpx.Client) -> None:
    """Of two faults for the same requests the first is met first."""
    box.fail("GET", "/api/v1/me", Fault.status(502))
    box.fail("*", "/api/v1/.*", Fault.status(503))
    assert [harmonica.get("/me").status_code for _ in range(3)] == [502, 503, 200]


def test_other_requests_pass(box: Sandbox, harmonica: httpx.Client, github: httpx.Client) -> None:
    """Method and the whole path must match; GitHub's paths are without their prefix."""
    box.fail("POST", "/api/v1/me", Fault.status(500))
    box.fail("GET", "/api/v1", Fault.status(500))
    box.fail("GET", "/repos/[^/]+/[^/]+", Fault.status(502))
    assert harmonica.get("/me").status_code == 200
    assert github.get("/repos/o/r").status_code == 502


def test_latency_is_on_every_call(box: Sandbox, harmonica: httpx.Client) -> None:
    """Each call takes at least the latency asked for."""
    box.latency = 0.05
    begin = time.monotonic()
    for _ in range(3):
        harmonica.get("/me")
    assert time.monotonic() - begin >= 0.15


@pytest.mark.parametrize("fault", [Fault.hang(), Fault.hang_after(600), Fault.drip(600)])
def test_closing_cuts_what_hangs(fault: Fault) -> None:
    """A sandbox closes at once though a client still waits, and the client learns of it."""
    box = Sandbox().start()
    box.fail("GET", "/chat", fault)
    client = threading.Thread(target=_ask_in_vain, args=(f"{box.harmonica_url}/chat",))
    client.start()
    while not box.requests:
        time.sleep(0.01)
    box.close()
    client.join(60)
    assert not client.is_alive()


def _ask_in_vain(url: str) -> None:
    try:
        httpx.get(url, timeout=None, trust_env=False)  # noqa: S113  # the server must end it
    except httpx.TransportError:
        return
