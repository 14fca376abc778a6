"""The stand-in for Forgejo and Gitea answers as they do where they are not like GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Link, Sandbox
from harmonica_session.sandbox.github.forgejo import Forgejo

if TYPE_CHECKING:
    import httpx

REPO = "/repos/octo/garden"
COMMIT = "a" * 40


@pytest.fixture
def dialect() -> type[Forgejo]:
    """Forgejo stands in for GitHub here."""
    return Forgejo


def test_the_api_has_its_own_address(box: Sandbox) -> None:
    """It is not that of an Enterprise Server."""
    assert box.github_url.endswith("/api/v1")


def test_accounts_have_no_type(forgejo: Forgejo, github: httpx.Client) -> None:
    """What a workflow writes is by an account whose number is below 0."""
    forgejo.add_pull(7)
    forgejo.add_comment(7, "Hello", "mona")
    github.post(f"{REPO}/issues/7/comments", json={"body": "Hi"})
    people = [it["user"] for it in github.get(f"{REPO}/issues/7/comments").json()]
    assert ["type" in it for it in people] == [False, False]
    assert [(it["login"], it["id"] < -1) for it in people] == [
        ("mona", False),
        ("forgejo-actions", True),
    ]


def test_a_refusal_links_to_its_own_description(github: httpx.Client) -> None:
    """It has a message and `url`, and nothing more."""
    refused = github.get("/user")
    assert refused.status_code == 403
    assert refused.json().keys() == {"message", "url"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/search/issues"),
        ("GET", f"{REPO}/commits/main"),
        ("GET", f"{REPO}/commits/{COMMIT}/pulls"),
        ("GET", f"{REPO}/pulls/7/comments"),
        ("POST", f"{REPO}/issues/7/assignees"),
        ("POST", "/graphql"),
    ],
)
def test_some_routes_are_missing(
    forgejo: Forgejo, github: httpx.Client, method: str, path: str
) -> None:
    """What answers then is the web server, and no API."""
    forgejo.add_pull(7)
    answer = github.request(method, path, json={})
    assert (answer.status_code, answer.text) == (404, "404 page not found\n")


def test_all_comments_come_at_once(forgejo: Forgejo, github: httpx.Client) -> None:
    """Other lists have pages of thirty, and of fifty at the most."""
    forgejo.add_pull(7)
    for number in range(120):
        forgejo.add_comment(7, "Hello")
        forgejo.add_issue(100 + number)
    comments = github.get(f"{REPO}/issues/7/comments", params={"per_page": 100})
    assert (len(comments.json()), comments.headers["X-Total-Count"]) == (120, "120")
    assert "Link" not in comments.headers
    assert len(github.get(f"{REPO}/issues", params={"per_page": 100}).json()) == 30
    most = github.get(f"{REPO}/issues", params={"limit": 100})
    assert len(most.json()) == 50
    assert 'rel="next"' in most.headers["Link"]


def test_labels_go_by_their_numbers(forgejo: Forgejo, github: httpx.Client) -> None:
    """An issue is not opened with names; afterwards newer servers take these as well."""
    made = github.post(f"{REPO}/labels", json={"name": "retro", "color": "ededed"}).json()
    body: dict[str, Any] = {"title": "Retro", "labels": ["retro"]}
    assert github.post(f"{REPO}/issues", json=body).status_code == 422
    opened = github.post(f"{REPO}/issues", json=body | {"labels": [made["id"]]}).json()
    assert [it["name"] for it in opened["labels"]] == ["retro"]
    path = f"{REPO}/issues/{opened['number']}/labels"
    assert len(github.post(path, json={"labels": ["unknown", "retro"]}).json()) == 1
    forgejo.takes_label_names = False
    assert github.post(path, json={"labels": ["retro"]}).status_code == 422


def test_a_label_may_be_made_twice(forgejo: Forgejo, github: httpx.Client) -> None:
    """Nobody is told that there is one of that name."""
    for _ in range(2):
        answer = github.post(f"{REPO}/labels", json={"name": "retro", "color": "ededed"})
        assert answer.status_code == 201
    assert forgejo.repeated_labels == ["retro"]


def test_a_label_that_is_not_there_filters_nothing(forgejo: Forgejo, github: httpx.Client) -> None:
    """All issues are listed then."""
    forgejo.add_issue(8)
    assert len(github.get(f"{REPO}/issues", params={"labels": "retro"}).json()) == 1


def test_an_issue_is_changed_with_201(forgejo: Forgejo, github: httpx.Client) -> None:
    """People are assigned by that route, all at once; one who cannot be refuses it."""
    forgejo.add_issue(8)
    forgejo.assignable = {"mona"}
    changed = github.patch(f"{REPO}/issues/8", json={"state": "closed", "assignees": ["mona"]})
    assert changed.status_code == 201
    assert "state_reason" not in changed.json()
    assert [it["login"] for it in changed.json()["assignees"]] == ["mona"]
    assert github.patch(f"{REPO}/issues/8", json={"assignees": ["lisa"]}).status_code == 422


def test_what_stands_at_a_path_is_told_plainly(forgejo: Forgejo, github: httpx.Client) -> None:
    """A folder is a list, and a link is not followed."""
    forgejo.files[COMMIT, "docs/a.md"] = b"Hello"
    forgejo.files[COMMIT, "link.md"] = Link("docs/a.md")
    headers = {"Accept": "application/vnd.github.object+json"}
    query = {"ref": COMMIT}
    folder = github.get(f"{REPO}/contents/docs", params=query, headers=headers).json()
    assert [it["name"] for it in folder] == ["a.md"]
    link = github.get(f"{REPO}/contents/link.md", params=query).json()
    assert (link["type"], link["target"]) == ("symlink", "docs/a.md")


def test_runs_have_other_names(forgejo: Forgejo, github: httpx.Client) -> None:
    """And no time is heeded that is asked for."""
    forgejo.add_run(500, "2026-11-01T00:00:00Z")
    query = {"created": "2026-12-01T00:00:00Z..2026-12-02T00:00:00Z"}
    listed = github.get(f"{REPO}/actions/runs", params=query).json()
    assert [it["created"] for it in listed["workflow_runs"]] == ["2026-11-01T00:00:00Z"]
    assert "created_at" not in github.get(f"{REPO}/actions/runs/500").json()
