"""One answer for everybody who asked before the question went out.

This module must not know what is asked.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from harmonica_session.errors import ActionError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class SingleFlight(Generic[_T]):
    """A question of many threads that is asked again only for who came after it was sent."""

    def __init__(self, ask: Callable[[], _T], now: Callable[[], float] = time.monotonic) -> None:
        """Take what asks, and a clock that tells what came first."""
        self._ask = ask
        self._now = now
        self._lock = Lock()
        self._sent: float | None = None
        self._answer: _T | ActionError | None = None

    def answer(self) -> _T:
        """Return an answer that is not older than this call.

        Raises:
            ActionError: As `ask` raises it, to everybody who waited for its answer.
        """
        came = self._now()
        with self._lock:
            if self._answer is None or self._sent is None or self._sent <= came:
                self._sent = self._now()
                self._answer = self._asked()
            if isinstance(self._answer, ActionError):
                raise self._answer
            return self._answer

    def _asked(self) -> _T | ActionError:
        try:
            return self._ask()
        except ActionError as error:
            return error
