"""The invitation that participants read, and the comment that carries it.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harmonica_session.announcement.trust import Trust, homepage, trust_lines
from harmonica_session.text.markdown import inline, link, plain, plain_lines, runs_from_right
from harmonica_session.text.secrecy import blot_out
from harmonica_session.words.opening import LONGEST_INVITATION, LONGEST_TAKES, Opening

LONGEST_COMMENT = 60_000
"""What a comment comes to at the most; GitHub takes 65,536 characters."""

_TOPIC, _TEXT, _QUESTION, _PATH = 250, 1_500, 250, 200
_QUESTIONS = 15
_JOIN = "### [Join the session]("
_STANDING = re.compile(
    "Open until |[0-9]+ (of [0-9]+ )?(ha(s|ve) taken|took) part|This round is over[:.]"
)
# Two spaces at its end keep a line apart from the next one of its paragraph.
_LINE_END = "  \n"


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
        is_completed: Whether the session is over.
        trust: What a participant can rely on.
        opening: The host's own words.
        asides: What else is to be said in small letters, a sentence of Markdown each.
        until: Until when it is open, in words; empty where nobody says.
        over: That its round is over by our reckoning, in words; empty where it is not.
    """

    topic: str
    join_url: str
    goal: str
    critical: str
    questions: tuple[str, ...]
    background: tuple[str, ...] | None
    is_completed: bool
    trust: Trust = field(default_factory=Trust)
    opening: Opening = field(default_factory=Opening)
    asides: tuple[str, ...] = ()
    until: str = ""
    over: str = ""


def invitation(it: Invitation) -> str:
    """Return the invitation as Markdown, bounded, whatever stands in its texts."""
    parts = [f"## {plain(it.topic, _TOPIC)}", *_call_to_join(it)]
    parts += _labelled("Goal", it.goal)
    parts += _labelled("Critical question", it.critical)
    if it.questions:
        you_will_be = "People were" if it.is_completed else "You will be"
        parts += [f"**{you_will_be} asked first:**", _numbered(it.questions)]
    if facts := _facts(it):
        # Without a line between them, the two lists would run into each other.
        parts += ["**Good to know:**", "\n".join(f"- {fact}" for fact in facts)]
    return "\n\n".join(parts)


def _call_to_join(it: Invitation) -> list[str]:
    open_the_session = link("Open the session", it.join_url)
    if it.is_completed:
        over = f"This session on {homepage()} is completed and takes no more answers."
        return [over, open_the_session]
    if it.over:
        return [it.over, open_the_session]
    takes = inline(it.opening.takes, LONGEST_TAKES)
    return [
        _opening(it.opening),
        f"### {link('Join the session', it.join_url)}",
        *([it.until] if it.until else []),
        *([f"**Time it takes:** {takes}"] if takes else []),
    ]


def _opening(it: Opening) -> str:
    if own := plain_lines(it.invitation, LONGEST_INVITATION):
        # A quotation: these are somebody's words, whoever the values in them are from.
        return f"> {f'{_LINE_END}> '.join(own)}"
    return (
        "You are invited to a conversation with an AI facilitator. You chat whenever it suits you, "
        "and what everybody says is put together in a summary."
    )


def _labelled(label: str, text: str) -> list[str]:
    """Return a text behind its label, or below it where the text has a form of its own."""
    lines = plain_lines(text, _TEXT)
    if not lines:
        return []
    if len(lines) == 1 and not runs_from_right(text):
        return [f"**{label}:** {lines[0]}"]
    # GitHub gives each paragraph the direction of its first letter.
    return [f"**{label}:**", _LINE_END.join(lines)]


def with_standing(text: str, standing: str) -> str:
    """Return an announcement with other words on who came and until when it is open.

    Args:
        text: Of ours. The words stand below the link to join, or right below the title.
        standing: The words.
    """
    # Nowhere else: further down, a stranger's text may begin a paragraph.
    paragraphs = text.split("\n\n")
    if len(paragraphs) > 1 and _STANDING.match(paragraphs[1]):
        return "\n\n".join([paragraphs[0], standing, *paragraphs[2:]])
    for at, paragraph in enumerate(paragraphs, 1):
        if paragraph.startswith(_JOIN):
            has_standing = _STANDING.match("".join(paragraphs[at : at + 1]))
            below = paragraphs[at + 1 :] if has_standing else paragraphs[at:]
            return "\n\n".join([*paragraphs[:at], standing, *below])
    return text


def _numbered(questions: tuple[str, ...]) -> str:
    lines = []
    for number, text in enumerate(questions[:_QUESTIONS], 1):
        mark = f"{number}. "
        # What goes on in another line stands as far to the right as it began.
        lines.append(mark + f"{_LINE_END}{' ' * len(mark)}".join(plain_lines(text, _QUESTION)))
    more = len(questions) - _QUESTIONS
    return "\n".join([*lines, f"\nand {more} more"] if more > 0 else lines)


def _facts(it: Invitation) -> list[str]:
    facts = trust_lines(it.trust, is_completed=it.is_completed)
    if it.background:
        sources = ", ".join(inline(source, _PATH) for source in it.background)
        facts.append(f"Background for the facilitator: {sources}.")
    return facts


def comment(it: Invitation, *, spec: str, spec_url: str = "") -> str:
    """Return the text of our comment, without the receipt above it.

    Args:
        it: The invitation.
        spec: Path of the spec.
        spec_url: Where it can be read, checked; empty where nobody knows.
    """
    path = inline(spec, _PATH)
    where = link(path, spec_url) if spec_url else path
    said = " ".join([f"Announced by {where} in this repository.", *it.asides])
    # Nothing that the spec says gets here with a key in it; what the session says by now may.
    return blot_out(f"{invitation(it)}\n\n<sub>{said}</sub>\n", ())
