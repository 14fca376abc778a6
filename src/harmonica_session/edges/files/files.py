"""What the workspace and a revision on GitHub have in common: relative paths, bounded answers.

This module must not read anything.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from harmonica_session.errors import FileRefused, Problem, clip

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MATCHES = 1_000


class Files(Protocol):
    """The consumer's files, wherever they are read from; what is in them is not to be trusted."""

    @property
    def place(self) -> str:
        """Where they are, as the end of the sentence "there is no such file …"."""

    def normalise(self, path: str) -> str:
        """Return a path under the root in its one spelling: `./a//b` is `a/b`.

        Raises:
            FileRefused: It is absolute or leads upwards.
        """
        parts = PurePosixPath(path.replace("\\", "/") if os.sep == "\\" else path)
        if parts.is_absolute() or Path(path).is_absolute() or Path(path).drive:
            raise refused(path, "is an absolute path; give it relative to the repository's root")
        if ".." in parts.parts:
            raise refused(path, "leads out of the repository; paths stay under its root")
        if not parts.parts or "\0" in path:
            raise refused(path, "is not the path of a file")
        return str(parts)

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's content, None when there is no such file.

        Args:
            path: As `normalise` returns it.
            limit: Largest size in bytes.

        Raises:
            FileRefused: It is larger, or no ordinary file under the root.
        """

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all.

        Args:
            path: As `normalise` returns it.
            content: All of it.

        Raises:
            FileRefused: It leads through a link, or cannot be written.
        """
        del content
        raise refused(path, "is read from where nothing is written to")

    def matching(self, pattern: str) -> list[str]:
        """Return the paths of the files that match a pattern, sorted, each once.

        A link to a file is listed; reading it tells whether it leads out. Links to folders are
        not followed.

        Args:
            pattern: Relative, with `*`, `?`, `[…]` and `**`; a name that begins with a dot is
                matched only by a pattern that has the dot as well.

        Raises:
            FileRefused: It is absolute, leads upwards, or matches more than `MAX_MATCHES`.
        """

    def holds_checkout(self, specs: Iterable[str]) -> bool:
        """Say whether there is a repository, or at least a spec.

        Args:
            specs: Paths or patterns.
        """


def bounded(pattern: str, found: list[str]) -> list[str]:
    """Return what matched, sorted.

    Raises:
        FileRefused: It is more than anybody meant.
    """
    if len(found) > MAX_MATCHES:
        raise refused(pattern, f"matches more than {MAX_MATCHES:,} files; narrow it down")
    return sorted(found)


def refused(path: str, why: str) -> FileRefused:
    """Return the error for a path that cannot be used."""
    return FileRefused(Problem("", 0, 0, f"`{clip(path)}` {why}"))
