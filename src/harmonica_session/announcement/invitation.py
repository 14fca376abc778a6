"""The invitation that participants read, and the comment that carries it.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from harmonica_session.announcement.receipt import UNKNOWN
from harmonica_session.text.markdown import plain
from harmonica_session.text.secrecy import blot_out

LONGEST_COMMENT = 60_000
"""What a comment comes to at the most; GitHub takes 65,536 characters."""

_TOPIC, _TEXT, _QUESTION, _PATH, _LINE = 250, 1_500, 250, 200, 500
_QUESTIONS = 15
_VISIBILITY = {
    "host": "only the host can see them.",
    "participants": "everyone who completes the session can see what the others said.",
    "public": "anyone who has the link can see them.",
    "": "only the host can see them, unless Harmonica's default says otherwise.",
    UNKNOWN: "the host has chosen who can see them.",
}


@dataclass(frozen=True)
class Invitation:
    """What a participant has to know.

    Attributes:
        topic: Of the session.
        join_url: Its link, checked.
        goal: Of the session, empty when nobody knows it.
        critical: The critical question, empty when there is none.
        questions: What participants answer first.
        background: Where the context came from, None when the session may have another one.
        results_visibility: As the spec asks for it or Harmonica tells it, empty for Harmonica's
            default, `unknown` for a session that another one than this spec has set up.
        is_public: Whether the repository, and so the link, is public.
        is_completed: Whether the session is over.
        notes: What else the reader must know.
    """

    topic: str
    join_url: str
    goal: str
    critical: str
    questions: tuple[str, ...]
    background: tuple[str, ...] | None
    results_visibility: str
    is_public: bool
    is_completed: bool
    notes: tuple[str, ...] = ()


def invitation(it: Invitation) -> str:
    """Return the invitation as Markdown, bounded, whatever stands in its texts."""
    parts = [f"## {plain(it.topic, _TOPIC)}", _call_to_join(it)]
    if it.goal:
        parts.append(f"**Goal:** {plain(it.goal, _TEXT)}")
    if it.critical:
        parts.append(f"**Critical question:** {plain(it.critical, _TEXT)}")
    if it.questions:
        parts += ["**You will be asked first:**", _numbered(it.questions)]
    parts.append(_facts(it))
    parts += [f"> [!IMPORTANT]\n> {plain(note, _LINE)}" for note in it.notes]
    return "\n\n".join(parts)


def _call_to_join(it: Invitation) -> str:
    if it.is_completed:
        return (
            "This session is completed and takes no more answers.\n\n"
            f"[Open the session]({_target(it.join_url)})"
        )
    return (
        "You are invited to a conversation with an AI facilitator. You talk in private and in "
        "your own time; what everybody says is put together in a summary.\n\n"
        f"### [Join the session]({_target(it.join_url)})"
    )


def _target(url: str) -> str:
    # The link was checked to hold nothing that ends a Markdown link; an entity it may hold.
    return url.replace("&", "&amp;")


def _numbered(questions: tuple[str, ...]) -> str:
    lines = [f"{n}. {plain(text, _QUESTION)}" for n, text in enumerate(questions[:_QUESTIONS], 1)]
    more = len(questions) - _QUESTIONS
    return "\n".join([*lines, f"\nand {more} more"] if more > 0 else lines)


def _facts(it: Invitation) -> str:
    facts = []
    if it.background:
        sources = ", ".join(plain(source, _PATH) for source in it.background)
        facts.append(f"- Background for the facilitator comes from {sources}.")
    facts.append(f"- Results: {_VISIBILITY.get(it.results_visibility, _VISIBILITY[UNKNOWN])}")
    if it.is_public:
        facts.append("- This repository is public, so anyone who has the link can join.")
    return "\n".join(facts)


def comment(it: Invitation, *, spec: str) -> str:
    """Return the text of our comment, without the receipt above it."""
    origin = f"<sub>Announced by {plain(spec, _PATH)} in this repository.</sub>"
    # Nothing that the spec says gets here with a key in it; what the session says by now may.
    return blot_out(f"{invitation(it)}\n\n{origin}\n", ())
