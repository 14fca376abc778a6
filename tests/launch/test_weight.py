"""What a set-up and a start weigh, in counts and bytes, so that nobody adds to it unnoticed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from harness.machine import BASH, Machine, make_release
from launch.libraries import CONTENT

if TYPE_CHECKING:
    from pathlib import Path

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
# Starts the launcher as launch.sh does, and then tells which files were opened.
OPENED = """
import atexit, json, os, runpy, sys
found = []
sys.addaudithook(lambda name, words: name == "open" and found.append(str(words[0])))
atexit.register(lambda: os.write(2, json.dumps(found).encode()))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def files(folder: Path) -> list[Path]:
    """Return the files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def example(machine: Machine) -> str:
    """Return the path of a spec that the action brings along."""
    return str(machine.folder / "action/src/harmonica_session/examples/session.yml")


def opened(machine: Machine) -> Counter[str]:
    """Return how often a start has opened files of the machine, by the first part of their path."""
    words = ["-I", "-S", "-X", "utf8", "-c", OPENED, str(machine.launch / "launch.py")]
    run = subprocess.run(  # noqa: S603 - the test's own words
        [sys.executable, *words, "validate", example(machine)],
        env=machine.env,
        capture_output=True,
        check=True,
        text=True,
    )
    root = f"{machine.folder}/"
    paths = [path.removeprefix(root) for path in json.loads(run.stderr) if path.startswith(root)]
    kinds = {"temporary": "job's", "action/src/launch/wheels": "wheels"}
    return Counter(
        next((kind for start, kind in kinds.items() if path.startswith(start)), "action's")
        for path in paths
    )


def test_the_whole_runtime_is_this_large(machine: Machine) -> None:
    """Where it is installed, a start checks all of it, so it has its packages and a bound."""
    machine.take_real_action()

    start = machine.start("validate", example(machine))

    assert start.code == 0, start
    content = machine.ready / CONTENT
    names = {path.relative_to(content).parts[0] for path in files(content)}
    tops = {name.partition(".")[0] for name in names if not name.endswith(".dist-info")}
    # What installers and actions-toolkit leave beside them.
    assert tops - {"bin", "tests", ""} == PACKAGES
    assert len(files(content)) <= 400
    assert sum(path.stat().st_size for path in files(content)) <= 15_000_000


def test_a_release_weighs_this_much(machine: Machine) -> None:
    """A job gets no more than its extension modules, and a later start reads few files.

    Its byte code is one file for all; only a package with data is imported from its wheel.
    """
    machine.take_real_action()
    make_release(machine.launch, machine.folder / "wheels")

    start = machine.start("validate", example(machine))

    assert start.code == 0, start
    written = files(machine.ready)
    assert len(written) <= 5
    assert sum(path.stat().st_size for path in written) <= 9_000_000
    byte_code = machine.launch / "byte-code" / str(sys.implementation.cache_tag)
    assert byte_code.stat().st_size <= 4_500_000
    counts = opened(machine)
    assert counts["job's"] <= 10
    # Each wheel's directory is read once, when something is looked for that nobody has.
    assert counts["wheels"] <= len([*machine.launch.glob("wheels/*/*.whl")]) + 1
    # Of the package, each module's own source, whose byte code it has to be.
    ours = len([*(machine.folder / "action/src/harmonica_session").rglob("*.py")])
    assert counts["action's"] <= ours + 15


def test_a_later_start_asks_one_python_and_becomes_it(released: Machine) -> None:
    """The shell starts two processes, one to list the Pythons and one to ask the first of them."""
    released.start()
    said = subprocess.check_output([BASH, "-c", "echo ${BASHPID-}"], text=True)  # noqa: S603 - a shell
    if not said.strip():
        pytest.skip("this bash does not tell its processes apart")

    shell = subprocess.run(  # noqa: S603 - the test's own words
        [BASH, "-c", TRACED, str(released.launch / "launch.sh"), "spam.first"],
        cwd=released.folder / "action",
        env=released.env,
        capture_output=True,
        text=True,
        check=True,
    )

    assert len({*re.findall(r"^p+rocess (\d+): ", shell.stderr, flags=re.MULTILINE)}) == 3


def test_a_later_start_imports_nothing_that_only_set_up_needs(either: Machine) -> None:
    """No way to start another process is even imported, and nothing of the installation."""
    either.start()

    imported = {*either.start().told["imported"]}

    needless = {"subprocess", "concurrent.futures", "threading", "tempfile", "shutil", "socket"}
    needless |= {"zipfile", "hashlib"} if either.made == ["carried"] else {"zipfile"}
    assert imported & needless == set()
    assert {it for it in imported if it.startswith("launch")} == {"launch", "launch.libraries"}
