"""The files of a step: its outputs and its part of the job summary.

This module must not know what stands in them.
"""

from __future__ import annotations

import json
import os
import threading
from io import FileIO
from typing import TYPE_CHECKING, Protocol

from actions_toolkit.file_command import prepare_key_value_message

if TYPE_CHECKING:
    from collections.abc import Mapping

# GitHub refuses a larger summary as a whole.
MAX_SUMMARY_BYTES = 1_000_000


class Files(Protocol):
    """Where outputs and summary go; each call returns what went wrong, empty when nothing did."""

    def output(self, values: Mapping[str, str]) -> str:
        """Set outputs; of two values for one name, the later one counts."""

    def summary(self, result: str, below: str) -> str:
        """Set the summary, what it came to and what stands below; a later call replaces both."""


class StepFiles:
    """The files that the runner gives a step. Source: "Workflow commands for GitHub Actions"."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Take the environment that names the files."""
        self._output = env.get("GITHUB_OUTPUT", "")
        self._summary = env.get("GITHUB_STEP_SUMMARY", "")
        self._summary_start: int | None = None

    def output(self, values: Mapping[str, str]) -> str:
        """Set outputs; of two values for one name, the later one counts."""
        lines = [prepare_key_value_message(name, value) for name, value in values.items()]
        content = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
        try:
            if self._output:
                with _opened(self._output) as file:
                    _replace(file, file.seek(0, os.SEEK_END), content)
        except OSError as error:
            return f"the outputs of this step could not be written: {error.strerror}"
        return ""

    def summary(self, result: str, below: str) -> str:
        """Set this step's part of the summary; what stood in the file before stays."""
        markdown = "\n".join(part for part in (result, below) if part)
        try:
            if self._summary:
                self._write_summary(markdown.encode("utf-8", "replace"))
        except OSError as error:
            return f"the summary of this step could not be written: {error.strerror}"
        return ""

    def _write_summary(self, content: bytes) -> None:
        with _opened(self._summary) as file:
            if self._summary_start is None:
                self._summary_start = file.seek(0, os.SEEK_END)
            room = max(MAX_SUMMARY_BYTES - self._summary_start, 0)
            if len(content) > room:
                content = content[:room].decode("utf-8", "ignore").encode()
            _replace(file, self._summary_start, content)


def _opened(path: str) -> FileIO:
    """Open a file to write anywhere in it; what stands there stays."""
    return FileIO(path, "w", opener=lambda name, flags: os.open(name, flags & ~os.O_TRUNC, 0o666))


def _replace(file: FileIO, start: int, content: bytes) -> None:
    """Write what stands behind `start` anew, whole or, where there is no room for it, not at all.

    Half a value would have no end, and the runner would drop the whole file for it.
    """
    end = file.seek(0, os.SEEK_END)
    held = end - start
    try:
        # Only what makes the file longer can fail for want of room.
        _write(file, end, content[held:])
    except BaseException:
        file.truncate(end)
        raise
    _write(file, start, content[:held])
    if len(content) < held:
        file.truncate(start + len(content))


def _write(file: FileIO, at: int, content: bytes) -> None:
    file.seek(at)
    left = memoryview(content)
    while left:
        # A disk that fills up takes a part, and only then nothing.
        left = left[file.write(left) :]


class KeptValues:
    """Outputs that are kept for whoever started a command at a terminal."""

    def __init__(self) -> None:
        """Begin with none."""
        self.values: dict[str, str] = {}

    def output(self, values: Mapping[str, str]) -> str:
        """Keep values."""
        self.values.update(values)
        return ""

    def summary(self, result: str, below: str) -> str:
        """Leave the summary out: at a terminal the log has said it all."""
        del result, below
        return ""


class Rows:
    """The files of a step that several specs write to, each to its own row."""

    def __init__(self, files: Files, specs: list[str]) -> None:
        """Take the step's files, and the specs in the order of the rows."""
        self._files = files
        self._lock = threading.Lock()
        self._outputs = [{"spec": spec} for spec in specs]
        # Each row's share of the list, written anew only when the row has changed.
        self._listed = [""] * len(specs)
        self._results = [""] * len(specs)
        self._below = [""] * len(specs)

    def row(self, index: int) -> Row:
        """Return the files of one row."""
        return Row(self, index)

    def output(self, index: int, values: Mapping[str, str]) -> str:
        """Set outputs of a row; the step's single outputs speak of the first row."""
        with self._lock:
            row = self._outputs[index]
            row.update(values)
            self._listed[index] = json.dumps(row) if "status" in row else ""
            sessions = ", ".join(part for part in self._listed if part)
            single = values if index == 0 else {}
            return self._files.output({**single, "sessions": f"[{sessions}]"})

    def summary(self, index: int, result: str, below: str) -> str:
        """Set the parts of the summary that belong to a row; the results of all rows come first."""
        with self._lock:
            self._results[index], self._below[index] = result, below
            parts = ["\n".join(filter(None, it)) for it in (self._results, self._below)]
            return self._files.summary(parts[0], parts[1])


class Row:
    """One row of `Rows`."""

    def __init__(self, rows: Rows, index: int) -> None:
        """Take the place among the rows."""
        self._rows = rows
        self._index = index

    def output(self, values: Mapping[str, str]) -> str:
        """Set outputs of this row."""
        return self._rows.output(self._index, values)

    def summary(self, result: str, below: str) -> str:
        """Set this row's part of the summary."""
        return self._rows.summary(self._index, result, below)
