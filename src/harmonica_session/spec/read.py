"""Reads the spec from the consumer's files.

This module must not ask Harmonica anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from harmonica_session.errors import TITLE, FileRefused, SpecError
from harmonica_session.spec.document import MAX_BYTES
from harmonica_session.spec.spec import Spec, read_spec
from harmonica_session.spec.unknown_values import unknown_values
from harmonica_session.text.decoding import decode
from harmonica_session.text.secrecy import REFUSAL, refuse_secrets, secrets_within

if TYPE_CHECKING:
    from harmonica_session.world import World


class Draft(NamedTuple):
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
        from harmonica_session.text.lookalikes import hint

        near = world.files.near(path)
        remedy = (
            f"there is a `{near}`, so rename that file, or name it"
            if near
            else "add it there, or name another file"
        )
        missing = f"there is no spec at `{path}`{hint(path)} {world.files.place}"
        raise FileRefused(f"{missing}; {remedy} with `spec`")
    # First of all: a problem with the spec may quote a part of it.
    refuse_secrets(decode(content, path), path, world.inputs.secret_texts)
    spec = read_spec(content, path)
    refuse_hidden(spec, spec.model_dump(mode="json", exclude_unset=True), world)
    world.runner.say(f"Spec: {path}")
    world.runner.annotate("notice", TITLE, unknown_values(spec))
    return Draft(path, content, spec)


def refuse_hidden(spec: Spec, fields: dict[str, Any], world: World) -> None:
    """Refuse secrets that an escape, or a value of the run, has hidden from the look at the file.

    Args:
        spec: What the file says.
        fields: What comes of it.
        world: With the secrets of the run.

    Raises:
        FileRefused: They would be carried away; each with its place.
    """
    found = secrets_within(fields, world.inputs.secret_texts)
    if problems := {spec.problem_at(path, REFUSAL) for path in found}:
        raise FileRefused(*sorted(problems))


def refuse_shared_topics(worlds: list[World], specs: list[Spec]) -> None:
    """Raise `SpecError` where `once-per: topic` would have to make one session of two specs."""
    seen: dict[str, str] = {}
    for world, spec in zip(worlds, specs, strict=True):
        other = seen.setdefault(spec.topic, world.inputs.spec)
        if world.inputs.once_per == "topic" and other != world.inputs.spec:
            message = (
                f"{other} has the same topic, and `once-per: topic` allows only one session per "
                "topic; change one of the topics, or `once-per`"
            )
            raise SpecError(spec.problem_at(("topic",), message))
