"""What one request does on the wire, and what is said when its answer is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

import pytest

from harmonica_session import __version__
from harmonica_session.edges.network.clock import Clock, Deadline
from harmonica_session.edges.network.transport import Request, Response, Transport
from harmonica_session.errors import (
    AnswerUnusable,
    DeadlineReached,
    FateUnknown,
    InputError,
    NotSent,
)
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edges.conftest import Encrypted, Serve

Connect: TypeAlias = "Callable[..., Transport]"

SESSIONS = "/api/v1/sessions"
ASK = Request("look", "GET", "/api/v1/me")
CREATE = Request("create it", "POST", SESSIONS, body={"topic": "t", "goal": "g"})
FAR = "https://harmonica.example"

pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture
def to() -> Iterator[Connect]:
    """Return a function that connects to an address, with a secret and a deadline in seconds."""
    with ExitStack() as opened:

        def connect(url: str, seconds: float = 60, credential: str = "a-secret") -> Transport:
            headers = {"Authorization": f"Bearer {credential}"}
            transport = Transport("Harmonica", url, headers, Deadline(seconds, Clock()))
            opened.callback(transport.close)
            return transport

        yield connect


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
        return port


# What is sent


def test_request_carries_what_was_asked(to: Connect, box: Sandbox) -> None:
    """Method, path, query and JSON body arrive as they were given."""
    wanted = Request("ask", "POST", "/x%2Fy", query={"q": "a b&c", "n": 3}, body={"ü": [1, None]})
    to(box.harmonica_url).send(wanted)
    (request,) = box.requests
    assert (request.method, request.path) == ("POST", "/x%2Fy")
    assert request.query == {"q": "a b&c", "n": "3"}
    assert request.json() == {"ü": [1, None]}
    assert request.headers["content-type"] == "application/json"


def test_request_names_the_program(to: Connect, box: Sandbox) -> None:
    """The `User-Agent` is the action with its version."""
    to(box.harmonica_url).send(ASK)
    assert box.requests[0].headers["user-agent"] == f"harmonica-session-action/{__version__}"


def test_connection_is_used_again(to: Connect, serve: Serve) -> None:
    """A second request to a service needs no second connection."""

    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    transport = to(serve(talk))
    assert [transport.send(ASK).status for _ in range(2)] == [200, 200]


# No answer


def test_closed_port_means_not_sent(to: Connect, closed_port: int) -> None:
    """A refused connection is known to have done nothing; the message says where it led."""
    with pytest.raises(NotSent) as caught:
        to(f"http://127.0.0.1:{closed_port}").send(CREATE)
    assert f"http://127.0.0.1:{closed_port} cannot be reached, could not create it" in str(
        caught.value
    )
    assert "HTTPS_PROXY" in str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [Fault.drop(), Fault.drop_after(), Fault.truncate(), Fault.hang(), Fault.hang_after()],
    ids=["drop", "drop after", "truncate", "hang", "hang after"],
)
def test_lost_answer_means_fate_unknown(to: Connect, box: Sandbox, fault: Fault) -> None:
    """Once the request is out, no whole answer means that nobody knows; it is asked once."""
    box.fail("POST", SESSIONS, fault)
    request = Request("create it", "POST", SESSIONS, body=CREATE.body, read_seconds=0.2)
    with pytest.raises(FateUnknown) as caught:
        to(box.harmonica_url).send(request)
    assert "could not create it (POST /api/v1/sessions: " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(box.requests) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000,
    ],
    ids=["another protocol", "a length that is none", "broken compression", "endless head"],
)
def test_answer_that_is_no_http_means_fate_unknown(to: Connect, serve: Serve, sent: bytes) -> None:
    """What cannot be read as an answer says nothing about what was done."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(sent)

    with pytest.raises(FateUnknown, match="could not look"):
        to(serve(talk)).send(ASK)


def test_unsendable_header_means_not_sent(to: Connect, box: Sandbox) -> None:
    """A key that cannot stand in a header is never sent, and never quoted."""
    with pytest.raises(NotSent) as caught:
        to(box.harmonica_url, credential="short\nkey").send(ASK)
    assert "short" not in str(caught.value)


# Deadline


