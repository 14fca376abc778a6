"""One client for each service of the sandbox.

It must not fill the sandbox: each test adds what it speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harmonica_session.sandbox import Sandbox


@pytest.fixture
def harmonica(box: Sandbox) -> Iterator[httpx.Client]:
    """Speak to Harmonica with the accepted key, paths relative to `/api/v1`."""
    headers = {"Authorization": f"Bearer {box.api_key}"}
    base = f"{box.harmonica_url}/api/v1"
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def github(box: Sandbox) -> Iterator[httpx.Client]:
    """Speak to GitHub with the workflow's token, paths relative to the API's address."""
    headers = {"Authorization": f"Bearer {box.github_token}"}
    with httpx.Client(
        base_url=box.github_url, headers=headers, trust_env=False, timeout=30
    ) as client:
        yield client
