"""The workflows that `init` writes, put into a repository and run there as they stand.

It must change nothing of their texts but the address of Harmonica.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.commands.init import init
from harness.consumer import BASE, pull_request_payload
from harness.later import put_program

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository, WorkflowRun

ON_UBUNTU = pytest.mark.skipif(
    sys.platform != "linux", reason="the workflows run on ubuntu-latest, with its programs"
)
MERGED: dict[str, Any] = pull_request_payload("closed")
MERGED["pull_request"] |= {
    "merged": True,
    "merged_at": "2026-01-06T09:00:00Z",
    "user": {"login": "newcomer", "type": "User"},
    "labels": [],
}
REPOSITORY: dict[str, Any] = MERGED["repository"]
BRANCH = "harmonica/session-md"
# Stands in for GitHub's own command, which speaks to no stand-in: one pull request can be open.
GH = """\
#!/bin/sh
echo "gh $*" >> "$GH_LOG"
case "$1 $2" in
  'pr list') [ ! -e "$GH_LOG.open" ] || echo 12 ;;
  'pr create') : > "$GH_LOG.open" ;;
esac
"""


def with_sandbox(text: str, box: Sandbox) -> str:
    """Return a workflow that asks the stand-in: where Harmonica is differs from the world."""
    key = "api-key: ${{ secrets.HARMONICA_API_KEY }}\n"
    lines = text.splitlines(keepends=True)
    at = [line[: -len(key)] for line in lines if line.endswith(key)]
    assert at or "api-key" not in text
    if "api-url" in text:
        return text
    address = f"api-url: {box.harmonica_url}\n"
    return "".join(
        f"{line[: -len(key)]}{address}{line}" if line.endswith(key) else line for line in lines
    )


def start(repository: Repository, kind: str, *, spec: str = "") -> None:
    """Put what `init` writes into a repository, `spec` being added to what it says of a session."""
    (repository.root / ".github/workflows/session.yml").unlink(missing_ok=True)
    assert init(repository.root, kind) == 0
    workflow = repository.root / f".github/workflows/{kind}.yml"
    workflow.write_text(with_sandbox(workflow.read_text("utf-8"), repository.box), "utf-8")
    for path in repository.root.glob(".harmonica/*.yml"):
        if path.stem == kind:
            path.write_text(path.read_text("utf-8") + spec, "utf-8")
        name = path.relative_to(repository.root).as_posix()
        repository.box.github.files[BASE, name] = path.read_bytes()


def run(repository: Repository, event: str, payload: dict[str, Any], kind: str = "") -> WorkflowRun:
    """Run the workflow of a kind, or of all kinds, on an event; it has to end well."""
    workflow = f".github/workflows/{kind}.yml" if kind else ".github/workflows"
    done = repository.run(event, payload, workflow=workflow)
    assert done.code == 0, done.printed
    return done


def announced(box: Sandbox) -> list[dict[str, Any]]:
    """Return the issues that announce sessions."""
    return [it for it in box.github.issues.values() if "receipt v1" in (it.get("body") or "")]


def accept_pushes(repository: Repository) -> Path:
    """Give a repository a remote to push to, and `gh`; return the remote."""
    remote = repository.root.parent / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)  # noqa: S603, S607 - git
    repository.git("config", f"url.{remote}.insteadOf", "https://github.com/octo/garden.git")
    repository.programs = repository.programs or repository.root.parent / "programs"
    put_program(repository.programs, "gh", GH)
    repository.env["GH_LOG"] = str(gh_log(repository))
    return remote


def gh_log(repository: Repository) -> Path:
    """Return the file that says what `gh` was asked for."""
    return repository.root.parent / "gh.log"


def pushed(remote: Path, branch: str = BRANCH) -> str:
    """Return the SESSION.md that was pushed, empty where none was."""
    shown = subprocess.run(  # noqa: S603 - git
        ["git", "-C", str(remote), "show", f"{branch}:SESSION.md"],  # noqa: S607
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return shown.stdout
