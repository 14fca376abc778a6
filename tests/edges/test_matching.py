"""Which files of the workspace a pattern stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.workspace import Workspace
from harmonica_session.errors import FileRefused

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("a.md", "b.md", "c.txt", "docs/a.md", "docs/deep/a.md", "docs/deep/[x].md", ".git/a.md")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A checkout with a few files, and a folder beside it."""
    root = tmp_path / "repository"
    for name in (*(f"repository/{path}" for path in FILES), "outside/a.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return Workspace(root)


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.md", ["a.md", "b.md"]),
        ("?.md", ["a.md", "b.md"]),
        ("[!b].md", ["a.md"]),
        ("[a-c].*", ["a.md", "b.md", "c.txt"]),
        ("*/a.md", ["docs/a.md"]),
        ("**/a.md", ["a.md", "docs/a.md", "docs/deep/a.md"]),
        ("docs/**", ["docs/a.md", "docs/deep/[x].md", "docs/deep/a.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/deep/[x].md", "docs/deep/a.md"]),
        ("docs/deep/[[]x].md", ["docs/deep/[x].md"]),
        ("a.m", []),
        ("A.md*", []),
    ],
)
def test_a_pattern_stands_for_paths(workspace: Workspace, pattern: str, paths: list[str]) -> None:
    """Only `**` reaches beyond a folder; case counts, and nothing of git itself is found."""
    assert workspace.matching(pattern) == paths


def test_a_linked_folder_is_not_entered(workspace: Workspace, tmp_path: Path) -> None:
    """Nothing outside the checkout is even listed."""
    (workspace.root / "link").symlink_to(tmp_path / "outside", target_is_directory=True)
    (workspace.root / "circle").symlink_to(workspace.root, target_is_directory=True)
    assert workspace.matching("**/a.md") == ["a.md", "docs/a.md", "docs/deep/a.md"]


def test_a_pattern_that_means_nothing_is_refused(workspace: Workspace) -> None:
    """A range that runs backwards is said, not raised as a bug."""
    with pytest.raises(FileRefused, match="not a pattern"):
        workspace.matching("[z-a].md")