def test_no_time_left_means_nothing_is_sent(to: Connect, box: Sandbox) -> None:
    """At the deadline the message says what was still to be done, and nothing is sent."""
    with pytest.raises(DeadlineReached) as caught:
        to(box.harmonica_url, 0).send(Request("post the comment", "POST", "/x"))
    assert "0 seconds of `timeout` were over before the action could post the comment" in str(
        caught.value
    )
    assert box.requests == []


def test_silence_ends_at_the_deadline(to: Connect, box: Sandbox) -> None:
    """A service that says nothing is waited for until the deadline, not for its own patience."""
    box.fail("GET", ASK.path, Fault.hang())
    begin = time.monotonic()
    with pytest.raises(FateUnknown):
        to(box.harmonica_url, 0.3).send(ASK)
    assert time.monotonic() - begin < 15  # the silence alone would last 30 seconds


def test_slow_body_ends_at_the_deadline(to: Connect, box: Sandbox) -> None:
    """A body that comes byte by byte ends at the deadline, though each byte is in time."""
    box.fail("GET", "/chat", Fault.drip(0.2))
    begin = time.monotonic()
    with pytest.raises(FateUnknown, match="the answer came too slowly"):
        to(box.harmonica_url, 0.4).send(Request("look", "GET", "/chat"))
    assert time.monotonic() - begin < 8  # the whole page would take 13 seconds


def test_slow_head_ends_at_the_deadline(to: Connect, serve: Serve) -> None:
    """A head that comes byte by byte ends at the deadline as well."""
    sent = []

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        for byte in b"HTTP/1.1 200 OK\r\nX: ".ljust(100, b"x"):
            connection.sendall(bytes((byte,)))
            sent.append(byte)
            time.sleep(0.02)

    with pytest.raises(FateUnknown):
        to(serve(talk), 0.2).send(ASK)
    assert len(sent) < 100


# Answers that are too much, or something else


def test_flood_is_cut(to: Connect, box: Sandbox) -> None:
    """An answer of more than 20 MB is not taken in."""
    box.fail("GET", ASK.path, Fault.flood(20_000_001))
    with pytest.raises(AnswerUnusable, match=r"more than 20 MB, could not look \(GET /api/v1/me\)"):
        to(box.harmonica_url).send(ASK)


def test_large_answer_is_read(to: Connect, box: Sandbox) -> None:
    """An answer just below the limit is."""
    box.fail("GET", ASK.path, Fault.flood(1_000_000))
    assert len(to(box.harmonica_url).send(ASK).body) == 1_000_000


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b"{", b"\xff", b"[" * 100_000, b"1" * 5_000],
    ids=["nothing", "a page", "half an object", "no UTF-8", "a tower", "a long number"],
)
def test_body_that_is_no_json_is_none(body: bytes) -> None:
    """Whatever the body is, reading it as JSON raises nothing."""
    assert Response(ASK, "Harmonica", 200, {}, body).json() is None


@pytest.mark.parametrize("body", [b"<html>", b"null", b"[]", b'"x"', b"{}", b'{"id": 5}'])
def test_answer_of_another_form_is_unusable(body: bytes) -> None:
    """An answer without what is needed says in one line what is missing where."""
    with pytest.raises(AnswerUnusable) as caught:
        Response(ASK, "Harmonica", 200, {}, body).read(Session)
    said = str(caught.value)
    assert said.startswith(
        "Harmonica gave an answer that cannot be used, could not look (GET /api/v1/me, status 200)"
    )
    assert "\n" not in said


def test_unusable_answer_is_not_quoted() -> None:
    """What stood in the answer stays out of the message, since it may be anything."""
    body = json.dumps({"id": ["a-secret"]}).encode()
    with pytest.raises(AnswerUnusable) as caught:
        Response(ASK, "Harmonica", 200, {}, body).read(Session)
    assert "a-secret" not in str(caught.value)


# Where the credentials go


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(
    to: Connect, box: Sandbox, elsewhere: Sandbox, status: int
) -> None:
    """The key does not travel to where an answer points."""
    box.fail("POST", SESSIONS, Fault.redirect(f"{elsewhere.harmonica_url}/api", status))
    response = to(box.harmonica_url).send(CREATE)
    assert (response.status, len(box.requests), elsewhere.requests) == (status, 1, [])


