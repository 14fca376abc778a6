"""Where a session is announced: finds the pull request, our comment on it, and writes it.

This module must not create sessions, nor let a refused comment fail the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.core import event as events
from harmonica_session.core import plan as planning
from harmonica_session.core import report
from harmonica_session.core.receipt import WORKFLOW_BOT, Receipt, Seal, Speaker
from harmonica_session.errors import ActionError, NothingToAnnounceOn, Refused

if TYPE_CHECKING:
    from harmonica_session.core.plan import Plan
    from harmonica_session.core.report import Invitation
    from harmonica_session.edges.github import GitHub
    from harmonica_session.edges.world import World
    from harmonica_session.pull_request import Comment
    from harmonica_session.session import Session

TITLE = "Harmonica session: announcement"
_DENIED = (401, 403, 404, 410, 422)
_GONE = (404, 410)


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
            number = _number_of_event(world)
        except Refused as error:
            if error.status not in _DENIED:
                raise
            reason = f"{error}; it needs `pull-requests: read`"
            world.runner.warn(TITLE, f"The pull request could not be looked up: {reason}")
    if number is None and inputs.announce == "pull-request":
        raise NothingToAnnounceOn(f"`announce: pull-request` needs a pull request: {reason}")
    return number


def _number_of_event(world: World) -> int | None:
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


def our_comment(world: World, seal: Seal, number: int) -> tuple[Comment, Receipt] | None:
    """Return the oldest comment on a pull request that carries a receipt of ours.

    A token that may not read the comments is warned of.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        ServiceError: GitHub did not answer.
    """
    if world.github is None:
        return None
    speaker: Speaker | None = None
    try:
        for comment in world.github.comments(number):
            receipt = seal.read(comment, number)
            if receipt is None:
                continue
            speaker = speaker or _speaker(world, world.github)
            if speaker.wrote(comment.user, receipt):
                return comment, receipt
            world.runner.debug(f"Comment {comment.id} carries our receipt, but is not ours.")
    except Refused as error:
        if error.status in _GONE and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {number}, and GitHub shows no such pull request or issue: {error}"
            ) from None
        if error.status not in _DENIED:
            raise
        world.runner.warn(TITLE, _denied(f"The comments on #{number} cannot be read", error))
    return None


def _speaker(world: World, github: GitHub) -> Speaker:
    """Return who the token speaks for; a workflow or App token cannot ask."""
    token = world.inputs.github_token
    if token and token.get_secret_value().startswith("ghs_"):
        return Speaker()
    try:
        return Speaker(github.account().login)
    except Refused:
        # An installation token by another name, as on some older Enterprise Servers.
        return Speaker()


def announce(world: World, seal: Seal, plan: Plan, session: Session, invitation: Invitation) -> str:
    """Bring our comment on the pull request up to date.

    Returns:
        The comment's address, empty where there is none. What goes wrong is a warning: the
        session exists, and its link stands in outputs and summary already.
    """
    number, comment = plan.task.number, plan.found.comment
    if number is None:
        return ""
    receipt = planning.receipt_for(plan, session, world.event.run_id)
    if comment and planning.is_announced(plan.found, receipt):
        world.runner.say(f"Comment, unchanged: {comment.html_url}")
        return comment.html_url
    if world.github is None:
        world.runner.warn(TITLE, "There is no `github-token`, so the link was not posted.")
        return ""

    def body(receipt: Receipt) -> str:
        return report.comment(seal.receipt_line(receipt, number), invitation, spec=plan.task.spec)

    try:
        if comment:
            posted = world.github.edit_comment(comment.id, body(receipt))
        else:
            posted = world.github.post_comment(number, body(receipt))
        author = posted.user
        if author and author.type == "Bot" and author.login not in (WORKFLOW_BOT, receipt.author):
            # The next run knows another bot's comment as ours only if the receipt names it.
            receipt = replace(receipt, author=author.login)
            posted = world.github.edit_comment(posted.id, body(receipt))
    except ActionError as error:
        world.runner.warn(TITLE, _not_announced(number, error))
        return comment.html_url if comment else ""
    world.runner.say(f"Comment, {'edited' if comment else 'posted'}: {posted.html_url}")
    return posted.html_url


def _not_announced(number: int, error: ActionError) -> str:
    if isinstance(error, Refused) and "locked" in error.reason.lower():
        return (
            f"The conversation on #{number} is locked, so the link was not posted. It stands in "
            "the outputs and in the job summary; unlock the conversation and run this again."
        )
    if isinstance(error, Refused) and error.status in _DENIED:
        return _denied(f"The link was not posted on #{number}", error)
    return (
        f"The link was not posted on #{number}; it stands in the outputs and in the job summary, "
        f"and the next run posts it: {error}"
    )


def _denied(what: str, error: Refused) -> str:
    return (
        f"{what}, because the token may not: {error}. "
        f"Give the job these permissions:\n{report.PERMISSIONS}"
    )
