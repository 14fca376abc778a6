"""The benchmark's hold on the process with the stand-ins; it must not import them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class StandIns:
    """Stand-ins for both services, whose own cost is the same for everybody that is measured."""

    process: subprocess.Popen[str]

    def prepare(
        self, *, comments: int = 0, merged: int = 0, latency: float = 0.0, tls: bool = False
    ) -> dict[str, Any]:
        """Begin anew and return what a step needs to reach them.

        Args:
            comments: How many comments of others the pull request has.
            merged: How many other pull requests were merged.
            latency: Seconds that every request waits.
            tls: Whether they speak HTTPS.
        """
        return self._ask({"comments": comments, "merged": merged, "latency": latency, "tls": tls})

    def told(self) -> dict[str, int]:
        """Return the number of `requests` so far, and of `sessions` and `comments` there are."""
        return self._ask(None)

    def _ask(self, question: object) -> dict[str, Any]:
        to, back = self.process.stdin, self.process.stdout
        assert to is not None
        assert back is not None
        to.write(f"{json.dumps(question)}\n")
        to.flush()
        answer: dict[str, Any] = json.loads(back.readline())
        return answer


@contextmanager
def started() -> Iterator[StandIns]:
    """Start the process of the stand-ins, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        yield StandIns(process)
