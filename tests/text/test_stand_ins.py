"""What stands in the place of a file, and is told from it."""

from __future__ import annotations

import pytest

from harmonica_session.text.stand_ins import is_pointer, mismatch

POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
PAGE = b"<!DOCTYPE html>\n<html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    "content",
    [
        POINTER,
        POINTER.replace(b"\n", b"\r\n"),
        POINTER.replace(b"\n", b"\r"),
        POINTER.replace(b"git-lfs", b"hawser"),
        POINTER.replace(b"https://git-lfs.github.com/spec/v1", b"http://git-media.io/v/2"),
        b"\xef\xbb\xbf" + POINTER,
        b"\n  " + POINTER,
    ],
)
def test_a_pointer_is_known(content: bytes) -> None:
    """Also one that an editor or a filter has touched, and one of the first versions."""
    assert is_pointer(content)


@pytest.mark.parametrize(
    "content", [b"", b"# About\n\n" + POINTER, POINTER + b"x" * 1_024, b"version 2"]
)
def test_a_text_about_pointers_is_none(content: bytes) -> None:
    """A pointer begins like one, and is short."""
    assert not is_pointer(content)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.pdf", PAGE, "named like a PDF document, but it is an HTML page"),
        ("a.PDF", b"\x89PNG\r\n", "but it is a PNG image"),
        ("a.pdf", b"just a text", "but it is something else"),
        ("docs/a.md", PAGE, "named `*.md`, but it is an HTML page"),
        ("a.txt", b"\xef\xbb\xbf \n<HTML lang=en>", "named `*.txt`, but it is an HTML page"),
        ("s.yml", b'<?xml version="1.0"?>\n<!doctype  HTML>', "named `*.yml`"),
        ("a.md", b"<!-- saved from url -->\n<!-- x -->" + PAGE, "named `*.md`, but it is an HTML"),
        ("a.md", b"<head><title>404</title></head>", "named `*.md`, but it is an HTML page"),
        ("a.txt", b"<body class=x>", "named `*.txt`, but it is an HTML page"),
    ],
)
def test_a_content_under_another_name_is_told(path: str, content: bytes, said: str) -> None:
    """What a server hands out in place of a file is no file."""
    assert said in mismatch(content, path)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.pdf", b"%PDF-1.7"),
        ("a.pdf", b"junk\n%PDF-1.4"),
        ("a.pdf", b""),
        ("a.html", PAGE),
        ("a", PAGE),
        ("a.md", b"<h1 align=center>Garden</h1>\n"),
        ("a.md", b"<htmlish>"),
        ("a.md", b"<!-- a remark -->\n# Garden\n"),
        ("a.md", b"# A page\n\n```html\n" + PAGE + b"\n```\n"),
    ],
)
def test_a_content_that_fits_its_name_is_taken(path: str, content: bytes) -> None:
    """Markdown may begin with a tag, a page may be named one, and a PDF may begin late."""
    assert mismatch(content, path) == ""
