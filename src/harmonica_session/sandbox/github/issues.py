"""GitHub's issues in the sandbox: opened, listed, changed, labelled and assigned.

It must not know who asks, beyond what a token may do with issues.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from harmonica_session.sandbox.exchange import Answer, Request, Row, json_answer
from harmonica_session.sandbox.github import rows
from harmonica_session.sandbox.github.state import GitHubState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.sandbox.exchange import Action

NOT_FOR_INSTALLATIONS = "Resource not accessible by integration"
_LONGEST_TITLE = 256
_LONGEST_LABEL = 50
_LONGEST_DESCRIPTION = 100
_MOST_ASSIGNEES = 10
_SORTS = {"created": "created_at", "updated": "updated_at"}


class GitHubIssues(GitHubState):
    """The part of a GitHub server that knows issues; pull requests are issues as well."""

    _api: str

    def issue_routes(self, repo: str) -> Mapping[str, Mapping[str, Action]]:
        """Return the routes, below the template of a repository's path."""
        return {
            f"{repo}/issues": {"GET": self._list_issues, "POST": self._open_issue},
            f"{repo}/issues/{{}}": {"GET": self._get_issue, "PATCH": self._edit_issue},
            f"{repo}/issues/{{}}/labels": {"POST": self._add_labels},
            f"{repo}/issues/{{}}/assignees": {"POST": self._add_assignees},
            f"{repo}/labels": {"POST": self._make_label},
            f"{repo}/labels/{{}}": {"GET": self._get_label},
        }

    def issue_at(self, number: str) -> Row:
        """Return what has this number; raises the refusal where nothing has."""
        issue = self.issues.get(rows.number(number))
        if issue is None:
            raise rows.not_found()
        return issue

    def check_may_write(self, request: Request, issue: Row | None = None) -> None:
        """Raise the refusal of whoever may not write to an issue; None stands for a new one.

        Source: "Permissions required for fine-grained personal access tokens": what issues share
        with pull requests may be changed on a pull request with the permission for those alone.
        """
        is_issue = issue is None or "pull_request" not in issue
        if is_issue and _token(request) in self.without_issues:
            raise rows.refused(403, NOT_FOR_INSTALLATIONS)
        if is_issue and not self.has_issues:
            raise rows.refused(410, "Issues has been disabled in this repository.")

    def _check_may_read(self, request: Request) -> None:
        if self.facts.get("private") and _token(request) in self.without_issues:
            raise rows.refused(403, NOT_FOR_INSTALLATIONS)

    def _get_issue(self, request: Request, _asker: Row, *place: str) -> Answer:
        issue = self.issue_at(place[2])
        if "pull_request" not in issue:
            self._check_may_read(request)
            if not self.has_issues:
                raise rows.refused(410, "Issues has been disabled in this repository.")
        return json_answer(200, issue | {"locked": issue["number"] in self.locked})

    def _list_issues(self, request: Request, _asker: Row, *_place: str) -> Answer:
        self._check_may_read(request)
        query = request.query
        state, since = query.get("state", "open"), query.get("since")
        wanted = {name.casefold() for name in query.get("labels", "").split(",") if name}
        sort = _SORTS.get(query.get("sort", "created"))
        if state not in ("open", "closed", "all") or sort is None:
            raise rows.invalid("Issue", "state" if sort else "sort", "invalid")
        with self._lock:
            found = [
                row
                for row in self.issues.values()
                if (self.has_issues or "pull_request" in row)
                and state in ("all", row["state"])
                and wanted <= {label["name"].casefold() for label in row["labels"]}
                and (since is None or _moment(row["updated_at"]) >= _moment(since))
            ]
        found.sort(
            key=lambda row: (row[sort], row["number"]),
            reverse=query.get("direction", "desc") == "desc",
        )
        return rows.paged(request, self._api + request.path, found)

    def _open_issue(self, request: Request, asker: Row, *place: str) -> Answer:
        self.check_may_write(request)
        content = rows.read_object(request)
        if not content.get("title"):
            raise rows.invalid("Issue", "title", "missing_field")
        _check_texts(content)
        names = self._label_names(content.get("labels"))
        for login in content.get("assignees") or ():
            if not self._can_be_assigned(login):
                raise rows.invalid("Issue", "assignees", "invalid", value=str(login))
        with self._lock:
            number = max(self.issues, default=0) + 1
            row = self.add_issue(number, content["title"], content.get("body"))
            row["user"] = rows.user(asker["login"], asker["type"])
            row["html_url"] = f"{self._site}/{place[0]}/{place[1]}/issues/{number}"
            # Source: "Create an issue", where those of who may not push are dropped silently.
            may_label = _token(request) not in self.without_push
            row["labels"] = [self._label(name) for name in names if may_label]
            row["assignees"] = [rows.user(it, "User") for it in content.get("assignees") or ()]
        return json_answer(201, row)

    def _edit_issue(self, request: Request, _asker: Row, *place: str) -> Answer:
        issue = self.issue_at(place[2])
        self.check_may_write(request, issue)
        content = rows.read_object(request)
        _check_texts(content)
        if content.get("state", "open") not in ("open", "closed"):
            raise rows.invalid("Issue", "state", "invalid")
        known = ("title", "body", "state")
        changed: Row = {name: content[name] for name in known if name in content}
        if "state" in content and content["state"] != issue["state"]:
            is_closed = content["state"] == "closed"
            changed["closed_at"] = rows.timestamp(self.now()) if is_closed else None
            if "pull_request" not in issue:
                usual = "completed" if is_closed else "reopened"
                changed["state_reason"] = content.get("state_reason") or usual
        return json_answer(200, self.change(issue["number"], **changed))

    def _add_labels(self, request: Request, _asker: Row, *place: str) -> Answer:
        issue = self.issue_at(place[2])
        self.check_may_write(request, issue)
        if _token(request) in self.without_push:
            raise rows.refused(403, "Must have push access to repository.")
        names = self._label_names(rows.read_object(request).get("labels"))
        # Source: actions/labeler#870; `pull-requests: write` puts on labels, and makes none.
        is_new = any(name.casefold() not in self.labels for name in names)
        if is_new and _token(request) in self.without_issues:
            raise rows.refused(
                403, "You do not have permission to create labels on this repository."
            )
        with self._lock:
            old = [label["name"] for label in issue["labels"]]
            new = {name.casefold(): name for name in (*names, *old)}
            labels = [self._label(name) for name in new.values()]
            self.change(issue["number"], labels=labels)
        return json_answer(200, labels)

    def _add_assignees(self, request: Request, _asker: Row, *place: str) -> Answer:
        """Assign those who can be, ten at most; of the others GitHub says nothing."""
        issue = self.issue_at(place[2])
        self.check_may_write(request, issue)
        named = rows.read_object(request).get("assignees") or []
        with self._lock:
            logins = [it["login"] for it in issue["assignees"]]
            logins += [it for it in named if self._can_be_assigned(it) and it not in logins]
            assignees = [rows.user(it, "User") for it in logins[:_MOST_ASSIGNEES]]
            return json_answer(201, self.change(issue["number"], assignees=assignees))

    def _make_label(self, request: Request, _asker: Row, *_place: str) -> Answer:
        content = rows.read_object(request)
        name, description = content.get("name"), content.get("description") or ""
        if not isinstance(name, str) or not name.strip():
            raise rows.invalid("Label", "name", "missing_field")
        for field, text, longest in (
            ("name", name, _LONGEST_LABEL),
            ("description", description, _LONGEST_DESCRIPTION),
        ):
            _check_length("Label", field, text, longest)
        with self._lock:
            if name.casefold() in self.labels:
                raise rows.invalid("Label", "name", "already_exists")
            told = {"color": content.get("color", "ededed"), "description": description}
            row = self._label(name)
            row.update(told)
        return json_answer(201, row)

    def _get_label(self, _request: Request, _asker: Row, *place: str) -> Answer:
        row = self.labels.get(place[2].casefold())
        if row is None:
            raise rows.not_found()
        return json_answer(200, row)

    def _label(self, name: str) -> Row:
        """Return the repository's label of this name, which is made where it is missing."""
        ident = 9_001 + len(self.labels)
        made = {
            "id": ident,
            "name": name,
            "color": "ededed",
            "description": None,
            "default": False,
        }
        return self.labels.setdefault(name.casefold(), made)

    def _label_names(self, labels: Any) -> list[str]:  # noqa: ANN401  # JSON can be anything
        """Return the names of labels; one that cannot be a label refuses them all."""
        names = []
        for label in labels or ():
            name = label.get("name") if isinstance(label, dict) else label
            if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_LABEL:
                raise rows.invalid("Label", "name", "invalid", value=str(name))
            names.append(name.strip())
        return names

    def _can_be_assigned(self, login: str) -> bool:
        return self.assignable is None or login in self.assignable


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").rpartition(" ")[2]


def _check_texts(content: Row) -> None:
    _check_length("Issue", "title", content.get("title"), _LONGEST_TITLE)
    _check_length("Issue", "body", content.get("body"), rows.LONGEST_BODY)


def _check_length(resource: str, field: str, text: str | None, longest: int) -> None:
    if len(text or "") > longest:
        message = f"{field} is too long (maximum is {longest} characters)"
        raise rows.invalid(resource, field, "custom", message=message)


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise rows.invalid("Issue", "since", "invalid") from None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
