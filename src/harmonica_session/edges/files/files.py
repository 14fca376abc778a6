"""What the workspace and a revision on GitHub have in common: relative paths, bounded answers.

This module must not read anything.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from harmonica_session.errors import FileRefused, Problem, clip
from harmonica_session.text.paths import nearest, repository_path
from harmonica_session.text.stand_ins import is_pointer, mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MATCHES = 1_000


class Files(Protocol):
    """The consumer's files, wherever they are read from; what is in them is not to be trusted."""

    lists_freely: ClassVar[bool]
    """Whether nobody has to be asked which files there are."""

    @property
    def place(self) -> str:
        """Where they are, as the end of the sentence "there is no such file …"."""

    @property
    def revision(self) -> str:
        """The commit that they are read from, empty where nobody knows it for sure."""
        return ""

    def normalise(self, path: str) -> str:
        """Return a path under the root in its one spelling: `./a//b` is `a/b`.

        Raises:
            FileRefused: It is absolute or leads upwards.
        """
        if Path(path).is_absolute() or Path(path).drive:
            raise refused(
                path, "is an absolute path; give a path relative to the repository's root"
            )
        try:
            return repository_path(path.replace("\\", "/") if os.sep == "\\" else path)
        except ValueError as error:
            raise FileRefused(str(error)) from None

    @property
    def pointer_remedy(self) -> str:
        """How to have a large file itself, where git keeps a pointer to it."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's content, None when there is no such file.

        Args:
            path: As `normalise` returns it.
            limit: Largest size in bytes.

        Raises:
            FileRefused: It is larger, no ordinary file under the root, or only stands for what its
                name says.
        """
        content = self.content(path, limit)
        if content is None:
            return None
        if is_pointer(content):
            why = f"is a Git LFS pointer rather than the file itself; {self.pointer_remedy}"
            raise refused(path, why)
        if why := mismatch(content, path):
            raise refused(path, why)
        return content

    @abstractmethod
    def content(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes as they are; see `read`."""

    def named(self, wanted: str) -> list[str]:
        """Return the paths that a path or pattern names; none where a pattern matches nothing.

        A file whose very name it is wins: `[…]` may stand in a name.

        Raises:
            FileRefused: It is absolute, leads upwards, or matches too much.
        """
        path = self.normalise(wanted)
        if not any(character in path for character in "*?[") or self.holds(path):
            return [path]
        return self.matching(path)

    def near(self, path: str) -> str:
        """Return the path of a file beside one that is missing, most likely the one that is meant.

        Empty when there is none.
        """
        folder, slash, name = path.rpartition("/")
        near = nearest(name, self.names_in(folder))
        return near and f"{folder}{slash}{near}"

    def missing(self, path: str) -> str:
        """Return the line that says of a file that it is not there."""
        from harmonica_session.text.lookalikes import hint

        near = self.near(path)
        remedy = (
            f"there is a `{near}`, so correct the path" if near else "add it, or correct the path"
        )
        return f"there is no file `{path}`{hint(path)}; {remedy}"

    @abstractmethod
    def holds(self, path: str) -> bool:
        """Say whether there is a file, or a link to one, of exactly this name."""

    @abstractmethod
    def names_in(self, folder: str) -> list[str]:
        """Return the names of the files in a folder; none where it cannot be listed."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all.

        Args:
            path: As `normalise` returns it.
            content: All of it.

        Raises:
            FileRefused: It leads through a link, or cannot be written.
        """
        del content
        raise refused(path, "belongs to a source that is read-only")

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
        raise refused(pattern, f"matches more than {MAX_MATCHES:,} files; narrow the pattern")
    return sorted(found)


def refused(path: str, why: str) -> FileRefused:
    """Return the error for a path that cannot be used."""
    return FileRefused(Problem("", 0, 0, f"`{clip(path)}` {why}"))
