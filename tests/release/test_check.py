"""The check of what a release tag holds, as somebody runs it who has cloned the tag."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from harness.process import run_python
from harness.releases import SCRIPTS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="releases are made on Linux")
MEASURE = """
import runpy, sys
from pathlib import Path
print(runpy.run_path(sys.argv[1])["_download_bytes"](Path(sys.argv[2])))
"""


def download_bytes(tree: Path) -> int:
    """Return how large the check says that the download is."""
    return int(run_python("-c", MEASURE, str(SCRIPTS / "check.py"), str(tree)).stdout)


def test_a_clone_s_own_history_is_no_part_of_the_download(tmp_path: Path) -> None:
    """It holds the same wheels once more, and would make it twice as large."""
    (tmp_path / "action.yml").write_text("name: An action\n")
    before = download_bytes(tmp_path)
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    (tmp_path / ".git" / "objects" / "pack").write_bytes(random.randbytes(100_000))  # noqa: S311 - incompressible
    assert download_bytes(tmp_path) < before + 1_000
    (tmp_path / ".gitattributes").write_bytes(random.randbytes(100_000))  # noqa: S311 - incompressible
    assert download_bytes(tmp_path) > before + 100_000
