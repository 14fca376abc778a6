"""A step as the runner sees it, clients of the sandbox, and services that misbehave or speak TLS.

It must not use the code under test to read what that code has written.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pytest
import trustme
from pydantic import SecretStr

from harmonica_session.edges.github.client import GitHub
from harmonica_session.edges.harmonica.client import Harmonica
from harmonica_session.edges.network.clock import Deadline
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.sandbox import Sandbox
from harness.consumer import HurriedClock
from harness.process import begin_python
from harness.runner import commands_in, lines_in, outputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.runner import Command

_SomeRunner = TypeVar("_SomeRunner", bound=Runner)
Serve: TypeAlias = "Callable[[Callable[[socket.socket], None]], str]"
SpeakTLS: TypeAlias = "Callable[[trustme.LeafCert], str]"
Apart: TypeAlias = "Callable[..., Callable[[str], dict[str, Any]]]"


@dataclass
class Step:
    """The files and the log of one step, written by the code under test, read as the runner would.

    Attributes:
        output_file: `GITHUB_OUTPUT`.
        summary_file: `GITHUB_STEP_SUMMARY`.
        log: What the step's process writes to.
    """

    output_file: Path
    summary_file: Path
    log: io.TextIOWrapper

    def runner(self, form: type[_SomeRunner], **env: str) -> _SomeRunner:
        """Return a runner that writes to this step, with further variables."""
        files = {
            "GITHUB_OUTPUT": str(self.output_file),
            "GITHUB_STEP_SUMMARY": str(self.summary_file),
        }
        return form({**files, **env}, self.log)

    @property
    def text(self) -> str:
        """The log as it was written."""
        buffer = self.log.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()

    @property
    def lines(self) -> list[str]:
        """The log in the runner's lines."""
        return lines_in(self.text)

    @property
    def commands(self) -> list[Command]:
        """What the runner would carry out, in order."""
        return commands_in(self.text)

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs that the runner would set."""
        return outputs_of(self.output_file)

    @property
    def summary(self) -> str:
        """The job summary of the step."""
        return self.summary_file.read_bytes().decode()


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """One step with empty files and an empty log."""
    output, summary = tmp_path / "output", tmp_path / "summary"
    output.touch()
    summary.touch()
    log = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    return Step(output, summary, log)


@pytest.fixture
def clock() -> HurriedClock:
    """What measures the deadline of both clients."""
    return HurriedClock()


@pytest.fixture
def github(box: Sandbox, clock: HurriedClock) -> Iterator[GitHub]:
    """The repository as the workflow's token sees it."""
    token = SecretStr(box.github_token)
    client = GitHub(box.github_url, "octo/garden", token, Deadline(60, clock))
    yield client
    client.close()


@pytest.fixture
def harmonica(box: Sandbox, clock: HurriedClock) -> Iterator[Harmonica]:
    """The account of the sandbox's first key."""
    key = SecretStr(box.api_key)
    client = Harmonica(box.harmonica_url, key, Deadline(60, clock))
    yield client
    client.close()


@pytest.fixture
def elsewhere() -> Iterator[Sandbox]:
    """Run a second sandbox, to which nothing should ever be sent."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
        return port


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve each connection with a function that is given its socket; returns the address."""
    with contextlib.ExitStack() as stack:

        def start(talk: Callable[[socket.socket], None]) -> str:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            done = threading.Event()

            def answer() -> None:
                while True:
                    connection, _ = listening.accept()
                    with connection, contextlib.suppress(OSError):
                        if done.is_set():
                            return
                        talk(connection)

            def stop() -> None:
                done.set()
                socket.create_connection(listening.getsockname()).close()
                thread.join()

            thread = threading.Thread(target=answer)
            thread.start()
            stack.callback(stop)
            return f"http://127.0.0.1:{listening.getsockname()[1]}"

        yield start


@dataclass(frozen=True)
class Encrypted:
    """A service over TLS, and the file with the authority that signed its certificate."""

    url: str
    authority: Path


class _Pong(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Keep quiet."""


def for_some_time(authority: trustme.CA, host: str) -> trustme.LeafCert:
    """Return a certificate for a month; macOS takes none for more than 825 days."""
    now = datetime.now(timezone.utc)
    day = timedelta(days=1)
    return authority.issue_cert(host, not_before=now - day, not_after=now + 30 * day)


@pytest.fixture
def speak_tls() -> Iterator[SpeakTLS]:
    """Run a service with a certificate of a test's own; returns its address."""
    with contextlib.ExitStack() as stack:

        def start(certificate: trustme.LeafCert) -> str:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server = stack.enter_context(HTTPServer(("127.0.0.1", 0), _Pong))
            server.socket = context.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"https://127.0.0.1:{server.server_port}"

        yield start


@pytest.fixture
def encrypted(tmp_path: Path, speak_tls: SpeakTLS) -> Encrypted:
    """Run a service whose certificate an unknown authority has signed."""
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return Encrypted(speak_tls(for_some_time(authority, "127.0.0.1")), file)


@pytest.fixture
def apart() -> Iterator[Apart]:
    """Return a function that starts a process with variables of its own, and asks from there."""
    with contextlib.ExitStack() as running:

        def start(**env: str) -> Callable[[str], dict[str, Any]]:
            process = running.enter_context(begin_python("-m", "harness.asking", env=env))

            def ask(url: str) -> dict[str, Any]:
                assert process.stdin
                assert process.stdout
                process.stdin.write(f"{url}\n")
                process.stdin.flush()
                told: dict[str, Any] = json.loads(process.stdout.readline())
                return told

            return ask

        yield start
