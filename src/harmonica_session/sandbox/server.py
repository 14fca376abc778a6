"""The sandbox: both services on one loopback port, the faults they meet, the journal they leave.

It must not know the routes of either service, nor touch a socket itself.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from email.utils import formatdate
from typing import TYPE_CHECKING, final
from urllib.parse import parse_qsl, urlsplit

from harmonica_session.sandbox.exchange import Answer, Request
from harmonica_session.sandbox.faults import Delivery, Fault, FaultOrders
from harmonica_session.sandbox.github.routes import GitHub
from harmonica_session.sandbox.harmonica.routes import Harmonica
from harmonica_session.sandbox.wire import Reply, Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from types import TracebackType

_GITHUB_SITE = "/github"


@final
class Sandbox:
    """A Harmonica and a GitHub Enterprise Server of one's own, over real HTTP.

    Use it as a context manager, or call `start` and `close`.

    Attributes:
        harmonica: The state of Harmonica, to be looked at and changed by tests.
        github: The state of GitHub, likewise.
        latency: Seconds that every request waits before it is looked at.
    """

    def __init__(self, dialect: type[GitHub] = GitHub) -> None:
        """Take a free port of 127.0.0.1; nothing is answered before `start`.

        Args:
            dialect: What stands in for GitHub: itself, or a server that is like it.
        """
        self._server = Server(self._receive)
        self._doors: list[Server] = []
        self.harmonica_url = f"http://127.0.0.1:{self._server.server_port}"
        self.server_url = self.harmonica_url + _GITHUB_SITE
        self.github_url = self.server_url + dialect.api_path
        self.harmonica = Harmonica(self.harmonica_url, self._server.stopping)
        self.github = dialect(self.github_url, self.server_url)
        self.latency = 0.0
        self._faults = FaultOrders()
        self._journal: list[Request] = []
        self._lock = threading.Lock()

    @property
    def api_key(self) -> str:
        """The Harmonica key that is accepted from the start."""
        return self.harmonica.first_key

    @property
    def github_token(self) -> str:
        """A workflow's token, speaking as `github-actions[bot]`."""
        return self.github.first_token

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return list(self._journal)

    def requests_to(self, method: str, path: str) -> list[Request]:
        """Return the requests of one method whose whole path matches a regular expression.

        Args:
            method: An HTTP method, or `*` for any.
            path: Matched against the path without the service's prefix: `/api/v1/sessions` on
                Harmonica, `/repos/o/r/issues/7/comments` on GitHub.
        """
        pattern = re.compile(path)
        return [
            request
            for request in self.requests
            if method in (request.method, "*") and pattern.fullmatch(request.path)
        ]

    def fail(
        self, method: str, path: str, fault: Fault, *, times: int | None = 1, after: int = 0
    ) -> None:
        """Let the next matching requests meet a fault.

        Args:
            method: An HTTP method, or `*` for any.
            path: As in `requests_to`.
            fault: What happens to them.
            times: How many requests meet it; None: all from now on.
            after: How many matching requests pass unharmed before that.
        """
        self._faults.add(method, path, fault, times, after)

    def heal(self) -> None:
        """Forget every fault that was asked for and not yet met."""
        self._faults.clear()

    def advance(self, span: timedelta) -> None:
        """Move the clocks of both services on, as if so much time had passed."""
        for service in (self.harmonica, self.github):
            service.clock_offset += span.total_seconds()

    def open_door(self) -> str:
        """Answer on another free port as well, and return its address.

        The `Host` of a request says through which door it came, and so who has sent it.
        """
        door = Server(self._receive)
        self._doors.append(door)
        door.start()
        return f"http://127.0.0.1:{door.server_port}"

    def start(self) -> Sandbox:
        """Begin to answer; returns the sandbox itself."""
        self._server.start()
        return self

    def close(self) -> None:
        """Stop at once, cutting connections that hang."""
        for server in (self._server, *self._doors):
            # What one of them waits for may be worked at behind another.
            server.stopping.set()
        for server in (self._server, *self._doors):
            server.stop()

    def __enter__(self) -> Sandbox:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _receive(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        url = urlsplit(target)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        service: GitHub | Harmonica
        api = f"{_GITHUB_SITE}{self.github.api_path}"
        if url.path.startswith(f"{api}/"):
            service, path = self.github, url.path[len(api) :]
        else:
            service, path = self.harmonica, url.path
        request = Request(service.name, method, path, query, headers, body)
        with self._lock:
            number = len(self._journal)
            self._journal.append(request)
        fault = self._faults.take(method, path)
        self._server.stopping.wait(self.latency)
        reply = _meet(fault, service, request)
        if reply.delivery not in (Delivery.DROPPED, Delivery.HANGING):
            content = reply.answer.body if reply.delivery is Delivery.WHOLE else b""
            answered = dataclasses.replace(request, status=reply.answer.status, content=content)
            with self._lock:
                self._journal[number] = answered
        date = formatdate(service.now(), usegmt=True)
        return dataclasses.replace(reply, answer=reply.answer.with_headers({"Date": date}))


def _meet(fault: Fault | None, service: GitHub | Harmonica, request: Request) -> Reply:
    if fault is None:
        return Reply(service.answer(request))
    answer = service.answer(request) if fault.processed else Answer(200)
    answer = fault.answer or answer
    if fault.filler:
        answer = dataclasses.replace(answer, body=b'"' + b"x" * (fault.filler - 2) + b'"')
    return Reply(answer, fault.delivery, fault.seconds)
