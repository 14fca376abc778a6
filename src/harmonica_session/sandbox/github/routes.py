"""GitHub's side of the sandbox: who may ask, and the REST routes under `/github/api/v3`.

It must not open a socket; requests come in and answers go out as values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harmonica_session.sandbox.exchange import (
    Answer,
    RefusedError,
    Request,
    Routes,
    Row,
    json_answer,
)
from harmonica_session.sandbox.github import rows
from harmonica_session.sandbox.github.files import GitHubFiles
from harmonica_session.sandbox.github.history import History
from harmonica_session.sandbox.github.issues import NOT_FOR_INSTALLATIONS, GitHubIssues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.sandbox.exchange import Action

_HOURLY_LIMIT = 5000
_TOKEN = re.compile(r"(?:bearer|token) +(\S+)", re.IGNORECASE)
_WRITES = ("POST", "PATCH", "PUT", "DELETE")


class GitHub(GitHubIssues, GitHubFiles):
    """One GitHub server: its state, and its answers."""

    name = "github"
    api_path = "/api/v3"

    def __init__(self, api: str, site: str) -> None:
        """Begin with one workflow's token and nothing else.

        Args:
            api: The address of the REST API, for links to further pages.
            site: The address in front of `/owner/repo/…` in links for people.
        """
        super().__init__(site)
        self.history = History(self, api)
        self._api = api
        self._asked = 0
        self._reset = int(self.now()) + 3600
        self._routes = Routes(self.routes())

    def routes(self) -> dict[str, Mapping[str, Action]]:
        """Return every route, as a template of its path, with a function for each method."""
        repo = "/repos/{}/{}"
        comments = {"GET": self._list_comments, "POST": self._write_comment}
        comment = {
            "GET": self._get_comment,
            "PATCH": self._edit_comment,
            "DELETE": self._delete_comment,
        }
        return {
            "/user": {"GET": self._get_user},
            repo: {"GET": self._get_repository},
            f"{repo}/issues/comments/{{}}": comment,
            f"{repo}/issues/{{}}/comments": comments,
            f"{repo}/pulls": {"GET": self._list_pulls},
            f"{repo}/pulls/{{}}": {"GET": self._get_pull},
            f"{repo}/commits/{{}}/pulls": {"GET": self._list_pulls_of_commit},
            f"{repo}/actions/runs": {"GET": self._list_runs},
            f"{repo}/actions/runs/{{}}": {"GET": self._get_run},
            **self.file_routes(repo),
            **self.issue_routes(repo),
            **self.history.routes(),
        }

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, doing what it asks for."""
        try:
            answer = self._answer(request)
        except RefusedError as refused:
            answer = refused.answer
        with self._lock:
            self._asked += 1
            left = max(_HOURLY_LIMIT - self._asked, 0)
        limits = {
            "limit": _HOURLY_LIMIT,
            "remaining": left,
            "reset": self._reset + int(self.clock_offset),
        }
        return answer.with_headers({f"x-ratelimit-{name}": str(n) for name, n in limits.items()})

    def _answer(self, request: Request) -> Answer:
        token = _TOKEN.fullmatch(request.headers.get("authorization", ""))
        if token is None:
            raise rows.refused(401, "Requires authentication")
        asker = self.users.get(token[1])
        if asker is None:
            raise rows.refused(401, "Bad credentials")
        action, parts = self._routes.find(request.method, request.path) or (None, [])
        if action is None:
            raise rows.not_found()
        if len(parts) > 1 and self.repositories is not None:
            known = {name.lower() for name in self.repositories}
            if f"{parts[0]}/{parts[1]}".lower() not in known:
                raise rows.not_found()
        if request.method in _WRITES and token[1] in self.read_only:
            raise rows.refused(403, NOT_FOR_INSTALLATIONS)
        return action(request, asker, *parts)

    def _get_user(self, _request: Request, asker: Row) -> Answer:
        if asker["installation"]:
            raise rows.refused(403, NOT_FOR_INSTALLATIONS)
        return json_answer(200, rows.user(asker["login"], asker["type"]))

    def _get_repository(self, _request: Request, _asker: Row, owner: str, name: str) -> Answer:
        full_name = f"{owner}/{name}"
        facts = {
            "id": 1000 + sum(full_name.encode()),
            "name": name,
            "full_name": full_name,
            "owner": rows.user(owner, "Organization"),
            "private": False,
            "visibility": "public",
            "description": None,
            "default_branch": "main",
            "html_url": f"{self._site}/{full_name}",
            "pushed_at": self.pushed_at,
        }
        return json_answer(200, facts | self.facts)

    def _list_comments(self, request: Request, _asker: Row, *place: str) -> Answer:
        number = self.issue_at(place[2])["number"]
        with self._lock:
            found = [row for row in self.comments if row["number"] == number]
        return rows.paged(request, self._api + request.path, found, _shown)

    def _write_comment(self, request: Request, asker: Row, *place: str) -> Answer:
        owner, name, number = place
        issue = self.issue_at(number)
        self.check_may_write(request, issue)
        if issue["number"] in self.locked:
            raise rows.refused(403, "Unable to create comment because issue is locked.")
        kind = "pull" if "pull_request" in issue else "issues"
        page = f"{self._site}/{owner}/{name}/{kind}/{issue['number']}"
        author = rows.user(asker["login"], asker["type"])
        return json_answer(201, _shown(self._write(issue["number"], page, _body(request), author)))

    def _get_comment(self, _request: Request, _asker: Row, *place: str) -> Answer:
        return json_answer(200, _shown(self._comment_at(place[2])))

    def _edit_comment(self, request: Request, asker: Row, *place: str) -> Answer:
        with self._lock:
            row = self._comment_at(place[2])
            _check_may_change(row, asker)
            row.update(body=_body(request), updated_at=rows.timestamp(self.now()))
            return json_answer(200, _shown(row))

    def _delete_comment(self, _request: Request, asker: Row, *place: str) -> Answer:
        with self._lock:
            row = self._comment_at(place[2])
            _check_may_change(row, asker)
            self.comments.remove(row)
        return Answer(204)

    def _get_pull(self, _request: Request, _asker: Row, *place: str) -> Answer:
        pull = self.pulls.get(rows.number(place[2]))
        if pull is None:
            raise rows.not_found()
        counts = self.history.counts(pull["number"])
        return json_answer(200, pull | counts | {"locked": pull["number"] in self.locked})

    def _list_pulls(self, request: Request, _asker: Row, *_place: str) -> Answer:
        state, head = request.query.get("state", "open"), request.query.get("head")
        with self._lock:
            newest_first = sorted(self.pulls.values(), key=_by_number, reverse=True)
        found = [
            row
            for row in newest_first
            if state in ("all", row["state"]) and head in (None, row["head"]["label"])
        ]
        return rows.paged(request, self._api + request.path, found)

    def _list_pulls_of_commit(self, request: Request, _asker: Row, *place: str) -> Answer:
        with self._lock:
            pulls = sorted(self.pulls.values(), key=_by_number)
        found = [row for row in pulls if _has_commit(row, place[2])]
        return rows.paged(request, self._api + request.path, found)

    def _get_run(self, _request: Request, _asker: Row, *place: str) -> Answer:
        run = self.runs.get(rows.number(place[2]))
        if run is None:
            raise rows.not_found()
        return json_answer(200, {"id": rows.number(place[2]), **run})

    def _list_runs(self, request: Request, _asker: Row, *_place: str) -> Answer:
        query = request.query
        since, _, until = query.get("created", "..").partition("..")
        with self._lock:
            newest_first = sorted(self.runs.items(), reverse=True)
        found = [
            {"id": ident, **run}
            for ident, run in newest_first
            if since <= run["created_at"] <= (until or "9")
            and query.get("branch") in (None, run.get("head_branch"))
            and query.get("event") in (None, run.get("event"))
        ]
        return rows.paged_in(request, self._api + request.path, found, "workflow_runs")

    def _comment_at(self, ident: str) -> Row:
        with self._lock:
            for row in self.comments:
                if row["id"] == rows.number(ident):
                    return row
        raise rows.not_found()


def _by_number(row: Row) -> int:
    return int(row["number"])


def _has_commit(pull: Row, sha: str) -> bool:
    if pull["state"] == "open":
        return bool(pull["head"]["sha"] == sha)
    return pull["merged_at"] is not None and pull["merge_commit_sha"] == sha


def _shown(comment: Row) -> Row:
    return {name: value for name, value in comment.items() if name != "number"}


def _check_may_change(comment: Row, asker: Row) -> None:
    # A workflow's token with write permission may edit anybody's comment.
    if not asker["installation"] and comment["user"]["login"] != asker["login"]:
        raise rows.refused(403, "Must have admin rights to Repository.")


def _body(request: Request) -> str:
    body = rows.read_object(request).get("body")
    if not isinstance(body, str) or not body.strip():
        raise rows.invalid("IssueComment", "body", "missing_field", message="Body cannot be blank")
    if len(body) > rows.LONGEST_BODY:
        message = f"Body is too long (maximum is {rows.LONGEST_BODY} characters)"
        raise rows.invalid("IssueComment", "body", "unprocessable", message=message)
    return body
