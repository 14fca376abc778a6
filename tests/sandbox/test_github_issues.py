"""How the sandbox's GitHub opens, lists, changes, labels and assigns issues."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox

_ISSUES = "/repos/octo/garden/issues"
_LABELS = "/repos/octo/garden/labels"


def _numbers(answer: httpx.Response) -> list[int]:
    return [row["number"] for row in answer.json()]


def _problem(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    return dict(problem)


def test_an_issue_is_opened(box: Sandbox, github: httpx.Client) -> None:
    """It has the next number of all, its author, its labels, and a page."""
    box.github.add_pull(7)
    sent = {"title": "Retrospective", "body": "Join", "labels": ["harmonica-session"]}
    answer = github.post(_ISSUES, json=sent)
    row = answer.json()
    assert (answer.status_code, row["number"], row["state"]) == (201, 8, "open")
    assert row["user"]["login"] == "github-actions[bot]"
    assert [label["name"] for label in row["labels"]] == ["harmonica-session"]
    assert row["html_url"] == f"{box.server_url}/octo/garden/issues/8"
    assert github.get(f"{_ISSUES}/8").json() == row | {"locked": False}
    assert github.get(f"{_LABELS}/harmonica-session").json()["color"] == "ededed"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 257}, "title"),
        ({"title": "x", "body": "x" * 65_537}, "body"),
        ({"title": "x", "labels": ["good", "x" * 51]}, "name"),
        ({"title": "x", "assignees": ["mona", "nobody"]}, "assignees"),
    ],
)
def test_an_issue_can_be_refused(
    box: Sandbox, github: httpx.Client, sent: dict[str, Any], field: str
) -> None:
    """One part that cannot be taken refuses the whole issue."""
    box.github.assignable = {"mona"}
    assert _problem(github.post(_ISSUES, json=sent))["field"] == field
    assert (box.github.issues, box.github.labels) == ({}, {})


def test_issues_can_be_switched_off(box: Sandbox, github: httpx.Client) -> None:
    """Then none can be opened or read, and pull requests alone are listed."""
    box.github.add_issue(1)
    box.github.add_pull(2)
    box.github.has_issues = False
    assert github.post(_ISSUES, json={"title": "x"}).status_code == 410
    assert github.get(f"{_ISSUES}/1").status_code == 410
    assert _numbers(github.get(_ISSUES)) == [2]


def test_a_token_can_lack_the_permission_for_issues(box: Sandbox, github: httpx.Client) -> None:
    """It may still write to pull requests, and read what everybody may read."""
    box.github.add_issue(1)
    box.github.add_pull(2)
    box.github.without_issues = {box.github_token}
    refused = (
        github.post(_ISSUES, json={"title": "x"}),
        github.patch(f"{_ISSUES}/1", json={"title": "x"}),
        github.post(f"{_ISSUES}/1/comments", json={"body": "x"}),
        github.post(f"{_ISSUES}/1/labels", json={"labels": ["x"]}),
    )
    for answer in refused:
        assert answer.status_code == 403
        assert answer.json()["message"] == "Resource not accessible by integration"
    new_label = github.post(f"{_ISSUES}/2/labels", json={"labels": ["x"]})
    assert new_label.status_code == 403
    assert "permission to create labels" in new_label.json()["message"]
    box.github.labels["x"] = {"name": "x"}
    assert github.post(f"{_ISSUES}/2/labels", json={"labels": ["x"]}).status_code == 200
    assert _numbers(github.get(_ISSUES)) == [2, 1]
    box.github.facts = {"private": True}
    assert github.get(_ISSUES).status_code == github.get(f"{_ISSUES}/1").status_code == 403


def test_issues_are_listed_by_label_state_and_time(box: Sandbox, github: httpx.Client) -> None:
    """Newest first, open ones unless told otherwise, pull requests among them."""
    for number in (1, 2, 3):
        box.github.add_issue(number)
        box.github.change(number, labels=[{"name": "Retro"}])
        box.advance(timedelta(days=1))
    box.github.add_pull(4)
    box.github.change(2, state="closed")
    box.github.change(4, labels=[{"name": "retro"}, {"name": "other"}])
    since = box.github.issues[3]["updated_at"]

    def listed(**query: str) -> list[int]:
        return _numbers(github.get(_ISSUES, params=query))

    assert listed() == [4, 3, 1]
    assert listed(labels="RETRO", state="all") == [4, 3, 2, 1]
    assert listed(labels="retro,other", state="all") == [4]
    assert listed(labels="unknown", state="all") == []
    assert listed(state="closed") == [2]
    assert listed(state="all", since=since, direction="asc") == [2, 3, 4]
    assert listed(state="all", sort="updated", direction="asc") == [1, 3, 2, 4]
    assert "pull_request" in github.get(_ISSUES).json()[0]
    assert github.get(_ISSUES, params={"since": "yesterday"}).status_code == 422


def test_an_issue_is_closed_and_opened_again(box: Sandbox, github: httpx.Client) -> None:
    """Each with its reason, and with the moment of its end as long as it is closed."""
    box.github.add_issue(1, "Old")
    closed = github.patch(f"{_ISSUES}/1", json={"state": "closed", "title": "New"}).json()
    assert (closed["title"], closed["state_reason"]) == ("New", "completed")
    assert closed["closed_at"] == closed["updated_at"]
    again = github.patch(f"{_ISSUES}/1", json={"state": "open"}).json()
    assert (again["closed_at"], again["state_reason"]) == (None, "reopened")
    assert _problem(github.patch(f"{_ISSUES}/1", json={"state": "gone"}))["field"] == "state"
    assert github.patch(f"{_ISSUES}/9", json={"state": "open"}).status_code == 404


def test_a_pull_request_is_changed_as_an_issue(box: Sandbox, github: httpx.Client) -> None:
    """Both of its routes show the change."""
    box.github.add_pull(7)
    github.patch(f"{_ISSUES}/7", json={"title": "New"})
    assert github.get("/repos/octo/garden/pulls/7").json()["title"] == "New"
    assert github.get(f"{_ISSUES}/7").json()["title"] == "New"


def test_labels_are_added(box: Sandbox, github: httpx.Client) -> None:
    """Those that the repository lacks are made; the answer has all that the issue has then."""
    box.github.add_issue(1)
    for name in ("Retro", "retro", "new"):
        answer = github.post(f"{_ISSUES}/1/labels", json={"labels": [name]})
    assert sorted(row["name"] for row in answer.json()) == ["Retro", "new"]
    assert set(box.github.labels) == {"retro", "new"}


def test_one_bad_label_refuses_all(box: Sandbox, github: httpx.Client) -> None:
    """The answer names it, and none of the others is added."""
    box.github.add_issue(1)
    answer = github.post(f"{_ISSUES}/1/labels", json={"labels": ["good", "x" * 51]})
    assert (_problem(answer)["field"], _problem(answer)["value"]) == ("name", "x" * 51)
    assert box.github.issues[1]["labels"] == []


def test_a_label_is_made_once(github: httpx.Client) -> None:
    """A second one of the same name is refused, in whatever letters; others are not found."""
    sent = {"name": "harmonica-session", "color": "0e8a16", "description": "Sessions"}
    assert github.post(_LABELS, json=sent).status_code == 201
    again = github.post(_LABELS, json=sent | {"name": "Harmonica-Session"})
    assert _problem(again)["code"] == "already_exists"
    assert github.get(f"{_LABELS}/harmonica-session").json()["color"] == "0e8a16"
    assert github.get(f"{_LABELS}/other").status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "x", "description": "x" * 101}, "description"),
    ],
)
def test_a_label_can_be_refused(github: httpx.Client, sent: dict[str, str], field: str) -> None:
    """A label needs a name, and has its limits."""
    assert _problem(github.post(_LABELS, json=sent))["field"] == field


def test_who_cannot_be_assigned_is_left_out(box: Sandbox, github: httpx.Client) -> None:
    """The answer says so by their absence alone, and so it does of an eleventh person."""
    box.github.add_issue(1)
    box.github.assignable = {"mona", *(f"m{number}" for number in range(20))}
    path = f"{_ISSUES}/1/assignees"
    answer = github.post(path, json={"assignees": ["mona", "nobody"]})
    assert answer.status_code == 201
    assert [it["login"] for it in answer.json()["assignees"]] == ["mona"]
    answer = github.post(path, json={"assignees": [f"m{number}" for number in range(20)]})
    assert len(answer.json()["assignees"]) == 10


def test_what_is_said_on_an_issue_updates_it(box: Sandbox, github: httpx.Client) -> None:
    """A comment moves the time of what it stands on."""
    before = box.github.add_issue(1)["updated_at"]
    box.advance(timedelta(days=3))
    row = github.post(f"{_ISSUES}/1/comments", json={"body": "x"}).json()
    assert github.get(f"{_ISSUES}/1").json()["updated_at"] == row["created_at"] > before


def test_time_can_be_moved(box: Sandbox, github: httpx.Client) -> None:
    """Two weeks later, clock and new issues say so, and old ones stay as they are."""
    old = github.post(_ISSUES, json={"title": "x"})
    box.advance(timedelta(days=14))
    new = github.post(_ISSUES, json={"title": "x"})
    then, now = (parsedate_to_datetime(it.headers["date"]) for it in (old, new))
    assert timedelta(days=14) <= now - then < timedelta(days=14, minutes=10)
    assert new.json()["created_at"][:10] == now.date().isoformat()
    assert github.get(f"{_ISSUES}/1").json()["created_at"] == old.json()["created_at"]
    assert int(new.headers["x-ratelimit-reset"]) > now.timestamp()
