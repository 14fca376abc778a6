"""What one request does on the wire, and what is said when its answer is none."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harmonica_session import __version__
from harmonica_session.edges.harmonica.client import SessionPage
from harmonica_session.edges.network.clock import Clock, Deadline
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import (
    AnswerUnusable,
    DeadlineReached,
    FateUnknown,
    InputError,
    NotSent,
)
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.words.contents import Tree
from harmonica_session.words.history import SearchPage
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edges.conftest import Apart, Serve

Connect: TypeAlias = "Callable[..., Transport]"

SESSIONS = "/api/v1/sessions"
ASK = Request("look", "GET", "/api/v1/me")
CREATE = Request("create it", "POST", SESSIONS, body={"topic": "t", "goal": "g"})
FAR = "https://harmonica.example"


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
    assert f"http://127.0.0.1:{closed_port} could not be reached to create it" in str(caught.value)
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
    assert "to create it (POST /api/v1/sessions: " in str(caught.value)
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

    with pytest.raises(FateUnknown, match="to look"):
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
    assert "0 seconds of `timeout` ran out before the action could post the comment" in str(
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
    with pytest.raises(
        AnswerUnusable, match="more than 20 MB when asked to look \\(GET /api/v1/me\\)"
    ):
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
        "Harmonica gave an unusable answer when asked to look (GET /api/v1/me, status 200)"
    )
    assert "\n" not in said


def test_unusable_answer_is_not_quoted() -> None:
    """What stood in the answer stays out of the message, since it may be anything."""
    body = json.dumps({"id": ["a-secret"]}).encode()
    with pytest.raises(AnswerUnusable) as caught:
        Response(ASK, "Harmonica", 200, {}, body).read(Session)
    assert "a-secret" not in str(caught.value)


def _answering(head: str, body: bytes) -> Callable[[socket.socket], None]:
    """Return a service that answers one request with this body, its length told."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        length = f"Content-Length: {len(body)}\r\n\r\n"
        connection.sendall(f"HTTP/1.1 {head}\r\n{length}".encode() + body)

    return talk


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    pieces = [body[:half], body[half:], b""]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces[:2]) + (
        b"0\r\nX-Trailer: t\r\n\r\n"
    )


@pytest.mark.parametrize("name", ["gzip", "GZIP", "identity", ""])
def test_answer_is_unpacked(to: Connect, serve: Serve, name: str) -> None:
    """The one encoding that is asked for is read, and so is none."""
    body = gzip.compress(b'{"a": 1}') if "z" in name.lower() else b'{"a": 1}'
    answer = to(serve(_answering(f"200 OK\r\nContent-Encoding: {name}", body))).send(ASK)
    assert answer.json() == {"a": 1}


def test_only_one_encoding_is_asked_for(to: Connect, box: Sandbox) -> None:
    """`Accept-Encoding` names gzip, and nothing that a library of the runner might add."""
    to(box.harmonica_url).send(ASK)
    assert box.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "name", ["gzip, gzip", "gzip,identity", "br", "zstd", "deflate", "x-gzip", "nonsense"]
)
def test_encoding_that_was_not_asked_for_is_refused(to: Connect, serve: Serve, name: str) -> None:
    """Neither another encoding nor several of them are taken in, in one header or in two."""
    body = gzip.compress(gzip.compress(b"{}"))
    two_headers = name.replace(", ", "\r\nContent-Encoding: ")
    for head in (name, two_headers):
        service = serve(_answering(f"200 OK\r\nContent-Encoding: {head}", body))
        with pytest.raises(AnswerUnusable, match="which was not requested"):
            to(service).send(ASK)


