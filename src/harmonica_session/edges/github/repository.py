"""The facts of a repository that are worth telling a facilitator, in as few requests as can be.

This module must not decide which facts are wanted, nor how they are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonica_session.edges.github.client import PAGE, following
from harmonica_session.edges.github.refusals import accepted
from harmonica_session.edges.network.exchange import Request
from harmonica_session.errors import RouteMissing
from harmonica_session.text.moment import in_query, is_before, moment
from harmonica_session.words.history import (
    ChangedFile,
    Commit,
    Ended,
    Listing,
    PullRequestFacts,
    PullRequestRecord,
    Release,
    Review,
    ReviewComment,
    SearchPage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.event import OwnRelease
    from harmonica_session.words.issue import Issue

# GitHub's search hands out no more than 1,000 results.
# Source: "REST API endpoints for search", about search.
_MOST_PAGES = 10


class Repository:
    """One repository's history. Each method raises `ServiceError` when GitHub does not tell."""

    def __init__(self, github: GitHub) -> None:
        """Take the client whose repository is meant."""
        self.name = github.repository
        self._github = github
        self._path = f"/repos/{self.name}"

    def pull_request(self, number: int) -> PullRequestRecord:
        """Return a pull request, its lists in full; what it says it has none of is not asked for.

        `GET /repos/{o}/{r}/pulls/{n}`, and its `/commits`, `/files`, `/reviews`, `/comments`.
        """
        path = f"{self._path}/pulls/{number}"
        doing = f"read pull request #{number}"
        pull: PullRequestFacts = self._github.read(doing, path, PullRequestFacts)

        def listed(name: str, form: type[Any], count: str = "") -> list[Any]:
            if count in pull.model_fields_set and not getattr(pull, count):
                return []
            return list(self._github.pages(doing, f"{path}/{name}", {}, form))

        commits = listed("commits", Commit, "commits")
        files = listed("files", ChangedFile, "changed_files")
        reviews = listed("reviews", Review)
        try:
            comments = listed("comments", ReviewComment, "review_comments")
        except RouteMissing:
            # Forgejo and Gitea have these with each review alone.
            comments = []
        counted = {"commits": len(commits), "changed_files": len(files)}
        untold = {name: it for name, it in counted.items() if name not in pull.model_fields_set}
        return PullRequestRecord(pull.model_copy(update=untold), commits, files, reviews, comments)

    def issue(self, number: int) -> Issue:
        """Return an issue: `GET /repos/{o}/{r}/issues/{n}`."""
        return self._github.issues.get(number)

    def last_release(self) -> str:
        """Return when the latest release was published: `GET /repos/{o}/{r}/releases/latest`.

        Returns:
            The moment in ISO 8601, empty when GitHub does not tell it.
        """
        path = f"{self._path}/releases/latest"
        release: Release = self._github.read("find the latest release", path, Release)
        return release.published_at

    def release_before(self, own: OwnRelease) -> str:
        """Return when the release before one was published: `GET /repos/{o}/{r}/releases`.

        Drafts and prereleases do not count, as with the latest release.

        Returns:
            The moment in ISO 8601, empty when there is none.
        """
        doing, path = "find the release before this one", f"{self._path}/releases"
        number, seen = 1, 0
        while True:
            query = {"per_page": PAGE, "page": number}
            response = accepted(self._github.send(Request(doing, "GET", path, query=query)))
            page: list[Release] = response.read(list[Release])
            # The list is in order, but for releases of older branches.
            if earlier := [it.published_at for it in page if _is_before(it, own)]:
                return max(earlier)
            seen += len(page)
            if not following(response, number, seen if page else None):
                return ""
            number += 1

    def merged_since(self, since: str, limit: int) -> Listing:
        """Return the newest pull requests merged since a day or moment in ISO 8601."""
        doing, query = "find the merged pull requests", f"is:pr is:merged merged:>={since}"
        return self._found(doing, query, limit, lambda: self._ended(doing, "pulls", since, limit))

    def closed_since(self, since: str, limit: int) -> Listing:
        """Return the newest issues closed since a day or moment in ISO 8601."""
        doing, query = "find the closed issues", f"is:issue is:closed closed:>={since}"
        return self._found(doing, query, limit, lambda: self._ended(doing, "issues", since, limit))

    def _found(
        self, doing: str, query: str, limit: int, otherwise: Callable[[], Listing]
    ) -> Listing:
        """Return what a search finds; where the server cannot search, what else is known."""
        try:
            return self._search(doing, query, limit)
        except RouteMissing:
            return otherwise()

    def _ended(self, doing: str, kind: str, since: str, limit: int) -> Listing:
        """List what has ended, as Forgejo and Gitea tell it: `GET /repos/{o}/{r}/issues`.

        What ended since then was updated since then.
        """
        begin = moment(since if "T" in since else f"{since}T00:00:00Z")
        query = {"state": "closed", "type": kind, "since": in_query(begin) if begin else since}
        is_pull = kind == "pulls"
        rows: Iterator[Ended] = self._github.pages(doing, f"{self._path}/issues", query, Ended)
        found = [
            it
            for it in rows
            if (it.pull_request is not None) == is_pull and not is_before(it.ended_at, begin)
            if it.pull_request is None or it.pull_request.merged_at
        ]
        # Their times may have an offset, and so are in no order as texts.
        newest = sorted(found, key=lambda it: (_seconds(it.ended_at), it.number), reverse=True)
        return Listing(newest[:limit], len(found), is_complete=True)

    def _search(self, doing: str, query: str, limit: int) -> Listing:
        """Search until the newest are known: `GET /search/issues`.

        It cannot sort by the end of a thing. Nothing ends after its last update, though, so once
        `limit` of them ended later than the update that a page has come to, no later page matters.
        """
        found: dict[int, Ended] = {}
        number = 0
        while True:
            number += 1
            page: SearchPage = self._github.read(
                doing,
                "/search/issues",
                SearchPage,
                {
                    "q": f"repo:{self.name} {query}",
                    "sort": "updated",
                    "order": "desc",
                    "per_page": PAGE,
                    "page": number,
                },
            )
            found |= {it.number: it for it in page.items}
            newest = sorted(found.values(), key=lambda it: (it.ended_at, it.number), reverse=True)
            is_last = len(page.items) < PAGE or number == _MOST_PAGES
            if is_last or _is_settled(newest[:limit], limit, page.items[-1]):
                return Listing(newest[:limit], page.total_count, not page.incomplete_results)


def _seconds(text: str) -> float:
    at = moment(text)
    return at.timestamp() if at else 0


def _is_before(release: Release, own: OwnRelease) -> bool:
    if release.draft or release.prerelease or release.id == own.id:
        return False
    published, until = moment(release.published_at), moment(own.published_at)
    return published is not None and (until is None or published < until)


def _is_settled(newest: list[Ended], limit: int, last: Ended) -> bool:
    """Say whether no thing that was updated before `last` can be among the newest."""
    if len(newest) < limit:
        return False
    ended, updated = moment(newest[-1].ended_at), moment(last.updated_at)
    return ended is not None and updated is not None and ended >= updated
