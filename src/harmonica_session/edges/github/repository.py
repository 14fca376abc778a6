"""The facts of a repository that are worth telling a facilitator, in as few requests as can be.

This module must not decide which facts are wanted, nor how they are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.edges.github.client import PAGE
from harmonica_session.text.moment import moment
from harmonica_session.words.history import (
    ChangedFile,
    Commit,
    Ended,
    Issue,
    Listing,
    PullRequestFacts,
    PullRequestRecord,
    Release,
    Review,
    ReviewComment,
    SearchPage,
)

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.event import OwnRelease

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
        pages = self._github.pages
        return PullRequestRecord(
            pull,
            list(pages(doing, f"{path}/commits", {}, Commit)) if pull.commits else [],
            list(pages(doing, f"{path}/files", {}, ChangedFile)) if pull.changed_files else [],
            list(pages(doing, f"{path}/reviews", {}, Review)),
            list(pages(doing, f"{path}/comments", {}, ReviewComment))
            if pull.review_comments
            else [],
        )

    def issue(self, number: int) -> Issue:
        """Return an issue: `GET /repos/{o}/{r}/issues/{n}`."""
        issue: Issue = self._github.read(
            f"read issue #{number}", f"{self._path}/issues/{number}", Issue
        )
        return issue

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
        number = 0
        while True:
            number += 1
            query = {"per_page": PAGE, "page": number}
            page: list[Release] = self._github.read(doing, path, list[Release], query)
            # The list is in order, but for releases of older branches.
            if earlier := [it.published_at for it in page if _is_before(it, own)]:
                return max(earlier)
            if len(page) < PAGE:
                return ""

    def merged_since(self, since: str, limit: int) -> Listing:
        """Return the newest pull requests merged since a day or moment in ISO 8601."""
        return self._search(
            "find the merged pull requests", f"is:pr is:merged merged:>={since}", limit
        )

    def closed_since(self, since: str, limit: int) -> Listing:
        """Return the newest issues closed since a day or moment in ISO 8601."""
        return self._search("find the closed issues", f"is:issue is:closed closed:>={since}", limit)

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
