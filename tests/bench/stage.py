"""The machine that the peers run on: its folders, programs and variables, and the ways to start.

It must not measure anything.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = ROOT / "src" / "launch" / "runtime.txt"
# How the runner starts a step whose shell is bash.
SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
BY_HAND = (*SHELL, str(HERE / "by_hand.sh"))
# How src/launch/launch.sh starts Python.
ISOLATED = ("-I", "-S", "-X", "utf8")
SPEC = """\
topic: Retrospective
goal: Agree on one thing that we do differently next time
critical: What slowed us down most?
context: The import went live last week, three weeks later than planned.
questions:
  - text: What is your name?
"""
# In place of the command line; what is left is the set-up.
NOTHING = "def main(argv):\n    return 0\n"
# What tells an installer how to reach packages.
_REACH = ("PIP_", "UV_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy", "REQUESTS_", "NETRC")


class Stage:
    """A machine with the action, two programs in its place, and a consumer's checkout."""

    def __init__(self, folder: Path) -> None:
        """Lay out the folders below an empty one."""
        self.folder = folder
        self.workspace = folder / "workspace"
        for name in ("workspace", "tools", "temporary", "with-uv", "without-uv"):
            (folder / name).mkdir()
        self.write(".harmonica/session.yml", SPEC)
        for name in ("ours", "usual"):
            self._copy_action(name)
        self.add("nothing", NOTHING)
        floor = self._copy_action("floor")
        shutil.rmtree(floor)
        floor.mkdir()
        (floor / "__init__.py").touch()
        shutil.copyfile(HERE / "floor.py", floor / "cli.py")
        run = re.search(r"^ +run: (.+)$", (ROOT / "action.yml").read_text("utf-8"), re.MULTILINE)
        self.script = folder / "step.sh"
        self.script.write_text(f"{run and run[1]}\n", "utf-8")
        self._link_programs()
        self.env = {
            "LANG": "C.UTF-8",
            "HOME": os.environ.get("HOME", ""),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(folder / "temporary"),
            "RUNNER_TOOL_CACHE": str(folder / "tools"),
        }
        self.to_index = {name: os.environ[name] for name in os.environ if name.startswith(_REACH)}

    def add(self, action: str, cli: str) -> None:
        """Make a copy of the action with another program in place of its command line."""
        (self._copy_action(action) / "cli.py").write_text(cli, "utf-8")

    def write(self, path: str, text: str) -> None:
        """Put a file into the checkout."""
        target = self.workspace / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, "utf-8")

    def source(self, action: str) -> Path:
        """Return the folder with the sources of an action.

        Args:
            action: `ours`, `usual` for another copy of it, `floor`, or what `add` has made.
        """
        return self.folder / action / "src"

    def step(self, action: str) -> dict[str, str]:
        """Return the variable that makes `whole_step` one of an action."""
        return {"GITHUB_ACTION_PATH": str(self.folder / action)}

    @property
    def whole_step(self) -> tuple[str, ...]:
        """What the runner starts for the step of action.yml."""
        return (*SHELL, str(self.script))

    def process(self, action: str) -> tuple[str, ...]:
        """Return what the step's shell becomes in the end: the process that does the work."""
        return (sys.executable, *ISOLATED, str(self.source(action) / "launch/launch.py"), "action")

    def variables(self, reach: Mapping[str, Any]) -> dict[str, str]:
        """Return the variables of a step on a pull request that was opened; files are emptied.

        Args:
            reach: Of the stand-ins, as they give it.
        """
        for name in ("output", "summary"):
            (self.folder / name).write_text("")
        (self.folder / "event.json").write_text(json.dumps(reach["event"]), "utf-8")
        is_tls = reach["github_url"].startswith("https:")
        trusted = {"SSL_CERT_FILE": reach["authorities"], "CURL_CA_BUNDLE": reach["authorities"]}
        return {
            **self.env,
            **(trusted if is_tls else {}),
            "GITHUB_API_URL": reach["github_url"],
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_REPOSITORY": "octo/garden",
            "GITHUB_REPOSITORY_ID": "1",
            "GITHUB_RUN_ID": "500",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SHA": reach["head"],
            "INPUT_COMMAND": "create",
            "INPUT_API_KEY": reach["api_key"],
            "INPUT_API_URL": reach["harmonica_url"],
            "INPUT_GITHUB_TOKEN": reach["github_token"],
            "HARMONICA_API_KEY": reach["api_key"],
            "HARMONICA_API_URL": reach["harmonica_url"],
            "GITHUB_TOKEN": reach["github_token"],
            "PR_NUMBER": str(reach["number"]),
        }

    def set_up(self, key: str) -> None:
        """Set the action up for runs with and without a key.

        Raises:
            RuntimeError: if that is impossible, which is so where the package index is out of reach
                and no earlier installation has left the packages in uv's cache.
        """
        said = ""
        for given in (key, ""):
            env = {**self.env, **self.to_index, **self.step("ours"), "INPUT_API_KEY": given}
            for offline in ({}, {"UV_OFFLINE": "1"}):
                start = ["bash", str(self.source("ours") / "launch/launch.sh"), "--help"]
                done = subprocess.run(  # noqa: S603 - our own program
                    start,
                    env={**env, **offline},
                    cwd=self.workspace,
                    check=False,
                    capture_output=True,
                    encoding="utf-8",
                )
                said = f"{done.stdout}{done.stderr}"
                if done.returncode == 0:
                    break
            else:
                raise RuntimeError(f"the action cannot be set up: {said}")

    def _copy_action(self, name: str) -> Path:
        """Copy the action; return the folder with its package."""
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "src", self.source(name), ignore=ignored)
        return self.source(name) / "harmonica_session"

    def _link_programs(self) -> None:
        """Make folders for PATH with all that a set-up needs, and one of them with uv."""
        base = getattr(sys, "_base_executable", sys.executable)
        programs = {"python3": base, "bash": shutil.which("bash")}
        for folder in ("with-uv", "without-uv"):
            for name, program in programs.items():
                (self.folder / folder / name).symlink_to(str(program))
        (self.folder / "with-uv/uv").symlink_to(Path(sys.executable).with_name("uv"))
