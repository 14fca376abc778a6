"""The commands for a person at a terminal, and for pre-commit.

This module must not be imported by the action.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, TypeAlias

from harmonica_session.commands.init import KINDS, init
from harmonica_session.commands.table import ONLINE
from harmonica_session.edges.files.workspace import (
    Workspace,
    common_folder,
    current_folder,
    files_at,
)
from harmonica_session.edges.network.clock import Clock
from harmonica_session.edges.runner.runner import Terminal
from harmonica_session.errors import ActionError
from harmonica_session.inputs import DEFAULT_SPEC
from harmonica_session.step import guarded, run_action

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Words: TypeAlias = argparse.Namespace

_ENDINGS = (".yml", ".yaml")
_ABOUT_VALIDATE = (
    "Check specs and the files from which they take their background, as `create` "
    "does before it contacts any service. Each mistake is shown with its file, "
    "line and column. Only --online needs a key and a network connection. The exit "
    "code is 1 if anything is wrong."
)
# Wrapped by hand, for the list of kinds below it must not be.
_ABOUT_INIT = """\
Write a starter spec, .harmonica/KIND.yml, and the workflow that uses it,
.github/workflows/KIND.yml, below the current folder, which should be the root
of your repository. A file that already exists is left unchanged, and the exit
code is then 1. Nothing is sent anywhere."""
_ABOUT_TRY = (
    "Run the action twice against built-in stand-ins for Harmonica and GitHub, and "
    "show the log, outputs, comment and job summary of each run. No account is "
    "needed, and nothing leaves this machine. The second run is left out if the "
    "first one fails."
)


def run(argv: Sequence[str]) -> int:
    """Run a command.

    Args:
        argv: The words after the program's name.

    Returns:
        The exit code, see `cli.main`.
    """
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads, `head` for one, has seen enough; nor is the rest to be written at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ActionError as error:
        # What is wrong before there is a world that could say so.
        sys.stderr.write(f"error: {error}\n")
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harmonica-session",
        description="Turn a file in a repository into a facilitated Harmonica conversation",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(word: str, run: Callable[[Words], int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(word, help=about, description=about)
        added.set_defaults(run=run)
        return added

    add("action", _action, "run as action.yml does, with inputs from the environment")
    creating = add(
        "create",
        _create,
        "create a session from a spec, with the key in HARMONICA_API_KEY, and print its link",
    )
    creating.add_argument("spec", metavar="SPEC", help="path of the spec")
    validating = add(
        "validate", _validate, "check specs; needs neither a key nor a network connection"
    )
    validating.add_argument(
        "spec",
        metavar="PATH",
        nargs="*",
        help=f"a spec, or a folder of specs; {DEFAULT_SPEC} by default",
    )
    validating.add_argument(
        "--online",
        action="store_true",
        help=(
            "also check that templates, projects, groups and sessions exist, with the key in "
            "HARMONICA_API_KEY"
        ),
    )
    validating.description = _ABOUT_VALIDATE
    add("schema", _schema, "print the JSON Schema of the spec, for editors")
    starting = add("init", _init, "write a starter spec and a workflow that uses it")
    usual = next(iter(KINDS))
    starting.add_argument(
        "kind", metavar="KIND", choices=KINDS, nargs="?", default=usual, help=f"default: {usual}"
    )
    starting.formatter_class = argparse.RawDescriptionHelpFormatter
    starting.description = _ABOUT_INIT
    starting.epilog = "kinds:\n" + "\n".join(f"  {kind:20}{KINDS[kind]}" for kind in KINDS)
    trying = add(
        "try",
        _try,
        (
            "run the action twice against built-in stand-ins for Harmonica and GitHub; "
            "needs no account"
        ),
    )
    trying.add_argument(
        "spec", metavar="SPEC", nargs="?", help="path of a spec; a built-in one by default"
    )
    trying.add_argument(
        "--event", metavar="FILE", help="event payload in the form in which GitHub sends it"
    )
    trying.description = _ABOUT_TRY
    for command in (creating, trying):
        command.add_argument(
            "--session-md", metavar="FILE", help="file with background for the session's context"
        )
    return parser


def _action(_: Words) -> int:
    return run_action(os.environ, sys.stdout)


def _create(words: Words) -> int:
    return run_in_terminal(os.environ, words.spec, words.session_md)


def _validate(words: Words) -> int:
    specs, code = [], 0
    for path in words.spec or [DEFAULT_SPEC]:
        try:
            found = files_at(path, _ENDINGS)
        except ActionError as error:
            # What else was named is checked all the same.
            sys.stderr.write(f"error: {error}\n")
            code = 1
            continue
        if found != [path]:
            sys.stdout.write(f"{path}: {len(found)} spec{'' if len(found) == 1 else 's'}\n")
        specs += found
    return max([code, *(check_in_terminal(os.environ, it, online=words.online) for it in specs)])


def _schema(_: Words) -> int:
    from harmonica_session.commands.schema import print_schema

    return print_schema()


def _init(words: Words) -> int:
    return init(current_folder(), words.kind)


def _try(words: Words) -> int:
    from harmonica_session.commands.trial import Given, demonstrate

    return demonstrate(run_action, Given(words.spec, words.session_md, words.event))


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
    inputs = {"INPUT_SPEC": path}
    if online:
        inputs["INPUT_API_KEY"] = env.get("HARMONICA_API_KEY", "")
        inputs["INPUT_API_URL"] = env.get("HARMONICA_API_URL", "")
    command = ONLINE if online else "validate"
    return guarded(inputs, Terminal({}, sys.stdout), Workspace(root), Clock(), command)
