"""GitHub's nouns, as far as the action asks for them: pull request, comment, account.

This module must not know how they are asked for.
"""

from __future__ import annotations

from harmonica_session.words.answer import Answer, OptionalText


class Account(Answer):
    """Who wrote something, or who a token speaks for."""

    login: str
    type: str = ""


class Comment(Answer):
    """A comment on a pull request or issue.

    Source: `GET /repos/{owner}/{repo}/issues/{number}/comments`. An issue that is read as if it
    were a comment has labels and assignees; a comment has none.
    """

    id: int
    html_url: str = ""
    body: str | None = None
    user: Account | None = None
    updated_at: OptionalText = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


class Head(Answer):
    """The commit that a pull request wants to bring in."""

    sha: str


class PullRequest(Answer):
    """A pull request as the lists of pull requests show it.

    Source: `GET /repos/{owner}/{repo}/commits/{sha}/pulls`, `GET /repos/{owner}/{repo}/pulls`.
    """

    number: int
    state: str = ""
    head: Head
    merge_commit_sha: str | None = None
    merged_at: str | None = None


class Beginning(Answer):
    """When a workflow run or a pull request began.

    Source: `GET /repos/{owner}/{repo}/actions/runs/{run_id}` and `…/issues/{number}`.
    """

    created_at: str
