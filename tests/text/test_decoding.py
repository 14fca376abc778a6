"""How the bytes of a file become text."""

from __future__ import annotations

import pytest

from harmonica_session.errors import FileRefused
from harmonica_session.text.decoding import background_text, decode, place_at


def test_a_byte_order_mark_is_left_out() -> None:
    """Only a mark at the very start is no part of the text."""
    assert decode(b"\xef\xbb\xbfa\xef\xbb\xbf", "f") == "a\ufeff"


def test_a_wrong_byte_is_named_with_its_place() -> None:
    """Columns count characters, lines start at 1."""
    with pytest.raises(FileRefused) as caught:
        decode("é\n👩é".encode() + b"\xc3(", "SESSION.md")
    assert str(caught.value) == ("SESSION.md:2:3: byte 0xc3 is not UTF-8; save the file as UTF-8")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\nb", (2, 1)),
        ("a\r\nb", (2, 1)),
        ("a\rb", (2, 1)),
        ("a\u2028\x85b", (1, 4)),
        ("\n\nb", (3, 1)),
    ],
)
def test_lines_end_where_an_editor_ends_them(text: str, place: tuple[int, int]) -> None:
    """Line feed, carriage return, or both; what else Unicode ends a line with does not count."""
    assert place_at(text, text.index("b")) == place


def test_u0000_in_a_background_is_refused_with_its_place() -> None:
    """Harmonica answers a bare 500 to U+0000, so it never gets that far."""
    with pytest.raises(FileRefused) as caught:
        background_text(b"one\ntwo\0three", "SESSION.md")
    assert str(caught.value) == "SESSION.md:2:4: U+0000 stands here; remove it"


def test_other_control_characters_stay_in_a_background() -> None:
    """A background is Markdown of any kind and is not judged."""
    assert background_text(b"a\tb\r\nc\x1b", "SESSION.md") == "a\tb\r\nc\x1b"


def test_a_byte_order_mark_moves_no_place() -> None:
    """The byte that is named is the one at fault, mark or not."""
    with pytest.raises(FileRefused, match=r"s\.yml:1:8: byte 0xff"):
        decode(b"\xef\xbb\xbftopic: \xff", "s.yml")
