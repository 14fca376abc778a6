"""Whole documents as people see them, and what no text in them can do.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harmonica_session.errors import InputError, Problem, SpecError
from harmonica_session.report import summary as report
from harmonica_session.session.plan import Found, Task, decide
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.request import Question
from harmonica_session.words.session import Chain, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from harmonica_session.announcement.receipt import Receipt, Seal
    from harmonica_session.report.summary import Invitation

_SPEC = ".harmonica/session.yml"
_MOST = 65_536
_ATTACK = (
    "::set-output name=x::y\r\n\n--> <!-- @org/team [x](javascript:alert(1)) ![i](https://h/i) "
    "<img src=x onerror=alert(1)> </sub> `code` **b** # h\n# h\n> q\n- i\n| a | b |\u202e"
)
_TEXTS = st.lists(
    st.sampled_from(["-->", "<!--", "@octocat", "\n", "# h", "[x](y)", "<b>", "| a", "`", "\\"])
    | st.text(max_size=10),
    max_size=6,
).map("".join)


def _full(invitation: Invitation, text: str = "") -> Invitation:
    """Return an invitation that has everything, each text followed by `text`."""
    return replace(
        invitation,
        topic=f"Retrospective on the new search{text}",
        goal=f"Agree on two things that we do differently{text}",
        critical=f"What slowed us down most?{text}",
        questions=(f"What is your name?{text}", f"What was your part in it?{text}"),
        background=("the spec", f"SESSION.md{text}"),
        results_visibility="participants",
        is_public=True,
    )


def _outdated(receipt: Receipt) -> Receipt:
    """Return the receipt of a request with another topic and other questions."""
    fields = {**receipt.fields, "topic": "old", "questions": "old"}
    return receipt.model_copy(update={"digest": "old", "announced": "old", "fields": fields})


def _headings(tokens: list[Token]) -> list[str]:
    return [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]


def _links(tokens: list[Token]) -> list[str]:
    """Return where links lead that are not addresses which became links by being visible."""
    return [
        str(token.attrs["href"])
        for token in tokens
        if token.type == "link_open" and token.markup not in ("linkify", "autolink")
    ]


def test_a_comment_with_everything(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """The comment says all that a participant has to know."""
    line = seal.receipt_line(receipt, 7)
    golden("comment.md", report.comment(line, _full(invitation), spec=_SPEC))


def test_a_comment_with_the_least(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """What a session does not have leaves no trace."""
    line = seal.receipt_line(receipt, 7)
    golden("comment-least.md", report.comment(line, invitation, spec=_SPEC))


def test_a_comment_full_of_attacks(
    golden: Callable[[str, str], None], seal: Seal, receipt: Receipt, invitation: Invitation
) -> None:
    """Every text is hostile, and the comment is still the comment."""
    line = seal.receipt_line(receipt, 7)
    hostile = replace(_full(invitation, _ATTACK), notes=(_ATTACK,))
    golden("comment-hostile.md", report.comment(line, hostile, spec=f"{_ATTACK}.yml"))


def test_a_completed_session(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """Nobody is invited to a conversation that is over."""
    golden("completed.md", report.invitation(replace(_full(invitation), is_completed=True)))


def test_a_stale_session(
    golden: Callable[[str, str], None], task: Task, receipt: Receipt, session: Session
) -> None:
    """The invitation shows what the session really has, and that the spec has changed."""
    held = session.model_copy(
        update={"topic": "The old topic", "critical": "The old question", "participant_count": 3}
    )
    found = Found(Comment(id=1), _outdated(receipt), session=held)
    plan = decide(task, found)
    golden("stale.md", report.invitation(report.invitation_to(plan, held, is_public=False)))


def test_a_chain_that_does_not_run(
    golden: Callable[[str, str], None], task: Task, session: Session
) -> None:
    """A session whose chain does not run says so, with the service's reason."""
    chain = Chain(status="roster_incomplete", message="Step 2 has no *expert*.")
    held = session.model_copy(update={"chain": chain})
    plan = decide(task, Found())
    golden("chain.md", report.invitation(report.invitation_to(plan, held, is_public=True)))


