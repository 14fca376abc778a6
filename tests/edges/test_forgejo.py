"""What GitHub's clients ask for where Forgejo or Gitea answers in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from harmonica_session.edges.github.client import GitHub
from harmonica_session.edges.github.repository import Repository
from harmonica_session.edges.network.clock import Deadline
from harmonica_session.errors import Refused
from harmonica_session.event import ByCommit, OwnRelease
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.sandbox.github.forgejo import Forgejo

if TYPE_CHECKING:
    from harness.consumer import HurriedClock

REPO = "/repos/octo/garden"
HEAD = "a" * 40


@pytest.fixture
def dialect() -> type[Forgejo]:
    """Forgejo stands in for GitHub here."""
    return Forgejo


@pytest.fixture
def repository(github: GitHub) -> Repository:
    """The history of a repository there."""
    return Repository(github)


def test_a_list_without_links_is_read_to_its_end(box: Sandbox, repository: Repository) -> None:
    """How many reviews there are stands in a header, and a page holds thirty."""
    box.github.add_pull(7)
    box.github.history.reviews[7] = [
        {"user": {"login": "alice"}, "state": "COMMENT", "body": str(number)}
        for number in range(75)
    ]
    record = repository.pull_request(7)
    assert [it.body for it in record.reviews] == [str(number) for number in range(75)]
    assert len(box.requests_to("GET", f"{REPO}/pulls/7/reviews")) == 3


def test_a_total_that_no_page_reaches_ends_the_list(box: Sandbox, repository: Repository) -> None:
    """An empty page is the last, whatever the header says."""
    box.github.add_pull(7)
    fault = Fault.status(200, headers={"X-Total-Count": "9"}, body=[])
    box.fail("GET", f"{REPO}/pulls/7/reviews", fault, times=None)
    assert repository.pull_request(7).reviews == []
    assert len(box.requests_to("GET", f"{REPO}/pulls/7/reviews")) == 1


def test_what_a_pull_request_does_not_count_is_asked_for(
    box: Sandbox, repository: Repository
) -> None:
    """Nobody says how many commits there are; remarks on lines cannot be had."""
    box.github.add_pull(7)
    box.github.history.commits[7] = [{"commit": {"message": "Mend"}} for _ in range(40)]
    box.github.history.reviews[7] = [{"user": None, "state": "REQUEST_CHANGES", "body": "Oil"}]
    record = repository.pull_request(7)
    assert (record.pull.commits, len(record.commits)) == (40, 40)
    assert [it.state for it in record.reviews] == ["CHANGES_REQUESTED"]
    assert record.comments == []


def test_what_has_ended_is_listed_without_a_search(box: Sandbox, repository: Repository) -> None:
    """The newest first, by the moment and not by its letters; what ended before is left out."""
    ends = {1: "2026-11-03T23:30:00+01:00", 2: "2026-11-03T23:00:00Z", 3: "2026-11-01T08:00:00Z"}
    for number, merged_at in ends.items():
        row = box.github.add_pull(number, state="closed", merged_at=merged_at)
        row["closed_at"] = box.github.issues[number]["closed_at"] = merged_at
    box.github.add_pull(4, state="closed")
    box.github.add_issue(5)
    box.github.change(5, state="closed", closed_at="2026-11-02T09:00:00Z")
    merged = repository.merged_since("2026-11-02", 50)
    assert ([it.number for it in merged.newest], merged.total) == ([2, 1], 2)
    assert [it.number for it in repository.merged_since("2026-11-02", 1).newest] == [2]
    assert [it.number for it in repository.closed_since("2026-11-02", 50).newest] == [5]
    assert repository.closed_since("2026-11-02T10:00:00Z", 50).total == 0


def test_the_release_before_may_stand_on_a_later_page(box: Sandbox, repository: Repository) -> None:
    """A page holds less than was asked for, so it is no sign of the end."""
    published = [{"id": 1, "published_at": "2026-11-01T00:00:00Z"}]
    drafts = [{"id": 2 + number, "draft": True, "published_at": ""} for number in range(45)]
    box.github.history.releases += [*published, *drafts]
    own = OwnRelease(99, "2026-11-20T00:00:00Z")
    assert repository.release_before(own) == "2026-11-01T00:00:00Z"


def test_the_beginning_of_a_run_has_another_name(box: Sandbox, github: GitHub) -> None:
    """Forgejo says `created`; where nobody says it, nothing is made of that."""
    box.github.add_run(500, "2026-11-01T00:00:00Z")
    assert github.run_created_at("500") == "2026-11-01T00:00:00Z"
    box.fail("GET", f"{REPO}/actions/runs/501", Fault.status(200, body={"id": 501}))
    assert github.run_created_at("501") == ""


def test_the_pull_request_of_a_commit_is_a_single_one(box: Sandbox, github: GitHub) -> None:
    """Or none; but where nobody may look, that is a refusal."""
    box.github.add_pull(7, head_sha=HEAD)
    assert [it.number for it in github.pulls_of_commit(ByCommit(HEAD))] == [7]
    assert github.pulls_of_commit(ByCommit("c" * 40)) == []
    box.fail("GET", f"{REPO}/commits/.*", Fault.status(403, body={"message": "", "url": ""}))
    with pytest.raises(Refused):
        github.pulls_of_commit(ByCommit("d" * 40))


def test_a_commit_that_github_hides_is_no_commit_of_none(clock: HurriedClock) -> None:
    """GitHub says the same of the second route as of the first, and that is a refusal there."""
    with Sandbox() as box:
        box.github.repositories = set()
        token = SecretStr(box.github_token)
        client = GitHub(box.github_url, "octo/garden", token, Deadline(60, clock))
        with pytest.raises(Refused):
            client.pulls_of_commit(ByCommit(HEAD))
        with pytest.raises(Refused):
            client.commits.commit_of("main")
        assert [it.path for it in box.requests][1:] == [f"{REPO}/commits/main"]
        client.close()


@pytest.mark.parametrize("ref", ["main", "feature/x", HEAD])
def test_a_revision_is_found_by_another_route(box: Sandbox, github: GitHub, ref: str) -> None:
    """A branch, with or without a slash, and a commit."""
    forgejo = box.github
    forgejo.files[HEAD, "x"] = b""
    forgejo.refs |= {"main": HEAD, "feature/x": HEAD}
    assert github.commits.commit_of(ref) == HEAD


def test_an_unknown_revision_is_refused(box: Sandbox, github: GitHub) -> None:
    """By both routes."""
    with pytest.raises(Refused):
        github.commits.commit_of("nowhere")
    assert len(box.requests) == 2
