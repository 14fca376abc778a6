"""A consumer's repository and its runner: real files, real HTTP, the action's own entry.

It must not use the code under test to read what that code has written.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from harmonica_session.edges.network.clock import Clock
from harmonica_session.sandbox import Fault
from harmonica_session.step import run_action
from harness.process import begin_python
from harness.runner import commands_in, outputs_of

if TYPE_CHECKING:
    import subprocess
    from datetime import datetime
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harness.runner import Command

SPEC = "topic: Retrospective\ngoal: Agree on one change\n"
CHANGED = SPEC.replace("one change", "two changes")
COMMENTS = "/repos/octo/garden/issues/7/comments"
# What a run reads that looks before a faster one has posted, or has created.
NO_COMMENTS = Fault.body("[]", content_type="application/json")
NO_SESSIONS = Fault.body('{"data": []}', content_type="application/json")
# GitHub runs these for the base branch, whatever they are about.
OF_THE_BASE = ("pull_request_target", "workflow_run", "check_run", "check_suite")
# How the services themselves say that there were too many requests.
HARMONICAS_LIMIT = {"error": {"code": "rate_limited", "message": "Rate limit exceeded"}}
GITHUBS_LIMIT = {
    "message": "You have exceeded a secondary rate limit",
    "documentation_url": "https://docs.github.com/rest/using-the-rest-api/rate-limits",
}
HEAD, BASE = "a" * 40, "b" * 40
_ANNOTATIONS = ("error", "warning", "notice")


class HurriedClock(Clock):
    """A clock for people in a hurry: a pause takes no time, but counts."""

    def __init__(self) -> None:
        """Start with no pause, on the machine's own day."""
        self.pauses: list[float] = []
        self.ahead = timedelta()

    def now(self) -> float:
        """Return the machine's seconds, the pauses added."""
        return super().now() + sum(self.pauses)

    def utc_now(self) -> datetime:
        """Return the moment by a calendar that may be ahead of the machine's."""
        return super().utc_now() + self.ahead

    def sleep(self, seconds: float) -> None:
        """Count the pause."""
        self.pauses.append(seconds)


@dataclass(frozen=True)
class Run:
    """What one run of the step left behind."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    sessions: list[dict[str, str]] = field(default_factory=list, kw_only=True)

    @property
    def annotations(self) -> list[Command]:
        """What the runner shows beside a line of a file, or on the run's page, in order."""
        return [command for command in commands_in(self.log) if command.name in _ANNOTATIONS]

    def messages(self, level: str) -> str:
        """All messages of one level."""
        return "\n".join(a.message for a in self.annotations if a.name == level)


