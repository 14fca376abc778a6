"""The GitHub Actions runner: its log, its annotations, the step's outputs and summary.

This module must not decide what is said, only how the runner takes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

from actions_toolkit.command import Command
from actions_toolkit.file_command import prepare_key_value_message

from harmonica_session.core.inputs import SHORTEST_SECRET
from harmonica_session.core.markdown import plain
from harmonica_session.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import SecretStr

Level: TypeAlias = Literal["error", "warning", "notice"]

# GitHub shows no more annotations of one kind for a step.
MAX_ANNOTATIONS = 10
# GitHub refuses a larger summary as a whole.
MAX_SUMMARY_BYTES = 1_000_000
# Markdown may have put a backslash before each underscore.
_KEY = re.compile(r"hm\\?_live\\?_[0-9A-Za-z]+")
# The runner trims white space, and drops a byte order mark at the start of the log.
_COMMAND = re.compile(r"\W*::")
_HIDDEN = "***"


class Runner:
    """What the action says and writes, in the runner's own protocol.

    Source: "Workflow commands for GitHub Actions".
    """

    def __init__(self, env: Mapping[str, str], out: TextIO) -> None:
        """Take the environment with the step's files, and the log.

        `warnings` collects what was warned of.
        """
        self._env = env
        self._out = out
        self._secrets: list[str] = []
        self._summary_start: int | None = None
        self.warnings: list[str] = []

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
        if self._env.get("RUNNER_DEBUG") == "1":
            self._command("debug", {}, self._safe(text))

    def annotate(self, level: Level, title: str, problems: Iterable[Problem | str]) -> None:
        """Write annotations: the first ten as such, all of them to the log."""
        listed = [Problem("", 0, 0, p) if isinstance(p, str) else p for p in problems]
        for problem in listed[:MAX_ANNOTATIONS]:
            properties = {
                "file": problem.file,
                "line": problem.line,
                "col": problem.column,
                "title": title,
            }
            known = {name: self._safe(str(value)) for name, value in properties.items() if value}
            self._command(level, known, self._safe(problem.message))
        if len(listed) > MAX_ANNOTATIONS:
            self.say(f"All {len(listed)} problems:")
            self.say("\n".join(str(problem) for problem in listed))

    def warn(self, title: str, message: str) -> None:
        """Write a warning, and keep it for the summary; lines after its first are to be pasted."""
        self.warnings.append(message)
        self.annotate("warning", title, [message])

    def output(self, values: Mapping[str, str]) -> None:
        """Set outputs of the step; of two values for one name, the later one counts."""
        path = self._env.get("GITHUB_OUTPUT")
        if path:
            lines = [prepare_key_value_message(k, self._safe(v)) for k, v in values.items()]
            content = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
            self._write_file(path, content, "outputs")

    def summary(self, markdown: str) -> None:
        """Set the step's part of the job summary; a later call replaces an earlier one."""
        path = self._env.get("GITHUB_STEP_SUMMARY")
        if not path:
            return
        content = self._safe(markdown).encode("utf-8", "replace")
        self._summary_start = self._write_file(
            path, content, "summary", self._summary_start, MAX_SUMMARY_BYTES
        )

    def _write_file(
        self,
        path: str,
        content: bytes,
        what: str,
        start: int | None = None,
        limit: int | None = None,
    ) -> int | None:
        """Write to a file of the step, behind what is there or over what stands from `start` on.

        A file that cannot be written is said and no more: the link stands in the log as well.
        """
        try:
            with Path(path).open("ab") as file:
                start = file.tell() if start is None else start
                file.truncate(start)
                if limit is not None:
                    content = content[: max(limit - start, 0)].decode("utf-8", "ignore").encode()
                file.write(content)
        except OSError as error:
            self.say(f"The step's {what} could not be written: {error.strerror}")
        return start

    def _safe(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _KEY.sub(_HIDDEN, text)

    def _command(self, name: str, properties: Mapping[str, str], message: str) -> None:
        self._write(str(Command(name, dict(properties), message)))

    def _write(self, line: str) -> None:
        # Half of a surrogate pair, which JSON may hold, cannot be written in any encoding.
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        self._out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self._out.flush()


class Terminal(Runner):
    """The same for a person at a terminal, in words instead of commands."""

    def __init__(self, env: Mapping[str, str], out: TextIO) -> None:
        """Take the environment and the log.

        `outputs` keeps what a step would hand on.
        """
        super().__init__(env, out)
        self.outputs: dict[str, str] = {}

    def output(self, values: Mapping[str, str]) -> None:
        """Keep values for whoever started the command."""
        self.outputs.update(values)

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
