"""What a release is built from, and where it is not built at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="releases are built elsewhere")


def test_a_copy_without_history_is_refused(tmp_path: Path) -> None:
    """One line says why, and no folder is left behind."""
    shutil.copytree(PROJECT / ".github/release", tmp_path / "copy/.github/release")
    build = str(tmp_path / "copy/.github/release/build")

    run = subprocess.run(  # noqa: S603 - our own
        ["bash", build, str(tmp_path / "tree")],  # noqa: S607 - the one that users have
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path)},
    )

    assert run.returncode == 1
    assert run.stderr == "error: a release is built from a clone\n"
    assert not (tmp_path / "tree").exists()


def test_a_relative_folder_is_the_caller_s(tmp_path: Path) -> None:
    """As it is for the other scripts; here it is refused because something is in it."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").touch()
    run = subprocess.run(  # noqa: S603 - our own
        ["bash", str(PROJECT / ".github/release/build"), "tree"],  # noqa: S607 - the one that users have
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == f"error: {tmp_path}/tree is not empty\n"
