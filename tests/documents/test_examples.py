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
VERIFY = ".github/docs/verify.md"
# What is shown of a release is tried below and in `tests/release`; lines of a workflow in `e2e`.
RUN_ELSEWHERE = {VERIFY, ".github/docs/workflows.md"}
OURS = "OWNER/harmonica-session-action"
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
    [
        it
        for it in examples("commands")
        if it.text != THESE_TESTS and it.document not in RUN_ELSEWHERE
    ],
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


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand in for programs")
def test_a_release_is_checked_by_the_commands_that_are_shown(tmp_path: Path) -> None:
    """The list that git prints is what `gh` is asked about, of a clone of that very tag."""
    cloning, asking, *_ = [it.text for it in examples("commands") if it.document == VERIFY]
    write(tmp_path / "origin/action.yml", "name: Harmonica session\n")
    write(tmp_path / "programs/gh", '#!/bin/sh\necho "$*" >>"$GH_LOG"\n')
    (tmp_path / "programs/gh").chmod(0o755)
    there = f"git init -q {tmp_path}/origin && cd {tmp_path}/origin && git add . &&"
    made = f"{there} git commit -q -m Release && git tag v1.0.0 && cd {tmp_path}\n"
    done = subprocess.run(  # noqa: S603 - the document's own words
        [BASH, "-euc", made + cloning + asking],
        cwd=tmp_path,
        env={
            "PATH": os.pathsep.join((str(tmp_path / "programs"), os.environ["PATH"])),
            "GH_LOG": str(tmp_path / "gh.log"),
            "HOME": str(tmp_path),
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "octo"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "octo@example.com"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{tmp_path}/origin.insteadOf",
            "GIT_CONFIG_VALUE_0": f"https://github.com/{OURS}",
        },
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tree.txt").read_text("utf-8").endswith("\taction.yml\n")
    asked = (tmp_path / "gh.log").read_text("utf-8").splitlines()
    assert [line.split(" --")[0] for line in asked] == [
        "attestation verify ../tree.txt",
        "release verify v1.0.0",
    ]


def test_the_tests_are_run_by_what_the_documents_say() -> None:
    """The command that runs them is spelt as one that is there."""
    assert THESE_TESTS in [it.text for it in examples("commands")]
    assert (ROOT / "tests/run").is_file()
