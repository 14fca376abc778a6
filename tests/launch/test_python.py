"""Which Python the action runs with; scripts play the Pythons."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harmonica_session.report.troubleshooting import PAGE

if TYPE_CHECKING:
    from pathlib import Path

    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")


def python(machine: Machine, path: str, version: str, label: str = "any-label") -> Path:
    """Write a program that answers as a Python of this version and says when it is used."""
    return machine.write(
        path,
        f"""#!{sys.executable} -IS
import sys
if "-c" in sys.argv:
    print("{version}", "{label}", sys.argv[0], end="")
else:
    print("{version} runs", *sys.argv[1:])
""",
    )


@pytest.fixture
def bare(machine: Machine) -> Machine:
    """A machine without a Python on PATH."""
    machine.env["PATH"] = str(machine.bin)
    return machine


def test_python_is_started_isolated_with_launch_py(bare: Machine) -> None:
    """Neither site-packages nor the environment nor the working folder can add a module."""
    python(bare, "bin/python3", "3.12")

    start = bare.start("action", "two words")

    script = bare.launch / "launch.py"
    assert start.stdout == f"3.12 runs -I -S -X utf8 {script} action two words\n"


def test_the_action_is_found_by_a_relative_path_too(bare: Machine) -> None:
    """A newcomer types one; CDPATH, which leads `cd` elsewhere, has no part in it."""
    python(bare, "bin/python3", "3.12")
    (bare.folder / "home" / "action" / "src" / "launch").mkdir(parents=True)

    start = bare.at_terminal(CDPATH=str(bare.folder / "home"), launcher="../action/src/launch")

    assert str(bare.launch / "launch.py") in start.stdout


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.14", "3.20"])
def test_any_python_from_3_10_on_will_do(bare: Machine, version: str) -> None:
    """Versions are compared as numbers."""
    python(bare, "bin/python3", version)

    assert bare.start().stdout.startswith(f"{version} runs")


@pytest.mark.parametrize("version", ["2.7", "3.9", "4.0"])
def test_another_python_is_passed_over(bare: Machine, version: str) -> None:
    """A later program on PATH is taken when the first is unsuitable."""
    python(bare, "bin/python3", version)
    python(bare, "home/python", "3.13")
    bare.env["PATH"] += f":{bare.folder / 'home'}"

    assert bare.start().stdout.startswith("3.13 runs")


# What is taken from the Python of the tests before it is asked what it can do.
SPOILT = {
    "ssl": "sys.modules['_ssl'] = None",
    "the module ssl": "hide('ssl')",
    "hmac": "hide('hmac')",
    "zipfile": "hide('zipfile')",
    "extension modules": "import importlib.machinery as it; it.EXTENSION_SUFFIXES.clear()",
}


def spoilt(machine: Machine, path: str, lines: str) -> None:
    """Write a program that is the Python of the tests after these lines."""
    machine.write(
        path,
        f"""#!{sys.executable} -IS
