"""Machines for the tests of set-up."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.machine import Machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing has been set up yet."""
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a machine where all is set up; it is copied, never used."""
    machine = Machine(tmp_path_factory.mktemp("ready"))
    start = machine.start()
    assert start.code == 0, start
    return machine.folder


@pytest.fixture
def ready_machine(ready: Path, machine: Machine) -> Machine:
    """A machine where all is set up."""
    shutil.copytree(ready / "tools", machine.tools, dirs_exist_ok=True)
    return machine
