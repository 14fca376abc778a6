"""Which earlier runs may have made a session for a pull request, as far as GitHub tells.

This module must not look at sessions, nor fail a run: who is told nothing looks at all of them.

What is trusted: a session is made for a pull request by a run that stands in the list. A run of a
pull request's own event is about that pull request, known by the head's branch and repository; a
push is about the pull request of its branch or commit. Any other run may be about any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from harmonica_session.errors import ServiceError
from harmonica_session.event import nested
from harmonica_session.text.moment import CLOCK_TOLERANCE, is_before, moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.session import Session
    from harmonica_session.words.workflow_run import RunPage, WorkflowRun
    from harmonica_session.world import World

# What one merge sets going begins within seconds, and in any order.
_SAME_MOMENT = timedelta(minutes=2)
# Runs older than that may be deleted by now. Source: "Artifact and log retention policy".
_KEPT = timedelta(days=90)
# A list that is narrowed down ends there, and may not count any further.
_MOST_FOUND = 1_000
# So long a run can be repeated. Source: "Re-running workflows and jobs".
_REPEATED = timedelta(days=31)
_PUSH, _TARGET = "push", "pull_request_target"
_COUNTED = ("pull_request", _PUSH, _TARGET)


class Span(NamedTuple):
    """When a run was at work, by GitHub's clock."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class EarlierRuns:
    """The runs that may have made a session for a pull request.

    Attributes:
        spans: When those that are known were at work, this very run among them.
        are_none: Whether none but runs of this very moment can have made one.
        is_telling: Whether the list may be relied on as far as it goes, for this run stands in it.
        unread: Why GitHub did not tell, empty where it did.
    """

    spans: tuple[Span, ...] = ()
    are_none: bool = False
    is_telling: bool = False
    unread: str = ""

    def have_met(self, session: Session) -> bool:
        """Say whether a listed session reads as made while one of the runs was at work."""
        made = moment(session.created_at)
        return made is None or any(it.begin <= made <= it.end for it in self.spans)


class _Told(NamedTuple):
    """What GitHub has told: runs, whether they are all that matter, and whether all stood there."""

    runs: list[WorkflowRun]
    are_all: bool
    is_whole: bool


class _Head(NamedTuple):
    """What tells the runs of a pull request; None, or empty, for what nobody knows."""

    branch: str
    repository: int | None
    commits: frozenset[str]
    base_branches: tuple[object, ...]
    base_repository: object
    merged_at: str
    is_certain: bool

    @property
    def is_of_fork(self) -> bool:
        """Whether pushes of the head are run elsewhere, as far as anybody knows."""
        known = self.repository, self.base_repository
        return None not in known and self.repository != self.base_repository


def earlier_runs(world: World, number: int, since: datetime | None) -> EarlierRuns:
    """Ask GitHub which runs since a pull request was opened may have made a session for it."""
    github, own = world.github, world.event.run_id
    if github is None or not own.isdecimal():
        return EarlierRuns(unread="there is no token for asking")
    if since is None:
        return EarlierRuns(unread="GitHub does not say when the pull request was opened")
    now = world.deadline.clock.utc_now()
    until = now + _SAME_MOMENT
    try:
        head = _head_of(world, github, number)
        told = _told(github, (since, until), head, own)
    except ServiceError as error:
        return EarlierRuns(unread=str(error))
    own_run = next((run for run in told.runs if run.id == int(own)), None)
    begun = moment(own_run.created_at) if own_run else None
    # A list that lacks this run, or may have lost some, proves nothing.
    are_all = told.are_all and begun is not None and since > until - _KEPT
    if begun and not told.is_whole and is_before(head.merged_at, begun - _SAME_MOMENT):
        # Nobody has looked for a push of the merge.
        are_all = False
    are_of_now = begun is not None and all(_is_of_now(run, begun) for run in told.runs)
    are_none = are_all and are_of_now and world.event.run_attempt == 1
    return EarlierRuns(
        tuple(_spans(told.runs, now)),
        are_none=are_none,
        is_telling=begun is not None,
    )


