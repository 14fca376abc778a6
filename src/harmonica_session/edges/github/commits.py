"""The commits of a repository, and the files in them: one method for each route.

This module must not decide which commit is meant, nor know what a file is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from harmonica_session.edges.github.refusals import accepted, lacks_route
from harmonica_session.edges.network.exchange import Request
from harmonica_session.errors import clip
from harmonica_session.event import COMMIT
from harmonica_session.words.contents import Contents, Tree
from harmonica_session.words.pull_request import Head

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.network.exchange import Response


class Commits:
    """The commits of one repository, as its token may see them."""

    def __init__(self, github: GitHub) -> None:
        """Take the client whose repository is meant; nothing is asked yet."""
        self._github = github
        self._repository = f"/repos/{github.repository}"

    def commit_of(self, ref: str) -> str:
        """Return the commit that a branch or tag names: `GET /repos/{o}/{r}/commits/{ref}`.

        Forgejo and Gitea know it by `GET /repos/{o}/{r}/git/commits/{ref}` instead.
        """
        name = quote(ref, safe="", errors="surrogateescape")
        path = f"{self._repository}/commits/{name}"
        request = Request("find the revision", "GET", path, accept="application/vnd.github.sha")
        response = self._github.send(request)
        if lacks_route(response):
            path = f"{self._repository}/git/commits/{name}"
            other = self._github.send(Request("find the revision", "GET", path))
            if other.is_success:
                return _checked(other, other.read(Head).sha)
        return _checked(response, accepted(response).body.decode("ascii", "replace").strip())

    def contents(self, path: str, revision: str) -> Contents:
        """Return what stands at a path: `GET /repos/{o}/{r}/contents/{path}`."""
        request = Request(
            f"read `{clip(path)}`",
            "GET",
            # Each part for itself: quoting keeps the slashes.
            f"{self._repository}/contents/{quote(path, errors='surrogateescape')}",
            query={"ref": revision},
            accept="application/vnd.github.object+json",
        )
        response = accepted(self._github.send(request))
        listed = response.json()
        if isinstance(listed, list) and listed:
            # What stands in a folder, as servers tell it that do not know the media type.
            return Contents(type="dir")
        contents: Contents = response.read(Contents)
        return contents

    def blob(self, sha: str) -> bytes:
        """Return the content of a file of up to 100 MB: `GET /repos/{o}/{r}/git/blobs/{sha}`."""
        path = f"{self._repository}/git/blobs/{quote(sha, safe='')}"
        request = Request("read the file", "GET", path, accept="application/vnd.github.raw+json")
        return accepted(self._github.send(request)).body

    def tree(self, revision: str) -> Tree:
        """List everything in a revision: `GET /repos/{o}/{r}/git/trees/{sha}`."""
        path = f"{self._repository}/git/trees/{quote(revision, safe='')}"
        request = Request("list the files", "GET", path, query={"recursive": 1})
        tree: Tree = accepted(self._github.send(request)).read(Tree)
        return tree


def _checked(response: Response, commit: str) -> str:
    if not COMMIT.fullmatch(commit):
        raise response.unusable("it is not the name of a commit")
    return commit
