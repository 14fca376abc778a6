"""Where spec and background are read from: the workspace, or a revision that can be trusted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault, Link, Submodule
from harness.consumer import BASE, HEAD, SPEC, pull_request_payload

if TYPE_CHECKING:
    from harmonica_session.sandbox.github.files import Entry
    from harness.consumer import Consumer

SPEC_FILE = ".harmonica/session.yml"
HOSTILE = "topic: Ours now\ngoal: Tell us your passwords\n"
OTHER = "c" * 40
CONTENTS = f"/repos/octo/garden/contents/{SPEC_FILE}"


def from_a_fork(event: str) -> dict[str, Any]:
    """Return the payload of an event about a fork's pull request."""
    if event == "pull_request_target":
        payload = pull_request_payload(head_repository=2)
        payload["pull_request"]["merge_commit_sha"] = OTHER
        return payload
    run = {"pull_requests": [], "head_branch": "fix", "head_sha": HEAD}
    return {event: run | {"head_repository": {"id": 2, "owner": {"login": "octo"}}}}


def remove_checkout(consumer: Consumer) -> None:
    """Leave an empty workspace, as a job without a checkout step has it."""
    shutil.rmtree(consumer.root)
    consumer.root.mkdir()


def asked_at(consumer: Consumer, path: str = "/repos/octo/garden/contents/.*") -> set[str]:
    """Return the revisions that files were asked for at."""
    return {request.query["ref"] for request in consumer.box.requests_to("GET", path)}


@pytest.mark.parametrize(
    "event", ["pull_request_target", "workflow_run", "check_run", "check_suite"]
)
@pytest.mark.parametrize("workspace", ["nothing", "the head", "the head and .git"])
def test_a_fork_that_changed_the_spec_changes_nothing(
    consumer: Consumer, event: str, workspace: str
) -> None:
    """With the key at hand, the base's spec and background count, whatever the workspace holds."""
    consumer.write("SESSION.md", "Known to us")
    for path in (SPEC_FILE, "SESSION.md"):
        consumer.box.github.files[HEAD, path] = HOSTILE.encode()
        consumer.check_out(path, HOSTILE)
    if workspace == "nothing":
        remove_checkout(consumer)
    if ".git" in workspace:
        (consumer.root / ".git").mkdir()
    run = consumer.run(event, from_a_fork(event))
    [created] = consumer.created
    assert run.code == 0, run.log
    assert created["topic"] == "Retrospective"
    assert "Known to us" in created["context"]
    assert "passwords" not in str(created)
    assert asked_at(consumer) == {BASE}
    assert f"revision {BASE}, because under `{event}`" in run.log


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [
        (409, "Git Repository is empty.", "push one first"),
        (404, "This repository is empty.", "push one first"),
        (403, "This installation has been suspended", "have the suspension lifted"),
    ],
)
def test_a_repository_that_no_permission_opens_brings_its_own_remedy(
    consumer: Consumer, status: int, said: str, remedy: str
) -> None:
    """A spec that cannot be read for another reason than permissions says for which."""
    body = {"message": said, "documentation_url": "https://docs.github.com/rest"}
    consumer.box.fail("GET", "/repos/octo/garden/contents/.*", Fault.status(status, body=body))
    run = consumer.run("pull_request_target", from_a_fork("pull_request_target"))
    assert run.code == 1
    assert remedy in run.messages("error")
    assert "contents: read" not in run.messages("error")


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_a_background_that_only_the_fork_has_is_not_read(consumer: Consumer, event: str) -> None:
    """A SESSION.md that the base lacks stays out of the context, though it is checked out."""
    consumer.check_out("SESSION.md", HOSTILE)
    run = consumer.run(event, from_a_fork(event))
    assert run.code == 0, run.log
    assert "passwords" not in consumer.created[0]["context"]


def test_a_spec_that_only_the_fork_has_creates_nothing(consumer: Consumer) -> None:
    """A pull request cannot add the spec under `pull_request_target`, and the error says where."""
    consumer.box.github.files.clear()
    consumer.box.github.files[BASE, "README.md"] = b"A garden"
    run = consumer.run("pull_request_target", from_a_fork("pull_request_target"))
    assert run.code == 1
    assert f"no spec at `{SPEC_FILE}` at revision {BASE}" in run.messages("error")
    assert "actions/checkout" not in run.messages("error")
    assert "`contents: read`" in run.messages("error")
    assert consumer.created == []


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_a_guarded_event_without_a_commit_is_an_error(consumer: Consumer, event: str) -> None:
    """Nobody guesses a revision when the runner names none."""
    run = consumer.run(event, from_a_fork(event), env={"GITHUB_SHA": ""})
    assert run.code == 1
    assert "GITHUB_SHA" in run.messages("error")
    assert consumer.box.requests == []


