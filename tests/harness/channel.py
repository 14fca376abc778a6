"""A chat that takes what is posted to its webhook, over HTTP on loopback.

It must hold no test, nor know what is posted.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Channel:
    """A chat that takes what is posted to its webhook."""

    def __init__(self) -> None:
        """Listen on loopback; the path is the secret."""
        self.texts: list[str] = []
        self.status = 200
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                channel.texts.append(json.loads(self.rfile.read(length))["text"])
                self.send_response(channel.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/services/T0/B0/hidden"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
