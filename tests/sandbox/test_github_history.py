"""The stand-in's history of a repository answers as GitHub does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox


@pytest.mark.parametrize("name", ["commits", "files", "reviews", "comments"])
def test_a_list_of_a_pull_request_comes_in_pages(
    box: Sandbox, github: httpx.Client, name: str
) -> None:
    """Each list is paged on its own, and another pull request has none of it."""
    rows: dict[int, list[dict[str, Any]]] = getattr(box.github.history, name)
    rows[1] = [{"id": n, "additions": 1, "deletions": 2} for n in range(3)]
    for number in (1, 2):
        box.github.add_pull(number)
    first = github.get(f"/repos/o/r/pulls/1/{name}", params={"per_page": 2})
    assert [row["id"] for row in first.json()] == [0, 1]
    assert 'rel="next"' in first.headers["link"]
    assert github.get(f"/repos/o/r/pulls/2/{name}").json() == []
    assert github.get(f"/repos/o/r/pulls/3/{name}").status_code == 404


def test_a_pull_request_counts_what_it_has(box: Sandbox, github: httpx.Client) -> None:
    """Its own route says how long its lists are, and how many lines change."""
    box.github.add_pull(1)
    box.github.history.files[1] = [{"additions": 3, "deletions": 1}] * 2
    found = github.get("/repos/o/r/pulls/1").json()
    assert (found["changed_files"], found["additions"], found["deletions"]) == (2, 6, 2)
    assert (found["commits"], found["review_comments"]) == (0, 0)


def test_the_latest_release_is_the_last_one(box: Sandbox, github: httpx.Client) -> None:
    """Without any, there is a 404."""
    assert github.get("/repos/o/r/releases/latest").status_code == 404
    releases = [{"tag_name": "v1"}, {"tag_name": "v2"}]
    box.github.history.releases += [*releases, {"tag_name": "v3", "prerelease": True}]
    assert github.get("/repos/o/r/releases/latest").json() == {"tag_name": "v2"}
    listed = github.get("/repos/o/r/releases").json()
    assert [it["tag_name"] for it in listed] == ["v3", "v2", "v1"]


def test_a_search_tells_the_total_beside_a_page(box: Sandbox, github: httpx.Client) -> None:
    """The last update decides the order, not the number."""
    for number, day in ((1, "03"), (2, "01"), (3, "02")):
        moment = f"2026-11-{day}T00:00:00Z"
        box.github.add_pull(number, state="closed", merged_at=moment)["updated_at"] = moment
    box.github.add_pull(4)
    query = "repo:octo/garden is:pr is:merged merged:>=2026-11-01"
    found = github.get("/search/issues", params={"q": query, "sort": "updated", "per_page": 2})
    assert [row["number"] for row in found.json()["items"]] == [1, 3]
    assert found.json()["total_count"] == 3
    later = github.get("/search/issues", params={"q": query.replace("01", "02")})
    assert later.json()["total_count"] == 2


def test_a_search_for_neither_issues_nor_pull_requests_is_refused(github: httpx.Client) -> None:
    """An App's token must say which of the two it wants."""
    assert github.get("/search/issues", params={"q": "repo:octo/garden"}).status_code == 422


def test_a_search_goes_no_further_than_a_thousand(box: Sandbox, github: httpx.Client) -> None:
    """The total counts them all, the pages end before."""
    for number in range(1, 1_003):
        box.github.add_pull(number, state="closed", merged_at="2026-11-01T00:00:00Z")
    found = github.get("/search/issues", params={"q": "is:pr", "per_page": 100, "page": 11}).json()
    assert (found["total_count"], found["items"]) == (1_002, [])
