"""Machines for the tests of set-up."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.machine import Machine, make_release

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing has been set up yet; the action brings no libraries."""
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What set-up has made for a job; it is copied, never used."""
    machine = Machine(tmp_path_factory.mktemp("ready"))
    start = machine.start("eggs")
    assert start.code == 0, start
    return machine.family


@pytest.fixture
def ready_machine(ready: Path, machine: Machine) -> Machine:
    """A machine where all is set up."""
    shutil.copytree(ready, machine.family)
    return machine


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The launcher's folder of a release; it is copied, never used."""
    machine = Machine(tmp_path_factory.mktemp("release"))
    make_release(machine.launch, machine.folder / "wheels")
    return machine.launch


@pytest.fixture
def released(release: Path, machine: Machine) -> Machine:
    """A machine where nothing has been set up yet; the action is a release."""
    shutil.rmtree(machine.launch)
    shutil.copytree(release, machine.launch)
    # Whoever asks for packages all the same gets none.
    machine.env |= {"PIP_FIND_LINKS": "", "UV_FIND_LINKS": ""}
    return machine


@pytest.fixture(params=["carried", "installed"])
def either(request: pytest.FixtureRequest) -> Machine:
    """A machine where nothing has been set up yet, with either kind of action."""
    name = {"carried": "released", "installed": "machine"}[request.param]
    machine: Machine = request.getfixturevalue(name)
    return machine
