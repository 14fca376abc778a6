"""What a participant can rely on: who reads along, where ideas go, who sees the results.

This module must not decide what is true of a session, nor say what nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from harmonica_session.text.markdown import link

HOMEPAGE = "https://harmonica.chat"
"""Harmonica's own page, for who has never heard of it."""

_RESULTS = {
    "host": "only the host can see them.",
    "participants": "everyone who completes the session can see what the others said.",
    "public": "anyone who has the link can see them, without taking part.",
}


@dataclass(frozen=True)
class Trust:
    """What is known of a session that a participant would ask before talking.

    Attributes:
        results_visibility: As the spec asked for it or Harmonica tells it; empty where neither
            says anything, and `unknown` where nobody knows.
        ideas_travel: Whether ideas may be passed on from one conversation to another
            (`cross_pollination`), None where nobody knows.
        is_of_account: Whether the host is surely whoever owns the account of this repository.
        asked_for: What people are asked of themselves before they begin; None where nobody knows.
        is_public: Whether the repository, and so the link, is public.
    """

    results_visibility: str = ""
    ideas_travel: bool | None = None
    is_of_account: bool = False
    asked_for: tuple[str, ...] | None = None
    is_public: bool = False


def trust_lines(it: Trust, *, is_completed: bool = False) -> list[str]:
    """Return a sentence or two on each thing that is known.

    Args:
        it: What is known.
        is_completed: Whether nobody can take part any more, so that only the results matter.
    """
    results = _RESULTS.get(it.results_visibility)
    lines = [] if is_completed else [_conversation(it), _host(it)]
    if results:
        lines.append(f"Results: {results}")
    if is_completed:
        return lines
    if it.asked_for is not None:
        asked = " and your ".join(it.asked_for)
        lines.append(
            f"You are {f'asked for your {asked}' if asked else 'not asked for your name'} before "
            "you begin."
        )
    if it.is_public:
        lines.append("This repository is public, so anyone who sees the link can join.")
    return lines


def homepage() -> str:
    """Return Harmonica's name, which is a link."""
    return link("Harmonica", HOMEPAGE)


def _conversation(it: Trust) -> str:
    alone = f"You talk one to one with an AI on {homepage()}; nobody else joins your conversation."
    if it.ideas_travel is None:
        return alone
    are = "may be" if it.ideas_travel else "are not"
    return f"{alone} Ideas from it {are} brought into the conversations of other participants."


def _host(it: Trust) -> str:
    if not it.is_of_account:
        return "The host of the session can read your conversation."
    return (
        "The host can read your conversation. The host is the owner of the Harmonica account that "
        "this repository uses."
    )
