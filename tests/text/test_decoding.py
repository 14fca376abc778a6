"""How the bytes of a file become text."""

from __future__ import annotations

import pytest

from harmonica_session.errors import FileRefused
from harmonica_session.text.decoding import background_text, decode, place_at, refuse_secrets


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


@pytest.mark.parametrize(
    "secret", ["hm_live_0123456789abcdef0123456789ABCDEF", "ghs_of.this+run", "the-other-key"]
)
def test_a_secret_in_a_text_is_refused_unseen(secret: str) -> None:
    """Anything in the form of a Harmonica key, and the secrets of this run, stop everything."""
    with pytest.raises(FileRefused) as caught:
        refuse_secrets(f"one\ntwo {secret}\n", "SESSION.md", ["ghs_of.this+run", "the-other-key"])
    assert str(caught.value).startswith("SESSION.md:2:5: an API key or token stands here")
    assert secret not in str(caught.value)


@pytest.mark.parametrize("text", ["hm_live_", "hm_live_your_key_here", "ghs_of-this+run", ""])
def test_what_only_speaks_of_a_key_is_no_secret(text: str) -> None:
    """A document may explain where a key goes."""
    refuse_secrets(text, "SESSION.md", ["ghs_of.this+run"])


def test_a_byte_order_mark_moves_no_place() -> None:
    """The byte that is named is the one at fault, mark or not."""
    with pytest.raises(FileRefused, match=r"s\.yml:1:8: byte 0xff"):
        decode(b"\xef\xbb\xbftopic: \xff", "s.yml")
