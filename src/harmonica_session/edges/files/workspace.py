"""Reads files of the workspace, and of nowhere else.

This module must not write, and must not know what a file is for.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from harmonica_session.edges.files.files import MAX_MATCHES, Files, bounded, refused
from harmonica_session.edges.files.pattern import Pattern
from harmonica_session.errors import FileRefused, clip
from harmonica_session.text.decoding import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_VISITED = 200_000
_GIT = ".git"
# What a path can raise that leads nowhere: a file as folder, a name that is too long, links in a
# circle (an error of its own until Python 3.12), a name that the system cannot have.
_NOWHERE = (OSError, RuntimeError, ValueError)


class Workspace(Files):
    """The folder that the consumer's files are read from; what is in it is not to be trusted."""

    lists_freely = True
    place = "in the workspace"
    pointer_remedy = "check out with `lfs: true` (actions/checkout), or run `git lfs pull`"

    def __init__(self, root: Path) -> None:
        """Take the folder, usually `GITHUB_WORKSPACE`."""
        self.root = root

    def content(self, path: str, limit: int) -> bytes | None:
        """Read a file's bytes.

        Args:
            path: As `normalise` returns it.
            limit: Largest size in bytes.

        Returns:
            The content, None when there is no such file.

        Raises:
            FileRefused: It is larger, lies outside the workspace, is no ordinary file, or
                changed while it was read.
        """
        wanted = self.root / path
        found = self._found(wanted, path)
        if found is None:
            return None
        root, real = found
        try:
            # Python opens no folder as a file, whatever the system does.
            with open(real, "rb", opener=lambda *_: _open_below(root, real)) as file:
                opened = os.fstat(file.fileno())
                if not stat.S_ISREG(opened.st_mode):
                    raise refused(path, "is not a regular file")
                if opened.st_size > limit:
                    raise refused(path, f"is larger than {limit // 1000} kB")
                content = file.read(limit + 1)
        except OSError as error:
            is_folder = os.path.isdir(real)  # noqa: PTH112 - raises nothing
            kind = "is a folder, not a file" if is_folder else f"cannot be read: {error.strerror}"
            raise refused(path, kind) from None
        if len(content) > limit or not self._is_still(wanted, real, opened):
            raise refused(path, "changed while it was being read")
        return content

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all; its folder is made where it is missing.

        Args:
            path: As `normalise` returns it.
            content: All of it.

        Raises:
            FileRefused: It leads through a link or into git's folder, or cannot be written.
        """
        from harmonica_session.edges.files.written import write_file

        write_file(self.root, path, content)

    def _found(self, wanted: Path, path: str) -> tuple[Path, Path] | None:
        """Return the root and where a path leads under it, both without links; None for nowhere."""
        try:
            root, real = self.root.resolve(strict=True), wanted.resolve(strict=True)
        except FileNotFoundError:
            if os.path.islink(wanted):  # noqa: PTH114 - raises nothing
                raise refused(path, "is a link to a file that does not exist") from None
            return None
        except _NOWHERE:
            raise refused(
                path,
                (
                    "cannot be found, because its links form a circle, a file is used as a folder, "
                    "or a name is too long"
                ),
            ) from None
        if not real.is_relative_to(root):
            raise refused(path, "is a link that leads outside the repository")
        if any(part.lower() == _GIT for part in real.relative_to(root).parts):
            # actions/checkout leaves the token there.
            raise refused(path, "is inside the `.git` folder")
        return root, real

    def matching(self, pattern: str) -> list[str]:
        """Return the paths of the files that match a pattern, sorted, each once.

        Args:
            pattern: As `Files.matching` takes it.

        Raises:
            FileRefused: It is absolute, leads upwards, or would take too long to look for.
        """
        wanted = Pattern(self.normalise(pattern))
        found: list[str] = []
        folders = [("", wanted.start)]
        visited = 0
        while folders and len(found) <= MAX_MATCHES:
            folder, progress = folders.pop()
            for entry in _entries(self.root / folder):
                visited += 1
                reached = wanted.after(progress, entry.name)
                path = f"{folder}{entry.name}"
                if _is_folder(entry, follow_symlinks=False):
                    if reached and entry.name.lower() != _GIT:
                        folders.append((f"{path}/", reached))
                elif wanted.is_whole(reached) and not _is_folder(entry):
                    found.append(path)
            if visited > MAX_VISITED:
                raise refused(
                    pattern, f"searches more than {MAX_VISITED:,} files; narrow the pattern"
                )
        return bounded(pattern, found)

    def holds(self, path: str) -> bool:
        """Say whether there is a file, or a link to one, of exactly this name."""
        wanted = self.root / path
        return os.path.lexists(wanted) and not os.path.isdir(wanted)  # noqa: PTH112 - raises nothing

    def names_in(self, folder: str) -> list[str]:
        """Return the names of the files in a folder; none where it leads out."""
        try:
            found = self._found(self.root / folder, folder)
        except FileRefused:
            return []
        return (
            [entry.name for entry in _entries(found[1]) if not _is_folder(entry)] if found else []
        )

    def holds_checkout(self, specs: Iterable[str]) -> bool:
        """Say whether somebody has put a repository here, or at least a spec.

        Args:
            specs: Paths or patterns.

        Raises:
            FileRefused: One of them is absolute or leads upwards.
        """
        names = [_GIT, *map(self.normalise, specs)]
        return any(os.path.lexists(self.root / name) or self.matching(name) for name in names)

    def _is_still(self, wanted: Path, real: Path, opened: os.stat_result) -> bool:
        try:
            return wanted.resolve(strict=True) == real and os.path.samestat(real.stat(), opened)
        except _NOWHERE:
            return False


def _is_folder(entry: os.DirEntry[str], *, follow_symlinks: bool = True) -> bool:
    """Say whether an entry is a folder; what leads nowhere is none, and reading it says why."""
    try:
        return entry.is_dir(follow_symlinks=follow_symlinks)
    except OSError:
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """List a folder; one that cannot be read has nothing in it."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _open_below(root: Path, real: Path) -> int:
    """Open a resolved path for reading, so that no part of it can be a link by now."""
    # Without O_NONBLOCK, opening a named pipe would wait for its other end for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(real, flags)
    descriptor = os.open(root, flags)
    for part in real.relative_to(root).parts:
        folder = descriptor
        try:
            descriptor = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)
    return descriptor


