"""Job summaries as people see them, and what no text in them can do.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings

from harmonica_session.announcement.advice import denied
from harmonica_session.announcement.invitation import comment
from harmonica_session.announcement.invitation import invitation as invite
from harmonica_session.announcement.trust import HOMEPAGE
from harmonica_session.errors import InputError, Problem, Refused, SpecError
from harmonica_session.report import summary as report
from harmonica_session.report.summary import Failed
from harmonica_session.words.place import Place
from harness.documents import ATTACK, TEXTS, full, headings, links

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from harmonica_session.announcement.invitation import Invitation

_SPEC = ".harmonica/session.yml"
_HELP = "https://h.example/troubleshooting.md#a-key"


def test_a_summary(golden: Callable[[str, str], None]) -> None:
    """The result is a line in a word, and a list of what is copied or followed."""
    url = "https://github.com/o/r/pull/7#issuecomment-1"
    facts = {"Topic": "Retro _1_", "Session": "5e55", "Spec": _SPEC, "Comment": url, "Brief": ""}
    golden("summary.md", report.summary("created", facts))


def test_a_summary_with_warnings(golden: Callable[[str, str], None]) -> None:
    """A warning stands below, and what there is to paste stands in a block."""
    forbidden = Refused("403 Forbidden", status=403, is_limit=False)
    refusal = denied("The link was not posted on #7", forbidden, Place(7))
    golden(
        "summary-warnings.md",
        report.summary(
            "created", {"Session": "5e55"}, ["It was `<cut>` by <b>.", refusal], ["Look <out>."]
        ),
    )


def test_a_topic_from_right_to_left_keeps_to_itself() -> None:
    """Our word in front of it would turn its end round; so would it our word."""
    document = report.summary("created", {"Topic": "\u05de\u05d4 (Search)."})
    assert "- Topic: \u2068\u05de\u05d4 (Search).\u2069\n" in document


def test_without_facts_no_list_is_begun() -> None:
    """Nothing is announced that does not follow."""
    assert report.summary("unchanged", {"Brief": ""}) == "## Harmonica session: unchanged\n"
    assert report.below(" \n") == ""


def test_a_failure(golden: Callable[[str, str], None]) -> None:
    """Every problem is listed, by the files; what to do about it is a link away."""
    other = ".harmonica/`odd`.yml"
    error = SpecError(
        Problem(_SPEC, 2, 1, "`gaol` is not a key here; did you mean `goal`?"),
        Problem(other, 0, 0, "it is empty"),
        "without a place",
        Problem(_SPEC, 7, 0, "`topic` is missing; add `topic: \u2026`"),
    )
    golden("failure.md", report.failure(error, Failed(is_nothing_created=True), _HELP))


def test_a_failure_among_several_names_its_session(golden: Callable[[str, str], None]) -> None:
    """Which of them it was, and that the others are no part of it."""
    failed = Failed(_SPEC, "Retro _1_", is_one_of_several=True, is_nothing_created=True)
    golden("failure-one-of-several.md", report.failure(InputError("Too `late`"), failed))


def test_nothing_is_promised_where_nobody_knows() -> None:
    """A failure that may have left something says nothing of the kind, nor has it an empty link."""
    document = report.failure(InputError("x"), Failed(_SPEC))
    assert document == f"## Harmonica session: failed\n\n- Spec: `{_SPEC}`\n\nx\n"


def test_a_failure_with_very_many_problems() -> None:
    """The list has an end, and says how many more there are."""
    document = report.failure(InputError(*(f"problem {n}" for n in range(130))), Failed())
    assert "- problem 99\n\nand 30 more\n" in document
    assert "problem 100" not in document


def test_an_unexpected_failure(golden: Callable[[str, str], None]) -> None:
    """A bug of the action is called one."""
    golden("failure-unexpected.md", report.unexpected_failure())


@pytest.mark.parametrize(
    ("reason", "name"),
    [("a pull request from a fork", "skipped-fork.md"), ("Dependabot", "skipped-dependabot.md")],
)
def test_a_skipped_run(golden: Callable[[str, str], None], reason: str, name: str) -> None:
    """The summary says why nothing was done, and shows the workflow that works."""
    golden(name, report.skipped(reason, "on: pull_request_target\n"))


def test_a_dry_run(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """The comment is shown as people would see it, and the request is folded away."""
    requests = [("POST /api/v1/sessions", '{"topic": "```</details>"}'), ("PATCH /x", "{}")]
    parts = (
        report.summary("dry run", {"Topic": "Topic"}, said="A session would be created."),
        report.folded(requests),
        report.below(report.foreseen("The comment on #7", comment(invitation, spec=_SPEC))),
    )
    golden("dry-run.md", "\n".join(parts))


def test_a_summary_is_bounded() -> None:
    """GitHub refuses a summary of more than a megabyte as a whole."""
    long = "&" * 70_000
    facts = dict.fromkeys(["Session", "Topic", "Spec", "Comment"], long)
    document = report.summary("created", facts, [long] * 20, [long], long)
    assert len(document.encode()) < 1_000_000
    problems = [Problem(long, 1, 1, long)] * 1_000
    failed = Failed(long, long)
    assert len(report.failure(SpecError(*problems), failed).encode()) < 1_000_000


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_a_summary(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """The list keeps its rows, and neither heading nor link nor HTML is added."""
    facts = {"Session": f"a{text}", "Topic": f"b{text}"}
    said = report.summary("created", facts, [f"Warning{text}"], [text], text)
    tokens = tokens_of(said)
    kinds = [token.type for token in tokens]
    assert kinds.count("list_item_open") == 2
    assert links(tokens) == []
    assert headings(tokens) == ["Harmonica session: created"]
    assert not {"html_block", "html_inline", "image"} & set(kinds)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_what_stands_below(
    invitation: Invitation, tokens_of: Callable[[str], list[Token]], text: str
) -> None:
    """The line above it makes no heading of anything, and the invitation is as it is elsewhere."""
    shown = report.below(invite(full(invitation, text)))
    result = report.summary("created", {"Topic": text})
    tokens = tokens_of(f"{result}\n{shown}")
    assert [token.type for token in tokens].count("hr") == 1
    assert links(tokens) == [invitation.join_url, HOMEPAGE]
    assert len(headings(tokens)) == 3


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_a_failure(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """A problem that quotes a hostile text is one item of the list of its file.

    One without a file is a paragraph, so that it is not taken for one of the file before it.
    """
    error = SpecError(Problem(f"a{text}", 1, 1, text), "another")
    tokens = tokens_of(report.failure(error, Failed(f"b{text}", f"c{text}")))
    kinds = [token.type for token in tokens]
    assert (kinds.count("list_item_open"), kinds.count("bullet_list_open")) == (3, 2)
    assert links(tokens) == []
    assert len(headings(tokens)) == 1
    assert not {"html_block", "html_inline", "image"} & set(kinds)
