"""Which paths a pattern means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonica_session.edges.files.pattern import Pattern

PATHS = [
    ".harmonica/a.yml",
    ".harmonica/team/b.yml",
    ".hidden",
    "README.md",
    "docs/.draft.md",
    "docs/a.md",
    "docs/deep/er/b.md",
    "docs/deep/b.md",
    "docs/old/.git/c.md",
    "src/[x].py",
]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", ["README.md"]),
        (".*", [".hidden"]),
        ("README.md", ["README.md"]),
        ("readme.md", []),
        ("docs/*.md", ["docs/a.md"]),
        ("docs/.*.md", ["docs/.draft.md"]),
        ("docs/?.md", ["docs/a.md"]),
        ("docs/[a-c].md", ["docs/a.md"]),
        ("docs/[!a].md", []),
        ("src/[[]x].py", ["src/[x].py"]),
        ("docs/*/*.md", ["docs/deep/b.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/deep/er/b.md", "docs/deep/b.md"]),
        ("docs/**/**/b.md", ["docs/deep/er/b.md", "docs/deep/b.md"]),
        ("docs/**", ["docs/a.md", "docs/deep/er/b.md", "docs/deep/b.md"]),
        ("**/b.md", ["docs/deep/er/b.md", "docs/deep/b.md"]),
        ("**/*.yml", []),
        (".harmonica/*.yml", [".harmonica/a.yml"]),
        (".harmonica/**/*.yml", [".harmonica/a.yml", ".harmonica/team/b.yml"]),
        ("**/.git/*", ["docs/old/.git/c.md"]),
        ("docs", []),
        ("docs/a.md/*", []),
    ],
)
def test_pattern_means_these_paths(pattern: str, expected: list[str]) -> None:
    """A star stays in its folder, two cross folders, and only a dot matches a leading dot."""
    wanted = Pattern(pattern)
    assert [path for path in PATHS if wanted.matches(path)] == expected


@given(st.text(alphabet="*?[]!-.a/\\\n", min_size=1), st.text(alphabet="a.-]\n/", min_size=1))
def test_any_text_is_a_pattern(pattern: str, path: str) -> None:
    """Whatever is written as a pattern is answered with yes or no."""
    assert Pattern(pattern).matches(path) in (True, False)


def test_many_stars_take_no_time() -> None:
    """A pattern that is made to be slow is no slower than another."""
    wanted = Pattern("/".join(["**", "*a*a*a*a*a"] * 20))
    assert not wanted.matches("/".join([*["a" * 200] * 40, "b"]))
