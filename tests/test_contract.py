"""Holds action.yml, the code, the README and the workflows to each other."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml

from harmonica_session.announcement.advice import PERMISSIONS, PERMISSIONS_FOR_ISSUES
from harmonica_session.commands.init import KINDS
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
from harness.consumer import Consumer

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
OURS = "OWNER/harmonica-session-action@v1"
# The runner fills in the token; the Python is chosen before there is one to ask the code.
OUTSIDE_THE_CODE = {"github-token": "${{ github.token }}", "python-path": ""}


def section(heading: str) -> str:
    """Return the text of a section of the README."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {heading}"
    return found[1]


def table(heading: str) -> dict[str, str]:
    """Return the rows of a section's table: first cell, without its backticks, and the rest."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", section(heading), re.MULTILINE))


def quoted(text: str) -> set[str]:
    """Return what stands in backticks."""
    return set(re.findall(r"`([^`]+)`", text))


def steps() -> list[dict[str, Any]]:
    """Return the steps of the action."""
    found: list[dict[str, Any]] = ACTION["runs"]["steps"]
    return found


def pasted_workflows() -> list[dict[str, Any]]:
    """Return the whole workflows that the README gives to paste."""
    blocks = re.findall(r"^( *)```yaml\n(.*?)^\1```$", README, re.MULTILINE | re.DOTALL)
    documents = [yaml.safe_load(dedent(text)) for _, text in blocks]
    return [document for document in documents if document and "jobs" in document]


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


def test_readme_lists_the_inputs() -> None:
    """The README's table has the inputs of action.yml, in the same order."""
    assert list(table("Inputs")) == list(ACTION["inputs"])


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_readme_tells_the_default(name: str) -> None:
    """The README's default of an input is that of action.yml."""
    cell = table("Inputs")[name].split(" | ")[0]
    assert ("" if cell in ("none", "empty") else cell.strip("`")) == default(name)


def test_commands_are_those_that_can_be_typed() -> None:
    """Each value of `command` leads to a flow, and action.yml and README say what it does."""
    words = set(get_args(Command))
    assert words == COMMANDS.keys() - {ONLINE}
    assert words <= quoted(ACTION["inputs"]["command"]["description"])
    assert words <= quoted(table("Inputs")["command"])


def test_readme_tells_where_a_session_can_be_announced() -> None:
    """The README and action.yml name each value of `announce`."""
    assert set(get_args(Announce)) <= quoted(table("Inputs")["announce"])
    assert set(get_args(Announce)) == quoted(ACTION["inputs"]["announce"]["description"])


def test_outputs_are_those_of_the_step() -> None:
    """Each output of the action is the step's output of the same name."""
    ids = {step["id"] for step in steps() if "id" in step}
    for name, output in ACTION["outputs"].items():
        assert output["value"] in {f"${{{{ steps.{step}.outputs.{name} }}}}" for step in ids}


def test_readme_tells_what_results_can_be_told_to_do() -> None:
    """The README names each value of `generate-summary` and of `actions`."""
    assert set(get_args(Generate)) <= quoted(table("Inputs")["generate-summary"])
    assert set(get_args(Actions)) <= quoted(table("Inputs")["actions"])


def test_readme_lists_the_outputs() -> None:
    """The README's table has the outputs of action.yml, in the same order."""
    assert list(table("Outputs")) == list(ACTION["outputs"])


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


def test_readme_tells_what_status_may_be() -> None:
    """The README names each status that a run can report."""
    beside_the_plan = {"skipped", "planned", "failed", "reported", "unchanged"}
    assert beside_the_plan | set(get_args(Status)) <= quoted(table("Outputs")["status"])


def test_readme_lists_the_keys_of_the_spec() -> None:
    """The README's table has the keys of the spec, in the order of the code."""
    assert list(table("The spec")) == list(Spec.model_fields)