def test_packed_flood_is_cut_while_it_is_unpacked(to: Connect, serve: Serve) -> None:
    """An answer that would unpack to 300 MB takes no more room than 20 MB and a little."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(bytes(1_000_000)) for _ in range(300)]
    body = b"".join([*parts, packer.flush()])
    transport = to(serve(_answering("200 OK\r\nContent-Encoding: gzip", body)))
    tracemalloc.start()
    try:
        with pytest.raises(AnswerUnusable, match="more than 20 MB"):
            transport.send(ASK)
        assert tracemalloc.get_traced_memory()[1] < 70_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cut", [1, 8, 12])
def test_packed_answer_that_ends_too_early_means_fate_unknown(
    to: Connect, serve: Serve, cut: int
) -> None:
    """An answer whose length is right and whose packed data are cut off is no whole answer."""
    body = gzip.compress(b'{"id": "1"}')[:-cut]
    with pytest.raises(FateUnknown, match="to create it"):
        to(serve(_answering("201 Created\r\nContent-Encoding: gzip", body))).send(CREATE)


@pytest.mark.parametrize("head", ["204 No Content", "304 Not Modified", "200 OK"])
def test_packed_answer_without_a_body_is_empty(to: Connect, serve: Serve, head: str) -> None:
    """Where there is no body, there is nothing to be unpacked."""
    answer = to(serve(_answering(f"{head}\r\nContent-Encoding: gzip", b""))).send(ASK)
    assert answer.body == b""


@pytest.mark.parametrize("name", ["gzip", "identity"])
def test_answer_in_chunks_is_put_together(to: Connect, serve: Serve, name: str) -> None:
    """Chunks and trailers are read, packed or not."""
    body = gzip.compress(b'{"a": 1}') if name == "gzip" else b'{"a": 1}'

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + _chunked(body))

    assert to(serve(talk)).send(ASK).json() == {"a": 1}


@pytest.mark.parametrize(
    "cookie", ["a=b", "a=\u00e9", "\u043a\u043b\u044e\u0447=1", "a=b; Expires=x", "="]
)
def test_cookie_is_not_kept(to: Connect, serve: Serve, cookie: str) -> None:
    """What a service wants to be told again is not told, whatever it is, and harms nothing."""
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            heard.append(connection.recv(65_536))
            head = f"HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nContent-Length: 2\r\n\r\n{{}}"
            connection.sendall(head.encode())

    transport = to(serve(talk))
    assert [transport.send(ASK).status for _ in range(2)] == [200, 200]
    assert not any(b"cookie" in request.lower() for request in heard)


@pytest.mark.parametrize(
    "location", ["https://xn--a/", "https://a..b/", "http://[", "x" * 65_530, "//\xff"]
)
def test_address_in_an_answer_never_means_not_sent(
    to: Connect, serve: Serve, location: str
) -> None:
    """An answer came, so the request was sent, however broken the address in it is."""
    service = serve(_answering(f"302 Found\r\nLocation: {location}", b""))
    try:
        assert to(service).send(CREATE).status == 302
    except FateUnknown as error:
        assert "to create it" in str(error)  # noqa: PT017 - either will do


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 GMT", "AM", "Mon, 01 Jan 0001", "x" * 9]
)
def test_clock_that_cannot_be_right_is_not_believed(date: str) -> None:
    """A service that tells no time is taken to have ours."""
    answer = Response(ASK, "Harmonica", 200, {"date": date}, b"")
    assert abs(answer.served_at - time.time()) < 60


# Hosts

HOSTS = ["a..b", "a" * 64, "xn--", "xn--a", "xn--a.example.com", "a." * 150 + "com"]


@pytest.mark.parametrize("host", HOSTS)
def test_host_that_there_cannot_be_is_one_clear_line(to: Connect, host: str) -> None:
    """An address is looked at before anything is sent to it."""
    with pytest.raises(InputError, match="does not contain a valid host name") as caught:
        to(f"https://{host}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("HTTPS_PROXY", "a..b"),
        ("HTTPS_PROXY", "a" * 64),
        ("ALL_PROXY", "xn--"),
        ("all_proxy", "xn--a"),
        ("https_proxy", "a." * 150 + "com"),
    ],
)
def test_proxy_that_there_cannot_be_is_one_clear_line(apart: Apart, name: str, host: str) -> None:
    """So is the address of a proxy."""
    told = apart(**{name: f"http://{host}:1"})(FAR)
    assert told["error"] == "InputError"
    assert told["said"].startswith(
        f"Harmonica cannot be reached: {name} does not contain a usable proxy"
    )


def test_name_in_punycode_is_a_host(to: Connect) -> None:
    """What can be a host stays one: names in other scripts, and a dot at the end."""
    for host in ("xn--strae-oqa.example", "xn--80ak6aa92e.example", "a_b.example."):
        to(f"https://{host}")


@pytest.mark.parametrize("form", [list[Comment], SearchPage, Tree, SessionPage])
def test_odd_rows_are_not_all_told(form: Any) -> None:  # noqa: ANN401 - a model, or a list of them
    """The first row that is none refuses an answer: a word on each would be gigabytes."""
    rows: list[list[object]] = [[] for _ in range(100_000)]
    content = rows if form == list[Comment] else dict.fromkeys(("items", "tree", "data"), rows)
    response = Response(ASK, "GitHub", 200, {}, json.dumps(content).encode())
    response.json()
    tracemalloc.start()
    try:
        with pytest.raises(AnswerUnusable):
            response.read(form)
        # The rows themselves are some 20 MB; with an error for each it was more than 100.
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


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


def test_loopback_is_never_proxied(apart: Apart, box: Sandbox, elsewhere: Sandbox) -> None:
    """No proxy of the environment stands between the action and this very machine."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    ask = apart(**dict.fromkeys(names, elsewhere.harmonica_url))
    assert ask(box.harmonica_url)["status"] == 200
    assert (len(box.requests), elsewhere.requests) == (1, [])


