"""Which files Harmonica takes as context sources."""

from __future__ import annotations

import pytest

from harmonica_session.words.attachment import media_type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.md", "text/markdown"),
        ("docs/A.MARKDOWN", "text/markdown"),
        ("a.b.txt", "text/plain"),
        ("a.pdf", "application/pdf"),
        ("a.docx", None),
        ("md", None),
        ("a.md/b", None),
        ("", None),
    ],
)
def test_the_ending_tells_the_type(path: str, expected: str | None) -> None:
    """Harmonica takes four endings, in any case, and no other."""
    assert media_type(path) == expected
