"""Whatever bytes come from elsewhere, reading them ends in a value or in an error with a line."""

from __future__ import annotations

import contextlib
import json
from base64 import b64encode
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from harmonica_session import event as events
from harmonica_session.announcement.receipt import Seal
from harmonica_session.background import quotations
from harmonica_session.edges.github import refusals as of_github
from harmonica_session.edges.harmonica import refusals as of_harmonica
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.edges.network.fate import demanded_pause
from harmonica_session.errors import ActionError
from harmonica_session.spec.spec import read_spec
from harmonica_session.spec.values import Group, facts_of, known_pull_request, values_of
from harmonica_session.text.addresses import checked_api_url, checked_join_url, session_id_in
from harmonica_session.text.decoding import background_text
from harmonica_session.words.contents import Contents, Tree
from harmonica_session.words.history import (
    ChangedFile,
    Commit,
    PullRequestFacts,
    PullRequestRecord,
    Release,
    Review,
    ReviewComment,
    SearchPage,
)
from harmonica_session.words.issue import Issue
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Account, Beginning, Comment, PullRequest
from harmonica_session.words.results import Knowledge, Summary
from harmonica_session.words.session import Session
from harmonica_session.words.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable

any_input = settings(max_examples=150, deadline=None, derandomize=True)

WORDS = (
    *("topic", "goal", "context", "questions", "text", "api", "context_from", "file", "session"),
    *("previous_session", "merged_pull_requests", "since", "limit", "distribution", "group", "id"),
    *("pull_request", "issue", "number", "title", "body", "user", "login", "labels", "name"),
    *("error", "code", "message", "data", "created_at", "updated_at", "join_url", "items"),
    *("summary", "actions", "description", "tensions", "sides", "gaps", "private", "visibility"),
    *("session_id", "place", "fields", "digest", "merged_at", "base", "head", "repo", "inputs"),
)
TEXTS = st.text(max_size=20) | st.sampled_from(
    (
        *("", "7", "-1", "1e9999", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "\0"),
        *("\ud800", "{{ pull_request.title }}", "{{ today.strftime(vars.x) }}", "{% x", "${{"),
        *("https://h.example/chat?s=1", "https://a..b", "http://[", "x" * 3_000, "<!--", "14d"),
    )
)
NUMBERS = st.integers() | st.floats() | st.sampled_from((0, 7, 10**400, -1))
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | TEXTS, inner, max_size=6)
    ),
    max_leaves=20,
)
BYTES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from(("date", "retry-after", "x-ratelimit-reset", "location", "content-type")),
    TEXTS
    | st.sampled_from(
        ("Fri, 31 Dec 9999 23:59:59 GMT", "9" * 12, "AM", "Mon, 1 Jan 1 0:0:0 -2359")
    ),
    max_size=5,
).map(lambda headers: {"x-ratelimit-remaining": "0", **headers})
YAML = st.lists(
    st.sampled_from(
        (
            *(
                "topic: t\n",
                "goal: g\n",
                "context: ",
                "questions:\n",
                "- ",
                "  ",
                "&a ",
                "*a",
                "|\n",
            ),
            *(
                "{{ ",
                " }}",
                "{%",
                "%}",
                "'",
                '"',
                ": ",
                "\n",
                "[",
                "]",
                "{",
                "}",
                "#",
                "!x ",
                ">-\n",
            ),
            *("? ", "\t", "\\ud83d", "\u2028", "x", "1e5", "---\n", "...\n", "%YAML 1.1\n", "<<: "),
            *("pull_request.title", "today", "vars.x", "|default('x')", "~", "not ", "-", "(", ")"),
            *(
                "context_from: [",
                "{file: a}",
                "{merged_pull_requests: {since: 9999d}}",
                "é",
                "\x07",
            ),
        )
    ),
    max_size=30,
).map(lambda parts: "topic: t\ngoal: g\n" + "".join(parts))
FORMS = (
    *(Account, Beginning, Comment, PullRequest, Contents, Tree, PullRequestFacts, Commit, Issue),
    *(ChangedFile, Review, ReviewComment, SearchPage, Release, Session, list[Comment]),
    *(list[PullRequest], dict[str, Any], list[Issue], Knowledge, Summary, Visibility),
)
PLACE = Place(7)
SEAL = Seal([SecretStr("hm_live_" + "0" * 32)], "1", "s.yml")


