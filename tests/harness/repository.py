"""A consumer's repository whose real workflows run under act, without containers.

It must hold no test, nor give a workflow anything of this process that a runner would not have.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.consumer import HEAD, SPEC, Run, write
from harness.machine import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harmonica_session.sandbox import Sandbox

ACTION = "OWNER/harmonica-session-action@v1"
STEP = "harmonica"
# What a runner sets itself, and what a developer may have set for the real service.
_NOT_INHERITED = ("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "HARMONICA_", "GIT_")

WORKFLOW = """\
on: [pull_request, schedule, workflow_dispatch]
permissions:
  contents: read
  pull-requests: write
jobs:
  session:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: OWNER/harmonica-session-action@v1
        id: harmonica
        with:
          api-key: ${{ secrets.HARMONICA_API_KEY }}
          api-url: ${{ vars.HARMONICA_API_URL }}
          dry-run: ${{ vars.DRY_RUN }}
      - if: always()
        id: after
        run: git status --porcelain --ignored --untracked-files=all
"""


@dataclass(frozen=True)
class WorkflowRun(Run):
    """What a run of a workflow left behind; `code` is act's, the rest is the action's.

    Attributes:
        printed: All that act and the steps printed, unmasked, but for the masks themselves.
        entries: act's own record, line by line.
    """

    printed: str
    entries: list[dict[str, Any]]

    def log_of(self, step: str) -> str:
        """Return what a step printed, by its id; a composite action's own steps included."""
        return _printed(
            entry
            for entry in self.entries
            if entry.get("stepID", [""])[0] == step and ("raw" in entry or "raw_output" in entry)
        )

    def outputs_of(self, step: str) -> dict[str, str]:
        """Return the outputs of a step."""
        return {entry["name"]: entry["arg"] for entry in self._done(step, "set-output")}

    def commands(self, command: str) -> list[dict[str, Any]]:
        """Return act's records of a command such as `set-env` or `add-path`, of all steps."""
        return [entry for entry in self.entries if entry.get("command") == command]

    def _done(self, step: str, command: str) -> list[dict[str, Any]]:
        return [entry for entry in self.commands(command) if entry["stepID"] == [step]]

    @classmethod
    def from_act(cls, code: int, lines: str) -> WorkflowRun:
        """Read what act printed with `--json`."""
        entries = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
        run = cls(code, "", {}, "", _printed(entries), entries)
        summaries = [entry["content"] for entry in run._done(STEP, "summary")]
        outputs = run.outputs_of(STEP)
        outputs.pop("sessions", None)
        return cls(code, run.log_of(STEP), outputs, "".join(summaries[-1:]), run.printed, entries)


def _printed(entries: Iterable[dict[str, Any]]) -> str:
    """Return lines as they were printed; act shows commands in a form of its own."""
    texts = [e.get("raw") or e["msg"] for e in entries if e.get("command") != "add-mask"]
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in texts)


@dataclass
class Repository:
    """A consumer's repository on GitHub, and what its workflows are given.

    Attributes:
        root: The clone.
        action: A folder with the action.
        cache: Folder of act.
        box: Stand-ins for the services.
        secrets: Of the repository.
        variables: Of the repository.
        env: Of the runner, GitHub's own variables included; they win over what act sets.
        programs: A folder whose programs are found first.
    """

    root: Path
    action: Path
    cache: Path
    box: Sandbox
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    programs: Path | None = None

    def __post_init__(self) -> None:
        """Open pull request 7, and make a clone with a small spec and a workflow."""
        self.box.github.add_pull(7, head_sha=HEAD)
        self.root.mkdir()
        self.secrets = {"HARMONICA_API_KEY": self.box.api_key} | self.secrets
        self.variables = {"HARMONICA_API_URL": self.box.harmonica_url} | self.variables
        self.env = {
            "GITHUB_API_URL": self.box.github_url,
            "GITHUB_SERVER_URL": self.box.server_url,
            "GITHUB_REPOSITORY": "octo/garden",
            "GITHUB_REPOSITORY_ID": "1",
            "GITHUB_RUN_ID": "500",
            "GITHUB_RUN_ATTEMPT": "1",
        } | self.env
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", "https://github.com/octo/garden.git")
        self.write(".harmonica/session.yml", SPEC)
        self.write(".github/workflows/session.yml", WORKFLOW)

    def write(self, path: str, text: str) -> None:
        """Put a file into the repository; the next run finds it committed."""
        write(self.root / path, text)

    def run(
        self,
        event: str = "schedule",
        payload: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        *,
        workflow: str = ".github/workflows",
    ) -> WorkflowRun:
        """Commit everything and run the workflows of an event.

        Args:
            event: Its name.
            payload: What GitHub sends with it.
            env: Of the runner in this run only.
            workflow: Path of the one that is meant, or of the folder.
        """
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message=Change")
        self._publish(self.git("rev-parse", "HEAD"))
        given = self.root.parent / "given"
        given.mkdir(exist_ok=True)
        runner = {**self.env, **(env or {})}
        files = {
            "eventpath": json.dumps(payload or {}),
            "secret-file": _lines({"GITHUB_TOKEN": self.box.github_token} | self.secrets),
            "var-file": _lines(self.variables),
            "env-file": _lines(runner),
            "input-file": "",
        }
        for name, text in files.items():
            (given / name).write_text(text, "utf-8")
        command = [
            *(str(_program("act")), event, "--json", "--insecure-secrets", "--no-cache-server"),
            *("--workflows", workflow, "--platform", "ubuntu-latest=-self-hosted", "--pull=false"),
            *("--local-repository", f"{runner['GITHUB_SERVER_URL']}/{ACTION}={self.action}"),
            *("--action-cache-path", str(self.cache)),
            *(word for name in files for word in (f"--{name}", str(given / name))),
        ]
        done = subprocess.run(  # noqa: S603 - the test's own words
            command,
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            encoding="utf-8",
        )
        if not done.stdout and done.returncode:
            raise RuntimeError(f"act did not start: {done.stderr}")
        return WorkflowRun.from_act(done.returncode, done.stdout)

    def _publish(self, commit: str) -> None:
        """Let GitHub have what was committed, for workflows that check nothing out."""
        self.box.github.refs[commit] = commit
        for path in self.git("ls-files", ".harmonica", "teams").splitlines():
            self.box.github.files[commit, path] = (self.root / path).read_bytes()

    def git(self, *words: str) -> str:
        """Run git in the clone, without anybody's own settings, and return what it says."""
        done = subprocess.run(  # noqa: S603 - likewise
            ["git", "-c", "user.name=octo", "-c", "user.email=octo@example.com", *words],  # noqa: S607 - of the machine
            cwd=self.root,
            env=self._environment(),
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        return done.stdout.strip()

    def _environment(self) -> dict[str, str]:
        """Return this process's environment as far as a runner's steps may see it."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_NOT_INHERITED) and not name.endswith("_TOKEN")
        }
        folders = [self.programs] if self.programs else []
        path = os.pathsep.join(map(str, (*folders, Path(sys.executable).parent, kept["PATH"])))
        return kept | {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def _program(name: str) -> Path:
    """Return the program of a development dependency, which stands beside this Python."""
    suffix = ".exe" if sys.platform == "win32" else ""
    return Path(sys.executable).with_name(name + suffix)


def _lines(values: Mapping[str, str]) -> str:
    """Return variables as a file that act reads; JSON strings are its quoted strings, too."""
    return "".join(f"{name}={json.dumps(value)}\n" for name, value in values.items())
