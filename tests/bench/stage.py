"""The machine that the peers run on: its folders, programs and variables.

It must not measure anything.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.trees import HERE, ROOT, SHELL, Start, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_HAND = HERE / "by_hand"
SESSION = Start((*SHELL, str(BY_HAND / "session.sh")))
COMMENT = Start((*SHELL, str(BY_HAND / "comment.sh")))
SPEC = """\
topic: Retrospective
goal: Agree on one thing that we do differently next time
critical: What slowed us down most?
context: The import went live last week, three weeks later than planned.
questions:
  - text: What is your name?
"""
# What tells an installer how to reach packages.
_REACH = ("PIP_", "UV_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy", "REQUESTS_", "NETRC")


class Stage:
    """A machine with the trees of the action, and a consumer's checkout."""

    def __init__(self, folder: Path, release: Path = ROOT) -> None:
        """Lay out the folders below an empty one."""
        self.folder = folder
        self.workspace = folder / "workspace"
        for name in ("workspace", "trees", "temporary", "with-uv", "without-uv"):
            (folder / name).mkdir()
        self.write(".harmonica/session.yml", SPEC)
        self.trees = Trees(folder / "trees", release)
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
        }
        self.to_index = {name: os.environ[name] for name in os.environ if name.startswith(_REACH)}

    def write(self, path: str, text: str) -> None:
        """Put a file into the checkout."""
        target = self.workspace / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, "utf-8")

    def empty(self, name: str) -> Path:
        """Return a folder with nothing in it, whatever it held before."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def sticky(self) -> Start:
        """Return the step with a sticky comment, in one file, as actions in JavaScript come.

        Raises:
            RuntimeError: if it cannot be bundled, as is so without Node.js or a registry of npm.
        """
        folder = self.folder / "by_hand"
        bundle = folder / "sticky.cjs"
        if not bundle.exists():
            shutil.copytree(BY_HAND, folder)
            _run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            options = ("--bundle", "--minify", "--platform=node", "--format=cjs")
            _run(folder, "npx", "esbuild", "sticky.js", *options, f"--outfile={bundle}")
        return Start(("node", str(bundle)))

    def variables(self, reach: Mapping[str, Any]) -> dict[str, str]:
        """Return the variables of a step on a pull request that was opened; files are emptied.

        Args:
            reach: Of the stand-ins, as they give it.
        """
        for name in ("output", "summary"):
            (self.folder / name).write_text("")
        (self.folder / "event.json").write_text(json.dumps(reach["event"]), "utf-8")
        is_tls = reach["github_url"].startswith("https:")
        trusted = dict.fromkeys(("SSL_CERT_FILE", "CURL_CA_BUNDLE"), reach["authorities"])
        # Node.js has the usual authorities built in.
        trusted["NODE_EXTRA_CA_CERTS"] = reach["authority"]
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

    def handed_on(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return the inputs that a workflow by hand makes of one step's outputs for the next."""
        lines = (self.folder / "output").read_text("utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        link = f"### [Join the session]({outputs['join_url']})"
        return {
            "INPUT_TOKEN": env["GITHUB_TOKEN"],
            "INPUT_MESSAGE": f"## {outputs['topic']}\n\n{link}",
        }

    def _link_programs(self) -> None:
        """Make folders for PATH with all that a set-up needs, and one of them with uv."""
        base = getattr(sys, "_base_executable", sys.executable)
        programs = {"python3": base, "bash": shutil.which("bash")}
        for folder in ("with-uv", "without-uv"):
            for name, program in programs.items():
                (self.folder / folder / name).symlink_to(str(program))
        (self.folder / "with-uv/uv").symlink_to(Path(sys.executable).with_name("uv"))


def _run(folder: Path, *command: str) -> None:
    """Run a program of Node.js.

    Raises:
        RuntimeError: if there is none, or it fails.
    """
    try:
        subprocess.run(  # noqa: S603 - the benchmark's own words
            command, cwd=folder, check=True, capture_output=True, encoding="utf-8"
        )
    except FileNotFoundError as error:
        raise RuntimeError("the step by hand needs Node.js with npm") from error
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{command[0]} failed: {error.stderr}") from error
