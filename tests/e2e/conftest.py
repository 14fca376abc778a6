"""Repositories for tests that run the action as its users do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.channel import Channel
from harness.machine import BASH
from harness.repository import Repository
from launch.libraries import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harmonica_session.sandbox import Sandbox

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = PROJECT / ".github/release"


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner downloads of `main`, as far as the action needs it."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copyfile(PROJECT / "action.yml", folder / "action.yml")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "src", folder / "src", ignore=ignored)
    shutil.copytree(PROJECT / ".github/workflows", folder / ".github/workflows")
    return folder


@pytest.fixture(scope="session")
def action(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner downloads of a release: the same with the libraries, where it brings them.

    RELEASE_TREE in the environment names a tree that was built, to try that one instead.
    """
    if given := os.environ.get("RELEASE_TREE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("release") / "action"
    shutil.copytree(sources, folder)
    if label() in (RELEASE / "targets.txt").read_text("utf-8").split():
        program = str(RELEASE / "add_libraries")
        subprocess.run([BASH, program, str(folder), label()], check=True)  # noqa: S603 - our own
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for act."""
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
