"""Patterns for paths: `*`, `?` and `[…]` within a folder, `**` for any folders.

This module must not look at a file system.
"""

from __future__ import annotations

import fnmatch
import re
from functools import reduce
from typing import TypeAlias

Progress: TypeAlias = frozenset[int]
"""How far a path has come through a pattern; nothing in it when the path cannot match."""


class Pattern:
    """A pattern, split at its slashes; a name that begins with a dot is matched by a dot only."""

    def __init__(self, text: str) -> None:
        """Read a pattern.

        Args:
            text: Relative, with slashes, and without `.` and `..`.
        """
        parts = text.split("/")
        # Two in a row say no more than one, and a last one stands for the files.
        self._parts = [p for i, p in enumerate(parts) if p != "**" or parts[i - 1 : i] != ["**"]]
        if self._parts[-1] == "**":
            self._parts.append("*")
        self._names = [re.compile(fnmatch.translate(part)) for part in self._parts]
        self.start = self._and_beyond({0})

    def after(self, progress: Progress, name: str) -> Progress:
        """Return how far one further name of a path leads."""
        reached = set()
        for at in progress - {len(self._parts)}:
            is_hidden = name.startswith(".")
            if self._parts[at] == "**":
                reached |= set() if is_hidden else {at}
            elif is_hidden and not self._parts[at].startswith("."):
                continue
            elif self._names[at].match(name):
                reached.add(at + 1)
        return self._and_beyond(reached)

    def is_whole(self, progress: Progress) -> bool:
        """Say whether a path that has come so far matches."""
        return len(self._parts) in progress

    def matches(self, path: str) -> bool:
        """Say whether a path with slashes matches."""
        return self.is_whole(reduce(self.after, path.split("/"), self.start))

    def _and_beyond(self, reached: set[int]) -> Progress:
        """Add what is reached by letting `**` stand for no folder at all."""
        further = {at + 1 for at in reached if self._parts[at : at + 1] == ["**"]}
        return frozenset(reached | further)
