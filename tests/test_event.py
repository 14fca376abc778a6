"""Which pull request an event is about, and what else its payload says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harmonica_session.event import (
    ByCommit,
    ByHead,
    Event,
    OwnRelease,
    of_commit,
    of_head,
    read_event,
    whereabouts,
)
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Head, PullRequest

_SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
_OTHER_SHA = "c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc"
_REPOSITORY = {"id": 1296269, "name": "hello", "full_name": "octo/hello", "private": False}
_ENV = {
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REPOSITORY": "octo/hello",
    "GITHUB_REPOSITORY_ID": "1296269",
    "GITHUB_ACTOR": "octocat",
    "GITHUB_RUN_ID": "42",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SHA": _SHA,
}
_EVENTS = [
    *("pull_request", "pull_request_target", "pull_request_review", "issue_comment", "issues"),
    *("workflow_run", "merge_group", "push", "schedule", "workflow_dispatch", "release", ""),
    *("check_run", "check_suite"),
]
_PULL_REQUEST_EVENTS = [
    *("pull_request", "pull_request_target", "pull_request_review"),
    "pull_request_review_comment",
]


def _event(name: str, payload: dict[str, Any], *, actor: str = "octocat", sha: str = "") -> Event:
    return Event(
        name=name,
        payload={"repository": _REPOSITORY, **payload},
        repository="octo/hello",
        repository_id="1296269",
        actor=actor,
        sha=sha,
    )


def _pull_request(head_repository: int | None = 1296269) -> dict[str, Any]:
    head = None if head_repository is None else {"id": head_repository}
    return {
        "number": 7,
        "created_at": "2026-11-23T09:00:00Z",
        "head": {"ref": "topic", "sha": _SHA, "repo": head},
        "base": {"ref": "main", "repo": {"id": 1296269}},
    }


def _workflow_run(*pulls: tuple[int, int]) -> dict[str, Any]:
    return {
        "workflow_run": {
            "head_branch": "topic",
            "head_sha": _SHA,
            "head_repository": {"id": 5, "owner": {"login": "stranger"}},
            "pull_requests": [
                {"number": number, "base": {"repo": {"id": repository}}}
                for number, repository in pulls
            ],
        }
    }


def _pull(number: int, *, sha: str = _SHA, state: str = "open", merged_as: str = "") -> PullRequest:
    merged = {"merge_commit_sha": merged_as, "merged_at": "2026-11-23T09:00:00Z"}
    return PullRequest(
        number=number, state=state, head=Head(sha=sha), **(merged if merged_as else {})
    )


def test_the_environment_is_read() -> None:
    """Each fact comes from its variable, the payload from its bytes."""
    assert read_event(_ENV, b'{"after": "x"}') == Event(
        name="push",
        payload={"after": "x"},
        repository="octo/hello",
        repository_id="1296269",
        actor="octocat",
        run_id="42",
        run_attempt=2,
        sha=_SHA,
    )


def test_outside_of_github_nothing_is_known() -> None:
    """An empty environment is no event at all."""
    assert read_event({}, b"") == Event()


def test_the_repository_is_its_name_where_it_has_no_number() -> None:
    """Older servers give no number of the repository."""
    env = {**_ENV, "GITHUB_REPOSITORY_ID": ""}
    assert read_event(env, b"").repository_id == "octo/hello"


@pytest.mark.parametrize(
    ("attempt", "meaning"), [("3", 3), ("", 1), ("x", 1), ("-1", 1), ("\u0663", 1), ("9" * 50, 1)]
)
def test_an_attempt_that_is_no_number_is_the_first(attempt: str, meaning: int) -> None:
    """A variable that is not as documented breaks nothing."""
    assert read_event({"GITHUB_RUN_ATTEMPT": attempt}, b"").run_attempt == meaning


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"5", b"null", b'"x"', b"{", b"\xff\xfe{", b"[" * 100_000, b"9" * 10_000, b"\0"],
)
def test_what_is_no_json_object_is_an_empty_payload(payload: bytes) -> None:
    """A broken event file is an event of which nothing is known."""
    assert read_event({}, payload).payload == {}


@pytest.mark.parametrize("name", _PULL_REQUEST_EVENTS)
def test_a_pull_request_event_is_about_its_pull_request(name: str) -> None:
    """All events of pull requests carry the number in the same place."""
    assert whereabouts(_event(name, {"pull_request": _pull_request()})) == 7


def test_a_comment_on_a_pull_request_is_about_it() -> None:
    """GitHub calls a pull request an issue there, and marks it."""
    issue = {"number": 7, "pull_request": {"url": "https://api.github.com/x"}}
    assert whereabouts(_event("issue_comment", {"issue": issue})) == 7


def test_a_comment_on_an_issue_is_about_no_pull_request() -> None:
    """An issue's number is not taken for a pull request's."""
    assert whereabouts(_event("issue_comment", {"issue": {"number": 7}})) is None


def test_a_workflow_run_is_about_the_entry_of_its_own_repository() -> None:
    """The list names pull requests of forks that share the commit, with other numbers."""
    event = _event("workflow_run", _workflow_run((3, 999), (7, 1296269), (8, 1296269)))
    assert whereabouts(event) == 7


@pytest.mark.parametrize("pulls", [[], [(3, 999)]], ids=["fork", "another repository"])
def test_a_workflow_run_without_an_entry_asks_for_its_head(pulls: list[tuple[int, int]]) -> None:
    """The list is empty for a fork; then branch and commit say which pull request it is."""
    event = _event("workflow_run", _workflow_run(*pulls))
    assert whereabouts(event) == ByHead("stranger", "topic", _SHA)


def test_a_workflow_run_without_a_head_is_about_no_pull_request() -> None:
    """A run of a branch whose repository is gone cannot be asked for."""
    payload = _workflow_run()
    payload["workflow_run"]["head_repository"] = None
    assert whereabouts(_event("workflow_run", payload)) is None


@pytest.mark.parametrize(
    ("head_ref", "number"),
    [
        (f"refs/heads/gh-readonly-queue/main/pr-104-{_SHA}", 104),
        (f"refs/heads/gh-readonly-queue/pr-9-abc/pr-104-{_SHA}", 104),
        (f"refs/heads/gh-readonly-queue/main/pr-0-{_SHA}", None),
        (f"refs/heads/gh-readonly-queue/main/pr-104-{_SHA}\n", None),
        ("refs/heads/main", None),
        ("", None),
    ],
)
def test_a_merge_group_names_its_pull_request_in_its_branch(
    head_ref: str, number: int | None
) -> None:
    """The number stands in the last part of `head_ref` only."""
    assert whereabouts(_event("merge_group", {"merge_group": {"head_ref": head_ref}})) == number


def test_a_push_asks_for_its_commit() -> None:
    """The commit that was pushed decides, not the one that the run is about."""
    assert whereabouts(_event("push", {"after": _SHA}, sha=_OTHER_SHA)) == ByCommit(_SHA)


def test_a_push_without_a_payload_asks_for_the_commit_of_the_run() -> None:
    """Where the payload is missing, the runner's variable says the same."""
    assert whereabouts(_event("push", {}, sha=_SHA)) == ByCommit(_SHA)


