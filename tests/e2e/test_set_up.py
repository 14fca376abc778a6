"""The action's set-up in a real workflow."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from harness.consumer import pull_request_payload

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository


def test_a_first_run_needs_nothing_but_the_workflow(repository: Repository, box: Sandbox) -> None:
    """A workflow that only checks out and uses the action creates a session."""
    run = repository.run("pull_request", pull_request_payload())

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"].startswith(box.harmonica_url)
    assert len(box.github.comments) == 1


def test_a_second_step_of_the_job_finds_what_the_first_installed(
    repository: Repository, sources: Path
) -> None:
    """The sources bring no libraries, so the index is asked for them, once for each job."""
    repository.action = sources
    workflow = repository.root / ".github/workflows/session.yml"
    text = workflow.read_text("utf-8")
    step = text[text.index("      - uses: OWNER") : text.index("      - if: always()")]
    again = step.replace("id: harmonica", "id: again")
    repository.write(".github/workflows/session.yml", text.replace(step, step + again))

    run = repository.run("pull_request", pull_request_payload())

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert run.outputs_of("again")["status"] == "reused"
    assert run.printed.count("Installing the action's libraries") == 1


def test_the_workspace_stays_as_it_was_checked_out(repository: Repository) -> None:
    """Neither set-up nor run leaves a file in the workspace."""
    run = repository.run()

    assert run.code == 0, run.printed
    assert run.log_of("after") == ""


def test_later_steps_see_the_environment_that_earlier_ones_saw(repository: Repository) -> None:
    """Nothing is written to GITHUB_ENV or GITHUB_PATH."""
    run = repository.run()

    assert run.code == 0, run.printed
    assert run.commands("set-env") == run.commands("add-path") == []


def test_an_action_in_the_workspace_leaves_no_trace_there(repository: Repository) -> None:
    """With `uses: ./` the action's folder is the workspace, and still nothing is written."""
    workflow = repository.root / ".github/workflows/session.yml"
    text = workflow.read_text("utf-8").replace("OWNER/harmonica-session-action@v1", "./")
    shutil.copytree(repository.action, repository.root, dirs_exist_ok=True)
    repository.write(".github/workflows/session.yml", text)

    run = repository.run()

    assert run.outputs["status"] == "created", run.printed
    assert run.log_of("after") == ""


def test_no_suitable_python_is_one_line_and_a_failed_step(repository: Repository) -> None:
    """What is missing is said in one annotation, and the outputs say that it failed."""
    workflow = repository.root / ".github/workflows/session.yml"
    text = workflow.read_text("utf-8").replace("dry-run:", "python-path: /nowhere/python\n  #")
    repository.write(".github/workflows/session.yml", text)

    run = repository.run()

    assert run.code == 1
    assert [(a.name, a.properties["title"]) for a in run.annotations] == [
        ("error", "No suitable Python")
    ]
    assert run.outputs["status"] == "failed"
    assert "/nowhere/python" in run.summary
