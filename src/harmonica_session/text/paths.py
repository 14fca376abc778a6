"""Decides which texts are paths of files in a repository, and which of its files have near names.

This module must not look whether there is a file.
"""

from __future__ import annotations

from harmonica_session.errors import clip


def repository_path(path: str) -> str:
    """Return a path under a repository's root in its one spelling: `./a//b` is `a/b`.

    Raises:
        ValueError: It is absolute or leads upwards; the text says so.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/"):
        why = "is an absolute path; give a path relative to the repository's root"
    elif ".." in parts:
        why = "leads outside the repository; use a path inside it"
    elif not parts or "\0" in path:
        why = "is not the path of a file"
    else:
        return "/".join(parts)
    raise ValueError(f"`{clip(path)}` {why}")


def checked_path(path: str) -> str:
    """Return a path as it is written, once `repository_path` has nothing against it."""
    repository_path(path)
    return path


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def nearest(wanted: str, names: list[str]) -> str:
    """Return the name that most likely was meant, empty when none is near.

    Near is the same name in another case or with another ending, and one with a slip in it.
    """
    from difflib import get_close_matches

    by_form = {name.lower(): name for name in sorted(names) if name != wanted}
    form = wanted.lower()
    same = [name for name in by_form if _stem(name) == _stem(form)]
    near = get_close_matches(form, same, 1, 0.0) or get_close_matches(form, by_form, 1, 0.85)
    return by_form[near[0]] if near else ""
