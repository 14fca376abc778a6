"""How Harmonica's and GitHub's answers are read: tolerantly, the indispensable apart."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harmonica_session.text.moment import moment
from harmonica_session.words.pull_request import Comment, PullRequest
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.session import Chain, Session

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def test_an_answer_is_read_with_all_its_fields() -> None:
    """Each known field arrives, and an unknown one does no harm."""
    answer = {
        "id": "5e55",
        "topic": "Topic",
        "status": "active",
        "participant_count": 3,
        "join_url": "https://h.example.com/chat?s=5e55",
        "chain": {"status": "started", "chainInstanceId": "c", "stepId": "s"},
        "added_tomorrow": [1],
    }
    session = Session.model_validate(answer)
    assert (session.id, session.topic, session.participant_count) == ("5e55", "Topic", 3)
    assert session.chain == Chain(status="started")


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": 5}, {"id": ""}, {"id": "x" * 201}])
def test_a_session_without_an_id_is_none(answer: dict[str, object]) -> None:
    """The id is all that a session cannot do without."""
    with pytest.raises(ValidationError):
        Session.model_validate(answer)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(field=st.sampled_from(sorted(set(Session.model_fields) - {"id"})), value=_JSON)
def test_no_oddity_beside_the_id_loses_a_session(field: str, value: object) -> None:
    """A field of another form counts as missing."""
    assert Session.model_validate({"id": "5e55", field: value}).id == "5e55"


def test_an_answer_that_is_not_understood_is_not_repeated() -> None:
    """An error about an answer prints nothing of the answer."""
    with pytest.raises(ValidationError) as caught:
        Session.model_validate({"id": ["hm_live_0123"]})
    assert "hm_live" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "runs"),
    [
        ("started", True),
        ("resumed", True),
        ("noop", True),
        ("unsupported", False),
        ("roster_incomplete", False),
        ("added_tomorrow", False),
    ],
)
def test_a_chain_runs_only_if_harmonica_says_so(
    status: str,
    *,
    runs: bool,
) -> None:
    """A status that nobody knows is worth a warning."""
    assert Chain(status=status).runs is runs


def test_a_request_sends_only_what_is_set() -> None:
    """A field that is not set is not sent as null."""
    request = SessionRequest.model_validate({"topic": " T ", "goal": "G", "new": {"a": None}})
    assert request.body() == {"topic": "T", "goal": "G", "new": {"a": None}}


def test_no_project_is_said_to_a_session_that_exists_only() -> None:
    """Null takes a session out of its project; a new one is in none."""
    request = SessionRequest.model_validate({"topic": "T", "goal": "G", "project_id": None})
    assert request.fields() == {"topic": "T", "goal": "G", "project_id": None}
    assert request.body() == {"topic": "T", "goal": "G"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=timezone.utc)),
        (
            "2026-11-23T10:00:00.250+01:00",
            datetime(2026, 11, 23, 10, 0, 0, 250_000, timezone(timedelta(hours=1))),
        ),
        ("2026-11-23T09:00:00", datetime(2026, 11, 23, 9, tzinfo=timezone.utc)),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_always_has_a_zone(text: str | None, expected: datetime | None) -> None:
    """Moments can be compared with each other, however they are written."""
    assert moment(text) == expected


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    """What is no moment is no traceback."""
    found = moment(text)
    assert found is None or found.tzinfo is not None


def test_github_answers_may_lack_what_is_not_needed() -> None:
    """A comment of a deleted account has no author, and a body may be null."""
    assert Comment.model_validate({"id": 1, "user": None, "body": None}).user is None
    pull = PullRequest.model_validate({"number": 7, "head": {"sha": "x"}, "new": 1})
    assert (pull.state, pull.merged_at) == ("", None)
