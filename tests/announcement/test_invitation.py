"""The comment as people see it, and what no text in it can do.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings

from harmonica_session.announcement.invitation import LONGEST_COMMENT, comment, with_standing
from harmonica_session.announcement.invitation import invitation as text
from harmonica_session.announcement.trust import HOMEPAGE, Trust
from harmonica_session.words.opening import Opening
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment
from harness.documents import ATTACK, TEXTS, full, headings, links
from harness.rendered import rendered

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from harmonica_session.announcement.invitation import Invitation
    from harmonica_session.announcement.receipt import Receipt, Seal

_SPEC = ".harmonica/session.yml"
_MOST = 65_536
_PLACE = Place(7)


def test_a_comment_with_everything(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """The comment says all that a participant has to know."""
    golden("comment.md", seal.signed(receipt, _PLACE, comment(full(invitation), spec=_SPEC)))


def test_a_comment_with_the_least(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """What a session does not have leaves no ours."""
    golden("comment-least.md", seal.signed(receipt, _PLACE, comment(invitation, spec=_SPEC)))


def test_a_comment_full_of_attacks(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """Every text is hostile, and the comment is still the comment."""
    hostile = full(invitation, ATTACK)
    golden(
        "comment-hostile.md", seal.signed(receipt, _PLACE, comment(hostile, spec=f"{ATTACK}.yml"))
    )


def test_a_token_that_a_host_has_written_since_is_blotted_out(invitation: Invitation) -> None:
    """The topic of a session that was changed in Harmonica was never searched by the spec's run."""
    token = f"ghs_1234_{'eyJ0-abc.' * 9}x"
    posted = comment(replace(invitation, topic=f"Look: {token}"), spec=_SPEC)
    assert "## Look: ***\n" in posted
    assert "eyJ0" not in posted


def test_a_completed_session(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """Nobody is invited to a conversation that is over."""
    golden("completed.md", text(replace(full(invitation), is_completed=True)))


def test_an_invitation_says_until_when_below_the_link(invitation: Invitation) -> None:
    """Whoever is asked to join learns how long there is for it."""
    until = "Open until Tuesday, 1 December 2026, 17:00 (Europe/Berlin)"
    lines = text(replace(invitation, until=until)).splitlines()
    link = next(at for at, line in enumerate(lines) if "[Join the session]" in line)
    assert lines[link + 1 : link + 4] == ["", until, ""]


@pytest.mark.parametrize("words", ["Open until 5!", "2 have taken part", "This round is over."])
def test_the_hosts_words_are_not_taken_for_ours(invitation: Invitation, words: str) -> None:
    """Who came is written below the link, whatever a stranger's paragraph begins with."""
    own = replace(
        invitation, opening=Opening(f"{words}\nx"), goal=f"{words}\nx", until="Open until now"
    )
    document = with_standing(text(own), "3 have taken part.")
    assert "\n\n3 have taken part.\n\n" in document
    assert document == text(replace(own, until="3 have taken part."))
    without = with_standing(text(replace(own, until="")), "3 have taken part.")
    assert without == text(replace(own, until="3 have taken part."))


def test_lists_do_not_run_into_each_other(invitation: Invitation) -> None:
    """Between the questions and what is good to know stand words."""
    page = rendered(text(full(invitation)))
    assert not re.search(r"</[ou]l>\s*<[ou]l>", page)


def test_a_text_of_several_lines_keeps_them(invitation: Invitation) -> None:
    """Each in its own place, with its own lines."""
    lines = "one\n\n- two"
    it = replace(invitation, goal=lines, critical=lines, questions=(lines,), opening=Opening(lines))
    page = rendered(text(it))
    assert page.count("one<br />\n- two") == 4
    assert page.count("<li>one<br />") == 1
    assert page.count("<blockquote>") == 1


def test_a_text_from_right_to_left_has_a_paragraph_of_its_own(invitation: Invitation) -> None:
    """GitHub gives each paragraph, heading and list the direction of its first letter."""
    words = "\u05de\u05d4 \u05e2\u05d9\u05db\u05d1?"
    it = replace(invitation, topic=words, goal=words, critical=words, questions=(words,))
    page = rendered(text(it))
    assert page.count(f"<p>{words}</p>") == 2
    assert f"<h2>{words}</h2>" in page
    assert f"<ol>\n<li>{words}</li>" in page


def test_how_long_it_takes_keeps_its_own_direction(invitation: Invitation) -> None:
    """Behind our words, which run the other way."""
    document = text(replace(invitation, opening=Opening(takes="10 \u05d3\u05e7\u05d5\u05ea!")))
    assert "**Time it takes:** \u206810 \u05d3\u05e7\u05d5\u05ea!\u2069\n" in document


def test_nobody_is_invited_to_a_round_that_is_over(invitation: Invitation) -> None:
    """The reason stands in the place of the invitation, and the link is still there."""
    document = text(replace(invitation, until="", over="This round is over. Really."))
    assert "You are invited" not in document
    assert f"This round is over. Really.\n\n[Open the session]({invitation.join_url})" in document


def test_what_harmonica_calls_completed_is_said_before_what_we_reckon(
    invitation: Invitation,
) -> None:
    """It says more: such a session takes no more answers."""
    document = text(replace(invitation, over="This round is over.", is_completed=True))
    assert "takes no more answers" in document
    assert "This round is over." not in document


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        ("host", "only the host"),
        ("participants", "everyone who completes"),
        ("public", "anyone who has the link"),
    ],
)
def test_who_can_see_the_results_is_said(
    invitation: Invitation, visibility: str, words: str
) -> None:
    """Each setting has its own sentence."""
    document = text(replace(invitation, trust=Trust(results_visibility=visibility)))
    (line,) = re.findall(r"^- Results: .*$", document, re.MULTILINE)
    assert words in line


