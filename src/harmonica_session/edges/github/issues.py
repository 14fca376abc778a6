"""The issues of a repository, their labels and their assignees: one method for each route.

Labels and assignees of a pull request are reached by the same routes. This module must not decide
which issue is ours, nor what is written into one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypedDict
from urllib.parse import quote

from harmonica_session.edges.github.refusals import accepted, is_elsewhere, lacks_route, made
from harmonica_session.edges.network.exchange import Request
from harmonica_session.edges.network.fate import is_limit
from harmonica_session.errors import Refused
from harmonica_session.words.issue import Issue, Label, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from typing_extensions import Unpack

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.network.exchange import Response

    _What: TypeAlias = Literal["labels", "assignees"]

_MISSING, _INVALID = 404, 422
_UNREADABLE = (400, _INVALID)
# What GitHub gives a label that it makes by itself.
_COLOR = "ededed"


class Changes(TypedDict, total=False):
    """What can be changed of an issue; what is not named stays as it is."""

    title: str
    body: str
    state: Literal["open", "closed"]
    state_reason: Literal["completed", "not_planned", "reopened"]
    assignees: list[str]


class Issues:
    """The issues of one repository, as its token may see and change them.

    Who may not do a thing is answered 403 (`Refused.is_denial`), 404 where not even looking is
    allowed. Where issues are switched off, and where one was deleted, 410 is answered.
    """

    def __init__(self, github: GitHub) -> None:
        """Take the client whose repository is meant; nothing is asked yet."""
        self._github = github
        self._repository = f"/repos/{github.repository}"

    def create(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open an issue: `POST /repos/{o}/{r}/issues`, with `issues: write`.

        A label that the repository lacks is made. One that cannot be refuses the whole issue, with
        422, as do a title or a text that are too long. Forgejo and Gitea want the numbers of
        labels, and say so only once they are given names.

        Raises:
            FateUnknown: Nobody knows whether it was opened.
            ServiceError: It was not opened.
        """
        sent: dict[str, Any] = {"title": title, "body": body, "labels": [*labels]}
        request = Request("open the issue", "POST", f"{self._repository}/issues", body=sent)
        response = self._github.attempt(request)
        if labels and _wants_numbers(response):
            numbered: dict[str, Any] = sent | {"labels": self._numbers_of(labels)}
            response = self._github.attempt(replace(request, body=numbered))
        issue: Issue = made(response, Issue)
        return issue

    def get(self, number: int) -> Issue:
        """Return one: `GET /repos/{o}/{r}/issues/{n}`, with `issues: read`.

        A pull request is seen with `pull-requests: read`, too.

        Raises:
            ServiceError: GitHub does not tell.
        """
        issue: Issue = self._github.read(f"read issue #{number}", self._path(number), Issue)
        return issue

    def edit(self, number: int, **changes: Unpack[Changes]) -> Issue:
        """Change one: `PATCH /repos/{o}/{r}/issues/{n}`, with `issues: write`.

        `pull-requests: write` does for a pull request.

        Raises:
            ServiceError: It was not changed, or nobody knows; once more does no harm.
        """
        doing = f"change issue #{number}"
        sent: dict[str, Any] = {**changes}
        request = Request(doing, "PATCH", self._path(number), body=sent)
        issue: Issue = accepted(self._github.send(request)).read(Issue)
        return issue

    def labelled(self, label: str, since: str | None = None) -> Iterator[Issue]:
        """List issues and pull requests with a label, open and closed, newest first by creation.

        `GET /repos/{o}/{r}/issues`, with `issues: read`; a token without `pull-requests: read` may
        be told of no pull request. The pages are asked for as they are read. What is opened
        meanwhile is missing, and nothing else: it moves the others to later pages. The list comes
        from the database, not from the search, which may be minutes late.

        Args:
            label: Its name, without a comma, which would separate several.
            since: A moment in ISO 8601; what was last updated before it is left out.

        Raises:
            ServiceError: GitHub does not tell.
        """
        query = {"labels": label, "state": "all", "sort": "created", "direction": "desc"}
        query |= {"since": since} if since else {}
        doing = f"list the issues labeled `{label}`"
        seen: set[int] = set()
        for issue in self._github.pages(doing, f"{self._repository}/issues", query, Issue):
            # Of a label that is not there, Forgejo and Gitea take no notice, and list everything.
            has_label = label.casefold() in {name.casefold() for name in issue.labels}
            if has_label and issue.number not in seen:
                seen.add(issue.number)
                yield issue

    def make_label(self, name: str, color: str, description: str) -> int:
        """Make a label unless it is there, and return its number; `issues: write`.

        `POST /repos/{o}/{r}/labels`, and `GET /repos/{o}/{r}/labels/{name}` before that, for
        Forgejo and Gitea make a second one of the same name. One that is there keeps its color
        and description.

        Args:
            name: At most 50 characters.
            color: Six hexadecimal digits.
            description: At most 100 characters.

        Raises:
            ServiceError: It was not made, or nobody knows; once more does no harm.
        """
        path = f"{self._repository}/labels"
        request = Request("look for the label", "GET", f"{path}/{quote(name, safe='')}")
        response = self._github.send(request)
        if response.status == _MISSING:
            sent: dict[str, Any] = {"name": name, "color": color, "description": description}
            request = Request("create the label", "POST", path, body=sent, is_safe=True)
            response = self._github.send(request)
        if _is_there_already(response):
            # Another job was faster; GitHub, which says so, does not ask for the number.
            return 0
        label: Label = accepted(response).read(Label)
        return label.id

    def add_labels(self, number: int, names: Sequence[str]) -> list[str]:
        """Add labels, and return those that GitHub refused: `POST …/issues/{n}/labels`.

        It takes `issues: write`; for a pull request, `pull-requests: write` does as well if the
        repository has the labels. Those that it lacks are made. Forgejo and Gitea leave those out
        without a word, and older ones want the numbers of all.

        Raises:
            ServiceError: None was added, or nobody knows; once more does no harm.
        """
        if not names:
            return []
        response = self._post(number, "labels", names)
        if not _wants_numbers(response):
            refused = self._left_out(response, number, "labels", names)
            if not refused or response.status == _INVALID:
                return refused
            names = refused
        response = self._post(number, "labels", self._numbers_of(names))
        return self._left_out(response, number, "labels", names)

    def add_assignees(self, number: int, logins: Sequence[str]) -> list[str]:
        """Assign people, and return those that GitHub refused: `POST …/issues/{n}/assignees`.

        It takes `issues: write`; for a pull request, `pull-requests: write` does as well. GitHub
        says nothing of people who cannot be assigned, nor of more than ten: they are missing in
        the answer. Forgejo and Gitea have no such route, but set all of them with the issue.

        Raises:
            ServiceError: Nobody was assigned, or nobody knows; once more does no harm.
        """
        if not logins:
            return []
        response = self._post(number, "assignees", logins)
        if lacks_route(response):
            return self._assign(number, logins)
        return self._left_out(response, number, "assignees", logins)

    def _assign(self, number: int, logins: Sequence[str]) -> list[str]:
        """Assign people beside those who are, and return whom the server does not take."""
        refused = []
        assigned = [*self.get(number).assignees]
        for login in logins:
            try:
                assigned = [*self.edit(number, assignees=[*assigned, login]).assignees]
            except Refused as error:
                if error.status != _INVALID:
                    raise
            if login.casefold() not in {name.casefold() for name in assigned}:
                refused.append(login)
        return refused

    def _numbers_of(self, labels: Sequence[str]) -> list[int]:
        """Return the numbers of labels, which are made where the repository lacks them."""
        return [self.make_label(name, _COLOR, "") for name in labels]

    def _post(self, number: int, what: _What, values: Sequence[str] | Sequence[int]) -> Response:
        doing, path = f"add {what} to #{number}", f"{self._path(number)}/{what}"
        sent: dict[str, Any] = {what: [*values]}
        return self._github.send(Request(doing, "POST", path, body=sent, is_safe=True))

    def _left_out(
        self, response: Response, number: int, what: _What, names: Sequence[str]
    ) -> list[str]:
        """Return the names that were not added, one after the other where all were refused."""
        if response.status == _INVALID:
            # One name that cannot be added refuses them all.
            return self._add_each(number, what, names) if len(names) > 1 else [*names]
        content = accepted(response).json()
        rows = content.get(what) if isinstance(content, dict) else content
        if not isinstance(rows, list):
            raise response.unusable(f"it has no {what}")
        added = {name.casefold() for name in names_in(rows)}
        return [name for name in names if name.casefold() not in added]

    def _add_each(self, number: int, what: _What, names: Sequence[str]) -> list[str]:
        return [
            refused
            for name in names
            for refused in self._left_out(self._post(number, what, [name]), number, what, [name])
        ]

    def _path(self, number: int) -> str:
        return f"{self._repository}/issues/{number}"


def _wants_numbers(response: Response) -> bool:
    """Say whether names of labels were not understood, as Forgejo and Gitea say it."""
    return response.status in _UNREADABLE and is_elsewhere(response) and not is_limit(response)


def _is_there_already(response: Response) -> bool:
    """Say whether a label was refused for the one reason that it is there.

    Source: "Troubleshooting the REST API", validation failed.
    """
    content = response.json()
    errors = content.get("errors") if isinstance(content, dict) else None
    listed = errors if isinstance(errors, list) else []
    codes = [it.get("code") for it in listed if isinstance(it, dict)]
    return response.status == _INVALID and codes == ["already_exists"]
