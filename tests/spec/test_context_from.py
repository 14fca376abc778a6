"""What `context_from` in a spec may list."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.errors import SpecError
from harmonica_session.spec.context_from import HOW, MOST_SOURCES, Alone, Source, first_day
from harmonica_session.spec.spec import CONTEXT_LIMIT, Spec, read_spec

START = "topic: t\ngoal: g\n"


def read(rest: str) -> Spec:
    """Read a spec that goes on like this in its third line."""
    return read_spec(f"{START}{rest}\n".encode(), "s.yml")


def only(item: str) -> Source:
    """Read a spec with this one source."""
    [source] = read(f"context_from: [{item}]").context_from
    return source


def problems_of(rest: str) -> list[str]:
    """Return the problems of a spec that cannot be read."""
    with pytest.raises(SpecError) as caught:
        read(rest)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("rest", ["", "context_from:", "context_limit:"])
def test_session_md_is_the_source_of_a_spec_that_names_none(rest: str) -> None:
    """A key that is left out or left open means the default."""
    spec = read(rest)
    assert [it.model_dump(exclude_none=True) for it in spec.context_from] == [{"session_md": True}]
    assert spec.context_limit == CONTEXT_LIMIT


def test_a_source_is_named_alone_or_written_in_one_way() -> None:
    """Whichever it is, the spec, its schema and its problems know of it."""
    assert sorted([*get_args(Alone), *HOW]) == sorted(Source.model_fields)


def test_an_empty_list_means_no_source() -> None:
    """Whoever wants the spec's own context alone says so."""
    assert read("context_from: []").context_from == []


def test_the_background_is_not_sent_by_its_keys() -> None:
    """The API knows a context, not where it came from."""
    assert read("context_from: [pull_request]\ncontext_limit: 2000").request("").body() == {
        "topic": "t",
        "goal": "g",
    }


@pytest.mark.parametrize(
    ("written", "since"),
    [
        ("14d", "14d"),
        ("2026-11-01", "2026-11-01"),
        ("'2026-11-01'", "2026-11-01"),
        ("last_release", "last_release"),
        ("last_session", "last_session"),
    ],
)
def test_a_period_begins_at_a_day_a_release_or_a_session(written: str, since: str) -> None:
    """A date needs no quotes here, though YAML takes it for one."""
    period = only(f"merged_pull_requests: {{since: {written}}}").merged_pull_requests
    assert period
    assert (period.since, period.limit) == (since, 50)


@pytest.mark.parametrize(
    "written",
    [
        "14",
        "0d",
        "2w",
        "2026-02-30",
        "2026-1-1",
        "2026-11-01T10:00:00",
        "last_sprint",
        "[1]",
        "''",
    ],
)
def test_any_other_beginning_is_refused(written: str) -> None:
    """The problem stands at the value and says what would do."""
    [problem] = problems_of(f"context_from: [issues_closed: {{since: {written}}}]")
    assert problem.startswith("s.yml:3:39: `since")


def test_days_are_counted_back_from_today() -> None:
    """`14d` on the 14th is the last day of the month before."""
    assert first_day("14d", date(2026, 11, 14)) == "2026-10-31"
    assert first_day("2026-11-01", date(2026, 11, 14)) == "2026-11-01"


@pytest.mark.parametrize(
    "written",
    ["abc-1", "https://app.harmonica.chat/chat?s=abc-1", "http://localhost:1/chat?x=1&s=abc-1#top"],
)
def test_a_session_is_named_by_id_or_link(written: str) -> None:
    """Of a join link, only the id counts: the key goes to `api-url` and nowhere else."""
    earlier = only(f"previous_session: {{session: '{written}'}}").previous_session
    assert earlier
    assert earlier.session == "abc-1"


def test_the_session_before_needs_no_name() -> None:
    """The bare word means whichever it is when the run looks."""
    earlier = only("previous_session").previous_session
    assert earlier
    assert earlier.session == ""
    assert only("open_actions").open_actions is True


