"""What a set-up and a start weigh, in counts and bytes, so that nobody adds to it unnoticed."""

from __future__ import annotations

import marshal
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.machine import BASH, LAUNCH
from launch.sealed import CONTENT, MODULES

if TYPE_CHECKING:
    from pathlib import Path

    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
PACKAGES = {"actions_toolkit", "annotated_types", "certifi", "h11", "httpcore", "httpx", "idna"} | {
    *("_yaml", "jinja2", "markupsafe", "pydantic", "pydantic_core", "typing_extensions"),
    *("typing_inspection", "yaml"),
}
if sys.platform == "darwin":
    # The keychain is asked through it; Linux keeps files.
    PACKAGES |= {"truststore"}
# Names every process of the shell in its trace.
TRACED = """PS4='process $BASHPID: '; set -x; . "$0" "$@" """


def files(folder: Path) -> list[Path]:
    """Return the files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def modules(folder: Path) -> set[str]:
    """Return the names of the modules that were compiled for a part."""
    return {*marshal.loads((folder / CONTENT / MODULES).read_bytes())}  # noqa: S302 - our own


def test_the_whole_runtime_is_this_large(machine: Machine) -> None:
    """A start reads and checks all of it, so it has its packages and a bound on everything."""
    machine.take_real_action()
    example = machine.folder / "action/src/harmonica_session/examples/session.yml"

    start = machine.start("validate", str(example))

    assert start.code == 0, start
    libraries, package = machine.part("libraries"), machine.part("package")
    beside = {path.relative_to(libraries / CONTENT) for path in files(libraries / CONTENT)}
    names = modules(libraries)
    tops = {name.partition(".")[0] for name in names}
    assert tops | {path.parts[0] for path in beside} == PACKAGES | {MODULES}
    assert len(names) <= 225
    assert len(beside) <= 40
    assert sum(path.stat().st_size for path in files(libraries)) <= 15_000_000
    assert len(modules(package)) == len([*(LAUNCH.parent / "harmonica_session").rglob("*.py")])
    assert sum(path.stat().st_size for path in files(package)) <= 1_700_000


def test_a_later_start_asks_one_python_and_becomes_it(ready_machine: Machine) -> None:
    """The shell starts two processes, one to list the Pythons and one to ask the first of them."""
    said = subprocess.check_output([BASH, "-c", "echo ${BASHPID-}"], text=True)  # noqa: S603 - a shell
    if not said.strip():
        pytest.skip("this bash does not tell its processes apart")
    env = {**ready_machine.env, "INPUT_API_KEY": ""}

    shell = subprocess.run(  # noqa: S603 - the test's own words
        [BASH, "-c", TRACED, ready_machine.script, "h11"],
        cwd=ready_machine.workspace,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )

    assert len({*re.findall(r"^p+rocess (\d+): ", shell.stderr, flags=re.MULTILINE)}) == 3


def test_a_later_start_imports_nothing_that_only_set_up_needs(ready_machine: Machine) -> None:
    """No way to start another process is even imported, and nothing of the installation."""
    imported = {*ready_machine.start().told["imported"]}

    needless = {"subprocess", "concurrent.futures", "threading", "tempfile", "shutil", "socket"}
    assert imported & needless == set()
    assert {name for name in imported if name.startswith("launch")} == {"launch", "launch.sealed"}
