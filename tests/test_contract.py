"""Holds action.yml, the code, the documents and the workflows to each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml

from harmonica_session.announcement.advice import PERMISSIONS, PERMISSIONS_FOR_ISSUES
from harmonica_session.commands.init import KINDS, STARTERS
from harmonica_session.commands.table import COMMANDS, ONLINE
from harmonica_session.inputs import DEFAULTS, Actions, Announce, Command, Generate, variable
from harmonica_session.sandbox import Sandbox
from harmonica_session.session.plan import Status
from harmonica_session.spec.context_from import Source
from harmonica_session.spec.context_sources import ContextSource
from harmonica_session.spec.spec import Spec, Target
from harmonica_session.words.request import (
    Channel,
    Known,
    Question,
    ResultsVisibility,
    RosterEntry,
)
from harness.consumer import Consumer, pull_request_payload
from harness.pages import ROOT, Example, examples, section, table, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INPUTS, SPEC = ".github/docs/inputs.md", ".github/docs/spec.md"
ELSEWHERE = ".github/docs/elsewhere.md"
BACKGROUND = ".github/docs/background.md"
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
OURS = "OWNER/harmonica-session-action@v1"
# The runner fills in the token; the Python is chosen before there is one to ask the code.
OUTSIDE_THE_CODE = {"github-token": "${{ github.token }}", "python-path": ""}


def quoted(text: str) -> set[str]:
    """Return what stands in backticks."""
    return set(re.findall(r"`([^`]+)`", text))


def steps() -> list[dict[str, Any]]:
    """Return the steps of the action."""
    found: list[dict[str, Any]] = ACTION["runs"]["steps"]
    return found


def pasted_workflows() -> list[Example]:
    """Return the whole workflows that the documents give to paste."""
    return examples("workflow")


def default(name: str) -> str:
    """Return the default of an input as action.yml has it; none is the empty text."""
    value: str = ACTION["inputs"][name].get("default", "")
    return value


def test_action_is_composite_and_runs_nothing_of_third_parties() -> None:
    """Every step is a `run:` step with its shell, and none uses another action."""
    assert ACTION["runs"]["using"] == "composite"
    for step in steps():
        assert {"run", "shell"} <= step.keys()
        assert "uses" not in step


def test_no_expression_stands_in_a_script() -> None:
    """A script gets what it needs from its environment, where nothing can be injected."""
    assert [step["run"] for step in steps() if "${{" in step["run"]] == []


def test_action_and_code_have_the_same_inputs() -> None:
    """The code knows each input of action.yml, but for two that it never sees the default of."""
    assert ACTION["inputs"].keys() == DEFAULTS.keys() | OUTSIDE_THE_CODE.keys()


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_action_and_code_have_the_same_default(name: str) -> None:
    """An input that is left out and one that is empty mean the same."""
    assert default(name) == {**DEFAULTS, **OUTSIDE_THE_CODE}[name]


def test_every_input_reaches_the_code() -> None:
    """A composite action gets no `INPUT_…` by itself, so each input is mapped, and no other."""
    mapped = {
        name: value
        for step in steps()
        for name, value in step.get("env", {}).items()
        if name.startswith("INPUT_")
    }
    expected = {variable(name): f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}
    # Only the runner can put in the token where the input is given but empty.
    expected[variable("github-token")] = "${{ inputs.github-token || github.token }}"
    assert mapped == expected


def test_documents_list_the_inputs() -> None:
    """The table has the inputs of action.yml, in the same order."""
    assert list(table(INPUTS, "Inputs")) == list(ACTION["inputs"])


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_documents_tell_the_default(name: str) -> None:
    """The documented default of an input is that of action.yml."""
    cell = table(INPUTS, "Inputs")[name].split(" | ")[0]
    assert ("" if cell in ("none", "empty") else cell.strip("`")) == default(name)


def test_commands_are_those_that_can_be_typed() -> None:
    """Each value of `command` leads to a flow, and action.yml and documents say what it does."""
    words = set(get_args(Command))
    assert words == COMMANDS.keys() - {ONLINE}
    assert words <= quoted(ACTION["inputs"]["command"]["description"])
    assert words <= quoted(table(INPUTS, "Inputs")["command"])


def test_documents_tell_where_a_session_can_be_announced() -> None:
    """The documents and action.yml name each value of `announce`."""
    assert set(get_args(Announce)) <= quoted(table(INPUTS, "Inputs")["announce"])
    assert set(get_args(Announce)) == quoted(ACTION["inputs"]["announce"]["description"])


def test_outputs_are_those_of_the_step() -> None:
    """Each output of the action is the step's output of the same name."""
    ids = {step["id"] for step in steps() if "id" in step}
    for name, output in ACTION["outputs"].items():
        assert output["value"] in {f"${{{{ steps.{step}.outputs.{name} }}}}" for step in ids}


