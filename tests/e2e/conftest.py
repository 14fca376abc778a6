"""Repositories for tests that run the action as its users do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.channel import Channel
from harness.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harmonica_session.sandbox import Sandbox

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner downloads of this repository, as far as the action needs it."""
    folder = tmp_path_factory.mktemp("action")
    shutil.copyfile(PROJECT / "action.yml", folder / "action.yml")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "src", folder / "src", ignore=ignored)
    shutil.copytree(PROJECT / ".github/workflows", folder / ".github/workflows")
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for act; it holds the tool cache, where set-up is found by every test but one."""
    return tmp_path_factory.mktemp("act")


@pytest.fixture
def repository(tmp_path: Path, action: Path, cache: Path, box: Sandbox) -> Repository:
    """A repository with a small spec, a workflow that uses the action, and pull request 7 open."""
    return Repository(tmp_path / "repository", action, cache, box)


@pytest.fixture
def channel() -> Iterator[Channel]:
    """A chat's webhook."""
    it = Channel()
    yield it
    it.close()
