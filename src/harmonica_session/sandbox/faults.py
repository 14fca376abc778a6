"""What can go wrong with an exchange, as values, and the list of what is to go wrong next.

It must not touch a socket: the wire carries out what a fault says.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from enum import Enum, auto
from typing import TYPE_CHECKING

from harmonica_session.sandbox.exchange import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping


class Delivery(Enum):
    """How an answer travels to the client."""

    WHOLE = auto()
    DROPPED = auto()
    HANGING = auto()
    TRUNCATED = auto()
    DRIPPING = auto()


@dataclasses.dataclass(frozen=True)
class Fault:
    """One way for an exchange to fail; made by the named constructors.

    Attributes:
        processed: Whether the service does its work before the fault is met.
        answer: What is answered in place of the service's own answer.
        delivery: How the answer travels.
        seconds: How long to wait before the answer; with a dripping one, before each byte.
        filler: Size in bytes of a body that replaces the answer's own; 0 leaves it.
    """

    processed: bool
    answer: Answer | None = None
    delivery: Delivery = Delivery.WHOLE
    seconds: float = 0.0
    filler: int = 0

    @classmethod
    def status(
        cls, status: int, *, headers: Mapping[str, str] | None = None, body: object = b""
    ) -> Fault:
        """Answer with this status, nothing done.

        Args:
            status: The HTTP status.
            headers: Header fields of the answer.
            body: Bytes as they are, a text as HTML, anything else as JSON.
        """
        return cls(processed=False, answer=_answer(status, headers, body))

    @classmethod
    def status_after(
        cls, status: int, *, headers: Mapping[str, str] | None = None, body: object = b""
    ) -> Fault:
        """Let the service do its work, then answer with this status all the same."""
        return cls(processed=True, answer=_answer(status, headers, body))

    @classmethod
    def body(cls, text: str, status: int = 200, content_type: str = "text/html") -> Fault:
        """Answer with this text, nothing done: a proxy's page, or JSON that is none."""
        return cls(
            processed=False, answer=Answer(status, {"Content-Type": content_type}, text.encode())
        )

    @classmethod
    def redirect(cls, url: str, status: int = 302) -> Fault:
        """Send the client elsewhere, nothing done."""
        return cls(processed=False, answer=Answer(status, {"Location": url}))

    @classmethod
    def drop(cls) -> Fault:
        """Close the connection without an answer, nothing done."""
        return cls(processed=False, delivery=Delivery.DROPPED)

    @classmethod
    def drop_after(cls) -> Fault:
        """Let the service do its work, then close the connection without an answer."""
        return cls(processed=True, delivery=Delivery.DROPPED)

    @classmethod
    def hang(cls) -> Fault:
        """Stay silent until the client leaves, nothing done."""
        return cls(processed=False, delivery=Delivery.HANGING)

    @classmethod
    def hang_after(cls, seconds: float | None = None) -> Fault:
        """Let the service do its work, then stay silent.

        Args:
            seconds: The answer comes after so many seconds; None: never, until the client leaves.
        """
        if seconds is None:
            return cls(processed=True, delivery=Delivery.HANGING)
        return cls(processed=True, seconds=seconds)

    @classmethod
    def truncate(cls) -> Fault:
        """Let the service do its work, then send half of its body and close the connection."""
        return cls(processed=True, delivery=Delivery.TRUNCATED)

    @classmethod
    def drip(cls, seconds_per_byte: float) -> Fault:
        """Let the service do its work, then send its body byte by byte."""
        return cls(processed=True, delivery=Delivery.DRIPPING, seconds=seconds_per_byte)

    @classmethod
    def flood(cls, size: int) -> Fault:
        """Let the service do its work, then send `size` bytes in place of its body."""
        return cls(processed=True, filler=size)


def _answer(status: int, headers: Mapping[str, str] | None, body: object) -> Answer:
    if isinstance(body, bytes):
        return Answer(status, dict(headers or {}), body)
    if isinstance(body, str):
        return Answer(status, {"Content-Type": "text/html", **(headers or {})}, body.encode())
    return json_answer(status, body, headers)


@dataclasses.dataclass
class _Order:
    method: str
    path: re.Pattern[str]
    fault: Fault
    times: int | None
    after: int


class FaultOrders:
    """The faults that are still to be met, in the order they were asked for."""

    def __init__(self) -> None:
        """Begin without any fault."""
        self._lock = threading.Lock()
        self._orders: list[_Order] = []

    def add(self, method: str, path: str, fault: Fault, times: int | None, after: int) -> None:
        """Order a fault; `Sandbox.fail` says what the arguments mean."""
        with self._lock:
            self._orders.append(_Order(method, re.compile(path), fault, times, after))

    def clear(self) -> None:
        """Forget every order."""
        with self._lock:
            self._orders.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets, and count it."""
        with self._lock:
            for order in self._orders:
                if order.method not in (method, "*") or not order.path.fullmatch(path):
                    continue
                if order.after > 0:
                    order.after -= 1
                    continue
                if order.times is not None:
                    if order.times == 0:
                        continue
                    order.times -= 1
                return order.fault
        return None
