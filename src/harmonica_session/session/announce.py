"""Announces a session: brings our comment on the pull request up to date.

This module must not create sessions, nor let a refused comment fail the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import our_trace
from harmonica_session.errors import ActionError, FateUnknown, Refused
from harmonica_session.report import summary as report
from harmonica_session.session import plan as planning
from harmonica_session.session.plan import Found
from harmonica_session.session.settle import settle
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.plan import Plan
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

TITLE = "Harmonica session: announcement"
_SERVER_ERRORS = 500


def announce(
    world: World, harmonica: Harmonica, seal: Seal, plan: Plan, session: Session
) -> tuple[Plan, Session, str]:
    """Bring our comment on the pull request up to date.

    Returns:
        Plan and session, another run's where that was faster, and the comment's address, empty
        where there is none. What goes wrong is a warning: the session exists, and its link stands
        in outputs and summary already.
    """
    number, comment = plan.task.number, plan.found.comment
    if number is None:
        return plan, session, ""
    receipt = planning.receipt_for(plan, session)
    is_theirs = plan.is_overtaken or (plan.gave_way and plan.task.scope == "pull-request")
    if comment and (is_theirs or planning.is_announced(plan.found, receipt)):
        world.runner.say(f"Comment, unchanged: {comment.html_url}")
        _tidy(world, plan, session)
        return plan, session, comment.html_url
    if world.github is None:
        world.runner.warn(TITLE, "There is no `github-token`, so the link was not posted.")
        return plan, session, ""
    return _publish(world, world.github, harmonica, seal, plan, session)


def _publish(  # noqa: PLR0913, PLR0917 - the worlds, and what is to be said
    world: World, github: GitHub, harmonica: Harmonica, seal: Seal, plan: Plan, session: Session
) -> tuple[Plan, Session, str]:
    """Edit our comment, or post one and see whether another run was faster."""
    number, comment = plan.task.number or 0, plan.found.comment
    try:
        posted = _put(world, github, plan, _body(world, seal, plan, session))
    except ActionError as error:
        world.runner.warn(TITLE, _not_announced(number, error))
        return plan, session, comment.html_url if comment else ""
    is_edited = comment is not None and comment.id == posted.id
    world.runner.say(f"Comment, {'edited' if is_edited else 'posted'}: {posted.html_url}")
    winner = None if is_edited else _earlier(world, github, seal, number, posted)
    if winner is None:
        _tidy(world, plan, session)
        return plan, session, posted.html_url
    is_same = winner.receipt.session_id == session.id
    if is_same or planning.receipt_counts(plan.task, winner.receipt):
        _remove(world, github, posted)
        return _give_way(world, harmonica, seal, plan, session, winner)
    return _take_over(world, github, seal, plan, session, winner, posted)


def _body(world: World, seal: Seal, plan: Plan, session: Session) -> str:
    line = seal.receipt_line(planning.receipt_for(plan, session), plan.task.number or 0)
    invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    return report.comment(line, invitation, spec=plan.task.spec)


def _put(world: World, github: GitHub, plan: Plan, body: str) -> Comment:
    """Edit our comment, or post one."""
    comment, number = plan.found.comment, plan.task.number or 0
    if comment:
        try:
            return github.edit_comment(comment.id, body)
        except Refused as error:
            if not error.is_absent:
                raise
            world.runner.say(f"The comment was taken away meanwhile: {comment.html_url}")
    return _post(world, github, number, body)


def _post(world: World, github: GitHub, number: int, body: str) -> Comment:
    """Post a comment; when nobody knows whether that worked, look before it is posted once more."""
    try:
        return github.post_comment(number, body)
    except (FateUnknown, Refused) as error:
        if isinstance(error, Refused) and error.status < _SERVER_ERRORS:
            raise
        world.runner.debug(f"{error}; looking whether the comment was posted")
        # Another run's comment is not this one, however much alike they are to a reader.
        receipt_line = body.partition("\n")[0]
        for comment in github.comments(number):
            if (comment.body or "").partition("\n")[0].strip() == receipt_line:
                return comment
        return github.post_comment(number, body)


def _earlier(
    world: World, github: GitHub, seal: Seal, number: int, posted: Comment
) -> OurComment | None:
    """Return the announcement that another run posted before ours."""
    try:
        winner = our_trace(world, github, seal, number)
    except ActionError as error:
        unknown = "Nobody knows whether another run announced a session at the same time"
        world.runner.warn(TITLE, f"{unknown}; the next run looks again and tidies up: {error}")
        return None
    is_earlier = winner and winner.is_signed and winner.comment.id < posted.id
    return winner if is_earlier else None


def _give_way(  # noqa: PLR0913, PLR0917 - both runs, and the worlds to settle it in
    world: World, harmonica: Harmonica, seal: Seal, plan: Plan, session: Session, winner: OurComment
) -> tuple[Plan, Session, str]:
    """Go on with the session that another run announced a moment earlier, in place of ours."""
    receipt = winner.receipt
    world.runner.say(f"Another run was faster: {winner.comment.html_url}")
    if receipt.session_id != session.id:
        world.runner.warn(TITLE, report.surplus_warning(session.join_url or ""))
    theirs = Session(id=receipt.session_id, join_url=receipt.join_url)
    try:
        seen = harmonica.get(receipt.session_id)
        theirs = seen.model_copy(update={"join_url": receipt.join_url})
    except ActionError as error:
        world.runner.debug(f"The session of the faster run was not looked at: {error}")
    found = Found(winner.comment, receipt, session=theirs, is_foreign=receipt.is_foreign)
    plan, theirs = settle(world, harmonica, planning.decide(plan.task, found))
    return announce(world, harmonica, seal, replace(plan, has_created=True), theirs)


def _take_over(  # noqa: PLR0913, PLR0917 - two comments, and what is to stand in one of them
    world: World,
    github: GitHub,
    seal: Seal,
    plan: Plan,
    session: Session,
    winner: OurComment,
    posted: Comment,
) -> tuple[Plan, Session, str]:
    """Let the older comment stay, though its session is not the one that is meant here."""
    found = replace(plan.found, comment=winner.comment, receipt=winner.receipt)
    plan = replace(plan, found=found)
    if plan.is_overtaken:
        world.runner.warn(TITLE, report.overtaken_warning(winner.receipt.join_url))
    else:
        try:
            github.edit_comment(winner.comment.id, _body(world, seal, plan, session))
        except ActionError as error:
            if not (isinstance(error, Refused) and error.is_absent):
                world.runner.warn(TITLE, _not_announced(plan.task.number or 0, error))
            return plan, session, posted.html_url
    _remove(world, github, posted)
    return plan, session, winner.comment.html_url


def _tidy(world: World, plan: Plan, session: Session) -> None:
    """Remove the comments of runs that did not see that another one was faster."""
    for surplus in plan.found.surplus:
        if world.github is None or planning.is_overtaken(plan.task, surplus.receipt):
            continue
        is_gone = _remove(world, world.github, surplus.comment)
        if is_gone and surplus.receipt.session_id != session.id:
            world.runner.warn(TITLE, report.second_session_warning(surplus.receipt.join_url))


def _remove(world: World, github: GitHub, comment: Comment) -> bool:
    """Remove a comment of ours; return whether it is gone."""
    try:
        github.delete_comment(comment.id)
    except ActionError as error:
        # Deleted once already, when the answer to that got lost.
        if not (isinstance(error, Refused) and error.is_absent):
            left = f"Another run announced it first; please remove {comment.html_url}: {error}"
            world.runner.warn(TITLE, left)
            return False
    return True


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