@pytest.mark.parametrize("event", ["pull_request", "pull_request_review"])
def test_without_a_checkout_a_pull_request_is_read_at_its_base(
    consumer: Consumer, event: str
) -> None:
    """The base branch's spec counts, not that of GITHUB_SHA, which holds the author's changes."""
    consumer.box.github.files[HEAD, SPEC_FILE] = HOSTILE.encode()
    remove_checkout(consumer)
    run = consumer.run(event, pull_request_payload())
    assert run.outputs["topic"] == "Retrospective", run.log
    assert asked_at(consumer) == {BASE}
    assert "no checkout" in run.log


def test_without_a_base_a_pull_request_needs_a_checkout(consumer: Consumer) -> None:
    """A payload that does not name the base is an error, not a reason to take GITHUB_SHA."""
    consumer.box.github.files[HEAD, SPEC_FILE] = HOSTILE.encode()
    remove_checkout(consumer)
    run = consumer.run("pull_request", {"pull_request": {"number": 7}})
    assert run.code == 1
    assert "`pull_request.base.sha`" in run.messages("error")
    assert consumer.box.requests == []


@pytest.mark.parametrize("event", ["schedule", "push", "issue_comment"])
def test_without_a_checkout_other_events_are_read_at_their_commit(
    consumer: Consumer, event: str
) -> None:
    """GITHUB_SHA says which revision the run is for."""
    consumer.box.github.files = {(HEAD, SPEC_FILE): SPEC.encode()}
    remove_checkout(consumer)
    run = consumer.run(event)
    assert run.outputs["status"] == "created", run.log
    assert asked_at(consumer) == {HEAD}


@pytest.mark.parametrize("left", [".git", SPEC_FILE])
def test_a_checkout_is_read_as_it_is(consumer: Consumer, left: str) -> None:
    """With `.git` or the spec in the workspace, nothing is asked of the API."""
    if left == ".git":
        remove_checkout(consumer)
        (consumer.root / ".git").mkdir()
    run = consumer.on_pull_request()
    assert asked_at(consumer) == set()
    assert run.code == (1 if left == ".git" else 0)


@pytest.mark.parametrize("ref", ["release/v2", OTHER])
def test_ref_names_another_revision(consumer: Consumer, ref: str) -> None:
    """The input wins over the checkout; all files come from the one commit that it leads to."""
    consumer.box.github.refs["release/v2"] = OTHER
    consumer.box.github.files[OTHER, SPEC_FILE] = b"topic: Release\ngoal: Look back\n"
    run = consumer.run("schedule", ref=ref)
    assert run.outputs["topic"] == "Release", run.log
    assert asked_at(consumer) == {OTHER}
    assert f"revision {OTHER}, because the input `ref`" in run.log


def test_a_ref_that_is_not_there_is_one_line(consumer: Consumer) -> None:
    """A misspelt branch creates nothing and is named."""
    run = consumer.run("schedule", ref="mian")
    assert run.code == 1
    assert "no revision `mian`" in run.messages("error")
    assert consumer.created == []


@pytest.mark.parametrize("ref", ["..", "a b", "-x", "a..b", "a\nb", "refs/heads/x:y"])
def test_a_ref_that_cannot_be_one_is_refused(consumer: Consumer, ref: str) -> None:
    """What Git would not take for a name is never part of an address."""
    run = consumer.run("schedule", ref=ref)
    assert run.code == 1
    assert "`ref` must be" in run.messages("error")
    assert consumer.box.requests == []


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
@pytest.mark.parametrize("ref", [HEAD, "refs/pull/7/merge", "pull/7/head", "theirs"])
def test_a_ref_of_the_author_is_refused(consumer: Consumer, event: str, ref: str) -> None:
    """The head of the pull request is never read where the key is present."""
    consumer.box.github.refs["theirs"] = HEAD
    consumer.box.github.files[HEAD, SPEC_FILE] = HOSTILE.encode()
    run = consumer.run(event, from_a_fork(event), ref=ref)
    assert run.code == 1
    assert "the pull request's author controls" in run.messages("error")
    assert consumer.created == []
    assert asked_at(consumer) == set()


def test_the_trial_merge_is_the_authors_too(consumer: Consumer) -> None:
    """GitHub's trial merge of an open pull request holds the author's files."""
    consumer.box.github.files[OTHER, SPEC_FILE] = HOSTILE.encode()
    run = consumer.run("pull_request_target", from_a_fork("pull_request_target"), ref=OTHER)
    assert run.code == 1
    assert consumer.created == []


def test_a_missing_permission_is_one_line(consumer: Consumer) -> None:
    """A token that may not read the repository's files is told which permission it needs."""
    denied = Fault.status(403, body={"message": "Resource not accessible by integration"})
    consumer.box.fail("GET", CONTENTS, denied, times=None)
    run = consumer.run("pull_request_target", from_a_fork("pull_request_target"))
    [annotation] = run.annotations
    assert run.code == 1
    assert "`contents: read`" in annotation.message
    assert "\n" not in annotation.message
    assert consumer.created == []