def current_folder() -> Path:
    """Return the folder that a person is in.

    Raises:
        FileRefused: It was taken away meanwhile.
    """
    try:
        return Path.cwd()
    except OSError:
        raise FileRefused("the current folder no longer exists; change to one that does") from None


def common_folder(*paths: str | None) -> tuple[Path, list[str]]:
    """Return the folder from which a person's paths are read, and the paths under it.

    It is the current folder where that holds all of them.

    Raises:
        FileRefused: There is no current folder, no drive that holds all of them, or no input that
            can hold one of them.
    """
    for path in filter(None, paths):
        # Inputs are trimmed lists of lines, and would take it for another path.
        if lines_of(path) != [path]:
            why = "contains a line break, or ends with a space; rename the file"
            raise refused(path, why)
    root = current_folder()
    absolute = [Path(os.path.abspath(path)) for path in paths if path]  # noqa: PTH100 - no dots
    if not all(path.is_relative_to(root) for path in absolute):
        try:
            root = Path(os.path.commonpath([path.parent for path in absolute]))
        except ValueError:
            raise FileRefused(
                "the files are on different drives; put them on the same one"
            ) from None
    named = iter(absolute)
    return root, [next(named).relative_to(root).as_posix() if path else "" for path in paths]


def files_at(path: str, endings: tuple[str, ...]) -> list[str]:
    """Return the files that a person means by a path: of a folder, those with one of the endings.

    Raises:
        FileRefused: It is a folder without any.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - raises nothing
        return [path]
    names = sorted(it.name for it in _entries(Path(path)) if not _is_folder(it))
    found = [str(Path(path) / name) for name in names if name.lower().endswith(endings)]
    if not found:
        listed = " or ".join(f"`*{ending}`" for ending in endings)
        raise FileRefused(
            f"the folder `{clip(path)}` contains no {listed}; name a file, or another folder"
        )
    return found
