"""What set-up says, to a runner in its own commands and to a terminal in plain lines.

It must not print a line of a foreign program where the runner would take it for a command.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

_PAGE = "https://github.com/OWNER/harmonica-session-action/blob/v1/.github/docs/troubleshooting.md"


class InstallationError(Exception):
    """The libraries cannot be had; the message says why and what to do."""


def progress(line: str) -> None:
    """Print a line: to the step's log, or beside the output of a command at a terminal."""
    stream = sys.stdout if _on_runner() else sys.stderr
    stream.write(f"{line}\n")
    stream.flush()


def output_of(program: str, output: str) -> None:
    """Print all that a program printed, folded up on a runner."""
    if not _on_runner():
        progress(output)
        return
    token = secrets.token_hex(16)
    progress(f"::group::Output of {program}\n::stop-commands::{token}\n{output}")
    progress(f"::{token}::\n::endgroup::")


def told(error: Exception) -> str:
    """Return what to say of whatever has ended the set-up."""
    if isinstance(error, InstallationError):
        return str(error)
    return (
        f"The action cannot be loaded ({type(error).__name__}: {error}). Its folder should be as "
        "it was downloaded, with nothing changed or missing."
    )


def failure(title: str, message: str) -> None:
    """Report that the step cannot go on: annotation, output and summary, or a line on stderr.

    Source: GitHub's documentation of workflow commands, for the commands and their escapes.
    """
    if not _on_runner():
        progress(f"error: {message}")
        return
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    progress(f"::error title={title}::{escaped}")
    _append("GITHUB_OUTPUT", "status=failed\n")
    _append(
        "GITHUB_STEP_SUMMARY",
        f"## Harmonica session: failed\n\n**{title}:** {message}\n\nNothing was created.\n\n"
        f"[What to do about it]({_PAGE}#starting-the-action)\n",
    )


def _on_runner() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _append(variable: str, text: str) -> None:
    # Where even this cannot be written, the annotation has said it. A path may be no text at all.
    with suppress(OSError), Path(os.environ.get(variable, "")).open("ab") as file:
        file.write(text.encode(errors="replace"))
