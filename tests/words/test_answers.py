"""Every answer that the published descriptions permit can be read, and told of.

For each model stands what its route's description says of the fields that we read: which may be
missing, which may be null, and which objects may be empty. All variants are made of that.
"""

from __future__ import annotations

import importlib
import itertools
import json
import pkgutil
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import harmonica_session
from harmonica_session.background import quotations
from harmonica_session.edges.harmonica.catalogue import _Groups, _TitledRows
from harmonica_session.edges.harmonica.changes import Proposal, _People
from harmonica_session.edges.harmonica.client import QuestionPage, SessionPage
from harmonica_session.edges.harmonica.context_sources import AttachedSource, _Listed
from harmonica_session.edges.harmonica.results import _Generated
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.errors import AnswerUnusable
from harmonica_session.words.answer import Answer
from harmonica_session.words.contents import Contents, Tree
from harmonica_session.words.history import (
    ChangedFile,
    Commit,
    Listing,
    PullRequestFacts,
    PullRequestRecord,
    Release,
    Review,
    ReviewComment,
    SearchPage,
)
from harmonica_session.words.issue import Issue
from harmonica_session.words.pull_request import Account, Beginning, Comment, PullRequest
from harmonica_session.words.results import Knowledge, Summary
from harmonica_session.words.session import Session
from harmonica_session.words.visibility import Visibility
from harmonica_session.words.workflow_run import RunPage

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class May:
    """A field of which the description says more than that it is there.

    Attributes:
        value: What it usually holds.
        miss: Whether it may be missing.
        null: Whether it may be null.
        empty: Whether it may be an object without fields.
    """

    value: Any
    miss: bool = False
    null: bool = False
    empty: bool = False


def optional(value: object) -> May:
    """Return a field that may be missing."""
    return May(value, miss=True)


def nullable(value: object) -> May:
    """Return a field that may be null."""
    return May(value, null=True)


def either(value: object) -> May:
    """Return a field that may be missing or null."""
    return May(value, miss=True, null=True)


_ABSENT = object()
_AT = "2026-11-23T09:00:00Z"
_USER = {"login": "octocat", "type": "User", "name": either("Mona")}
_LABEL = {"name": optional("bug"), "description": either("Broken")}
_SIMPLE_PULL = {
    "number": 7,
    "state": "open",
    "head": {"sha": "a" * 40, "repo": nullable({}), "user": nullable(_USER)},
    "merge_commit_sha": nullable("b" * 40),
    "merged_at": nullable(_AT),
}
_FOUND = {
    "number": 7,
    "title": "A title",
    "user": nullable(_USER),
    "labels": [_LABEL],
    "created_at": _AT,
    "updated_at": _AT,
    "closed_at": nullable(_AT),
    "state_reason": either("not_planned"),
    "pull_request": optional({"merged_at": either(_AT)}),
}
_SESSION = {
    "id": "5f0c2d1e",
    "topic": "Look",
    "goal": "back",
    "status": "active",
    "participant_count": 0,
    "created_at": _AT,
    "updated_at": _AT,
}
_SOURCE = {"id": "1", "source_type": "url", "source_ref": either("2"), "mcp_config": either({})}