def _event(payload: bytes, name: str) -> events.Event:
    names = {"GITHUB_EVENT_NAME": name, "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "a" * 40}
    return events.read_event(names, payload)


@any_input
@given(BYTES, st.sampled_from(("pull_request", "issue_comment", "workflow_run", "push", "x")))
def test_any_event_can_be_asked(payload: bytes, name: str) -> None:
    """What an event lacks is missing; nothing that it has breaks anything."""
    event = _event(payload, name)
    events.whereabouts(event)
    assert event.lacks_secrets in ("", "a pull request from a fork")
    assert isinstance(event.created_at(7) + event.base_sha, str)
    assert None not in event.authors_commits
    pull_request = Group("pull_request", known_pull_request(event, 7), "why")
    values_of(event, {}, [pull_request], date(2026, 11, 5))


@any_input
@given(BYTES | YAML.map(lambda text: text.encode("utf-8", "surrogatepass")), JSON)
def test_any_spec_is_read_or_has_problems(content: bytes, row: Any) -> None:  # noqa: ANN401
    """With values or without, there is a spec, or an error says what is wrong with it."""
    event = _event(b"", "pull_request")
    pull_request = Group("pull_request", facts_of(row), "why")
    values = values_of(event, {"x": "%Y" * 9}, [pull_request], date(2026, 11, 5))
    for given_values in (None, values):
        with contextlib.suppress(ActionError):
            read_spec(content, "s.yml", given_values).request("").fields()


@any_input
@given(st.binary(max_size=200) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_background_is_quoted_or_refused(content: bytes) -> None:
    """A file is text that can be quoted, or is refused with the place of what is no text."""
    with contextlib.suppress(ActionError):
        text = background_text(content, "SESSION.md")
        assert quotations.brief(text)
        quotations.closed_by(text, "o/r")


@any_input
@given(BYTES, HEADERS, st.integers(200, 599))
def test_any_answer_is_read_or_refused(body: bytes, headers: dict[str, str], status: int) -> None:
    """Status, headers and body may be anything; what comes of it is a value or an error."""
    request = Request("look", "GET", "/x")
    response = Response(request, "Somebody", status, headers, body)
    assert response.served_at > 0
    assert (demanded_pause(response) or 0) >= 0
    ways: list[Callable[[], object]] = [
        lambda: of_github.accepted(response),
        lambda: of_harmonica.accepted(response, 200),
        lambda: of_harmonica.refuse_unknown_fate(response),
        *(lambda form=form: response.read(form) for form in FORMS),
    ]
    for way in ways:
        with contextlib.suppress(ActionError):
            way()


@any_input
@given(JSON)
def test_any_pull_request_is_told(row: Any) -> None:  # noqa: ANN401
    """Whatever GitHub's rows hold, they are told as quoted lines."""
    response = Response(Request("look", "GET", "/x"), "GitHub", 200, {}, json.dumps(row).encode())
    with contextlib.suppress(ActionError):
        pull = response.read(PullRequestFacts)
        record = PullRequestRecord(pull, [], [], [], [])
        assert "> Title:" in quotations.pull_request(record, {}, "o/r")


@any_input
@given(BYTES, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_any_receipt_is_read_or_ignored(payload: bytes, signature: str) -> None:
    """A comment may hold anything where our receipt would stand."""
    line = f"<!-- harmonica-session receipt v1 {b64encode(payload).decode()} {signature} -->"
    comment = Comment(id=1, body=line)
    found = SEAL.read(comment, PLACE)
    assert found is None or not found.is_signed


@any_input
@given(TEXTS | st.from_regex(r"https?://[\w.:@\[\]-]{0,40}(/[\w?=&%]{0,20})?"))
def test_any_address_is_taken_or_refused(text: str) -> None:
    """What is no address says so as a `ValueError`, which its reader expects."""
    for check in (checked_api_url, checked_join_url, session_id_in):
        with contextlib.suppress(ValueError):
            assert check(text)