def write(target: Path, text: str) -> None:
    """Write a file, with the folders that lead to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


@dataclass
class Consumer:
    """A repository whose workflow uses the action, with pull request 7 open and a small spec.

    Attributes:
        box: Stand-ins for the services.
        folder: Holds the checkout and the files of a step.
        inputs: Of every run, by their names in the environment.
        clock: What every run waits with.
    """

    box: Sandbox
    folder: Path
    inputs: dict[str, str] = field(default_factory=dict)
    clock: HurriedClock = field(default_factory=HurriedClock)

    def __post_init__(self) -> None:
        """Open the pull request and check out the spec."""
        self.box.github.add_pull(7, head_sha=HEAD)
        self.write(".harmonica/session.yml", SPEC)

    @property
    def root(self) -> Path:
        """The checkout."""
        return self.folder / "repository"

    @property
    def output_file(self) -> Path:
        """`GITHUB_OUTPUT` of the last step."""
        return self.folder / "output"

    @property
    def summary_file(self) -> Path:
        """`GITHUB_STEP_SUMMARY` of the last step."""
        return self.folder / "summary"

    def write(self, path: str, text: str) -> None:
        """Put a file into the repository: into the checkout, and into the base branch's commit."""
        self.box.github.files[BASE, path] = text.encode()
        self.check_out(path, text)

    def check_out(self, path: str, text: str) -> None:
        """Put a file into the checkout alone, as if another revision were checked out."""
        write(self.root / path, text)

    def variables(
        self,
        event: str = "schedule",
        payload: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        **inputs: str,
    ) -> dict[str, str]:
        """Return the variables of a step as the runner sets them, and empty the step's files.

        Args:
            event: Its name.
            payload: What GitHub sends with it.
            env: Further variables, which win.
            inputs: Of this step only, by their names in the environment.
        """
        event_file = self.folder / "event"
        event_file.write_text(json.dumps(payload or {}))
        self.output_file.write_text("")
        self.summary_file.write_text("")
        given = {
            "api_key": self.box.api_key,
            "api_url": self.box.harmonica_url,
            "github_token": self.box.github_token,
            **self.inputs,
            **inputs,
        }
        return {
            **{f"INPUT_{name.upper()}": value for name, value in given.items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.box.github_url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_OUTPUT": str(self.output_file),
            "GITHUB_REPOSITORY": "octo/garden",
            "GITHUB_REPOSITORY_ID": "1",
            "GITHUB_ACTOR": "octo",
            "GITHUB_RUN_ID": "500",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SHA": BASE if event in OF_THE_BASE else HEAD,
            "GITHUB_STEP_SUMMARY": str(self.summary_file),
            "GITHUB_WORKSPACE": str(self.root),
            **(env or {}),
        }

    def run(
        self,
        event: str = "schedule",
        payload: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        **inputs: str,
    ) -> Run:
        """Run the step as the runner would; see `variables`."""
        log = io.StringIO()
        self.clock.pauses.clear()
        code = run_action(self.variables(event, payload, env, **inputs), log, self.clock)
        outputs = outputs_of(self.output_file)
        # A list of all sessions, kept apart from the outputs that speak of the first.
        sessions = json.loads(outputs.pop("sessions", "[]"))
        summary = self.summary_file.read_text("utf-8")
        return Run(code, log.getvalue(), outputs, summary, sessions=sessions)

    def begin(
        self, action: str = "opened", env: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start the step for pull request 7 as a process of its own."""
        variables = self.variables("pull_request", pull_request_payload(action), env)
        return begin_python("-m", "harmonica_session", "action", env=variables)

    def on_pull_request(self, action: str = "opened", **kwargs: Any) -> Run:  # noqa: ANN401
        """Run the step for pull request 7 of this very repository."""
        return self.run("pull_request", pull_request_payload(action), **kwargs)

    def age_sessions(self) -> None:
        """Let a minute pass for the sessions, so that the next one is the younger."""
        for row in self.box.harmonica.sessions:
            row["created_at"] = self.box.harmonica.timestamp(ago=60)

    def rotate_key(self, owner: str = "host") -> None:
        """Replace the API key, be it by one of another account; the old one is at hand."""
        self.inputs["previous_api_key"] = self.inputs.get("api_key", self.box.api_key)
        self.inputs["api_key"] = self.box.harmonica.add_key(owner)

    def run_long_ago(self, **kwargs: Any) -> Run:  # noqa: ANN401
        """Run the step for pull request 7, opened two days before now by Harmonica's clock."""
        self.box.harmonica.clock_offset = -172_800
        try:
            return self.on_pull_request(**kwargs)
        finally:
            self.box.harmonica.clock_offset = 0.0

    def lose_sessions(self) -> None:
        """Let all sessions be gone, but for one that somebody made for another purpose."""
        self.box.harmonica.sessions.clear()
        self.box.harmonica.add_session("Another topic")

    @property
    def created(self) -> list[dict[str, Any]]:
        """The bodies of all requests to create a session."""
        return [json.loads(r.body) for r in self.box.requests_to("POST", "/api/v1/sessions")]

    @property
    def bodies(self) -> list[str]:
        """The comments on the pull requests, oldest first."""
        return [str(comment["body"]) for comment in self.box.github.comments]


def pull_request_payload(action: str = "opened", *, head_repository: int = 1) -> dict[str, Any]:
    """Return the payload of an event on pull request 7, as far as GitHub's matters here."""
    return {
        "action": action,
        "number": 7,
        "pull_request": {
            "number": 7,
            "created_at": "2026-01-05T09:00:00Z",
            "head": {"sha": HEAD, "ref": "fix", "repo": {"id": head_repository}},
            "base": {"sha": BASE, "ref": "main", "repo": {"id": 1}},
        },
        "repository": {"id": 1, "full_name": "octo/garden", "private": True},
    }
