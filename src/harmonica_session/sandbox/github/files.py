"""What the sandbox's GitHub answers about the files of a revision: contents, blobs, trees, commits.

It must not know about tokens, nor about anything that is not in a commit.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import posixpath
from typing import TYPE_CHECKING, Any, TypeAlias

from harmonica_session.sandbox.exchange import Answer, RefusedError, Request, json_answer
from harmonica_session.sandbox.github import rows
from harmonica_session.sandbox.github.state import GitHubState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.sandbox.exchange import Action, Row

# A larger file is described, but its content has to be asked for as a blob.
_LARGEST_INLINE = 1_048_576
_MODES = {"blob": "100644", "tree": "040000", "commit": "160000"}


@dataclasses.dataclass(frozen=True)
class Link:
    """A symbolic link in a commit, with what it says."""

    target: str


@dataclasses.dataclass(frozen=True)
class Submodule:
    """Another repository's commit, in the place of a folder."""

    url: str


Entry: TypeAlias = bytes | Link | Submodule


class GitHubFiles(GitHubState):
    """The part of a GitHub server that knows commits.

    Attributes:
        files: Revision (40 digits) and path to what stands there; folders follow from the paths.
        refs: Name of a branch or tag to its revision.
        most_tree_entries: How many entries a tree lists before it is cut off.
    """

    def __init__(self, site: str) -> None:
        """Begin without a commit."""
        super().__init__(site)
        self.files: dict[tuple[str, str], Entry] = {}
        self.refs: dict[str, str] = {}
        self.most_tree_entries = 100_000

    def file_routes(self, repo: str) -> Mapping[str, Mapping[str, Action]]:
        """Return the routes, below the template of a repository's path."""
        return {
            f"{repo}/contents/{{*}}": {"GET": self._get_contents},
            f"{repo}/git/blobs/{{}}": {"GET": self._get_blob},
            f"{repo}/git/trees/{{}}": {"GET": self._get_tree},
            f"{repo}/commits/{{}}": {"GET": self._get_commit},
        }

    def _get_contents(self, request: Request, _asker: Row, *place: str) -> Answer:
        ref, path = request.query.get("ref", "main"), place[2]
        held = self._held(ref)
        if held is None:
            raise _refused(404, f"No commit found for the ref {ref}")
        entry = held.get(path)
        if isinstance(entry, Link):
            pointed = held.get(posixpath.normpath(posixpath.join(path, "..", entry.target)))
            entry = pointed if isinstance(pointed, bytes) else entry
        named = {"name": posixpath.basename(path), "path": path}
        if isinstance(entry, Link):
            return json_answer(200, named | {"type": "symlink", "target": entry.target, "size": 0})
        if isinstance(entry, Submodule):
            about = {"type": "submodule", "submodule_git_url": entry.url, "size": 0}
            return json_answer(200, named | about)
        if isinstance(entry, bytes):
            return json_answer(200, named | _file(entry))
        inside = [name for name in held if name.startswith(f"{path}/")]
        if not inside:
            raise _refused(404, "Not Found")
        names = sorted({name[len(path) + 1 :].partition("/")[0] for name in inside})
        entries = [{"name": name, "path": f"{path}/{name}"} for name in names]
        if "object" not in request.headers.get("accept", ""):
            return json_answer(200, entries)
        return json_answer(200, named | {"type": "dir", "size": 0, "entries": entries})

    def _get_blob(self, _request: Request, _asker: Row, *place: str) -> Answer:
        for entry in list(self.files.values()):
            if isinstance(entry, bytes) and _name_of(entry) == place[2]:
                kind = "application/vnd.github.raw+json; charset=utf-8"
                return Answer(200, {"Content-Type": kind}, entry)
        raise _refused(404, "Not Found")

    def _get_tree(self, request: Request, _asker: Row, *place: str) -> Answer:
        held = self._held(place[2])
        if held is None:
            raise _refused(404, "Not Found")
        kinds = {path: "commit" if isinstance(held[path], Submodule) else "blob" for path in held}
        for path in held:
            parts = path.split("/")
            kinds |= {"/".join(parts[:n]): "tree" for n in range(1, len(parts))}
        tree = [
            {
                "path": path,
                "mode": "120000" if isinstance(held.get(path), Link) else _MODES[kind],
                "type": kind,
            }
            for path, kind in sorted(kinds.items())
            if request.query.get("recursive") or "/" not in path
        ]
        most = self.most_tree_entries
        content = {"sha": place[2], "tree": tree[:most], "truncated": len(tree) > most}
        return json_answer(200, content)

    def _get_commit(self, request: Request, _asker: Row, *place: str) -> Answer:
        ref = place[2]
        if self._held(ref) is None:
            raise _refused(422, f"No commit found for SHA: {ref}")
        sha = self.refs.get(ref, ref)
        kind = "application/vnd.github.sha"
        if kind in request.headers.get("accept", ""):
            return Answer(200, {"Content-Type": f"{kind}; charset=utf-8"}, sha.encode())
        return json_answer(200, {"sha": sha})

    def _held(self, ref: str) -> dict[str, Entry] | None:
        """Return what a revision holds by path, None where there is no such revision."""
        sha = self.refs.get(ref, ref)
        held = {path: entry for (of, path), entry in list(self.files.items()) if of == sha}
        return held if held or sha in self.refs.values() else None


def _file(content: bytes) -> dict[str, Any]:
    is_inline = len(content) <= _LARGEST_INLINE
    return {
        "type": "file",
        "size": len(content),
        "sha": _name_of(content),
        "encoding": "base64" if is_inline else "none",
        # In lines, as GitHub has it.
        "content": base64.encodebytes(content).decode() if is_inline else "",
    }


def _name_of(content: bytes) -> str:
    """Return Git's name for a blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _refused(status: int, message: str) -> RefusedError:
    return RefusedError(rows.failure(status, message))
