"""Keeps keys and tokens out of what leaves the runner: knows their forms, refuses, blots out.

This module must not know where a text comes from, nor where it goes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harmonica_session.errors import FileRefused, Problem
from harmonica_session.text.decoding import place_at
from harmonica_session.text.markdown import ZERO_WIDTH_SPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REFUSAL = "an API key or token is here; remove it, and revoke it if it was ever pushed"
# Hiding or refusing a shorter text would tear holes into everything else, links included.
SHORTEST_SECRET = 8
BLOT = "***"
# Keys and tokens, whole: what is refused, or blotted out of what others wrote. They are told from
# what only speaks of them by their length; letters in another case would make another token. The
# last character is no dot, for that may end a sentence.
# Source: GitHub's changelog of 2026-05-15, for tokens of Apps and workflows (`ghs_` and a text of
# letters and digits, or `ghs_<id>_<JWT>`); "About authentication to GitHub", for all prefixes.
_KEY = re.compile(
    "hm_live_[0-9a-fA-F]{32}"
    "|(?<![A-Za-z])ghs_[0-9A-Za-z._-]{35,}[0-9A-Za-z_-]"
    # Names such as `highs_and_lows` hold the prefix too.
    "|ghs_[0-9A-Za-z]{36,}"
    # A header is short; what may be of any length is looked at once.
    r"|ghs_(?:[0-9A-Za-z]{1,20}_)?eyJ[0-9A-Za-z_-]{1,500}\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+"
    "|gh[opru]_[0-9A-Za-z]{36,}"
    "|github_pat_[0-9A-Za-z_]{36,}"
)
# What only begins like a key or token, for what we say ourselves; Markdown may have put a
# back-slash before each underscore, and a character without width into what looks like a hash.
_LIKE_A_KEY = re.compile(
    rf"hm\\?_live\\?_[0-9A-Za-z{ZERO_WIDTH_SPACE}]+"
    rf"|(?<![A-Za-z])ghs\\?_[0-9A-Za-z_.\\{ZERO_WIDTH_SPACE}-]{{7,}}[0-9A-Za-z_-]"
    rf"|ghs\\?_(?:[0-9A-Za-z{ZERO_WIDTH_SPACE}]+\\?_)?[0-9A-Za-z{ZERO_WIDTH_SPACE}]{{20,}}"
    rf"(?:[0-9A-Za-z_.\\{ZERO_WIDTH_SPACE}-]*[0-9A-Za-z_-])?"
    rf"|gh[opru]\\?_[0-9A-Za-z{ZERO_WIDTH_SPACE}]{{8,}}"
    rf"|github\\?_pat\\?_[0-9A-Za-z_\\{ZERO_WIDTH_SPACE}]{{8,}}"
)
# What Markdown puts between two characters.
_BETWEEN = rf"{ZERO_WIDTH_SPACE}?\\?"


def refuse_secrets(text: str, file: str, secrets: Iterable[str]) -> None:
    """Refuse a text that would carry a key out of the repository.

    Args:
        text: The text.
        file: The file's name, for the problem.
        secrets: The secrets of this run, beside everything that has the form of a key or token.

    Raises:
        FileRefused: A secret stands in it; the problem says where, not what.
    """
    found = re.search(_secret_among(secrets), text)
    if not found:
        return
    raise FileRefused(Problem(file, *place_at(text, found.start()), REFUSAL))


def secrets_within(value: object, secrets: Iterable[str]) -> Iterator[tuple[str | int, ...]]:
    """Return where in plain values, such as those of a JSON object, secrets stand.

    Args:
        value: The value.
        secrets: As `refuse_secrets` takes them.
    """
    pattern = re.compile(_secret_among(secrets))
    left: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while left:
        path, it = left.pop()
        if isinstance(it, str) and pattern.search(it):
            yield path
        elif isinstance(it, dict):
            left += [((*path, key), inner) for key, inner in it.items()]
            yield from ((*path, key) for key in it if pattern.search(str(key)))
        elif isinstance(it, list):
            left += [((*path, at), inner) for at, inner in enumerate(it)]


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return a text that others wrote with its secrets blotted out.

    Args:
        text: The text.
        secrets: The secrets of this run, beside everything that has the form of a key or token.
    """
    return re.sub(_secret_among(secrets), BLOT, text)


def _secret_among(secrets: Iterable[str]) -> str:
    """Return the pattern of what may not leave the repository."""
    # The longest first, for one may be part of another.
    known = sorted(map(re.escape, secrets), key=len, reverse=True)
    return "|".join([_KEY.pattern, *known])


def blot_out(text: str, secrets: Iterable[str]) -> str:
    """Return a text that we say with its secrets blotted out.

    Args:
        text: The text.
        secrets: The secrets of this run, the longest first, for one may be part of another; beside
            everything that begins like a key or token.
    """
    for secret in secrets:
        text = text.replace(secret, BLOT)
        # Where Markdown has one depends on what stands beside the secret.
        if ZERO_WIDTH_SPACE in text:
            text = re.sub(_BETWEEN.join(map(re.escape, secret)), BLOT, text)
    return _LIKE_A_KEY.sub(BLOT, text)
