"""The workflows that `init` writes, run as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.commands.init import KINDS, init
from harness.consumer import pull_request_payload

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository

EVENTS = {
    "retrospective": "pull_request",
    "sprint": "schedule",
    "decision": "workflow_dispatch",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_runs_as_it_stands(repository: Repository, box: Sandbox, kind: str) -> None:
    """With the secret added, the workflow creates a session on its own event."""
    (repository.root / ".github/workflows/session.yml").unlink()
    assert init(repository.root, kind) == 0
    workflow = repository.root / f".github/workflows/{kind}.yml"
    text = workflow.read_text("utf-8")
    # The one thing that differs from the real world is where Harmonica is.
    text = text.replace(
        "          spec:", f"          api-url: {box.harmonica_url}\n          spec:"
    )
    workflow.write_text(text, "utf-8")

    run = repository.run(EVENTS[kind], pull_request_payload())

    assert run.code == 0, run.printed
    assert len(box.harmonica.sessions) == 1
    assert len(box.github.comments) == (1 if kind == "retrospective" else 0)
    opened = [it for it in box.github.issues.values() if "pull_request" not in it]
    assert len(opened) == (1 if kind == "sprint" else 0)
