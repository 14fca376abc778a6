"""A release, which carries its libraries: what is imported, and what is refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.wheels import EXTENSION
from launch.libraries import label

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
ALL = ("spam.first", "eggs.second", f"eggs.{EXTENSION}")
TAG = str(sys.implementation.cache_tag)


@pytest.mark.parametrize("state", ["as built", "missing", "of another Python"])
def test_libraries_are_imported_with_or_without_byte_code(released: Machine, state: str) -> None:
    """They are those of the wheels all the same; byte code of another Python is left alone."""
    code = released.launch / "byte-code" / TAG
    if state == "missing":
        code.unlink()
    if state == "of another Python":
        code.write_bytes(b"\0\0\r\nwhat that Python understands")

    start = released.start(*ALL)

    assert start.code == 0, start
    wheels = released.launch / "wheels"
    assert start.told["modules"]["spam.first"].startswith(f"{wheels}/any/spam-")
    assert start.told["modules"]["eggs.second"].startswith(f"{wheels}/{label()}/eggs-")


def test_byte_code_spares_the_reading_of_a_wheel(released: Machine) -> None:
    """Once set up, a wheel that all is known of is not opened."""
    released.start()
    (wheel,) = released.launch.glob(f"wheels/{label()}/eggs-*.whl")
    wheel.write_bytes(b"")

    assert released.start(f"eggs.{EXTENSION}", "eggs.second").code == 0


@pytest.mark.parametrize("folder", ["any", label()])
def test_a_wheel_that_was_altered_is_refused(released: Machine, folder: str) -> None:
    """One clear line names it, and nothing is taken from the network in its stead."""
    released.write("bin/uv", f"#!/bin/sh\ntouch '{released.folder}/called'\n")
    (wheel,) = (released.launch / "wheels" / folder).iterdir()
    data = bytearray(wheel.read_bytes())
    data[len(data) // 2] ^= 1
    wheel.write_bytes(data)

    start = released.start(*ALL)

    assert start.code == 1
    assert start.stderr == ""
    assert start.stdout.startswith(
        f"::error title=Setup failed::{wheel.name} in the action's folder is not the file that "
    )
    assert start.stdout.count("\n") == 1
    assert (released.folder / "output").read_text() == "status=failed\n"
    assert not (released.folder / "called").exists()
    assert released.made == []


def test_own_code_that_was_edited_counts_as_it_stands(released: Machine) -> None:
    """Byte code is only that of the very source that lies beside it."""
    released.start()
    source = released.folder / "action/src/harmonica_session/cli.py"
    source.write_text(source.read_text("utf-8").replace("return 7", "return 8"), "utf-8")

    assert released.start("fail").code == 8


def test_a_release_without_fitting_libraries_installs_them(released: Machine) -> None:
    """A Python that the release has none for works as it does without a release."""
    (released.launch / "wheels" / label()).rename(released.launch / "wheels/cpython-39-other")
    released.env |= dict.fromkeys(("PIP_FIND_LINKS", "UV_FIND_LINKS"), f"{released.folder}/wheels")

    start = released.start(*ALL)

    assert start.code == 0, start
    assert released.made == ["installed"]
