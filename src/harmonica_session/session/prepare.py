"""Says what is asked for: puts spec, context and place together into a task.

This module must not ask a service anything, but for what is attached to a session already.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from harmonica_session.announcement.our_comments import seal_for
from harmonica_session.announcement.receipt import digest_of, field_digests
from harmonica_session.event import COMMIT
from harmonica_session.session.task import Task, purpose_of, scope_of
from harmonica_session.spec.read import refuse_hidden
from harmonica_session.text.addresses import page_of_file

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.background.context import Context
    from harmonica_session.session.plan import Plan
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.attachment import Attachment
    from harmonica_session.words.place import Place
    from harmonica_session.world import World

_UNKNOWN_REFERENCE = "(16 hex digits, made with the API key)"


def seal_of(world: World) -> Seal | None:
    """Return what signs and recognises what we leave behind, None without a key."""
    if not world.inputs.api_key:
        return None
    return seal_for(world, world.files.normalise(world.inputs.spec))


def task_of(world: World, seal: Seal | None, spec: Spec, context: Context, *, place: Place) -> Task:
    """Return what is asked for.

    Args:
        world: Inputs and event.
        seal: None without a key; the reference is then a placeholder.
        spec: What the file says.
        context: The context, put together.
        place: Where to announce the session.

    Raises:
        InputError: `once-per` names something that this run does not have.
        FileRefused: The request would carry a secret away.
    """
    inputs, event = world.inputs, world.event
    scope = scope_of(inputs, event, place)
    fields = spec.request(context.text).fields()
    refuse_hidden(spec, {**fields, "invitation": spec.opening.invitation}, world)
    digest = digest_of(fields)
    nonce = secrets.token_hex(16)
    purpose = purpose_of(scope, event, place=place, topic=spec.topic, nonce=nonce)
    purposes = [purpose]
    if inputs.on_change == "new" and scope != "topic":
        # Each version of the request has a session, so each has a reference of its own. The other
        # one is for who goes back to another `on-change`.
        purposes.insert(0, f"{purpose} {digest}")
    references = [
        seal.references(it, any_spec=scope == "topic") if seal else [_UNKNOWN_REFERENCE]
        for it in purposes
    ]
    reference, *older = references[0]
    return Task(
        spec=world.files.normalise(inputs.spec),
        request=spec.request(context.with_references(*(it[0] for it in references))),
        digest=digest,
        fields=field_digests(fields),
        reference=reference,
        context=context,
        place=place,
        scope=scope,
        on_change=inputs.on_change,
        asked_at=world.deadline.clock.utc_now().replace(microsecond=0),
        round=spec.round(),
        opening=spec.opening,
        spec_url=_url_of(world, world.files.normalise(inputs.spec)),
        run_id=event.run_id,
        older_references=tuple(older),
        nonce=nonce,
    )


def _url_of(world: World, spec: str) -> str:
    """Return where people can read the spec as it was read; empty where nobody knows."""
    revision, repository = world.files.revision or world.event.sha, world.event.repository_url
    is_known = repository and COMMIT.fullmatch(revision)
    return page_of_file(repository, revision, spec) if is_known else ""


def attachments_for(world: World, spec: Spec, plan: Plan) -> list[Attachment]:
    """Read what will be attached, before there is a session; nothing unless one is to be made.

    Raises:
        FileRefused: A source would carry a secret away.
    """
    if not spec.context_sources:
        return []
    from harmonica_session.background.attach import read_sources, warn_of_missing

    if plan.status == "created":
        return read_sources(world, spec)
    if plan.may_lack_sources and plan.found.session:
        warn_of_missing(world, spec, plan.found.session.id)
    return []
