"""A checkout full of traps: whatever lies there, it has no effect on set-up or start."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.machine import BASH
from harness.wheels import EXTENSION

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
ALL = ("spam.first", "eggs.second", f"eggs.{EXTENSION}", "json", "subprocess")
MODULES = (
    *("spam", "eggs", "yaml", "json", "hmac", "harmonica_session", "launch", "pip", "_speedups"),
    *("sitecustomize", "usercustomize", "encodings", "subprocess", "concurrent", "zipimport"),
)
PROGRAMS = ("python3", "python", "py", "uv", "pip", "git", "cd", "type", "exec", "printf", "bash")
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
# What bash and Pythons are linked with, on one system or another.
LINKED = (
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libutil.so.1", "librt.so.1"),
    *("libtinfo.so.6", "libz.so.1", "libexpat.so.1", "libcrypt.so.1", "libcrypto.so.3"),
    *("libssl.so.3", f"libpython3.{sys.version_info.minor}.so.1.0"),
)


def trap(machine: Machine) -> None:
    """Fill the checkout with traps of all kinds, and set variables that lead into them."""
    sprung = machine.folder / "sprung"
    for name in MODULES:
        text = f"open({str(sprung)!r}, 'a').write('{name}\\n')\n"
        machine.write(f"workspace/{name}.py", text)
        machine.write(f"workspace/modules/{name}/__init__.py", text)
    machine.write("workspace/modules/all.pth", f"import os; open({str(sprung)!r}, 'a')\n")
    for name, text in FILES.items():
        machine.write(f"workspace/{name}", text)
    run = f"echo {{}} >>'{sprung}'"
    for name in PROGRAMS:
        machine.write(f"workspace/{name}", f"#!/bin/sh\n{run.format(f'program {name}')}\nexit 1\n")
    machine.write("workspace/start.sh", f"{run.format('start file')}\n")
    workspace = str(machine.workspace)
    machine.env["PATH"] = f"{workspace}:.::{machine.env['PATH']}:"
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CDPATH", "PYTHONPYCACHEPREFIX"):
        machine.env[name] = workspace
    for name in ("BASH_ENV", "ENV", "PROMPT_COMMAND"):
        machine.env[name] = f"{workspace}/start.sh"
    for name in PROGRAMS:
        machine.env[f"BASH_FUNC_{name}%%"] = f"() {{ {run.format(f'function {name}')}; }}"
    machine.env |= {
        "SHELLOPTS": "xtrace:errexit:nounset:noglob",
        "PS4": f"$({run.format('trace')})",
        "PYTHONSTARTUP": f"{workspace}/spam.py",
        "PIP_CONFIG_FILE": "pip.conf",
        "XDG_CONFIG_HOME": f"{workspace}/config",
        "UV_CONFIG_FILE": f"{workspace}/uv.toml",
        "NETRC": f"{workspace}/.netrc",
    }


@pytest.mark.parametrize("kind", ["carried", "with uv", "with pip"])
def test_no_trap_is_sprung(kind: str, request: pytest.FixtureRequest) -> None:
    """The set-up goes through, as does a later start, and imports come from where they should."""
    machine = request.getfixturevalue("released" if kind == "carried" else "machine")
    if kind == "with pip":
        (machine.bin / "python3").symlink_to(sys.executable)
        machine.env["PATH"] = f"{machine.bin}:{os.defpath}"
    trap(machine)

    for start in (machine.start(*ALL), machine.start(*ALL)):
        assert start.code == 0, start
        assert not (machine.folder / "sprung").exists(), (machine.folder / "sprung").read_text()
        assert start.stderr == ""
        assert "Output of" not in start.stdout
        outside = [*start.told["modules"].values(), *start.told["path"]]
        assert not [path for path in outside if path.startswith(str(machine.workspace))]
        assert not (machine.workspace / "stolen").exists()


def test_a_module_that_is_missing_is_not_taken_from_the_checkout(released: Machine) -> None:
    """What the lock does not have cannot be imported, however it is offered."""
    trap(released)

    start = released.start("yaml")

    assert start.code == 1
    assert "No module named 'yaml'" in start.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="its loader is meant")
@pytest.mark.parametrize("entry", ["", "libraries"])
@pytest.mark.parametrize("place", ["{0}:/opt/lib", "/opt/lib:{0}"])
def test_no_library_is_loaded_out_of_the_checkout(
    released: Machine, place: str, entry: str
) -> None:
    """An empty or relative entry of LD_LIBRARY_PATH does not mean the checkout."""
    for name in LINKED:
        released.write(f"workspace/{name}", "")
        released.write(f"workspace/libraries/{name}", "")
    env = {"LD_LIBRARY_PATH": place.format(entry), "LD_PRELOAD": "./libz.so.1 libraries/libc.so.6"}
    there = subprocess.run(  # noqa: S603 - the shell of the machine
        [BASH, "-c", ":"],
        cwd=released.workspace,
        env=env,
        capture_output=True,
        check=False,
        text=True,
    )
    # In the checkout, not even bash starts with these.
    assert there.returncode
    assert "file too short" in there.stderr

    start = released.start(*ALL, **env)

    assert start.code == 0, start
    assert "file too short" not in start.stderr
