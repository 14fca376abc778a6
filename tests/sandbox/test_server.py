"""What the sandbox itself promises: its addresses, its journal, its manners as a server."""

from __future__ import annotations

import ast
import re
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

import harmonica_session.sandbox
from harmonica_session.sandbox import Fault, Sandbox

_PACKAGE = "harmonica_session.sandbox"


def test_addresses_are_on_one_loopback_port(box: Sandbox) -> None:
    """Both services share a port of 127.0.0.1, GitHub under a path as on Enterprise Server."""
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", box.harmonica_url)
    assert box.server_url == f"{box.harmonica_url}/github"
    assert box.github_url == f"{box.harmonica_url}/github/api/v3"


def test_secrets_have_the_real_shapes(box: Sandbox) -> None:
    """Key and token look like real ones."""
    assert re.fullmatch(r"hm_live_[0-9a-f]{32}", box.api_key)
    assert re.fullmatch(r"ghs_sandbox\d+", box.github_token)


def test_journal_keeps_requests_in_order(
    box: Sandbox, harmonica: httpx.Client, github: httpx.Client
) -> None:
    """Each request is kept with its service, its path without prefix, its body and its status."""
    harmonica.post("/sessions", json={"topic": "t"}, params={"x": "ä b"})
    github.get("/user")
    first, second = box.requests
    assert (first.service, first.method, first.path) == ("harmonica", "POST", "/api/v1/sessions")
    assert (first.query, first.json(), first.status) == ({"x": "ä b"}, {"topic": "t"}, 400)
    assert first.headers["authorization"] == f"Bearer {box.api_key}"
    assert (second.service, second.path, second.status) == ("github", "/user", 403)


def test_journal_keeps_what_was_answered_whole(box: Sandbox, harmonica: httpx.Client) -> None:
    """What a client read is in the journal, and nothing where it cannot have read all of it."""
    read = harmonica.get("/sessions").content
    box.fail("GET", ".*", Fault.truncate())
    with pytest.raises(httpx.HTTPError):
        harmonica.get("/sessions")
    assert [request.content for request in box.requests] == [read, b""]


def test_a_door_leads_to_the_same_services(box: Sandbox) -> None:
    """The journal tells who has sent a request by the door that it came through."""
    door = box.open_door()
    answer = httpx.get(f"{door}/chat?s=1")
    [request] = box.requests
    assert answer.status_code == 200
    assert door == f"http://{request.headers['host']}"
    assert door != box.harmonica_url


def test_journal_is_searched_by_method_and_whole_path(
    box: Sandbox, harmonica: httpx.Client
) -> None:
    """A search takes a method, or any, and an expression for the whole path."""
    harmonica.get("/sessions")
    harmonica.get("/sessions/1")
    harmonica.post("/sessions", json={})
    assert len(box.requests_to("GET", "/api/v1/sessions")) == 1
    assert len(box.requests_to("*", "/api/v1/sessions.*")) == 3


def test_journal_is_a_copy(box: Sandbox, harmonica: httpx.Client) -> None:
    """Changing the list that was handed out changes nothing."""
    harmonica.get("/me")
    box.requests.clear()
    assert len(box.requests) == 1


def test_connection_stays_open(box: Sandbox) -> None:
    """Several requests travel over one connection."""
    request = f"GET /chat HTTP/1.1\r\nHost: {box.harmonica_url}\r\n\r\n".encode()
    port = int(box.harmonica_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        answers = connection.makefile("rb")
        for _ in range(2):
            connection.sendall(request)
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)
        answers.close()


def test_many_creates_at_once_are_all_kept(box: Sandbox, harmonica: httpx.Client) -> None:
    """Parallel creates make as many sessions, each with an id of its own."""
    with ThreadPoolExecutor(8) as pool:
        statuses = pool.map(
            lambda n: harmonica.post("/sessions", json={"topic": str(n), "goal": "g"}).status_code,
            range(64),
        )
        assert set(statuses) == {201}
    assert len({row["id"] for row in box.harmonica.sessions}) == 64


def test_port_is_free_after_closing() -> None:
    """A closed sandbox answers nobody."""
    with Sandbox() as box:
        url = box.harmonica_url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_sandbox_that_never_started_can_be_closed() -> None:
    """Closing is always possible, twice as well."""
    box = Sandbox()
    box.close()
    box.close()


def test_two_sandboxes_do_not_meet(box: Sandbox) -> None:
    """State belongs to one sandbox."""
    with Sandbox() as other:
        other.harmonica.add_session()
        other.github.add_issue(1)
        assert other.harmonica_url != box.harmonica_url
    assert (box.harmonica.sessions, box.github.issues) == ([], {})


def test_needs_only_the_standard_library() -> None:
    """No module of the sandbox imports a dependency, or the rest of the package."""
    folder = Path(harmonica_session.sandbox.__file__).parent
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                assert name.startswith(_PACKAGE) or name.split(".")[0] in sys.stdlib_module_names
