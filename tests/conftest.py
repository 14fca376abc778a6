"""What tests of several folders ask for by name.

It must not fill the sandbox: each folder, or each test, adds what it speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """Run stand-ins for both services for the length of a test."""
    with Sandbox() as running:
        yield running