def test_netrc_does_not_replace_the_key(apart: Apart, box: Sandbox, tmp_path: Path) -> None:
    """An entry for the host in the user's `.netrc` has no effect."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1\nlogin them\npassword theirs\n")
    netrc.chmod(0o600)
    apart(HOME=str(tmp_path), NETRC=str(netrc))(box.harmonica_url)
    assert box.requests[0].headers["authorization"] == "Bearer a-secret"


def _refusing(asked: bytearray) -> Callable[[socket.socket], None]:
    """Return a proxy that wants a password, and keeps what it was asked."""

    def talk(connection: socket.socket) -> None:
        asked.extend(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    return talk


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_is_used_and_gets_no_key(apart: Apart, serve: Serve, name: str) -> None:
    """Everywhere else the proxy of the environment is asked for a tunnel, without the key."""
    asked = bytearray()
    told = apart(**{name: serve(_refusing(asked))})(FAR)
    assert told["error"] == "NotSent"
    assert "407 Proxy Authentication Required" in told["said"]
    assert asked.startswith(b"CONNECT harmonica.example:443 ")
    assert b"a-secret" not in asked


def test_no_proxy_is_honoured(apart: Apart, serve: Serve, closed_port: int) -> None:
    """A host that `NO_PROXY` names is reached without the proxy, here in vain."""
    asked = bytearray()
    proxy = serve(lambda connection: asked.extend(connection.recv(1)))
    # An address that is no loopback one, and yet leads to this machine.
    ask = apart(HTTPS_PROXY=proxy, NO_PROXY="0.0.0.0")  # noqa: S104 - nothing is bound to it
    assert ask(f"https://0.0.0.0:{closed_port}")["error"] == "NotSent"
    assert asked == b""


def test_password_of_the_proxy_is_not_said(apart: Apart, closed_port: int) -> None:
    """A proxy that cannot be reached is not named with its password."""
    told = apart(HTTPS_PROXY=f"http://me:a-password@127.0.0.1:{closed_port}")(FAR)
    assert told["error"] == "NotSent"
    assert "a-password" not in told["said"]


@pytest.mark.parametrize(
    "proxy",
    [
        *("socks5://127.0.0.1:1", "ftp://127.0.0.1", "http://127.0.0.1:port", "http://pro xy"),
        *("http://me:a-pass#word@127.0.0.1:1", "http://"),
    ],
)
def test_unusable_proxy_is_one_clear_line(apart: Apart, proxy: str) -> None:
    """A proxy that cannot be used is a mistake of the environment; its variable is named alone."""
    told = apart(ALL_PROXY=proxy)(FAR)
    assert told["error"] == "InputError"
    assert told["said"].startswith(
        "Harmonica cannot be reached: ALL_PROXY does not contain a usable proxy"
    )
    assert "a-pass" not in told["said"]


def test_proxy_that_is_not_used_need_not_be_usable(apart: Apart, serve: Serve) -> None:
    """SOCKS for all the rest does no harm beside a good proxy for HTTPS."""
    asked = bytearray()
    proxy = serve(_refusing(asked))
    ask = apart(HTTPS_PROXY=proxy, ALL_PROXY="socks5://127.0.0.1:1", HTTP_PROXY="http://a..b")
    assert ask(FAR)["error"] == "NotSent"
    assert asked.startswith(b"CONNECT harmonica.example:443 ")


def test_proxy_without_a_scheme_gets_its_own_password(apart: Apart, serve: Serve) -> None:
    """Host and port will do, as for curl, and what stands before them is for the proxy."""
    asked = bytearray()
    proxy = serve(_refusing(asked))
    apart(HTTPS_PROXY=f"me:p%40ss@{proxy.removeprefix('http://')}")(FAR)
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==" in asked


def test_exception_that_cannot_be_read_ends_nothing(apart: Apart, serve: Serve) -> None:
    """One odd entry of `NO_PROXY` costs neither the run nor the entries beside it."""
    asked = bytearray()
    proxy = serve(_refusing(asked))
    ask = apart(HTTPS_PROXY=proxy, NO_PROXY="[::1],fd07:b51a:cc66:f0::/64,[oh],*.corp.test")
    assert ask(FAR)["error"] == "NotSent"
    assert asked.startswith(b"CONNECT harmonica.example:443 ")
    asked.clear()
    assert ask("https://git.corp.test")["error"] == "NotSent"
    assert asked == b""
