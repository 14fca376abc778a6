"""A machine that starts the action as a runner does, with a program that says what it sees.

It must hold no test; what is started is the real set-up, with small packages and without an index.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import yaml

from harness.wheels import extension, only_from, write_installed, write_wheel
from launch.libraries import label

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = PROJECT / "src" / "launch"
STEP = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))["runs"]["steps"][0]
BASH = shutil.which("bash") or "bash"
SECONDS = 120
MODULES = ("first", "second", "third")

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


def make_release(launch: Path, wheels: Path) -> None:
    """Turn the launcher's folder into that of a release, with wheels for this Python."""
    for name in ("any", label()):
        (launch / "wheels" / name).mkdir(parents=True)
    for wheel in wheels.iterdir():
        with ZipFile(wheel) as archive:
            files = archive.namelist()
        own = any(file.endswith(tuple(EXTENSION_SUFFIXES)) for file in files)
        shutil.copy(wheel, launch / "wheels" / (label() if own else "any"))
    (launch / "byte-code").mkdir()
    program = PROJECT / ".github/release/byte_code.py"
    subprocess.run([sys.executable, "-S", "-B", program, launch], check=True)  # noqa: S603 - our own


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
        within: The words of a program that is to start the action, if one is.
        env: Of the runner.
    """

    folder: Path
    within: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the folders; the program and two packages stand for the real ones."""
        for name in ("workspace", "temporary", "private", "bin", "home", "wheels"):
            (self.folder / name).mkdir()
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(LAUNCH, self.launch, ignore=ignored)
        self.write("action/src/harmonica_session/__init__.py", "")
        self.write("action/src/harmonica_session/cli.py", PROGRAM)
        data = {"data.txt": b"a file that is no module"}
        self.take_lock(
            write_wheel(self.folder / "wheels", "spam", MODULES, data)
            + write_wheel(self.folder / "wheels", "eggs", MODULES, extension())
        )
        self.env = only_from(self.folder / "wheels") | {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "private"),
            "PATH": os.pathsep.join((str(self.bin), str(Path(sys.executable).parent))),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.folder / "action"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.temporary),
        }

    @property
    def launch(self) -> Path:
        """The launcher's folder."""
        return self.folder / "action/src/launch"

    @property
    def workspace(self) -> Path:
        """The consumer's checkout."""
        return self.folder / "workspace"

    @property
    def temporary(self) -> Path:
        """The runner's folder for one job."""
        return self.folder / "temporary"

    @property
    def bin(self) -> Path:
        """The first folder on PATH."""
        return self.folder / "bin"

    @property
    def family(self) -> Path:
        """The action's own folder in that of the job."""
        return self.temporary / "harmonica-session-action"

    @property
    def made(self) -> list[str]:
        """What set-up has made for the job: the names without Python and lock."""
        return sorted(path.name.rpartition("-")[2] for path in self.family.glob("*"))

    @property
    def ready(self) -> Path:
        """The one folder that set-up has made."""
        (found,) = self.family.iterdir()
        return found

    def write(self, path: str, text: str) -> Path:
        """Write a file; one that begins with #! can be run."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        if text.startswith("#!"):
            target.chmod(0o755)
        return target

    def take_lock(self, lock: str) -> None:
        """Let set-up provide what this lock names."""
        (self.launch / "runtime.txt").write_text(lock, "utf-8")

    def take_real_action(self) -> None:
        """Put the real package, and the libraries that this Python has of the lock, in place."""
        target = self.folder / "action/src/harmonica_session"
        shutil.rmtree(target)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(LAUNCH.parent / "harmonica_session", target, ignore=ignored)
        for wheel in (self.folder / "wheels").iterdir():
            wheel.unlink()
        lock = (LAUNCH / "runtime.txt").read_text("utf-8")
        self.take_lock(write_installed(self.folder / "wheels", lock))

    def take_index(self) -> None:
        """Let set-up install the whole lock from the index that this machine knows."""
        self.take_lock((LAUNCH / "runtime.txt").read_text("utf-8"))
        own = only_from(self.folder)
        kept = ("SSL_", "PIP_", "UV_", "HTTP", "http", "NO_PROXY", "no_proxy", "REQUESTS_")
        self.env = {name: value for name, value in self.env.items() if name not in own} | {
            name: value for name, value in os.environ.items() if name.startswith((*kept, "HOME"))
        }

    def begin(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start the action as action.yml does, with these words, in a process group of its own."""
        script = self.folder / "step.sh"
        text = f"{STEP['run'].removesuffix('action')}{shlex.join(words)}\n"
        if not script.exists() or script.read_text("utf-8") != text:
            script.write_text(text, "utf-8")
        shell = [BASH, *STEP["shell"].replace("{0}", str(script)).split()[1:]]
        place = "${{ github.action_path }}"
        action = STEP["working-directory"].replace(place, str(self.folder / "action"))
        return self._begin(shell, action, self.env | env)

    def start(self, *words: str, **env: str) -> Start:
        """Start the action and wait for its end."""
        return _end_of(self.begin(*words, **env))

    def at_terminal(self, *words: str, launcher: str = "", **env: str) -> Start:
        """Start the action as a person does, who is in the checkout.

        Args:
            words: What follows the name of the launcher.
            launcher: Its folder as that person types it, if not in full.
            env: Further variables.
        """
        given = {
            name: value
            for name, value in self.env.items()
            if not name.startswith(("GITHUB_", "RUNNER_"))
        }
        command = [BASH, f"{launcher or self.launch}/launch.sh", *words]
        return _end_of(self._begin(command, str(self.workspace), given | env))

    def _begin(self, command: list[str], folder: str, env: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - the test's own words
            [*self.within, *command],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
        )


def _end_of(process: subprocess.Popen[str]) -> Start:
    stdout, stderr = process.communicate(timeout=SECONDS)
    return Start(process.returncode, stdout, stderr)