@pytest.mark.parametrize(
    "written", ["https://app.harmonica.chat/chat", "https://[x", "two words", "x" * 201]
)
def test_what_names_no_session_is_refused(written: str) -> None:
    """A link without an id, or an id that cannot be one."""
    [problem] = problems_of(f"context_from: [previous_session: {{session: '{written}'}}]")
    assert problem.startswith("s.yml:3:44: ")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("' sesion_md'", "`sesion_md` is not a source; did you mean `session_md`?"),
        ("sesion_md", "`sesion_md` is not a source; did you mean `session_md`?"),
        ("url", "`url` is not a source; the sources are `session_md`, `file`, "),
        (
            "previous_session: x",
            "`previous_session` needs more information; write `previous_session",
        ),
        ("previous_session: {session: }", "`session` has no value; write `- prev"),
        ("open_actions: 10", "`open_actions` takes no value; write `- open_actions`"),
        ("open_action", "`open_action` is not a source; did you mean `open_actions`?"),
        (
            "merged_pull_requests",
            "`merged_pull_requests` needs more information; write `merged_pull_",
        ),
        (
            "14",
            "`context_from[1]` must be the name of a source or a mapping, but YAML reads `14` as",
        ),
        ("docs/a.md", "`docs/a.md` is not a source; write `file: docs/a.md` if it is a file"),
        (
            "merged_pull_requests: 14d",
            "needs more information; write `merged_pull_requests: {since: ",
        ),
        ("{issues_closed: , since: 14d}", "`since` belongs inside `issues_closed`; indent it"),
        ("{previous_session: , session: x}", "`session` belongs inside `previous_session`"),
        ("file: ", "names no source; the sources are `session_md`, `file`, "),
        ("pull_request: {}", "`pull_request` takes no value; write `- pull_request`"),
        ("{file: a, pull_request: true}", "each source is a list item of its own; begin a new one"),
        ("{}", "names no source; the sources are `session_md`, `file`, "),
        ("url: https://x", "`context_from[1].url` is not a key here; there are `session_md`, "),
        ("issues_closed: {sinze: 1d, since: 1d}", "`context_from[1].issues_closed.sinze` is not a"),
        (
            "issues_closed: {since: 1d, limit: 0}",
            "`context_from[1].issues_closed.limit` must be at",
        ),
        (
            "issues_closed: {since: 1d, limit: '5'}",
            "`context_from[1].issues_closed.limit` must be a",
        ),
    ],
)
def test_a_source_that_is_none_is_a_problem(item: str, message: str) -> None:
    """Each problem says what to write instead."""
    [problem] = problems_of(f"context_from: [{item}]")
    assert message in problem


@pytest.mark.parametrize("limit", ["999", "1000001", "'5000'", "yes", "5e3"])
def test_a_limit_is_a_number_within_reason(limit: str) -> None:
    """The marks of the cuts need room, and the service takes no more."""
    [problem] = problems_of(f"context_limit: {limit}")
    assert problem.startswith("s.yml:3:16: `context_limit` must be ")


@pytest.mark.parametrize("limit", ["50,000", "50_000", "'50000'"])
def test_a_limit_in_another_spelling_is_spelt_out(limit: str) -> None:
    """Who parts the thousands is told how a spec has the number."""
    [problem] = problems_of(f"context_limit: {limit}")
    assert problem.endswith("; write 50000")


def test_sources_are_bounded() -> None:
    """The comment names each of them."""
    [problem] = problems_of(f"context_from: [{'pull_request, ' * (MOST_SOURCES + 1)}]")
    assert problem.endswith(f"lists {MOST_SOURCES + 1}; at most {MOST_SOURCES} are allowed")


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*Source.model_fields, "since", "limit", "session", "x"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_is_listed_is_a_source_or_a_problem(listed: object) -> None:
    """No value under the key ends in anything but a spec or its problems."""
    with contextlib.suppress(SpecError):
        read(f"context_from: {json.dumps(listed)}")
