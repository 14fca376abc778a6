"""The values of a run: what each event tells, in whatever form it comes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.errors import InputError
from harmonica_session.event import Event
from harmonica_session.inputs import read_inputs
from harmonica_session.spec.expression import Parsed
from harmonica_session.spec.flaw import FlawedExpressionError
from harmonica_session.spec.values import (
    LONGEST,
    NAMES,
    Group,
    facts_of,
    known_pull_request,
    values_of,
)

PULL_REQUEST = {
    "number": 7,
    "title": "A title",
    "body": None,
    "user": {"login": "octo"},
    "html_url": "https://github.example/octo/garden/pull/7",
    "head": {"ref": "fix"},
    "base": {"ref": "main"},
    "labels": [{"name": "bug"}, {"name": "ci"}],
    "draft": False,
    "merged": False,
    "created_at": "2026-01-05T09:00:00Z",
    "merged_at": None,
}
LISTED = {"number": 7, "head": {"ref": "a"}, "base": {"repo": {"id": 2}}}
OURS = {"head": None, "base": {"ref": "b", "repo": {"id": 1}}}
RELEASE = {
    "tag_name": "v2.0.0",
    "name": "Two",
    "html_url": "https://github.example/octo/garden/releases/tag/v2.0.0",
    "body": "What is new",
    "prerelease": False,
}
NONE = Group("pull_request", {}, "there is none")
KEYS = st.sampled_from(
    [
        "pull_request",
        "issue",
        "repository",
        "release",
        "tag_name",
        "prerelease",
        "inputs",
        "workflow_run",
        "check_run",
        "pull_requests",
        "action",
        "number",
        "title",
        "body",
        "user",
        "login",
        "labels",
        "name",
        "head",
        "base",
        "ref",
        "repo",
        "id",
        "merged_at",
        "merged",
        "private",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def shown(event: Event, expression: str) -> str:
    """Return what an expression comes to for an event."""
    return Parsed(expression).fill(values_of(event, {}, [NONE], None))


def test_a_pull_request_tells_all_its_names() -> None:
    """Each name has the value of GitHub's own field; an empty description is an empty text."""
    facts = facts_of(PULL_REQUEST)
    assert facts == {
        "number": 7,
        "title": "A title",
        "body": "",
        "author": "octo",
        "url": "https://github.example/octo/garden/pull/7",
        "branch": "fix",
        "base": "main",
        "labels": ["bug", "ci"],
        "draft": False,
        "merged": False,
        "created_at": "2026-01-05T09:00:00Z",
        "merged_at": None,
    }
    assert facts.keys() == set(NAMES["pull_request"] or ())


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"pull_request": {"number": 7, "title": "x"}}, {"number", "title"}),
        ({"pull_request": {"number": 8, "title": "x"}}, {"number"}),
        ({"issue": {"number": 7, "title": "x"}}, {"number"}),
        (
            {"issue": {"number": 7, "title": "x", "pull_request": {"merged_at": None}}},
            {"number", "title", "merged", "merged_at"},
        ),
        (
            {
                "workflow_run": {
                    "pull_requests": [
                        {"number": 7, "head": {"ref": "a"}, "base": {"repo": {"id": 2}}},
                        {"number": 7, "base": {"ref": "b", "repo": {"id": 1}}},
                    ]
                }
            },
            {"number", "base"},
        ),
        ({"check_run": {"pull_requests": [LISTED, LISTED | OURS]}}, {"number", "base"}),
        ({"check_suite": {"pull_requests": [LISTED | OURS]}}, {"number", "base"}),
        ({"after": "a" * 40}, {"number"}),
    ],
)
def test_an_event_tells_what_it_has_of_its_pull_request(
    payload: dict[str, object], told: set[str]
) -> None:
    """What is missing is asked for; another's pull request is not taken for the one meant."""
    event = Event(payload=payload, repository_id="1")
    assert known_pull_request(event, 7).keys() == told


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("repository.full_name", "octo/garden"),
        ("repository.name ~ ' ' ~ repository.owner", "garden octo"),
        ("repository.url", "https://github.example/octo/garden"),
        ("repository.default_branch | default('?')", "?"),
        ("event.name ~ (event.action | default('-'))", "schedule-"),
        ("run.id ~ ' ' ~ run.number ~ ' ' ~ run.attempt", "500 12 2"),
        ("run.url", "https://github.example/octo/garden/actions/runs/500"),
        ("run.workflow", "Weekly"),
        ("actor", "octo"),
    ],
)
def test_a_scheduled_run_knows_where_it_is(expression: str, expected: str) -> None:
    """Repository and run are told by the runner where the event is silent."""
    event = Event(
        name="schedule",
        repository="octo/garden",
        actor="octo",
        run_id="500",
        run_attempt=2,
        run_number="12",
        workflow="Weekly",
        server_url="https://github.example",
    )
    assert shown(event, expression) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["v2.0.0", "Two", RELEASE["html_url"], "What is new", "false"]),
        ({"name": None, "body": None}, ["v2.0.0", "v2.0.0", RELEASE["html_url"], "", "false"]),
        (
            {"name": "", "prerelease": True},
            ["v2.0.0", "v2.0.0", RELEASE["html_url"], "What is new", "true"],
        ),
    ],
)
def test_a_release_tells_all_its_names(changes: dict[str, object], expected: list[str]) -> None:
    """Each name has the value of GitHub's own field; who has no name is called by its tag."""
    event = Event(name="release", payload={"release": RELEASE | changes})
    names = NAMES["release"] or ()
    assert [shown(event, f"release.{name}") for name in names] == expected


