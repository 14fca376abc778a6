"""Who copies a workflow is told what is left to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.commands.init import KINDS, STARTERS
from harmonica_session.report.summary import skipped
from harmonica_session.text.open_name import left_to_fill_in
from harness.process import at_terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_an_open_owner_is_to_be_replaced() -> None:
    """The line says what stands for the owner."""
    assert left_to_fill_in("uses: OWNER/NAME@v1") == (
        "Replace OWNER with the owner of this action's repository.\n"
    )


def test_a_release_leaves_nothing_to_replace() -> None:
    """Where the name is filled in, no line is wasted on it."""
    assert left_to_fill_in("uses: octo/their-action@v1") == ""


@pytest.mark.parametrize("kind", KINDS)
def test_init_tells_it_of_what_it_writes(tmp_path: Path, kind: str) -> None:
    """The line follows from the workflow that was written, so a release does not print it."""
    workflow = (STARTERS / kind / "workflow.yml").read_text("utf-8")
    lines = at_terminal(tmp_path, "init", kind).stdout.splitlines(keepends=True)
    expected = [line for line in (left_to_fill_in(workflow),) if line]
    assert lines[-1 - len(expected) : -1] == (expected or lines[-1:-1])


def test_the_summary_for_a_fork_tells_it_of_its_workflow() -> None:
    """The line stands below the workflow that is shown."""
    workflow = (STARTERS / "retrospective/workflow.yml").read_text("utf-8")
    assert skipped("a pull request from a fork", workflow).endswith(
        f"```\n{left_to_fill_in(workflow)}"
    )
