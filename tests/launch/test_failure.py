"""Whatever goes wrong before the package runs is one annotation and a failed step."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from harmonica_session.report.troubleshooting import PAGE
from harness.runner import commands_in, outputs_of
from launch.libraries import label

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.machine import Machine, Start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
TAG = str(sys.implementation.cache_tag)
PACKAGE = "action/src/harmonica_session"


def cut(machine: Machine, path: str) -> None:
    """Leave half of a file of the launcher."""
    file = machine.launch / path
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def title_of(start: Start) -> str:
    """Return the title of the one thing that a start said."""
    assert start.code == 1, start
    assert start.stderr == ""
    (command,) = commands_in(start.stdout)
    assert start.stdout.count("\n") == 1
    assert command.name == "error"
    assert command.message.endswith(".")
    return command.properties["title"]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda it: it.write(f"{PACKAGE}/cli.py", "def"), id="syntax"),
        pytest.param(lambda it: it.write(f"{PACKAGE}/cli.py", "import no_such"), id="import"),
        pytest.param(lambda it: it.write(f"{PACKAGE}/cli.py", "\n\n1 / 0"), id="zero"),
        pytest.param(lambda it: (it.folder / f"{PACKAGE}/cli.py").unlink(), id="no package"),
        pytest.param(lambda it: (it.launch / "runtime.txt").unlink(), id="no lock"),
        pytest.param(lambda it: (it.launch / "set_up.py").unlink(), id="no set-up"),
        pytest.param(lambda it: (it.launch / "libraries.py").write_text("def"), id="launcher"),
        pytest.param(lambda it: cut(it, f"byte-code/{TAG}"), id="byte code"),
        pytest.param(
            lambda it: next(it.launch.glob(f"wheels/{label()}/*")).unlink(), id="no wheel"
        ),
        pytest.param(lambda it: (it.launch / "wheels/any").rename(it.bin / "any"), id="no wheels"),
    ],
)
def test_a_spoilt_action_is_one_annotation(
    released: Machine, spoil: Callable[[Machine], object]
) -> None:
    """No traceback, whatever is missing or damaged of what a runner has downloaded."""
    released.write(f"{PACKAGE}/cli.py", "import eggs\n")
    spoil(released)

    assert title_of(released.start()) == "Setup failed"
    assert outputs_of(released.folder / "output") == {"status": "failed"}
    summary = (released.folder / "summary").read_text("utf-8")
    assert "Setup failed" in summary
    assert "Nothing was created." in summary
    assert summary.endswith(f"[What to do about it]({PAGE}#starting-the-action)\n")


@pytest.mark.parametrize("python", ["", "nowhere"], ids=["set-up fails", "there is no Python"])
@pytest.mark.parametrize("place", ["{0}", "{0}/nowhere/file", "{0}/b\udcffd/file", ""])
def test_the_runner_s_files_may_be_out_of_reach(released: Machine, python: str, place: str) -> None:
    """The annotation is all there is then."""
    place = place.format(released.folder)
    (released.launch / "runtime.txt").unlink()

    start = released.start(INPUT_PYTHON_PATH=python, GITHUB_OUTPUT=place, GITHUB_STEP_SUMMARY=place)

    assert title_of(start) == ("No suitable Python" if python else "Setup failed")


def test_a_path_that_is_no_text_is_told_of_all_the_same(released: Machine) -> None:
    """The summary has it, with a stand-in for what cannot be written."""
    odd = os.fsdecode(os.fsencode(released.folder) + b"/\xff")
    released.within = ("/bin/sh", "-c", 'ulimit -f 1; exec "$@"', "sh")

    start = released.start(RUNNER_TEMP=odd)

    assert start.code == 1
    assert start.stderr == ""
    assert f"{released.folder}/?" in (released.folder / "summary").read_text("utf-8")


def test_at_a_terminal_it_is_a_line_beside_the_output(released: Machine) -> None:
    """Outside GitHub Actions nothing is written for a runner."""
    (released.launch / "runtime.txt").unlink()

    start = released.at_terminal()

    assert (start.code, start.stdout) == (1, "")
    assert start.stderr.startswith("error: ")
    assert start.stderr.count("\n") == 1
