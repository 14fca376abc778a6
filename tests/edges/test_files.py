"""Files of the workspace and of a revision: the same answers, whichever is asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

import pytest

from harmonica_session.edges.files.files import MAX_MATCHES
from harmonica_session.edges.files.revision import Revision
from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.errors import FileRefused
from harmonica_session.sandbox import Link, Sandbox, Submodule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harmonica_session.edges.files.files import Files
    from harmonica_session.edges.github.client import GitHub

    Hold: TypeAlias = Callable[[dict[str, bytes]], Files]

COMMIT = "c" * 40


@pytest.fixture
def revision(github: GitHub) -> Revision:
    """The files of one commit."""
    return Revision(github, COMMIT, "a test asks for it")


@pytest.fixture(params=["workspace", "revision"])
def hold(request: pytest.FixtureRequest, tmp_path: Path, box: Sandbox, revision: Revision) -> Hold:
    """Put files into one of the two."""

    def held(files: dict[str, bytes]) -> Files:
        for path, content in files.items():
            if request.param == "revision":
                box.github.files[COMMIT, path] = content
            else:
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_bytes(content)
        return revision if request.param == "revision" else Workspace(tmp_path)

    return held


@pytest.mark.parametrize("size", [0, 1, 2_000_000])
def test_a_file_is_read_whole(hold: Hold, size: int) -> None:
    """Small files and those of more than a megabyte come byte for byte."""
    content = os.urandom(size)
    assert hold({"a.bin": content}).read("a.bin", 4_000_000) == content


@pytest.mark.parametrize("path", ["a b/ä#?%2F+&.md", "docs/%2e%2e/x", "a;b/=.md"])
def test_a_path_is_taken_literally(hold: Hold, path: str) -> None:
    """Characters that mean something in an address mean nothing in a path."""
    assert hold({path: b"x", "x": b"other"}).read(path, 10) == b"x"


def test_an_absent_file_is_none(hold: Hold) -> None:
    """A file that is not there is no error, wherever its folder is."""
    files = hold({"docs/a.md": b"a"})
    assert files.read("b.md", 10) is None
    assert files.read("docs/b.md", 10) is None
    assert files.read("no/b.md", 10) is None


@pytest.mark.parametrize("size", [11, 2_000_000])
def test_a_file_over_its_limit_is_refused(hold: Hold, size: int) -> None:
    """A file is refused by its size, before its content is taken."""
    with pytest.raises(FileRefused, match="larger"):
        hold({"a": b"x" * size}).read("a", 10)


def test_a_folder_is_refused(hold: Hold) -> None:
    """A folder is no file."""
    with pytest.raises(FileRefused, match="is a folder"):
        hold({"docs/a.md": b"a"}).read("docs", 10)


def test_matches_are_sorted_and_each_there_once(hold: Hold) -> None:
    """What a pattern reaches in several ways is listed once, by name."""
    files = hold(dict.fromkeys(("b/c.md", "a.md", "b/d/a.md", "b.txt", "b/a.md"), b""))
    assert files.matching("**/**/*.md") == ["a.md", "b/a.md", "b/c.md", "b/d/a.md"]


def test_a_hidden_folder_matches_when_it_is_named(hold: Hold) -> None:
    """`.harmonica/*.yml` finds specs, `**` does not look into `.git`."""
    files = hold({".harmonica/a.yml": b"", ".git/b.yml": b"", "c.yml": b""})
    assert files.matching(".harmonica/*.yml") == [".harmonica/a.yml"]
    assert files.matching("**/*.yml") == ["c.yml"]


def test_a_path_without_a_star_matches_itself(hold: Hold) -> None:
    """A plain path is found if it is a file, in whichever spelling."""
    files = hold({"docs/a.md": b""})
    assert files.matching("./docs//a.md") == ["docs/a.md"]
    assert files.matching("docs") == files.matching("docs/b.md") == []


@pytest.mark.parametrize("pattern", ["../*", "a/../../*", "/etc/*", "**/../*"])
def test_a_pattern_stays_under_the_root(hold: Hold, pattern: str) -> None:
    """A pattern that leads upwards is refused like a path that does."""
    with pytest.raises(FileRefused):
        hold({"a": b""}).matching(pattern)


def test_matches_are_bounded(hold: Hold) -> None:
    """A pattern that matches more than anybody means is an error."""
    files = hold({f"a/{number}": b"" for number in range(MAX_MATCHES + 1)})
    with pytest.raises(FileRefused, match="1,000"):
        files.matching("a/*")


def test_a_checkout_is_known_by_git_or_a_spec(tmp_path: Path) -> None:
    """Any spec, by its path or by a pattern, or `.git` says that somebody checked out."""
    workspace = Workspace(tmp_path)
    assert not workspace.holds_checkout(["a.yml", "*.yml"])
    (tmp_path / "b.yml").write_text("")
    assert not workspace.holds_checkout(["a.yml"])
    assert workspace.holds_checkout(["a.yml", "*.yml"])
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    assert workspace.holds_checkout(["a.yml"])


def test_gits_own_folder_matches_nothing(tmp_path: Path) -> None:
    """The folder where a checkout leaves its token is not looked into, even when it is named."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("token")
    assert Workspace(tmp_path).matching(".git/*") == []


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links need a system that has them")
def test_links_of_a_workspace_lead_no_pattern_out(tmp_path: Path) -> None:
    """Links to folders are not followed; one to a file is listed, and reading it is refused."""
    (tmp_path / "outside/inner").mkdir(parents=True)
    (tmp_path / "outside/secret.md").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file.md").symlink_to(tmp_path / "outside/secret.md")
    (root / "circle").symlink_to(root)
    workspace = Workspace(root)
    assert workspace.matching("**") == ["file.md"]
    assert workspace.matching("folder/*") == []
    with pytest.raises(FileRefused, match="leads out"):
        workspace.read("file.md", 10)


