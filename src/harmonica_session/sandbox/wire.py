"""HTTP/1.1 on a loopback port: reads requests, hands them over, carries out what is to be sent.

It must not know what a request means, nor decide which fault it meets.
"""

from __future__ import annotations

import contextlib
import dataclasses
import select
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias, cast

from harmonica_session.sandbox.exchange import Answer
from harmonica_session.sandbox.faults import Delivery

_POLL_SECONDS = 0.01
_FAREWELL_SECONDS = 2.0


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer and how it is to travel; without an answer the connection is closed."""

    answer: Answer
    delivery: Delivery = Delivery.WHOLE
    seconds: float = 0.0


Receive: TypeAlias = Callable[[str, str, Mapping[str, str], bytes], Reply]
"""Takes method, request target, header fields (names in lower case) and body."""


class Server(ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1 with one thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, receive: Receive) -> None:
        """Bind a free port; `receive` is asked for each reply, from many threads."""
        self.receive = receive
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,))
        self._thread.daemon = True

    def server_bind(self) -> None:
        """Bind without asking the resolver for a host name, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def start(self) -> None:
        """Serve on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, cut every connection that is left, and wait for their threads."""
        self.stopping.set()
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, _FAREWELL_SECONDS)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as inherited
        """Remember the connection until it is closed."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # as inherited
        """Close a connection and forget it."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as inherited
        """Say nothing of clients that left; anything else is a bug and is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError) and not self.stopping.is_set():
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.receive(self.command, self.path, headers, body)
        self._deliver(reply)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815  # names set by http.server

    def _read_body(self) -> bytes | None:
        if "transfer-encoding" in self.headers:
            self._send(Answer(411, {"Connection": "close"}))
            return None
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _deliver(self, reply: Reply) -> None:
        if reply.delivery is Delivery.WHOLE:
            self.server.stopping.wait(reply.seconds)
            self._send(reply.answer)
            return
        self.close_connection = True
        if reply.delivery is Delivery.HANGING:
            self._wait_until_client_leaves()
        elif reply.delivery is Delivery.TRUNCATED:
            head, body = self._head(reply.answer), reply.answer.body
            self.connection.sendall(head + body[: len(body) // 2])
        elif reply.delivery is Delivery.DRIPPING:
            self._drip(reply)

    def _drip(self, reply: Reply) -> None:
        self.connection.sendall(self._head(reply.answer))
        for byte in reply.answer.body:
            if self.server.stopping.wait(reply.seconds):
                return
            self.connection.sendall(bytes((byte,)))

    def _wait_until_client_leaves(self) -> None:
        while not self.server.stopping.wait(_POLL_SECONDS):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def _send(self, answer: Answer) -> None:
        if self.close_connection:
            answer = answer.with_headers({"Connection": "close"})
        body = b"" if self.command == "HEAD" else answer.body
        self.connection.sendall(self._head(answer) + body)

    def _head(self, answer: Answer) -> bytes:
        phrase = HTTPStatus(answer.status).phrase if answer.status in _KNOWN else ""
        fields = dict(answer.headers)
        if answer.status != HTTPStatus.NO_CONTENT:
            fields["Content-Length"] = str(len(answer.body))
        lines = [f"HTTP/1.1 {answer.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as inherited
        """Keep quiet: the journal tells what was asked."""


_KNOWN = frozenset(cast("list[int]", list(HTTPStatus)))
