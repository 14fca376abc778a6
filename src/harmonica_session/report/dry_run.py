"""Shows what a run without `dry-run` would send and post.

This module must not ask for more than whether a session may be changed, nor write anything but log,
outputs and summary.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.report import summary
from harmonica_session.report.cautions import notices_of
from harmonica_session.session import notes
from harmonica_session.session.change import written_in
from harmonica_session.session.outcome import as_planned
from harmonica_session.session.plan import NOBODY_KNOWS
from harmonica_session.text.markdown import as_text
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.plan import Plan
    from harmonica_session.session.task import Task
    from harmonica_session.world import World


def show(world: World, plan: Plan) -> None:
    """Show the comment and the requests, without making any."""
    plan, task = _foreseen(world, plan), plan.task
    session = plan.found.session or Session(
        id="(made by Harmonica)", join_url=f"{world.inputs.api_url}/chat?s=…"
    )
    what = {
        "created": "A session would be created.",
        "reused": f"The session {session.id} would be reused.",
        "updated": f"The session {session.id} would be changed: {', '.join(plan.differing)}.",
        "stale": f"The session {session.id} would stay as it is: {plan.because}.",
    }[plan.status]
    requests = [
        (route, json.dumps(_shown(content, task), indent=2, ensure_ascii=False))
        for route, content in _requests_of(plan, session)
    ]
    for route, content in requests:
        world.runner.group(f"The request: {route}", content)
    shown = ""
    if task.place.is_anywhere and not plan.is_overtaken:
        foreseen = as_planned(plan, session)
        heading = _heading_of(foreseen)
        text = foreseen.announcement_text(is_public=world.event.is_public)
        world.runner.group(f"{heading}, as people would see it", as_text(text))
        shown = summary.foreseen(heading, text)
    if not task.place.is_anywhere and task.round and task.round.needs_keeping:
        world.runner.warn(notes.UNKEPT_ROUND)
    world.runner.say(f"Dry run: {what} Nothing was written.")
    world.runner.output({"status": "planned", "topic": task.request.topic})
    facts = {"Topic": task.request.topic, "Spec": task.spec}
    warnings, notices = world.runner.warnings, notices_of(task)
    result = summary.summary("dry run", facts, warnings, notices, f"{what} Nothing was written.")
    parts = (result, summary.folded(requests))
    world.runner.summary("\n".join(filter(None, parts)), summary.below(shown))


def _shown(content: dict[str, JsonValue], task: Task) -> dict[str, JsonValue]:
    """Return a request without what not everybody may see who sees log and summary."""
    context = content.get("context")
    return (
        {**content, "context": task.context.as_shown(context)}
        if isinstance(context, str)
        else content
    )


def _heading_of(outcome: Outcome) -> str:
    """Return what is written on GitHub, an issue with its title."""
    place = outcome.plan.task.place
    if not place.is_own_issue:
        return f"The comment on {place}"
    from harmonica_session.announcement.own_issues import title_of

    return f"The issue \u201c{title_of(outcome.topic)}\u201d"


def _foreseen(world: World, plan: Plan) -> Plan:
    """Return the plan as it ends where somebody has written in the session meanwhile."""
    session = plan.found.session
    if plan.status != "updated" or session is None or world.harmonica is None:
        return plan
    because = written_in(world, world.harmonica, session)
    will_retry = because == NOBODY_KNOWS
    stale = replace(plan, status="stale", because=because, will_retry=will_retry)
    return stale if because else plan


def _requests_of(plan: Plan, session: Session) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    """Return the requests that would write to Harmonica, each with its route."""
    if plan.status == "created":
        yield "POST /api/v1/sessions", plan.task.request.body()
    if plan.status == "updated" or (plan.status != "stale" and plan.owed):
        fields = plan.task.request.fields()
        changes = plan.changes if plan.status == "updated" else {n: fields[n] for n in plan.owed}
        yield f"PATCH /api/v1/sessions/{session.id}", changes
