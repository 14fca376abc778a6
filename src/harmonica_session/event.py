"""The event that started the workflow run, and the pull request that it is about.

This module must not ask GitHub anything: what the event lacks is returned as what to ask for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import PullRequest
    from harmonica_session.words.visibility import AboutRepository

# GitHub withholds secrets from these events when the pull request comes from a fork.
# Source: "Events that trigger workflows", pull request events in forked repositories.
_WITHOUT_SECRETS_FROM_FORKS = {
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
}
_DEPENDABOT = "dependabot[bot]"
# What is checked or run for a commit, and lists the pull requests of that commit.
_CHECKS = ("workflow_run", "check_run", "check_suite")
# All zeros stand for a commit that is not there: that of a branch which was deleted, say.
COMMIT = re.compile("(?!0+$)(?:[0-9a-f]{40}|[0-9a-f]{64})")


class OwnRelease(NamedTuple):
    """The release that an event is about.

    Attributes:
        id: GitHub's number of it.
        published_at: When it was published, in ISO 8601; empty for one that is not.
    """

    id: int
    published_at: str


@dataclass(frozen=True)
class Event:
    """What is known of the run before anybody is asked.

    Attributes:
        name: The event's name, such as `pull_request`; empty outside of GitHub Actions.
        payload: The event's JSON object, empty when there is none.
        repository: `owner/name`, empty outside of GitHub Actions.
        repository_id: The repository's number, its name where GitHub gives none.
        actor: Who started the run.
        run_id: The workflow run.
        run_attempt: 1 for the first attempt of the run.
        sha: The commit of the run.
        run_number: How many runs of the workflow there were, this one included.
        workflow: The workflow's name.
        server_url: Address of GitHub for people.
    """

    name: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    repository: str = ""
    repository_id: str = ""
    actor: str = ""
    run_id: str = ""
    run_attempt: int = 1
    sha: str = ""
    run_number: str = ""
    workflow: str = ""
    server_url: str = ""

    @property
    def repository_url(self) -> str:
        """Address of the repository for people, empty outside of GitHub Actions."""
        return f"{self.server_url}/{self.repository}" if self.server_url and self.repository else ""

    @property
    def about_repository(self) -> AboutRepository:
        """What the event says of the repository; nothing where that has another form."""
        from harmonica_session.words.visibility import AboutRepository

        told = nested(self.payload, "repository")
        return AboutRepository.model_validate(told if isinstance(told, dict) else {})

    @property
    def is_public(self) -> bool:
        """Whether the event says that the repository is public, and nothing against it."""
        repository = nested(self.payload, "repository")
        if not isinstance(repository, dict) or repository.get("private") is not False:
            return False
        # On Forgejo and Gitea, an owner may be shown to none but members or whoever has signed in.
        told = repository.get("visibility"), nested(repository, "owner", "visibility")
        return all(it in (None, "public") for it in told) and not repository.get("internal")

    @property
    def lacks_secrets(self) -> str:
        """Why GitHub withholds secrets from this run, empty when it does not.

        Source: "Events that trigger workflows" for forks; "Dependabot on GitHub Actions" for
        runs that Dependabot started, which see Dependabot's own secrets only.
        """
        if self.actor == _DEPENDABOT:
            return "Dependabot"
        if self.name in _WITHOUT_SECRETS_FROM_FORKS and self.is_from_fork:
            return "a pull request from a fork"
        return ""

    @property
    def is_from_fork(self) -> bool:
        """Whether the event's pull request comes from another repository."""
        if nested(self.payload, "pull_request", "number") is None:
            return False
        base = nested(self.payload, "pull_request", "base", "repo", "id")
        head = nested(self.payload, "pull_request", "head", "repo", "id")
        # The head's repository is null once the fork is deleted.
        return head is None or head != base

    @property
    def base_sha(self) -> str:
        """The commit that the event's pull request is to be merged onto; empty without one."""
        return _text(self.payload, "pull_request", "base", "sha")

    @property
    def authors_commits(self) -> set[str]:
        """The commits that the author of the event's pull request has put together.

        Among them GitHub's own trial merge, which holds the author's files.
        """
        pull = nested(self.payload, "pull_request")
        checked = {_text(self.payload, check, "head_sha") for check in _CHECKS}
        commits = checked | {_text(pull, "head", "sha")}
        if nested(pull, "merged") is not True:
            commits.add(_text(pull, "merge_commit_sha"))
        return commits - {""}

    @property
    def issue_number(self) -> int | None:
        """The issue or pull request that the event is about, None when it is about none."""
        return _number(self.payload, "issue", "number")

    @property
    def release(self) -> OwnRelease | None:
        """The release of a `release` event, None for any other."""
        number = _number(self.payload, "release", "id") if self.name == "release" else None
        published_at = _text(self.payload, "release", "published_at")
        return OwnRelease(number, published_at) if number else None

    @property
    def listed_pull_requests(self) -> list[dict[str, Any]]:
        """The pull requests that a check or run names.

        Its list names those of every repository that has the same commit; these are our own.
        """
        lists = [nested(self.payload, check, "pull_requests") for check in _CHECKS]
        ours = {self.repository_id, str(_number(self.payload, "repository", "id"))}
        return [
            entry
            for listed in lists
            for entry in (listed if isinstance(listed, list) else [])
            if (at := _number(entry, "base", "repo", "id")) and str(at) in ours
        ]

    def opens_pull_request(self, place: Place) -> bool:
        """Say whether nothing can have been announced on a pull request before this run."""
        is_opened = nested(self.payload, "action") == "opened" and self.run_attempt == 1
        return is_opened and _number(self.payload, "pull_request", "number") == place.number

    def created_at(self, number: int) -> str:
        """Return when a pull request was opened, in ISO 8601; empty when the event does not say."""
        for key in ("pull_request", "issue"):
            if _number(self.payload, key, "number") == number:
                return _text(self.payload, key, "created_at")
        return ""

    def labels_of(self, number: int) -> list[str] | None:
        """Return the labels that a pull request had at the event, None where it does not say."""
        pull = nested(self.payload, "pull_request")
        rows = nested(pull, "labels") if _number(pull, "number") == number else None
        return [_text(row, "name") for row in rows] if isinstance(rows, list) else None


