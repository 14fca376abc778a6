"""Texts that attack, an invitation that has everything, and what a reader finds in Markdown.

It must hold no test.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from harmonica_session.announcement.trust import Trust
from harmonica_session.words.opening import Opening

if TYPE_CHECKING:
    from markdown_it.token import Token

    from harmonica_session.announcement.invitation import Invitation

ATTACK = (
    "::set-output name=x::y\r\n\n--> <!-- @org/team [x](javascript:alert(1)) ![i](https://h/i) "
    "<img src=x onerror=alert(1)> </sub> `code` **b** # h\n# h\n> q\n- i\n| a | b |\u202e"
)
TEXTS = st.lists(
    st.sampled_from(["-->", "<!--", "@octocat", "\n", "# h", "[x](y)", "<b>", "| a", "`", "\\"])
    | st.text(max_size=10),
    max_size=6,
).map("".join)


def full(invitation: Invitation, text: str = "") -> Invitation:
    """Return an invitation that has everything, each text followed by `text`."""
    return replace(
        invitation,
        topic=f"Retrospective on the new search{text}",
        goal=f"Agree on two things that we do differently{text}",
        critical=f"What slowed us down most?{text}",
        questions=(f"What is your name?{text}", f"What was your part in it?{text}"),
        background=("the spec", f"SESSION.md{text}"),
        trust=Trust(
            results_visibility="participants",
            ideas_travel=True,
            is_of_account=True,
            asked_for=("name",),
            is_public=True,
        ),
        opening=Opening(takes=f"10 min{text}"),
        asides=("It is an aside.",),
    )


def headings(tokens: list[Token]) -> list[str]:
    """Return the texts of the headings, in order."""
    return [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]


def links(tokens: list[Token]) -> list[str]:
    """Return where links lead, in order; what only this parser takes for an address apart."""
    return [
        str(token.attrs["href"])
        for token in tokens
        # It links `SESSION.md`, as GitHub does not.
        if token.type == "link_open" and token.markup != "linkify"
    ]
