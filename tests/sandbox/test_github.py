"""How the sandbox's GitHub answers about accounts, repositories, pull requests and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox


def _numbers(answer: httpx.Response) -> list[int]:
    return [row["number"] for row in answer.json()]


def test_bad_token_answers_401(box: Sandbox, github: httpx.Client) -> None:
    """A token nobody knows is refused."""
    answer = github.get("/repos/o/r", headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401
    assert answer.json()["message"] == "Bad credentials"
    assert httpx.get(f"{box.github_url}/user", trust_env=False).status_code == 401


def test_old_scheme_is_accepted(box: Sandbox, github: httpx.Client) -> None:
    """`token` works like `Bearer`, in any case."""
    headers = {"Authorization": f"token {box.github_token}"}
    assert github.get("/repos/o/r", headers=headers).status_code == 200


def test_workflow_token_has_no_user(github: httpx.Client) -> None:
    """An installation's token may not ask who it is."""
    answer = github.get("/user")
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"


def test_personal_token_has_a_user(box: Sandbox, github: httpx.Client) -> None:
    """A person's token says whom it speaks for."""
    headers = {"Authorization": f"Bearer {box.github.add_person('alice')}"}
    answer = github.get("/user", headers=headers).json()
    assert (answer["login"], answer["type"]) == ("alice", "User")


def test_answers_carry_the_rate_limit(github: httpx.Client) -> None:
    """Each answer says how many calls are left, one fewer each time."""
    first, second = (github.get("/repos/o/r").headers for _ in range(2))
    assert int(second["x-ratelimit-remaining"]) == int(first["x-ratelimit-remaining"]) - 1
    assert int(first["x-ratelimit-limit"]) == 5000
    assert first["x-ratelimit-reset"] == second["x-ratelimit-reset"]


def test_any_repository_is_there(github: httpx.Client) -> None:
    """Unless told otherwise every repository exists, and is public."""
    repository = github.get("/repos/acme/widgets").json()
    assert (repository["full_name"], repository["private"]) == ("acme/widgets", False)


def test_repositories_can_be_limited(box: Sandbox, github: httpx.Client) -> None:
    """With a list of repositories every other one is not found."""
    box.github.repositories = {"acme/widgets"}
    assert github.get("/repos/Acme/Widgets").status_code == 200
    assert github.get("/repos/acme/other").status_code == 404


def test_facts_of_a_repository_can_be_set(box: Sandbox, github: httpx.Client) -> None:
    """A test decides what a repository says of itself."""
    box.github.facts = {"private": True}
    assert github.get("/repos/o/r").json()["private"] is True


def test_pull_request_is_shown(box: Sandbox, github: httpx.Client) -> None:
    """A pull request shows its head and base, as pull request and as issue."""
    box.github.add_pull(7, head_sha="a" * 40, head_owner="fork", head_ref="topic", title="T")
    pull = github.get("/repos/octo/garden/pulls/7").json()
    assert (pull["title"], pull["head"]["label"], pull["head"]["sha"]) == (
        "T",
        "fork:topic",
        "a" * 40,
    )
    assert pull["head"]["repo"]["full_name"] == "fork/garden"
    assert pull["base"]["repo"]["full_name"] == "octo/garden"
    assert "pull_request" in github.get("/repos/octo/garden/issues/7").json()


def test_issue_is_no_pull_request(box: Sandbox, github: httpx.Client) -> None:
    """A plain issue is found as an issue only."""
    box.github.add_issue(3)
    assert "pull_request" not in github.get("/repos/o/r/issues/3").json()
    assert github.get("/repos/o/r/pulls/3").status_code == 404


@pytest.mark.parametrize("path", ["issues/9", "pulls/9", "issues/9/comments", "pulls/x", "nope"])
def test_unknown_answers_404(github: httpx.Client, path: str) -> None:
    """What was not opened is not found."""
    answer = github.get(f"/repos/o/r/{path}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Not Found"


def test_pulls_are_found_by_head(box: Sandbox, github: httpx.Client) -> None:
    """The list knows state and `owner:branch`, open ones unless told otherwise, newest first."""
    box.github.add_pull(1, head_ref="x")
    box.github.add_pull(2, head_ref="x", head_owner="fork")
    box.github.add_pull(3, head_ref="x", state="closed")
    assert _numbers(github.get("/repos/o/r/pulls")) == [2, 1]
    by_head = github.get("/repos/o/r/pulls", params={"head": "octo:x", "state": "all"})
    assert _numbers(by_head) == [3, 1]


def test_pulls_are_found_by_commit(box: Sandbox, github: httpx.Client) -> None:
    """A commit leads to the open pull requests it heads and to the one merged as it."""
    box.github.add_pull(1, head_sha="a" * 40)
    box.github.add_pull(2, head_sha="a" * 40, state="closed")
    box.github.add_pull(
        3, state="closed", merged_at="2026-01-01T00:00:00Z", merge_commit_sha="c" * 40
    )
    assert _numbers(github.get(f"/repos/o/r/commits/{'a' * 40}/pulls")) == [1]
    assert _numbers(github.get(f"/repos/o/r/commits/{'c' * 40}/pulls")) == [3]
    assert _numbers(github.get(f"/repos/o/r/commits/{'d' * 40}/pulls")) == []


def test_run_tells_when_it_began(box: Sandbox, github: httpx.Client) -> None:
    """A known run shows its creation time, an unknown one is not found."""
    box.github.runs[42] = {"created_at": "2026-01-01T00:00:00Z"}
    assert github.get("/repos/o/r/actions/runs/42").json() == {
        "id": 42,
        "created_at": "2026-01-01T00:00:00Z",
    }
    assert github.get("/repos/o/r/actions/runs/43").status_code == 404


def test_runs_are_listed_newest_first(box: Sandbox, github: httpx.Client) -> None:
    """The list knows a time, a branch and an event, counts all, and names no pull request."""
    box.github.add_run(1, "2026-01-01T00:00:00Z", event="push", head_branch="x")
    box.github.add_run(2, "2026-01-02T00:00:00Z", event="pull_request", head_branch="x")
    box.github.add_run(3, "2026-01-03T00:00:00Z", event="push", head_branch="y")

    def listed(**query: str) -> tuple[int, list[int]]:
        answer = github.get("/repos/o/r/actions/runs", params=query).json()
        assert all(run["pull_requests"] == [] for run in answer["workflow_runs"])
        return answer["total_count"], [run["id"] for run in answer["workflow_runs"]]

    assert listed() == (3, [3, 2, 1])
    assert listed(per_page="1") == (3, [3])
    assert listed(branch="x") == (2, [2, 1])
    assert listed(event="push") == (2, [3, 1])
    assert listed(created="2026-01-01T12:00:00Z..2026-01-02T12:00:00Z") == (1, [2])
