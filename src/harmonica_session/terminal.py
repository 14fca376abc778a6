"""The commands for a person at a terminal, and for pre-commit.

This module must not be imported by the action.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harmonica_session.commands.init import KINDS, init
from harmonica_session.commands.validate import validate_online
from harmonica_session.edges.files.workspace import Workspace, common_folder
from harmonica_session.edges.network.clock import Clock
from harmonica_session.edges.runner.runner import Terminal
from harmonica_session.step import guarded, run_action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def run(argv: Sequence[str]) -> int:
    """Run a command.

    Args:
        argv: The words after the program's name.

    Returns:
        The exit code, see `cli.main`.
    """
    arguments = _parser().parse_args(argv)
    command: str = arguments.command
    if command == "action":
        return run_action(os.environ, sys.stdout)
    if command == "create":
        return run_in_terminal(os.environ, arguments.spec, arguments.session_md)
    if command == "validate":
        online = arguments.online
        return max(check_in_terminal(os.environ, path, online=online) for path in arguments.spec)
    if command == "schema":
        from harmonica_session.spec.schema import spec_schema  # noqa: PLC0415 - for this one only

        sys.stdout.write(f"{json.dumps(spec_schema(), indent=2)}\n")
        return 0
    if command == "init":
        return init(Path.cwd(), arguments.kind)
    from harmonica_session.commands.trial import demonstrate  # noqa: PLC0415 - for this one only

    return demonstrate(run_action, arguments.spec, arguments.session_md, arguments.event)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harmonica-session",
        description="Turns a file in a repository into a facilitated Harmonica conversation",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("action", help="what action.yml runs: inputs come from the environment")
    creating = commands.add_parser(
        "create", help="create a session from a spec, with HARMONICA_API_KEY, and print its link"
    )
    creating.add_argument("spec", metavar="SPEC")
    validating = commands.add_parser(
        "validate", help="check specs; needs neither a key nor the network"
    )
    validating.add_argument("spec", metavar="PATH", nargs="+")
    validating.add_argument(
        "--online", action="store_true", help="look the names up too, with HARMONICA_API_KEY"
    )
    commands.add_parser("schema", help="print the JSON Schema of the spec, for editors")
    starting = commands.add_parser("init", help="write a starter spec and a workflow")
    starting.add_argument("kind", choices=KINDS, nargs="?", default=KINDS[0])
    trying = commands.add_parser(
        "try", help="run the action twice against built-in stand-ins; needs no account"
    )
    trying.add_argument("spec", metavar="SPEC", nargs="?")
    trying.add_argument("--event", metavar="FILE", help="event payload, as GitHub sends it")
    for command in (creating, trying):
        command.add_argument("--session-md", metavar="FILE", help="background for the context")
    return parser


def run_in_terminal(env: Mapping[str, str], spec: str, session_md: str | None) -> int:
    """Create a session for a person at a terminal, and print its link.

    Args:
        env: With `HARMONICA_API_KEY`, and `HARMONICA_API_URL` where it is not the default; the
            vendor's own tools use the same names.
        spec: Path of the spec.
        session_md: Path of the background, None for a SESSION.md beside the spec's folder.
    """
    root, paths = common_folder(spec, session_md)
    inputs = {
        "INPUT_API_KEY": env.get("HARMONICA_API_KEY", ""),
        "INPUT_API_URL": env.get("HARMONICA_API_URL", ""),
        "INPUT_ANNOUNCE": "off",
        "INPUT_SPEC": paths[0],
    }
    if session_md is not None:
        inputs["INPUT_SESSION_MD"] = paths[1]
    runner = Terminal({}, sys.stderr)
    code = guarded(inputs, runner, Workspace(root), Clock())
    if join_url := runner.outputs.get("join_url"):
        sys.stdout.write(f"{join_url}\n")
    return code


def check_in_terminal(env: Mapping[str, str], spec: str, *, online: bool = False) -> int:
    """Check a spec for a person at a terminal, or for pre-commit.

    Args:
        env: With `HARMONICA_API_KEY`, where names are to be looked up.
        spec: Path of the spec.
        online: Whether to look them up.
    """
    root, [path] = common_folder(spec)
    inputs = {"INPUT_COMMAND": "validate", "INPUT_SPEC": path}
    if online:
        inputs["INPUT_API_KEY"] = env.get("HARMONICA_API_KEY", "")
        inputs["INPUT_API_URL"] = env.get("HARMONICA_API_URL", "")
    flow = validate_online if online else None
    return guarded(inputs, Terminal({}, sys.stdout), Workspace(root), Clock(), flow)