def test_a_push_of_a_tag_asks_for_the_commit_below_it() -> None:
    """An annotated tag has a name of its own, which is no commit's."""
    pushed = {"ref": "refs/tags/v1", "after": _OTHER_SHA, "head_commit": {"id": _SHA}}
    assert whereabouts(_event("push", pushed)) == ByCommit(_SHA)
    assert whereabouts(_event("push", {**pushed, "head_commit": None})) == ByCommit(_OTHER_SHA)


@pytest.mark.parametrize("after", ["main", "../../x", f"{_SHA}\n", "-" * 40])
def test_a_push_of_no_commit_asks_for_nothing(after: str) -> None:
    """Only a commit's digits become part of a request's path."""
    assert whereabouts(_event("push", {"after": after})) is None


@pytest.mark.parametrize("name", ["check_run", "check_suite"])
def test_a_check_is_about_the_entry_of_its_own_repository(name: str) -> None:
    """Its list is that of a workflow's run, pull requests of forks with other numbers included."""
    named = _workflow_run((3, 999), (7, 1296269))["workflow_run"]["pull_requests"]
    assert whereabouts(_event(name, {name: {"head_sha": _SHA, "pull_requests": named}})) == 7
    assert whereabouts(_event(name, {name: {"head_sha": _SHA, "pull_requests": named[:1]}})) is None


@pytest.mark.parametrize("entry", [None, 7, {}, {"number": 7}, {"number": 7, "base": None}])
def test_an_entry_that_names_no_repository_is_nobodys(entry: object) -> None:
    """Nor does an event that names none make it ours."""
    check = {"head_sha": _SHA, "pull_requests": [entry]}
    assert whereabouts(Event(name="check_run", payload={"check_run": check})) is None


