"""Python processes of the tests' own, for what only a process has: a folder, and variables.

It must not hand on any variable of this process but what Python and the system need to work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from harness.machine import SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def begin_python(*words: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start Python with these words and variables; all that it says is one stream."""
    return subprocess.Popen(  # noqa: S603 - the test's own words
        [sys.executable, *words],
        env=_environment(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def run_python(
    *words: str, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with these words and variables to its end.

    Args:
        words: What follows the name of the program.
        folder: Where it starts; None for the current one.
        env: All that it is to know besides where our modules are.
    """
    return subprocess.run(  # noqa: S603 - the test's own words
        [sys.executable, *words],
        cwd=folder,
        env=_environment(env or {}),
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=SECONDS,
    )


def at_terminal(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run our command line in a folder, without a key unless one is given."""
    return run_python("-m", "harmonica_session", *words, folder=folder, env=env)


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # Without it, Windows opens no socket.
    system = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    modules = os.pathsep.join(filter(None, sys.path))
    return {**system, "PYTHONPATH": modules, "PYTHONUTF8": "1", **env}
