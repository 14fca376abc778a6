"""The GitHub Actions runner: its log, its annotations, the step's outputs and summary.

This module must not decide what is said, only how the runner takes it.
"""

from __future__ import annotations

import re
import sys
from copy import copy
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

from actions_toolkit.command import Command

from harmonica_session.edges.runner.step_files import Files, KeptValues, StepFiles
from harmonica_session.errors import TITLE, Problem
from harmonica_session.text.markdown import plain
from harmonica_session.text.secrecy import SHORTEST_SECRET, blot_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import SecretStr

Level: TypeAlias = Literal["error", "warning", "notice"]

# The runner trims white space, and drops a byte order mark at the start of the log.
_COMMAND = re.compile(r"\W*::")


class Runner:
    """What the action says and writes, in the runner's own protocol.

    Source: "Workflow commands for GitHub Actions".
    """

    # GitHub shows no more of one kind for a step.
    most_annotations = 10

    def __init__(self, env: Mapping[str, str], out: TextIO) -> None:
        """Take the environment with the step's files, and the log.

        `warnings` collects what was warned of; `below` is what stands below the result in the
        summary, empty as long as there is nothing to hand on.
        """
        self._is_debugging = env.get("RUNNER_DEBUG") == "1"
        self.out = out
        self.files: Files = StepFiles(env)
        self._secrets: list[str] = []
        self.warnings: list[str] = []
        self.below = ""

    def mask(self, secret: SecretStr) -> None:
        """Keep a secret out of everything that is said or written from now on."""
        value = secret.get_secret_value()
        if len(value) >= SHORTEST_SECRET:
            self._command("add-mask", {}, value)
            self._hide(value)

    def _hide(self, secret: str) -> None:
        # A secret may be part of another one, so the longest goes first.
        self._secrets = sorted({*self._secrets, secret, plain(secret, len(secret))}, key=len)[::-1]

    def say(self, text: str = "") -> None:
        """Write plain lines to the log; text in them cannot become a workflow command."""
        for line in self._safe(text).splitlines() or [""]:
            self._write(_without_command(line))

    def group(self, title: str, text: str) -> None:
        """Write lines that the log shows folded."""
        self._command("group", {}, self._safe(title))
        self.say(text)
        self._command("endgroup", {}, "")

    def debug(self, text: str) -> None:
        """Write a line that shows only when the runner's debug logging is on."""
        if self._is_debugging:
            self._command("debug", {}, self._safe(text))

    def annotate(self, level: Level, title: str, problems: Iterable[Problem | str]) -> None:
        """Write annotations: as many as are shown as such, the rest as lines of the log."""
        listed = [Problem("", 0, 0, p) if isinstance(p, str) else p for p in problems]
        for problem in listed[: self.most_annotations]:
            properties = {
                "file": problem.file,
                "line": problem.line,
                "col": problem.column,
                "title": title,
            }
            known = {name: self._safe(str(value)) for name, value in properties.items() if value}
            self._command(level, known, self._safe(problem.message))
        if rest := listed[self.most_annotations :]:
            self.say(f"And {len(rest)} more:")
            self.say("\n".join(str(problem) for problem in rest))

    def warn(self, message: str, *, about: str = "") -> None:
        """Write a warning, and keep it for the summary.

        Args:
            message: What does not work; lines after its first are to be pasted.
            about: What of the session it is about, for the annotation's title.
        """
        self.warnings.append(message)
        self.annotate("warning", f"{TITLE}: {about}" if about else TITLE, [message])

    def output(self, values: Mapping[str, str]) -> None:
        """Set outputs of the step; of two values for one name, the later one counts."""
        problem = self.files.output({name: self._safe(value) for name, value in values.items()})
        # The link stands in the log as well, so a full disk costs no more than this line.
        if problem:
            self.say(problem)

    def summary(self, result: str, below: str | None = None) -> None:
        """Set the step's part of the job summary; a later call replaces an earlier one.

        Args:
            result: What the run came to, as Markdown.
            below: What stands below the results of all specs; None for what stands there already.
        """
        self.below = self.below if below is None else below
        problem = self.files.summary(self._safe(result), self._safe(self.below))
        if problem:
            self.say(problem)

    def row(self, files: Files, out: TextIO) -> Runner:
        """Return a runner for one of several specs, with files and a log of its own."""
        row = copy(self)
        row.files, row.out, row.warnings = files, out, [*self.warnings]
        return row

    def write_log(self, lines: str) -> None:
        """Write what a row has said; it is safe already."""
        self.out.write(lines)
        self.out.flush()

    def _safe(self, text: str) -> str:
        return blot_out(text, self._secrets)

    def _command(self, name: str, properties: Mapping[str, str], message: str) -> None:
        self._write(str(Command(name, dict(properties), message)))

    def _write(self, line: str) -> None:
        # Half of a surrogate pair, which JSON may hold, cannot be written in any encoding.
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        self.out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self.out.flush()


class Terminal(Runner):
    """The same for a person at a terminal, in words instead of commands."""

    most_annotations = sys.maxsize

    def __init__(self, env: Mapping[str, str], out: TextIO) -> None:
        """Take the environment and the log.

        `outputs` keeps what a step would hand on.
        """
        super().__init__(env, out)
        kept = KeptValues()
        self.files = kept
        self.outputs = kept.values

    def _command(self, name: str, properties: Mapping[str, str], message: str) -> None:
        if name in ("add-mask", "endgroup"):
            return
        place = ":".join(properties[key] for key in ("file", "line", "col") if key in properties)
        label = "" if name == "group" else f"{name}: "
        self._write(f"{label}{place}: {message}" if place else f"{label}{message}")


def _without_command(line: str) -> str:
    """Break what the runner would take for a workflow command, in a way that does not show."""
    if _COMMAND.match(line):
        line = line.replace("::", ":\u200b:", 1)
    return line.replace("##[", "#\u200b#[")
