"""Set-ups that are killed at any moment, and set-ups that meet: the next start works all the same.

They install small wheels from a folder, and the moments come from the number in a test's name. With
SET_UP_WITH=runtime in the environment, it is the whole runtime from the index, with uv and with
pip, and the start that has to work validates a spec.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.machine import SECONDS, Machine, wait_until
from harness.wheels import only_from, write_wheel
from launch.sealed import CONTENT, SEAL, Modules, Part
from launch.set_up import ABANDONED_SECONDS, settle

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups there")
REAL = os.environ.get("SET_UP_WITH") == "runtime"
INSTALLERS = ["uv", "pip"] if REAL else ["uv"]
TIMES = 20
MODULES = ("first", "second", "third")
READY = ["libraries", "package"]


def fresh(folder: Path, installer: str) -> Machine:
    """Return a machine with nothing set up and no cache to install from."""
    machine = Machine(folder)
    if REAL:
        machine.take_real_action()
        machine.env |= {f"{name}_CACHE_DIR": str(folder / "cache" / name) for name in ("UV", "PIP")}
    else:
        wheels = folder / "wheels"
        wheels.mkdir()
        lock = [write_wheel(wheels, name, MODULES) for name in ("spam", "eggs")]
        machine.take_lock("".join(lock))
        machine.env |= only_from(wheels, folder / "cache")
    if installer == "pip":
        (machine.bin / "python3").symlink_to(sys.executable)
        machine.env["PATH"] = f"{machine.bin}:{os.defpath}"
    return machine


def words(machine: Machine) -> list[str]:
    """Return a command line that comes to nothing unless all that it takes is there."""
    if REAL:
        example = machine.folder / "action/src/harmonica_session/examples/session.yml"
        return ["validate", str(example)]
    return [f"{name}.{module}" for name in ("spam", "eggs") for module in MODULES]


@pytest.fixture(scope="module", params=INSTALLERS)
def undisturbed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, float]:
    """An installer, and how many seconds pass on this machine from the first folder to the last."""
    installer: str = request.param
    machine = fresh(tmp_path_factory.mktemp("undisturbed"), installer)
    process = machine.begin(*words(machine))
    wait_until(machine.family.exists)
    begin = time.monotonic()
    wait_until(lambda: machine.made == READY)
    seconds = time.monotonic() - begin
    end = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, end
    return installer, seconds


@pytest.mark.parametrize("turn", range(TIMES))
def test_a_set_up_that_is_killed_at_any_moment_does_no_harm(
    undisturbed: tuple[str, float], tmp_path: Path, turn: int
) -> None:
    """The next start works, and a day later nothing is left of what was half made."""
    installer, seconds = undisturbed
    moment = (turn + Random(turn).random()) / TIMES * seconds  # noqa: S311 - no secret
    machine = fresh(tmp_path, installer)

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
    assert machine.made == READY
    assert [*(machine.folder / "temporary").iterdir()] == [*machine.workspace.iterdir()] == []


@pytest.mark.parametrize("turn", range(TIMES))
def test_two_set_ups_that_start_at_any_distance_both_end_well(
    undisturbed: tuple[str, float], tmp_path: Path, turn: int
) -> None:
    """Both run, and what stays is one set of folders and no draft."""
    installer, seconds = undisturbed
    # Mostly close together, where they meet at every step.
    distance = (turn / TIMES) ** 2 * seconds
    machine = fresh(tmp_path, installer)

    first = machine.begin(*words(machine))
    time.sleep(distance)
    second = machine.begin(*words(machine))
    ends = [process.communicate(timeout=SECONDS) for process in (first, second)]

    print(f"the second started {distance:.3f} s after the first")  # noqa: T201
    assert [first.returncode, second.returncode] == [0, 0], ends
    assert machine.made == READY


class Disturbed(Part):
    """A part whose final folder is just being replaced by another set-up when it is first read."""

    seen: list[Path] = []  # noqa: RUF012 - one test, one part

    def read(self, folder: Path) -> Modules | None:
        """Find nothing the first time."""
        self.seen.append(folder)
        return super().read(folder) if len(self.seen) > 1 else None


def test_a_folder_that_another_set_up_replaces_is_looked_at_again(tmp_path: Path) -> None:
    """The run goes on with the other one's folder, which is as good as its own was."""
    part = Disturbed("package", "final", b"", (tmp_path,))
    draft = tmp_path / "draft"
    (draft / CONTENT).mkdir(parents=True)
    (draft / CONTENT / "modules.marshal").write_bytes(b"{0")
    (draft / SEAL).write_bytes(part.seal(draft / CONTENT)[0])

    assert settle(part, draft).folder == tmp_path / "final" / CONTENT
