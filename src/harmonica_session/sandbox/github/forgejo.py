"""Forgejo and Gitea in GitHub's place: the same state, with the answers that differ.

Source: Gitea's `routers/api/v1`, `modules/structs` and `models/user/user_system.go`; Forgejo's API
description for its workflow runs. It must not keep a state of its own beyond what tests choose.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from harmonica_session.sandbox.exchange import Answer, Request, Row, json_answer
from harmonica_session.sandbox.github import rows
from harmonica_session.sandbox.github.files import Link
from harmonica_session.sandbox.github.routes import GitHub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.sandbox.exchange import Action

_REPO = "/repos/{}/{}"
_MISSING = (
    "/search/issues",
    f"{_REPO}/commits/{{}}",
    f"{_REPO}/commits/{{}}/pulls",
    f"{_REPO}/issues/{{}}/assignees",
    f"{_REPO}/pulls/{{}}/comments",
)
# What GitHub tells, and these do not.
_UNTOLD = {
    *("state_reason", "author_association", "visibility", "pushed_at", "default", "locked"),
    *("commits", "review_comments"),
}
_PAGE, _LARGEST_PAGE = 30, 50
_REFUSALS = range(400, 600)
_WORKFLOW = "forgejo-actions"
_WORKFLOWS_ID = -2


class Forgejo(GitHub):
    """One Forgejo or Gitea.

    Attributes:
        denied_user: The status that `GET /user` answers, 0 where it tells.
        takes_label_names: Whether labels are put on by their names as well as by their numbers.
        repeated_labels: Labels that were made though there was one of that name.
    """

    api_path = "/api/v1"

    def __init__(self, api: str, site: str) -> None:
        """Begin with one workflow's token, which has no prefix, and nothing else."""
        super().__init__(api, site)
        self.denied_user = 403
        self.takes_label_names = True
        self.repeated_labels: list[str] = []
        self.users.clear()
        self.first_token = f"{1:040x}"
        self.add_token(self.first_token, login=_WORKFLOW, type="Bot", installation=True)

    def routes(self) -> dict[str, Mapping[str, Action]]:
        """Return the routes that there are here."""
        known = {path: it for path, it in super().routes().items() if path not in _MISSING}
        known[f"{_REPO}/pulls/{{}}/reviews"] = {"GET": self._list_reviews}
        known[f"{_REPO}/git/commits/{{}}"] = {"GET": self._get_commit}
        known[f"{_REPO}/commits/{{}}/pull"] = {"GET": self._get_pull_of_commit}
        return known

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, doing what it asks for."""
        if self._routes.find(request.method, request.path) is None:
            return Answer(404, {"Content-Type": "text/plain"}, b"404 page not found\n")
        limit = request.query.get("limit", "")
        size = min(int(limit), _LARGEST_PAGE) if limit.isdecimal() else _PAGE
        asked = dataclasses.replace(request, query={**request.query, "per_page": str(size)})
        answer = super().answer(asked)
        headers = {k: v for k, v in answer.headers.items() if not k.startswith("x-ratelimit")}
        try:
            content = json.loads(answer.body)
        except ValueError:
            return dataclasses.replace(answer, headers=headers)
        if answer.status in _REFUSALS:
            told = {"message": content["message"], "url": f"{self._site}/api/swagger"}
            return json_answer(answer.status, told, headers)
        return json_answer(answer.status, _retold(content), headers)

    def _get_user(self, _request: Request, asker: Row) -> Answer:
        if self.denied_user:
            raise rows.refused(self.denied_user, "token does not have the scope [read:user]")
        return json_answer(200, rows.user(asker["login"], asker["type"]))

    def _list_comments(self, _request: Request, _asker: Row, *place: str) -> Answer:
        """List all comments, whatever page is asked for."""
        number = self.issue_at(place[2])["number"]
        found = [row for row in self.comments if row["number"] == number]
        return json_answer(200, found, {"X-Total-Count": str(len(found))})

    def _list_issues(self, request: Request, asker: Row, *place: str) -> Answer:
        """List issues; of labels that are not there no notice is taken."""
        known = [it for it in request.query.get("labels", "").split(",") if it in self.labels]
        query = {**request.query, "labels": ",".join(known)}
        kind = query.pop("type", "")
        listed = super()._list_issues(dataclasses.replace(request, query=query), asker, *place)
        found = json.loads(listed.body)
        if kind:
            found = [it for it in found if ("pull_request" in it) == (kind == "pulls")]
        shown = [self._with_merge(it) for it in found]
        return json_answer(200, shown, listed.headers)

    def _with_merge(self, row: Row) -> Row:
        pull = self.pulls.get(row["number"], {})
        ended = {"merged": bool(pull.get("merged_at")), "merged_at": pull.get("merged_at")}
        return row | {"pull_request": ended if pull else None}

    def _get_issue(self, request: Request, asker: Row, *place: str) -> Answer:
        told = super()._get_issue(request, asker, *place)
        return json_answer(200, self._with_merge(json.loads(told.body)))

    def _open_issue(self, request: Request, asker: Row, *place: str) -> Answer:
        content = rows.read_object(request)
        numbers = content.get("labels") or []
        if not all(isinstance(it, int) for it in numbers):
            message = "[]: json: cannot unmarshal string into Go struct field of type int64"
            raise rows.refused(422, message)
        content["labels"] = self._names_of(numbers)
        body = json.dumps(content).encode()
        return super()._open_issue(dataclasses.replace(request, body=body), asker, *place)

    def _edit_issue(self, request: Request, asker: Row, *place: str) -> Answer:
        """Change an issue; people that are named take the places of those who are assigned."""
        content = rows.read_object(request)
        for login in content.get("assignees") or []:
            if not self._can_be_assigned(login):
                raise rows.refused(422, f"Assignee does not exist: [name: {login}]")
        super()._edit_issue(request, asker, *place)
        number = self.issue_at(place[2])["number"]
        if "assignees" in content:
            self.change(number, assignees=[rows.user(it, "User") for it in content["assignees"]])
        return json_answer(201, self._with_merge(self.issues[number]))

    def _add_labels(self, request: Request, _asker: Row, *place: str) -> Answer:
        issue = self.issue_at(place[2])
        self.check_may_write(request, issue)
        wanted = rows.read_object(request).get("labels") or []
        if not self.takes_label_names and not all(isinstance(it, int) for it in wanted):
            raise rows.refused(422, "[]: json: cannot unmarshal string into int64")
        names = [it for it in wanted if it in self.labels]
        names += self._names_of([it for it in wanted if isinstance(it, int)])
        known = {it["name"] for it in issue["labels"]}
        labels = [*issue["labels"], *(self.labels[it] for it in names if it not in known)]
        self.change(issue["number"], labels=labels)
        return json_answer(200, labels)

    def _make_label(self, request: Request, asker: Row, *place: str) -> Answer:
        name = rows.read_object(request).get("name")
        if name in self.labels:
            self.repeated_labels.append(name)
            return json_answer(201, self.labels[name])
        return super()._make_label(request, asker, *place)

    def _list_reviews(self, request: Request, _asker: Row, *place: str) -> Answer:
        """Return a page of reviews; how many there are stands in a header, and no link."""
        found = self.history.reviews.get(rows.number(place[2]), [])
        page = json.loads(rows.paged(request, "", found).body)
        return json_answer(200, page, {"X-Total-Count": str(len(found))})

    def _names_of(self, numbers: list[int]) -> list[str]:
        return [it["name"] for it in self.labels.values() if it["id"] in numbers]

    def _get_contents(self, request: Request, asker: Row, *place: str) -> Answer:
        """Return what stands at a path; a folder as a list, and a link as itself."""
        entry = (self._held(request.query.get("ref", "main")) or {}).get(place[2])
        if isinstance(entry, Link):
            return json_answer(200, {"type": "symlink", "target": entry.target, "size": 0})
        plain = dataclasses.replace(request, headers={})
        return super()._get_contents(plain, asker, *place)

    def _get_blob(self, request: Request, asker: Row, *place: str) -> Answer:
        content = super()._get_blob(request, asker, *place).body
        encoded = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return json_answer(200, encoded | {"size": len(content)})

    def _get_commit(self, request: Request, asker: Row, *place: str) -> Answer:
        if self._held(place[2]) is None:
            raise rows.not_found()
        return super()._get_commit(dataclasses.replace(request, headers={}), asker, *place)

    def _get_pull_of_commit(self, request: Request, asker: Row, *place: str) -> Answer:
        found = json.loads(super()._list_pulls_of_commit(request, asker, *place).body)
        if not found:
            raise rows.not_found()
        return json_answer(200, found[0])

    def _list_runs(self, request: Request, asker: Row, *place: str) -> Answer:
        """List all runs: no time, no branch and no event is heeded."""
        everything = dataclasses.replace(request, query={"per_page": request.query["per_page"]})
        listed = super()._list_runs(everything, asker, *place)
        content = json.loads(listed.body)
        content["workflow_runs"] = [_run(it) for it in content["workflow_runs"]]
        return json_answer(200, content, listed.headers)

    def _get_run(self, request: Request, asker: Row, *place: str) -> Answer:
        return json_answer(200, _run(json.loads(super()._get_run(request, asker, *place).body)))


def _run(row: Row) -> Row:
    return {
        "id": row["id"],
        "trigger_event": row["event"],
        "event": row["event"],
        "commit_sha": row["head_sha"],
        "prettyref": row["head_branch"],
        "status": "success",
        "created": row["created_at"],
        "updated": row["updated_at"],
    }


def _retold(content: Any) -> Any:  # noqa: ANN401  # JSON can be anything
    """Return an answer without what is not told here."""
    if isinstance(content, list):
        return [_retold(it) for it in content]
    if not isinstance(content, dict):
        return content
    if "login" in content:
        ident = _WORKFLOWS_ID if content["login"] == _WORKFLOW else content.get("id", 0)
        return {"id": ident, "login": content["login"], "username": content["login"]}
    return {name: _retold(it) for name, it in content.items() if name not in _UNTOLD}
