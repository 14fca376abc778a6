"""The sentences that say what is unusual about a session.

This module must not decide which of them is true, nor where it is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.text.markdown import link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.words.request import SessionRequest
    from harmonica_session.words.session import Chain

# What stands in small letters in the comment, for those who are invited.
STALE_ASIDE = "The file has changed since then, and the session has stayed as it was."
CHAIN_ASIDE = "The chain of its template is not running yet."

LEFT_ALONE = "A later run has decided what this session should be, so this run left it unchanged."

UNKEPT_ROUND = (
    "No announcement stores `open_for` and `expected` for this session, so no "
    "later run knows when its round is over. Announce it (`announce: issue`, or "
    "`pr-number`), or remove these keys."
)
ROUND_UNKEPT_YET = (
    "No announcement stores `open_for` and `expected` for this session yet, so no "
    "run knows when its round is over until one has announced it."
)


def nobody_told(request: SessionRequest, *, is_new: bool) -> str:
    """Say who has been told of a session that was posted nowhere.

    Args:
        request: What the session was asked to be.
        is_new: Whether this run has made it; of an older one, anybody may have told.
    """
    if not is_new:
        return "This run has not told anyone about the session; share its link."
    but = " except by Harmonica itself (`distribution`)" if request.distribution else ""
    return f"So far nobody has been told about this session{but}; share its link."


def chain_stands_still(chain: Chain) -> str:
    """Say that the session exists while the chain of its template does not run."""
    reason = chain.message or chain.reason
    if not chain.is_known:
        return (
            f"Harmonica reports `{chain.status}` for the chain of this session's template, "
            "which this version of the action does not know. Open the session in Harmonica "
            "to check its chain."
        )
    because = f": {reason}" if reason else ""
    return (
        "The session exists, but the chain of its template is not running "
        f"({chain.status}{because}). Open the session in Harmonica to start it."
    )


def tried_again(differing: str, because: str) -> str:
    """Say that the session was not changed this time."""
    return (
        f"The session could not be updated to match the spec ({differing}); the next "
        f"run tries again: {because}"
    )


def stale(differing: str, because: str) -> str:
    """Say that the session is not what the spec says, and why it stays so."""
    return (
        f"The session no longer matches its spec ({differing}), but it stays as it is: {because}."
    )


def ignored(others: tuple[str, ...]) -> str:
    """Say why a session keeps fields that were sent with others."""
    beside = f"; it did change {', '.join(others)}" if others else ""
    return f"Harmonica did not change these fields{beside}"


def goes_without(fields: Iterable[str], because: str) -> str:
    """Say which fields a session does not have, and why."""
    return f"The session goes without {', '.join(f'`{name}`' for name in fields)}: {because}"


def owed(fields: Iterable[str], because: str) -> str:
    """Say which fields a session has yet to get."""
    return (
        f"{', '.join(f'`{name}`' for name in fields)} could not be set in the new "
        f"session; the next run for the same session tries again: {because}"
    )


def other_visibility(asked: str, told: str) -> str:
    """Say that the results can be seen by others than those whom the spec says."""
    return (
        f"The spec asks for `results_visibility: {asked}`, but Harmonica answers "
        f"`{told}`; change it in Harmonica if that matters"
    )


def of_faster_run(differing: str) -> str:
    """Say that another run has made the session, and from which other spec."""
    return f"A faster run has created this session, from a spec that differs ({differing})."


def replaces(join_url: str) -> str:
    """Say which session was announced so far."""
    return f"This session replaces an earlier one: {join_url}"


def replaces_aside(join_url: str) -> str:
    """Say the same in the comment, where whoever has followed the other link may look for it."""
    return f"This session replaces {link('an earlier one', join_url)}."


def overtaken(join_url: str) -> str:
    """Say that the comment speaks of another session than this run's, and keeps to it."""
    return f"A later run has announced another session: {join_url}"


def surplus(join_url: str) -> str:
    """Say that there is a session too many for one purpose, and which one counts no longer."""
    return (
        "Several runs have each created a session for the same purpose, and only one "
        "of them counts. Do not invite anyone to this one, and complete it in "
        f"Harmonica: {join_url}"
    )


def unseen(join_url: str) -> str:
    """Say that a new session may be one too many for a purpose, and that nobody could look."""
    return (
        "Harmonica lists a new session with the same topic but does not show it, so it "
        "is not known whether another run created it for the same purpose. If one did, "
        f"complete it in Harmonica: {join_url}"
    )


def second_session(join_url: str) -> str:
    """Say that two runs announced a session each, and which of them counts no longer."""
    return (
        "Two runs each announced a session at the same time. The later announcement "
        "was removed; anyone who followed it is in this session, which no longer "
        f"counts: {join_url}"
    )


def rebuilt(join_url: str) -> str:
    """Say that a link is no more than likely, for the server has not told it."""
    return (
        "Harmonica does not return the link of a session that another run has created, "
        f"so it was derived from `api-url`: {join_url}. If people use another address "
        "for this server, copy the link from Harmonica."
    )