# Sources: the descriptions that GitHub and Harmonica publish of their APIs.
DESCRIBED: list[tuple[type[Answer], dict[str, Any]]] = [
    (Account, _USER),
    (Beginning, {"created_at": _AT, "name": either("CI"), "closed_at": nullable(_AT)}),
    (
        Comment,
        {
            "id": 1,
            "html_url": "https://x",
            "body": optional("Hi"),
            "user": nullable(_USER),
            "updated_at": _AT,
        },
    ),
    (PullRequest, _SIMPLE_PULL),
    (
        RunPage,
        {
            "total_count": 1,
            "workflow_runs": [
                {
                    "id": 1,
                    "event": "push",
                    "head_branch": nullable("main"),
                    "head_sha": "a" * 40,
                    "head_repository": optional({"id": 1}),
                    "status": nullable("completed"),
                    "created_at": _AT,
                    "updated_at": _AT,
                    "pull_requests": nullable([]),
                }
            ],
        },
    ),
    (
        PullRequestFacts,
        {
            "number": 7,
            "title": "A title",
            "body": nullable("Text"),
            "user": nullable(_USER),
            "state": "open",
            "draft": either(value=False),
            "created_at": _AT,
            "closed_at": nullable(_AT),
            "merged_at": nullable(_AT),
            "merged_by": nullable(_USER),
            "labels": [_LABEL],
            "requested_reviewers": either([_USER]),
            "commits": 1,
            "additions": 1,
            "deletions": 1,
            "changed_files": 1,
            "review_comments": 1,
        },
    ),
    (
        Commit,
        {
            "sha": "a" * 40,
            "commit": {"message": "Mend", "author": nullable({"name": optional("Mona")})},
            "author": May(_USER, null=True, empty=True),
        },
    ),
    (
        ChangedFile,
        {
            "sha": nullable("c" * 40),
            "filename": "a.py",
            "status": "added",
            "additions": 1,
            "deletions": 0,
            "patch": optional("@@"),
        },
    ),
    (Review, {"user": nullable(_USER), "state": "APPROVED", "body": "Well", "commit_id": None}),
    (ReviewComment, {"user": nullable(_USER), "path": "a.py", "body": "Why", "line": optional(1)}),
    (SearchPage, {"total_count": 1, "incomplete_results": False, "items": [_FOUND]}),
    (Issue, {"number": 7, "title": "A title", "user": nullable(_USER), "body": either("Text")}),
    (
        Release,
        {
            "id": 1,
            "tag_name": "v1",
            "name": nullable("One"),
            "body": either("Text"),
            "draft": False,
            "prerelease": False,
            "created_at": _AT,
            "published_at": nullable(_AT),
        },
    ),
    (
        Contents,
        {
            "type": "file",
            "sha": "a" * 40,
            "size": 2,
            "encoding": optional("base64"),
            "content": optional("SGk="),
            "html_url": nullable("https://x"),
        },
    ),
    (
        Tree,
        {
            "truncated": False,
            "tree": [{"path": optional("a"), "type": optional("blob"), "size": optional(2)}],
        },
    ),
    (
        Session,
        {
            **_SESSION,
            "critical": either("What?"),
            "context": either("Background"),
            "prompt": either("Ask"),
            "summary": either("Done"),
            "session_md": either("# Look"),
            "join_url": optional("https://x/chat?s=1"),
            "chain": optional(
                {"status": "started", "reason": either("r"), "message": either("m")},
            ),
        },
    ),
    (SessionPage, {"data": [_SESSION], "pagination": {"total": 1, "limit": 20, "offset": 0}}),
    (QuestionPage, {"data": [{"id": "1", "text": "Who?", "position": 1}]}),
    (
        Proposal,
        {
            "facilitation_prompt": "Ask",
            "prompt_summary": "Short",
            "prompt_generated_from": {"topic": "Look"},
            "template_id": nullable("1"),
        },
    ),
    (
        _People,
        {
            "data": [
                {
                    "user_id": either("u"),
                    "user_name": either("U"),
                    "active": optional(True),  # noqa: FBT003 - JSON
                    "message_count": optional(3),
                    "messages": optional([{"role": optional("user"), "content": optional("Hi")}]),
                }
            ]
        },
    ),
    (_TitledRows, {"data": [{"id": "1", "title": "Retro", "description": either("For")}]}),
    (
        _Groups,
        {
            "data": optional(
                [{"group_id": "1", "group_name": either("Team"), "topic_id": either(2)}]
            )
        },
    ),
    (Summary, {"summary": nullable("We met."), "generated_at": either(_AT)}),
    (_Generated, {"status": "generated", "knowledge": nullable({}), "reason": optional("none")}),
    (
        Knowledge,
        {
            "decisions": [{"label": "A name", "summary": "We keep it", "evidence": []}],
            "actions": [{"description": "Do", "owner": nullable("Ann"), "due": nullable(_AT)}],
            "tensions": [{"summary": "Two views", "sides": ["one", "other"], "evidence": []}],
            "claims": [{"category": "quote", "text": "We met", "evidence": []}],
            "gaps": optional(["who"]),
        },
    ),
    (Visibility, {"private": False, "visibility": optional("public")}),
    (_Listed, {"sources": [_SOURCE]}),
    (AttachedSource, _SOURCE),
]
_VARIANTS: dict[type[Answer], list[Any]] = {}


def variants(described: object) -> Iterator[Any]:
    """Return what is usual, then each variant with one field otherwise, then the barest one."""
    yield _with(described, lambda _may: [])[0]
    for at in itertools.count():
        seen = 0

        def choices(may: May, at: int = at) -> list[Any]:
            nonlocal seen
            others = _others(may)
            chosen = others[at - seen : at - seen + 1] if 0 <= at - seen < len(others) else []
            seen += len(others)
            return chosen

        variant = _with(described, choices)[0]
        if at >= seen:
            break
        yield variant
    yield _with(described, _others)[0]


