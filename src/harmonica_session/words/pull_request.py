"""GitHub's nouns, as far as the action asks for them: pull request, comment, account.

This module must not know how they are asked for.
"""

from __future__ import annotations

from pydantic import AliasChoices, Field

from harmonica_session.words.answer import Answer, OptionalText

_DELETED = -1


class Account(Answer):
    """Who wrote something, or who a token speaks for.

    Attributes:
        login: Its name.
        id: Its number. Forgejo and Gitea number people from 1 on, and what is their own below 0.
        type: `User` or `Bot`; empty on Forgejo and Gitea, which do not tell.
    """

    login: str
    id: int = 0
    type: str = ""

    @property
    def is_bot(self) -> bool:
        """Whether no person can have this account.

        Source: Gitea's `models/user/user_system.go`: -1 stands for whoever was deleted, -2 for
        those who have the token of a workflow.
        """
        return self.type == "Bot" or (not self.type and self.id < _DELETED)


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

    Source: `GET /repos/{owner}/{repo}/actions/runs/{run_id}` and `…/issues/{number}`; Forgejo says
    `created` of a run, Gitea does not tell.
    """

    created_at: str = Field(default="", validation_alias=AliasChoices("created_at", "created"))
