"""Reads files of the workspace, and of nowhere else.

This module must not write, and must not know what a file is for.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from harmonica_session.errors import FileRefused, Problem, clip


class Workspace:
    """The folder that the consumer's files are read from; what is in it is not to be trusted."""

    def __init__(self, root: Path) -> None:
        """Take the folder, usually `GITHUB_WORKSPACE`."""
        self.root = root

    def normalise(self, path: str) -> str:
        """Return a path under the workspace in its one spelling: `./a//b` is `a/b`.

        Raises:
            FileRefused: It is absolute or leads upwards.
        """
        parts = PurePosixPath(path.replace("\\", "/") if os.sep == "\\" else path)
        if parts.is_absolute() or Path(path).is_absolute() or Path(path).drive:
            raise _refused(path, "is an absolute path; give it relative to the repository's root")
        if ".." in parts.parts:
            raise _refused(path, "leads out of the repository; paths stay under its root")
        if not parts.parts or "\0" in path:
            raise _refused(path, "is not the path of a file")
        return str(parts)

    def read(self, path: str, limit: int) -> bytes | None:
        """Read a file.

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
        try:
            root, real = self.root.resolve(strict=True), wanted.resolve(strict=True)
        except FileNotFoundError:
            if wanted.is_symlink():
                raise _refused(path, "is a link to a file that is not there") from None
            return None
        except (OSError, RuntimeError):
            raise _refused(
                path, "cannot be found: links in a circle, or a file as folder"
            ) from None
        if not real.is_relative_to(root):
            raise _refused(path, "is a link that leads out of the repository")
        if any(part.lower() == ".git" for part in real.relative_to(root).parts):
            # actions/checkout leaves the token there.
            raise _refused(path, "lies in git's own folder")
        try:
            # Python opens no folder as a file, whatever the system does.
            file = open(real, "rb", opener=lambda *_: _open_below(root, real))  # noqa: SIM115 - see below
        except OSError as error:
            kind = (
                "is a folder, not a file" if real.is_dir() else f"cannot be read: {error.strerror}"
            )
            raise _refused(path, kind) from None
        with file:
            opened = os.fstat(file.fileno())
            if not stat.S_ISREG(opened.st_mode):
                raise _refused(path, "is not an ordinary file")
            if opened.st_size > limit:
                raise _refused(path, f"is larger than {limit // 1000} kB")
            content = file.read(limit + 1)
        if len(content) > limit or not self._is_still(wanted, real, opened):
            raise _refused(path, "changed while it was read")
        return content

    def _is_still(self, wanted: Path, real: Path, opened: os.stat_result) -> bool:
        try:
            return wanted.resolve(strict=True) == real and os.path.samestat(real.stat(), opened)
        except OSError:
            return False


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


def common_folder(*paths: str | None) -> tuple[Path, list[str]]:
    """Return the folder from which a person's paths are read, and the paths under it.

    It is the current folder where that holds all of them.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths if path]  # noqa: PTH100 - no dots
    root = Path.cwd()
    if not all(path.is_relative_to(root) for path in absolute):
        root = Path(os.path.commonpath([path.parent for path in absolute]))
    named = iter(absolute)
    return root, [next(named).relative_to(root).as_posix() if path else "" for path in paths]


def _refused(path: str, why: str) -> FileRefused:
    return FileRefused(Problem("", 0, 0, f"`{clip(path)}` {why}"))
