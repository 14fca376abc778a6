"""Reads files of one revision of the repository, through GitHub's API.

This module must not decide which revision, nor know what a file is for.
"""

from __future__ import annotations

import base64
import posixpath
from typing import TYPE_CHECKING

from harmonica_session.edges.files.files import Files, bounded, refused
from harmonica_session.edges.files.pattern import Pattern
from harmonica_session.errors import (
    ActionError,
    AnswerUnusable,
    Barred,
    FileRefused,
    Refused,
    clip,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.contents import Contents, Tree

    _T = TypeVar("_T")

_FORBIDDEN, _NOT_FOUND = 403, 404
# GitHub says the one of a file, the other of what should be a commit.
_NOT_THERE = (_NOT_FOUND, 422)
_KINDS = {"dir": "is a folder, not a file", "submodule": "is a submodule, not a file"}


class Revision(Files):
    """The consumer's files as one commit has them; what is in them is not to be trusted."""

    lists_freely = False

    def __init__(self, github: GitHub, commit: str, because: str) -> None:
        """Take the commit; nothing is asked yet.

        Args:
            github: The repository.
            commit: The commit's name.
            because: Why this revision is read, as the end of a sentence.
        """
        self._commits = github.commits
        self._commit = commit
        self._because = because
        self._tree: Tree | None = None

    @property
    def revision(self) -> str:
        """The commit."""
        return self._commit

    @property
    def place(self) -> str:
        """Where the files are, as the end of the sentence "there is no such file …"."""
        # In a private repository GitHub says the same to a token that may not read.
        return (
            f"at revision {self._commit} (read because {self._because}), or the token "
            "cannot see it (`contents: read`)"
        )

    @property
    def pointer_remedy(self) -> str:
        """How to have a large file itself, where git keeps a pointer to it."""
        return (
            "GitHub's API returns only the pointer, so keep the file in Git itself, or "
            "check out with `lfs: true` where the event allows it"
        )

    def content(self, path: str, limit: int) -> bytes | None:
        """Read a file's bytes.

        Args:
            path: As `normalise` returns it.
            limit: Largest size in bytes.

        Returns:
            The content, None when there is no such file.

        Raises:
            FileRefused: It is larger, no ordinary file, or the token may not read it.
            ServiceError: GitHub could not be asked.
        """
        contents = self._asked(lambda: self._commits.contents(path, self._commit))
        if contents is None:
            return None
        if contents.type == "symlink":
            contents = self._pointed_at(path, contents.target)
        if contents.type != "file":
            raise refused(path, _KINDS.get(contents.type, "is not a regular file"))
        if contents.size > limit:
            raise refused(path, f"is larger than {limit // 1000} kB")
        return self._whole(path, contents)

    def matching(self, pattern: str) -> list[str]:
        """Return the paths of the files that match a pattern, sorted, each once.

        Args:
            pattern: As `Files.matching` takes it.

        Raises:
            FileRefused: It is absolute, leads upwards, or there is too much to look through.
            ServiceError: GitHub could not be asked.
        """
        wanted = Pattern(self.normalise(pattern))
        tree = self._listing()
        if tree.truncated:
            raise refused(
                pattern,
                "cannot be resolved, because GitHub does not list a repository of this size; "
                "name the files, or check out the repository where the event allows it",
            )
        return bounded(pattern, [path for path in _blobs(tree) if wanted.matches(path)])

    def holds(self, path: str) -> bool:
        """Say whether there is a file, or a link to one, of exactly this name.

        Raises:
            FileRefused: There is no such revision, or the token may not read it.
            ServiceError: GitHub could not be asked.
        """
        tree = self._listing()
        if path in _blobs(tree) or not tree.truncated:
            return path in _blobs(tree)
        return self._asked(lambda: self._commits.contents(path, self._commit)) is not None

    def names_in(self, folder: str) -> list[str]:
        """Return the names of the files in a folder; none where GitHub does not list them."""
        try:
            blobs = _blobs(self._listing())
        except ActionError:
            return []
        parts = [path.rpartition("/") for path in blobs]
        return [name for parent, _, name in parts if parent == folder]

    def holds_checkout(self, specs: Iterable[str]) -> bool:  # noqa: ARG002 - as `Files` has it
        """Say that there is a repository."""
        return True

    def _listing(self) -> Tree:
        """Return what GitHub lists of the revision, asked for once."""
        if self._tree is None:
            self._tree = self._asked(lambda: self._commits.tree(self._commit))
        if self._tree is None:
            raise _unknown(self._commit, "404 Not Found")
        return self._tree

    def _pointed_at(self, path: str, target: str) -> Contents:
        """Return the file that a link leads to.

        GitHub follows a link to a file of the repository by itself, Forgejo and Gitea none. A link
        to a link is followed by none of them.

        Raises:
            FileRefused: It leads to no file of the repository.
        """
        led = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        is_inside = bool(target) and not led.startswith(("..", "/"))
        found = (
            self._asked(lambda: self._commits.contents(led, self._commit)) if is_inside else None
        )
        if found is None or found.type != "file":
            raise refused(path, "is a link that does not point to a file in the repository")
        return found

    def _whole(self, path: str, contents: Contents) -> bytes:
        if contents.encoding == "base64":
            content = _decoded(contents.content)
        else:
            content = self._asked(lambda: self._commits.blob(contents.sha))
        if content is None or len(content) != contents.size:
            raise AnswerUnusable(
                f"GitHub gave an unusable answer: it does not contain the {contents.size} bytes "
                f"of `{clip(path)}`"
            )
        return content

    def _asked(self, ask: Callable[[], _T]) -> _T | None:
        """Return GitHub's answer, None when there is no such thing.

        Raises:
            FileRefused: There is no such revision, or the token may not read it.
        """
        try:
            return ask()
        except Refused as error:
            is_file = not error.is_no_commit
            if error.status == _NOT_FOUND and is_file and not isinstance(error, Barred):
                return None
            raise unreadable(error, self._commit) from None


def _blobs(tree: Tree) -> set[str]:
    return {entry.path for entry in tree.tree if entry.type == "blob"}


def unreadable(error: Refused, revision: str) -> FileRefused | Refused:
    """Return the error for a revision that GitHub does not let us read."""
    if error.is_limit or isinstance(error, Barred) or "too large" in error.reason:
        return error
    if error.status == _FORBIDDEN:
        return FileRefused(f"{error}; the token needs `contents: read`")
    return _unknown(revision, error.reason) if error.status in _NOT_THERE else error


def _unknown(revision: str, reason: str) -> FileRefused:
    return FileRefused(
        f"GitHub finds no revision `{clip(revision)}` in this repository ({reason}), or "
        "the token cannot see it and needs `contents: read`"
    )


def _decoded(content: str) -> bytes | None:
    try:
        return base64.b64decode(content)
    except ValueError:
        return None
