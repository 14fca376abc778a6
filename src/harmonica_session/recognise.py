"""Finds what earlier runs left behind: our comment, and the session that is meant.

This module must not write anything anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.core import plan as planning
from harmonica_session.core import report
from harmonica_session.core.plan import Found, Task
from harmonica_session.core.receipt import Receipt, Seal, Speaker, Trace
from harmonica_session.errors import (
    ActionError,
    NothingToAnnounceOn,
    Refused,
    ServiceError,
    SeveralSessions,
)
from harmonica_session.session import Session, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harmonica_session.edges.github import GitHub
    from harmonica_session.edges.harmonica import Harmonica
    from harmonica_session.edges.world import World
    from harmonica_session.pull_request import Comment

TITLE = "Harmonica session"
_GONE = (404, 410)
# Harmonica's clock and GitHub's need not agree to the minute.
_CLOCK_TOLERANCE = timedelta(minutes=10)
# A workflow run lives no longer, its attempts included.
# Source: "Usage limits for GitHub Actions"; runs can be repeated for 30 days.
_LONGEST_RUN = timedelta(days=31)
_MOST_CANDIDATES = 50


class Survey:
    """What is there before anything is written: asked for once, however many specs there are."""

    def __init__(self, world: World) -> None:
        """Ask nothing yet."""
        self._world = world
        self._comments: dict[int, list[Comment]] = {}
        self._beginning: datetime | None = None
        self._sessions: dict[datetime | None, list[Session]] = {}

    def comments(self, number: int) -> list[Comment]:
        """Return the comments on a pull request, oldest first."""
        if number not in self._comments and self._world.github:
            self._comments[number] = list(self._world.github.comments(number))
        return self._comments.get(number, [])

    def beginning(self, task: Task) -> datetime | None:
        """Return since when the session may have been made, None when nobody says."""
        if task.scope == "pull-request":
            return _shortly_before(self._world.event.created_at(task.number))
        if self._beginning is None:
            self._beginning = _beginning_of_run(self._world)
        return self._beginning

    def sessions(self, since: datetime | None) -> list[Session]:
        """Return the account's sessions that were created since then."""
        if since not in self._sessions and self._world.harmonica:
            self._sessions[since] = list(self._world.harmonica.created_since(since))
        return self._sessions.get(since, [])


def find(world: World, survey: Survey, seal: Seal, task: Task) -> Found:
    """Find our comment, and the session that this run means.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        SeveralSessions: `once-per: topic`, and several have it.
        ServiceError: A service did not answer, so nobody knows.
    """
    trace = None
    if task.number is not None:
        trace = _our_trace_if_readable(world, survey, seal, task.number)
    harmonica = world.harmonica
    if harmonica and trace and not trace.is_signed:
        # Only a signature vouches for the link; the id leads to a session of this account.
        vouched = {"join_url": harmonica.join_url(trace.receipt.session_id)}
        trace = replace(trace, receipt=trace.receipt.model_copy(update=vouched))
    receipt = trace.receipt if trace else None
    session, is_foreign = None, False
    if harmonica and trace and planning.receipt_counts(task, world.event, trace.receipt):
        session = _announced(world, harmonica, trace)
    if harmonica and session is None and task.scope == "topic":
        session = _of_topic(harmonica, task, receipt)
        is_foreign = session is not None and not carries_reference(session, task.reference)
    elif harmonica and session is None and planning.may_have_run_before(task, world.event, receipt):
        # Another job of a first attempt has the same topic; later the host may have changed it.
        same_topic = task.scope == "run" and world.event.run_attempt == 1
        rows = survey.sessions(survey.beginning(task))
        session = with_reference(harmonica, task, rows, same_topic=same_topic)
        if session:
            world.runner.say(f"Recognised the session of an earlier run: {session.id}")
    if trace is None:
        return Found(session=session, is_foreign=is_foreign)
    return Found(trace.comment, trace.receipt, trace.is_signed, session, is_foreign)


def _our_trace_if_readable(world: World, survey: Survey, seal: Seal, number: int) -> Trace | None:
    """Return our comment; a token that may not read the comments is warned of."""
    if world.github is None:
        return None
    try:
        return our_trace(world, world.github, seal, number, survey.comments(number))
    except Refused as error:
        if error.status in _GONE and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {number}, and GitHub shows no such pull request or issue: {error}"
            ) from None
        if not error.is_denial:
            raise
        what = f"The comments on #{number} cannot be read"
        world.runner.warn(TITLE, report.denied(what, str(error)))
        return None


