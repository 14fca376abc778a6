"""Writes the brief of a session to a file of the workspace.

This module must not write an older brief over a newer one, nor commit anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError, RouteMissing
from harmonica_session.results.rehearse import is_rehearsal
from harmonica_session.text.moment import moment
from harmonica_session.text.secrecy import without_secrets
from harmonica_session.words.front_matter import FrontMatter, front_matter_of

if TYPE_CHECKING:
    from harmonica_session.results.circle import Report
    from harmonica_session.world import World

_MOST_BYTES = 4_000_000


def keep_brief(world: World, report: Report) -> str:
    """Write the brief of a session; return the path, empty where nothing was written.

    Raises:
        FileRefused: The file may not be written.
    """
    files, receipt = world.files, report.announced.receipt
    path = files.normalise(world.inputs.write_session_md)
    if not report.may_show:
        world.runner.say(
            f"{path} was not changed, because not everyone who can see the repository may "
            "see the results of the newest session."
        )
        return ""
    held = files.read(path, _MOST_BYTES) or b""
    kept = front_matter_of(held.decode("utf-8", "replace"))
    # Of a session that was not announced nothing but Harmonica knows how old it is.
    known = report.session.created_at if report.session else ""
    above = FrontMatter(
        receipt.session_id,
        receipt.join_url,
        receipt.created_at or known or "",
        receipt.round.open_until if receipt.round else "",
    )
    if kept and _is_newer(kept, above):
        world.runner.say(f"{path} contains the brief of a newer session, so it was not changed.")
        return ""
    text = _asked(world, path, receipt.session_id)
    if not text:
        return ""
    safe = without_secrets(text, world.inputs.secret_texts)
    content = above.above(safe).encode("utf-8", "replace")
    if content == held or is_rehearsal(world, f"write the brief to {path}"):
        return ""
    files.write(path, content)
    world.runner.say(f"Brief, written to {path}")
    return path


def _asked(world: World, path: str, session_id: str) -> str:
    """Return the brief as Harmonica has it; empty where there is none to be had, which is said."""
    try:
        text = world.harmonica.brief(session_id) if world.harmonica else None
    except RouteMissing as error:
        world.runner.say(f"{path} was not changed: {error}.")
        return ""
    except ActionError as error:
        world.runner.warn(f"The brief could not be read; the next run tries again: {error}")
        return ""
    if not text or not text.strip():
        world.runner.say(f"Harmonica has not written the brief yet, so {path} was not changed.")
        return ""
    return text


def _is_newer(kept: FrontMatter, it: FrontMatter) -> bool:
    ours, theirs = moment(it.created_at), moment(kept.created_at)
    return kept.session_id != it.session_id and bool(ours and theirs and ours < theirs)
