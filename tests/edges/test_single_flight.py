"""One answer for all who asked before the question went out, and a new one for who came later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event, Semaphore
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.network.single_flight import SingleFlight
from harmonica_session.errors import ActionError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_who_comes_later_gets_a_later_answer() -> None:
    """An answer from before the call would not show what was done since."""
    answers = count(1)
    shared = SingleFlight(lambda: next(answers))
    assert [shared.answer(), shared.answer()] == [1, 2]


class Waiting:
    """A question that four threads ask, three of them while the first is out."""

    def __init__(self, ask: Callable[[], int]) -> None:
        """Take what the question comes to, each time it is asked."""
        self._ask = ask
        self._ticks = count()
        self._came, self._is_out, self._may_return = Semaphore(0), Event(), Event()

    def outcomes(self) -> list[str]:
        """Return what each thread gets: an answer, or an error's text."""
        shared = SingleFlight(self._asked, self._now)
        with ThreadPoolExecutor(4) as pool:
            first = pool.submit(shared.answer)
            assert self._is_out.wait(30)
            others = [pool.submit(shared.answer) for _ in range(3)]
            for _ in range(5):
                assert self._came.acquire(timeout=30)
            self._may_return.set()
            return [str(one.exception(30) or one.result(30)) for one in (first, *others)]

    def _now(self) -> float:
        tick = next(self._ticks)
        self._came.release()
        return tick

    def _asked(self) -> int:
        self._is_out.set()
        assert self._may_return.wait(30)
        return self._ask()


def test_who_waits_shares_the_next_answer() -> None:
    """Three that came while a question was out need one more question, not three."""
    answers = count(1)
    assert Waiting(lambda: next(answers)).outcomes() == ["1", "2", "2", "2"]


def test_who_waited_for_a_failure_does_not_wait_again() -> None:
    """A service that is down is asked once for all who wait, not once for each."""
    asked = count(1)

    def ask() -> int:
        raise InputError(f"failure {next(asked)}")

    expected = ["failure 1", "failure 2", "failure 2", "failure 2"]
    assert Waiting(ask).outcomes() == expected


def test_a_question_that_fails_is_asked_again() -> None:
    """An error is an answer to those who waited, and to nobody who comes later."""
    answers: list[int | ActionError] = [InputError("nothing"), 2]

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, ActionError):
            raise answer
        return answer

    shared = SingleFlight(ask)
    with pytest.raises(InputError, match="nothing"):
        shared.answer()
    assert shared.answer() == 2
