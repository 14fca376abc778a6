"""Each case of the pictures can be shown, and what it shows is harmless."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import pytest

from harmonica_session.announcement.trust import HOMEPAGE
from harmonica_session.report.troubleshooting import PAGE
from harness.rendered import links_in, references_in, rendered, text_in
from pictures.cases import NAMES, case
from pictures.page import page
from pictures.smaller import smaller

_OURS = re.compile(r"http://127\.0\.0\.1:\d+/(chat\?s=|github/octo/garden/)")


@pytest.mark.parametrize("name", NAMES)
def test_a_case_shows_links_of_ours_alone(name: str) -> None:
    """What real runs have written, whatever strangers wrote into it."""
    it = case(name)
    for shown in (it.comment, it.summary):
        links = links_in(rendered(shown))
        others = [url for url in links if not _OURS.match(url)]
        assert {url.partition("#")[0] for url in others} <= {HOMEPAGE, PAGE}
    text = text_in(rendered(it.comment))
    # The number of an action's issue is ours, and a link.
    assert [it for it in references_in(text) if it != "#8"] == []


def test_a_page_shows_both_in_the_dark_too() -> None:
    """The theme is the page's; a document that there is not leaves no box."""
    shown = page(("comment", "# a"), ("job summary", ""), is_dark=True)
    assert '<html class="dark">' in shown
    assert shown.count('class="box"') == 1
    assert '<h1 dir="auto">a</h1>' in shown


def test_the_picture_of_the_readme_is_light_enough_for_a_page() -> None:
    """It is loaded by everybody who looks at the repository, and sharp on a fine screen."""
    picture = (Path(__file__).parents[2] / ".github/comment.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1520
    assert height > 800
    assert len(picture) < 120_000


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4])
def test_a_picture_in_few_colors_keeps_its_pixels(kind: int) -> None:
    """Whatever way its rows are told in, black stays black and white stays white."""
    wanted = [[0, 0, 0, 255, 255, 255], [255, 255, 255, 0, 0, 0]]
    told = b""
    for at, row in enumerate(wanted):
        above = wanted[at - 1] if at else [0] * 6
        told += bytes([kind, *(_told(kind, row, above, place) for place in range(6))])
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(told)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(it)) + name + it + struct.pack(">I", zlib.crc32(name + it))
        for name, it in parts
    )
    made = smaller(png)
    assert made[24:26] == bytes([8, 3])
    palette = made[made.index(b"PLTE") + 4 :][:6]
    start = made.index(b"IDAT")
    size = struct.unpack(">I", made[start - 4 : start])[0]
    pixels = zlib.decompress(made[start + 4 : start + 4 + size])
    assert palette == bytes([0, 0, 0, 255, 255, 255])
    assert pixels == bytes([0, 0, 1, 0, 1, 0])


def _told(kind: int, row: list[int], above: list[int], at: int) -> int:
    """Return a byte as the format tells it by what is around it."""
    left, corner = (row[at - 3], above[at - 3]) if at > 2 else (0, 0)
    up = above[at]
    guess = left + up - corner
    nearest = min((left, up, corner), key=lambda it: abs(guess - it))
    return (row[at] - [0, left, up, (left + up) // 2, nearest][kind]) & 255
