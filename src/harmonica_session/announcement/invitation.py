"""The invitation that participants read, and the comment that carries it.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harmonica_session.announcement.receipt import UNKNOWN
from harmonica_session.text.markdown import plain
from harmonica_session.text.secrecy import blot_out

LONGEST_COMMENT = 60_000
"""What a comment comes to at the most; GitHub takes 65,536 characters."""

_TOPIC, _TEXT, _QUESTION, _PATH, _LINE = 250, 1_500, 250, 200, 500
_QUESTIONS = 15
_JOIN = "### [Join the session]("
_STANDING = re.compile(
    "Open until |[0-9]+ (of [0-9]+ )?(ha(s|ve) taken|took) part|This round is over[:.]"
)
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
        until: Until when it is open, in words; empty where nobody says.
        over: That its round is over by our reckoning, in words; empty where it is not.
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
    until: str = ""
    over: str = ""


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
    if it.over:
        return f"{it.over}\n\n[Open the session]({_target(it.join_url)})"
    until = f"\n\n{it.until}" if it.until else ""
    return (
        "You are invited to a conversation with an AI facilitator. You talk in private and in "
        "your own time; what everybody says is put together in a summary.\n\n"
        f"{_JOIN}{_target(it.join_url)}){until}"
    )


def with_standing(text: str, standing: str) -> str:
    """Return an announcement with other words on who came and until when it is open.

    Args:
        text: Of ours. In an invitation, the words stand below the link to join.
        standing: The words.
    """
    # A stranger's text never begins a paragraph: a mark of ours is in front of it.
    paragraphs = text.split("\n\n")
    for at, paragraph in enumerate(paragraphs):
        if _STANDING.match(paragraph):
            return "\n\n".join([*paragraphs[:at], standing, *paragraphs[at + 1 :]])
        following = "".join(paragraphs[at + 1 : at + 2])
        if paragraph.startswith(_JOIN) and not _STANDING.match(following):
            return "\n\n".join([*paragraphs[: at + 1], standing, *paragraphs[at + 1 :]])
    return text


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
