"""The folder that set-up makes: when it counts as ready, and what becomes of a damaged one."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from harness.machine import SECONDS, wait_until
from harness.wheels import EXTENSION
from launch.libraries import CONTENT, LIST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
ALL = ("spam.first", "eggs.second", f"eggs.{EXTENSION}")


def installer(machine: Machine, text: str) -> None:
    """Put a uv before the real one; `run()` in its text goes on to that one."""
    machine.write(
        "bin/uv",
        f"""#!{sys.executable} -IS
import os, pathlib, sys, time
folder = pathlib.Path({str(machine.folder)!r})
def run():
    os.environ["PATH"] = os.environ["PATH"].partition(":")[2]
    os.execvp("uv", ["uv", *sys.argv[1:]])
{text}""",
    )


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with their content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_first_start_sets_up_and_runs(either: Machine) -> None:
    """The program finds its libraries and starts isolated; the extension module is the job's."""
    start = either.start(*ALL)

    assert start.code == 0, start
    assert start.stderr == ""
    assert "Output of" not in start.stdout  # so no installer failed before another did it
    assert start.told["argv"] == [*ALL]
    assert start.told["flags"] == {"isolated": 1, "no_site": 1, "utf8_mode": 1}
    assert start.told["modules"][f"eggs.{EXTENSION}"].startswith(str(either.ready / CONTENT))


def test_the_exit_code_is_the_program_s_own(released: Machine) -> None:
    """What the program returns decides about the step."""
    assert released.start("fail").code == 7


def test_a_later_step_of_the_job_finds_what_the_first_made(either: Machine) -> None:
    """It installs and writes nothing, and asks nobody for anything."""
    either.start(*ALL)
    installer(either, '(folder / "called").touch()\n')
    before = everything(either.folder)

    start = either.start(*ALL)

    assert start.code == 0, start
    assert start.stdout.count("\n") == 1
    assert everything(either.folder) == before


def test_nothing_is_written_but_the_folder_of_the_job(either: Machine) -> None:
    """Action, checkout, home, the runner's files and what serves as /tmp stay as they are."""
    before = everything(either.folder)

    start = either.start(*ALL)

    assert start.code == 0, start
    after = everything(either.folder)
    new = {path for path in after if not path.startswith("temporary/")} - before.keys()
    assert new == {"step.sh"}
    assert before.items() <= after.items()
    assert not [*(either.folder / "private").iterdir()]
    assert either.made in (["carried"], ["installed"])


def test_installed_libraries_are_compiled_once(machine: Machine) -> None:
    """PYTHONDONTWRITEBYTECODE does not make every start compile anew."""
    machine.start("spam.first", PYTHONDONTWRITEBYTECODE="1")

    compiled = {path.name.partition(".")[0] for path in machine.ready.rglob("*.pyc")}
    assert {"cli", "first"} <= compiled


def test_a_new_lock_is_set_up_beside_the_old(ready_machine: Machine) -> None:
    """Libraries never come from another version of the action."""
    lock = (ready_machine.launch / "runtime.txt").read_text("utf-8")
    ready_machine.take_lock(f"# new\n{lock}")

    assert ready_machine.start(*ALL).code == 0
    assert ready_machine.made == ["installed", "installed"]


def replaced(path: Path) -> Path:
    """Remove a file or a folder; return where it was."""
    path.rename(path.with_name(f"{path.name}.gone"))
    return path


