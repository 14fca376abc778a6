"""`harmonica-session try`: the very flow of the action, twice, against built-in stand-ins.

This module must not reach any address but this machine's own.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harmonica_session.edges.files.workspace import common_folder
from harmonica_session.event import Event, whereabouts
from harmonica_session.sandbox import Sandbox
from harmonica_session.text.markdown import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

EXAMPLES = files("harmonica_session") / "examples"
_COMMIT = "1" * 40
_COMMAND = re.compile(r"::([a-z-]+)(?: ([^:]*))?::(.*)")
_OUTPUT = re.compile(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$", re.MULTILINE | re.DOTALL)


def demonstrate(
    run: Callable[[Mapping[str, str], TextIO], int],
    spec: str | None,
    session_md: str | None,
    event: str | None,
) -> int:
    """Show what the action would do, and that a second run reuses the first one's session.

    Args:
        run: The action.
        spec: Path of a spec, None for the example.
        session_md: Path of a background file, None for SESSION.md.
        event: Path of an event payload, None for a pull request that was opened.

    Returns:
        0 when both runs did what they should, else 1.
    """
    if problem := _unusable(spec, session_md, event):
        sys.stderr.write(f"error: {problem}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        stage = _Stage(Path(folder), sandbox, spec, session_md, event)
        sys.stdout.write("A trial run against built-in stand-ins: nothing leaves this machine.\n")
        codes = [
            stage.run(run, "First run: the pull request is opened"),
            stage.run(run, "Second run: the same pull request, once more"),
        ]
        sessions, comments = len(sandbox.harmonica.sessions), len(sandbox.github.comments)
        sys.stdout.write(f"\nAfter two runs: sessions {sessions}, comments {comments}.\n")
        return max(codes)


class _Stage:
    """The runner's side of the trial: its variables and the files that a step is given."""

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox,
        spec: str | None,
        session_md: str | None,
        event: str | None,
    ) -> None:
        self.folder = folder
        self.sandbox = sandbox
        payload = Path(event).read_text("utf-8") if event else _example("event.json")
        content = json.loads(payload)
        name = _event_name(content)
        where = whereabouts(Event(name=name, payload=content, repository_id="1"))
        self.number = where if isinstance(where, int) else None
        if self.number:
            sandbox.github.add_pull(self.number)
        (folder / "event.json").write_text(payload, "utf-8")
        if spec is None:
            root, paths = _example_repository(folder / "repository", session_md)
        else:
            root, paths = common_folder(spec, session_md)
        files = (paths[0], paths[1] if session_md else "SESSION.md")
        for commit in filter(None, (_COMMIT, Event(payload=content).base_sha)):
            _publish(sandbox, commit, root, files)
        self.env = {
            "INPUT_API_KEY": sandbox.api_key,
            "INPUT_API_URL": sandbox.harmonica_url,
            "INPUT_GITHUB_TOKEN": sandbox.github_token,
            "INPUT_SPEC": paths[0],
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": sandbox.github_url,
            "GITHUB_SERVER_URL": sandbox.server_url,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "your/repository",
            "GITHUB_REPOSITORY_ID": "1",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SHA": _COMMIT,
            "GITHUB_WORKSPACE": str(root),
        }
        if session_md is not None:
            self.env["INPUT_SESSION_MD"] = paths[1]

    def run(self, run: Callable[[Mapping[str, str], TextIO], int], title: str) -> int:
        outputs, summary = self.folder / "outputs", self.folder / "summary"
        outputs.write_text("")
        summary.write_text("")
        log = io.StringIO()
        step_files = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)}
        code = run({**self.env, **step_files}, log)
        _show(f"\n=== {title} ===", "")
        _show("Log", shown_log(log.getvalue()))
        values = read_outputs(outputs.read_text("utf-8"))
        _show("Outputs", "\n".join(f"{name:<15}{value}" for name, value in values.items()))
        for comment in self.sandbox.github.comments:
            _show(f"Comment on #{self.number}", as_text(str(comment["body"])))
        _show("Job summary", as_text(summary.read_text("utf-8")))
        return code


def _publish(sandbox: Sandbox, commit: str, root: Path, paths: Iterable[str]) -> None:
    """Let GitHub have the files too, for events whose workspace is not read."""
    sandbox.github.refs[commit] = commit
    for path in paths:
        if (root / path).is_file():
            sandbox.github.files[commit, path] = (root / path).read_bytes()


def _unusable(spec: str | None, session_md: str | None, event: str | None) -> str:
    """Say what is wrong with the files that a person named, empty when nothing is."""
    for path in filter(None, (spec, session_md, event)):
        if not Path(path).is_file():
            return f"there is no file {path}"
    try:
        is_event = event is None or isinstance(json.loads(Path(event).read_bytes()), dict)
    except (ValueError, RecursionError):
        is_event = False
    return "" if is_event else f"{event} holds no JSON object, so it is no event payload"


def _example_repository(root: Path, session_md: str | None) -> tuple[Path, list[str]]:
    """Make a repository with the example in it, and return it with the paths of its files."""
    root.mkdir()
    (root / "session.yml").write_text(_example("session.yml"), "utf-8")
    background = Path(session_md).read_text("utf-8") if session_md else _example("SESSION.md")
    (root / "SESSION.md").write_text(background, "utf-8")
    return root, ["session.yml", "SESSION.md" if session_md else ""]


def _example(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


def _event_name(payload: Mapping[str, Any]) -> str:
    """Guess the event's name from what its payload holds; only the runner's variable tells it."""
    names = {
        "pull_request": "pull_request",
        "issue": "issue_comment",
        "workflow_run": "workflow_run",
        "merge_group": "merge_group",
        "after": "push",
        "schedule": "schedule",
    }
    return next((name for key, name in names.items() if key in payload), "workflow_dispatch")


def _show(title: str, text: str) -> None:
    sys.stdout.write(f"{title}\n" if title.startswith("\n") else f"\n--- {title} ---\n{text}\n")


def shown_log(log: str) -> str:
    """Return a step's log as the runner shows it: its commands carried out, not printed."""
    shown = []
    for line in log.splitlines():
        found = _COMMAND.fullmatch(line)
        if found is None:
            shown.append(line)
        elif found[1] == "group":
            shown.append(f"> {found[3]}")
        elif found[1] in ("error", "warning", "notice"):
            properties = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)
            place = ":".join(properties[k] for k in ("file", "line", "col") if k in properties)
            text = unescaped(found[3])
            shown.append(f"{found[1].title()}: {place}{': ' if place else ''}{text}")
    return "\n".join(shown)


def unescaped(message: str) -> str:
    """Undo the escapes of a workflow command's message."""
    return message.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def read_outputs(content: str) -> dict[str, str]:
    """Read the file of a step's outputs; of two values for one name, the later one counts."""
    return {name: value for name, _, value in _OUTPUT.findall(content)}