def our_trace(
    world: World, github: GitHub, seal: Seal, number: int, comments: Iterable[Comment]
) -> Trace | None:
    """Return the oldest comment of ours on a pull request, one with a valid signature first.

    Raises:
        ServiceError: GitHub did not answer, or refused.
    """
    outdated: Trace | None = None
    for trace in _traces(world, github, seal, number, comments):
        if trace.is_signed:
            return trace
        outdated = outdated or trace
    return outdated


def _traces(
    world: World, github: GitHub, seal: Seal, number: int, comments: Iterable[Comment]
) -> Iterator[Trace]:
    """List the comments with a receipt that were written by whom the token speaks for."""
    speaker: Speaker | None = None
    for comment in comments:
        trace = seal.read(comment, number)
        if trace is None:
            continue
        speaker = speaker or _speaker(world, github)
        if speaker.wrote(trace):
            yield trace
        else:
            world.runner.debug(f"Comment {comment.id} carries a receipt, but is not ours.")


def _speaker(world: World, github: GitHub) -> Speaker:
    """Return who the token speaks for; a workflow or App token cannot ask."""
    token = world.inputs.github_token
    if token and token.get_secret_value().startswith("ghs_"):
        return Speaker()
    try:
        return Speaker(github.account().login)
    except Refused as error:
        if not error.is_denial:
            raise
        # An installation token by another name, as on some older Enterprise Servers.
        return Speaker()


def _announced(world: World, harmonica: Harmonica, trace: Trace) -> Session | None:
    """Ask for the session of our comment; None when it is gone or out of reach."""
    receipt = trace.receipt
    join_url = receipt.join_url
    try:
        session = harmonica.get(receipt.session_id)
    except Refused as error:
        if error.is_out_of_reach:
            world.runner.warn(
                TITLE,
                f"The session of the comment is gone or belongs to another account ({join_url}); "
                "another one takes its place.",
            )
            return None
        if not trace.is_signed:
            raise
        world.runner.warn(TITLE, f"The session was not looked at: {error}")
    except ActionError as error:
        if not trace.is_signed:
            raise
        world.runner.warn(TITLE, f"The session was not looked at: {error}")
    else:
        return session.model_copy(update={"join_url": join_url})
    return Session(id=receipt.session_id, join_url=join_url)


def _of_topic(harmonica: Harmonica, task: Task, receipt: Receipt | None) -> Session | None:
    """Return the active session of the task's topic, the announced one if there are several."""
    rows = harmonica.active_with_topic(task.request.topic)
    announced = [row for row in rows if receipt and row.id == receipt.session_id]
    rows = announced or rows
    if len(rows) > 1:
        links = ", ".join(harmonica.join_url(row.id) for row in rows)
        raise SeveralSessions(
            f"{len(rows)} active sessions have this very topic, and `once-per: topic` wants one; "
            f"complete the others, or choose another topic: {links}"
        )
    return _whole(harmonica, rows[0].id) if rows else None


def _beginning_of_run(world: World) -> datetime:
    began = None
    if world.github:
        try:
            began = _shortly_before(world.github.run_created_at(world.event.run_id))
        except ServiceError as error:
            world.runner.debug(f"Nobody says when this run began: {error}")
    return began or datetime.now(timezone.utc) - _LONGEST_RUN


def _shortly_before(text: str) -> datetime | None:
    at = moment(text)
    try:
        return at - _CLOCK_TOLERANCE if at else None
    except OverflowError:
        return None


def with_reference(
    harmonica: Harmonica, task: Task, candidates: Iterable[Session], *, same_topic: bool = False
) -> Session | None:
    """Return the oldest session that carries the task's reference, None when none does.

    Args:
        harmonica: Where to look.
        task: What the session is for.
        candidates: Sessions as they are listed.
        same_topic: Whether to look at sessions of the task's very topic only.
    """
    rows = [row for row in candidates if not same_topic or row.topic == task.request.topic]
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    rows.sort(key=lambda row: (row.topic != task.request.topic, row.created_at or "", row.id))
    for row in islice(rows, _MOST_CANDIDATES):
        session = _whole(harmonica, row.id)
        if session and carries_reference(session, task.reference):
            return session
    return None


def _whole(harmonica: Harmonica, session_id: str) -> Session | None:
    """Return a listed session with its context and its link, None when it is out of reach."""
    try:
        session = harmonica.get(session_id)
    except Refused as error:
        if not error.is_out_of_reach:
            raise
        return None
    return session.model_copy(update={"join_url": harmonica.join_url(session_id)})


def carries_reference(session: Session, reference: str) -> bool:
    """Say whether a session's context holds the reference line."""
    return f"Ref: {reference}" in (session.context or "").splitlines()