import sys
from importlib.machinery import PathFinder
def hide(hidden):
    find = PathFinder.find_spec
    PathFinder.find_spec = lambda name, *more: None if name == hidden else find(name, *more)
{lines}
exec(sys.argv[sys.argv.index("-c") + 1])
""",
    )


@pytest.mark.parametrize("lines", SPOILT.values(), ids=SPOILT)
def test_a_python_that_lacks_something_is_passed_over(bare: Machine, lines: str) -> None:
    """The next one on PATH is taken, and where there is none the error says what it lacks."""
    spoilt(bare, "bin/python3", lines)

    alone = bare.start()
    python(bare, "home/python3", "3.13")
    both = bare.start(PATH=f"{bare.bin}:{bare.folder}/home")

    assert both.stdout.startswith("3.13 runs"), both
    assert f"{bare.bin}/python3 is Python 3." in alone.stdout
    assert "without ssl, hmac or extension modules" in alone.stdout


def test_nothing_is_missing_from_the_python_of_the_tests(bare: Machine) -> None:
    """It is taken when nothing is taken away from it."""
    spoilt(bare, "bin/python3", "")

    assert bare.start("spam.first").told["modules"].keys() == {"spam.first"}


def test_a_python_that_the_release_has_libraries_for_is_preferred(bare: Machine) -> None:
    """An earlier one on PATH would have to wait for an installation."""
    (bare.launch / "wheels/cpython-312-here").mkdir(parents=True)
    python(bare, "bin/python3", "3.13", "cpython-313-here")
    python(bare, "home/python3", "3.12", "cpython-312-here")
    bare.env["PATH"] += f":{bare.folder / 'home'}"

    assert bare.start().stdout.startswith("3.12 runs")


def test_a_python_that_the_release_has_no_libraries_for_will_do(bare: Machine) -> None:
    """The first of them, where there is none better."""
    (bare.launch / "wheels/cpython-312-here").mkdir(parents=True)
    python(bare, "bin/python3", "3.13", "cpython-313-here")
    python(bare, "bin/python", "3.11", "cpython-311-here")

    assert bare.start().stdout.startswith("3.13 runs")
    assert bare.start(INPUT_PYTHON_PATH="python").stdout.startswith("3.11 runs")


def test_a_stub_that_only_points_to_a_shop_is_passed_over(bare: Machine) -> None:
    """Windows has a python3 that prints advice and fails."""
    bare.write("bin/python3", "#!/bin/sh\necho 'Python was not found'\nexit 49\n")
    python(bare, "bin/python", "3.12")

    assert bare.start().stdout.startswith("3.12 runs")


def test_the_windows_launcher_is_asked_for_python_3(bare: Machine) -> None:
    """Where there is only `py`, `py -3` leads to a Python."""
    path = python(bare, "home/real", "3.12")
    bare.write("bin/py", f'#!/bin/sh\n[ "$1" = -3 ] && shift && exec {path} "$@"\n')

    assert bare.start().stdout.startswith("3.12 runs")


def test_the_tool_cache_is_the_last_resort(bare: Machine) -> None:
    """The runner brings Pythons that are not on PATH; one of those that will do is taken."""
    for version in ("3.8.2", "3.9.18", "3.12.13"):
        python(bare, f"tools/Python/{version}/x64/bin/python3", version.rpartition(".")[0])
    bare.write("tools/Python/3.10.0/x64/bin/python3", "#!/bin/sh\nexit 1\n")

    start = bare.start(RUNNER_TOOL_CACHE=f"{bare.folder}/tools")

    assert start.stdout.startswith("3.12 runs")


def test_without_a_python_one_annotation_says_what_to_add(bare: Machine) -> None:
    """The step fails with a single line, a summary, and an output that says so."""
    python(bare, "bin/python3", "3.9")

    start = bare.start()

    assert start.code == 1
    assert start.stdout.count("\n") == 1
    assert start.stdout.startswith("::error title=No suitable Python::")
    for words in ("3.10", f"{bare.bin}/python3 is Python 3.9", "setup-python", "python-path"):
        assert words in start.stdout
    assert (bare.folder / "output").read_text() == "status=failed\n"
    summary = (bare.folder / "summary").read_text()
    assert "setup-python" in summary
    assert summary.endswith(f"[What to do about it]({PAGE}#needs-python-310-or-newer)\n")


def test_at_a_terminal_the_line_is_plain(bare: Machine) -> None:
    """Outside GitHub Actions there are no workflow commands, and nothing goes to stdout."""
    start = bare.at_terminal()

    assert start.code == 1
    assert start.stderr.startswith("error: The Harmonica session action needs Python 3.10")
    assert start.stdout == ""


def test_python_path_is_used_whatever_else_there_is(bare: Machine) -> None:
    """The input wins over PATH; white space around it does not count."""
    python(bare, "bin/python3", "3.12")
    given = python(bare, "home/my python", "3.11")

    assert bare.start(INPUT_PYTHON_PATH=f" {given}\n").stdout.startswith("3.11 runs")


def test_python_path_may_name_a_command(bare: Machine) -> None:
    """A name without a folder is looked up on PATH."""
    python(bare, "bin/python3", "3.12")
    python(bare, "bin/python3.11", "3.11")

    assert bare.start(INPUT_PYTHON_PATH="python3.11").stdout.startswith("3.11 runs")


def test_python_path_may_lead_into_the_checkout(bare: Machine) -> None:
    """Who names a Python by a relative path gets that of the workspace, or of where one is."""
    python(bare, "workspace/.venv/bin/python", "3.11")

    for start in (bare.start, bare.at_terminal):
        assert start(INPUT_PYTHON_PATH=".venv/bin/python").stdout.startswith("3.11 runs")


@pytest.mark.parametrize("given", ["{folder}/home/python", "{folder}/nowhere", "nothing"])
def test_an_unsuitable_python_path_is_an_error(bare: Machine, given: str) -> None:
    """Nothing else is taken in its stead."""
    python(bare, "bin/python3", "3.12")
    python(bare, "home/python", "3.9")
    given = given.format(folder=bare.folder)

    start = bare.start(INPUT_PYTHON_PATH=given)

    assert start.code == 1
    assert start.stdout.startswith("::error title=No suitable Python::The input python-path is")
    assert given in start.stdout
    assert ("is Python 3.9" in start.stdout) == given.endswith("python")


def test_an_input_cannot_smuggle_in_a_workflow_command(bare: Machine) -> None:
    """Line breaks and percent signs in the error line are escaped."""
    start = bare.start(INPUT_PYTHON_PATH="no\n::set-env name=A::b%0A")

    assert start.stdout.count("\n") == 1
    assert "'no%0A::set-env name=A::b%250A'" in start.stdout


def test_a_python_of_the_checkout_is_not_started(bare: Machine) -> None:
    """Neither an absolute nor a relative entry of PATH leads into the workspace."""
    python(bare, "workspace/bin/python3", "3.13")
    python(bare, "workspace/python3", "3.13")
    python(bare, "home/python3", "3.12")
    link = bare.folder / "link"
    link.symlink_to(bare.workspace)
    entries = (bare.workspace / "bin", "bin", ".", "", link, bare.folder / "home")
    bare.env["PATH"] = ":".join(map(str, entries))

    assert bare.start().stdout.startswith("3.12 runs")


def test_a_shim_does_not_follow_the_checkout(bare: Machine) -> None:
    """Version managers look for .python-version in the working folder, which is another one."""
    bare.write("workspace/.python-version", "evil")
    real = python(bare, "home/real", "3.12")
    bare.write("bin/python3", f'#!/bin/sh\n[ -e .python-version ] && exit 1\nexec {real} "$@"\n')

    assert bare.start().stdout.startswith("3.12 runs")
