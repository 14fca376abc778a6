"""GitHub's nouns for what happened in a repository: reviews, merged pull requests, closed issues.

This module must not know how they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from harmonica_session.words.answer import Answer, FewRows, Rows
from harmonica_session.words.pull_request import Account


class Label(Answer):
    """A label of a pull request or issue; a search may leave out its name."""

    name: str = ""


class PullRequestFacts(Answer):
    """A pull request as a whole. Source: `GET /repos/{owner}/{repo}/pulls/{number}`."""

    number: int
    title: str = ""
    body: str | None = None
    user: Account | None = None
    state: str = ""
    draft: bool = False
    created_at: str = ""
    closed_at: str | None = None
    merged_at: str | None = None
    merged_by: Account | None = None
    labels: FewRows[Label] = ()
    requested_reviewers: FewRows[Account] = ()
    commits: int = 0
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    review_comments: int = 0


class _Authored(Answer):
    message: str = ""


class Commit(Answer):
    """A commit of a pull request; `author` is None for whom GitHub does not know.

    Source: `GET /repos/{owner}/{repo}/pulls/{number}/commits`.
    """

    sha: str = ""
    commit: _Authored = _Authored()
    author: Account | None = None


class ChangedFile(Answer):
    """A file that a pull request changes.

    Source: `GET /repos/{owner}/{repo}/pulls/{number}/files`.
    """

    filename: str
    status: str = ""
    additions: int = 0
    deletions: int = 0


def _as_github_says(state: str) -> str:
    """Return a verdict in GitHub's words, of which Forgejo and Gitea have put two otherwise."""
    return {"REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}.get(state, state)


class Review(Answer):
    """A review of a pull request. Source: `GET /repos/{owner}/{repo}/pulls/{number}/reviews`."""

    user: Account | None = None
    state: Annotated[str, AfterValidator(_as_github_says)] = ""
    body: str | None = None


class ReviewComment(Answer):
    """What a reviewer says to a line of the change.

    Source: `GET /repos/{owner}/{repo}/pulls/{number}/comments`.
    """

    user: Account | None = None
    path: str = ""
    body: str | None = None


class _Merge(Answer):
    merged_at: str | None = None


class Ended(Answer):
    """An issue or pull request as a search lists it. Source: `GET /search/issues`."""

    number: int
    title: str = ""
    user: Account | None = None
    labels: FewRows[Label] = ()
    created_at: str = ""
    updated_at: str = ""
    closed_at: str | None = None
    state_reason: str | None = None
    pull_request: _Merge | None = None

    @property
    def ended_at(self) -> str:
        """When it was merged, else when it was closed, in ISO 8601."""
        return (self.pull_request and self.pull_request.merged_at) or self.closed_at or ""


class SearchPage(Answer):
    """A page of a search, and how much there is in all. Source: `GET /search/issues`."""

    total_count: int
    incomplete_results: bool = False
    items: Rows[Ended]


class Release(Answer):
    """A release; a draft has no moment of publication.

    Source: `GET /repos/{owner}/{repo}/releases`, and `…/latest`.
    """

    id: int = 0
    draft: bool = False
    prerelease: bool = False
    published_at: str = ""


@dataclass(frozen=True)
class Listing:
    """What a search found.

    Attributes:
        newest: The newest of them, newest first.
        total: How many there are in all.
        is_complete: Whether GitHub looked at everything.
    """

    newest: list[Ended]
    total: int
    is_complete: bool


@dataclass(frozen=True)
class PullRequestRecord:
    """A pull request with everything that hangs on it; each list is oldest first."""

    pull: PullRequestFacts
    commits: list[Commit]
    files: list[ChangedFile]
    reviews: list[Review]
    comments: list[ReviewComment]
