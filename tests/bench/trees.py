"""The trees of the action that are measured, and how a runner starts each.

It must not measure anything, nor write to the release tree.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# How the runner starts a script whose step says no more than `shell: bash`.
SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
# How src/launch/launch.sh starts Python.
ISOLATED = ("-I", "-S", "-X", "utf8")
# In place of the command line; what is left is the start.
NOTHING = "def main(argv):\n    return 0\n"
LAUNCH = "src/launch"
CARRIED = ("wheels", "byte-code")


@dataclass(frozen=True)
class Start:
    """A process to start.

    Attributes:
        command: Its program and words.
        env: Variables besides those of every step.
        folder: Where it starts, if that is not the checkout.
    """

    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Tree:
    """One copy of the action."""

    def __init__(self, folder: Path, script: Path) -> None:
        """Take its folder, and where its step's script may be written."""
        self.folder = folder
        self._script = script

    @property
    def step(self) -> Start:
        """What a runner starts for the step in action.yml, whose script is one line."""
        self._script.write_text(f"{self._said('run')}\n", "utf-8")
        shell = self._said("shell").replace(" {0}", "").split()
        words = SHELL if shell == ["bash"] else shell
        folder = self.folder if self._said("working-directory") else None
        env = {"GITHUB_ACTION_PATH": str(self.folder)}
        return Start((*words, str(self._script)), env, folder)

    @property
    def process(self) -> Start:
        """What the step's shell becomes in the end: the process that does the work."""
        launcher = str(self.folder / LAUNCH / "launch.py")
        return Start((sys.executable, *ISOLATED, launcher, "action"), folder=self.folder)

    def _said(self, key: str) -> str:
        contract = (self.folder / "action.yml").read_text("utf-8")
        found = re.search(rf"^ +{key}: (.+)$", contract, re.MULTILINE)
        return found[1] if found else ""


class Trees:
    """The release tree, and others that are made from it or from the sources."""

    def __init__(self, folder: Path, release: Path) -> None:
        """Take an empty folder for the others, and the release tree."""
        self._folder = folder
        self.release = Tree(release, folder / "release.sh")

    def with_launcher(self, name: str, launcher: str) -> Tree:
        """Return the release with another program in place of launch.py."""
        tree = self._derived(name)
        (tree.folder / LAUNCH / "launch.py").write_text(launcher, "utf-8")
        return tree

    def with_program(self, name: str, cli: str) -> Tree:
        """Return the release with another program in place of its command line."""
        tree = self._derived(name)
        path = tree.folder / "src/harmonica_session/cli.py"
        path.write_text(cli, "utf-8")
        byte_code = tree.folder / LAUNCH / "byte-code" / str(sys.implementation.cache_tag)
        if byte_code.is_file():
            subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-m", "bench.compile", str(byte_code), str(path)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                check=True,
            )
        return tree

    def without_libraries(self) -> Tree:
        """Return the action as a branch has it: its sources, and nothing to install from."""
        tree = self._named("sources")
        ignored = shutil.ignore_patterns("__pycache__", *CARRIED)
        shutil.copytree(ROOT / "src", tree.folder / "src", ignore=ignored)
        shutil.copyfile(ROOT / "action.yml", tree.folder / "action.yml")
        return tree

    def revision(self, name: str) -> Tree:
        """Return the action as it was in a revision.

        Raises:
            RuntimeError: if this clone has none of that name.
        """
        tree = self._named(f"revision-{name}")
        tree.folder.mkdir()
        archive = self._folder / "revision.tar"
        try:
            subprocess.run(  # noqa: S603 - git, with the benchmark's own words
                ["git", "archive", f"--output={archive}", name, "src", "action.yml"],  # noqa: S607
                cwd=ROOT,
                check=True,
                capture_output=True,
                encoding="utf-8",
            )
        except subprocess.CalledProcessError as error:
            raise RuntimeError(error.stderr) from error
        shutil.unpack_archive(archive, tree.folder)
        return tree

    def _named(self, name: str) -> Tree:
        return Tree(self._folder / name, self._folder / f"{name}.sh")

    def _derived(self, name: str) -> Tree:
        """Copy the release, but for the wheels, which are linked."""
        tree = self._named(name)
        release = self.release.folder
        ignored = shutil.ignore_patterns(".git", "wheels")
        shutil.copytree(release / "src", tree.folder / "src", ignore=ignored)
        shutil.copyfile(release / "action.yml", tree.folder / "action.yml")
        if (wheels := release / LAUNCH / "wheels").is_dir():
            (tree.folder / LAUNCH / "wheels").symlink_to(wheels)
        return tree
