"""What people read of a session's results: whole documents, and what no text in them can do.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cmarkgfm.cmark import Options, markdown_to_html_with_extensions
from hypothesis import example, given, settings

from harmonica_session.announcement.invitation import with_standing
from harmonica_session.results import texts
from harmonica_session.results.tell import ROOM
from harmonica_session.results.texts import Told
from harmonica_session.sandbox.harmonica.results import wild_text
from harmonica_session.words.agreed import MOST, Agreed, agreed
from harmonica_session.words.issue import LONGEST_TITLE
from harmonica_session.words.results import Action, Decision, Tension
from harness.documents import ATTACK, TEXTS, headings, links

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

JOIN = "https://app.harmonica.chat/chat?s=5e55"
OPEN = "2 of 3 have taken part; open until Tuesday, 1 December 2026, 17:00 (Europe/Berlin)"
OVER = "This round is over: it was open until Tuesday. Anyone with the link can still join."


def told(text: str = "") -> Told:
    """Return everything that can be told, each text followed by `text`."""
    return Told(
        spec=f".harmonica/session.yml{text}",
        topic=f"Retrospective{text}",
        join_url=JOIN,
        standing=f"{OVER} 2 of 3 took part.",
        is_final=True,
        summary=f"# What we saw\n\nReviews took long.\n\n- small changes helped{text}",
        decisions=(Decision(label=f"Size{text}", summary=f"Below 400 lines{text}"),),
        agreed=(
            Agreed(description=f"Write it down{text}"[:200], owner=f"Ann{text}"[:60], due="Friday"),
            Agreed(description=f"Split the module{text}"[:200]),
        ),
        tensions=(Tension(summary=f"Speed or care{text}", sides=(f"speed{text}", "care")),),
    )


def test_a_head_count(golden: Callable[[str, str], None]) -> None:
    """While the round is open, with what is known of it by now."""
    it = replace(told(), standing=OPEN, is_final=False, decisions=(), agreed=(), tensions=())
    golden("results-open.md", texts.results(it, ROOM))


def test_results(golden: Callable[[str, str], None]) -> None:
    """The summary first, then decisions, actions, tensions, the link, and the next step."""
    golden("results.md", texts.results(told(), ROOM))


def test_results_that_may_not_be_shown(golden: Callable[[str, str], None]) -> None:
    """A head count, and where the rest is."""
    it = Told(".harmonica/session.yml", "Retrospective", JOIN, OVER, is_final=True, may_show=False)
    golden("results-host.md", texts.results(it, ROOM))


def test_results_with_issues(golden: Callable[[str, str], None]) -> None:
    """Each action leads to its issue, and the next step is another one."""
    it = told()
    numbered = [one.model_copy(update={"issue": at}) for at, one in enumerate(it.agreed, 8)]
    golden("results-issues.md", texts.with_issues(texts.results(it, ROOM), numbered))


def test_a_reminder(golden: Callable[[str, str], None]) -> None:
    """How many came, until when there is time, and the link."""
    golden("reminder.md", texts.reminder(replace(told(), standing=OPEN, is_final=False)))


def test_the_issue_of_an_action(golden: Callable[[str, str], None]) -> None:
    """Its words quoted, owner and date as text, and what it is."""
    golden("action-issue.md", texts.action_text(told(), 1, "https://github.com/o/r/pull/7#c"))


def test_who_is_to_do_it_keeps_its_own_direction() -> None:
    """Between words of ours, in the list and in the issue."""
    name = "\u05de\u05d4 (A)"
    it = replace(told(), agreed=(Agreed(description="Split it", owner=name, due=name),))
    assert f"(owner: \u2068{name}\u2069; due: \u2068{name}\u2069)" in texts.results(it, ROOM)
    issue = texts.action_text(it, 1, JOIN)
    assert f"> Owner: \u2068{name}\u2069" in issue
    assert f"> Due: \u2068{name}\u2069" in issue


def _documents(text: str) -> list[str]:
    it = told(text)
    return [
        texts.results(it, ROOM),
        texts.results(replace(it, is_final=False, standing=OPEN), ROOM),
        texts.reminder(it),
        texts.action_text(it, 1, JOIN),
        texts.with_issues(texts.results(it, ROOM), it.agreed),
    ]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(TEXTS)
@example(ATTACK)
@example(wild_text(3_000))
@example("\n\n- [ ] forged #1\n\n### Join the session\n")
def test_no_text_adds_a_heading_or_a_link(
    tokens_of: Callable[[str], list[Token]], text: str
) -> None:
    """Headings, links and boxes are ours, whatever stands in the texts between them."""
    for document, plain in zip(_documents(text), _documents(""), strict=True):
        shown, expected = tokens_of(document), tokens_of(plain)
        assert links(shown) == links(expected)
        assert len(headings(shown)) == len(headings(expected))
        assert not [
            it
            for it in shown
            if it.type in ("html_block", "html_inline") and it.content not in ("<sub>", "</sub>")
        ]
        assert len(re.findall(r"(?m)^- \[[ x]\]", document)) == len(
            re.findall(r"(?m)^- \[[ x]\]", plain)
        )


@settings(derandomize=True, deadline=None, max_examples=100)
@given(TEXTS)
@example(wild_text(3_000))
@example("@octocat #1 GH-2 octo/garden#3 0123abc :tada: www.evil.example")
def test_no_text_mentions_anybody(text: str) -> None:
    """GitHub looks for names and numbers in the rendered text, titles included."""
    assert not re.search(r"@\w", texts.action_title(told(text), 1))
    for document in _documents(text):
        options = Options.CMARK_OPT_UNSAFE
        page = markdown_to_html_with_extensions(document, options, ["table", "autolink"])
        shown = html.unescape(re.sub("<.*?>", "", page))
        assert re.findall(r"@\w|GH-\d|(?<![\w/])[0-9a-f]{7,40}(?!\w)", shown) == []


@pytest.mark.parametrize("fill", ["x", "\u4e2d", "&", "\U0001f600", "<@a", "`", "\u05d0"])
@pytest.mark.parametrize("is_final", [True, False])
def test_results_are_bounded_whatever_stands_in_them(fill: str, *, is_final: bool) -> None:
    """Texts as long as they may be, in any script, leave room for the receipt."""
    line, count = (fill * 1_000)[:1_000], 100
    actions = (Action(description=f"{at}{line}", owner=line, due=line) for at in range(count))
    it = Told(
        spec=line,
        topic=line,
        join_url=JOIN,
        standing=OVER,
        is_final=is_final,
        summary=fill * 200_000,
        decisions=(Decision(label=line, summary=line),) * count,
        agreed=agreed(actions),
        tensions=(Tension(summary=line, sides=(line,) * 10),) * count,
    )
    assert len(texts.results(it, ROOM)) <= 35_000
    assert len(texts.action_text(it, 1, JOIN)) <= 65_000
    assert len(texts.action_title(it, 1)) <= LONGEST_TITLE
    assert len(texts.reminder(it)) <= 35_000


def test_forty_actions_stand_in_the_list() -> None:
    """Each has a box, and its number is its place."""
    it = replace(told(), agreed=agreed(Action(description=f"Do {at}") for at in range(60)))
    lines = re.findall(r"(?m)^- \[ \] (.*)$", texts.results(it, ROOM))
    assert lines == [f"Do {at}" for at in range(MOST)]


def test_a_list_that_is_too_long_says_so() -> None:
    """What has no room is counted."""
    it = replace(told(), decisions=[Decision(label="a", summary="b" * 900)] * 50)
    assert re.search(r"- and \d+ more", texts.results(it, ROOM))


def test_issues_are_linked_beside_the_boxes_ticked_or_not() -> None:
    """A number is put where there is none, and replaced where there is one."""
    text = "- [x] One #3\n> - [ ] Two\n- [ ] Two (due: now)\n- [ ] Three\nnot a box"
    said = [("One", "", 4), ("Two", "now", 5), ("Three", "", 0)]
    actions = [Agreed(description=it, due=due, issue=number) for it, due, number in said]
    assert texts.with_issues(text, actions) == (
        "- [x] One #4\n> - [ ] Two\n- [ ] Two (due: now) #5\n- [ ] Three\nnot a box"
    )


def test_a_line_that_somebody_has_added_gets_no_number() -> None:
    """Nor does it take one from the action below."""
    it = replace(told(), agreed=[Agreed(description="One"), Agreed(description="Two")])
    text = texts.results(it, ROOM).replace("- [ ] One", "- [ ] Mine\n- [ ] One")
    numbered = [one.model_copy(update={"issue": at}) for at, one in enumerate(it.agreed, 8)]
    shown = texts.with_issues(text, numbered)
    assert "- [ ] Mine\n- [ ] One #8\n- [ ] Two #9\n" in shown


@pytest.mark.parametrize(
    ("issues", "step"),
    [
        ((0, 0), "Tick each action here when it is done"),
        ((8, 9), "Each action has its own issue."),
        ((8, 0), "When an action is done, close its issue, or tick it here"),
    ],
)
def test_the_next_step_is_true_of_the_issues_that_there_are(
    issues: tuple[int, int], step: str
) -> None:
    """From the start, as well as where issues were opened or lost after the list was told."""
    it = replace(told(), agreed=[Agreed(description=name) for name in ("One", "Two")])
    numbered = [
        one.model_copy(update={"issue": number})
        for one, number in zip(it.agreed, issues, strict=True)
    ]
    whole = texts.results(replace(it, agreed=numbered), ROOM)
    assert step in whole
    assert texts.with_issues(texts.results(it, ROOM), numbered) == whole


@pytest.mark.parametrize("description", ["\u200b", "\u202e\u2066"])
def test_a_title_is_never_empty(description: str) -> None:
    """GitHub would refuse it."""
    it = replace(told(), agreed=(Agreed(description=description),))
    assert texts.action_title(it, 1) == "Action 1"


@pytest.mark.parametrize(
    "standing",
    [
        OPEN,
        "1 of 3 has taken part.",
        "Open until Tuesday",
        f"{OVER} 0 of 3 took part.",
        "2 took part.",
        "This round is over. Anyone with the link can still join. 2 took part.",
    ],
)
def test_the_words_on_who_came_are_replaced_and_not_added(standing: str) -> None:
    """However often, in an invitation as in results."""
    invitation = f"## T\n\nCome.\n\n### [Join the session]({JOIN})\n\n**Goal:** G\n"
    results = texts.results(replace(told(), standing=OPEN, is_final=False), ROOM)
    for text in (invitation, results):
        once = with_standing(text, standing)
        assert once.count(standing) == 1
        assert with_standing(with_standing(once, OPEN), standing) == once


def test_a_session_without_link_or_spec_is_told_without() -> None:
    """As one is that nobody has announced."""
    it = replace(told(), spec="", join_url="", topic="")
    text = texts.results(it, ROOM)
    assert text.startswith("## Harmonica session\n")
    assert "](" not in text
    assert "Announced by" not in text