def test_answer_that_continues_is_read_to_its_status(to: Connect, serve: Serve) -> None:
    """Interim answers before the real one do no harm."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert to(serve(talk)).send(ASK).status == 204


_SEND = """
import sys
from harmonica_session.edges.network.clock import Clock, Deadline
from harmonica_session.edges.network.transport import Request, Transport
headers = {"Authorization": "Bearer the-key"}
transport = Transport("Harmonica", sys.argv[1], headers, Deadline(60, Clock()))
print(transport.send(Request("look", "GET", "/chat")).status)
transport.close()
"""


def _send_from_a_process(url: str, **env: str) -> str:
    """Send a request from a process of its own, with further variables; returns the status."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **env}
    done = subprocess.run(  # noqa: S603 - a program of this test
        [sys.executable, "-c", _SEND, url],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_loopback_is_never_proxied(box: Sandbox, elsewhere: Sandbox) -> None:
    """No proxy of the environment stands between the action and this very machine."""
    proxy = elsewhere.harmonica_url
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    assert _send_from_a_process(box.harmonica_url, **dict.fromkeys(names, proxy)) == "200"
    assert (len(box.requests), elsewhere.requests) == (1, [])


def test_netrc_does_not_replace_the_key(box: Sandbox, tmp_path: Path) -> None:
    """An entry for the host in the user's `.netrc` has no effect."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1\nlogin them\npassword theirs\n")
    netrc.chmod(0o600)
    _send_from_a_process(box.harmonica_url, HOME=str(tmp_path), NETRC=str(netrc))
    assert box.requests[0].headers["authorization"] == "Bearer the-key"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_is_used_and_gets_no_key(
    to: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Everywhere else the proxy of the environment is asked for a tunnel, without the key."""
    asked = bytearray()

    def talk(connection: socket.socket) -> None:
        asked.extend(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    monkeypatch.setenv(name, serve(talk))
    with pytest.raises(NotSent, match="407 Proxy Authentication Required"):
        to(FAR).send(ASK)
    assert asked.startswith(b"CONNECT harmonica.example:443 ")
    assert b"a-secret" not in asked


def test_no_proxy_is_honoured(
    to: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """A host that `NO_PROXY` names is reached without the proxy, here in vain."""
    asked = bytearray()
    monkeypatch.setenv("HTTPS_PROXY", serve(lambda connection: asked.extend(connection.recv(1))))
    monkeypatch.setenv("NO_PROXY", "0.0.0.0")  # noqa: S104 - no loopback address, yet this machine
    with pytest.raises(NotSent):
        to(f"https://0.0.0.0:{closed_port}").send(ASK)
    assert asked == b""


def test_password_of_the_proxy_is_not_said(
    to: Connect, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """A proxy that cannot be reached is not named with its password."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:a-password@127.0.0.1:{closed_port}")
    with pytest.raises(NotSent) as caught:
        to(FAR).send(ASK)
    assert "a-password" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "ftp://127.0.0.1", "http://127.0.0.1:port", " http://proxy"]
)
def test_unusable_proxy_is_one_clear_line(
    to: Connect, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """A proxy that cannot be used is a mistake of the environment, and is named."""
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(InputError, match="PROXY"):
        to(FAR).send(ASK)


# Certificates


def test_unknown_certificate_is_refused(to: Connect, encrypted: Encrypted) -> None:
    """A certificate that nobody vouches for is refused, and the message says how to trust it."""
    with pytest.raises(NotSent, match="name your company's in SSL_CERT_FILE"):
        to(encrypted.url).send(ASK)


def test_own_certificates_are_honoured(
    to: Connect, encrypted: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authority that `SSL_CERT_FILE` names is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.authority))
    assert to(encrypted.url).send(ASK).json() == {"path": "/api/v1/me"}


def test_certificates_are_read_once(
    to: Connect, encrypted: Encrypted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both services trust the same authorities, so the second one need not read them again."""
    file = tmp_path / "authority.pem"
    file.write_bytes(encrypted.authority.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    to(encrypted.url).send(ASK)
    file.unlink()
    assert to(encrypted.url).send(ASK).status == 200


def test_certificate_of_another_host_is_refused(
    to: Connect, encrypted: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted authority does not make one host into another."""
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.authority))
    with pytest.raises(NotSent):
        to(encrypted.url.replace("127.0.0.1", "localhost")).send(ASK)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_unusable_certificates_are_one_clear_line(
    to: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    """A `SSL_CERT_FILE` that is not there, or holds no certificate, is named."""
    file = tmp_path / "authority.pem"
    if content:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(InputError, match="SSL_CERT_FILE"):
        to(FAR).send(ASK)
