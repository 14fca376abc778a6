"""The outside worlds together, as a flow is given them.

This module must not know what a flow does with them.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.core.addresses import checked_api_url
from harmonica_session.edges.github import GitHub
from harmonica_session.edges.harmonica import Harmonica
from harmonica_session.edges.transport import Deadline
from harmonica_session.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harmonica_session.core.event import Event
    from harmonica_session.core.inputs import Inputs
    from harmonica_session.edges.runner import Runner
    from harmonica_session.edges.workspace import Workspace

_GITHUB_API = "https://api.github.com"


@dataclass(frozen=True)
class World:
    """Everything that a flow may read from and write to.

    Attributes:
        inputs: What the user asked for.
        event: What started the run.
        runner: The log and the step's files.
        workspace: The consumer's files.
        harmonica: None without a key.
        github: None without a token, and outside of a repository.
    """

    inputs: Inputs
    event: Event
    runner: Runner
    workspace: Workspace
    harmonica: Harmonica | None
    github: GitHub | None


@contextmanager
def connected(
    env: Mapping[str, str], inputs: Inputs, event: Event, runner: Runner, workspace: Workspace
) -> Iterator[World]:
    """Connect what the environment names, until the flow is done; nothing is asked yet.

    Raises:
        InputError: `GITHUB_API_URL` or `GITHUB_REPOSITORY` is unusable.
    """
    deadline = Deadline(inputs.timeout)
    with ExitStack() as opened:
        harmonica = github = None
        if inputs.api_key:
            harmonica = Harmonica(inputs.api_url, inputs.api_key, deadline)
            opened.callback(harmonica.close)
        if inputs.github_token and event.repository:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", event.repository, re.ASCII):
                raise InputError("GITHUB_REPOSITORY is not of the form owner/name")
            api = _github_api(env.get("GITHUB_API_URL", ""))
            github = GitHub(api, event.repository, inputs.github_token, deadline)
            opened.callback(github.close)
        yield World(inputs, event, runner, workspace, harmonica, github)


def _github_api(url: str) -> str:
    try:
        return checked_api_url(url or _GITHUB_API)
    except ValueError as error:
        raise InputError(f"GITHUB_API_URL {error}") from None
