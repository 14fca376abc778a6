"""A picture in few colors: about a third of what a browser writes, and the same to the eye.

It must not look at what the picture shows.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _PALETTE, _DEPTH = 2, 3, 8
# Of each color's 256 steps, so few that letters with soft edges fit into one palette.
_STEP = 5


def smaller(png: bytes) -> bytes:
    """Return a picture of a browser's with a palette.

    Raises:
        ValueError: It is no picture of 8 bits of red, green and blue, or has too many colors.
    """
    chunks = dict(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if (depth, kind) != (_DEPTH, _RGB):
        raise ValueError("it is no picture of 8 bits of red, green and blue")
    palette: dict[bytes, int] = {}
    rows = []
    for row in _rows(zlib.decompress(chunks[b"IDAT"]), width, height):
        colors = [row[at : at + 3] for at in range(0, len(row), 3)]
        rows.append(bytes(palette.setdefault(color, len(palette)) for color in colors))
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, _PALETTE, 0, 0, 0)
    pixels = b"".join(b"\0" + row for row in rows)
    return _SIGNATURE + b"".join(
        _chunk(name, content)
        for name, content in (
            (b"IHDR", header),
            (b"PLTE", b"".join(palette)),
            (b"IDAT", zlib.compress(pixels, 9)),
            (b"IEND", b""),
        )
    )


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Return the parts of a picture by their names; those of its pixels as one."""
    found: list[tuple[bytes, bytes]] = []
    pixels, at = b"", len(_SIGNATURE)
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + size]
        if name == b"IDAT":
            pixels += content
        else:
            found.append((name, content))
        at += size + 12
    return [*found, (b"IDAT", pixels)]


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def _rows(pixels: bytes, width: int, height: int) -> list[bytes]:
    """Return the rows of a picture, each color rounded."""
    rounded = bytes(round(it / _STEP) * _STEP for it in range(256))
    size, above = width * 3, bytes(width * 3)
    rows = []
    for start, end in pairwise(range(0, (size + 1) * height + 1, size + 1)):
        above = _unfiltered(pixels[start], pixels[start + 1 : end], above)
        rows.append(above.translate(rounded))
    return rows


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """Return a row as it is, of one that is told by what is around it.

    Source: Portable Network Graphics, section 9.
    """
    out = bytearray(row)
    for at, value in enumerate(row):
        left, up = (out[at - 3] if at > 2 else 0), above[at]
        if kind == 1:
            out[at] = (value + left) & 255
        elif kind == 2:
            out[at] = (value + up) & 255
        elif kind == 3:
            out[at] = (value + (left + up) // 2) & 255
        elif kind == 4:
            corner = above[at - 3] if at > 2 else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda it: abs(guess - it))
            out[at] = (value + nearest) & 255
    return bytes(out)
