"""How the sandbox's GitHub answers about the files of a revision."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Link, Submodule

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox

COMMIT = "c" * 40
OBJECT = {"Accept": "application/vnd.github.object+json"}


@pytest.fixture(autouse=True)
def _files(box: Sandbox) -> None:
    box.github.refs["feature/x"] = COMMIT
    box.github.files = {
        (COMMIT, "docs/a.md"): b"A",
        (COMMIT, "docs/more/b.md"): b"B" * 1_048_577,
        (COMMIT, "link"): Link("docs/a.md"),
        (COMMIT, "out"): Link("../x"),
        (COMMIT, "vendor"): Submodule("https://github.com/octo/vendor"),
    }


@pytest.mark.parametrize("path", ["docs/a.md", "link", "docs%2Fa.md"])
@pytest.mark.parametrize("ref", [COMMIT, "feature/x"])
def test_file_comes_with_its_content(github: httpx.Client, path: str, ref: str) -> None:
    """A file, and a link to one, is answered with size, name and encoded content."""
    content = github.get(f"/repos/o/r/contents/{path}", params={"ref": ref}, headers=OBJECT).json()
    assert (content["type"], content["size"], content["encoding"]) == ("file", 1, "base64")
    assert base64.b64decode(content["content"]) == b"A"


def test_large_file_comes_as_a_blob(github: httpx.Client) -> None:
    """Over one megabyte the content is left out, and the blob has it."""
    content = github.get(f"/repos/o/r/contents/docs/more/b.md?ref={COMMIT}", headers=OBJECT).json()
    assert (content["encoding"], content["content"], content["size"]) == ("none", "", 1_048_577)
    assert github.get(f"/repos/o/r/git/blobs/{content['sha']}").content == b"B" * 1_048_577
    assert github.get(f"/repos/o/r/git/blobs/{COMMIT}").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"), [("docs", "dir"), ("out", "symlink"), ("vendor", "submodule")]
)
def test_what_is_no_file_says_what_it_is(github: httpx.Client, path: str, kind: str) -> None:
    """Folders, links out and submodules have a type of their own."""
    content = github.get(f"/repos/o/r/contents/{path}?ref={COMMIT}", headers=OBJECT).json()
    assert content["type"] == kind


def test_folder_is_a_list_unless_asked_for_as_an_object(github: httpx.Client) -> None:
    """The usual media type lists a folder's entries."""
    content = github.get(f"/repos/o/r/contents/docs?ref={COMMIT}").json()
    assert [entry["name"] for entry in content] == ["a.md", "more"]


@pytest.mark.parametrize(
    ("path", "ref", "message"),
    [("b", COMMIT, "Not Found"), ("docs/a.md", "nope", "No commit found for the ref nope")],
)
def test_absent_answers_404(github: httpx.Client, path: str, ref: str, message: str) -> None:
    """A file that is not there and a revision that is not there have different messages."""
    answer = github.get(f"/repos/o/r/contents/{path}", params={"ref": ref})
    assert (answer.status_code, answer.json()["message"]) == (404, message)


def test_tree_lists_everything(box: Sandbox, github: httpx.Client) -> None:
    """A recursive tree has files, folders, links and submodules, up to its limit."""
    tree = github.get(f"/repos/o/r/git/trees/{COMMIT}?recursive=1").json()
    assert [(entry["path"], entry["mode"], entry["type"]) for entry in tree["tree"]] == [
        ("docs", "040000", "tree"),
        ("docs/a.md", "100644", "blob"),
        ("docs/more", "040000", "tree"),
        ("docs/more/b.md", "100644", "blob"),
        ("link", "120000", "blob"),
        ("out", "120000", "blob"),
        ("vendor", "160000", "commit"),
    ]
    assert tree["truncated"] is False
    box.github.most_tree_entries = 3
    cut = github.get(f"/repos/o/r/git/trees/{COMMIT}?recursive=1").json()
    assert (len(cut["tree"]), cut["truncated"]) == (3, True)
    assert github.get("/repos/o/r/git/trees/nope").status_code == 404


def test_branch_leads_to_its_commit(github: httpx.Client) -> None:
    """A branch is looked up by its name, slashes quoted, and answered as a name alone."""
    accept = {"Accept": "application/vnd.github.sha"}
    assert github.get("/repos/o/r/commits/feature%2Fx", headers=accept).text == COMMIT
    assert github.get("/repos/o/r/commits/feature%2Fx").json() == {"sha": COMMIT}
    assert github.get("/repos/o/r/commits/nope", headers=accept).status_code == 422