def test_a_summary(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """The summary is the invitation and what the run did."""
    facts = {"Session": "5e55", "Status": "created", "Spec": _SPEC, "Comment": ""}
    golden("summary.md", report.summary(_full(invitation), facts, []))


def test_a_summary_with_warnings(
    golden: Callable[[str, str], None], invitation: Invitation
) -> None:
    """A warning stands below, and what there is to paste stands in a block."""
    denied = report.denied("The link was not posted on #7", "403 Forbidden")
    facts = {"Session": "5e55", "Status": "created"}
    golden("summary-warnings.md", report.summary(invitation, facts, ["It was <cut>.", denied]))


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
    golden(name, report.skipped(reason))


def test_a_dry_run(golden: Callable[[str, str], None], invitation: Invitation) -> None:
    """The request and the comment are shown, and the comment's own fences do not end its block."""
    comment = report.comment("<!-- receipt -->", invitation, spec=_SPEC) + "```\nx\n```\n"
    golden("dry-run.md", report.planned('{"topic": "```"}', comment, "A session would be created."))


def test_a_dry_run_without_a_comment(golden: Callable[[str, str], None]) -> None:
    """Where nothing would be posted, no comment is shown."""
    golden("dry-run-no-comment.md", report.planned("{}", None, "A session would be created."))


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        ("host", "only the host"),
        ("participants", "everyone who completes"),
        ("public", "anyone who has the link"),
        ("", "default"),
    ],
)
def test_who_can_see_the_results_is_said(
    invitation: Invitation, visibility: str, words: str
) -> None:
    """Each setting has its own sentence."""
    document = report.invitation(replace(invitation, results_visibility=visibility))
    (line,) = re.findall(r"^- Results: .*$", document, re.MULTILINE)
    assert words in line


def test_an_invitation_takes_its_texts_from_the_session(task: Task, session: Session) -> None:
    """What people will meet counts, not what the spec says."""
    held = session.model_copy(update={"topic": "Theirs", "goal": "Theirs, too"})
    it = report.invitation_to(decide(task, Found(session=held)), held, is_public=True)
    assert (it.topic, it.goal, it.is_public) == ("Theirs", "Theirs, too", True)


def test_an_invitation_takes_from_the_request_what_the_session_does_not_tell(task: Task) -> None:
    """Older servers leave fields out of their answers."""
    bare = Session(id="5e55", join_url="https://h.example.com/chat?s=5e55")
    request = task.request.model_copy(
        update={"critical": "Why?", "questions": [Question(text="Name?")]}
    )
    plan = decide(replace(task, request=request), Found())
    it = report.invitation_to(plan, bare, is_public=False)
    assert (it.topic, it.goal, it.critical) == ("Topic", "Goal", "Why?")
    assert it.questions == ("Name?",)
    assert it.background == ("the spec", "SESSION.md")
    assert not it.notes


