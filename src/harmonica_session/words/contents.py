"""GitHub's nouns for what a revision of a repository holds: contents, tree.

This module must not know how they are asked for.
"""

from __future__ import annotations

from harmonica_session.words.answer import Answer, Rows


class Contents(Answer):
    """What stands at a path.

    Source: `GET /repos/{owner}/{repo}/contents/{path}`, as an object.

    Attributes:
        type: `file`, `dir`, `symlink` or `submodule`. A link to a file of the repository is
            answered as that file.
        sha: The blob's name.
        size: In bytes.
        encoding: `base64`; `none` for a file of more than 1 MB, whose content is left out.
        content: The encoded content of a file.
        target: What a link says.
    """

    type: str
    sha: str = ""
    size: int = 0
    encoding: str = ""
    content: str = ""
    target: str = ""


class TreeEntry(Answer):
    """One line of a tree; a link is a `blob` as well."""

    path: str = ""
    type: str = ""


class Tree(Answer):
    """Everything in a revision. Source: `GET /repos/{owner}/{repo}/git/trees/{tree_sha}`."""

    tree: Rows[TreeEntry]
    truncated: bool = False
