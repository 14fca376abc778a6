"""How the bytes of a file become text."""

from __future__ import annotations

import pytest

from harmonica_session.errors import FileRefused
from harmonica_session.text.decoding import background_text, decode, lines_of, place_at


def test_a_byte_order_mark_is_left_out() -> None:
    """Only a mark at the very start is no part of the text."""
    assert decode(b"\xef\xbb\xbfa\xef\xbb\xbf", "f") == "a\ufeff"


def test_a_wrong_byte_is_named_with_its_place() -> None:
    """Columns count characters, lines start at 1."""
    with pytest.raises(FileRefused) as caught:
        decode("é\n👩é".encode() + b"\xc3(", "SESSION.md")
    assert str(caught.value) == (
        "SESSION.md:2:3: byte 0xc3 is not valid UTF-8; save the file as UTF-8"
    )


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
    assert str(caught.value) == "SESSION.md:2:4: U+0000 is here; remove it"


def test_other_control_characters_stay_in_a_background() -> None:
    """A background is Markdown of any kind and is not judged."""
    assert background_text(b"a\tb\r\nc\x1b", "SESSION.md") == "a\tb\r\nc\x1b"


def test_a_byte_order_mark_moves_no_place() -> None:
    """The byte that is named is the one at fault, mark or not."""
    with pytest.raises(FileRefused, match=r"s\.yml:1:8: byte 0xff"):
        decode(b"\xef\xbb\xbftopic: \xff", "s.yml")


def test_a_list_ends_its_lines_at_lf_and_crlf_alone() -> None:
    """Lines are trimmed, and an empty one names nothing."""
    assert lines_of(" a.yml\r\n\n b\u2028c\x0bd\re.yml \n") == ["a.yml", "b\u2028c\x0bd\re.yml"]


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_32_bits_are_known_without_a_character_of_ascii(encoding: str) -> None:
    """Hardly anything else can be read as characters of 32 bits."""
    with pytest.raises(
        FileRefused, match=r"the file is encoded as UTF-32, .* without a byte order mark"
    ):
        decode("回顾会议".encode(encoding), "SESSION.md")


@pytest.mark.parametrize("text", ["topic: a\n", "Тема: кот\n", "主题 回顾\n目标 一件事\n", "a 😀"])
@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-16-le", "UTF-16, little-endian, without a byte order mark"),
        ("utf-16-be", "UTF-16, big-endian, without a byte order mark"),
        ("utf-32-le", "UTF-32, little-endian, without a byte order mark"),
        ("utf-32-be", "UTF-32, big-endian, without a byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_another_encoding_is_named(text: str, encoding: str, named: str) -> None:
    """What Windows and old tools save is told by its name, mark or not, long or short."""
    for content in (text.encode(encoding), (text * 2_000).encode(encoding)):
        with pytest.raises(FileRefused) as caught:
            decode(content, "SESSION.md")
        assert str(caught.value) == f"SESSION.md: the file is encoded as {named}; save it as UTF-8"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"PK\x03\x04\x14", "a ZIP archive or an office document"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"{\\rtf1", "an RTF document"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, kind: str) -> None:
    """A document under the name of a text is told by what it is, not by a byte of it."""
    with pytest.raises(FileRefused, match=f"^notes.md: this is {kind}, not a text"):
        background_text(content, "notes.md")


_CONFLICT = "# A\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "text",
    [
        _CONFLICT,
        _CONFLICT.replace("=======", "||||||| base\nx\n======="),
        "# A\n<<<<<<<<<< HEAD\nours\n==========\ntheirs\n>>>>>>>>>> branch\n",
        "# A\n<<<<<<< Conflict 1 of 1\n%%%%%%% Changes\n-a\n+++++++ Contents\nc\n>>>>>>> ends\n",
    ],
)
def test_a_merge_that_nobody_has_finished_is_refused(text: str, end: str) -> None:
    """Both sides of a conflict would go to the facilitator; the place is where it begins."""
    with pytest.raises(
        FileRefused, match=r"^SESSION\.md:2:1: an unresolved merge conflict begins here"
    ):
        decode(text.replace("\n", end).encode(), "SESSION.md")


@pytest.mark.parametrize(
    "text",
    [
        "Title\n=======\n\ntext\n",
        "<<<<<<< a\n=======\n",
        "=======\n>>>>>>> b\n",
        ">>>>>>> b\n=======\n<<<<<<< a\n",
        "<<<<<< a\n======\n>>>>>> b\n",
        _CONFLICT.replace("\n", "\n    "),
        "in a line <<<<<<< a\n=======\n>>>>>>> b\n",
    ],
)
def test_marks_that_make_no_conflict_stay(text: str) -> None:
    """An underlined heading, one mark alone, or an example that is indented is a text."""
    assert decode(text.encode(), "SESSION.md") == text
