"""GitHub's issue, which a pull request is as well.

This module must not know how it is asked for, nor what ours is about.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from harmonica_session.words.answer import Answer, OptionalText
from harmonica_session.words.pull_request import Account

# What GitHub takes, in characters. Its documents do not say so; its refusal does: "title is too
# long (maximum is 256 characters)".
LONGEST_TITLE = 256


def names_in(rows: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON
    """Return the names of labels, or the logins of people, as GitHub lists them.

    Source: "Get an issue", where a label is an object or its name alone.
    """
    listed = rows if isinstance(rows, list) else []
    found = (
        row.get("name") or row.get("login") if isinstance(row, dict) else row for row in listed
    )
    return tuple(name for name in found if isinstance(name, str) and name)


class Label(Answer):
    """A label of the repository. Source: `GET /repos/{owner}/{repo}/labels/{name}`."""

    id: int = 0


def _is_there(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return value not in (None, False)


class Issue(Answer):
    """An issue or a pull request.

    Source: `GET /repos/{owner}/{repo}/issues` and `…/issues/{number}`. Only the number is
    indispensable; of anything else nothing, null or another type counts as missing.

    Attributes:
        number: Its number, which no other issue or pull request has.
        title: Its title.
        body: Its text, None when it has none.
        state: `open` or `closed`.
        state_reason: `completed`, `not_planned`, `duplicate` or `reopened`; None for a pull
            request, for an open issue, and where GitHub does not tell.
        html_url: Its page.
        created_at: In ISO 8601, as are the others.
        updated_at: When it, or what is said on it, was last changed.
        closed_at: None while it is open.
        user: Who opened it, None for whom GitHub does not know any more.
        labels: The names of its labels.
        assignees: The logins of its assignees.
        is_pull_request: Whether it is one.
    """

    number: int
    title: str = ""
    body: OptionalText = None
    state: str = ""
    state_reason: OptionalText = None
    html_url: str = ""
    created_at: str = ""
    updated_at: str = ""
    closed_at: OptionalText = None
    user: Account | None = None
    labels: Annotated[tuple[str, ...], BeforeValidator(names_in)] = ()
    assignees: Annotated[tuple[str, ...], BeforeValidator(names_in)] = ()
    is_pull_request: Annotated[bool, BeforeValidator(_is_there)] = Field(
        default=False, validation_alias="pull_request"
    )

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state == "open"