def read_event(env: Mapping[str, str], payload: bytes) -> Event:
    """Read what the runner says of the run.

    Args:
        env: The environment, with GitHub's default variables.
        payload: The content of `GITHUB_EVENT_PATH`. What is no JSON object counts as empty.
    """
    try:
        read = json.loads(payload) if payload else {}
    except (ValueError, RecursionError):
        read = {}
    attempt = env.get("GITHUB_RUN_ATTEMPT", "")
    repository = env.get("GITHUB_REPOSITORY", "")
    return Event(
        name=env.get("GITHUB_EVENT_NAME", ""),
        payload=read if isinstance(read, dict) else {},
        repository=repository,
        repository_id=env.get("GITHUB_REPOSITORY_ID", "") or repository,
        actor=env.get("GITHUB_ACTOR", ""),
        run_id=env.get("GITHUB_RUN_ID", ""),
        run_attempt=int(attempt) if re.fullmatch("[0-9]{1,6}", attempt) else 1,
        sha=env.get("GITHUB_SHA", ""),
        run_number=env.get("GITHUB_RUN_NUMBER", ""),
        workflow=env.get("GITHUB_WORKFLOW", ""),
        server_url=env.get("GITHUB_SERVER_URL", "").rstrip("/"),
    )


class ByCommit(NamedTuple):
    """Ask for the pull request of a commit."""

    sha: str


class ByHead(NamedTuple):
    """Ask for the open pull request of a branch, at a commit."""

    owner: str
    branch: str
    sha: str


Whereabouts: TypeAlias = int | ByCommit | ByHead | None


def whereabouts(event: Event) -> Whereabouts:
    """Return the number of the event's pull request, how to ask for it, or None.

    Source: "Webhook events and payloads" and "Events that trigger workflows".
    """
    name = "pull_request" if event.name.startswith("pull_request") else event.name
    where = _WHEREABOUTS.get(name)
    return where(event) if where else None


def _of_pull_request(event: Event) -> Whereabouts:
    return _number(event.payload, "pull_request", "number")


def _of_issue_comment(event: Event) -> Whereabouts:
    is_pull_request = nested(event.payload, "issue", "pull_request") is not None
    return _number(event.payload, "issue", "number") if is_pull_request else None


def _of_merge_group(event: Event) -> Whereabouts:
    head_ref = _text(event.payload, "merge_group", "head_ref")
    found = re.search(r"/pr-([1-9][0-9]{0,17})-[0-9a-f]+\Z", head_ref)
    return int(found[1]) if found else None


def _of_push(event: Event) -> Whereabouts:
    if nested(event.payload, "deleted") is True:
        return None
    # For an annotated tag, `after` is the tag itself, of which no pull request is known.
    pushed = _text(event.payload, "head_commit", "id") or _text(event.payload, "after")
    sha = pushed or event.sha
    return ByCommit(sha) if COMMIT.fullmatch(sha) else None


def _of_check(event: Event) -> Whereabouts:
    numbers = (_number(entry, "number") for entry in event.listed_pull_requests)
    return next(filter(None, numbers), None)


def _of_workflow_run(event: Event) -> Whereabouts:
    if number := _of_check(event):
        return number
    head = ByHead(
        owner=_text(event.payload, "workflow_run", "head_repository", "owner", "login"),
        branch=_text(event.payload, "workflow_run", "head_branch"),
        sha=_text(event.payload, "workflow_run", "head_sha"),
    )
    return head if head.owner and head.branch and COMMIT.fullmatch(head.sha) else None


# An event that is not listed is about no pull request: `create`, `delete`, `release`, `schedule`.
# Nor is `issues`: a stranger's issue must not call for a comment.
_WHEREABOUTS: Mapping[str, Callable[[Event], Whereabouts]] = {
    "pull_request": _of_pull_request,
    "issue_comment": _of_issue_comment,
    "check_run": _of_check,
    "check_suite": _of_check,
    "workflow_run": _of_workflow_run,
    "merge_group": _of_merge_group,
    "push": _of_push,
}


def of_commit(pulls: list[PullRequest], sha: str) -> int | None:
    """Choose the open pull request whose head is a commit, else the one merged as it."""
    for pull in pulls:
        if pull.state == "open" and pull.head.sha == sha:
            return pull.number
    for pull in pulls:
        if pull.merged_at and pull.merge_commit_sha == sha:
            return pull.number
    return None


def of_head(pulls: list[PullRequest], sha: str) -> int | None:
    """Choose the open pull request whose head is a commit."""
    return next((pull.number for pull in pulls if pull.head.sha == sha), None)


def nested(value: object, *keys: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what stands under the keys, one inside the other; None where one is not there."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _text(value: object, *keys: str) -> str:
    found = nested(value, *keys)
    # What cannot be printed is no name, address or date, and could not be sent on either.
    return found if isinstance(found, str) and found.isprintable() else ""


def _number(value: object, *keys: str) -> int | None:
    found = nested(value, *keys)
    return found if type(found) is int and found > 0 else None
