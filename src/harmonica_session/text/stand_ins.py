"""Knows what stands in the place of a file that is not there itself, by the first of its bytes.

This module must not know where a file is read from, nor what it is for.
"""

from __future__ import annotations

import re

_UTF_8_MARK = b"\xef\xbb\xbf"
# Source: "Git LFS specification", the pointer, with its older names; it has fewer than 1,024 bytes.
_POINTER = re.compile(
    rb"version https?://(?:(?:git-lfs|hawser)\.github\.com/spec/v|git-media\.io/v/)[0-9]+[\r\n]"
)
_MOST_OF_A_POINTER = 1_024
# What a server hands out in place of a file, or a browser keeps of a page.
_PAGE = re.compile(
    rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = 1_024
_PDF = b"%PDF-"
_FORMATS = {
    _PDF: "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "an RTF document",
    b"\x1f\x8b": "a gzip archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
}
# Names that say of a file that it is no HTML page, though a page is a text.
_NO_PAGES = (".md", ".markdown", ".txt", ".yml", ".yaml")


def is_pointer(content: bytes) -> bool:
    """Say whether it is a Git LFS pointer: what git keeps in place of a large file."""
    # An editor, or a filter of line ends, may have touched it.
    return len(content) < _MOST_OF_A_POINTER and _POINTER.match(_beginning(content)) is not None


def format_of(content: bytes) -> str:
    """Return the format of what is no text, such as `a PDF document`; empty when none is known."""
    first = content[:16]
    return next((name for mark, name in _FORMATS.items() if first.startswith(mark)), "")


def mismatch(content: bytes, path: str) -> str:
    """Return what is wrong with a content under a name, such as a page under that of a PDF.

    Returns:
        The end of a sentence that begins with the path; empty when nothing is wrong.
    """
    ending = path[path.rfind(".") :].lower()
    first = _beginning(content)[:_FIRST]
    is_page = _PAGE.match(first) is not None
    # Readers let a PDF begin later. An empty file is no other kind of file.
    if ending == ".pdf" and first and _PDF not in content[:_FIRST]:
        other = "an HTML page" if is_page else format_of(content) or "something else"
        return (
            f"is named like a PDF document, but it is {other}; replace it with the document itself"
        )
    if is_page and ending in _NO_PAGES:
        return f"is named `*{ending}`, but it is an HTML page; replace it with the text itself"
    return ""


def _beginning(content: bytes) -> bytes:
    """Return a content without what nobody sees at its beginning."""
    return content.removeprefix(_UTF_8_MARK).lstrip()
