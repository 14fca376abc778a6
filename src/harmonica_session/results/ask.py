"""Asks Harmonica what came out of a session, and has it written where that is due.

This module must not decide what may be shown, nor tell anybody anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import digest_of
from harmonica_session.errors import ActionError
from harmonica_session.results.rehearse import is_rehearsal
from harmonica_session.text.secrecy import without_secrets
from harmonica_session.words.agreed import Agreed, agreed
from harmonica_session.words.results import Knowledge, NoKnowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.results.decide import Due
    from harmonica_session.words.results import Decision, Tension
    from harmonica_session.world import World

_NO_KNOWLEDGE = {
    NoKnowledge.NOT_ALLOWED: (
        "knowledge is not available to this Harmonica account (a paid plan is needed)"
    ),
    NoKnowledge.NO_ROUTE: "this Harmonica server does not offer knowledge",
    NoKnowledge.NO_SUMMARY: "Harmonica has no summary to extract them from yet",
    NoKnowledge.SKIPPED: "Harmonica found none in the session",
}


@dataclass(frozen=True)
class CameOut:
    """What came out of a session so far.

    Attributes:
        summary: Its text, empty where there is none.
        decisions: What was decided.
        agreed: What somebody is to do, numbered by their places.
        tensions: What was left open.
        is_complete: Whether a later run can learn no more, should the round be over.
    """

    summary: str = ""
    decisions: Sequence[Decision] = ()
    agreed: tuple[Agreed, ...] = ()
    tensions: Sequence[Tension] = ()
    is_complete: bool = False

    @property
    def digest(self) -> str:
        """Digest of the summary, empty where there is none."""
        return digest_of(self.summary) if self.summary else ""


def ask(world: World, harmonica: Harmonica, due: Due) -> CameOut:
    """Return what came out of a session; what cannot be had yet is left to the next run."""
    session_id = due.session.id
    has_written = False
    try:
        summary = harmonica.results.summary(session_id)
        if due.wants_summary(summary, world.inputs.generate_summary) and not is_rehearsal(
            world, "have Harmonica write the summary"
        ):
            world.runner.say("Harmonica is writing the summary; this may take a minute or two.")
            summary = harmonica.results.generate_summary(session_id)
            has_written = summary.is_said
    except ActionError as error:
        world.runner.warn(f"The summary is not ready; the next run checks again: {error}")
        return CameOut()
    if not summary.text:
        # Nobody has said anything, or nothing that could be summed up.
        return CameOut(is_complete=has_written or not due.taken_part)
    return _with_knowledge(world, harmonica, due, _clean(world, summary.text))


def _with_knowledge(world: World, harmonica: Harmonica, due: Due, summary: str) -> CameOut:
    """Return the summary with what was decided and agreed, asked for only where it is new."""
    known = due.receipt.reported
    plain = CameOut(summary, is_complete=True)
    is_told = known is not None and known.summary == plain.digest
    # Each time Harmonica words them anew, so they are asked for as seldom as may be.
    if not due.may_show or (known is not None and known.is_final) or (is_told and not due.is_final):
        kept = known.agreed if known else ()
        return CameOut(summary, agreed=kept, is_complete=True)
    if is_rehearsal(world, "ask Harmonica for decisions and actions"):
        return plain
    try:
        knowledge = harmonica.results.knowledge(due.session.id)
    except ActionError as error:
        world.runner.warn(
            f"Decisions and actions are not ready; the next run checks again: {error}"
        )
        return CameOut(summary)
    if isinstance(knowledge, NoKnowledge):
        world.runner.say(f"No decisions and actions: {_NO_KNOWLEDGE[knowledge]}.")
        return CameOut(summary, is_complete=knowledge is not NoKnowledge.NO_SUMMARY)
    known_now = Knowledge.model_validate_json(_clean(world, knowledge.model_dump_json()))
    kept = () if world.inputs.actions == "off" else agreed(known_now.actions)
    return CameOut(summary, known_now.decisions, kept, known_now.tensions, is_complete=True)


def _clean(world: World, text: str) -> str:
    return without_secrets(text, world.inputs.secret_texts)