@pytest.mark.parametrize("name", ["workflow_run", "check_run", "check_suite"])
def test_the_commit_that_was_checked_is_its_authors(name: str) -> None:
    """What a check or run was for may hold a stranger's files."""
    assert _event(name, {name: {"head_sha": _SHA}}).authors_commits == {_SHA}


@pytest.mark.parametrize(
    "payload",
    [
        {"after": "0" * 40, "deleted": True},
        {"after": "0" * 64},
        {"deleted": True},
        {"after": _SHA, "deleted": True},
    ],
)
def test_a_push_that_deletes_a_branch_asks_for_nothing(payload: dict[str, Any]) -> None:
    """It has no commit, and that of the run is the default branch's."""
    assert whereabouts(_event("push", payload, sha=_OTHER_SHA)) is None


@pytest.mark.parametrize("sha", ["0" * 40, "main", ""])
def test_a_run_for_no_commit_asks_for_nothing(sha: str) -> None:
    """A head that is not there cannot be that of an open pull request."""
    payload = _workflow_run()
    payload["workflow_run"]["head_sha"] = sha
    assert whereabouts(_event("workflow_run", payload)) is None


def test_a_release_event_has_its_own_release() -> None:
    """A draft has not been published, and another event has no release."""
    release = {"id": 5, "published_at": None}
    assert _event("release", {"release": release}).release == OwnRelease(5, "")
    published = release | {"published_at": "2026-11-23T09:00:00Z"}
    own = _event("release", {"release": published}).release
    assert own == OwnRelease(5, "2026-11-23T09:00:00Z")
    assert _event("push", {"release": published}).release is None
    assert _event("release", {"release": {"id": "5"}}).release is None


@pytest.mark.parametrize(
    "name",
    [
        *("schedule", "workflow_dispatch", "issues", "release", "create", "delete", "status", ""),
    ],
)
def test_other_events_are_about_no_pull_request(name: str) -> None:
    """An event that names no pull request has none, whatever its payload holds."""
    payload = {"pull_request": _pull_request(), "issue": {"number": 7}, "number": 7}
    assert whereabouts(_event(name, payload)) is None


@pytest.mark.parametrize("number", [None, "7", 7.0, True, 0, -7, [7], {"number": 7}])
def test_a_number_that_is_none_is_not_used(number: object) -> None:
    """Only a positive whole number is the number of a pull request."""
    payload = {"pull_request": {"number": number}}
    assert whereabouts(_event("pull_request", payload)) is None


def test_a_commit_belongs_to_the_open_pull_request_whose_head_it_is() -> None:
    """The open one wins, also over one that was merged as this commit."""
    pulls = [
        _pull(1, sha=_OTHER_SHA, state="closed", merged_as=_SHA),
        _pull(2, state="closed"),
        _pull(3, sha=_OTHER_SHA),
        _pull(4),
    ]
    assert of_commit(pulls, _SHA) == 4


def test_a_commit_belongs_to_the_pull_request_merged_as_it() -> None:
    """After the merge there is no open one any more."""
    pulls = [_pull(1, sha=_OTHER_SHA), _pull(2, state="closed", merged_as=_SHA)]
    assert of_commit(pulls, _SHA) == 2


def test_a_test_merge_is_no_merge() -> None:
    """GitHub gives an open pull request a merge commit, too, for trying the merge."""
    pull = PullRequest(
        number=1, state="open", head=Head(sha=_OTHER_SHA), merge_commit_sha=_SHA, merged_at=None
    )
    assert of_commit([pull], _SHA) is None


def test_a_head_has_to_be_at_the_commit() -> None:
    """A branch that has moved on is another state of the pull request."""
    assert of_head([_pull(1, sha=_OTHER_SHA), _pull(2)], _SHA) == 2
    assert of_head([_pull(1, sha=_OTHER_SHA)], _SHA) is None


@pytest.mark.parametrize(
    "name", ["pull_request", "pull_request_review", "pull_request_review_comment"]
)
@pytest.mark.parametrize("head", [5, None], ids=["fork", "deleted fork"])
def test_a_fork_has_no_secrets(name: str, head: int | None) -> None:
    """GitHub keeps secrets from the pull requests of forks, also of those that are gone."""
    assert (
        _event(name, {"pull_request": _pull_request(head)}).lacks_secrets
        == "a pull request from a fork"
    )