def test_documents_tell_what_results_can_be_told_to_do() -> None:
    """The documents name each value of `generate-summary` and of `actions`."""
    assert set(get_args(Generate)) <= quoted(table(INPUTS, "Inputs")["generate-summary"])
    assert set(get_args(Actions)) <= quoted(table(INPUTS, "Inputs")["actions"])


def test_documents_list_the_outputs() -> None:
    """The table has the outputs of action.yml, in the same order."""
    assert list(table(INPUTS, "Outputs")) == list(ACTION["outputs"])


def test_code_sets_the_outputs(tmp_path: Path) -> None:
    """Create sets its outputs, results those and its own, and neither sets any other."""
    with Sandbox() as sandbox:
        consumer = Consumer(sandbox, tmp_path)
        created = consumer.on_pull_request()
        told = consumer.on_pull_request(command="results")
    assert {*told.outputs, "sessions"} == ACTION["outputs"].keys()
    assert created.outputs.keys() < told.outputs.keys()
    for run in (created, told):
        assert len(run.sessions) == 1


def test_documents_tell_what_status_may_be() -> None:
    """The documents name each status that a run can report."""
    beside_the_plan = {"skipped", "planned", "failed", "reported", "unchanged"}
    assert beside_the_plan | set(get_args(Status)) <= quoted(table(INPUTS, "Outputs")["status"])


def test_documents_list_the_keys_of_the_spec() -> None:
    """The table has the keys of the spec, in the order of the code."""
    assert list(table(SPEC, "Keys")) == list(Spec.model_fields)


@pytest.mark.parametrize(
    ("key", "model"),
    [("questions", Question), ("distribution", Target), ("roster", RosterEntry)],
)
def test_documents_list_the_keys_of_an_item(key: str, model: type[BaseModel]) -> None:
    """The documents name each key of the items of a list."""
    found = re.search(r"`{([^}]+)}`", table(SPEC, "Keys")[key])
    assert found
    named = [part.partition(":")[0].strip() for part in found[1].split(",")]
    assert named == list(model.model_fields)


def test_documents_list_the_sources_of_the_background() -> None:
    """The table has the sources of `context_from`, in the order of the code."""
    assert [row.partition(":")[0] for row in table(BACKGROUND, "Sources")] == list(
        Source.model_fields
    )


def test_documents_list_the_kinds_of_context_sources() -> None:
    """The documents name each thing that a context source can be."""
    named = re.findall(r"`{(\w+)}`", table(SPEC, "Keys")["context_sources"])
    assert named == list(ContextSource.model_fields)


def test_documents_tell_who_may_see_the_results() -> None:
    """The documents name each value of `results_visibility`."""
    [known] = [it for it in get_args(ResultsVisibility) if isinstance(it, Known)]
    assert set(known.values) <= quoted(table(SPEC, "Keys")["results_visibility"])


def test_documents_name_the_channels() -> None:
    """The documents name each channel that needs no notice."""
    [known] = [it for it in get_args(Channel) if isinstance(it, Known)]
    assert set(known.values) <= quoted(table(SPEC, "Keys")["distribution"])


def test_documents_explain_the_permissions_that_are_asked_for() -> None:
    """Each permission that a warning gives to paste has its reason in the documents."""
    asked_for: dict[str, str] = {}
    for block in (PERMISSIONS, PERMISSIONS_FOR_ISSUES):
        asked_for |= yaml.safe_load(block)["permissions"]
    listed = quoted(section(INPUTS, "Permissions"))
    assert {f"{scope}: {access}" for scope, access in asked_for.items()} <= listed


