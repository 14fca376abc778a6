"""Which texts are paths, and which names are near another."""

from __future__ import annotations

import pytest

from harmonica_session.text.paths import nearest, repository_path


@pytest.mark.parametrize("path", ["docs/a.md", "./docs//a.md", "docs/./a.md"])
def test_a_path_has_one_spelling(path: str) -> None:
    """Dots and doubled slashes say nothing."""
    assert repository_path(path) == "docs/a.md"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/etc/passwd", "is an absolute path"),
        ("../a", "leads out"),
        ("a/..", "leads out"),
        ("./", "is not the path of a file"),
        ("a\0b", "is not the path of a file"),
    ],
)
def test_what_leads_elsewhere_is_refused(path: str, why: str) -> None:
    """A path stays under the root, wherever its dots stand."""
    with pytest.raises(ValueError, match=why):
        repository_path(path)


@pytest.mark.parametrize(
    ("wanted", "names", "near"),
    [
        ("session.yml", ["session.yaml", "sessions.yml"], "session.yaml"),
        ("SESSION.md", ["README.md", "session.md", "session.py"], "session.md"),
        ("SESSION.md", ["SESSION.markdown"], "SESSION.markdown"),
        ("session.yml", ["sesion.yml", "other.yml"], "sesion.yml"),
        ("session.yml", ["retro.yml", "README.md"], ""),
        ("session.yml", [], ""),
        ("a.md", ["a.md"], ""),
    ],
)
def test_a_near_name_is_found(wanted: str, names: list[str], near: str) -> None:
    """Another case or ending comes first, then a slip; what is only alike in part is none."""
    assert nearest(wanted, names) == near