def test_links_of_a_revision(box: Sandbox, revision: Revision) -> None:
    """GitHub follows a link to a file of the repository; any other is refused."""
    box.github.files = {
        (COMMIT, "docs/a.md"): b"a",
        (COMMIT, "docs/link.md"): Link("../docs/a.md"),
        (COMMIT, "out.md"): Link("/etc/passwd"),
        (COMMIT, "folder"): Link("docs"),
    }
    assert revision.read("docs/link.md", 10) == b"a"
    assert revision.matching("**/*.md") == ["docs/a.md", "docs/link.md", "out.md"]
    for path in ("out.md", "folder"):
        with pytest.raises(FileRefused, match="is a link"):
            revision.read(path, 10)


def test_a_submodule_is_refused_and_matches_nothing(box: Sandbox, revision: Revision) -> None:
    """Another repository's commit is no file."""
    box.github.files[COMMIT, "vendor"] = Submodule("https://github.com/octo/vendor")
    assert revision.matching("*") == []
    with pytest.raises(FileRefused, match="is a submodule"):
        revision.read("vendor", 10)


def test_a_revision_is_listed_once(box: Sandbox, revision: Revision) -> None:
    """Many patterns cost one request."""
    box.github.files[COMMIT, "a.md"] = b""
    assert [revision.matching(pattern) for pattern in ("*", "*.md", "b")] == [["a.md"]] * 2 + [[]]
    assert len(box.requests) == 1


def test_a_list_that_is_cut_off_is_an_error(box: Sandbox, revision: Revision) -> None:
    """A repository that is too large to be listed has no matches that could be trusted."""
    box.github.files |= {(COMMIT, f"a{number}"): b"" for number in range(5)}
    box.github.most_tree_entries = 4
    with pytest.raises(FileRefused, match="of this size"):
        revision.matching("*")


