"""The workflows, steps and inputs that the documents give to paste, run as they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from harmonica_session.commands.init import KINDS, STARTERS
from harness.consumer import BASE, SPEC
from harness.pages import Example, examples
from harness.starters import MERGED, ON_UBUNTU, REPOSITORY, run, with_sandbox

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox
    from harness.channel import Channel
    from harness.repository import Repository

pytestmark = ON_UBUNTU
UBUNTU = "runs-on: ubuntu-latest"
STARTED = [(STARTERS / kind / "workflow.yml").read_text("utf-8") for kind in KINDS]
WORKFLOWS = examples("workflow")
# What `init` writes is run in `test_starters.py`, as is the call of the shared workflow.
SHOWN_HERE = [
    it for it in WORKFLOWS if it.text not in STARTED and "workflows/retrospective" not in it.text
]
PARTS = examples("steps", "inputs")
MERGED_WITH_TITLE: dict[str, Any] = MERGED | {
    "pull_request": MERGED["pull_request"] | {"title": 'Say "it\'s"\nEOF\nteam=ours'}
}


def event_of(workflow: dict[Any, Any]) -> tuple[str, dict[str, Any]]:
    """Return the event that a workflow is for, and its payload."""
    # To YAML, `on` is a switch.
    [event] = [workflow[True]] if isinstance(workflow[True], str) else workflow[True]
    payload = {"schedule": "0 9 * * 5", "repository": REPOSITORY}
    return event, MERGED_WITH_TITLE if event.startswith("pull_request") else payload


def put(repository: Repository, box: Sandbox, text: str) -> None:
    """Put a workflow into a repository, and the specs that it names."""
    jobs = yaml.safe_load(text)["jobs"].values()
    inputs = [step.get("with", {}) for job in jobs for step in job["steps"]]
    named = [path.replace("*", "one") for it in inputs for path in it.get("spec", "").split()]
    for path in (".harmonica/session.yml", *named):
        repository.write(path, SPEC)
        box.github.files[BASE, path] = SPEC.encode()
    repository.write(".github/workflows/session.yml", with_sandbox(text, box))


@pytest.mark.parametrize("example", SHOWN_HERE, ids=str)
def test_a_workflow_of_the_documents_runs_as_it_stands(
    repository: Repository, box: Sandbox, example: Example
) -> None:
    """It ends well on its own event, and creates one session unless it is another command's."""
    # The runners of Forgejo and Gitea alone know a whole address, and which label means what.
    text = example.text.replace("uses: https://github.com/", "uses: ")
    text = re.sub(r"    container:\n +image: .*\n", "", text.replace("runs-on: docker", UBUNTU))
    put(repository, box, text)
    run(repository, *event_of(example.value))
    assert len(box.harmonica.sessions) == (0 if "command:" in example.text else 1)


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_part_of_a_workflow_fits_the_one_before(
    repository: Repository, box: Sandbox, channel: Channel, part: Example
) -> None:
    """Steps are added to the workflow that the document shows last, inputs given to its action."""
    before = [it for it in WORKFLOWS if it.document == part.document and it.line < part.line]
    workflow = (before or [next(it for it in WORKFLOWS if it.document == "README.md")])[-1].value
    [job] = workflow["jobs"].values()
    if part.kind == "steps":
        job["steps"] += part.value
    else:
        job["steps"][-1]["with"] |= part.value["with"]
    repository.secrets["SLACK_WEBHOOK_URL"] = channel.address
    event, payload = event_of(workflow)
    workflow["on"] = workflow.pop(True)
    put(repository, box, yaml.safe_dump(workflow, sort_keys=False))
    run(repository, event, payload)
    [session, *_] = box.harmonica.sessions
    if part.kind == "steps":
        assert session["id"] in channel.texts[0]


def test_a_stranger_gets_from_the_readme_to_results(repository: Repository, box: Sandbox) -> None:
    """Its first spec and workflow lead to a comment, and its second workflow to the results."""
    [spec, *_] = [it for it in examples("spec") if it.document == "README.md"]
    first, second, *_ = [it for it in WORKFLOWS if it.document == "README.md"]
    (repository.root / ".harmonica/session.yml").unlink()
    (repository.root / ".github/workflows/session.yml").unlink()
    repository.write(".harmonica/retrospective.yml", spec.text)
    for name, it in (("retrospective", first), ("results", second)):
        repository.write(f".github/workflows/{name}.yml", with_sandbox(it.text, box))
    box.github.files[BASE, ".harmonica/retrospective.yml"] = spec.text.encode()
    run(repository, "pull_request_target", MERGED_WITH_TITLE)
    [session], [comment] = box.harmonica.sessions, box.github.comments
    assert f"/chat?s={session['id']}" in comment["body"]
    session["participant_count"] = 2
    box.harmonica.set_results(session, summary="We review within a day.")
    run(repository, "schedule", {"schedule": "0 12 * * 1-5", "repository": REPOSITORY})
    [comment] = box.github.comments
    assert "We review within a day." in comment["body"]
