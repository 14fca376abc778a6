"""How the sandbox's GitHub keeps comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox

_COMMENTS = "/repos/octo/garden/issues/7/comments"
_COMMENT = "/repos/octo/garden/issues/comments"


@pytest.fixture(autouse=True)
def _pull_request(box: Sandbox) -> None:
    box.github.add_pull(7)


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_posted_comment_is_answered_and_kept(box: Sandbox, github: httpx.Client) -> None:
    """A comment is answered as it will be listed, by the token's account, with its address."""
    answer = github.post(_COMMENTS, json={"body": "Hello"})
    row = answer.json()
    assert answer.status_code == 201
    assert (row["body"], row["user"]["login"], row["user"]["type"]) == (
        "Hello",
        "github-actions[bot]",
        "Bot",
    )
    assert row["html_url"] == f"{box.server_url}/octo/garden/pull/7#issuecomment-{row['id']}"
    assert row["author_association"] == "NONE"
    assert github.get(_COMMENTS).json() == [row]
    assert github.get(f"{_COMMENT}/{row['id']}").json() == row


def test_comment_by_a_person_has_the_persons_name(box: Sandbox, github: httpx.Client) -> None:
    """The author is who the token speaks for."""
    headers = _as(box.github.add_person("alice"))
    assert github.post(_COMMENTS, json={"body": "Hi"}, headers=headers).json()["user"] == (
        github.get("/user", headers=headers).json()
    )


def test_comment_on_an_issue_links_to_the_issue(box: Sandbox, github: httpx.Client) -> None:
    """The address of a comment is that of the page it stands on."""
    box.github.add_issue(8)
    row = github.post("/repos/octo/garden/issues/8/comments", json={"body": "x"}).json()
    assert "/octo/garden/issues/8#" in row["html_url"]


def test_ids_rise_in_every_conversation(box: Sandbox, github: httpx.Client) -> None:
    """Comments are listed in the order of their ids, each conversation for itself."""
    box.github.add_issue(8)
    box.github.add_comment(7, "one")
    box.github.add_comment(8, "elsewhere")
    box.github.add_comment(7, "two")
    rows = github.get(_COMMENTS).json()
    assert [row["body"] for row in rows] == ["one", "two"]
    assert rows[0]["id"] < rows[1]["id"]


def test_pages_are_linked(box: Sandbox, github: httpx.Client) -> None:
    """Following `next` reads every comment once, 100 a page at most."""
    for number in range(250):
        box.github.add_comment(7, str(number))
    url, sizes, bodies = f"{_COMMENTS}?per_page=500", [], []
    while url:
        page = github.get(url)
        sizes.append(len(page.json()))
        bodies += [row["body"] for row in page.json()]
        url = page.links.get("next", {}).get("url", "")
    assert sizes == [100, 100, 50]
    assert bodies == [str(number) for number in range(250)]


def test_last_page_is_named_on_the_first(box: Sandbox, github: httpx.Client) -> None:
    """The first page of 30 names the last one by an absolute address."""
    for number in range(61):
        box.github.add_comment(7, str(number))
    links = github.get(_COMMENTS).links
    assert links["last"]["url"] == f"{box.github_url}{_COMMENTS}?page=3"
    assert set(links) == {"next", "last"}


def test_single_page_has_no_links(github: httpx.Client) -> None:
    """Where everything fits there is no `Link` header."""
    assert "link" not in github.get(_COMMENTS).headers


def test_comment_is_edited_in_place(box: Sandbox, github: httpx.Client) -> None:
    """An edit keeps id, author and age."""
    row = github.post(_COMMENTS, json={"body": "old"}).json()
    edited = github.patch(f"{_COMMENT}/{row['id']}", json={"body": "new"}).json()
    assert edited["body"] == "new"
    assert (edited["id"], edited["created_at"]) == (row["id"], row["created_at"])
    assert [kept["body"] for kept in box.github.comments] == ["new"]


def test_comment_is_deleted(box: Sandbox, github: httpx.Client) -> None:
    """A deleted comment is gone for every route."""
    row = github.post(_COMMENTS, json={"body": "x"}).json()
    answer = github.delete(f"{_COMMENT}/{row['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert box.github.comments == []
    assert github.patch(f"{_COMMENT}/{row['id']}", json={"body": "y"}).status_code == 404


def test_person_may_not_change_anothers_comment(box: Sandbox, github: httpx.Client) -> None:
    """A person changes nobody's comment but their own."""
    row = box.github.add_comment(7, "mine", login="bob")
    alice, bob = (_as(box.github.add_person(name)) for name in ("alice", "bob"))
    url = f"{_COMMENT}/{row['id']}"
    assert github.patch(url, json={"body": "x"}, headers=alice).status_code == 403
    assert github.delete(url, headers=alice).status_code == 403
    assert github.patch(url, json={"body": "x"}, headers=bob).status_code == 200


def test_workflow_may_change_anybodys_comment(box: Sandbox, github: httpx.Client) -> None:
    """A workflow's token with write permission is bound by good manners only."""
    row = box.github.add_comment(7, "mine")
    answer = github.patch(f"{_COMMENT}/{row['id']}", json={"body": "x"})
    assert answer.status_code == 200


def test_read_only_token_may_read(box: Sandbox, github: httpx.Client) -> None:
    """A token without write permission reads, and is refused every write."""
    row = box.github.add_comment(7, "x")
    box.github.read_only.add(box.github_token)
    url = f"{_COMMENT}/{row['id']}"
    assert github.get(_COMMENTS).status_code == 200
    refused = [
        github.post(_COMMENTS, json={"body": "x"}),
        github.patch(url, json={"body": "y"}),
        github.delete(url),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert {answer.json()["message"] for answer in refused} == {
        "Resource not accessible by integration"
    }
    assert [kept["body"] for kept in box.github.comments] == ["x"]


def test_locked_conversation_takes_no_comment(box: Sandbox, github: httpx.Client) -> None:
    """A locked conversation refuses with a text of its own."""
    box.github.locked.add(7)
    answer = github.post(_COMMENTS, json={"body": "x"})
    assert answer.status_code == 403
    assert answer.json()["message"] == "Unable to create comment because issue is locked."


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": 5}, {"body": "x" * 65_537}])
def test_unfit_body_is_refused(box: Sandbox, github: httpx.Client, body: dict[str, object]) -> None:
    """A comment without text, or with more than 65,536 characters, is a 422."""
    answer = github.post(_COMMENTS, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"
    assert box.github.comments == []


def test_longest_body_fits(github: httpx.Client) -> None:
    """The limit counts characters, not bytes."""
    assert github.post(_COMMENTS, json={"body": "ü" * 65_536}).status_code == 201


def test_broken_json_is_refused(github: httpx.Client) -> None:
    """A body that is no JSON is a 400."""
    assert github.post(_COMMENTS, content=b"{").status_code == 400


def test_comment_needs_a_conversation(box: Sandbox) -> None:
    """A test that comments on what it never opened is told so."""
    with pytest.raises(KeyError):
        box.github.add_comment(99, "x")
