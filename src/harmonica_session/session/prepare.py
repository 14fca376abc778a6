"""Reads the spec, and says what is asked for.

This module must not ask a service anything.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import Seal, digest_of, field_digests
from harmonica_session.errors import FileRefused, InputError, SpecError
from harmonica_session.session import plan as planning
from harmonica_session.session.plan import Task
from harmonica_session.spec.document import MAX_BYTES
from harmonica_session.spec.spec import Spec, read_spec
from harmonica_session.text.decoding import decode
from harmonica_session.text.secrecy import refuse_secrets

if TYPE_CHECKING:
    from harmonica_session.background.context import Context
    from harmonica_session.world import World

_UNKNOWN_REFERENCE = "(16 hex digits, made with the API key)"


def require_key(world: World) -> None:
    """Raise `InputError` when there is no key and one is needed."""
    if world.inputs.api_key or world.inputs.dry_run:
        return
    if not world.event.repository:
        raise InputError("HARMONICA_API_KEY is not set; set it to a key from Harmonica's settings")
    raise InputError(
        "`api-key` is empty: add a repository secret HARMONICA_API_KEY and pass it as "
        "`api-key: ${{ secrets.HARMONICA_API_KEY }}`; usual causes are a misspelt secret name, a "
        "secret that belongs to an environment the job does not name, and a reusable workflow "
        "called without `secrets: inherit`"
    )


@dataclass(frozen=True)
class Draft:
    """A spec that has been checked, and whose expressions are not filled in yet.

    Attributes:
        path: Its path under the workspace.
        content: The bytes of the file.
        spec: What it says.
    """

    path: str
    content: bytes
    spec: Spec


def read(world: World) -> Draft:
    """Read the spec.

    Raises:
        SpecError: The spec has problems.
        FileRefused: The file cannot be used.
    """
    path = world.files.normalise(world.inputs.spec)
    content = world.files.read(path, MAX_BYTES)
    if content is None:
        raise FileRefused(
            f"there is no spec at `{path}` {world.files.place}; add it there, or name another "
            "with `spec`"
        )
    # First of all: a problem with the spec may quote a part of it.
    refuse_secrets(decode(content, path), path, world.inputs.secret_texts)
    spec = read_spec(content, path)
    world.runner.say(f"Spec: {path}")
    return Draft(path, content, spec)


def refuse_shared_topics(rows: list[World], specs: list[Spec]) -> None:
    """Raise `SpecError` where `once-per: topic` would have to make one session of two specs."""
    seen: dict[str, str] = {}
    for row, spec in zip(rows, specs, strict=True):
        other = seen.setdefault(spec.topic.strip(), row.inputs.spec)
        if row.inputs.once_per == "topic" and other != row.inputs.spec:
            message = (
                f"{other} has the same topic, and `once-per: topic` keeps to one session of a "
                "topic; change one of them, or `once-per`"
            )
            raise SpecError(spec.problem_at(("topic",), message))


def seal_of(world: World) -> Seal | None:
    """Return what signs and recognises our traces, None without a key."""
    if not world.inputs.api_key:
        return None
    spec = world.files.normalise(world.inputs.spec)
    return Seal(world.inputs.api_key, world.event.repository_id, spec)


def task_of(
    world: World, seal: Seal | None, spec: Spec, context: Context, number: int | None
) -> Task:
    """Return what is asked for.

    Args:
        world: Inputs and event.
        seal: None without a key; the reference is then a placeholder.
        spec: What the file says.
        context: The context, put together.
        number: Pull request or issue to announce on.

    Raises:
        InputError: `once-per` names something that this run does not have.
        FileRefused: The request would carry a secret away.
    """
    inputs, event = world.inputs, world.event
    scope = planning.scope_of(inputs, event, number)
    fields = spec.request(context.text).fields()
    # An escape in the YAML may have hidden it from the look at the file.
    refuse_secrets(json.dumps(fields, ensure_ascii=False), inputs.spec, inputs.secret_texts)
    digest = digest_of(fields)
    nonce = secrets.token_hex(16)
    purpose = planning.purpose_of(scope, event, number=number, topic=spec.topic, nonce=nonce)
    if inputs.on_change == "new" and scope != "topic":
        # Each version of the request has a session, so each has a reference of its own.
        purpose = f"{purpose} {digest}"
    reference = seal.reference(purpose, any_spec=scope == "topic") if seal else _UNKNOWN_REFERENCE
    return Task(
        spec=world.files.normalise(inputs.spec),
        request=spec.request(context.with_reference(reference)),
        digest=digest,
        fields=field_digests(fields),
        reference=reference,
        context=context,
        number=number,
        scope=scope,
        on_change=inputs.on_change,
        run_id=event.run_id,
    )