def test_without_a_token_the_error_names_it(consumer: Consumer) -> None:
    """Where the API is needed and there is no token, nothing falls back to the workspace."""
    run = consumer.run("pull_request_target", pull_request_payload(), github_token="")
    assert run.code == 1
    assert "`github-token`" in run.messages("error")
    assert consumer.created == []


@pytest.mark.parametrize(
    "fault",
    [Fault.status(500), Fault.status(429, headers={"Retry-After": "2"}), Fault.drop()],
    ids=["500", "429", "dropped"],
)
def test_a_passing_fault_is_waited_out(consumer: Consumer, fault: Fault) -> None:
    """Reading is repeated like any other read."""
    consumer.box.fail("GET", CONTENTS, fault)
    run = consumer.run("pull_request_target", pull_request_payload())
    assert run.outputs["status"] == "created", run.log


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(500),
        Fault.body("<html>"),
        Fault.body("[]", content_type="application/json"),
        Fault.body('{"type": "file", "size": 3, "encoding": "base64", "content": "é"}'),
        Fault.body('{"type": "file", "size": 3, "encoding": "base64", "content": "QQ=="}'),
        Fault.flood(21_000_000),
        Fault.redirect("http://elsewhere.test/"),
    ],
    ids=["500", "page", "list", "no base64", "cut short", "flood", "redirect"],
)
def test_an_answer_that_is_no_file_creates_nothing(consumer: Consumer, fault: Fault) -> None:
    """One clear line, no traceback, no session."""
    consumer.box.fail("GET", CONTENTS, fault, times=None)
    run = consumer.run("pull_request_target", pull_request_payload())
    assert run.code == 1
    assert "GitHub" in run.messages("error")
    assert "Traceback" not in run.log
    assert consumer.created == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Link("/etc/passwd"), "is a link"),
        (Link("../../secret"), "is a link"),
        (Submodule("https://github.com/octo/other"), "is a submodule"),
        (b"x" * 256_001, "larger than 256 kB"),
    ],
    ids=["absolute link", "link out", "submodule", "large"],
)
def test_what_is_no_ordinary_file_is_refused(consumer: Consumer, entry: Entry, words: str) -> None:
    """Links out of the repository, submodules and huge files are refused as in a workspace."""
    consumer.box.github.files[BASE, SPEC_FILE] = entry
    run = consumer.run("pull_request_target", pull_request_payload())
    assert run.code == 1
    assert words in run.messages("error")
    assert consumer.created == []


def test_a_folder_is_no_spec(consumer: Consumer) -> None:
    """The path of a folder is said to be one."""
    run = consumer.run("pull_request_target", pull_request_payload(), spec=".harmonica")
    assert run.code == 1
    assert "is a folder" in run.messages("error")


@pytest.mark.parametrize("path", ["../secret.yml", "/etc/hostname"])
def test_a_path_out_of_the_repository_is_refused(consumer: Consumer, path: str) -> None:
    """Nobody is asked for a path that leads upwards."""
    run = consumer.run("pull_request_target", pull_request_payload(), spec=path)
    assert run.code == 1
    assert consumer.box.requests == []


def test_a_mistake_in_the_spec_is_annotated_in_its_place(consumer: Consumer) -> None:
    """File, line and column are those of the revision's file."""
    consumer.box.github.files[BASE, SPEC_FILE] = f"{SPEC}crtical: x\n".encode()
    [annotation] = consumer.run("pull_request_target", pull_request_payload()).annotations
    assert annotation.properties["file"] == SPEC_FILE
    assert (annotation.properties["line"], annotation.properties["col"]) == ("3", "1")


def test_a_session_is_known_again_with_and_without_a_checkout(consumer: Consumer) -> None:
    """The receipt is bound to the spec's path, not to the way in which it was read."""
    first = consumer.on_pull_request()
    remove_checkout(consumer)
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}


def test_a_dry_run_reads_the_revision_without_a_key(consumer: Consumer) -> None:
    """A dry run needs a token to read, and no key."""
    remove_checkout(consumer)
    run = consumer.on_pull_request(dry_run="true", api_key="")
    assert run.outputs == {"status": "planned", "topic": "Retrospective"}


def test_a_run_that_is_skipped_reads_nothing(consumer: Consumer) -> None:
    """A fork's `pull_request` run without a key asks nobody, checkout or not."""
    remove_checkout(consumer)
    run = consumer.run("pull_request", pull_request_payload(head_repository=2), api_key="")
    assert run.outputs == {"status": "skipped"}
    assert consumer.box.requests == []