def test_what_is_null_of_a_draft_is_none() -> None:
    """GitHub's description permits it; what it does not tell stays unknown."""
    assert facts_of({"number": 7, "draft": None})["draft"] is False
    assert "draft" not in facts_of({"number": 7})


def test_another_event_has_no_release() -> None:
    """The error says so, unless there is a default."""
    event = Event(name="push")
    assert shown(event, "release.tag | default('this week')") == "this week"
    with pytest.raises(FlawedExpressionError, match="the event `push` has no release"):
        shown(event, "release.tag")
    with pytest.raises(FlawedExpressionError, match=r"did you mean `release\.tag`"):
        shown(event, "release.tags")


def test_a_text_loses_what_harmonica_cannot_keep() -> None:
    """U+0000, half a surrogate pair and anything beyond GitHub's own bounds never arrive."""
    facts = facts_of({"title": "a\0b\ud800c", "body": "x" * 100_000})
    assert facts["title"] == "a\ufffdb\ufffdc"
    assert len(str(facts["body"])) == LONGEST


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_payload_gives_plain_values(payload: dict[str, object]) -> None:
    """Whatever an event holds, each name comes to a text, or is absent."""
    event = Event(name="x", payload=payload, repository_id="1")
    known = Group("pull_request", known_pull_request(event, 7), "")
    values = values_of(event, {}, [known], date(2026, 1, 1))
    for name, inside in NAMES.items():
        for part in inside or ("x",):
            is_text = name in ("actor", "today")
            whole = name if is_text else f"{name}.{part}"
            if not part.endswith("labels"):
                Parsed(f"{whole} | default('')").fill(values)


def test_vars_are_lines_of_name_and_value() -> None:
    """Blank lines count for nothing, and what follows the first equals sign is the value."""
    given = read_inputs({"INPUT_VARS": " team = blue = green \n\n  empty=\n"})
    assert given.variables == {"team": "blue = green", "empty": ""}
    assert read_inputs({}).variables == {}


@pytest.mark.parametrize("text", ["team", "=x", "a b=c", "a-b=c", "a=1\na=2"])
def test_vars_that_are_no_names_are_an_error(text: str) -> None:
    """A line that cannot be asked for by its name, or only by chance, is refused."""
    with pytest.raises(InputError, match="`vars`"):
        read_inputs({"INPUT_VARS": text})
