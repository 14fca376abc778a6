"""Carries one announced session on: from invitation to head count, to results, to follow-up.

This module must not find announcements, nor say where outputs go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harmonica_session.errors import Refused
from harmonica_session.results.ask import CameOut, ask
from harmonica_session.results.decide import Due
from harmonica_session.results.follow_up import follow_up
from harmonica_session.results.remind import remind
from harmonica_session.results.tell import News, is_as_read, news, told, write
from harmonica_session.results.texts import with_issues
from harmonica_session.results.visibility import may_show

if TYPE_CHECKING:
    from harmonica_session.announcement.announced import Announced
    from harmonica_session.announcement.receipt import Reported
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.results.texts import Told
    from harmonica_session.words.session import Session
    from harmonica_session.world import World


@dataclass(frozen=True)
class Report:
    """What a run came to for one session.

    Attributes:
        announced: Its announcement, as it stands now.
        session: As Harmonica has it, None where it was not asked for.
        it: What is told of it, None where nothing was asked for.
        may_show: Whether its results may be shown.
        is_changed: Whether anything was written anywhere.
        is_final: Whether its round is over.
        has_summary: Whether there is a summary, shown or not.
        session_md: Path of the file that its brief was written to; empty for none.
    """

    announced: Announced
    session: Session | None = None
    it: Told | None = None
    may_show: bool = False
    is_changed: bool = False
    is_final: bool = False
    has_summary: bool = False
    session_md: str = ""


def bring_up_to_date(world: World, announced: Announced, *, is_private: bool) -> Report:
    """Carry a session on as far as that is due.

    Args:
        world: Inputs and services, both of them there.
        announced: The session, as it was announced.
        is_private: Whether the repository is surely not public.

    Raises:
        ServiceError: Harmonica did not answer.
    """
    harmonica, github, receipt = world.harmonica, world.github, announced.receipt
    shows = may_show(
        receipt.results_visibility, is_private=is_private, publish=world.inputs.publish
    )
    known = receipt.reported
    report = Report(
        announced,
        may_show=shows,
        is_final=known is not None and known.is_final,
        has_summary=known is not None and bool(known.summary),
    )
    if harmonica is None or github is None or _is_done(world, announced):
        return report
    try:
        session = harmonica.get(receipt.session_id)
    except Refused as error:
        if not error.is_out_of_reach:
            raise
        world.runner.warn(f"The session could not be looked at ({receipt.join_url}): {error}")
        return report
    due = Due(receipt, session, world.deadline.clock.utc_now(), shows)
    # What was told of a round that is over stays as it was told.
    came = CameOut() if known and known.is_final else ask(world, harmonica, due)
    it = told(announced, due, came, is_followed_up=world.inputs.actions == "issues")
    standing = _told(world, github, announced, news(announced, due, came, it), it)
    is_reminded = due.may_remind and remind(world, github, announced, it)
    return replace(
        report,
        announced=standing,
        session=session,
        it=it,
        is_final=due.is_final,
        has_summary=report.has_summary or bool(came.summary),
        is_changed=is_reminded or standing is not announced,
    )


def _is_done(world: World, announced: Announced) -> bool:
    """Say whether a round is over, and all that follows from that was done."""
    known = announced.receipt.reported
    return (
        known is not None
        and known.is_final
        and not _wants_issues(world, known)
        and not _closes(world, announced, known)
    )


def _wants_issues(world: World, reported: Reported) -> bool:
    is_due = reported.is_final and bool(reported.agreed) and not reported.is_followed_up
    return is_due and world.inputs.actions == "issues"


def _closes(world: World, announced: Announced, reported: Reported) -> bool:
    is_due = reported.is_final and announced.place.is_own_issue and not reported.is_closed
    return is_due and announced.is_open and world.inputs.close


def _told(
    world: World, github: GitHub, announced: Announced, new: News | None, it: Told
) -> Announced:
    """Bring the announcement up to date, and open the issues of its actions."""
    reported = new.reported if new else announced.receipt.reported
    if reported is None:
        return announced
    if new and new.reported.is_final and not is_as_read(world, github, announced):
        world.runner.say("Another run tells of this session at the same time; it goes on.")
        return announced
    follows = _wants_issues(world, reported)
    closes = _closes(world, announced, reported)
    standing = announced
    if new or (closes and not follows):
        new = new or News(announced.text, reported)
        written = write(world, github, announced, new, closes=closes and not follows)
        if written is None:
            return announced
        standing = written
    if follows:
        numbered, is_whole = follow_up(world, github, standing, replace(it, agreed=reported.agreed))
        reported = reported.model_copy(update={"agreed": numbered, "is_followed_up": is_whole})
        new = News(with_issues(standing.text, numbered), reported)
        standing = write(world, github, standing, new, closes=closes and is_whole) or standing
    return standing
