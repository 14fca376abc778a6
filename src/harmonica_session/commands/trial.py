"""`harmonica-session try`: the very flow of the action, twice, against built-in stand-ins.

This module must not reach any address but this machine's own.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from harmonica_session.edges.files.workspace import common_folder
from harmonica_session.errors import ActionError
from harmonica_session.event import Event, whereabouts
from harmonica_session.sandbox import Sandbox
from harmonica_session.spec.spec import read_spec
from harmonica_session.spec.values import facts_of
from harmonica_session.text.addresses import session_id_in
from harmonica_session.text.markdown import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Run: TypeAlias = Callable[[Mapping[str, str], TextIO], int]

EXAMPLES = files("harmonica_session") / "examples"
_COMMIT = "1" * 40
_COMMAND = re.compile(r"::([a-z-]+)(?: ([^:]*))?::(.*)")
_OUTPUT = re.compile(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Given:
    """The files that a person has named, None for what is built in.

    Attributes:
        spec: Path of a spec; the example when None.
        session_md: Path of a background file; SESSION.md when None.
        event: Path of an event payload; a pull request that was opened when None.
    """

    spec: str | None
    session_md: str | None
    event: str | None

    @property
    def problem(self) -> str:
        """What is wrong with them, empty when nothing is."""
        for path in filter(None, (self.spec, self.session_md, self.event)):
            if not Path(path).is_file():
                return f"there is no file {path}"
        if self.event is None:
            return ""
        try:
            is_event = isinstance(json.loads(Path(self.event).read_bytes()), dict)
        except (ValueError, RecursionError):
            is_event = False
        return (
            ""
            if is_event
            else f"{self.event} does not contain a JSON object, so it is not an event payload"
        )

    def lay_out(self, folder: Path) -> tuple[Path, list[str]]:
        """Return the repository's folder, and the paths of spec and background in it."""
        if self.spec is not None:
            return common_folder(self.spec, self.session_md)
        folder.mkdir()
        (folder / "session.yml").write_text(_example("session.yml"), "utf-8")
        named = Path(self.session_md).read_text("utf-8") if self.session_md else None
        background = _example("SESSION.md") if named is None else named
        (folder / "SESSION.md").write_text(background, "utf-8")
        return folder, ["session.yml", "SESSION.md" if self.session_md else ""]


def demonstrate(run: Run, given: Given) -> int:
    """Show what the action would do, and that a second run reuses the first one's session.

    Args:
        run: The action.
        given: What it is to run with.

    Returns:
        0 when both runs succeeded, else 1; one that fails is the last.
    """
    if given.problem:
        sys.stderr.write(f"error: {given.problem}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        stage = _Stage(Path(folder), sandbox, given)
        sys.stdout.write(
            "A trial run against built-in stand-ins for Harmonica and GitHub: nothing leaves this "
            "machine.\n"
        )
        code, runs = stage.run(run, f"First run: {stage.occasion}"), "one run"
        if code == 0:
            again = "the same pull request" if stage.number else "the same run"
            code, runs = stage.run(run, f"Second run: {again} again"), "two runs"
        sessions = len(sandbox.harmonica.sessions) - stage.earlier
        comments = len(sandbox.github.comments)
        sys.stdout.write(f"\nAfter {runs}: sessions {sessions}, comments {comments}.\n")
        return code


class _Stage:
    """The runner's side of the trial: its variables and the files that a step is given."""

    def __init__(self, folder: Path, sandbox: Sandbox, given: Given) -> None:
        self.folder = folder
        self.sandbox = sandbox
        payload = Path(given.event).read_text("utf-8") if given.event else _example("event.json")
        (folder / "event.json").write_text(payload, "utf-8")
        content = json.loads(payload)
        event = Event(name=_event_name(content), payload=content, repository_id="1")
        action = content.get("action")
        self.occasion = f"{event.name}, {action}" if isinstance(action, str) else event.name
        where = whereabouts(event)
        self.number = where if isinstance(where, int) else None
        if self.number:
            title = facts_of(content.get("pull_request")).get("title") or "A pull request"
            sandbox.github.add_pull(self.number, title=str(title))
        sandbox.github.history.releases.append({"id": 1, "published_at": "2026-01-01T09:00:00Z"})
        root, paths = given.lay_out(folder / "repository")
        for commit in filter(None, (_COMMIT, event.base_sha)):
            _publish(sandbox, commit, root, (paths[0], paths[1] or "SESSION.md"))
        _let_exist(sandbox, (root / paths[0]).read_bytes())
        self.earlier = len(sandbox.harmonica.sessions)
        background = {} if given.session_md is None else {"INPUT_SESSION_MD": paths[1]}
        self.env = background | {
            "INPUT_API_KEY": sandbox.api_key,
            "INPUT_API_URL": sandbox.harmonica_url,
            "INPUT_GITHUB_TOKEN": sandbox.github_token,
            "INPUT_SPEC": paths[0],
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": sandbox.github_url,
            "GITHUB_SERVER_URL": sandbox.server_url,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "your/repository",
            "GITHUB_REPOSITORY_ID": "1",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SHA": _COMMIT,
            "GITHUB_WORKSPACE": str(root),
        }

    def run(self, run: Run, title: str) -> int:
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
        if code:
            # The summary would say what the log has said.
            return code
        for comment in self.sandbox.github.comments:
            _show(f"Comment on #{self.number}", as_text(str(comment["body"])))
        _show("Job summary", as_text(summary.read_text("utf-8")))
        return code


def _let_exist(sandbox: Sandbox, content: bytes) -> None:
    """Let an account have whatever a spec names; `validate --online` asks the real one."""
    try:
        spec = read_spec(content, "")
    except ActionError:
        # The run says what is wrong with it.
        return
    harmonica = sandbox.harmonica
    harmonica.templates += _named("id", "title", spec.template)
    harmonica.projects += _named("id", "title", spec.project)
    groups = [it.group for it in spec.distribution or ()]
    harmonica.telegram_groups += _named("group_id", "group_name", *groups)
    sources = [it.previous_session for it in spec.context_from or ()]
    asked_for = [it.session for it in (*filter(None, sources), *(spec.context_sources or ()))]
    for ident in {session_id_in(it) for it in asked_for if it}:
        harmonica.add_session("An earlier session", id=ident, session_md=_example("SESSION.md"))


def _named(ident: str, title: str, *names: str | None) -> list[dict[str, str]]:
    return [{ident: name, title: name} for name in dict.fromkeys(filter(None, names))]


def _publish(sandbox: Sandbox, commit: str, root: Path, paths: Iterable[str]) -> None:
    """Let GitHub have the files too, for events whose workspace is not read."""
    sandbox.github.refs[commit] = commit
    for path in paths:
        if (root / path).is_file():
            sandbox.github.files[commit, path] = (root / path).read_bytes()


def _example(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


def _event_name(payload: Mapping[str, Any]) -> str:
    """Guess the event's name from what its payload holds; only the runner's variable tells it."""
    names = {
        "pull_request": "pull_request",
        "comment": "issue_comment",
        "issue": "issues",
        "check_run": "check_run",
        "check_suite": "check_suite",
        "workflow_run": "workflow_run",
        "release": "release",
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
