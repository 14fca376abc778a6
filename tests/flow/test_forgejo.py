"""Forgejo and Gitea: one comment over many pushes, and what else differs from GitHub there."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault, Link, Sandbox
from harmonica_session.sandbox.github.forgejo import Forgejo
from harness.circle import ACTIONS, Circle
from harness.consumer import BASE, CHANGED, HEAD, SPEC, Consumer

if TYPE_CHECKING:
    from pathlib import Path

    from harness.consumer import Run

PATH = ".harmonica/session.yml"
ISSUES = "/repos/octo/garden/issues"
LABELS = "/repos/octo/garden/labels"


class ForgejoConsumer(Consumer):
    """A repository on Forgejo, whose runner does not tell the number of the repository."""

    def variables(
        self,
        event: str = "schedule",
        payload: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        **inputs: str,
    ) -> dict[str, str]:
        """Return the variables of a step as the runner sets them."""
        told = super().variables(event, payload, env, **inputs)
        del told["GITHUB_REPOSITORY_ID"]
        return told

    def push(self, run_id: int, **inputs: str) -> Run:
        """Run the step for a further push, as the action is called there."""
        return self.on_pull_request("synchronized", env={"GITHUB_RUN_ID": str(run_id)}, **inputs)


@pytest.fixture
def dialect() -> type[Forgejo]:
    """Forgejo stands in for GitHub here."""
    return Forgejo


@pytest.fixture
def consumer(box: Sandbox, tmp_path: Path) -> ForgejoConsumer:
    """A repository with a small spec, and pull request 7 open."""
    return ForgejoConsumer(box, tmp_path)


def speaks_for(consumer: ForgejoConsumer, whom: str) -> None:
    """Let the runs have a token of the workflow, or of a person who may or may not ask for it."""
    forgejo = consumer.box.github
    assert isinstance(forgejo, Forgejo)
    answer = whom.rpartition(" ")[2]
    forgejo.denied_user = 0 if answer == "told" else int(answer)
    if whom.startswith("person"):
        consumer.inputs["github_token"] = forgejo.add_person("mona")


WHOM = (
    *("workflow, 401", "workflow, 403", "workflow, 404", "workflow, 405", "workflow, told"),
    *("person, 403", "person, told"),
)


@pytest.mark.parametrize("whom", WHOM)
def test_three_pushes_leave_one_session_and_one_comment(
    consumer: ForgejoConsumer, whom: str
) -> None:
    """The first posts it, the second leaves it, the third edits it; nothing is warned of."""
    speaks_for(consumer, whom)
    runs = [consumer.on_pull_request(), consumer.push(501)]
    [first] = consumer.box.github.comments
    consumer.write(PATH, CHANGED)
    runs.append(consumer.push(502))
    assert [it.outputs["status"] for it in runs] == ["created", "reused", "updated"]
    assert [it.messages("warning") for it in runs] == ["", "", ""]
    assert len(consumer.box.harmonica.sessions) == 1
    [comment] = consumer.box.github.comments
    assert comment["id"] == first["id"]
    assert "Agree on two changes" in comment["body"]


def test_an_edit_may_be_answered_without_a_word(consumer: ForgejoConsumer) -> None:
    """Then the comment is read, so that the run can say where it stands."""
    consumer.on_pull_request()
    consumer.write(PATH, CHANGED)
    edit = "/repos/octo/garden/issues/comments/.*"
    consumer.box.fail("PATCH", edit, Fault.status_after(204))
    run = consumer.push(501)
    assert run.messages("warning") == ""
    [comment] = consumer.box.github.comments
    assert run.outputs["comment_url"] == comment["html_url"]
    assert "two changes" in comment["body"]


@pytest.mark.parametrize("whom", WHOM)
def test_a_deleted_comment_is_posted_again(consumer: ForgejoConsumer, whom: str) -> None:
    """It leads to the session that is there."""
    speaks_for(consumer, whom)
    first = consumer.on_pull_request()
    consumer.box.github.comments.clear()
    again = consumer.push(501)
    assert again.outputs["join_url"] == first.outputs["join_url"]
    assert len(consumer.box.harmonica.sessions) == 1
    [body] = consumer.bodies
    assert first.outputs["join_url"] in body


@pytest.mark.parametrize("is_deleted", [False, True], ids=["beside ours", "in its place"])
@pytest.mark.parametrize("whom", WHOM)
def test_a_strangers_copy_is_not_ours(
    consumer: ForgejoConsumer, whom: str, *, is_deleted: bool
) -> None:
    """Receipt and text to the letter: it is neither edited nor taken for an announcement."""
    speaks_for(consumer, whom)
    consumer.on_pull_request()
    [ours] = consumer.box.github.comments
    copy = consumer.box.github.add_comment(7, ours["body"], "stranger")
    if is_deleted:
        consumer.box.github.comments.remove(ours)
    consumer.write(PATH, CHANGED)
    consumer.push(501)
    first, second = consumer.box.github.comments
    theirs, mine = (first, second) if is_deleted else (second, first)
    assert theirs["id"] == copy["id"]
    assert "two changes" not in theirs["body"]
    assert "two changes" in mine["body"]
    assert len(consumer.box.harmonica.sessions) == 1


@pytest.mark.parametrize("whom", WHOM)
def test_a_copy_of_what_was_signed_before_the_author_was_named_is_not_ours(
    consumer: ForgejoConsumer, whom: str
) -> None:
    """Everybody may read what a comment said before it was edited."""
    speaks_for(consumer, whom)
    consumer.on_pull_request()
    [posted] = consumer.box.requests_to("POST", f"{ISSUES}/7/comments")
    consumer.box.github.comments.clear()
    copy = consumer.box.github.add_comment(7, posted.json()["body"], "stranger")
    consumer.push(501)
    theirs, ours = consumer.box.github.comments
    assert (theirs["id"], theirs["body"]) == (copy["id"], posted.json()["body"])
    assert ours["user"]["login"] != "stranger"


def test_an_older_comment_that_becomes_a_copy_is_not_ours(consumer: ForgejoConsumer) -> None:
    """Somebody who commented before us edits that comment into ours."""
    older = consumer.box.github.add_comment(7, "Nice work", "stranger")
    consumer.on_pull_request()
    older["body"] = consumer.bodies[1]
    consumer.write(PATH, CHANGED)
    consumer.push(501)
    assert ["two changes" in body for body in consumer.bodies] == [False, True]


def test_a_token_that_may_not_comment_is_told_what_helps_there(
    consumer: ForgejoConsumer, forgejo: Forgejo
) -> None:
    """The job's `permissions` are not heeded everywhere; the session is there all the same."""
    forgejo.read_only.add(consumer.box.github_token)
    run = consumer.on_pull_request()
    assert (run.code, run.outputs["status"]) == (0, "created")
    [warning] = [it.message for it in run.annotations if it.name == "warning"]
    assert "an access token with `write:issue`" in warning
    assert "permissions:\n" not in warning
    forgejo.read_only.clear()
    assert consumer.push(501).outputs["join_url"] == run.outputs["join_url"]
    assert len(consumer.bodies) == 1


