"""Decides where files are read from: the workspace, or a revision that GitHub is asked for.

This module must not ask GitHub, nor look into the workspace.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from harmonica_session.errors import InputError, clip
from harmonica_session.event import COMMIT

if TYPE_CHECKING:
    from harmonica_session.event import Event

# These run with the repository's secrets for whoever opened the pull request or had a commit
# checked, so what the workspace holds may be theirs.
# Source: "Secure use reference", mitigating the risks of untrusted code checkout.
GUARDED = ("pull_request_target", "workflow_run", "check_run", "check_suite")
_OF_PULL_REQUEST = re.compile(r"(refs/)?pull/.*", re.DOTALL)


class Origin(NamedTuple):
    """A revision, and why files are read from it.

    Attributes:
        name: A commit, or the name of a branch or tag.
        because: The end of the sentence "read at this revision, because …".
    """

    name: str
    because: str

    @property
    def is_commit(self) -> bool:
        """Whether it names one commit for ever, so that nobody needs to look it up."""
        return COMMIT.fullmatch(self.name) is not None


def origin_of(ref: str | None, event: Event, *, has_checkout: bool) -> Origin | None:
    """Return the revision to read files from, None for the workspace.

    Args:
        ref: The input; it names a revision of its own.
        event: What started the run.
        has_checkout: Whether the workspace holds a checkout, or at least the spec.

    Raises:
        InputError: A revision is needed and none can be trusted.
    """
    if ref:
        origin = Origin(ref, "the input `ref` names it")
        refuse_authors_choice(ref, event)
        return origin
    if event.name in GUARDED:
        because = f"under `{event.name}` the files in the workspace may come from anyone"
        return _commit(event.sha, "GITHUB_SHA", because)
    if has_checkout or not event.name:
        return None
    because = "the workspace contains no checkout (actions/checkout)"
    if event.name.startswith("pull_request"):
        return _commit(event.base_sha, "the event's `pull_request.base.sha`", because)
    return _commit(event.sha, "GITHUB_SHA", because)


def refuse_authors_choice(revision: str, event: Event) -> None:
    """Refuse a revision that the author of a pull request controls, where that matters.

    Args:
        revision: A commit, or the input `ref` as it was given.
        event: What started the run.

    Raises:
        InputError: It is one.
    """
    if event.name not in GUARDED:
        return
    if revision in event.authors_commits or _OF_PULL_REQUEST.fullmatch(revision):
        raise InputError(
            f"`ref` is `{clip(revision)}`, which the pull request's author controls, and "
            f"under `{event.name}` that would let a stranger use your API key; remove `ref`"
        )


def _commit(sha: str, source: str, because: str) -> Origin:
    origin = Origin(sha, because)
    if not origin.is_commit:
        raise InputError(
            f"the spec has to be read from GitHub, because {because}, but {source} does not "
            "name a commit; name a revision with `ref`"
        )
    return origin
