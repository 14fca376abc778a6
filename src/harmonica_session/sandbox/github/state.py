"""What a GitHub of one's own holds: accounts, tokens, pull requests, issues, comments, runs.

It must not know about requests; tests fill it and look into it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING, Any, TypedDict

from harmonica_session.sandbox.github import rows

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from harmonica_session.sandbox.exchange import Row

_WORKFLOW_BOT = "github-actions[bot]"


class PullFacts(TypedDict, total=False):
    """What a test may say of a pull request.

    Attributes:
        head_sha: Its head commit; empty: 40 digits made of the number.
        head_owner: Owner of the head's repository; empty: of `repository`, so no fork.
        head_ref: Its branch.
        base_sha: The commit it is to be merged onto.
        state: `open` or `closed`.
        merged_at: When it was merged.
        merge_commit_sha: The commit it was merged as.
        title: Its title.
    """

    head_sha: str
    head_owner: str
    head_ref: str
    base_sha: str
    state: str
    merged_at: str | None
    merge_commit_sha: str | None
    title: str


class RunFacts(TypedDict, total=False):
    """What a test may say of a workflow run.

    Attributes:
        updated_at: When it was over; empty: at once.
        status: `completed`, or what it is doing.
        head_branch: The branch of its head.
        head_sha: The commit of its head.
        head_repository: The number of the repository that its head is in.
    """

    updated_at: str
    status: str
    head_branch: str
    head_sha: str
    head_repository: int


_OVER_AT_ONCE: RunFacts = {
    "updated_at": "",
    "status": "completed",
    "head_branch": "main",
    "head_sha": "c" * 40,
    "head_repository": 1,
}
_OPEN_PULL: PullFacts = {
    "head_sha": "",
    "head_owner": "",
    "head_ref": "feature",
    "base_sha": "b" * 40,
    "state": "open",
    "merged_at": None,
    "merge_commit_sha": None,
    "title": "A pull request",
}


class GitHubState:
    """The state of one GitHub server; tests may read and change every open attribute.

    Pull requests, issues and comments are the same in every repository that is asked for.

    Attributes:
        users: Token to `login`, `type` (`User`, `Bot`) and `installation` (whether it is an
            installation's token, for which `GET /user` answers 403).
        read_only: Tokens whose writes answer 403.
        without_issues: Tokens that may do nothing with issues, apart from pull requests.
        without_push: Tokens of people who may open issues, and label none.
        repository: The `owner/name` in the links of what tests add.
        repositories: The `owner/name` that exist; None: whichever is asked for.
        facts: Fields put over the answer of `GET /repos/{owner}/{repo}`; `private` keeps issues
            from tokens without a permission for them.
        pushed_at: When somebody last pushed to a repository.
        clock_offset: Seconds by which the server's clock is ahead.
        pulls: Number to pull request.
        issues: Number to issue; pull requests are in it as well, as on GitHub.
        has_issues: Whether issues are switched on.
        labels: The repository's labels, by their names in lower case.
        assignable: Logins of those who can be assigned; None: whoever is named.
        locked: Numbers whose conversation is locked.
        comments: Every comment, in order of its id; `number` says where it stands.
        runs: Id to workflow run, with `created_at` at least.
    """

    def __init__(self, site: str) -> None:
        """Begin with one workflow's token.

        Args:
            site: The address in front of `/owner/repo/…` in links for people.
        """
        self.first_token = f"ghs_sandbox{1:029d}"
        self.users: dict[str, Row] = {}
        self.read_only: set[str] = set()
        self.without_issues: set[str] = set()
        self.without_push: set[str] = set()
        self.repository = "octo/garden"
        self.repositories: set[str] | None = None
        self.facts: Row = {}
        self.pushed_at = rows.timestamp(time.time())
        self.clock_offset = 0.0
        self.pulls: dict[int, Row] = {}
        self.issues: dict[int, Row] = {}
        self.has_issues = True
        self.labels: dict[str, Row] = {}
        self.assignable: set[str] | None = None
        self.locked: set[int] = set()
        self.comments: list[Row] = []
        self.runs: dict[int, Row] = {}
        self._site = site
        self._lock = threading.RLock()
        self._last_comment = 1000
        self.add_token(self.first_token, login=_WORKFLOW_BOT, type="Bot", installation=True)

    def now(self) -> float:
        """Return the server's clock, seconds since 1970."""
        return time.time() + self.clock_offset

    def add_token(
        self,
        token: str,
        *,
        login: str,
        type: str = "User",  # noqa: A002  # GitHub's own word
        installation: bool = False,
    ) -> str:
        """Accept a token that speaks for an account; returns the token."""
        self.users[token] = {"login": login, "type": type, "installation": installation}
        return token

    def add_person(self, login: str) -> str:
        """Return a new personal token of a person."""
        digest = hashlib.sha256(login.encode()).hexdigest()[:29]
        return self.add_token(f"ghp_sandbox{digest}", login=login)

    def add_pull(self, number: int, **facts: Unpack[PullFacts]) -> Row:
        """Open a pull request onto `main` and return its row; an earlier one is replaced."""
        told: PullFacts = {**_OPEN_PULL, **facts}
        owner, name = self.repository.split("/")
        issue = self._issue(number, "pull", told["title"], "")
        head_owner, head_sha = told["head_owner"] or owner, told["head_sha"] or f"{number:040d}"
        row = issue | {
            "draft": False,
            "state": told["state"],
            "merged": told["merged_at"] is not None,
            "merged_at": told["merged_at"],
            "merge_commit_sha": told["merge_commit_sha"],
            "head": _end(head_owner, told["head_ref"], head_sha, name),
            "base": _end(owner, "main", told["base_sha"], name),
        }
        as_issue = {"state": told["state"], "pull_request": {"html_url": issue["html_url"]}}
        with self._lock:
            self.pulls[number] = row
            self.issues[number] = issue | as_issue
        return row

    def add_issue(self, number: int, title: str = "An issue", body: str | None = "") -> Row:
        """Open an issue that is no pull request and return its row."""
        row = self._issue(number, "issues", title, body) | {"state_reason": None}
        with self._lock:
            self.issues[number] = row
        return row

    def add_comment(
        self,
        number: int,
        body: str,
        login: str = "stranger",
        type: str = "User",  # noqa: A002  # GitHub's own word
    ) -> Row:
        """Write a comment and return its row; raises KeyError where no such number was opened."""
        return self._write(number, self.issues[number]["html_url"], body, rows.user(login, type))

    def add_run(
        self,
        ident: int,
        created_at: str | None = None,
        event: str = "schedule",
        **facts: Unpack[RunFacts],
    ) -> Row:
        """Begin a workflow run, now unless told otherwise, and return its row."""
        began = created_at or rows.timestamp(self.now())
        told: RunFacts = {**_OVER_AT_ONCE, **facts}
        self.runs[ident] = {
            "id": ident,
            "event": event,
            "created_at": began,
            "updated_at": told["updated_at"] or began,
            "status": told["status"],
            "head_branch": told["head_branch"],
            "head_sha": told["head_sha"],
            "head_repository": {"id": told["head_repository"]},
            # GitHub names no pull request of a fork, and we rely on none.
            "pull_requests": [],
        }
        return self.runs[ident]

    def _write(self, number: int, page: str, body: str, author: Row) -> Row:
        moment = rows.timestamp(self.now())
        with self._lock:
            self._last_comment += 1
            row = rows.comment(self._last_comment, page, author, body, moment)
            row["number"] = number
            self.comments.append(row)
            self.change(number)
        return row

    def change(self, number: int, **fields: Any) -> Row:  # noqa: ANN401  # JSON can be anything
        """Change an issue or pull request, now, and return its row as an issue."""
        with self._lock:
            for known in (self.pulls, self.issues):
                if number in known:
                    known[number].update(fields, updated_at=rows.timestamp(self.now()))
        return self.issues[number]

    def _issue(self, number: int, kind: str, title: str, body: str | None) -> Row:
        """Return what issues and pull requests have in common; `kind` is a part of the address."""
        moment = rows.timestamp(self.now())
        return {
            "number": number,
            "state": "open",
            "title": title,
            "body": body,
            "user": rows.user("octocat", "User"),
            "html_url": f"{self._site}/{self.repository}/{kind}/{number}",
            "created_at": moment,
            "updated_at": moment,
            "closed_at": None,
            "labels": [],
            "assignees": [],
        }


def _end(owner: str, ref: str, sha: str, name: str) -> Row:
    repository = {"name": name, "full_name": f"{owner}/{name}", "owner": {"login": owner}}
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": {"login": owner},
        "repo": repository,
    }