def _told(github: GitHub, time: tuple[datetime, datetime], head: _Head, own: str) -> _Told:
    """Ask for the runs of a time that may have made a session for the pull request, and this one.

    A push may have begun before that, and have met the pull request when it was run again.
    """
    (since, until), branch = time, head.branch
    before = since if head.is_of_fork else since - _REPEATED
    page = github.runs(since, until)
    runs, are_all = page.workflow_runs, page.is_whole

    def possible() -> list[WorkflowRun]:
        return [it for it in runs if it.id == int(own) or _may_concern(it, head)]

    more = None
    if not are_all and branch:
        more = github.runs(before, until, branch=branch)
        are_all = more.is_whole and _tell_all(github, page, time, head)
    elif are_all and branch and not head.is_of_fork and len(possible()) <= 1:
        more = github.runs(before, since, branch=branch, event=_PUSH)
        are_all = more.is_whole
    if more:
        further = [it for it in more.workflow_runs if not is_before(it.updated_at, since)]
        runs = list({it.id: it for it in (*runs, *further)}.values())
    return _Told(possible(), are_all, page.is_whole)


def _head_of(world: World, github: GitHub, number: int) -> _Head:
    pull = nested(world.event.payload, "pull_request")
    is_own = nested(pull, "number") == number
    if not is_own:
        pull = github.pull(number)
    repository, branch = nested(pull, "head", "repo", "id"), nested(pull, "head", "ref")
    commits = (nested(pull, "head", "sha"), nested(pull, "merge_commit_sha"))
    merged_at = nested(pull, "merged_at")
    return _Head(
        branch if isinstance(branch, str) else "",
        repository if isinstance(repository, int) else None,
        frozenset(it for it in commits if isinstance(it, str)),
        (nested(pull, "base", "ref"), nested(pull, "base", "repo", "default_branch")),
        nested(pull, "base", "repo", "id"),
        merged_at if isinstance(merged_at, str) else "",
        # Where a number was chosen, another event's run may have chosen it as well.
        is_certain=is_own or world.inputs.pr_number is None,
    )


def _may_concern(run: WorkflowRun, head: _Head) -> bool:
    """Say whether a run may have made a session for the pull request with this head."""
    event = run.event or ""
    is_push = event == _PUSH
    if not head.is_certain or not head.branch or not (is_push or event.startswith("pull_request")):
        return True
    if is_push and run.head_sha in head.commits:
        return True
    known = run.head_repository.id if run.head_repository else None
    is_elsewhere = None not in (known, head.repository) and known != head.repository
    is_its = run.head_branch in (None, head.branch) and not is_elsewhere
    return is_its or _hides_head(run, head)


def _hides_head(run: WorkflowRun, head: _Head) -> bool:
    """Say whether a run is listed under the base, for which GitHub runs this event."""
    if run.event != _TARGET or run.head_branch not in (None, *head.base_branches):
        return False
    return run.head_repository is None or run.head_repository.id == head.base_repository


def _tell_all(github: GitHub, page: RunPage, time: tuple[datetime, datetime], head: _Head) -> bool:
    """Say whether all runs are of events that tell, and do tell, which pull request is meant."""
    pages = [github.runs(*time, event=it, per_page=1) for it in _COUNTED]
    counts = [it.total_count for it in pages]
    if _MOST_FOUND in (page.total_count, *counts) or sum(counts) != page.total_count:
        return False
    return not any(_hides_head(run, head) for it in (page, *pages) for run in it.workflow_runs)


def _is_of_now(run: WorkflowRun, begun: datetime) -> bool:
    created = moment(run.created_at)
    return created is not None and created >= begun - _SAME_MOMENT


def _spans(runs: Iterable[WorkflowRun], now: datetime) -> Iterable[Span]:
    for run in runs:
        begin, end = moment(run.created_at), moment(run.updated_at)
        if begin:
            is_over = run.status == "completed" and end
            until = end if is_over and end else now
            yield Span(begin - CLOCK_TOLERANCE, until + CLOCK_TOLERANCE)
