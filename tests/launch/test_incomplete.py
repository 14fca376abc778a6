"""A release whose wheels are not those of its lock: nothing is set up from it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.runner import commands_in, outputs_of
from launch.libraries import label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
FITTING = label()
CASES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda it: next(it.glob("any/*")).unlink(), "has no wheel of spam."),
    "for this Python missing": (
        lambda it: next(it.glob(f"{FITTING}/*")).unlink(),
        "has no wheel of eggs.",
    ),
    "renamed": (
        lambda it: next(it.glob("any/*")).rename(it / "any/ham-1.0.whl"),
        "ham-1.0.whl in the action's folder is not the file",
    ),
    "another under its name": (
        lambda it: next(it.glob(f"{FITTING}/*")).replace(next(it.glob("any/*"))),
        "spam-1.0-py3-none-any.whl in the action's folder is not the file",
    ),
    "one more": (
        lambda it: (it / "any/ham-1.0.whl").write_bytes(b""),
        "ham-1.0.whl in the action's folder is not the file",
    ),
    "a folder": (lambda it: (it / "any/ham").mkdir(), "The action cannot be loaded"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_incomplete_release_is_refused(released: Machine, case: str) -> None:
    """One line says what is wrong, before anything is imported; no folder is blamed for it."""
    spoil, message = CASES[case]
    spoil(released.launch / "wheels")

    start = released.start()

    assert (start.code, start.stderr) == (1, "")
    (command,) = commands_in(start.stdout)
    assert message in command.message
    assert "No folder" not in command.message
    assert start.stdout.count("\n") == 1
    assert outputs_of(released.folder / "output") == {"status": "failed"}
    assert released.made == []
