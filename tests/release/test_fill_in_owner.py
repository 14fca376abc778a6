"""The repository that releases, filled in where its name is left open."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.machine import BASH
from harness.releases import PLACEHOLDER, SCRIPTS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="releases are made on Linux")
ROOT = Path(__file__).resolve().parents[2]
NAME = "octo/their-action"


def fill_in(folder: Path, name: str = NAME) -> subprocess.CompletedProcess[str]:
    """Run the script over a folder."""
    command = [BASH, str(SCRIPTS / "fill_in_owner"), str(folder), name]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8")  # noqa: S603 - the test's own words


def test_every_file_of_a_tree_is_filled_in(tmp_path: Path) -> None:
    """The name stands in workflows and texts, whatever follows it; the rest stays as it is."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "w.yml").write_text(f"uses: {PLACEHOLDER}/.github/w.yml@v1\n")
    (tmp_path / "README.md").write_text(f"`{PLACEHOLDER}@v1`, https://github.com/{PLACEHOLDER}\nx")
    (tmp_path / "README.md").chmod(0o755)
    (tmp_path / "other.txt").write_text("OWNER, harmonica-session-action\n\n")
    (tmp_path / "some.whl").write_bytes(b"\0\r\n")
    assert fill_in(tmp_path).returncode == 0
    assert (tmp_path / ".github" / "w.yml").read_text() == f"uses: {NAME}/.github/w.yml@v1\n"
    assert (tmp_path / "README.md").read_text() == f"`{NAME}@v1`, https://github.com/{NAME}\nx"
    assert (tmp_path / "README.md").stat().st_mode & 0o111
    assert (tmp_path / "other.txt").read_text() == "OWNER, harmonica-session-action\n\n"
    assert (tmp_path / "some.whl").read_bytes() == b"\0\r\n"


def test_lines_that_are_true_until_then_go(tmp_path: Path) -> None:
    """What README says of the open name would be wrong afterwards."""
    # Written out, this line would go as well.
    [mark] = re.findall("until_then='(.+)'", (SCRIPTS / "fill_in_owner").read_text("utf-8"))
    text = f"Use {PLACEHOLDER}@v1.\n\nPut a name. {mark}\n\nMore.\n"
    (tmp_path / "README.md").write_text(text)
    assert fill_in(tmp_path).returncode == 0
    assert (tmp_path / "README.md").read_text() == f"Use {NAME}@v1.\n\n\nMore.\n"


def test_byte_code_that_leaves_it_open_is_an_error(tmp_path: Path) -> None:
    """Byte code of a file that was filled in too late would say something else than the file."""
    (tmp_path / "some.pyc").write_bytes(b"\0" + PLACEHOLDER.encode())
    done = fill_in(tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: ./some.pyc still says {PLACEHOLDER}; byte code is compiled afterwards\n"
    )


def test_a_clone_is_filled_in_as_far_as_git_tracks_it(tmp_path: Path) -> None:
    """A fork fills its clone in once; its own environment and caches are left alone."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607 - git
    for name in ("tracked.md", "untracked.md"):
        (tmp_path / name).write_text(f"{PLACEHOLDER}\n")
    subprocess.run(["git", "-C", str(tmp_path), "add", "tracked.md"], check=True)  # noqa: S603, S607 - git
    assert fill_in(tmp_path).returncode == 0
    assert (tmp_path / "tracked.md").read_text() == f"{NAME}\n"
    assert (tmp_path / "untracked.md").read_text() == f"{PLACEHOLDER}\n"


@pytest.mark.parametrize("name", ["mona_octocat/x", "legacy-/x", "o.o_o/x"])
def test_a_fork_of_any_account_can_be_built(tmp_path: Path, name: str) -> None:
    """Managed accounts of GitHub have an underscore, and those of Forgejo a dot as well."""
    (tmp_path / "README.md").write_text(PLACEHOLDER)
    assert fill_in(tmp_path, name).returncode == 0
    assert (tmp_path / "README.md").read_text() == name


@pytest.mark.parametrize("name", ["", "octo", "octo/", "-octo/x", "octo/a b", "octo/a|b", "a/b/c"])
def test_what_is_no_repository_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing but `OWNER/NAME` gets into a file."""
    (tmp_path / "README.md").write_text(PLACEHOLDER)
    assert "is no repository such as" in fill_in(tmp_path, name).stderr
    assert (tmp_path / "README.md").read_text() == PLACEHOLDER


def test_no_file_leaves_the_owner_open_in_another_way() -> None:
    """One constant stands for the repository, so that one replacement fills in everything."""
    command = ["git", "grep", "--fixed-strings", "--line-number", "OWNER/", "--", ":!tests/release"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")  # noqa: S603 - constant
    # OWNER/NAME is the form that a name has.
    named = (PLACEHOLDER, "OWNER/NAME")
    lines = [line for line in found.stdout.splitlines() if not any(it in line for it in named)]
    looking_for_it = (
        ".github/release/ready",
        "src/harmonica_session/text/open_name.py",
        "tests/harness/releases.py",
    )
    assert [line for line in lines if not line.startswith(looking_for_it)] == []
