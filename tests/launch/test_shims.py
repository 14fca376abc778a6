"""Shims of version managers: scripts on PATH, which hostile variables must not reach either."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.machine import BASH

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")


@pytest.fixture
def shimmed(released: Machine) -> Machine:
    """A machine whose only Python is found by a script of bash; the checkout has a bash, too."""
    released.write(
        "bin/python3", f'#!/usr/bin/env bash\nset -e\ncd /\nexec "{sys.executable}" "$@"\n'
    )
    (released.folder / "home/bash").symlink_to(BASH)
    released.env["PATH"] = f"{released.bin}:{released.folder}/home"
    released.write(
        "workspace/bash", f"#!/bin/sh\n>'{released.folder}/sprung'\nexec {BASH} \"$@\"\n"
    )
    return released


@pytest.mark.parametrize(
    "variables",
    [
        {"BASH_ENV": "{0}/workspace/start.sh"},
        {"BASH_FUNC_cd%%": "() {{ : >'{0}/sprung'; }}"},
        {"BASH_FUNC_set%%": "() {{\n: >'{0}/sprung'\n}}", "BASH_FUNC_other%%": "() {{ :; }}"},
        {"PATH": "{0}/workspace:{0}/bin:{0}/home"},
    ],
    ids=["start file", "function", "functions of several lines", "checkout on PATH"],
)
@pytest.mark.parametrize("given", ["", "{0}/bin/python3"])
def test_a_shim_takes_nothing_from_the_checkout(
    shimmed: Machine, variables: dict[str, str], given: str
) -> None:
    """The bash that a shim is run by is as closed as that of the step."""
    shimmed.write("workspace/start.sh", f": >'{shimmed.folder}/sprung'\n")
    env = {name: text.format(shimmed.folder) for name, text in variables.items()}

    start = shimmed.start("spam", INPUT_PYTHON_PATH=given.format(shimmed.folder), **env)

    assert start.code == 0, start
    assert start.stderr == ""
    assert not (shimmed.folder / "sprung").exists()


def test_a_shim_is_given_the_variables_that_are_its_own(shimmed: Machine) -> None:
    """A version manager is told in one which Python to be."""
    shimmed.write("bin/python3", '#!/usr/bin/env bash\nexec "$PYENV_VERSION" "$@"\n')

    assert shimmed.start("spam", PYENV_VERSION=sys.executable).code == 0


def test_an_input_that_looks_like_an_option_is_a_name(shimmed: Machine) -> None:
    """It is refused in the one line that is due."""
    start = shimmed.start(INPUT_PYTHON_PATH="-c")

    assert (start.code, start.stderr) == (1, "")
    assert "The input python-path is '-c'" in start.stdout