def _others(may: May) -> list[Any]:
    unusual: tuple[tuple[bool, Any], ...] = ((may.miss, _ABSENT), (may.null, None), (may.empty, {}))
    return [value for is_permitted, value in unusual if is_permitted]


def _with(described: object, choices: Any) -> tuple[Any]:  # noqa: ANN401 - a function
    """Return the JSON of a description; for each field the first of its choices, else the usual."""
    if isinstance(described, May):
        chosen = choices(described)
        return (chosen[0],) if chosen else _with(described.value, choices)
    if isinstance(described, dict):
        made = {name: _with(field, choices)[0] for name, field in described.items()}
        return ({name: value for name, value in made.items() if value is not _ABSENT},)
    if isinstance(described, list):
        return ([_with(item, choices)[0] for item in described],)
    return (described,)


def read(form: type[Answer], content: object) -> Any:  # noqa: ANN401 - an object of the form
    """Return an answer as a client reads it."""
    request = Request("ask", "GET", "/x")
    return Response(request, "GitHub", 200, {}, json.dumps(content).encode()).read(form)


def readings(form: type[Answer]) -> list[Any]:
    """Return every variant of a model's answer, read."""
    return [read(form, content) for content in variants(dict(DESCRIBED)[form])]


def models_within(described: object) -> int:
    """Count the fields of which a description says more than that they are there."""
    if isinstance(described, May):
        return len(_others(described)) + models_within(described.value)
    if isinstance(described, dict):
        return sum(models_within(it) for it in described.values())
    return sum(models_within(it) for it in described) if isinstance(described, list) else 0


@pytest.mark.parametrize(
    ("form", "described"), DESCRIBED, ids=lambda it: getattr(it, "__name__", "")
)
def test_every_permitted_answer_is_read(form: type[Answer], described: dict[str, Any]) -> None:
    """Each optional field missing, each nullable one null, each empty object empty, and all so."""
    contents = list(variants(described))
    assert len(contents) == models_within(described) + 2
    for content in contents:
        assert isinstance(read(form, content), form)


@pytest.mark.parametrize(
    ("form", "described"), DESCRIBED, ids=lambda it: getattr(it, "__name__", "")
)
def test_only_what_is_indispensable_can_refuse_an_answer(
    form: type[Answer], described: dict[str, Any]
) -> None:
    """Without such a field, or with another form of it, there is one line that names it."""
    usual = next(variants(described))
    for name, field in form.model_fields.items():
        for odd in ({**usual, name: [{}, 5]}, {k: v for k, v in usual.items() if k != name}):
            if field.is_required():
                with pytest.raises(AnswerUnusable, match=rf"\b{name}\b"):
                    read(form, odd)
            else:
                read(form, odd)


def test_every_answer_is_described() -> None:
    """A new model of an answer needs its description here, by itself or inside of another."""
    for room in ("words", "edges"):
        path = [f"{harmonica_session.__path__[0]}/{room}"]
        for module in pkgutil.walk_packages(path, f"harmonica_session.{room}."):
            importlib.import_module(module.name)
    waiting = [form for form, _ in DESCRIBED]
    described: set[type] = set()
    while waiting:
        form = waiting.pop()
        described.add(form)
        fields = " ".join(str(it.annotation) for it in form.model_fields.values())
        names = set(re.findall(r"\w+", fields))
        waiting += [it for it in Answer.__subclasses__() if it.__name__ in names]
    assert set(Answer.__subclasses__()) == described


def test_every_permitted_pull_request_is_told() -> None:
    """What is missing of a pull request, its lists or their authors never stops the telling."""
    usual = readings(PullRequestFacts)[0]
    commits, files = readings(Commit), readings(ChangedFile)
    reviews, comments = readings(Review), readings(ReviewComment)
    issues = {("octo/garden", at): issue for at, issue in enumerate(readings(Issue))}
    for pull in readings(PullRequestFacts):
        record = PullRequestRecord(pull, commits, files, reviews, comments)
        assert quotations.pull_request(record, issues, "octo/garden")
    record = PullRequestRecord(usual, commits, files, reviews, comments)
    told = quotations.pull_request(record, issues, "octo/garden")
    assert told.count("    Mend") == len(commits)
    assert "Labels: bug" in told


def test_every_permitted_row_of_a_search_is_told() -> None:
    """A line each, whatever is missing; a label without a name is none."""
    found = [row for page in readings(SearchPage) for row in page.items]
    told = quotations.merged_pull_requests(Listing(found, len(found), is_complete=True), _AT[:10])
    assert told.count("#7 by ") == len(found)
    assert "labels bug" in told
    assert "labels :" not in told
