"""The workflows of this repository, as far as they can be carried out without GitHub."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.machine import BASH, SECONDS
from harness.releases import Repository

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
CI: dict[str, Any] = yaml.safe_load((WORKFLOWS / "ci.yml").read_text("utf-8"))
RELEASE: dict[str, Any] = yaml.safe_load((WORKFLOWS / "release.yml").read_text("utf-8"))
SHOWN = "planned|Retrospective on the new search|\n"


def script_of(job: dict[str, Any], name: str) -> str:
    """Return what a step runs."""
    [script] = [step["run"] for step in job["steps"] if step.get("name") == name]
    assert isinstance(script, str)
    return script


def run(
    script: str, env: dict[str, str], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does with `shell: bash`."""
    command = [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(  # noqa: S603 - the workflow's own words
        command, cwd=folder, env=env, capture_output=True, check=False, encoding="utf-8",
        timeout=SECONDS,
    )  # fmt: skip


def test_the_gate_needs_every_other_job() -> None:
    """A job that is added and forgotten there would not keep anything from being merged."""
    gate = CI["jobs"]["all"]
    assert set(gate["needs"]) == CI["jobs"].keys() - {"all"}
    assert gate["if"] == "always()"


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        ("success success success", True),
        ("success failure success", False),
        ("success cancelled success", False),
        ("success success skipped", False),
        ("skipped", False),
        ("", False),
    ],
)
def test_the_gate_passes_on_success_alone(results: str, passes: bool) -> None:  # noqa: FBT001 - a row
    """What was skipped or cancelled has shown nothing."""
    script = script_of(CI["jobs"]["all"], "Expect that each of them succeeded")
    assert (run(script, {"RESULTS": results}).returncode == 0) == passes


@pytest.mark.parametrize(
    ("outputs", "passes"),
    [
        (SHOWN * 2, True),
        (SHOWN, False),
        (SHOWN + SHOWN.replace("planned", "created"), False),
        (SHOWN + SHOWN.replace("|\n", "|https://app.harmonica.chat/chat?s=1\n"), False),
    ],
)
def test_the_self_test_expects_two_plans(outputs: str, passes: bool) -> None:  # noqa: FBT001 - a row
    """The tree of a release and that of main have to answer the same."""
    script = script_of(CI["jobs"]["self-test"], "Expect the outputs of a plan")
    assert (run(script, {"OUTPUTS": outputs}).returncode == 0) == passes


def test_the_action_is_tried_with_the_python_of_each_image() -> None:
    """No job that uses the action sets up a Python before."""
    job = CI["jobs"]["self-test"]
    assert {"ubuntu-slim", "ubuntu-26.04"} < set(job["strategy"]["matrix"]["os"])
    assert not [step for step in job["steps"] if "setup-python" in step.get("uses", "")]


def test_a_release_publishes_what_all_checks_have_tried() -> None:
    """Each job waits for the one before, and the first does not run in a fork."""
    jobs = RELEASE["jobs"]
    assert jobs["checks"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["checks"]["needs"], jobs["publish"]["needs"]) == ("ready", "checks")
    assert "!github.event.repository.fork" in jobs["ready"]["if"]
    # A tag of the default branch's name has the same `ref_name`.
    assert "github.ref == format('refs/heads/{0}'" in jobs["ready"]["if"]
    assert "if" not in jobs["checks"]
    assert "if" not in jobs["publish"]


def test_what_was_tried_is_there_as_long_as_its_approval_may_take() -> None:
    """GitHub lets a job wait thirty days for its reviewer."""
    steps = CI["jobs"]["release-tree"]["steps"]
    [kept] = [step["with"] for step in steps if "/upload-artifact@" in step.get("uses", "")]
    assert kept["retention-days"] == 30


def test_only_the_job_that_is_approved_may_write() -> None:
    """Whoever changes a test cannot publish with it."""
    assert RELEASE["permissions"] == CI["permissions"] == {}
    jobs = {**CI["jobs"], **RELEASE["jobs"]}
    may_write = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert may_write == {"publish"}
    assert jobs["publish"]["environment"] == "release"


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_each_grant_of_a_workflow_has_its_reason(path: Path) -> None:
    """A permission stands beside what it is for."""
    grants = re.findall(r"^ +[a-z-]+: (?:read|write)\b.*$", path.read_text("utf-8"), re.MULTILINE)
    assert [line for line in grants if " # " not in line] == []


@pytest.mark.skipif(sys.platform == "win32", reason="releases are made on Linux")
def test_the_steps_of_a_release_publish_the_tree_of_the_artifact(tmp_path: Path) -> None:
    """What was packed is what the tag holds; the attested list is git's own of the tag."""
    repository = Repository(tmp_path)
    temp = tmp_path / "temp"
    temp.mkdir()
    with tarfile.open(temp / "release-tree.tar", "w") as packed:
        packed.add(repository.build(), ".")
    outputs = tmp_path / "outputs"
    env = repository.environment(RUNNER_TEMP=str(temp), GITHUB_OUTPUT=str(outputs), VERSION="1.0.0")
    job = RELEASE["jobs"]["publish"]
    committed = run(script_of(job, "Commit what was tried"), env, repository.clone)
    assert committed.returncode == 0, committed.stderr
    commit = outputs.read_text().removeprefix("id=").strip()
    env |= {"COMMIT": commit}
    published = run(script_of(job, "Publish"), env, repository.clone)
    assert published.returncode == 0, published.stderr
    assert repository.remote_tags() == {"v1.0.0": commit, "v1": commit}
    assert commit == repository.commit()
    [attested] = [step for step in job["steps"] if "/attest-" in step.get("uses", "")]
    assert attested["with"] == {"subject-path": "${{ runner.temp }}/tree.txt"}
    assert (temp / "tree.txt").read_text() == repository.git("ls-tree", "-r", commit) + "\n"
