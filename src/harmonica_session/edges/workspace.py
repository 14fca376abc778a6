"""Reads files of the workspace, and of nowhere else.

This module must not write, and must not know what a file is for.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath

from harmonica_session.errors import FileRefused, Problem, clip

_PIECE = re.compile(r"(?<![^/])\*\*/|(?<![^/])\*\*(?![^/])|\*+|\?|\[!?[^\]/]+\]|.", re.DOTALL)


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
        # Without O_NONBLOCK, opening a named pipe would wait for its other end for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(real, flags | getattr(os, "O_NOFOLLOW", 0))
        except OSError as error:
            kind = (
                "is a folder, not a file" if real.is_dir() else f"cannot be read: {error.strerror}"
            )
            raise _refused(path, kind) from None
        with os.fdopen(descriptor, "rb") as file:
            opened = os.fstat(file.fileno())
            if not stat.S_ISREG(opened.st_mode):
                raise _refused(path, "is not an ordinary file")
            if opened.st_size > limit:
                raise _refused(path, f"is larger than {limit // 1000} kB")
            content = file.read(limit + 1)
        if len(content) > limit or not self._is_still(wanted, real, opened):
            raise _refused(path, "changed while it was read")
        return content

    def matching(self, pattern: str) -> list[str]:
        """List the files whose path matches a pattern, sorted.

        Args:
            pattern: As `normalise` returns it, with `*`, `?`, `[…]` within a name, and `**` for
                any number of folders. What lies in `.git` or behind a linked folder is left out.
        """
        wanted = _as_expression(pattern)
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name != ".git"]
            paths = (Path(folder, name).relative_to(self.root).as_posix() for name in files)
            found += [path for path in paths if wanted.fullmatch(path)]
        return sorted(found)

    def _is_still(self, wanted: Path, real: Path, opened: os.stat_result) -> bool:
        try:
            return wanted.resolve(strict=True) == real and os.path.samestat(real.stat(), opened)
        except OSError:
            return False


def _as_expression(pattern: str) -> re.Pattern[str]:
    """Translate a pattern of paths; only `**` reaches beyond one folder."""
    parts = []
    for piece in _PIECE.findall(pattern):
        if piece == "**/":
            parts.append("(?:[^/]+/)*")
        elif piece == "**":
            parts.append(".*")
        elif piece[0] == "*":
            parts.append("[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        elif piece[0] == "[" and len(piece) > 1:
            negation = "^/" if piece[1] == "!" else ""
            characters = re.escape(piece[1:-1].removeprefix("!")).replace(r"\-", "-")
            parts.append(f"[{negation}{characters}]")
        else:
            parts.append(re.escape(piece))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        raise _refused(
            pattern, "is not a pattern of paths; check what stands in brackets"
        ) from None


def common_folder(*paths: str | None) -> tuple[Path, list[str]]:
    """Return the folder from which a person's paths are read, and the paths under it.

    It is the current folder where that holds all of them.
    """
    absolute = [Path(path).absolute() for path in paths if path]
    root = Path.cwd()
    if not all(path.is_relative_to(root) for path in absolute):
        root = Path(os.path.commonpath([path.parent for path in absolute]))
    named = iter(absolute)
    return root, [next(named).relative_to(root).as_posix() if path else "" for path in paths]


def _refused(path: str, why: str) -> FileRefused:
    return FileRefused(Problem("", 0, 0, f"`{clip(path)}` {why}"))
