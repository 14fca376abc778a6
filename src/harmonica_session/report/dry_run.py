"""Shows what a run without `dry-run` would send and post.

This module must not ask a service anything, nor write anything but log, outputs and summary.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harmonica_session.report import summary
from harmonica_session.report.cautions import notices_of
from harmonica_session.session.outcome import as_planned
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from pydantic import JsonValue

    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.session.plan import Plan
    from harmonica_session.world import World


def show(world: World, seal: Seal | None, plan: Plan) -> None:
    """Show the request and the comment, without making either.

    Args:
        world: The runner.
        seal: What signs the receipt in the comment, None without a key.
        plan: What was decided.
    """
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
    if task.place.number is not None and not plan.is_overtaken:
        body = as_planned(plan, session).announcement(seal, is_public=world.event.is_public)
        world.runner.group(f"The comment on {task.place}", body)
    world.runner.say(f"Dry run: {what} Nothing was written.")
    world.runner.output({"status": "planned", "topic": task.request.topic})
    world.runner.summary(summary.planned(request, body, what, notices_of(task)))


def _request_of(plan: Plan, session: Session) -> tuple[str, dict[str, JsonValue]]:
    """Return the request that would be sent to Harmonica, its route empty when there is none."""
    if plan.status == "created":
        return "POST /api/v1/sessions", plan.task.request.body()
    if plan.status == "updated":
        return f"PATCH /api/v1/sessions/{session.id}", plan.changes
    return "", {}
