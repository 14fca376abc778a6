"""Announces a session: finds the pull request, and brings our comment on it up to date.

This module must not create sessions, nor let a refused comment fail the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.core import event as events
from harmonica_session.core import plan as planning
from harmonica_session.core import report
from harmonica_session.errors import ActionError, FateUnknown, NothingToAnnounceOn, Refused
from harmonica_session.traces import our_trace

if TYPE_CHECKING:
    from harmonica_session.core.plan import Plan
    from harmonica_session.core.receipt import Seal, Trace
    from harmonica_session.edges.github import GitHub
    from harmonica_session.edges.world import World
    from harmonica_session.pull_request import Comment
    from harmonica_session.session import Session

TITLE = "Harmonica session: announcement"
# Source: `GET /repos/{owner}/{repo}/commits/{sha}/pulls`.
_UNKNOWN_COMMIT = 422
_GONE = (404, 410)
_SERVER_ERRORS = 500


def find_pull_request(world: World) -> int | None:
    """Return the number of the pull request to announce on, None to announce nowhere.

    Raises:
        NothingToAnnounceOn: `announce: pull-request`, and there is none.
        ServiceError: GitHub could not be asked, so nobody knows.
    """
    inputs, event = world.inputs, world.event
    if inputs.announce == "off":
        return None
    number = inputs.pr_number
    reason = f"the event `{event.name or 'none'}` names none; set `pr-number`"
    if number is None:
        try:
            number = number_of_event(world)
        except Refused as error:
            if not error.is_denial and error.status != _UNKNOWN_COMMIT:
                raise
            reason = f"{error}; it needs `pull-requests: read`"
            world.runner.warn(TITLE, f"The pull request could not be looked up: {reason}")
    if number is None and inputs.announce == "pull-request":
        raise NothingToAnnounceOn(f"`announce: pull-request` needs a pull request: {reason}")
    return number


def number_of_event(world: World) -> int | None:
    """Return the number of the event's pull request, None when it has none.

    Raises:
        ServiceError: GitHub could not be asked, or refused.
    """
    where = events.whereabouts(world.event)
    if isinstance(where, events.ByCommit):
        return (
            events.of_commit(world.github.pulls_of_commit(where), where.sha)
            if world.github
            else None
        )
    if isinstance(where, events.ByHead):
        return (
            events.of_head(world.github.open_pulls_of(where), where.sha) if world.github else None
        )
    return where


def announce(world: World, seal: Seal, plan: Plan, session: Session) -> tuple[Plan, Session, str]:
    """Bring our comment on the pull request up to date.

    Returns:
        Plan and session, another run's where that was faster, and the comment's address, empty
        where there is none. What goes wrong is a warning: the session exists, and its link stands
        in outputs and summary already.
    """
    number, comment = plan.task.number, plan.found.comment
    if number is None:
        return plan, session, ""
    for surplus in plan.found.surplus:
        _take_away(world, surplus, session)
    receipt = planning.receipt_for(plan, session, world.event.run_id)
    if comment and (plan.is_overtaken or planning.is_announced(plan.found, receipt)):
        world.runner.say(f"Comment, unchanged: {comment.html_url}")
        return plan, session, comment.html_url
    if world.github is None:
        world.runner.warn(TITLE, "There is no `github-token`, so the link was not posted.")
        return plan, session, ""
    invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    body = report.comment(seal.receipt_line(receipt, number), invitation, spec=plan.task.spec)
    try:
        posted = _put(world, world.github, seal, plan, body)
    except ActionError as error:
        world.runner.warn(TITLE, _not_announced(number, error))
        return plan, session, comment.html_url if comment else ""
    is_edited = comment is not None and comment.id == posted.id
    world.runner.say(f"Comment, {'edited' if is_edited else 'posted'}: {posted.html_url}")
    winner = None if is_edited else _earlier(world, world.github, seal, number, posted)
    if winner and planning.receipt_counts(plan.task, world.event, winner.receipt):
        return _give_way(world, plan, session, winner)
    if winner:
        # Its session is not the one that is meant, but its comment is the one that stays.
        _take_over(world, world.github, number, winner.comment, body)
    return plan, session, winner.comment.html_url if winner else posted.html_url


def _put(world: World, github: GitHub, seal: Seal, plan: Plan, body: str) -> Comment:
    """Edit our comment, or post one."""
    comment, number = plan.found.comment, plan.task.number or 0
    if comment:
        try:
            return github.edit_comment(comment.id, body)
        except Refused as error:
            if error.status not in _GONE:
                raise
            world.runner.say(f"The comment was taken away meanwhile: {comment.html_url}")
    return _post(world, github, seal, number, body)


def _take_over(world: World, github: GitHub, number: int, comment: Comment, body: str) -> None:
    try:
        github.edit_comment(comment.id, body)
    except ActionError as error:
        world.runner.warn(TITLE, _not_announced(number, error))


def _give_way(
    world: World, plan: Plan, session: Session, winner: Trace
) -> tuple[Plan, Session, str]:
    """Return the session that another run announced a moment earlier, in place of ours."""
    receipt, comment_url = winner.receipt, winner.comment.html_url
    world.runner.say(f"Another run was faster: {comment_url}")
    if receipt.session_id == session.id:
        return plan, session, comment_url
    world.runner.warn(TITLE, report.surplus_warning(session.join_url or ""))
    theirs = session.model_copy(
        update={"id": receipt.session_id, "join_url": receipt.join_url, "chain": None}
    )
    return replace(plan, status="reused"), theirs, comment_url


def _post(world: World, github: GitHub, seal: Seal, number: int, body: str) -> Comment:
    """Post a comment; when nobody knows whether that worked, look before it is posted once more."""
    try:
        return github.post_comment(number, body)
    except (FateUnknown, Refused) as error:
        if isinstance(error, Refused) and error.status < _SERVER_ERRORS:
            raise
        world.runner.debug(f"{error}; looking whether the comment was posted")
        trace = our_trace(world, github, seal, number)
        return trace.comment if trace else github.post_comment(number, body)


def _earlier(
    world: World, github: GitHub, seal: Seal, number: int, posted: Comment
) -> Trace | None:
    """Return the announcement that another run posted before ours, and take ours away."""
    try:
        winner = our_trace(world, github, seal, number)
        if winner is None or not winner.is_signed or winner.comment.id >= posted.id:
            return None
    except ActionError as error:
        unknown = "Nobody knows whether another run announced a session at the same time"
        world.runner.warn(TITLE, f"{unknown}; the next run looks again and tidies up: {error}")
        return None
    _remove(world, github, posted)
    return winner


def _take_away(world: World, surplus: Trace, session: Session) -> None:
    """Remove a comment that a run left which did not see that another one was faster."""
    if world.github is None:
        return
    _remove(world, world.github, surplus.comment)
    if surplus.receipt.session_id != session.id:
        world.runner.warn(TITLE, report.second_session_warning(surplus.receipt.join_url))


def _remove(world: World, github: GitHub, comment: Comment) -> None:
    try:
        github.delete_comment(comment.id)
    except ActionError as error:
        # Deleted once already, when the answer to that got lost.
        if not (isinstance(error, Refused) and error.status in _GONE):
            left = f"Another run announced it first; please remove {comment.html_url}: {error}"
            world.runner.warn(TITLE, left)


def _not_announced(number: int, error: ActionError) -> str:
    if isinstance(error, Refused) and "locked" in error.reason.lower():
        return (
            f"The conversation on #{number} is locked, so the link was not posted. It stands in "
            "the outputs and in the job summary; unlock the conversation and run this again."
        )
    if isinstance(error, Refused) and error.is_denial:
        return report.denied(f"The link was not posted on #{number}", str(error))
    return (
        f"The link was not posted on #{number}; it stands in the outputs and in the job summary, "
        f"and the next run posts it: {error}"
    )
