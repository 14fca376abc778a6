"""A program that asks at each address on its standard input, and says in a line what came of it.

It must not be imported: a process of its own is what gives a test variables of its own.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Any

from harmonica_session.edges.network.clock import Clock, Deadline
from harmonica_session.edges.network.exchange import Request
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import ActionError

CREDENTIALS = {"Authorization": "Bearer a-secret"}


def asked(url: str) -> dict[str, Any]:
    """Ask once; return status and JSON of the answer, or the kind and the text of the error."""
    try:
        with closing(Transport("Harmonica", url, CREDENTIALS, Deadline(60, Clock()))) as transport:
            answer = transport.send(Request("look", "GET", "/chat"))
    except ActionError as error:
        return {"error": type(error).__name__, "said": str(error)}
    return {"status": answer.status, "json": answer.json()}


if __name__ == "__main__":
    for line in sys.stdin:
        told = asked(line.rstrip("\n"))
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
