"""Set-ups that are killed at any moment, and set-ups that meet: the next start works all the same.

They take small wheels, and the moments come from the number in a test's name. With
SET_UP_WITH=runtime in the environment, it is the whole runtime from the index, with uv and with
pip, and out of a release, and the start that has to work validates a spec.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.machine import MODULES, SECONDS, Machine, make_release, wait_until
from harness.wheels import EXTENSION
from launch.set_up import ABANDONED_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups there")
REAL = os.environ.get("SET_UP_WITH") == "runtime"
SOURCES = ["uv", "pip", "release"] if REAL else ["uv", "release"]
TIMES = 20 if REAL else 10
READY = (["carried"], ["installed"])


def fresh(folder: Path, source: str) -> Machine:
    """Return a machine with nothing set up, and what its libraries are to come from."""
    machine = Machine(folder)
    if REAL:
        machine.take_real_action()
    if source == "release":
        make_release(machine.launch, folder / "wheels")
    elif REAL:
        machine.take_index()
    if source == "pip":
        (machine.bin / "python3").symlink_to(sys.executable)
        machine.env["PATH"] = f"{machine.bin}:{os.defpath}"
    return machine


def words(machine: Machine) -> list[str]:
    """Return a command line that comes to nothing unless all that it takes is there."""
    if REAL:
        example = machine.folder / "action/src/harmonica_session/examples/session.yml"
        return ["validate", str(example)]
    return [f"{name}.{it}" for name in ("spam", "eggs") for it in MODULES] + [f"eggs.{EXTENSION}"]


@pytest.fixture(scope="module", params=SOURCES)
def undisturbed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, float]:
    """A source, and how many seconds pass on this machine from the first folder to the last."""
    source: str = request.param
    machine = fresh(tmp_path_factory.mktemp("undisturbed"), source)
    process = machine.begin(*words(machine))
    wait_until(machine.family.exists)
    begin = time.monotonic()
    wait_until(lambda: machine.made in READY)
    seconds = time.monotonic() - begin
    end = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, end
    return source, seconds


@pytest.mark.parametrize("turn", range(TIMES))
def test_a_set_up_that_is_killed_at_any_moment_does_no_harm(
    undisturbed: tuple[str, float], tmp_path: Path, turn: int
) -> None:
    """The next start works, and a day later nothing is left of what was half made."""
    source, seconds = undisturbed
    moment = (turn + Random(turn).random()) / TIMES * seconds  # noqa: S311 - no secret
    machine = fresh(tmp_path, source)

    process = machine.begin(*words(machine))
    wait_until(machine.family.exists)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    left = sorted(path.name for path in machine.family.iterdir())
    for draft in machine.family.glob(".draft-*"):
        os.utime(draft, (time.time() - ABANDONED_SECONDS - 60,) * 2)
    start = machine.start(*words(machine))

    # Shown with -rA, and when the test fails.
    print(f"killed after {moment:.3f} s of {seconds:.3f}, which left {left}")  # noqa: T201
    assert start.code == 0, start
    assert machine.made in READY
    assert [*(machine.folder / "private").iterdir()] == [*machine.workspace.iterdir()] == []


@pytest.mark.parametrize("turn", range(TIMES))
def test_two_set_ups_that_start_at_any_distance_both_end_well(
    undisturbed: tuple[str, float], tmp_path: Path, turn: int
) -> None:
    """Both run, and what stays is one folder and no draft."""
    source, seconds = undisturbed
    # Mostly close together, where they meet at every step.
    distance = (turn / TIMES) ** 2 * seconds
    machine = fresh(tmp_path, source)

    first = machine.begin(*words(machine))
    time.sleep(distance)
    second = machine.begin(*words(machine))
    ends = [process.communicate(timeout=SECONDS) for process in (first, second)]

    print(f"the second started {distance:.3f} s after the first")  # noqa: T201
    assert [first.returncode, second.returncode] == [0, 0], ends
    assert machine.made in READY
