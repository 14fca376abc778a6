"""What others wrote, rendered as quoted data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.background import quotations as facts
from harmonica_session.text.secrecy import without_secrets
from harmonica_session.words.agreed import Agreed, Became, Fate, Promised
from harmonica_session.words.history import (
    Ended,
    Label,
    Listing,
    PullRequestFacts,
    PullRequestRecord,
    Review,
    ReviewComment,
)
from harmonica_session.words.pull_request import Account

KEY = f"hm_live_{'0' * 32}"


def record(text: str = "", **columns: object) -> PullRequestRecord:
    """Return a pull request of which every text is this one."""
    account = Account(login=text)
    pull = PullRequestFacts.model_validate(
        {
            "number": 7,
            "title": text,
            "body": text,
            "user": account,
            "labels": [Label(name=text)],
            "created_at": "2026-11-01T00:00:00Z",
            **columns,
        }
    )
    reviews = [Review(user=Account(login="a"), state="APPROVED", body=text)]
    comments = [ReviewComment(user=Account(login="a"), path=text, body=text)]
    return PullRequestRecord(pull, [], [], reviews, comments)


def promised(text: str) -> list[Promised]:
    """Return a session of which every text is this one, with an action of each fate."""
    said = text[:40] or "-"
    action = Agreed(description=said, owner=said, due=said, issue=1)
    fates: tuple[Fate, ...] = ("done", "open", "dropped", "unknown")
    return [Promised(text, tuple(Became(action, fate, text, text) for fate in fates))]


def told(of: PullRequestRecord) -> str:
    """Return what is told of a pull request that closes no issue."""
    return facts.pull_request(of, {}, "octo/garden")


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text())
def test_no_text_leaves_its_quotation(text: str) -> None:
    """Every line but the first, which is ours, begins with the mark of a quotation."""
    ended = Ended(number=1, title=text, labels=[Label(name=text)], closed_at=text)
    listing = Listing([ended], 1, is_complete=True)
    for background in (
        told(record(text)),
        facts.merged_pull_requests(listing, "2026-11-01"),
        facts.issues_closed(listing, "2026-11-01"),
        facts.brief(text),
        facts.open_actions(promised(text), text),
    ):
        _, *lines = background.splitlines()
        assert [line for line in lines if line != ">" and not line.startswith("> ")] == []


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text())
def test_no_description_passes_for_a_fact(text: str) -> None:
    """Only lines of our own stand right behind the mark, the title among them."""
    known = (
        "Title:",
        "Author:",
        "State:",
        "Labels:",
        "Size:",
        "Description:",
        "Reviewers:",
        "What",
    )
    _, *lines = told(record(text)).splitlines()
    own = [line for line in lines if not line.startswith(">     ") and line != ">"]
    assert [line for line in own if not line.removeprefix("> ").startswith(known)] == []


def test_what_people_do_not_see_is_not_sent() -> None:
    """Comments, open ones too, definitions, and characters that hide or turn text are left out."""
    text = "Seen <!-- hidden\nlines -->too\u202e\u0000\ufeff\u3164\n[//]: # (hidden)\n<!-- open"
    quoted = told(record(text)).splitlines()
    assert quoted[quoted.index("> Description:") + 1 :][:2] == [">     Seen too", ">"]
    assert ">     a: Seen too …" in quoted


def test_the_author_does_not_ask_for_changes() -> None:
    """Answers of the author are no wishes of a reviewer."""
    of = record("a")
    assert "What reviewers asked for" not in told(of)
    assert "Reviewers" not in told(of)


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "open since 2026-11-01"),
        ({"draft": True}, "a draft since 2026-11-01"),
        (
            {"closed_at": "2026-11-01T00:00:30Z"},
            "closed without being merged on 2026-11-01, open for less than a minute",
        ),
        (
            {"merged_at": "2026-11-02T00:00:00Z", "closed_at": "2026-11-02T00:00:01Z"},
            "merged on 2026-11-02, open for 1 day",
        ),
        (
            {"merged_at": "2026-11-01T05:59:00Z", "merged_by": {"login": "b"}},
            "merged on 2026-11-01 by b, open for 5 hours",
        ),
    ],
)
def test_the_state_says_how_long_it_was_open(columns: dict[str, object], state: str) -> None:
    """An open one says since when: until now would be another text with every run."""
    assert f"\n> State: {state}\n" in told(record("x", **columns))


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("close #1 closes #2 closed #3 fix #4", [1, 2, 3, 4]),
        ("Fixes: #5, FIXED #6 resolve #7\nresolves\t#8 resolved #9", [5, 6, 7, 8, 9]),
        ("Fixes octo/garden#10 and fixes #10", [10]),
        ("closes https://github.com/octo/garden/issues/11", [11]),
        ("see #1, prefixes #2, fixes#3, fixes #0, fixes #x, <!-- fixes #4 -->", []),
        ("[//]: # (fixes #1)", []),
    ],
)
def test_closing_keywords_name_issues(text: str, issues: list[int]) -> None:
    """GitHub's own keywords count, each issue once, and nothing that only looks alike."""
    assert facts.closed_by(text, "octo/garden") == [("octo/garden", n) for n in issues]


def test_an_issue_of_another_repository_keeps_its_name() -> None:
    """It is told, but belongs elsewhere."""
    assert facts.closed_by("fixes a/b#3", "octo/garden") == [("a/b", 3)]
    assert ">     a/b#3\n" in facts.pull_request(record("x"), {("a/b", 3): None}, "octo/garden")


def test_an_account_that_is_gone_is_called_as_github_calls_it() -> None:
    """GitHub names no user then."""
    ended = Ended(number=1, title="T", closed_at="2026-11-01T00:00:00Z")
    assert "#1 by ghost" in facts.issues_closed(Listing([ended], 1, is_complete=True), "2026-10-01")


def test_long_texts_are_bounded() -> None:
    """A description of 60,000 characters leaves room for the rest."""
    assert len(told(record("word " * 12_000))) < 20_000


@pytest.mark.parametrize("secret", [KEY, "token-of-this-run"])
def test_secrets_are_blotted_out(secret: str) -> None:
    """Keys of Harmonica, whosever, and the secrets of this run."""
    assert without_secrets(f"a {secret}b", ["token-of-this-run"]) == "a ***b"


def test_a_text_without_secrets_stays() -> None:
    """No secret at all is nothing to look for."""
    assert without_secrets("hm_live_ text", []) == "hm_live_ text"


def test_actions_are_told_with_their_totals_and_their_age() -> None:
    """What became of an action stands before what somebody has said of it."""
    begun, ended = "2026-11-01T00:00:00Z", "2026-11-07T12:00:00Z"
    it = [Agreed(description=f"Do {n}", issue=n) for n in range(1, 4)]
    actions = (
        Became(it[0], "done", begun, ended),
        Became(it[1], "open", begun),
        Became(it[2].model_copy(update={"issue": 0, "owner": "o: done"}), "open"),
    )
    text = facts.open_actions([Promised(begun, actions)], "2026-11-21T00:00:00+00:00")
    first, *lines = text.splitlines()
    assert "what became of it: 1 done, 2 open." in first
    assert lines == [
        "> Session of 2026-11-01:",
        ">     #1 done after 6 days: Do 1",
        ">     #2 open for 20 days: Do 2",
        ">     open; owner o: done: Do 3",
    ]