@pytest.mark.parametrize(
    ("key", "model"),
    [("questions", Question), ("distribution", Target), ("roster", RosterEntry)],
)
def test_readme_lists_the_keys_of_an_item(key: str, model: type[BaseModel]) -> None:
    """The README names each key of the items of a list."""
    found = re.search(r"`{([^}]+)}`", table("The spec")[key])
    assert found
    named = [part.partition(":")[0].strip() for part in found[1].split(",")]
    assert named == list(model.model_fields)


def test_readme_lists_the_sources_of_the_background() -> None:
    """The README's table has the sources of `context_from`, in the order of the code."""
    assert [row.partition(":")[0] for row in table("Background")] == list(Source.model_fields)


def test_readme_lists_the_kinds_of_context_sources() -> None:
    """The README names each thing that a context source can be."""
    named = re.findall(r"`{(\w+)}`", table("The spec")["context_sources"])
    assert named == list(ContextSource.model_fields)


def test_readme_tells_who_may_see_the_results() -> None:
    """The README names each value of `results_visibility`."""
    [known] = [it for it in get_args(ResultsVisibility) if isinstance(it, Known)]
    assert set(known.values) <= quoted(table("The spec")["results_visibility"])


def test_readme_names_the_channels() -> None:
    """The README names each channel that needs no notice."""
    [known] = [it for it in get_args(Channel) if isinstance(it, Known)]
    assert set(known.values) <= quoted(table("The spec")["distribution"])


def test_readme_explains_the_permissions_that_are_asked_for() -> None:
    """Each permission that a warning gives to paste has its reason in the README."""
    asked_for: dict[str, str] = {}
    for block in (PERMISSIONS, PERMISSIONS_FOR_ISSUES):
        asked_for |= yaml.safe_load(block)["permissions"]
    listed = quoted(section("Permissions"))
    assert {f"{scope}: {access}" for scope, access in asked_for.items()} <= listed


def test_first_workflow_of_the_readme_has_the_permissions_that_are_asked_for() -> None:
    """Who pastes the first workflow never meets the warning about permissions."""
    asked_for = yaml.safe_load(PERMISSIONS)["permissions"]
    assert pasted_workflows()[0]["permissions"] == asked_for


def test_workflows_of_the_readme_give_inputs_that_exist() -> None:
    """A workflow to paste uses the action by its address, with inputs that it has."""
    uses = [
        step
        for workflow in pasted_workflows()
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step.get("uses") == OURS
    ]
    assert len(uses) >= len(pasted_workflows()) > 0
    for step in uses:
        assert step.get("with", {}).keys() <= ACTION["inputs"].keys()


def test_readme_has_the_kinds_of_workflows() -> None:
    """The README's table has what `init` writes, in the order of the code."""
    assert list(table("Workflows to start from")) == list(KINDS)


@pytest.mark.parametrize("document", ["README.md", ".github/CONTRIBUTING.md"])
def test_commands_to_paste_name_files_that_exist(document: str) -> None:
    """Each `bash …` that a reader is told to type runs a file of the repository."""
    named = set(re.findall(r"\bbash ([\w.-]+/[\w./-]+)", (ROOT / document).read_text("utf-8")))
    assert "tests/run" in named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_launcher_installs_what_the_package_asks_for() -> None:
    """The libraries locked for the action are the dependencies of the package."""
    found = re.search(r"^dependencies = \[\n(.*?)^\]", PYPROJECT, re.MULTILINE | re.DOTALL)
    assert found
    wanted = (ROOT / "src/launch/runtime.in").read_text("utf-8").splitlines()
    locked = [line for line in wanted if line and not line.startswith("#")]
    assert sorted(re.findall(r'"([^"]+)"', found[1])) == sorted(locked)


def test_workflow_runs_the_tests_on_the_oldest_python() -> None:
    """CI starts with the oldest Python that the package promises to run on."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    oldest = workflow["jobs"]["tests"]["strategy"]["matrix"]["python"][0]
    assert f'requires-python = ">={oldest}"' in PYPROJECT