def test_there_is_one_workflow_to_start_with(box: Sandbox, tmp_path: Path) -> None:
    """README, `init`, the page of workflows and the summary of a fork show it to the letter."""
    starter = (STARTERS / "retrospective/workflow.yml").read_text("utf-8")
    for document in ("README.md", ".github/docs/workflows.md"):
        first = next(it for it in pasted_workflows() if it.document == document)
        assert first.text == starter
    fork = pull_request_payload(head_repository=2)
    run = Consumer(box, tmp_path).run("pull_request", fork, api_key="")
    assert run.outputs["status"] == "skipped"
    assert f"```yaml\n{starter}```\n" in run.summary


def test_the_first_workflow_has_the_permissions_that_are_asked_for() -> None:
    """Who pastes it never meets the warning about permissions."""
    asked_for = yaml.safe_load(PERMISSIONS)["permissions"]
    [job] = pasted_workflows()[0].value["jobs"].values()
    assert job["permissions"] == asked_for


def test_the_first_spec_says_who_can_see_the_results() -> None:
    """So that the comment can say it too, and results can be shown."""
    spec = next(it for it in examples("spec") if it.document == "README.md")
    assert "results_visibility" in spec.value


@pytest.mark.parametrize("workflow", pasted_workflows(), ids=str)
def test_a_workflow_to_paste_gives_inputs_that_exist(workflow: Example) -> None:
    """It uses the action, or the workflow that does, by its address, with inputs that it has."""
    uses = [
        it
        for job in workflow.value["jobs"].values()
        for it in (job, *job.get("steps", []))
        if OURS.partition("@")[0] in it.get("uses", "")
    ]
    assert uses
    for it in uses:
        called = yaml.safe_load((ROOT / ".github/workflows/retrospective.yml").read_text("utf-8"))
        known = ACTION if it["uses"].endswith(OURS) else called[True]["workflow_call"]
        assert it.get("with", {}).keys() <= known["inputs"].keys()


@pytest.mark.parametrize("workflow", pasted_workflows(), ids=str)
def test_a_workflow_to_paste_says_what_each_permission_is_for(workflow: Example) -> None:
    """Nobody has to grant what nobody explains, and no other job gets it."""
    [job] = workflow.value["jobs"].values()
    assert workflow.value["permissions"] == {}
    for scope, access in job["permissions"].items():
        assert f"      {scope}: {access} # to " in workflow.text


def test_readme_has_the_kinds_of_workflows() -> None:
    """The table has what `init` writes, in the order of the code."""
    assert list(table("README.md", "More workflows")) == list(KINDS)


@pytest.mark.parametrize("document", ["README.md", ".github/CONTRIBUTING.md"])
def test_commands_to_paste_name_files_that_exist(document: str) -> None:
    """Each `bash …` that a reader is told to type runs a file of the repository."""
    named = set(re.findall(r"\bbash ([\w.-]+/[\w./-]+)", text_of(document)))
    assert "tests/run" in named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_launcher_installs_what_the_package_asks_for() -> None:
    """The libraries locked for the action are the dependencies of the package."""
    found = re.search(r"^dependencies = \[\n(.*?)^\]", PYPROJECT, re.MULTILINE | re.DOTALL)
    assert found
    wanted = (ROOT / "src/launch/runtime.in").read_text("utf-8").splitlines()
    locked = [line for line in wanted if line and not line.startswith("#")]
    assert sorted(re.findall(r'"([^"]+)"', found[1])) == sorted(locked)


def test_documents_tell_which_systems_a_release_brings_libraries_for() -> None:
    """The table has the systems and versions that `build` goes by, in order."""
    systems = {
        "x86_64-linux-gnu": "Linux (glibc), x86-64",
        "aarch64-linux-gnu": "Linux (glibc), arm64",
        "darwin-arm64": "macOS, arm64",
        "win_amd64": "Windows, x86-64",
    }
    versions: dict[str, list[str]] = {}
    for line in (ROOT / ".github/release/targets.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            label, version, *_ = line.split()
            _, _, system = label.removeprefix("cpython-").partition("-")
            versions.setdefault(systems[system or label[6:]], []).append(version)
    rows = re.findall(r"^ *\| (.+) \| ([\d., ]+) \|$", text_of(ELSEWHERE), re.MULTILINE)
    assert rows == [(system, ", ".join(it)) for system, it in versions.items()]


def test_workflow_runs_the_tests_on_the_oldest_python() -> None:
    """CI starts with the oldest Python that the package promises to run on."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    oldest = workflow["jobs"]["tests"]["strategy"]["matrix"]["python"][0]
    assert f'requires-python = ">={oldest}"' in PYPROJECT
