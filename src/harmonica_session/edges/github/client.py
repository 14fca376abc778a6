"""The GitHub REST API: one method for each route that is used.

This module must not decide which comment is ours, nor which pull request is meant.
"""

from __future__ import annotations

import re
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from harmonica_session.edges.github.refusals import (
    accepted,
    is_none_of_gitea,
    is_own_error,
    made,
)
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.edges.network.retry import Persistent
from harmonica_session.edges.network.single_flight import SingleFlight
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import AnswerUnusable, FateUnknown, RouteMissing
from harmonica_session.text.moment import in_query
from harmonica_session.words.pull_request import Account, Beginning, Comment, PullRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from pydantic import SecretStr

    from harmonica_session.edges.github.commits import Commits
    from harmonica_session.edges.github.issues import Issues
    from harmonica_session.edges.network.clock import Deadline
    from harmonica_session.event import ByCommit, ByHead
    from harmonica_session.words.visibility import AboutRepository
    from harmonica_session.words.workflow_run import RunPage

PAGE = 100
MOST_AT_ONCE = 5
_LONGEST_LINK = 8_000


class GitHub:
    """One repository, as one token may see it."""

    def __init__(self, base: str, repository: str, token: SecretStr, deadline: Deadline) -> None:
        """Take where the API is, which repository is meant, and the token.

        Args:
            base: `GITHUB_API_URL`.
            repository: `owner/name`.
            token: The token that only this service may see.
            deadline: Bounds each request.
        """
        self.base = base.rstrip("/")
        self._repository = f"/repos/{repository}"
        transport = Transport(
            "GitHub",
            self.base,
            {
                "Authorization": f"Bearer {token.get_secret_value()}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            deadline,
        )
        self._service = Persistent(transport, is_own_error)
        # What several specs of a run want to know is asked once.
        self._known: dict[str, Any] = {}
        self._newest: dict[int, SingleFlight[list[Comment]]] = {}
        self._lock = Lock()

    def close(self) -> None:
        """Give back the connections."""
        self._service.close()

    @property
    def repository(self) -> str:
        """The repository, as `owner/name`."""
        return self._repository.removeprefix("/repos/")

    @cached_property
    def issues(self) -> Issues:
        """Its issues, and what they share with pull requests."""
        from harmonica_session.edges.github.issues import Issues

        return Issues(self)

    @cached_property
    def commits(self) -> Commits:
        """Its commits, and the files in them."""
        from harmonica_session.edges.github.commits import Commits

        return Commits(self)

    def is_private(self) -> bool:
        """Say whether it is surely not everybody who may see the repository; see `about`."""
        return self.about().is_private

    def about(self) -> AboutRepository:
        """Return what the repository says of itself, asked for once: `GET /repos/{o}/{r}`.

        It takes no permission but `metadata: read`, which every token has.

        Raises:
            ServiceError: GitHub does not tell.
        """
        from harmonica_session.words.visibility import AboutRepository

        doing = "ask about the repository"
        found: AboutRepository = self._once(
            self._repository, lambda: self.read(doing, self._repository, AboutRepository)
        )
        return found

    def send(self, request: Request) -> Response:
        """Send a request, and return its answer whatever it says.

        Raises:
            ServiceError: There is no answer.
        """
        return self._service.send(request)

    def attempt(self, request: Request) -> Response:
        """Send what must not be done twice, and return its answer whatever it says.

        Raises:
            FateUnknown: Nobody knows whether it was done.
            ServiceError: It was not.
        """
        try:
            return self._service.send(request)
        except AnswerUnusable as error:
            raise FateUnknown(str(error)) from None

    def make(self, request: Request, form: type[Any]) -> Any:  # noqa: ANN401 - as in `read`
        """Make what must not be there twice.

        Raises:
            FateUnknown: Nobody knows whether it was made.
            ServiceError: It was not made.
        """
        return made(self.attempt(request), form)

    def read(
        self, doing: str, path: str, form: type[Any], query: Mapping[str, str | int] | None = None
    ) -> Any:  # noqa: ANN401 - an object of the form
        """Ask for one thing.

        Args:
            doing: What it is for, as the end of the sentence "could not …".
            path: Its path.
            form: The model of the answer.
            query: Query parameters.

        Raises:
            ServiceError: GitHub did not answer, or refused.
        """
        request = Request(doing, "GET", path, query=query)
        return accepted(self._service.send(request)).read(form)

    def comments(self, number: int) -> Iterator[Comment]:
        """List all comments, oldest first: `GET /repos/{o}/{r}/issues/{n}/comments`."""
        path = f"{self._repository}/issues/{number}/comments"
        yield from self.pages("read the comments", path, {}, Comment)

    def newest_comments(self, number: int) -> list[Comment]:
        """List all comments as they are now, oldest first; who asks meanwhile shares the list."""
        with self._lock:
            newest = self._newest.setdefault(
                number, SingleFlight(lambda: list(self.comments(number)))
            )
        return newest.answer()

    def post_comment(self, number: int, body: str) -> Comment:
        """Post a comment: `POST /repos/{o}/{r}/issues/{n}/comments`.

        Raises:
            FateUnknown: Nobody knows whether it was posted.
            ServiceError: It was not posted.
        """
        path = f"{self._repository}/issues/{number}/comments"
        request = Request("post the comment", "POST", path, body={"body": body})
        comment: Comment = self.make(request, Comment)
        return comment

    def comment(self, comment_id: int) -> Comment:
        """Return a comment: `GET /repos/{o}/{r}/issues/comments/{id}`."""
        path = f"{self._repository}/issues/comments/{comment_id}"
        comment: Comment = self.read("read the comment", path, Comment)
        return comment

    def edit_comment(self, comment_id: int, body: str) -> Comment:
        """Edit a comment: `PATCH /repos/{o}/{r}/issues/comments/{id}`."""
        path = f"{self._repository}/issues/comments/{comment_id}"
        request = Request("edit the comment", "PATCH", path, body={"body": body})
        response = accepted(self._service.send(request))
        # Forgejo and Gitea may say no more than that it is done.
        comment: Comment = response.read(Comment) if response.body else self.comment(comment_id)
        return comment

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment: `DELETE /repos/{o}/{r}/issues/comments/{id}`."""
        path = f"{self._repository}/issues/comments/{comment_id}"
        accepted(self._service.send(Request("remove the comment", "DELETE", path)))

    def opened_at(self, number: int) -> str:
        """Return when an issue or pull request was opened, in ISO 8601.

        `GET /repos/{o}/{r}/issues/{n}`, which knows pull requests too.
        """
        path = f"{self._repository}/issues/{number}"
        issue: Beginning = self.read("find out when the pull request was opened", path, Beginning)
        return issue.created_at

    def run_created_at(self, run_id: str) -> str:
        """Return when a workflow run began, over all its attempts, in ISO 8601.

        `GET /repos/{o}/{r}/actions/runs/{id}`.
        """
        path = f"{self._repository}/actions/runs/{run_id}"
        run: Beginning = self._once(
            path, lambda: self.read("find out when the workflow run began", path, Beginning)
        )
        return run.created_at

    def runs(
        self, since: datetime, until: datetime, per_page: int = PAGE, **filters: str
    ) -> RunPage:
        """List the newest workflow runs of a time: `GET /repos/{o}/{r}/actions/runs`.

        Args:
            since: Created at this moment or later.
            until: Created at this moment or earlier.
            per_page: How many of them, up to a hundred.
            filters: `branch` of the head, or `event`.
        """
        from harmonica_session.words.workflow_run import RunPage

        query = {
            "created": f"{in_query(since)}..{in_query(until)}",
            "exclude_pull_requests": "true",
            **filters,
        }
        page: RunPage = self.read(
            "list the earlier workflow runs",
            f"{self._repository}/actions/runs",
            RunPage,
            {**query, "per_page": per_page},
        )
        return page

    def account(self) -> Account:
        """Return the account of a personal token: `GET /user`. Other tokens are refused."""
        request = Request("find out which account the token belongs to", "GET", "/user")
        account: Account = accepted(self._service.send(request)).read(Account)
        return account

    def pull(self, number: int) -> dict[str, Any]:
        """Return a pull request as GitHub tells it: `GET /repos/{o}/{r}/pulls/{n}`."""
        path = f"{self._repository}/pulls/{number}"
        pull: dict[str, Any] = self._once(
            path, lambda: self.read("read the pull request", path, dict[str, Any])
        )
        return pull

    def pulls_of_commit(self, commit: ByCommit) -> list[PullRequest]:
        """List the pull requests of a commit: `GET /repos/{o}/{r}/commits/{sha}/pulls`.

        Forgejo and Gitea know one of them, by `GET /repos/{o}/{r}/commits/{sha}/pull`.
        """
        path = f"{self._repository}/commits/{commit.sha}/pulls"
        doing = "find the pull request of the commit"

        def ask() -> list[PullRequest]:
            try:
                return list(self.pages(doing, path, {}, PullRequest))
            except RouteMissing:
                response = self._service.send(Request(doing, "GET", path.removesuffix("s")))
                if is_none_of_gitea(response):
                    return []
                if not response.is_success:
                    raise
                return [response.read(PullRequest)]

        pulls: list[PullRequest] = self._once(path, ask)
        return pulls

    def open_pulls_of(self, head: ByHead) -> list[PullRequest]:
        """List the open pull requests of a branch: `GET /repos/{o}/{r}/pulls`."""
        query = {"state": "open", "head": f"{head.owner}:{head.branch}"}
        path = f"{self._repository}/pulls"
        pages = partial(self.pages, "find the pull request of the branch", path, query, PullRequest)
        pulls: list[PullRequest] = self._once(f"{path}?{query['head']}", lambda: list(pages()))
        return pulls

    def _once(self, name: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        """Return what was asked for under this name before, else ask now."""
        if name not in self._known:
            self._known[name] = ask()
        return self._known[name]

    def pages(
        self, doing: str, path: str, query: Mapping[str, str], form: type[Any]
    ) -> Iterator[Any]:
        """List all items of a list; once it is known how many pages there are, several at once.

        Args:
            doing: What they are for, as the end of the sentence "could not …".
            path: The list's path.
            query: Query parameters.
            form: The model of an item.

        Raises:
            ServiceError: GitHub did not answer, or refused.
        """

        def ask(page: int) -> Response:
            request = Request(doing, "GET", path, query={**query, "per_page": PAGE, "page": page})
            return accepted(self._service.send(request))

        pages, seen = range(1, 2), 0
        while pages:
            answers = _side_by_side(ask, pages)
            for response in answers:
                rows = response.read(list[form])  # type: ignore[valid-type] # read at run time
                seen += len(rows)
                yield from rows
            pages = following(answers[-1], pages[-1], seen if rows else None)


def _side_by_side(ask: Callable[[int], Response], pages: range) -> list[Response]:
    """Return the answers in the order of the pages; the first failure is raised."""
    if len(pages) == 1:
        return [ask(pages[0])]
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(len(pages))
    try:
        return list(pool.map(ask, pages))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def following(response: Response, page: int, seen: int | None) -> range:
    """Return the pages to ask for after this one, as many as are known, within bounds.

    Args:
        response: The last answer.
        page: The number of its page.
        seen: How many items there were so far, None where the last page had none.
    """
    link = response.headers.get("link", "")[:_LONGEST_LINK]
    total = response.headers.get("x-total-count", "")
    if not link and seen and re.fullmatch("[0-9]{1,9}", total) and int(total) > seen:
        # Some lists of Forgejo and Gitea have no links, and say how many there are.
        return range(page + 1, page + 2)
    # The link itself is not followed: the token goes to the one base address only.
    if not re.search(r'<[^<>]*>\s*;\s*rel="next"', link):
        return range(0)
    last = re.search(r'[?&]page=([0-9]{1,9})(?:&[^<>]*)?>\s*;\s*rel="last"', link)
    end = max(int(last[1]), page + 1) if last else page + 1
    return range(page + 1, min(end, page + MOST_AT_ONCE) + 1)
