"""The outside worlds together, as a flow is given them.

This module must not know what a flow does with them.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harmonica_session.edges.network.clock import Deadline
from harmonica_session.errors import InputError, clip
from harmonica_session.event import Event, read_event
from harmonica_session.inputs import Inputs, read_inputs
from harmonica_session.text.addresses import checked_base

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harmonica_session.edges.files.files import Files
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.edges.network.clock import Clock
    from harmonica_session.edges.runner.runner import Runner

_GITHUB_API = "https://api.github.com"


@dataclass(frozen=True)
class World:
    """Everything that a flow may read from and write to.

    Attributes:
        inputs: What the user asked for.
        event: What started the run.
        runner: The log and the step's files.
        files: The consumer's; once `choose_files` has looked, at the revision to be trusted.
        harmonica: None without a key, and for a flow that asks nobody.
        github: None without a token, outside of a repository, and for a flow that asks nobody.
        deadline: The moment by which everything has to be done.
    """

    inputs: Inputs
    event: Event
    runner: Runner
    files: Files
    harmonica: Harmonica | None
    github: GitHub | None
    deadline: Deadline


def unconnected(
    env: Mapping[str, str], payload: bytes, runner: Runner, files: Files, clock: Clock
) -> World:
    """Return the world of a flow that asks nobody.

    Args:
        env: Inputs as `INPUT_…`, and GitHub's default variables.
        payload: The event's, as the runner wrote it.
        runner: The log and the step's files.
        files: The consumer's.
        clock: What the deadline is measured with.

    Raises:
        InputError: An input is unusable.
    """
    inputs, event = read_inputs(env), read_event(env, payload)
    deadline = Deadline(inputs.timeout, clock)
    return World(inputs, event, runner, files, None, None, deadline)


@contextmanager
def connected(world: World, env: Mapping[str, str]) -> Iterator[World]:
    """Connect what the environment names, until the flow is done; nothing is asked yet.

    Args:
        world: What the flow has apart from the services.
        env: With `GITHUB_API_URL`.

    Raises:
        InputError: `GITHUB_API_URL`, `GITHUB_REPOSITORY` or a proxy is unusable.
    """
    # What a flow that asks nobody need not wait for.
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica

    inputs, event = world.inputs, world.event
    with ExitStack() as opened:
        harmonica = github = None
        if inputs.api_key:
            harmonica = Harmonica(inputs.api_url, inputs.api_key, world.deadline)
            opened.callback(harmonica.close)
        if inputs.github_token and event.repository:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", event.repository, re.ASCII):
                raise InputError("GITHUB_REPOSITORY is not in the form owner/name")
            api = _github_api(env.get("GITHUB_API_URL", ""))
            github = GitHub(api, event.repository, inputs.github_token, world.deadline)
            opened.callback(github.close)
        _tell_of_the_network(world.runner, env, [it.base for it in (harmonica, github) if it])
        try:
            yield replace(world, harmonica=harmonica, github=github)
        except KeyboardInterrupt:
            # It may have come while a lock was being taken, which closing would wait for for ever.
            # The process ends, and its connections with it.
            opened.pop_all()
            raise


def _tell_of_the_network(runner: Runner, env: Mapping[str, str], bases: list[str]) -> None:
    from harmonica_session.edges.network.proxies import way_to

    unread = dict.fromkeys(entry for base in bases for entry in way_to(base, env).unread)
    if unread:
        listed = ", ".join(f"`{clip(entry)}`" for entry in unread)
        runner.warn(
            f"NO_PROXY: {listed} cannot be read and is ignored, so hosts that it may cover "
            "are reached through the proxy; write hosts, domains, addresses or networks, "
            "separated by commas"
        )
    if any(base.startswith("https:") for base in bases):
        from harmonica_session.edges.network.certificates import trust

        found = trust(env.get("SSL_CERT_FILE", ""), env.get("SSL_CERT_DIR", ""))
        runner.debug(f"Certificates are checked against {', '.join(found.sources)}")


def _github_api(url: str) -> str:
    try:
        return checked_base(url or _GITHUB_API)
    except ValueError as error:
        raise InputError(f"GITHUB_API_URL {error}") from None
