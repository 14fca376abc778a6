"""A checkout full of traps: whatever lies there, it has no effect on set-up or start."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
MODULES = (
    *("h11", "typing_inspection", "yaml", "json", "hmac", "harmonica_session", "launch", "pip"),
    *("sitecustomize", "usercustomize", "encodings", "subprocess", "concurrent"),
)
ELSEWHERE = "http://127.0.0.1:9/simple"
FILES = {
    "uv.toml": f'index-url = "{ELSEWHERE}"\nno-cache = true\n[pip]\ntarget = "stolen"\n',
    "pip.conf": f"[global]\nindex-url = {ELSEWHERE}\nno-index = true\nfind-links =\n",
    "config/pip/pip.conf": f"[global]\nindex-url = {ELSEWHERE}\nno-index = true\nfind-links =\n",
    "config/uv/uv.toml": f'index-url = "{ELSEWHERE}"\n',
    "pyproject.toml": f'[project]\nname = "x"\n[tool.uv]\nindex-url = "{ELSEWHERE}"\n',
    ".env": f"UV_DEFAULT_INDEX={ELSEWHERE}\nPIP_INDEX_URL={ELSEWHERE}\n",
    ".netrc": "machine index.example.org login x password y\n",
    ".python-version": "2.7\n",
    ".tool-versions": "python 2.7\n",
    "setup.cfg": "[install]\nprefix = stolen\n",
    "pyvenv.cfg": "home = /nowhere\n",
}


@pytest.fixture
def trapped(machine: Machine) -> Machine:
    """A machine whose checkout has traps of all kinds, with variables that lead into some."""
    sprung = machine.folder / "sprung"
    for name in MODULES:
        trap = f"open({str(sprung)!r}, 'a').write('{name}\\n')\n"
        machine.write(f"workspace/{name}.py", trap)
        machine.write(f"workspace/modules/{name}/__init__.py", trap)
    machine.write("workspace/modules/all.pth", f"import os; open({str(sprung)!r}, 'a')\n")
    for name, text in FILES.items():
        machine.write(f"workspace/{name}", text)
    for name in ("python3", "python", "py", "uv", "pip", "git", "cd", "type"):
        machine.write(f"workspace/{name}", f"#!/bin/sh\necho program {name} >>'{sprung}'\nexit 1\n")
    workspace = str(machine.workspace)
    machine.env["PATH"] = f"{workspace}:.:{machine.env['PATH']}"
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CDPATH"):
        machine.env[name] = workspace
    machine.env |= {
        "PYTHONSTARTUP": f"{workspace}/h11.py",
        "PIP_CONFIG_FILE": "pip.conf",
        "XDG_CONFIG_HOME": f"{workspace}/config",
        "UV_CONFIG_FILE": f"{workspace}/uv.toml",
        "NETRC": f"{workspace}/.netrc",
    }
    return machine


@pytest.mark.parametrize("uv", [True, False])
def test_no_trap_is_sprung(trapped: Machine, *, uv: bool) -> None:
    """The set-up goes through, with either installer, and imports come from where they should."""
    if not uv:
        (trapped.bin / "python3").symlink_to(sys.executable)
        trapped.env["PATH"] = f"{trapped.workspace}:.:{trapped.bin}:{os.defpath}"

    start = trapped.start("h11", "typing_inspection", "json", "subprocess")

    assert start.code == 0, start
    assert not (trapped.folder / "sprung").exists()
    assert "Output of" not in start.stdout
    files = start.told["modules"].values()
    assert not [file for file in files if file.startswith(str(trapped.workspace))]
    assert not (trapped.workspace / "stolen").exists()


def test_no_trap_is_sprung_by_a_later_start(trapped: Machine) -> None:
    """What is ready is started just as isolated."""
    trapped.start()

    start = trapped.start("h11", "json")

    assert start.code == 0, start
    assert not (trapped.folder / "sprung").exists()


def test_a_module_that_is_missing_is_not_taken_from_the_checkout(trapped: Machine) -> None:
    """What the lock does not have cannot be imported, however it is offered."""
    start = trapped.start("yaml")

    assert start.code == 1
    assert "No module named 'yaml'" in start.stderr


def test_the_action_s_own_folder_is_no_place_to_import_from(machine: Machine) -> None:
    """Once the launcher has what lies beside it, modules come from what was sealed alone."""
    for _ in ("first start", "later start"):
        start = machine.start()
        assert start.code == 0, start
        assert [it for it in start.told["path"] if it.startswith(f"{machine.folder}/action")] == []
