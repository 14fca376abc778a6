"""The lock of the runtime against what the package asks for, without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from launch.install import LARGE, split

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = PROJECT / "src" / "launch"
LOCK = (LAUNCH / "runtime.txt").read_text("utf-8")
PINNED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)(?: ; .*)? \\$", LOCK, flags=re.MULTILINE))


def requirements(name: str) -> list[str]:
    """Return the lines of a file of requirements."""
    lines = (LAUNCH / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def dependencies() -> list[str]:
    """Return the dependencies of the package."""
    text = (PROJECT / "pyproject.toml").read_text("utf-8")
    (block,) = re.findall(r"^dependencies = \[\n(.*?)^\]", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r'"(.+?)"', block)


def test_the_runtime_is_made_from_what_the_package_asks_for() -> None:
    """A dependency is added, or its range changed, in both places."""
    assert sorted(requirements("runtime.in")) == sorted(dependencies())


@pytest.mark.parametrize("dependency", dependencies())
def test_every_dependency_is_locked_within_its_range(dependency: str) -> None:
    """The lock is made anew when a range moves."""
    requirement = Requirement(dependency)

    assert requirement.specifier.contains(PINNED[requirement.name])


def test_the_runtime_is_these_packages_and_no_other() -> None:
    """Each one more is fetched, unpacked and compiled by every first step of a runner."""
    asked = {Requirement(dependency).name for dependency in dependencies()}
    of_pydantic = {"annotated-types", "pydantic-core", "typing-extensions", "typing-inspection"}
    of_httpx = {"certifi", "h11", "httpcore", "idna"}

    assert PINNED.keys() == asked | of_pydantic | of_httpx | {"markupsafe"}


def test_every_package_has_hashes() -> None:
    """Nothing can be installed but what was locked."""
    packages = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]

    assert len(packages) == len(PINNED)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", package) for package in packages)


def test_what_is_left_out_is_not_in_the_lock() -> None:
    """PyGithub, requests and anyio bring twenty megabytes and slow every start."""
    assert {"pygithub", "requests", "anyio"} == {*requirements("left-out.in")}
    heavy = {"pygithub", "requests", "anyio", "cryptography", "pynacl", "cffi", "urllib3", "pyjwt"}
    assert not heavy & PINNED.keys()


def test_the_package_that_pip_is_slowest_with_has_a_pip_of_its_own() -> None:
    """While one pip is at it, another installs all the rest."""
    large, others = split(LOCK, 2)

    assert re.findall(r"^[a-z0-9-]+==", large, flags=re.MULTILINE) == [f"{LARGE}=="]
    assert len(re.findall(r"^[a-z0-9-]+==", others, flags=re.MULTILINE)) == len(PINNED) - 1


def test_the_lock_names_no_address() -> None:
    """Where packages come from is the machine's to say."""
    assert "://" not in LOCK
    assert "--index" not in LOCK