def test_a_stale_invitation_promises_nothing_of_the_new_spec(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """Questions and background of a changed spec are not those of the session."""
    request = task.request.model_copy(
        update={"questions": [Question(text="New?")], "critical": "New?"}
    )
    found = Found(Comment(id=1), _outdated(receipt), session=session)
    plan = decide(replace(task, request=request), found)
    it = report.invitation_to(plan, session, is_public=False)
    assert plan.status == "stale"
    assert (it.questions, it.background, it.critical) == ((), None, "")


def test_the_results_of_a_stale_session_are_as_its_receipt_says(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The session was made with the visibility of its time, whatever the spec says now."""
    request = task.request.model_copy(update={"results_visibility": "public"})
    kept = _outdated(receipt).model_copy(update={"results_visibility": "host"})
    plan = decide(replace(task, request=request), Found(Comment(id=1), kept, session=session))
    assert report.invitation_to(plan, session, is_public=False).results_visibility == "host"


def test_a_replaced_session_is_named(task: Task, receipt: Receipt, session: Session) -> None:
    """Whoever followed the old link learns of the new one."""
    gone = receipt.model_copy(
        update={"session_id": "gone", "join_url": "https://h.example.com/chat?s=gone"}
    )
    plan = decide(task, Found(Comment(id=1), gone))
    (note,) = report.invitation_to(plan, session, is_public=False).notes
    assert note.endswith("replaces an earlier one: https://h.example.com/chat?s=gone")


def test_a_session_that_could_not_be_asked_for_is_said_to_be_pending(
    task: Task, receipt: Receipt
) -> None:
    """What could not be changed this time is not called final."""
    unknown = Session(id="5e55", join_url=receipt.join_url)
    plan = decide(task, Found(Comment(id=1), _outdated(receipt), session=unknown))
    (note,) = report.invitation_to(plan, unknown, is_public=False).notes
    assert "the next run tries again" in note
    assert "(topic, questions)" in note


def test_a_surplus_session_is_named() -> None:
    """The session that nobody was told of can be found and closed."""
    assert report.surplus_warning("https://h.example.com/chat?s=1").endswith("?s=1")


def test_a_denial_brings_the_block_to_paste() -> None:
    """What the token may not do is followed by the permissions that it needs."""
    message = report.denied("The link was not posted", "403 Forbidden")
    assert message.startswith("The link was not posted, because the token may not: 403 Forbidden.")
    assert message.endswith(f"\n{report.PERMISSIONS}")


def test_a_completed_session_is_known_by_its_status(task: Task, session: Session) -> None:
    """Harmonica's own word decides."""
    over = session.model_copy(update={"status": "completed"})
    plan = decide(task, Found(session=over))
    assert report.invitation_to(plan, over, is_public=False).is_completed


def test_a_chain_that_runs_is_not_mentioned(task: Task, session: Session) -> None:
    """Only a chain that needs a hand is worth a note."""
    held = session.model_copy(update={"chain": Chain(status="started")})
    assert report.invitation_to(decide(task, Found()), held, is_public=False).notes == ()


def test_a_link_leads_where_it_should(
    tokens_of: Callable[[str], list[Token]], invitation: Invitation
) -> None:
    """What a checked link may hold does not end it, nor make it something else."""
    url = "https://h.example.com/*a*_b_~c~/[d]/chat?s=1&t=%20&u='2'#@e"
    tokens = tokens_of(report.invitation(replace(invitation, join_url=url)))
    assert [unquote(link) for link in _links(tokens)] == [unquote(url)]


def test_many_questions_are_counted(invitation: Invitation) -> None:
    """A long list has an end, and says how many more there are."""
    questions = tuple(f"Question {n}?" for n in range(1, 21))
    document = report.invitation(replace(invitation, questions=questions))
    assert "15. Question 15?\n\nand 5 more" in document
    assert "Question 16?" not in document


@pytest.mark.parametrize("text", ["&", "<", "@", "_", "\\", "👩", "x", _ATTACK, "https://h/&"])
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
        is_public=True,
        notes=(long, long),
    )
    kept = receipt.model_copy(update={"session_id": "\u20ac" * 200, "join_url": largest.join_url})
    body = report.comment(seal.receipt_line(kept, 10**17), largest, spec=long)
    assert len(body) <= report.LONGEST_COMMENT < _MOST
    assert seal.read(Comment(id=1, body=body), 10**17)


def test_a_summary_is_bounded(invitation: Invitation) -> None:
    """GitHub refuses a summary of more than a megabyte as a whole."""
    long = "&" * 70_000
    facts = dict.fromkeys(["Session", "Status", "Spec", "Comment"], long)
    document = report.summary(_full(invitation, long), facts, [long] * 20)
    assert len(document.encode()) < 1_000_000
    problems = [Problem(long, 1, 1, long)] * 1_000
    assert len(report.failure(SpecError(*problems)).encode()) < 1_000_000


@settings(derandomize=True, deadline=None, max_examples=200)
@given(text=_TEXTS)
@example(text=_ATTACK)
def test_no_text_changes_a_comment(
    seal: Seal,
    receipt: Receipt,
    invitation: Invitation,
    tokens_of: Callable[[str], list[Token]],
    text: str,
) -> None:
    """The receipt stays alone on its line, and there is one link, no mention and no HTML more."""
    line = seal.receipt_line(receipt, 7)
    hostile = replace(_full(invitation, text), notes=(f"Note{text}",))
    body = report.comment(line, hostile, spec=f"{text}.yml")
    assert body.split("\n")[0] == line
    assert body.count("<!--") == body.count("-->") == 1
    trace = seal.read(Comment(id=1, body=body), 7)
    assert trace
    assert (trace.receipt, trace.is_signed) == (receipt, True)
    assert not re.search(r"@\w", body)
    tokens = tokens_of(body)
    assert _links(tokens) == [invitation.join_url]
    assert len(_headings(tokens)) == 2
    html = [t.content.strip() for t in tokens if t.type in ("html_block", "html_inline")]
    assert html == [line, "<sub>", "</sub>"]
    assert "image" not in {token.type for token in tokens}


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=_TEXTS)
@example(text=_ATTACK)
def test_no_text_changes_a_summary(
    invitation: Invitation, tokens_of: Callable[[str], list[Token]], text: str
) -> None:
    """The table keeps its rows, and neither heading nor link nor HTML is added."""
    facts = {"Session": f"a{text}", "Spec": f"b{text}"}
    tokens = tokens_of(report.summary(_full(invitation, text), facts, [f"Warning{text}"]))
    kinds = [token.type for token in tokens]
    assert (kinds.count("tr_open"), kinds.count("td_open")) == (3, 4)
    assert _links(tokens) == [invitation.join_url]
    assert len(_headings(tokens)) == 2
    assert not {"html_block", "html_inline", "image"} & set(kinds)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=_TEXTS)
@example(text=_ATTACK)
def test_no_text_changes_a_failure(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """A problem that quotes a hostile text is one item of the list."""
    tokens = tokens_of(report.failure(SpecError(Problem(text, 1, 1, text), "another")))
    kinds = [token.type for token in tokens]
    assert kinds.count("list_item_open") == 2
    assert _links(tokens) == []
    assert len(_headings(tokens)) == 1
    assert not {"html_block", "html_inline", "image"} & set(kinds)
