"""The flow of the action: from the spec to a session that is announced.

This module must not build the outside worlds, nor turn an error into an exit code.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.announce import announce, find_pull_request, our_comment
from harmonica_session.core import plan as planning
from harmonica_session.core import report
from harmonica_session.core.context import Background, Context, put_together
from harmonica_session.core.document import MAX_BYTES
from harmonica_session.core.plan import Found, Plan, Task
from harmonica_session.core.receipt import Receipt, Seal, digest_of
from harmonica_session.core.spec import Spec, read_spec
from harmonica_session.core.text import background_text
from harmonica_session.errors import FileRefused, InputError, Refused, ServiceError
from harmonica_session.session import Session, moment

if TYPE_CHECKING:
    from harmonica_session.edges.world import World

TITLE = "Harmonica session"
MAX_BACKGROUND_BYTES = 4_000_000
# Harmonica's clock and GitHub's need not agree to the minute.
_CLOCK_TOLERANCE = timedelta(minutes=10)
_MOST_CANDIDATES = 50
_UNKNOWN_REFERENCE = "(16 hex digits, made with the API key)"


def create(world: World) -> None:
    """Make sure that there is one session, announce it, and report it.

    Raises:
        ActionError: There is none, or none can be known of; the message says what to do.
    """
    if reason := planning.reason_to_skip(world.inputs, world.event):
        return _skip(world, reason)
    _require_key(world)
    spec, context = _read(world)
    number = find_pull_request(world)
    seal = _seal(world)
    task = _task(world, seal, spec, context, number)
    found = _find(world, seal, task) if seal else Found()
    plan = planning.decide(task, found)
    if world.inputs.dry_run or not seal or not world.harmonica:
        return _show(world, seal, plan)
    session = found.session or world.harmonica.create(task.request)
    return _report(world, seal, plan, session)


def _skip(world: World, reason: str) -> None:
    message = f"This run was started by {reason}, so GitHub gave it no Harmonica API key."
    world.runner.annotate(
        "notice", TITLE, [f"{message} Nothing was created; the summary says why."]
    )
    world.runner.output({"status": "skipped"})
    world.runner.summary(report.skipped(reason))


def _require_key(world: World) -> None:
    if world.inputs.api_key or world.inputs.dry_run:
        return
    raise InputError(
        "`api-key` is empty: add a repository secret HARMONICA_API_KEY and pass it as "
        "`api-key: ${{ secrets.HARMONICA_API_KEY }}`; usual causes are a misspelt secret name, a "
        "secret that belongs to an environment the job does not name, and a reusable workflow "
        "called without `secrets: inherit`"
    )


def _read(world: World) -> tuple[Spec, Context]:
    """Read the spec and the background."""
    path = world.workspace.normalise(world.inputs.spec)
    content = world.workspace.read(path, MAX_BYTES)
    if content is None:
        raise FileRefused(
            f"there is no spec at `{path}`; add it, name another with `spec`, or check the "
            "repository out before this step (actions/checkout)"
        )
    spec = read_spec(content, path)
    world.runner.say(f"Spec: {path}")
    backgrounds = [Background("the spec", spec.context or "")]
    if world.inputs.session_md:
        backgrounds.append(_session_md(world, world.inputs.session_md))
    context = put_together(backgrounds)
    world.runner.say(f"Background: {', '.join(context.sources) or 'none'}")
    if context.cut:
        world.runner.warn(
            TITLE,
            f"The background is {context.cut} characters longer than the session's context may "
            "be; it was cut at a line end, and a mark in the text says so.",
        )
    return spec, context


def _session_md(world: World, wanted: str) -> Background:
    path = world.workspace.normalise(wanted)
    content = world.workspace.read(path, MAX_BACKGROUND_BYTES)
    if content is None and path != "SESSION.md":
        raise FileRefused(
            f"there is no file `{path}`, which `session-md` names; add it, or leave it out"
        )
    return Background(path, background_text(content or b"", path))


def _seal(world: World) -> Seal | None:
    if not world.inputs.api_key:
        return None
    spec = world.workspace.normalise(world.inputs.spec)
    return Seal(world.inputs.api_key, world.event.repository_id, spec)


def _task(
    world: World, seal: Seal | None, spec: Spec, context: Context, number: int | None
) -> Task:
    purpose = planning.purpose_of(number, world.event, secrets.token_hex(8))
    reference = seal.reference(purpose) if seal else _UNKNOWN_REFERENCE
    return Task(
        spec=world.workspace.normalise(world.inputs.spec),
        request=spec.request(context.with_reference(reference)),
        digest=digest_of(spec.request(context.text or "-")),
        reference=reference,
        context=context,
        number=number,
    )


def _find(world: World, seal: Seal, task: Task) -> Found:
    """Find what an earlier run left: our comment first, then the session's reference."""
    ours = our_comment(world, seal, task.number) if task.number is not None else None
    if ours:
        comment, receipt = ours
        return Found(comment, receipt, _session_of(world, receipt))
    if planning.may_have_run_before(task, world.event):
        return Found(session=_recall(world, task))
    return Found()


