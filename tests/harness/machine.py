"""A machine that starts the action as a runner does, with a program that says what it sees.

It must hold no test; what is started is the real set-up, with fewer packages to install.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LAUNCH = Path(__file__).resolve().parents[2] / "src" / "launch"
BASH = shutil.which("bash") or "bash"
SECONDS = 120
# Two packages stand for all, so that an installation is quick.
FEW = ("h11", "typing-inspection")

PROGRAM = '''\
"""A program that says what it was started with."""

import importlib
import json
import os
import sys


def main(argv):
    if argv == ["fail"]:
        return 7
    imported = sorted(sys.modules)
    modules = {name: importlib.import_module(name).__file__ for name in argv}
    flags = {name: getattr(sys.flags, name) for name in ("isolated", "no_site", "utf8_mode")}
    told = {"modules": modules, "flags": flags, "cwd": os.getcwd(), "argv": argv}
    print(json.dumps({**told, "imported": imported, "path": sys.path}))
    return 0
'''


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until other processes have brought something about."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.001)


@dataclass(frozen=True)
class Start:
    """What one start of the action left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def told(self) -> dict[str, Any]:
        """What the program said."""
        told: dict[str, Any] = json.loads(self.stdout.splitlines()[-1])
        return told


@dataclass
class Machine:
    """A machine with the action, a checkout and a runner's folders on it.

    Attributes:
        folder: Holds everything, so that a test can see all that was written.
        script: What is started.
        workspace: The consumer's checkout, where it starts.
        env: Of the runner.
    """

    folder: Path
    script: str = field(init=False)
    workspace: Path = field(init=False)
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the folders; the program and the lock stand for the real ones."""
        self.script = str(self.folder / "action/src/launch/launch.sh")
        self.workspace = self.folder / "workspace"
        for name in ("workspace", "tools", "temporary", "bin", "home"):
            (self.folder / name).mkdir()
        launch = self.folder / "action" / "src" / "launch"
        shutil.copytree(LAUNCH, launch, ignore=shutil.ignore_patterns("__pycache__"))
        lock = (launch / "runtime.txt").read_text("utf-8")
        few = [
            part
            for part in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)
            if part.startswith(FEW)
        ]
        (launch / "runtime.txt").write_text("".join(few), "utf-8")
        self.write("action/src/harmonica_session/__init__.py", "")
        self.write("action/src/harmonica_session/cli.py", PROGRAM)
        self.write("action/src/harmonica_session/examples/note.txt", "a file that is no module")
        kept = ("LANG", "SSL_", "PIP_", "UV_", "HTTP", "http", "NO_PROXY", "no_proxy", "REQUESTS_")
        self.env = {name: os.environ[name] for name in os.environ if name.startswith(kept)} | {
            "HOME": os.environ.get("HOME", ""),
            "PATH": os.pathsep.join((str(self.bin), str(Path(sys.executable).parent))),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder / "temporary"),
            "RUNNER_TOOL_CACHE": str(self.tools),
        }

    @property
    def tools(self) -> Path:
        """The runner's tool cache."""
        return self.folder / "tools"

    @property
    def bin(self) -> Path:
        """The first folder on PATH."""
        return self.folder / "bin"

    @property
    def family(self) -> Path:
        """The action's own folder in the tool cache."""
        return self.tools / "harmonica-session-action"

    @property
    def made(self) -> list[str]:
        """What set-up has made in the tool cache, without the digests in the names."""
        return sorted(path.name.split("-")[-2] for path in self.family.glob("*"))

    def write(self, path: str, text: str) -> Path:
        """Write a file; one that begins with #! can be run."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        if text.startswith("#!"):
            target.chmod(0o755)
        return target

    def take_lock(self, lock: str) -> None:
        """Let set-up install what this lock names."""
        (self.folder / "action/src/launch/runtime.txt").write_text(lock, "utf-8")

    def take_real_action(self) -> None:
        """Put the real package and the whole lock in the place of what stands for them."""
        target = self.folder / "action" / "src" / "harmonica_session"
        shutil.rmtree(target)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(LAUNCH.parent / "harmonica_session", target, ignore=ignored)
        self.take_lock((LAUNCH / "runtime.txt").read_text("utf-8"))

    def part(self, kind: str) -> Path:
        """Return the folder of one part that set-up has made."""
        (found,) = self.family.glob(f"*-{kind}-*")
        return found

    def begin(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start the action in a process group of its own."""
        return subprocess.Popen(  # noqa: S603 - the test's own words
            [BASH, self.script, *words],
            cwd=self.workspace,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def start(self, *words: str, **env: str) -> Start:
        """Start the action and wait for its end."""
        process = self.begin(*words, **env)
        stdout, stderr = process.communicate(timeout=SECONDS)
        return Start(process.returncode, stdout, stderr)
