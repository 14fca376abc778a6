"""Hands on what a run came to: log, outputs and job summary.

This module must not ask a service anything, nor decide what is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.invitation import invitation
from harmonica_session.errors import TITLE, AnswerUnusable
from harmonica_session.report import summary
from harmonica_session.report.cautions import notices_of

if TYPE_CHECKING:
    from harmonica_session.edges.runner.runner import Runner
    from harmonica_session.errors import ActionError
    from harmonica_session.report.summary import Failed
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.world import World


def skip(world: World, reason: str) -> None:
    """Say that GitHub withheld the key, and which workflow has it."""
    from importlib.resources import files

    message = f"This run was started by {reason}, so GitHub gave it no Harmonica API key."
    world.runner.annotate(
        "notice", TITLE, [f"{message} Nothing was created; the summary says why."]
    )
    world.runner.output({"status": "skipped"})
    # The one that README and `init` start with, so that nobody is told two ways to do it.
    workflow = files("harmonica_session") / "starters/retrospective/workflow.yml"
    world.runner.summary(summary.skipped(reason, workflow.read_text("utf-8")))


def fail(runner: Runner, error: ActionError, failed: Failed) -> None:
    """Say what is wrong: annotations, a failed status, and a summary.

    Args:
        runner: What says it.
        error: What is wrong.
        failed: What else is known. That nothing was created is not said where something was
            handed on before.
    """
    from harmonica_session.report.troubleshooting import help_at

    if runner.below:
        failed = failed._replace(is_nothing_created=False)
    runner.output({"status": "failed"} | ({"topic": failed.topic} if failed.topic else {}))
    if isinstance(error, AnswerUnusable) and error.session_id:
        runner.output({"session_id": error.session_id})
    name = failed.name if failed.is_one_of_several else ""
    runner.annotate("error", f"{error.title}: {name}" if name else error.title, error.problems)
    if said := " ".join(filter(None, (f"Failed: {name}." if name else "", failed.consequence))):
        runner.say(said)
    where = help_at(problem.message for problem in error.problems[: summary.PROBLEMS])
    # What was handed on before stays below.
    runner.summary(summary.failure(error, failed, where))


def hand_on(world: World, outcome: Outcome, told: Outcome | None = None) -> None:
    """Tell the log, the outputs and the summary; of two values for one output, the later counts.

    Args:
        world: The runner.
        outcome: What the run has come to.
        told: What was handed on before, None when nothing was.
    """
    if told is None or (told.status, told.session.id) != (outcome.status, outcome.session.id):
        _tell(world, outcome)
    session, task = outcome.session, outcome.plan.task
    comment_url = outcome.comment.html_url if outcome.comment else ""
    known_round = outcome.round
    world.runner.output(
        {
            "join_url": session.join_url or "",
            "session_id": session.id,
            "topic": outcome.topic,
            "status": outcome.status,
            "session_status": session.status or "",
            "chain_status": session.chain.status if session.chain else "",
            "comment_url": comment_url,
            "open_until": known_round.open_until if known_round else "",
        }
    )
    facts = {
        "Topic": outcome.topic,
        "Session": session.id,
        "Spec": task.spec,
        task.place.noun.capitalize(): comment_url,
        "Context sources": ", ".join(outcome.attached),
        "Background sent": outcome.background_sent,
    }
    result = summary.summary(outcome.status, facts, world.runner.warnings, notices_of(task))
    text = invitation(outcome.invitation(is_public=world.event.is_public))
    world.runner.summary(result, summary.below(text))


def _tell(world: World, outcome: Outcome) -> None:
    """Tell the log which session counts, and what is unusual about it."""
    world.runner.say(f"Session {outcome.session.id}: {outcome.status}")
    world.runner.say(f"Join link: {outcome.session.join_url}")
    for note in outcome.notes:
        world.runner.warn(note)
