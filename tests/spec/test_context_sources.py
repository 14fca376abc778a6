"""What a context source may be, and which session a join link names."""

from __future__ import annotations

import pytest

from harmonica_session.spec.context_sources import media_type, session_id_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6a1b", "6a1b"),
        ("https://app.harmonica.chat/chat?s=6a1b", "6a1b"),
        ("https://app.harmonica.chat/chat?x=1&s=6a%201b#end", "6a 1b"),
        ("app.harmonica.chat/chat?s=6a1b", "6a1b"),
    ],
)
def test_an_id_or_a_link_names_a_session(text: str, expected: str) -> None:
    """An id is taken as it stands, a link by what it opens."""
    assert session_id_in(text) == expected


@pytest.mark.parametrize(
    "text", ["https://example.org/", "https://[/?s=1", "/chat?s=", "/chat?s=1&s=2", "a/b"]
)
def test_any_other_link_is_refused(text: str) -> None:
    """An address without one session is no join link."""
    with pytest.raises(ValueError, match="neither an id nor a join link"):
        session_id_in(text)


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
