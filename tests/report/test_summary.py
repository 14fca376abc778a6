"""Job summaries as people see them, and what no text in them can do.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings

from harmonica_session.announcement.advice import denied
from harmonica_session.announcement.invitation import comment
from harmonica_session.errors import InputError, Problem, Refused, SpecError
from harmonica_session.report import summary as report
from harmonica_session.words.place import Place
from harness.documents import ATTACK, TEXTS, full, headings, links

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from harmonica_session.announcement.invitation import Invitation

_SPEC = ".harmonica/session.yml"


def test_a_summary(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """The summary is the invitation and what the run did."""
    facts = {"Session": "5e55", "Status": "created", "Spec": _SPEC, "Comment": ""}
    golden("summary.md", report.summary(full(invitation), facts, [], []))


def test_a_summary_with_warnings(
    golden: Callable[[str, str], None], invitation: Invitation
) -> None:
    """A warning stands below, and what there is to paste stands in a block."""
    forbidden = Refused("403 Forbidden", status=403, is_limit=False)
    refusal = denied("The link was not posted on #7", forbidden, Place(7))
    facts = {"Session": "5e55", "Status": "created"}
    golden(
        "summary-warnings.md",
        report.summary(invitation, facts, ["It was <cut>.", refusal], ["Look <out>."]),
    )


def test_a_failure(golden: Callable[[str, str], None]) -> None:
    """Every problem is listed, with its place where it has one."""
    error = SpecError(
        Problem(_SPEC, 2, 1, "`gaol` is not a key here; did you mean `goal`?"), "without a place"
    )
    golden("failure.md", report.failure(error))


def test_a_failure_with_very_many_problems() -> None:
    """The list has an end, and says how many more there are."""
    document = report.failure(InputError(*(f"problem {n}" for n in range(130))))
    assert "- problem 99\n- and 30 more\n" in document
    assert "problem 100" not in document


def test_an_unexpected_failure(golden: Callable[[str, str], None]) -> None:
    """A bug of the action is called one."""
    golden("failure-unexpected.md", report.unexpected_failure())


@pytest.mark.parametrize(
    ("reason", "name"), [("a fork", "skipped-fork.md"), ("Dependabot", "skipped-dependabot.md")]
)
def test_a_skipped_run(golden: Callable[[str, str], None], reason: str, name: str) -> None:
    """The summary says why nothing was done, and shows the workflow that works."""
    golden(name, report.skipped(reason, "on: pull_request_target\n"))


def test_a_dry_run(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """The request and the comment are shown, and the comment's own fences do not end its block."""
    body = "<!-- receipt -->\n" + comment(invitation, spec=_SPEC) + "```\nx\n```\n"
    golden(
        "dry-run.md",
        report.planned(
            ['{"topic": "```"}'], ("The comment", body), "A session would be created.", []
        ),
    )


def test_a_dry_run_without_a_comment(golden: Callable[[str, str], None]) -> None:
    """Where nothing would be posted, no comment is shown."""
    golden("dry-run-no-comment.md", report.planned(["{}"], None, "A session would be created.", []))


def test_a_summary_is_bounded(invitation: Invitation) -> None:
    """GitHub refuses a summary of more than a megabyte as a whole."""
    long = "&" * 70_000
    facts = dict.fromkeys(["Session", "Status", "Spec", "Comment"], long)
    document = report.summary(full(invitation, long), facts, [long] * 20, [long])
    assert len(document.encode()) < 1_000_000
    problems = [Problem(long, 1, 1, long)] * 1_000
    assert len(report.failure(SpecError(*problems)).encode()) < 1_000_000


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_a_summary(
    invitation: Invitation, tokens_of: Callable[[str], list[Token]], text: str
) -> None:
    """The table keeps its rows, and neither heading nor link nor HTML is added."""
    facts = {"Session": f"a{text}", "Spec": f"b{text}"}
    tokens = tokens_of(report.summary(full(invitation, text), facts, [f"Warning{text}"], [text]))
    kinds = [token.type for token in tokens]
    assert (kinds.count("tr_open"), kinds.count("td_open")) == (3, 4)
    assert links(tokens) == [invitation.join_url]
    assert len(headings(tokens)) == 2
    assert not {"html_block", "html_inline", "image"} & set(kinds)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=TEXTS)
@example(text=ATTACK)
def test_no_text_changes_a_failure(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """A problem that quotes a hostile text is one item of the list."""
    tokens = tokens_of(report.failure(SpecError(Problem(text, 1, 1, text), "another")))
    kinds = [token.type for token in tokens]
    assert kinds.count("list_item_open") == 2
    assert links(tokens) == []
    assert len(headings(tokens)) == 1
    assert not {"html_block", "html_inline", "image"} & set(kinds)
