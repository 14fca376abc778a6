"""Writes a file of the workspace whole or not at all, and follows no link.

This module must not know what a file says, nor write outside the workspace.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from harmonica_session.edges.files.files import refused


def write_file(root: Path, path: str, content: bytes) -> None:
    """Write a file; its folder is made where it is missing, and what stood there is replaced.

    Args:
        root: The workspace.
        path: As `Files.normalise` returns it.
        content: All of it.

    Raises:
        FileRefused: The path leads through a link or into git's folder, or cannot be written.
    """
    target = root / path
    parts = Path(path).parts
    if any(part.lower() == ".git" for part in parts):
        raise refused(path, "is inside the `.git` folder")
    folder = root
    try:
        for part in parts[:-1]:
            folder /= part
            if folder.is_symlink():
                raise refused(path, "leads through a link; name the folder itself")
            folder.mkdir(exist_ok=True)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise refused(path, "is a link or not a regular file; nothing was written")
        beside = folder / f".{parts[-1]}.{secrets.token_hex(8)}"
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise refused(path, f"cannot be written: {error.strerror}") from None
