"""One answer for all who asked before the question went out, and a new one for who came later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event, Semaphore

import pytest

from harmonica_session.edges.shared import Shared
from harmonica_session.errors import ActionError, InputError


def test_who_comes_later_gets_a_later_answer() -> None:
    """An answer from before the call would not show what was done since."""
    answers = count(1)
    shared = Shared(lambda: next(answers))
    assert [shared.answer(), shared.answer()] == [1, 2]


def test_who_waits_shares_the_next_answer() -> None:
    """Three that came while a question was out need one more question, not three."""
    ticks, answers = count(), count(1)
    came, is_out, may_return = Semaphore(0), Event(), Event()

    def now() -> float:
        tick = next(ticks)
        came.release()
        return tick

    def ask() -> int:
        is_out.set()
        assert may_return.wait(30)
        return next(answers)

    shared = Shared(ask, now)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(shared.answer)
        assert is_out.wait(30)
        others = [pool.submit(shared.answer) for _ in range(3)]
        for _ in range(5):
            assert came.acquire(timeout=30)
        may_return.set()
        assert first.result(30) == 1
        assert [other.result(30) for other in others] == [2, 2, 2]


def test_a_question_that_fails_is_asked_again() -> None:
    """An error is an answer to those who waited, and to nobody who comes later."""
    answers: list[int | ActionError] = [InputError("nothing"), 2]

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, ActionError):
            raise answer
        return answer

    shared = Shared(ask)
    with pytest.raises(InputError, match="nothing"):
        shared.answer()
    assert shared.answer() == 2


def test_who_waited_for_a_failure_does_not_wait_again() -> None:
    """A service that is down is asked once for all who wait, not once for each."""
    ticks, asked = count(), count(1)
    came, is_out, may_return = Semaphore(0), Event(), Event()

    def now() -> float:
        tick = next(ticks)
        came.release()
        return tick

    def ask() -> int:
        is_out.set()
        assert may_return.wait(30)
        raise InputError(f"failure {next(asked)}")

    shared = Shared(ask, now)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(shared.answer)
        assert is_out.wait(30)
        others = [pool.submit(shared.answer) for _ in range(3)]
        for _ in range(5):
            assert came.acquire(timeout=30)
        may_return.set()
        said = [str(one.exception(30)) for one in (first, *others)]
    assert said == ["failure 1", "failure 2", "failure 2", "failure 2"]