def test_a_revision_that_is_not_there_is_an_error(revision: Revision) -> None:
    """An unknown commit is neither an absent file nor an empty list."""
    with pytest.raises(FileRefused, match="no revision"):
        revision.read("a.md", 10)
    with pytest.raises(FileRefused, match="no revision"):
        revision.matching("*")


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"


def test_a_pointer_of_git_lfs_is_refused(hold: Hold, request: pytest.FixtureRequest) -> None:
    """The remedy is a checkout with `lfs: true`; the API has no more than the pointer."""
    with pytest.raises(FileRefused, match="is a Git LFS pointer") as caught:
        hold({"docs/a.md": POINTER}).read("docs/a.md", 1_000)
    assert "`lfs: true`" in str(caught.value)
    is_revision = request.node.callspec.params["hold"] == "revision"
    assert ("GitHub's API returns only the pointer" in str(caught.value)) is is_revision


def test_a_page_under_the_name_of_a_document_is_refused(hold: Hold) -> None:
    """Whoever reads a file is given what its name says, or nothing."""
    with pytest.raises(FileRefused, match=r"`a\.pdf` is named like a PDF document, but"):
        hold({"a.pdf": b"<!DOCTYPE html><p>Sign in"}).read("a.pdf", 1_000)


@pytest.mark.parametrize("path", ["docs/[2026-11] retro.md", "a*.md", "what?.md"])
@pytest.mark.skipif(os.sep == "\\", reason="Windows has no such names")
def test_a_file_of_that_very_name_wins_over_a_pattern(hold: Hold, path: str) -> None:
    """A name may hold what patterns are made of; a file that only matches is not meant then."""
    files = hold({path: b"this", "docs/2 retro.md": b"", "ab.md": b"", "whats.md": b""})
    assert files.named(f"./{path}") == [path]
    assert files.read(path, 10) == b"this"


def test_a_pattern_names_what_it_matches(hold: Hold) -> None:
    """Where no file has that name, it is a pattern; a plain path names itself, there or not."""
    files = hold({"docs/1.md": b"", "docs/2.md": b"", "[12]/a": b""})
    assert files.named("docs/[12].md") == ["docs/1.md", "docs/2.md"]
    assert files.named("docs/3?.md") == files.named("[12]") == []
    assert files.named("docs//3.md") == ["docs/3.md"]


def test_a_name_is_found_where_a_list_is_cut_off(box: Sandbox, revision: Revision) -> None:
    """In a repository that GitHub does not list, a name that looks like a pattern is asked for."""
    box.github.files |= {(COMMIT, f"a{number}"): b"" for number in range(5)}
    box.github.files[COMMIT, "z[1].md"] = b"z"
    box.github.most_tree_entries = 4
    assert revision.named("z[1].md") == ["z[1].md"]
    with pytest.raises(FileRefused, match="of this size"):
        revision.named("z[2].md")


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (".harmonica/session.yaml", ".harmonica/session.yml"),
        ("session.md", "SESSION.md"),
        ("docs/decisons.md", "docs/decisions.md"),
    ],
)
def test_a_neighbour_of_a_missing_file_is_named(hold: Hold, there: str, wanted: str) -> None:
    """Another ending, another case, or a slip, in the same folder."""
    files = hold({there: b"", "docs/other.md": b"", "deep/session.yaml": b""})
    assert files.near(wanted) == there
    said = f"there is no file `{wanted}`; there is a `{there}`, so correct the path"
    assert files.missing(wanted) == said
    assert files.near("no/folder.md") == ""


def test_a_neighbour_outside_is_not_named(tmp_path: Path) -> None:
    """A link that leads out tells nothing of what is there."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.yaml").write_text("")
    root = tmp_path / "root"
    root.mkdir()
    (root / "folder").symlink_to(tmp_path / "outside")
    assert Workspace(root).near("folder/secret.yml") == ""