def altered(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Write a file with another content."""
    path.write_bytes(change(path.read_bytes()))


def cut_at_a_line(data: bytes) -> bytes:
    """Return a text without its last line."""
    return b"".join(data.splitlines(keepends=True)[:-1])


def flipped(data: bytes) -> bytes:
    """Return data with one bit changed in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


FILE = f"{CONTENT}/eggs/{EXTENSION}"
DAMAGE: list[tuple[str, str, Callable[[Path], object]]] = [
    ("cut", FILE, lambda path: altered(path, lambda data: data[: len(data) // 2])),
    ("one bit", FILE, lambda path: altered(path, flipped)),
    ("emptied", FILE, lambda path: path.write_bytes(b"")),
    ("missing", FILE, replaced),
    ("a folder", FILE, lambda path: replaced(path).mkdir()),
    ("a FIFO", FILE, lambda path: os.mkfifo(replaced(path))),
    ("a device", FILE, lambda path: replaced(path).symlink_to("/dev/zero")),
    ("content missing", CONTENT, replaced),
    ("list cut", LIST, lambda path: altered(path, lambda data: data[:-3])),
    ("list without a line", LIST, lambda path: altered(path, cut_at_a_line)),
    ("list emptied", LIST, lambda path: path.write_bytes(b"")),
    ("list garbled", LIST, lambda path: path.write_bytes(b"\xff\0 \n\n ..")),
    ("list missing", LIST, replaced),
    ("list a folder", LIST, lambda path: replaced(path).mkdir()),
    ("list a FIFO", LIST, lambda path: os.mkfifo(replaced(path))),
    ("all a file", "", lambda path: replaced(path).write_bytes(b"")),
    ("all a FIFO", "", lambda path: os.mkfifo(replaced(path))),
    ("all a link to nowhere", "", lambda path: replaced(path).symlink_to("nowhere")),
    ("all an empty folder", "", lambda path: replaced(path).mkdir()),
]


@pytest.mark.parametrize(
    ("file", "damage"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE]
)
def test_a_damaged_folder_is_made_anew(
    released: Machine, file: str, damage: Callable[[Path], object]
) -> None:
    """Whatever has become of it, the next start sets up once more, and the one after uses that."""
    released.start()
    ready = released.ready
    whole = everything(ready)
    damage(ready / file if file != FILE else next(ready.glob(f"{FILE}*")))

    start = released.start(*ALL)

    assert start.code == 0, start
    assert start.stderr == ""
    assert everything(ready) == whole
    before = everything(released.family)
    assert released.start(*ALL).code == 0
    assert everything(released.family) == before


def test_damaged_installed_libraries_are_installed_anew(ready_machine: Machine) -> None:
    """A file that is missing, of those that are no extension modules, too."""
    (ready_machine.ready / CONTENT / "spam/first.py").unlink()

    start = ready_machine.start(*ALL)

    assert start.code == 0, start
    assert "Installing" in start.stdout
    assert "Installing" not in ready_machine.start(*ALL).stdout


def test_byte_code_that_was_cut_off_fails_one_start_at_most(machine: Machine) -> None:
    """Python does not see such damage before it runs into it; the start after makes it anew."""
    machine.start()
    (compiled,) = machine.ready.rglob("cli.*.pyc")
    altered(compiled, lambda data: data[:40])

    first, second = machine.start(), machine.start()

    assert first.stdout.startswith("::error title=Setup failed::"), first
    assert first.stderr == ""
    assert second.code == 0, second


def test_a_set_up_that_was_cut_off_does_no_harm(machine: Machine) -> None:
    """Killed in the middle of an installation, it leaves nothing that a later one would use."""
    installer(
        machine,
        """
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
(target / "spam").mkdir(parents=True)
(target / "spam" / "__init__.py").write_text("raise SystemExit('half')")
(folder / "half").touch()
time.sleep(600)
""",
    )
    process = machine.begin(*ALL)
    wait_until((machine.folder / "half").exists)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    (machine.bin / "uv").unlink()

    start = machine.start(*ALL)

    assert start.code == 0, start
    assert "half" not in start.stdout + start.stderr


def test_two_set_ups_at_once_both_end_well(machine: Machine) -> None:
    """Both install, one of them wins the name, and no draft stays behind."""
    installer(
        machine,
        """
(folder / f"started-{os.getpid()}").touch()
while len([*folder.glob("started-*")]) < 2:
    time.sleep(0.01)
run()
""",
    )
    processes = [machine.begin(*ALL) for _ in range(2)]
    ends = [process.communicate(timeout=SECONDS) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], ends
    assert machine.made == ["installed"]
    assert "Installing" not in machine.start(*ALL).stdout


def test_drafts_that_nobody_works_at_are_removed_in_the_end(released: Machine) -> None:
    """After a day what a cut-off set-up left goes away; a newer one may still be at work."""
    for name, age in ((".draft-old", 90_000), (".draft-new", 60)):
        (released.family / name).mkdir(parents=True)
        os.utime(released.family / name, (time.time() - age,) * 2)

    released.start()

    assert [path.name for path in released.family.glob(".draft-*")] == [".draft-new"]