@pytest.mark.parametrize("visibility", ["", "unknown", "team"])
def test_nothing_is_said_of_results_that_nobody_spoke_of(
    invitation: Invitation, visibility: str
) -> None:
    """A hedge would say no more than nothing."""
    assert "Results" not in text(replace(invitation, trust=Trust(results_visibility=visibility)))


def test_a_link_leads_where_it_should(
    tokens_of: Callable[[str], list[Token]], invitation: Invitation
) -> None:
    """What a checked link may hold does not end it, nor make it something else."""
    url = "https://h.example.com/*a*_b_~c~/[d]/chat?s=1&t=%20&u='2'#@e"
    tokens = tokens_of(text(replace(invitation, join_url=url)))
    assert [unquote(link) for link in links(tokens)] == [unquote(url), HOMEPAGE]


def test_many_questions_are_counted(invitation: Invitation) -> None:
    """A long list has an end, and says how many more there are."""
    questions = tuple(f"Question {n}?" for n in range(1, 21))
    document = text(replace(invitation, questions=questions))
    assert "15. Question 15?\n\nand 5 more" in document
    assert "Question 16?" not in document


@pytest.mark.parametrize("text", ["&", "<", "@", "_", "\\", "👩", "x", ATTACK, "https://h/&"])
def test_a_comment_is_bounded(
    seal: Seal, receipt: Receipt, invitation: Invitation, text: str
) -> None:
    """The longest texts, in the characters that grow the most, stay well under GitHub's limit."""
    long = (text * 70_000)[:70_000]
    largest = replace(
        invitation,
        topic=long,
        join_url="https://h/" + "&" * 1990,
        goal=long,
        critical=long,
        questions=(long,) * 200,
        background=(long, long),
        trust=full(invitation).trust,
        opening=Opening(long, long),
    )
    kept = receipt.model_copy(update={"session_id": "\u20ac" * 200, "join_url": largest.join_url})
    body = seal.signed(
        kept, Place(10**17), comment(largest, spec=long, spec_url="https://h/" + "%26" * 660)
    )
    assert len(body) <= LONGEST_COMMENT < _MOST
    assert seal.read(Comment(id=1, body=body), Place(10**17))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_a_comment(
    seal: Seal,
    receipt: Receipt,
    invitation: Invitation,
    tokens_of: Callable[[str], list[Token]],
    text: str,
) -> None:
    """The receipt stays alone on its line, and the links are ours, no mention and no HTML more."""
    hostile = replace(full(invitation, text), opening=Opening(f"Come{text}", f"10 min{text}"))
    body = seal.signed(receipt, _PLACE, comment(hostile, spec=f"{text}.yml"))
    line = body.split("\n")[0]
    assert body.count("<!--") == body.count("-->") == 1
    ours = seal.read(Comment(id=1, body=body), _PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed, ours.is_intact) == (receipt, True, True)
    assert not re.search(r"@\w", body)
    tokens = tokens_of(body)
    assert links(tokens) == [invitation.join_url, HOMEPAGE]
    assert len(headings(tokens)) == 2
    html = [t.content.strip() for t in tokens if t.type in ("html_block", "html_inline")]
    assert html == [line, "<sub>", "</sub>"]
    assert "image" not in {token.type for token in tokens}
