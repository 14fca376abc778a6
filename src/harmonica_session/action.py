"""The flow of the action: from the spec to a session that is announced.

This module must not build the outside worlds, nor turn an error into an exit code.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.announce import announce, find_pull_request
from harmonica_session.core import plan as planning
from harmonica_session.core import report
from harmonica_session.core.context import Background, Context, put_together
from harmonica_session.core.document import MAX_BYTES
from harmonica_session.core.plan import Found, Plan, Task
from harmonica_session.core.receipt import Seal, digest_of, field_digests
from harmonica_session.core.spec import Spec, read_spec
from harmonica_session.core.text import background_text, decode, refuse_secrets
from harmonica_session.errors import FileRefused, InputError
from harmonica_session.recognise import find
from harmonica_session.session import Session
from harmonica_session.settle import settle

if TYPE_CHECKING:
    from harmonica_session.edges.world import World

TITLE = "Harmonica session"
MAX_BACKGROUND_BYTES = 4_000_000
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
    plan = planning.decide(task, find(world, seal, task) if seal else Found())
    if world.inputs.dry_run or not seal or not world.harmonica:
        return _show(world, seal, plan)
    plan, session = settle(world, world.harmonica, plan)
    world.runner.say(f"Session {session.id}: {plan.status}")
    world.runner.say(f"Join link: {session.join_url}")
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
    known_secrets = [secret.get_secret_value() for secret in world.inputs.secrets]
    path = world.workspace.normalise(world.inputs.spec)
    content = world.workspace.read(path, MAX_BYTES)
    if content is None:
        raise FileRefused(
            f"there is no spec at `{path}`; add it, name another with `spec`, or check the "
            "repository out before this step (actions/checkout)"
        )
    spec = read_spec(content, path)
    refuse_secrets(decode(content, path), path, known_secrets)
    world.runner.say(f"Spec: {path}")
    backgrounds = [Background("the spec", spec.context or "")]
    if world.inputs.session_md:
        background = _session_md(world, world.inputs.session_md)
        refuse_secrets(background.text, background.source, known_secrets)
        backgrounds.append(background)
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
    inputs, event = world.inputs, world.event
    scope = planning.scope_of(inputs, event, number)
    fields = spec.request(context.text).fields()
    digest = digest_of(fields)
    nonce = secrets.token_hex(16)
    purpose = planning.purpose_of(scope, event, number=number, topic=spec.topic, nonce=nonce)
    if inputs.on_change == "new":
        # Each version of the request has a session, so each has a reference of its own.
        purpose = f"{purpose} {digest}"
    reference = seal.reference(purpose) if seal else _UNKNOWN_REFERENCE
    return Task(
        spec=world.workspace.normalise(inputs.spec),
        request=spec.request(context.with_reference(reference)),
        digest=digest,
        fields=field_digests(fields),
        reference=reference,
        context=context,
        number=number,
        scope=scope,
        on_change=inputs.on_change,
    )


def _show(world: World, seal: Seal | None, plan: Plan) -> None:
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
    runner = world.runner
    for note in report.notes_on(plan, session):
        runner.warn(TITLE, note)
    invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    _hand_on(world, plan, session, invitation, "")
    comment_url, winner = announce(world, seal, plan, session, invitation)
    if winner and winner.receipt.session_id != session.id:
        runner.warn(TITLE, report.surplus_warning(session.join_url or ""))
        session = Session(
            id=winner.receipt.session_id,
            join_url=winner.receipt.join_url,
            topic=session.topic,
            goal=session.goal,
            critical=session.critical,
            status=session.status,
        )
        plan = replace(plan, status="reused")
        invitation = report.invitation_to(plan, session, is_public=world.event.is_public)
    _hand_on(world, plan, session, invitation, comment_url)


def _hand_on(
    world: World, plan: Plan, session: Session, invitation: report.Invitation, comment_url: str
) -> None:
    """Set outputs and summary; of two values for one name, the later one counts."""
    runner = world.runner
    runner.output(
        {
            "join_url": session.join_url or "",
            "session_id": session.id,
            "topic": session.topic or plan.task.request.topic,
            "status": plan.status,
            "session_status": session.status or "",
            "chain_status": session.chain.status if session.chain else "",
            "comment_url": comment_url,
        }
    )
    facts = {
        "Session": session.id,
        "Status": plan.status,
        "Spec": plan.task.spec,
        "Comment": comment_url,
    }
    runner.summary(report.summary(invitation, facts, runner.warnings))
