"""What a release brings along, under act: it needs no package index, which the sources do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from harness.consumer import pull_request_payload
from launch.libraries import label

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harness.repository import Repository

# Nobody listens there, and no setting of this machine leads past it.
NO_INDEX = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
    "UV_NO_CONFIG": "1",
    "UV_CONFIG_FILE": "",
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
    "UV_HTTP_RETRIES": "0",
}


def test_a_release_needs_no_index(repository: Repository, box: Sandbox, action: Path) -> None:
    """The first step of a job creates and announces a session with what the tag holds."""
    if not (action / "src/launch/wheels" / label()).is_dir():
        pytest.skip("a release brings no libraries for this Python")
    repository.env |= NO_INDEX

    run = repository.run("pull_request", pull_request_payload())

    assert run.code == 0, run.printed
    assert run.outputs["status"] == "created"
    assert len(box.github.comments) == 1
    assert "Installing" not in run.log


def test_the_sources_say_in_one_line_that_they_do(repository: Repository, sources: Path) -> None:
    """Without libraries and without an index the step fails, and the annotation says why."""
    repository.action = sources
    repository.env |= NO_INDEX

    run = repository.run("pull_request", pull_request_payload())

    assert run.outputs["status"] == "failed", run.printed
    errors = [line for line in run.log.splitlines() if line.startswith("::error")]
    assert len(errors) == 1
    assert "The libraries could not be installed" in errors[0]
    assert "Traceback" not in run.log
