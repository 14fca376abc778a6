"""A consumer's repository for the tests of the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Sandbox
from harness.consumer import HEAD, SPEC, Consumer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """Stand-ins for both services, with pull request 7 open."""
    with Sandbox() as sandbox:
        sandbox.github.add_pull(7, head_sha=HEAD)
        yield sandbox


@pytest.fixture
def consumer(box: Sandbox, tmp_path: Path) -> Consumer:
    """A repository with a small spec."""
    root = tmp_path / "repository"
    root.mkdir()
    consumer = Consumer(box, root, tmp_path)
    consumer.write(".harmonica/session.yml", SPEC)
    return consumer
