"""Attaches the context sources of a spec to the session that was made from it.

This module must not let a source fail a run whose session exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import (
    ActionError,
    DeadlineReached,
    FateUnknown,
    FileRefused,
    RouteMissing,
)
from harmonica_session.text.decoding import background_text
from harmonica_session.text.markdown import shorten, visible
from harmonica_session.text.secrecy import refuse_secrets
from harmonica_session.words.attachment import (
    MAX_FILE_BYTES,
    MOST_SOURCES,
    Attachment,
    media_type,
)
from harmonica_session.words.front_matter import without_front_matter

if TYPE_CHECKING:
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.edges.harmonica.context_sources import AttachedSource, ContextSources
    from harmonica_session.errors import Problem
    from harmonica_session.spec.context_sources import ContextSource
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World

_ABOUT = "context source"
_LONGEST_NAME = 200


def read_sources(world: World, spec: Spec) -> list[Attachment]:
    """Read the sources of a spec; more than a session takes are a warning.

    Raises:
        FileRefused: Sources cannot be used, or would carry a secret away; with all of them at once.
    """
    sources = spec.context_sources or []
    ready: list[Attachment] = []
    problems: list[Problem] = []
    for at, source in enumerate(sources[:MOST_SOURCES]):
        world.deadline.remaining("read the context sources")
        try:
            ready.append(_ready(world, source))
        except FileRefused as error:
            problems += spec.problems_beside(("context_sources", at, source.kind), error)
    if problems:
        raise FileRefused(*sorted(set(problems)))
    if too_many := [source.name for source in sources[MOST_SOURCES:]]:
        _warn(world, too_many, f"a session can have at most {MOST_SOURCES} context sources")
    if ready:
        world.runner.say(f"Context sources: {', '.join(one.name for one in ready)}")
    return ready


def warn_of_missing(world: World, spec: Spec, session_id: str) -> None:
    """Say so where the run that made a session was cut off before it attached all of a spec's."""
    wanted = min(len(spec.context_sources or ()), MOST_SOURCES)
    if not (world.harmonica and wanted):
        return
    try:
        attached = len(world.harmonica.context_sources.attached_to(session_id))
    except ActionError as error:
        world.runner.debug(f"Could not find out what is attached: {error}")
        return
    if attached < wanted:
        missing = f"{attached} of {wanted} context sources in the spec are attached to the session"
        world.runner.warn(f"{missing}; add the others in Harmonica", about=_ABOUT)


def _ready(world: World, source: ContextSource) -> Attachment:
    if source.file is None:
        return Attachment(source.kind, source.name)
    path = world.files.normalise(source.file)
    content = world.files.read(path, MAX_FILE_BYTES)
    if content is None:
        raise FileRefused(world.files.missing(path))
    if not content.strip():
        raise FileRefused(f"`{path}` is empty; write something in it")
    kind = media_type(path) or ""
    is_text = kind.startswith("text/")
    text = background_text(content, path) if is_text else content.decode("latin-1")
    refuse_secrets(text, path, world.inputs.secret_texts)
    sent = without_front_matter(text)
    # What is sent whole is sent to the byte.
    return Attachment("file", path, sent.encode() if is_text and sent != text else content)


def attach(
    world: World, harmonica: Harmonica, session_id: str, ready: list[Attachment]
) -> tuple[str, ...]:
    """Attach sources, each tried once; what is refused is a warning.

    Returns:
        The names of those that are attached.
    """
    attached: list[str] = []
    known: set[str] = set()
    for at, attachment in enumerate(ready):
        name = attachment.name
        try:
            source = _attach(world, harmonica.context_sources, session_id, attachment, known)
        except (DeadlineReached, RouteMissing) as error:
            _warn(world, [one.name for one in ready[at:]], str(error))
            break
        except ActionError as error:
            _warn(world, [name], str(error))
        else:
            known.add(source.id)
            attached.append(name)
            world.runner.say(f"Attached: {name}")
    return tuple(attached)


def _attach(
    world: World,
    sources: ContextSources,
    session_id: str,
    attachment: Attachment,
    known: set[str],
) -> AttachedSource:
    """Attach a source; where no answer says what became of it, look whether it is there.

    Args:
        world: The log.
        sources: Of the account.
        session_id: The session.
        attachment: The source.
        known: Ids of what was attached before it.
    """
    way = {
        "file": sources.attach_file,
        "url": sources.attach_page,
        "session": sources.attach_session,
    }[attachment.kind]
    try:
        return way(session_id, attachment)
    except FateUnknown as error:
        found = _turned_up(world, sources, session_id, attachment, known)
        if found is None:
            # The server may be at it still, so a second try could attach it twice.
            raise FateUnknown(
                f"{error}; it may still appear in Harmonica, so look there before you add it by "
                "hand"
            ) from None
        return found


def _turned_up(
    world: World,
    sources: ContextSources,
    session_id: str,
    attachment: Attachment,
    known: set[str],
) -> AttachedSource | None:
    try:
        listed = sources.attached_to(session_id)
    except RouteMissing:
        # A server without this route answers a form as if it had crashed over it.
        raise
    except ActionError as error:
        world.runner.debug(f"Could not find out what is attached: {error}")
        return None
    new = (one for one in listed if one.id not in known)
    return next((one for one in new if one.source_type == attachment.kind), None)


def _warn(world: World, sources: list[str], reason: str) -> None:
    named = ", ".join(f"`{shorten(visible(name), _LONGEST_NAME)}`" for name in sources)
    world.runner.warn(f"The session goes without {named}: {reason}", about=_ABOUT)