def _session_of(world: World, receipt: Receipt) -> Session | None:
    """Ask for the session of a receipt; None when it is gone or out of reach."""
    known = Session(id=receipt.session_id, join_url=receipt.join_url)
    if world.harmonica is None:
        return known
    try:
        session = world.harmonica.get(receipt.session_id)
    except Refused as error:
        if error.status in (403, 404):
            world.runner.warn(
                TITLE,
                f"The session {receipt.session_id} of the comment is gone or belongs to another "
                f"account ({receipt.join_url}); a new one takes its place.",
            )
            return None
        world.runner.warn(TITLE, f"The session was not looked at: {error}")
        return known
    except ServiceError as error:
        world.runner.warn(TITLE, f"The session was not looked at: {error}")
        return known
    return session.model_copy(update={"join_url": receipt.join_url})


def _recall(world: World, task: Task) -> Session | None:
    """Look for a session that carries the task's reference line."""
    if world.harmonica is None:
        return None
    opened = moment(world.event.pull_request_created_at)
    since = opened - _CLOCK_TOLERANCE if opened else None
    rows = world.harmonica.created_since(since)
    # A topic that is the same still is the likeliest, and each candidate costs a request.
    candidates = sorted(rows, key=lambda row: row.topic != task.request.topic)
    for candidate in islice(candidates, _MOST_CANDIDATES):
        session = world.harmonica.get(candidate.id)
        if f"Ref: {task.reference}" in (session.context or "").splitlines():
            world.runner.say(f"Recognised the session of an earlier run: {session.id}")
            join_url = world.harmonica.join_url(session.id)
            return session.model_copy(update={"join_url": join_url})
    return None


def _show(world: World, seal: Seal | None, plan: Plan) -> None:
    """Show what a run without `dry-run` would send and post."""
    task = plan.task
    session = plan.found.session or Session(
        id="(made by Harmonica)", join_url=f"{world.inputs.api_url}/chat?s=…"
    )
    what = {
        "created": "A session would be created.",
        "reused": f"The session {session.id} would be reused.",
        "stale": f"The session {session.id} would stay; {report.stale_note(plan)}",
    }[plan.status]
    request = json.dumps(task.request.body(), indent=2, ensure_ascii=False)
    body = None
    if task.number is not None:
        invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
        receipt = planning.receipt_for(plan, session, world.event.run_id)
        line = seal.receipt_line(receipt, task.number) if seal else "<!-- receipt -->"
        body = report.comment(line, invitation, spec=task.spec)
        world.runner.group(f"The comment on #{task.number}", body)
    world.runner.group("The request: POST /api/v1/sessions", request)
    world.runner.say(f"Dry run: {what} Nothing was written.")
    world.runner.output({"status": "planned", "topic": task.request.topic})
    world.runner.summary(report.planned(request, body, what))


def _report(world: World, seal: Seal, plan: Plan, session: Session) -> None:
    """Report a session that exists: first where nothing can be refused, then on GitHub."""
    runner, task = world.runner, plan.task
    chain = session.chain
    outputs = {
        "join_url": session.join_url or "",
        "session_id": session.id,
        "topic": session.topic or task.request.topic,
        "status": plan.status,
        "session_status": session.status or "",
        "chain_status": chain.status if chain else "",
    }
    runner.output(outputs)
    runner.say(f"Session {session.id}: {plan.status}")
    runner.say(f"Join link: {session.join_url}")
    if chain and not chain.runs:
        runner.warn(TITLE, report.chain_warning(chain))
    if plan.status == "stale":
        runner.warn(TITLE, report.stale_note(plan))
    invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    facts = {"Session": session.id, "Status": plan.status, "Spec": task.spec}
    runner.summary(report.summary(invitation, facts, runner.warnings))
    comment_url = announce(world, seal, plan, session, invitation)
    runner.output({"comment_url": comment_url})
    facts["Comment"] = comment_url
    runner.summary(report.summary(invitation, facts, runner.warnings))
