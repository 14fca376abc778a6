"""The examples of the documents, each run as it stands; the workflows are run in `tests/e2e`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.consumer import write
from harness.machine import BASH, SECONDS
from harness.pages import ROOT, Example, examples
from harness.process import at_terminal, run_python

# This one is what is running, and may not run itself.
THESE_TESTS = "bash tests/run\n"
# What a strict check says of workflows to paste, and why it stays.
ACCEPTED = {
    "anonymous-definition": "a job's id is name enough in an example",
    "artipacked": "`results` pushes a branch, with the credentials that the checkout leaves",
    "dangerous-triggers": "nothing of the pull request is read under `pull_request_target`",
    "unpinned-images": "a digest in a document grows old",
    "unpinned-uses": "likewise a commit; README says how to pin",
}
SHIM = '#!/bin/sh\nPYTHONPATH="{path}" exec "{python}" -m harmonica_session "$@"\n'


def test_each_example_is_of_a_kind_that_is_run() -> None:
    """No block stands in a document that no test can carry out."""
    assert [str(it) for it in examples() if not it.kind] == []


@pytest.mark.parametrize("example", examples("spec"), ids=str)
def test_a_spec_can_be_tried(tmp_path: Path, example: Example) -> None:
    """Pasted into a repository that has a README, it is created, and then reused."""
    (tmp_path / ".harmonica").mkdir()
    (tmp_path / ".harmonica/session.yml").write_text(example.text, "utf-8")
    (tmp_path / "README.md").write_text("# Garden\n", "utf-8")
    done = at_terminal(tmp_path, "try", ".harmonica/session.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "status         reused" in done.stdout.split("=== Second run")[1]
    for word in ("Warning", "Error", "None"):
        assert word not in done.stdout


def test_workflows_are_clean(tmp_path: Path) -> None:
    """They fit GitHub's schema, and a strict check finds nothing that has no reason."""
    paths = []
    for number, example in enumerate(examples("workflow")):
        paths.append(tmp_path / f".github/workflows/{number}.yml")
        write(paths[-1], example.text)
    schema = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    assert run_python(*schema, *map(str, paths)).returncode == 0
    strict = ("--offline", "--no-config", "--persona", "pedantic", "--format", "json")
    found = subprocess.run(  # noqa: S603 - a tool of the tests
        [Path(sys.executable).with_name("zizmor"), *strict, tmp_path],
        check=False,
        capture_output=True,
    )
    assert {it["ident"] for it in json.loads(found.stdout)} <= ACCEPTED.keys()


@pytest.mark.parametrize("example", examples("comment"), ids=str)
def test_a_comment_leads_to_what_it_says(tmp_path: Path, example: Example) -> None:
    """A spec that begins with it is valid, and the file it names is one of ours."""
    path = tmp_path / "session.yml"
    path.write_text(f"{example.text}topic: T\ngoal: G\n", "utf-8")
    assert at_terminal(tmp_path, "validate", "session.yml").returncode == 0
    _, _, named = example.text.strip().partition("/harmonica-session-action/v1/")
    assert json.loads((ROOT / named).read_text("utf-8"))["title"]


@pytest.mark.parametrize("example", examples("hooks"), ids=str)
def test_a_hook_is_one_of_ours(example: Example) -> None:
    """What pre-commit is told to take from this repository is there."""
    there = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    [repository] = example.value["repos"]
    assert repository["repo"].endswith("/harmonica-session-action")
    assert {it["id"] for it in repository["hooks"]} == {it["id"] for it in there}


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the program")
@pytest.mark.parametrize(
    "example",
    [it for it in examples("commands") if "git " not in it.text and it.text != THESE_TESTS],
    ids=str,
)
def test_commands_run(tmp_path: Path, example: Example) -> None:
    """Typed in a clone of ours, or in a repository of one's own, each of them ends well."""
    clone, programs = tmp_path / "clone", tmp_path / "programs"
    shutil.copytree(ROOT / "src", clone / "src", ignore=shutil.ignore_patterns("__pycache__"))
    programs.mkdir()
    shim = programs / "harmonica-session"
    shim.write_text(
        SHIM.format(path=os.pathsep.join(filter(None, sys.path)), python=sys.executable)
    )
    shim.chmod(0o755)
    done = subprocess.run(  # noqa: S603 - the document's own words
        [BASH, "-euc", example.text],
        cwd=clone,
        env={
            "PATH": os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.defpath)),
            "HOME": str(tmp_path),
            "UV_CACHE_DIR": str(tmp_path / "uv"),
        },
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_are_run_by_what_the_documents_say() -> None:
    """The command that runs them is spelt as one that is there."""
    assert THESE_TESTS in [it.text for it in examples("commands")]
    assert (ROOT / "tests/run").is_file()
