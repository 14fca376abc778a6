"""Finds our comments on a pull request, by the receipts in them.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import Speaker
from harmonica_session.errors import NothingToAnnounceOn, Refused
from harmonica_session.report import summary as report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

TITLE = "Harmonica session"


def traces_on(
    world: World, seal: Seal, number: int, read: Callable[[], list[Comment]]
) -> list[OurComment]:
    """List the comments with a receipt that are ours or may be, the one that counts first.

    A token that may not read the comments is warned of.

    Args:
        world: The token, and the log.
        seal: What knows our receipts.
        number: Of the pull request.
        read: Asks for the comments on it.

    Raises:
        NothingToAnnounceOn: There is no such pull request.
        ServiceError: GitHub did not answer.
    """
    if world.github is None:
        return []
    try:
        return _traces(world, world.github, seal, number, read())
    except Refused as error:
        if error.is_absent and world.inputs.pr_number:
            raise NothingToAnnounceOn(
                f"`pr-number` is {number}, and GitHub shows no such pull request or issue: {error}"
            ) from None
        if not error.is_denial:
            raise
        what = f"The comments on #{number} cannot be read"
        world.runner.warn(TITLE, report.denied(what, str(error)))
        return []


def our_trace(world: World, github: GitHub, seal: Seal, number: int) -> OurComment | None:
    """Look again which of our comments on a pull request counts, None when there is none.

    Raises:
        ServiceError: GitHub did not answer, or refused.
    """
    ours = _traces(world, github, seal, number, github.newest_comments(number))
    return ours[0] if ours and not ours[0].is_doubtful else None


def _traces(
    world: World, github: GitHub, seal: Seal, number: int, comments: Iterable[Comment]
) -> list[OurComment]:
    """List what may be ours: signed first, then what is surely ours, and of those the oldest."""
    found = [trace for comment in comments if (trace := seal.read(comment, number))]
    if not found:
        return []
    speaker = _speaker(world, github)
    ours = [known for trace in found if (known := speaker.recognise(trace))]
    if strangers := len(found) - len(ours):
        world.runner.debug(f"{strangers} comments carry a receipt, but are not ours.")
    return sorted(ours, key=lambda trace: (not trace.is_signed, trace.is_doubtful))


def _speaker(world: World, github: GitHub) -> Speaker:
    """Return who the token speaks for; a workflow or App token cannot ask."""
    token = world.inputs.github_token
    if token and token.get_secret_value().startswith("ghs_"):
        return Speaker()
    try:
        return Speaker(github.account().login)
    except Refused as error:
        if not error.is_denial:
            raise
        # An installation token by another name, as on some older Enterprise Servers.
        return Speaker()
