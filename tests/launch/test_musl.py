"""A Python with another C library than the wheels are for, whatever it calls its own modules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.wheels import EXTENSION

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="one C library elsewhere")
# The Python of the tests, but for what it says of its C library.
PROGRAM = f"""#!{sys.executable} -IS
import os, posix, runpy, sys
def confstr(name):
    raise ValueError(name)
os.confstr = posix.confstr = confstr
if "-c" in sys.argv:
    sys.executable = sys.argv[0]
    exec(sys.argv[sys.argv.index("-c") + 1])
else:
    print("the other one runs", flush=True)
    del sys.argv[: sys.argv.index("utf8") + 1]
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_wheels_for_another_c_library_do_not_fit(released: Machine) -> None:
    """Libraries that fit are installed, as for any Python that the release has none for."""
    released.write("bin/python3", PROGRAM)
    released.env |= dict.fromkeys(("PIP_FIND_LINKS", "UV_FIND_LINKS"), f"{released.folder}/wheels")

    start = released.start(
        "spam.first", f"eggs.{EXTENSION}", INPUT_PYTHON_PATH=f"{released.bin}/python3"
    )

    assert start.code == 0, start
    assert released.made == ["installed"]
    assert "-musl-" in released.ready.name


def test_a_python_that_wheels_fit_is_preferred(released: Machine) -> None:
    """A later one on PATH needs no installation."""
    released.write("bin/python3", PROGRAM)

    start = released.start("spam.first")

    assert start.code == 0, start
    assert "the other one runs" not in start.stdout
