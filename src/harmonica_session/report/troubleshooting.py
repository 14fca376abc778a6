"""Finds the entry of the troubleshooting page that a message belongs to.

This module must not say what to do about a message: the page does, and what is listed here is
taken from it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = "https://github.com/OWNER/harmonica-session-action/blob/v1/.github/docs/troubleshooting.md"
INDEX = files("harmonica_session.report") / "troubleshooting.txt"
"""For each message of the page a line: the anchor of its entry, a tab, and the message."""
OPEN = "…"
"""What stands in a message of the page for what differs from run to run."""


def help_at(messages: Iterable[str]) -> str:
    """Return where to read about messages: their entry, or the page where they have several."""
    found = ""
    for message in messages:
        entry = link_for(message)
        if entry and found and entry != found:
            return PAGE
        found = found or entry or ""
    return found


def link_for(message: str) -> str | None:
    """Return the address of the entry about a message, None where there is none.

    A message may hold another one, such as a service's reason: what says the most fixed words wins.
    """
    said = " ".join(message.split())
    most, found = 0, None
    for anchor, fixed in _index():
        length = sum(map(len, fixed))
        if length > most and _has_in_order(said, fixed):
            most, found = length, f"{PAGE}#{anchor}"
    return found


@cache
def _index() -> list[tuple[str, list[str]]]:
    """Return for each message of the page the anchor of its entry, and its fixed words."""
    rows = [line.partition("\t") for line in INDEX.read_text("utf-8").splitlines()]
    return [(anchor, message.split(OPEN)) for anchor, _, message in rows]


def _has_in_order(message: str, parts: list[str]) -> bool:
    """Say whether a message has all these parts, one after the other."""
    position = 0
    for part in parts:
        position = message.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True
