"""What a repository's history holds besides pull requests and issues, and how it is searched.

It must not know about tokens, nor open a socket; requests come in and answers go out as values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harmonica_session.sandbox.exchange import Answer, RefusedError, Request, Row, json_answer
from harmonica_session.sandbox.github import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harmonica_session.sandbox.github.state import GitHubState

_MOST_RESULTS = 1_000
_LISTS = ("commits", "files", "reviews", "comments")


class History:
    """Commits, files, reviews and releases of one GitHub server; tests fill it.

    Attributes:
        commits: Number of a pull request to its commits, oldest first.
        files: Likewise its changed files.
        reviews: Likewise its reviews.
        comments: Likewise the comments on its lines.
        releases: Releases, the latest one last; drafts and prereleases say so.
        is_hasty: Whether a search gives up before it has looked at everything.
    """

    def __init__(self, state: GitHubState, api: str) -> None:
        """Take the server whose pull requests and issues are searched, and its API's address."""
        self._state = state
        self._api = api
        self.commits: dict[int, list[Row]] = {}
        self.files: dict[int, list[Row]] = {}
        self.reviews: dict[int, list[Row]] = {}
        self.comments: dict[int, list[Row]] = {}
        self.releases: list[Row] = []
        self.is_hasty = False

    def routes(self) -> Mapping[str, Mapping[str, Callable[..., Answer]]]:
        """Return the routes, as the server's table takes them."""
        repo = "/repos/{}/{}"
        lists = {f"{repo}/pulls/{{}}/{name}": {"GET": self._lister(name)} for name in _LISTS}
        return {
            **lists,
            f"{repo}/releases": {"GET": self._list_releases},
            f"{repo}/releases/latest": {"GET": self._latest_release},
            "/search/issues": {"GET": self._search},
        }

    def counts(self, number: int) -> Row:
        """Return what a pull request's own route says of its lists."""
        files = self.files.get(number, [])
        return {
            "commits": len(self.commits.get(number, [])),
            "changed_files": len(files),
            "additions": sum(file["additions"] for file in files),
            "deletions": sum(file["deletions"] for file in files),
            "review_comments": len(self.comments.get(number, [])),
        }

    def _lister(self, name: str) -> Callable[..., Answer]:
        def answer(request: Request, _asker: Row, *place: str) -> Answer:
            if not place[2].isdecimal() or int(place[2]) not in self._state.pulls:
                raise RefusedError(rows.failure(404, "Not Found"))
            found: dict[int, list[Row]] = getattr(self, name)
            return rows.paged(request, self._api + request.path, found.get(int(place[2]), []))

        return answer

    def _list_releases(self, request: Request, _asker: Row, *_place: str) -> Answer:
        return rows.paged(request, self._api + request.path, self.releases[::-1])

    def _latest_release(self, _request: Request, _asker: Row, *_place: str) -> Answer:
        full = [it for it in self.releases if not it.get("draft") and not it.get("prerelease")]
        if not full:
            raise RefusedError(rows.failure(404, "Not Found"))
        return json_answer(200, full[-1])

    def _search(self, request: Request, _asker: Row) -> Answer:
        """Search issues and pull requests; only the qualifiers that matter here are known."""
        wanted = re.findall(r"([a-z]+):(>=)?(\S+)", request.query.get("q", ""))
        kinds = {value for name, _, value in wanted if name == "is"}
        if not kinds & {"pr", "issue"} or request.query.get("sort") not in (None, "updated"):
            raise RefusedError(rows.failure(422, "Validation Failed"))
        found = [_as_found(row) for row in (self._pulls() if "pr" in kinds else self._issues())]
        for name, _, value in wanted:
            if name in ("merged", "closed"):
                found = [row for row in found if (_ended(row, name) or "") >= value]
            elif name == "author":
                found = [row for row in found if row["user"]["login"].lower() == value.lower()]
        found.sort(key=lambda row: str(row["updated_at"]), reverse=True)
        page = rows.paged(request, self._api + request.path, found[:_MOST_RESULTS])
        content = {
            "total_count": len(found),
            "incomplete_results": self.is_hasty,
            "items": Request("", "", "", {}, {}, page.body).json(),
        }
        return json_answer(200, content, {k: v for k, v in page.headers.items() if k == "Link"})

    def _pulls(self) -> list[Row]:
        return [row for row in self._state.pulls.values() if row["merged_at"]]

    def _issues(self) -> list[Row]:
        return [
            row
            for row in self._state.issues.values()
            if "pull_request" not in row and row["state"] == "closed"
        ]


def _as_found(row: Row) -> Row:
    """Return a pull request or issue as a search shows it."""
    kept = ("number", "title", "user", "state", "created_at", "updated_at", "state_reason")
    found = {name: row.get(name) for name in kept} | {"labels": row.get("labels", [])}
    found["closed_at"] = row.get("closed_at") or row.get("merged_at")
    if "merged_at" in row:
        found["pull_request"] = {"merged_at": row["merged_at"]}
    return found


def _ended(row: Row, how: str) -> str | None:
    ended: str | None = row["pull_request"]["merged_at"] if how == "merged" else row["closed_at"]
    return ended