def test_a_wrong_receipt_is_warned_of(consumer: ForgejoConsumer) -> None:
    """Where the key was replaced, a run says so, and how to know the comment again."""
    consumer.on_pull_request()
    consumer.inputs["api_key"] = consumer.box.harmonica.add_key()
    assert "`previous-api-key`" in consumer.push(501).messages("warning")


@pytest.mark.parametrize("by_name", [True, False], ids=["newer", "older"])
def test_an_issue_is_opened_once_with_our_label(
    consumer: ForgejoConsumer, forgejo: Forgejo, *, by_name: bool
) -> None:
    """Labels go by their numbers there; each is made once, however many runs there are."""
    forgejo.takes_label_names = by_name
    consumer.inputs |= {"announce": "issue", "labels": "retro, team", "assignees": "mona, lisa"}
    forgejo.assignable = {"mona", "octo"}
    first = consumer.run()
    [issue] = own_issues(consumer)
    assert sorted(it["name"] for it in issue["labels"]) == ["harmonica-session", "retro", "team"]
    assert [it["login"] for it in issue["assignees"]] == ["mona"]
    [warning] = [it.message for it in first.annotations]
    assert "The assignee `lisa` was not added" in warning
    again = consumer.run(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs["status"] == "reused"
    assert len(own_issues(consumer)) == 1
    later = consumer.run(env={"GITHUB_RUN_ID": "501"})
    assert later.outputs["status"] == "created"
    assert len(own_issues(consumer)) == 2
    assert forgejo.repeated_labels == []
    assert len(consumer.box.requests_to("POST", LABELS)) == 3
    assert forgejo.labels["harmonica-session"]["color"] == "5319e7"


def test_an_issue_of_a_person_who_may_not_ask_for_the_name_is_found(
    consumer: ForgejoConsumer,
) -> None:
    """The receipt in the issue names whoever has opened it."""
    speaks_for(consumer, "person, 403")
    consumer.inputs["announce"] = "issue"
    first = consumer.run()
    again = consumer.run(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs["comment_url"] == first.outputs["comment_url"]
    assert len(own_issues(consumer)) == 1
    assert len(consumer.box.harmonica.sessions) == 1


def test_without_our_label_no_other_issue_is_taken_for_ours(consumer: ForgejoConsumer) -> None:
    """Asked for a label that is not there, these servers list every issue there is."""
    for number in (8, 9):
        consumer.box.github.add_issue(number)
    run = consumer.run(command="results")
    assert run.code == 0
    assert consumer.box.requests_to("GET", f"{ISSUES}/[89]/comments") == []


@pytest.mark.parametrize("whom", WHOM)
def test_results_are_told_where_the_session_was_announced(
    consumer: ForgejoConsumer, whom: str
) -> None:
    """On a schedule, found by our label: reminded once, told once, an issue for each action."""
    speaks_for(consumer, whom)
    circle = Circle(consumer)
    assert [it["name"] for it in consumer.box.github.issues[7]["labels"]] == ["harmonica-session"]
    circle.days_pass(4.2)
    for _ in range(2):
        consumer.run(command="results")
    assert len(consumer.bodies) == 2
    circle.end("We ship on Fridays.", ACTIONS)
    for _ in range(2):
        run = consumer.run(command="results", actions="issues")
        assert (run.code, run.messages("error")) == (0, "")
    assert "We ship on Fridays." in circle.body
    assert len(consumer.bodies) == 2
    assert [it["title"] for it in own_issues(consumer)] == ["Write it down"]


def test_the_issue_of_a_round_that_is_over_is_closed(consumer: ForgejoConsumer) -> None:
    """With what came out in it."""
    consumer.write(PATH, f"{SPEC}open_for: 5d\nresults_visibility: public\n")
    consumer.run(announce="issue")
    session = consumer.box.harmonica.sessions[-1]
    session["participant_count"] = 2
    consumer.box.harmonica.set_results(session, summary="We ship on Fridays.", actions=[])
    consumer.clock.ahead += timedelta(days=5.1)
    consumer.box.advance(timedelta(days=5.1))
    run = consumer.run(command="results")
    assert run.messages("warning") == ""
    [issue] = own_issues(consumer)
    assert issue["state"] == "closed"
    assert "We ship on Fridays." in issue["body"]


def test_a_push_finds_its_pull_request(consumer: ForgejoConsumer) -> None:
    """It was merged as the commit that is pushed; a commit of none is nothing to warn of."""
    consumer.box.github.add_pull(
        7, state="closed", merged_at="2026-01-06T09:00:00Z", merge_commit_sha=HEAD
    )
    run = consumer.run("push", {"after": HEAD, "head_commit": {"id": HEAD}})
    assert "#issuecomment-" in run.outputs["comment_url"]
    other = consumer.run("push", {"after": BASE, "head_commit": {"id": BASE}})
    assert other.outputs["comment_url"] == ""
    assert other.messages("warning") == ""


@pytest.mark.parametrize("ref", ["main", BASE])
def test_a_revision_is_read_through_the_api(consumer: ForgejoConsumer, ref: str) -> None:
    """A branch and a commit are found, and so are patterns."""
    consumer.box.github.refs["main"] = BASE
    (consumer.root / PATH).unlink()
    run = consumer.on_pull_request(ref=ref, spec=".harmonica/*.yml")
    assert run.outputs["topic"] == "Retrospective"


def test_without_a_checkout_the_revision_of_the_run_is_read(consumer: ForgejoConsumer) -> None:
    """So a job needs no program but what the action itself needs."""
    consumer.box.github.files[HEAD, PATH] = SPEC.encode()
    shutil.rmtree(consumer.root)
    consumer.root.mkdir()
    assert consumer.on_pull_request().outputs["status"] == "created"


def test_the_background_tells_what_happened(consumer: ForgejoConsumer) -> None:
    """There is no search, and some of the routes are missing: the facts are told all the same."""
    github = consumer.box.github
    sources = ("pull_request", "merged_pull_requests: {since: 2026-11-01}", "issues_closed")
    period = "{issues_closed: {since: 2026-11-01}}"
    listed = f"[{sources[0]}, {{{sources[1]}}}, {period}]"
    consumer.write(PATH, f"{SPEC}context_from: {listed}\n")
    github.add_pull(3, state="closed", merged_at="2026-11-02T09:00:00Z", title="Mend the gate")
    github.change(3, closed_at="2026-11-02T09:00:00Z")
    github.add_issue(4, "The gate squeaks")
    github.change(4, state="closed", closed_at="2026-11-03T09:00:00Z")
    github.history.commits[7] = [{"commit": {"message": "Oil it"}, "author": {"login": "mona"}}]
    run = consumer.on_pull_request()
    assert run.messages("error") == ""
    [sent] = [str(it["context"]) for it in consumer.created]
    for told in ("Size: 1 commit", "Oil it (mona)", "Mend the gate", "The gate squeaks"):
        assert told in sent


def test_a_repeated_run_makes_no_second_session(consumer: ForgejoConsumer) -> None:
    """Of one whose comment was refused; what Forgejo tells of its runs must not mislead."""
    consumer.box.github.locked.add(7)
    consumer.box.github.add_run(500, event="pull_request")
    consumer.on_pull_request()
    consumer.box.github.locked.clear()
    again = consumer.on_pull_request(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert (again.outputs["status"], len(consumer.bodies)) == ("reused", 1)
    assert len(consumer.box.harmonica.sessions) == 1


@pytest.mark.parametrize("told", [{}, {"created_at": None}, {"created": "soon"}])
def test_a_run_that_does_not_say_when_it_began_costs_nothing(
    consumer: ForgejoConsumer, told: dict[str, Any]
) -> None:
    """On a later attempt that is asked for, and `today` is this day then."""
    consumer.write(PATH, SPEC.replace("Retrospective", "'On {{ today }}'"))
    fault = Fault.status(200, body={"id": 500, **told})
    consumer.box.fail("GET", "/repos/octo/garden/actions/runs/500", fault, times=None)
    run = consumer.run(env={"GITHUB_RUN_ATTEMPT": "2"}, announce="issue")
    assert run.outputs["status"] == "created"


@pytest.mark.parametrize(
    ("target", "is_followed"),
    [
        ("../specs/retro.yml", True),
        ("../specs", False),
        ("../nowhere.yml", False),
        ("again.yml", False),
        ("../../specs/retro.yml", False),
        ("/specs/retro.yml", False),
    ],
)
def test_a_link_leads_to_a_file_of_the_repository(
    consumer: ForgejoConsumer, target: str, *, is_followed: bool
) -> None:
    """These servers tell where it leads, and follow none."""
    files = consumer.box.github.files
    files[BASE, "specs/retro.yml"] = SPEC.encode()
    files[BASE, ".harmonica/again.yml"] = Link("../specs/retro.yml")
    files[BASE, PATH] = Link(target)
    run = consumer.on_pull_request(ref=BASE)
    assert ("topic" in run.outputs) == is_followed
    assert is_followed or "is a link that does not point to a file" in run.messages("error")


def test_a_folder_is_no_spec(consumer: ForgejoConsumer) -> None:
    """These servers list what is in it, whatever they are asked for."""
    run = consumer.on_pull_request(ref=BASE, spec=".harmonica")
    assert "is a folder, not a file" in run.messages("error")


def test_validate_needs_nothing_of_the_server(consumer: ForgejoConsumer) -> None:
    """It reads the checkout alone."""
    run = consumer.on_pull_request(command="validate", api_key="", github_token="")
    assert run.outputs["status"] == "valid"


def own_issues(consumer: Consumer) -> list[dict[str, Any]]:
    """Return the issues that are no pull requests, oldest first."""
    rows = consumer.box.github.issues
    return [rows[at] for at in sorted(rows) if "pull_request" not in rows[at]]
