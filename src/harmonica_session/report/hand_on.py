"""Hands on what a run came to: log, outputs and job summary.

This module must not ask a service anything, nor decide what is true.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harmonica_session.errors import AnswerUnusable
from harmonica_session.report import summary as report
from harmonica_session.session import plan as planning
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.edges.runner.runner import Runner
    from harmonica_session.errors import ActionError
    from harmonica_session.session.plan import Plan
    from harmonica_session.world import World

TITLE = "Harmonica session"


def skip(world: World, reason: str) -> None:
    """Say that GitHub withheld the key, and which workflow has it."""
    message = f"This run was started by {reason}, so GitHub gave it no Harmonica API key."
    world.runner.annotate(
        "notice", TITLE, [f"{message} Nothing was created; the summary says why."]
    )
    world.runner.output({"status": "skipped"})
    world.runner.summary(report.skipped(reason))


def fail(runner: Runner, error: ActionError) -> None:
    """Say what is wrong: annotations, a failed status, and a summary."""
    runner.output({"status": "failed"})
    if isinstance(error, AnswerUnusable) and error.session_id:
        runner.output({"session_id": error.session_id})
    runner.annotate("error", error.title, error.problems)
    runner.summary(report.failure(error))


def show(world: World, seal: Seal | None, plan: Plan) -> None:
    """Show what a run without `dry-run` would send and post."""
    task = plan.task
    session = plan.found.session or Session(
        id="(made by Harmonica)", join_url=f"{world.inputs.api_url}/chat?s=…"
    )
    what = {
        "created": "A session would be created.",
        "reused": f"The session {session.id} would be reused.",
        "updated": f"The session {session.id} would be changed: {', '.join(plan.differing)}.",
        "stale": f"The session {session.id} would stay as it is: {plan.because}.",
    }[plan.status]
    request = body = None
    route, content = _request_of(plan, session)
    if route:
        request = json.dumps(content, indent=2, ensure_ascii=False)
        world.runner.group(f"The request: {route}", request)
    if task.number is not None and not plan.is_overtaken:
        invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
        receipt = planning.receipt_for(plan, session)
        line = seal.receipt_line(receipt, task.number) if seal else "<!-- receipt -->"
        body = report.comment(line, invitation, spec=task.spec)
        world.runner.group(f"The comment on #{task.number}", body)
    world.runner.say(f"Dry run: {what} Nothing was written.")
    world.runner.output({"status": "planned", "topic": task.request.topic})
    world.runner.summary(report.planned(request, body, what))


def _request_of(plan: Plan, session: Session) -> tuple[str, dict[str, JsonValue]]:
    """Return the request that would be sent to Harmonica, its route empty when there is none."""
    if plan.status == "created":
        return "POST /api/v1/sessions", plan.task.request.body()
    if plan.status == "updated":
        return f"PATCH /api/v1/sessions/{session.id}", plan.changes
    return "", {}


def tell(world: World, plan: Plan, session: Session) -> None:
    """Tell the log which session counts, and what is unusual about it."""
    world.runner.say(f"Session {session.id}: {plan.status}")
    world.runner.say(f"Join link: {session.join_url}")
    for note in report.notes_on(plan, session):
        world.runner.warn(TITLE, note)


def hand_on(
    world: World,
    plan: Plan,
    session: Session,
    comment_url: str | None = None,
    attached: Sequence[str] = (),
) -> None:
    """Set outputs and summary; of two values for one output, the later one counts.

    Args:
        world: The runner.
        plan: What was decided.
        session: The session that exists.
        comment_url: Address of the comment, None before it was announced.
        attached: Names of the context sources that this run attached.
    """
    runner = world.runner
    runner.output(
        {
            "join_url": session.join_url or "",
            "session_id": session.id,
            "topic": session.topic or plan.task.request.topic,
            "status": plan.status,
            "session_status": session.status or "",
            "chain_status": session.chain.status if session.chain else "",
            "comment_url": comment_url or "",
        }
    )
    facts = {
        "Session": session.id,
        "Status": plan.status,
        "Spec": plan.task.spec,
        "Comment": comment_url or "",
        "Context sources": ", ".join(attached),
        "Background sent": report.background_sent(plan),
    }
    invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    runner.summary(report.summary(invitation, facts, runner.warnings))
