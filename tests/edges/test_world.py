"""Which services a run is connected to, and which addresses it refuses to connect to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import InputError
from harmonica_session.words.request import SessionRequest
from harmonica_session.world import connected, unconnected
from harness.consumer import HurriedClock
from harness.process import run_python

if TYPE_CHECKING:
    import socket
    from contextlib import AbstractContextManager

    from edges.conftest import Serve, Step
    from harmonica_session.sandbox import Sandbox
    from harmonica_session.world import World

COMMENTS = "/repos/octo/garden/issues/7/comments"


def _connected(step: Step, env: dict[str, str]) -> AbstractContextManager[World]:
    runner = step.runner(Runner, **env)
    env = {"GITHUB_REPOSITORY": "octo/garden", **env}
    return connected(unconnected(env, b"", runner, Workspace(Path()), HurriedClock()), env)


def _env(box: Sandbox) -> dict[str, str]:
    return {
        "INPUT_API_KEY": box.api_key,
        "INPUT_API_URL": box.harmonica_url,
        "INPUT_GITHUB_TOKEN": box.github_token,
        "GITHUB_API_URL": box.github_url,
    }


def test_each_service_gets_its_own_credential(box: Sandbox, step: Step) -> None:
    """The key goes to Harmonica alone, the token to GitHub alone."""
    box.github.add_pull(7)
    with _connected(step, _env(box)) as world:
        assert world.harmonica
        assert world.github
        world.harmonica.create(SessionRequest(topic="Lunch", goal="Decide"))
        list(world.github.comments(7))
    seen = [(request.service, request.headers["authorization"]) for request in box.requests]
    assert seen == [
        ("harmonica", f"Bearer {box.api_key}"),
        ("github", f"Bearer {box.github_token}"),
    ]


def test_connecting_asks_nothing(box: Sandbox, step: Step) -> None:
    """No request goes out before the flow wants one."""
    with _connected(step, _env(box)):
        pass
    assert box.requests == []


def test_api_of_an_enterprise_server_has_a_prefix(box: Sandbox, step: Step) -> None:
    """The path of `GITHUB_API_URL` is kept, with or without a slash at its end."""
    box.github.add_pull(7)
    env = {**_env(box), "GITHUB_API_URL": f"{box.github_url}/"}
    with _connected(step, env) as world:
        assert world.github
        list(world.github.comments(7))
    assert [(request.service, request.path) for request in box.requests] == [("github", COMMENTS)]


def test_api_of_another_forge_keeps_its_path(serve: Serve, step: Step) -> None:
    """Gitea and Forgejo have their API under `/api/v1`, and say so in `GITHUB_API_URL`."""
    asked = bytearray()

    def talk(connection: socket.socket) -> None:
        asked.extend(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    env = {"INPUT_GITHUB_TOKEN": "a-token", "GITHUB_API_URL": f"{serve(talk)}/api/v1"}
    with _connected(step, env) as world:
        assert world.github
        list(world.github.comments(7))
    assert asked.startswith(f"GET /api/v1{COMMENTS}?".encode())


_READ_COMMENTS = """
import sys
from pathlib import Path
from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import ServiceError
from harmonica_session.world import connected, unconnected
from harness.consumer import HurriedClock
env = {"INPUT_GITHUB_TOKEN": "a-token", "GITHUB_REPOSITORY": "octo/garden"}
world = unconnected(env, b"", Runner(env, sys.stdout), Workspace(Path()), HurriedClock())
with connected(world, env) as world:
    try:
        list(world.github.comments(7))
    except ServiceError:
        print("refused")
"""


def test_api_is_githubs_own_by_default(serve: Serve) -> None:
    """Without `GITHUB_API_URL` the API is where github.com has it."""
    asked = bytearray()

    def talk(connection: socket.socket) -> None:
        asked.extend(connection.recv(65_536))

    done = run_python("-c", _READ_COMMENTS, env={"HTTPS_PROXY": serve(talk)})
    assert done.stdout == "refused\n", done.stderr
    assert asked.startswith(b"CONNECT api.github.com:443 ")


@pytest.mark.parametrize(
    "url",
    [
        "http://github.example/api/v3",
        "http://127.0.0.1.github.example",
        "ftp://127.0.0.1",
        "github.example",
        "https://",
        "https://me:password@github.example",
        "https://github.example/?x=y",
        "https://github.example/#x",
        "https://github.example:port",
        "https://github.example/\nx",
    ],
)
def test_unsafe_address_of_github_is_refused(step: Step, url: str) -> None:
    """A token is sent over HTTPS alone, this very machine excepted."""
    env = {"INPUT_GITHUB_TOKEN": "a-token", "GITHUB_API_URL": url}
    with pytest.raises(InputError, match=r"^GITHUB_API_URL ") as caught, _connected(step, env):
        pass
    assert "password@" not in str(caught.value)


@pytest.mark.parametrize(
    "repository", ["octo", "octo/", "/garden", "octo/a/b", "octo/a?b", "o o/a"]
)
def test_unusable_repository_is_refused(step: Step, repository: str) -> None:
    """What is no `owner/name` never becomes part of a path."""
    env = {"INPUT_GITHUB_TOKEN": "a-token", "GITHUB_REPOSITORY": repository}
    with pytest.raises(InputError, match="GITHUB_REPOSITORY"), _connected(step, env):
        pass


def test_no_key_no_harmonica(step: Step) -> None:
    """Without a key there is nobody to ask at Harmonica; GitHub is there all the same."""
    with _connected(step, {"INPUT_GITHUB_TOKEN": "a-token"}) as world:
        assert world.harmonica is None
        assert world.github is not None


def test_no_token_no_github(box: Sandbox, step: Step) -> None:
    """Without a token there is nobody to ask at GitHub, whatever its address."""
    env = {"INPUT_API_KEY": box.api_key, "GITHUB_API_URL": "http://github.example"}
    with _connected(step, env) as world:
        assert world.github is None
        assert world.harmonica is not None


def test_no_repository_no_github(step: Step) -> None:
    """Outside of a repository there is nothing to ask GitHub about."""
    env = {"INPUT_GITHUB_TOKEN": "a-token", "GITHUB_REPOSITORY": ""}
    with _connected(step, env) as world:
        assert world.github is None


def test_an_exception_that_cannot_be_read_is_a_warning(box: Sandbox, step: Step) -> None:
    """Once for both services, and only where a proxy is used; the run goes on."""
    env = {
        **_env(box),
        "INPUT_API_URL": "https://harmonica.example",
        "GITHUB_API_URL": "https://github.example",
        "NO_PROXY": "192.168.*,corp.test",
    }
    with _connected(step, env) as world:
        assert world.runner.warnings == []
    with _connected(step, {**env, "HTTPS_PROXY": "http://me:a-password@proxy.example"}) as world:
        (warning,) = world.runner.warnings
    assert warning.startswith("NO_PROXY: `192.168.*` cannot be read and is ignored")
    assert "a-password" not in step.text


def test_the_debug_log_says_what_certificates_are_checked_with(box: Sandbox, step: Step) -> None:
    """It is said where somebody looks for it, and nowhere else."""
    env = {**_env(box), "INPUT_API_URL": "https://harmonica.example"}
    with _connected(step, env):
        assert step.text.count("Certificates") == 0
    with _connected(step, {**env, "RUNNER_DEBUG": "1"}):
        pass
    assert "::debug::Certificates are checked against " in step.text
