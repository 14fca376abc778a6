"""The action as the runner starts it: builds the real world, runs a command, and says how it ended.

This module must not decide anything that a command decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harmonica_session.commands.table import COMMANDS
from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.edges.network.clock import Clock
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import ActionError
from harmonica_session.inputs import secrets_in
from harmonica_session.world import connected, unconnected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.commands.table import Command
    from harmonica_session.edges.files.files import Files
    from harmonica_session.world import World

MAX_EVENT_BYTES = 30_000_000
# What a shell reports for a process that an interrupt has ended.
_CANCELLED = 130


def run_action(env: Mapping[str, str], out: TextIO, clock: Clock | None = None) -> int:
    """Run the action as the runner starts it.

    Args:
        env: Inputs as `INPUT_…`, and GitHub's default variables.
        out: The step's log.
        clock: What to measure the deadline and to wait with; the machine's when None.
    """
    # Without it the current folder, which need not be there either.
    root = Path(env.get("GITHUB_WORKSPACE", ""))
    return guarded(env, Runner(env, out), Workspace(root), clock or Clock())


def guarded(
    env: Mapping[str, str], runner: Runner, files: Files, clock: Clock, command: str = ""
) -> int:
    """Run a command; whatever is raised becomes annotations, a summary and an exit code.

    Args:
        env: Inputs as `INPUT_…`, and GitHub's default variables.
        runner: The log and the step's files.
        files: The consumer's.
        clock: What to measure the deadline and to wait with.
        command: A word of the table of commands, in place of the one that the inputs name.
    """
    # What `create` raises has come before its first write, as has an input that cannot be used.
    is_clear = True
    try:
        for secret in secrets_in(env):
            runner.mask(secret)
        world = unconnected(env, _event_payload(env), runner, files, clock)
        word = command or world.inputs.command
        is_clear = word == "create"
        return 0 if _run(world, env, COMMANDS[word]) else 1
    except ActionError as error:
        from harmonica_session.report.hand_on import fail
        from harmonica_session.report.summary import Failed

        fail(runner, error, Failed(is_nothing_created=is_clear))
        return 1
    except KeyboardInterrupt:
        runner.say(
            "Canceled; outputs that were already written remain. A session that was being "
            "created may still appear in Harmonica. The next run that may share it under "
            "`once-per` uses it if it is there by then, and otherwise creates its own; "
            "whichever run sees both names the one that does not count."
        )
        return _CANCELLED
    except Exception:  # noqa: BLE001 - the last resort: a bug of ours must not end without a word
        import traceback

        from harmonica_session.report import summary

        runner.output({"status": "failed"})
        runner.annotate(
            "error", ActionError.title, ["this is a bug in the action; please report it"]
        )
        runner.say(traceback.format_exc())
        runner.summary(summary.unexpected_failure())
        return 1


def _run(world: World, env: Mapping[str, str], command: Command) -> bool:
    """Run a command's flow, connected to the services if it needs them."""
    if not command.needs_services:
        return command.load()(world)
    with connected(world, env) as connected_world:
        return command.load()(connected_world)


def _event_payload(env: Mapping[str, str]) -> bytes:
    """Return the content of the event's file; an event that cannot be read counts as empty."""
    path = env.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_EVENT_BYTES + 1)
    except OSError:
        return b""
    return content if len(content) <= MAX_EVENT_BYTES else b""
