"""Carries one announced session on: from invitation to head count, to results, to follow-up.

This module must not find announcements, nor say where outputs go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import UNKNOWN
from harmonica_session.errors import Refused
from harmonica_session.results.ask import CameOut, ask
from harmonica_session.results.decide import Due
from harmonica_session.results.follow_up import MOST, claimed, follow_up, is_claimed, still_claims
from harmonica_session.results.rehearse import is_rehearsal
from harmonica_session.results.remind import remind
from harmonica_session.results.tell import News, latest, news, told, write
from harmonica_session.results.texts import with_issues
from harmonica_session.results.visibility import may_show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harmonica_session.announcement.announced import Announced
    from harmonica_session.announcement.receipt import Receipt, Reported
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica
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


def bring_up_to_date(world: World, places: Sequence[Announced], *, is_private: bool) -> Report:
    """Carry a session on as far as that is due.

    Args:
        world: Inputs and services; GitHub only for a session that was announced.
        places: Where it was announced, the first place first. What came out is asked for once.
        is_private: Whether the repository is surely not public.

    Raises:
        ServiceError: Harmonica did not answer.
    """
    lead, harmonica = places[0], world.harmonica
    known = lead.receipt.reported
    report = Report(
        lead,
        may_show=_may_show(world, lead.receipt, is_private=is_private),
        is_final=known is not None and known.is_final,
        has_summary=known is not None and known.has_summary,
    )
    # What was told before is handed on as well, and a brief may be written.
    _tell_of_publishing(world, lead.receipt, is_private=is_private)
    if harmonica is None or all(_is_done(world, it) for it in places):
        return report
    session = _session(world, harmonica, lead)
    if session is None:
        return report
    now = world.deadline.clock.utc_now()
    dues = [
        Due(it.receipt, session, now, _may_show(world, it.receipt, is_private=is_private))
        for it in places
    ]
    # What was told of a round that is over stays as it was told.
    is_told = all(it.receipt.reported and it.receipt.reported.is_final for it in places)
    came = CameOut() if is_told else ask(world, harmonica, dues[0])
    standing, is_changed = _carried_on(world, places, dues, came)
    return replace(
        report,
        announced=standing,
        session=session,
        it=told(standing, dues[0], came),
        is_changed=is_changed,
        is_final=dues[0].is_final,
        has_summary=report.has_summary or bool(came.summary),
    )


def _session(world: World, harmonica: Harmonica, lead: Announced) -> Session | None:
    """Return a session as Harmonica has it, None where that is no longer to be seen."""
    try:
        return harmonica.get(lead.receipt.session_id)
    except Refused as error:
        if not error.is_out_of_reach or lead.place.number is None:
            raise
        world.runner.warn(f"The session could not be read ({lead.receipt.join_url}): {error}")
        return None


def _may_show(world: World, receipt: Receipt, *, is_private: bool) -> bool:
    asked, publish = receipt.results_visibility, world.inputs.publish
    return may_show(asked, is_private=is_private, publish=publish)


def _tell_of_publishing(world: World, receipt: Receipt, *, is_private: bool) -> None:
    asked = receipt.results_visibility
    if world.inputs.publish and not may_show(asked, is_private=is_private, publish=False):
        said = {
            "": "the spec leaves this to Harmonica, which shows them only to the host",
            UNKNOWN: "it is not known what the spec asks for",
        }
        because = said.get(asked, f"the spec asks for `{asked}`")
        world.runner.say(
            f"`publish: true` shows results that would otherwise be left out: {because}."
        )


def _carried_on(
    world: World, places: Sequence[Announced], dues: Sequence[Due], came: CameOut
) -> tuple[Announced, bool]:
    """Tell of a session wherever it was announced; return the first place, and what changed."""
    lead, github, is_changed = places[0], world.github, False
    for place, due in zip(places, dues, strict=True):
        if github is None or place.place.number is None:
            continue
        is_lead = place is places[0]
        first = lead.receipt.reported
        if not is_lead and due.is_final and not (first and first.is_final):
            # Its actions have their numbers where they are told first.
            continue
        if not is_lead and first and first.is_final:
            came = replace(came, agreed=first.agreed)
        now = _Now(due, came, is_lead)
        standing = _told(world, github, place, now)
        lead = standing if is_lead else lead
        is_reminded = due.may_remind and remind(world, github, place, now.told(standing))
        is_changed |= is_reminded or standing.ours.comment.body != place.ours.comment.body
    return lead, is_changed


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
    # Who has no summary written closes without one.
    is_over = reported.is_final or (
        bool(reported.over_since) and world.inputs.generate_summary == "never"
    )
    is_due = is_over and announced.place.is_own_issue and not reported.is_closed
    return is_due and announced.is_open and world.inputs.close


@dataclass(frozen=True)
class _Now:
    """How things stand, whatever an announcement says of them.

    Attributes:
        due: Where the round stands.
        came: What came out.
        is_lead: Whether the actions are followed up from this announcement.
    """

    due: Due
    came: CameOut
    is_lead: bool

    def told(self, announced: Announced) -> Told:
        """Return what is told of the session."""
        return told(announced, self.due, self.came)


@dataclass(frozen=True)
class _Step:
    """What is due for an announcement.

    Attributes:
        new: What it is to say, and to keep.
        it: What is told of the session.
        follows: Whether its actions are to have issues.
        closes: Whether its issue is to be closed.
    """

    new: News
    it: Told
    follows: bool
    closes: bool


def _step(world: World, announced: Announced, now: _Now) -> _Step | None:
    """Return what is due for an announcement as it stands, None for nothing."""
    it = now.told(announced)
    new = news(announced, now.due, now.came, it)
    reported = new.reported if new else announced.receipt.reported
    if reported is None:
        return None
    follows = now.is_lead and now.due.may_show and _wants_issues(world, reported)
    closes = _closes(world, announced, reported)
    if not (new or follows or closes):
        return None
    return _Step(new or News(announced.text, reported), it, follows, closes)


def _told(world: World, github: GitHub, announced: Announced, now: _Now) -> Announced:
    """Bring an announcement up to date, and open the issues of its actions."""
    if not _step(world, announced, now):
        return announced
    current = latest(world, github, announced)
    if current is None:
        world.runner.say(f"The announcement on {announced.place} is left alone.")
        return announced
    # Another run may have told it meanwhile, or have moved the end of the round.
    due = replace(now.due, receipt=current.receipt)
    step = _step(world, current, replace(now, due=due))
    if step is None or (step.follows and is_claimed(current.receipt, due.now)):
        world.runner.say(
            "Another run is handling this session at the same time, and it will finish the job."
        )
        return current
    if not step.follows:
        return write(world, github, current, step.new, closes=step.closes) or current
    count = min(len(step.new.reported.agreed), MOST)
    is_rehearsal(
        world, f"open {'an issue for an action' if count == 1 else f'issues for {count} actions'}"
    )
    mine = replace(step.new, reported=claimed(world, step.new.reported))
    written = write(world, github, current, mine)
    return _followed_up(world, github, written, step) if written else current


def _followed_up(world: World, github: GitHub, written: Announced, step: _Step) -> Announced:
    """Open the issues of the actions, once it is sure that no other run does."""
    standing = still_claims(world, github, written)
    if standing is None:
        world.runner.say("Another run is opening the issues for the actions at the same time.")
        return written
    reported = standing.receipt.reported or step.new.reported
    numbered, is_whole = follow_up(
        world, github, standing, replace(step.it, agreed=reported.agreed)
    )
    done = {"agreed": numbered, "is_followed_up": is_whole, "claim": "", "claimed_until": ""}
    new = News(with_issues(standing.text, numbered), reported.model_copy(update=done))
    return write(world, github, standing, new, closes=step.closes and is_whole) or standing
