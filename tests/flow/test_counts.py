"""What a run costs: how many requests it makes, and what it imports.

The numbers of requests and the packages are exact, so that whoever adds to them knows and says why.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.consumer import CHANGED, COMMENTS, pull_request_payload
from harness.process import run_python

if TYPE_CHECKING:
    from harness.consumer import Consumer

SRC = Path(__file__).resolve().parents[2] / "src"
REPOSITORY = "/repos/octo/garden"

# Runs the action as its launcher does, with the packages of the lock and no others, and then tells
# what was imported.
RUN_AND_TELL = """
import json, sys

class NotInTheLock:
    def find_spec(self, name, path=None, target=None):
        if name in others:
            raise ModuleNotFoundError(name)

source, *others = sys.argv[1:]
sys.path.insert(0, source)
sys.meta_path.insert(0, NotInTheLock())
before = set(sys.modules)
from harmonica_session.cli import main
code = main(["action"])
sys.stderr.write(json.dumps([code, sorted(set(sys.modules) - before)]))
"""

LIBRARIES = {
    *("actions_toolkit", "annotated_types", "pydantic", "pydantic_core", "typing_extensions"),
    *("typing_inspection", "yaml"),
}
HTTP = {"certifi", "h11", "httpcore", "httpx", "idna"}
# Each takes milliseconds, and no run without a need for it is to pay for it.
HEAVY = {
    *("anyio", "argparse", "asyncio", "concurrent", "github", "jinja2", "markupsafe"),
    *("multiprocessing", "requests", "sqlite3", "unittest", "urllib3", "xml"),
}
# Rooms and modules of ours that a run does without, and how many it takes at the most.
NOT_FOR_CREATE = {
    *("sandbox", "terminal", "commands.init", "commands.trial", "commands.validate"),
    *("spec.expression", "spec.names", "spec.schema", "spec.yaml_mistakes", "spec.mistakes"),
    *("spec.disguises", "spec.disguised_lines", "text.likeness", "text.lookalikes"),
    *("edges.harmonica.changes", "session.change"),
    *("announcement.announced", "words.front_matter"),
    *("background.attach", "background.from_services", "background.quotations"),
    *("edges.files.revision", "edges.github.repository"),
    *("edges.harmonica.catalogue", "edges.harmonica.context_sources"),
    *("session.earlier_runs", "text.variables"),
    *("words.attachment", "words.contents", "words.history", "words.workflow_run"),
    *("commands.schema", "report.dry_run", "report.quiet", "report.troubleshooting"),
    *("announcement.own_issues", "session.label"),
    *("edges.github.issues", "edges.harmonica.results"),
    *("words.issue", "words.results", "words.visibility"),
}
NOT_FOR_VALIDATE = NOT_FOR_CREATE - {"commands.validate"} | {
    *("commands.create", "edges.github", "edges.harmonica", "edges.network.transport"),
    *("announcement.our_comments", "announcement.post", "background.gather", "session"),
}
MOST_FOR_CREATE, MOST_FOR_VALIDATE = 107, 62


@dataclass(frozen=True)
class Imported:
    """What one run in a fresh process has imported.

    Attributes:
        ours: Modules of this package, without its name.
        theirs: Packages that others wrote.
        standard: Top-level modules of the standard library.
    """

    ours: set[str]
    theirs: set[str]
    standard: set[str]


def installed() -> tuple[set[str], set[str]]:
    """Return the names of all packages that can be imported here: of the lock, and others."""
    lock = (SRC / "launch" / "runtime.txt").read_text("utf-8")
    locked = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    ours: set[str] = set()
    others: set[str] = set()
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        files = [it for it in distribution.files or () if it.suffix in (".py", ".so", ".pyd")]
        (ours if name in locked else others).update(it.parts[0].partition(".")[0] for it in files)
    return ours, others - ours


def run_afresh(consumer: Consumer, action: str, **env: str) -> Imported:
    """Run the action in a process of its own, for pull request 7.

    Args:
        consumer: The repository.
        action: What happened to the pull request.
        env: Further variables.
    """
    locked, others = installed()
    given = consumer.variables("pull_request", pull_request_payload(action), env)
    done = run_python("-I", "-X", "utf8", "-c", RUN_AND_TELL, str(SRC), *others, env=given)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stderr)
    assert code == 0, done.stdout
    tops = {name.partition(".")[0] for name in modules}
    return Imported(
        {name.partition(".")[2] for name in modules if name.startswith("harmonica_session.")},
        tops & (locked | others),
        tops & sys.stdlib_module_names,
    )


def below(modules: set[str], rooms: set[str]) -> set[str]:
    """Return those of the modules that are one of the rooms, or in one."""
    return {it for it in modules if any(it == room or it.startswith(f"{room}.") for room in rooms)}


@pytest.mark.parametrize("action", ["opened", "synchronize"])
def test_a_run_imports_no_more_than_it_takes(consumer: Consumer, action: str) -> None:
    """Creating and reusing take these packages, and of our own no module without a use for it."""
    if action == "synchronize":
        consumer.on_pull_request()
    imported = run_afresh(consumer, action)
    assert below(imported.ours, NOT_FOR_CREATE) == set()
    assert len(imported.ours) <= MOST_FOR_CREATE
    assert imported.theirs == LIBRARIES | HTTP
    assert (imported.theirs | imported.standard) & HEAVY == set()
    assert len(consumer.created) == len(consumer.bodies) == 1


def test_validate_imports_no_client(consumer: Consumer) -> None:
    """Who asks nobody does not wait for what asking takes, even with a key at hand."""
    imported = run_afresh(consumer, "opened", INPUT_COMMAND="validate")
    assert below(imported.ours, NOT_FOR_VALIDATE) == set()
    assert len(imported.ours) <= MOST_FOR_VALIDATE
    assert imported.theirs == LIBRARIES
    assert (imported.theirs | imported.standard) & (HEAVY | {"http", "ssl"}) == set()
    assert consumer.box.requests == []


def test_a_personal_token_costs_one_request_more(consumer: Consumer) -> None:
    """Whose comment it is takes `GET /user`, as only such a token can ask; nothing is written."""
    token = consumer.box.github.add_person("mona")
    consumer.on_pull_request(github_token=token)
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize", github_token=token)
    asked = [(it.method, it.path) for it in consumer.box.requests[before:]]
    [session] = consumer.box.harmonica.sessions
    assert asked == [
        ("GET", COMMENTS),
        ("GET", "/user"),
        ("GET", f"/api/v1/sessions/{session['id']}"),
    ]


def test_a_changed_spec_costs_two_writes(consumer: Consumer) -> None:
    """Once it is known that nobody has written, session and comment are changed where they are."""
    consumer.on_pull_request()
    consumer.write(".harmonica/session.yml", CHANGED)
    before = len(consumer.box.requests)
    run = consumer.on_pull_request("synchronize")
    assert run.outputs["status"] == "updated"
    methods = [(it.service, it.method) for it in consumer.box.requests[before:]]
    assert methods[:3] == [("github", "GET"), ("harmonica", "GET"), ("harmonica", "GET")]
    assert consumer.box.requests[before + 2].path.endswith("/responses")
    assert methods[3] == ("harmonica", "PATCH")
    assert sorted(methods[4:]) == [
        ("github", "PATCH"),
        ("harmonica", "PATCH"),
        ("harmonica", "POST"),
    ]


def test_three_specs_ask_once_for_what_they_share(consumer: Consumer) -> None:
    """The pull request and the beginning of the run are the same for every spec."""
    consumer.box.github.add_run(500, "2026-01-05T09:00:00Z")
    for name in ("one", "two", "three"):
        topic = f"topic: '{name}: {{{{ pull_request.title }}}} on {{{{ today }}}}'\ngoal: Agree\n"
        consumer.write(f".harmonica/{name}.yml", topic)
    run = consumer.run(
        "workflow_dispatch",
        env={"GITHUB_RUN_ATTEMPT": "2"},
        spec=".harmonica/one.yml\n.harmonica/two.yml\n.harmonica/three.yml",
        pr_number="7",
        once_per="run",
    )
    assert [row["status"] for row in run.sessions] == ["created"] * 3, run.log
    assert len(consumer.box.requests_to("GET", f"{REPOSITORY}/pulls/7")) == 1
    assert len(consumer.box.requests_to("GET", f"{REPOSITORY}/actions/runs/500")) == 1


def test_comments_cost_one_request_a_hundred(consumer: Consumer) -> None:
    """On a busy pull request, reusing reads each page once and asks for the session."""
    consumer.on_pull_request()
    for number in range(1_000):
        consumer.box.github.add_comment(7, f"comment {number}")
    before = len(consumer.box.requests)
    consumer.on_pull_request("synchronize")
    asked = [it for it in consumer.box.requests[before:] if it.path == COMMENTS]
    assert sorted(int(it.query["page"]) for it in asked) == [*range(1, 12)]
    assert len(consumer.box.requests[before:]) == len(asked) + 1