def test_the_same_repository_has_secrets() -> None:
    """A branch of the repository itself is trusted with its secrets."""
    assert _event("pull_request", {"pull_request": _pull_request()}).lacks_secrets == ""


def test_a_target_event_of_a_fork_has_secrets() -> None:
    """`pull_request_target` runs the base branch's workflow, so a missing key is a mistake."""
    event = _event("pull_request_target", {"pull_request": _pull_request(5)})
    assert event.is_from_fork
    assert event.lacks_secrets == ""


@pytest.mark.parametrize("name", ["pull_request", "push", "pull_request_target"])
def test_dependabot_has_no_secrets(name: str) -> None:
    """A run that Dependabot started sees Dependabot's own secrets only."""
    event = _event(name, {"pull_request": _pull_request()}, actor="dependabot[bot]")
    assert event.lacks_secrets == "Dependabot"


@pytest.mark.parametrize(
    ("repository", "is_public"),
    [
        ({"private": False}, True),
        ({"private": False, "visibility": "public", "internal": False}, True),
        ({"private": True}, False),
        ({"private": False, "visibility": "internal"}, False),
        ({"private": False, "internal": True}, False),
        ({"private": False, "owner": {"visibility": "public"}}, True),
        ({"private": False, "owner": {"visibility": "limited"}}, False),
        ({"private": "no"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_repository_is_public_only_if_the_event_says_so(
    repository: object,
    *,
    is_public: bool,
) -> None:
    """What is not said is not claimed."""
    assert Event(payload={"repository": repository}).is_public is is_public


def test_only_the_first_attempt_at_opening_comes_first() -> None:
    """Before any later event or attempt, a session may have been made already."""
    opened = {"action": "opened", "pull_request": _pull_request()}
    place = Place(7)
    assert Event(name="pull_request", payload=opened).opens_pull_request(place)
    again = Event(name="pull_request", payload=opened, run_attempt=2)
    assert not again.opens_pull_request(place)
    pushed = {**opened, "action": "synchronize"}
    assert not Event(name="pull_request", payload=pushed).opens_pull_request(place)


def test_the_opening_of_another_pull_request_says_nothing() -> None:
    """What `pr-number` names may be older than the pull request of the event."""
    opened = Event(payload={"action": "opened", "pull_request": _pull_request()})
    assert not opened.opens_pull_request(Place(4711))
    assert opened.created_at(4711) == ""


@pytest.mark.parametrize(
    ("payload", "created"),
    [
        ({"pull_request": _pull_request()}, "2026-11-23T09:00:00Z"),
        ({"issue": {"number": 7, "created_at": "2026-01-01T00:00:00Z"}}, "2026-01-01T00:00:00Z"),
        ({"issue": {"number": 7, "created_at": 5}}, ""),
        ({}, ""),
    ],
)
def test_the_opening_is_told_where_the_payload_has_it(
    payload: dict[str, Any], created: str
) -> None:
    """A pull request's beginning stands in its own entry or in that of its issue."""
    assert Event(payload=payload).created_at(7) == created


_KEYS = st.sampled_from(
    [
        *("pull_request", "number", "head", "base", "repo", "id", "issue", "workflow_run"),
        *("pull_requests", "head_repository", "owner", "login", "head_branch", "head_sha"),
        *("check_run", "check_suite", "release", "published_at", "deleted"),
        *("merge_group", "head_ref", "after", "repository", "private", "action", "created_at"),
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=25,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(name=st.sampled_from(_EVENTS), payload=_JSON)
@example(name="workflow_run", payload={"workflow_run": {"pull_requests": [None, 5, {"base": []}]}})
def test_a_payload_of_any_shape_breaks_nothing(name: str, payload: object) -> None:
    """Whatever a payload holds, each question about it has an answer of its kind."""
    event = read_event({"GITHUB_EVENT_NAME": name}, json.dumps(payload).encode())
    found = whereabouts(event)
    assert found is None or isinstance(found, (int, ByCommit, ByHead))
    assert event.lacks_secrets in ("", "a pull request from a fork")
    assert isinstance(event.created_at(7), str)
    assert isinstance(event.opens_pull_request(Place(7)), bool)
    assert isinstance(event.is_public, bool)
    assert event.release is None or event.release.id > 0


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.binary(max_size=100))
def test_an_event_file_of_any_bytes_is_a_payload(content: bytes) -> None:
    """A file that is not JSON is no reason for a traceback."""
    assert isinstance(read_event({}, content).payload, dict)
