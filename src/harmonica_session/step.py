"""The action as the runner starts it: builds the real world, runs a flow, and says how it ended.

This module must not decide anything that a flow decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.edges.network.clock import Clock
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import ActionError
from harmonica_session.inputs import secrets_in
from harmonica_session.world import connected, unconnected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harmonica_session.world import World

    Flow = Callable[[World], bool]

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
    root = Path(env.get("GITHUB_WORKSPACE") or Path.cwd())
    return guarded(env, Runner(env, out), Workspace(root), clock or Clock())


def guarded(
    env: Mapping[str, str],
    runner: Runner,
    workspace: Workspace,
    clock: Clock,
    online: Flow | None = None,
) -> int:
    """Run the flow; whatever is raised becomes annotations, a summary and an exit code.

    Args:
        env: Inputs as `INPUT_…`, and GitHub's default variables.
        runner: The log and the step's files.
        workspace: The consumer's files.
        clock: What to measure the deadline and to wait with.
        online: A flow that asks the services, in place of the one that the inputs name.
    """
    try:
        for secret in secrets_in(env):
            runner.mask(secret)
        world = unconnected(env, _event_payload(env), runner, workspace, clock)
        return 0 if _run(world, env, online) else 1
    except ActionError as error:
        from harmonica_session.report.hand_on import fail  # noqa: PLC0415 - only when something is wrong

        fail(runner, error)
        return 1
    except KeyboardInterrupt:
        runner.say(
            "Cancelled; what was handed on before stays. If a session was being created just now, "
            "running this again finds it, unless `once-per` is `off`."
        )
        return _CANCELLED
    except Exception:  # noqa: BLE001 - the last resort: a bug of ours must not end without a word
        import traceback  # noqa: PLC0415 - likewise

        from harmonica_session.report import summary as report  # noqa: PLC0415 - likewise

        runner.output({"status": "failed"})
        runner.annotate("error", ActionError.title, ["a bug of the action; please report it"])
        runner.say(traceback.format_exc())
        runner.summary(report.unexpected_failure())
        return 1


def _run(world: World, env: Mapping[str, str], online: Flow | None) -> bool:
    """Run the flow, and import no more than it takes."""
    if not online and world.inputs.command == "validate":
        from harmonica_session.commands.validate import validate  # noqa: PLC0415 - see above

        return validate(world)
    with connected(world, env) as connected_world:
        if online:
            return online(connected_world)
        from harmonica_session.commands.create import create  # noqa: PLC0415 - see above

        return create(connected_world)


def _event_payload(env: Mapping[str, str]) -> bytes:
    """Return the content of the event's file; an event that cannot be read counts as empty."""
    path = env.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_EVENT_BYTES + 1)
    except OSError:
        return b""
    return content if len(content) <= MAX_EVENT_BYTES else b""
