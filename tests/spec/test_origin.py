"""Which revision is read for which event."""

from __future__ import annotations

import pytest

from harmonica_session.errors import InputError
from harmonica_session.event import Event
from harmonica_session.spec.origin import origin_of

HEAD, BASE, SHA = "a" * 40, "b" * 40, "c" * 40
PAYLOAD = {"pull_request": {"number": 7, "head": {"sha": HEAD}, "base": {"sha": BASE}}}


def revision(name: str, *, has_checkout: bool, ref: str | None = None) -> str | None:
    """Return the revision that is read for an event, None for the workspace."""
    event = Event(name=name, payload=PAYLOAD, sha=SHA)
    origin = origin_of(ref, event, has_checkout=has_checkout)
    return origin.name if origin else None


@pytest.mark.parametrize(
    ("event", "with_checkout", "without"),
    [
        ("pull_request_target", SHA, SHA),
        ("workflow_run", SHA, SHA),
        ("check_run", SHA, SHA),
        ("check_suite", SHA, SHA),
        ("release", None, SHA),
        ("pull_request", None, BASE),
        ("pull_request_review", None, BASE),
        ("pull_request_review_comment", None, BASE),
        ("push", None, SHA),
        ("schedule", None, SHA),
        ("issue_comment", None, SHA),
        ("merge_group", None, SHA),
        ("", None, None),
    ],
)
def test_event_decides(event: str, with_checkout: str | None, without: str | None) -> None:
    """Guarded events never read the workspace, others only go without where it is empty."""
    assert revision(event, has_checkout=True) == with_checkout
    assert revision(event, has_checkout=False) == without


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "pull_request", "push"])
@pytest.mark.parametrize("has_checkout", [True, False], ids=["checkout", "none"])
def test_ref_wins(event: str, *, has_checkout: bool) -> None:
    """The input names the revision under every event."""
    assert revision(event, has_checkout=has_checkout, ref="v2") == "v2"


@pytest.mark.parametrize("sha", ["", "main", "a" * 39, "0" * 40, f"{SHA}\n", f"{SHA}/../x"])
def test_what_is_no_commit_is_an_error(sha: str) -> None:
    """A variable that names no commit is never made a part of an address."""
    with pytest.raises(InputError, match="GITHUB_SHA"):
        origin_of(None, Event(name="pull_request_target", sha=sha), has_checkout=True)


def test_a_merged_pull_requests_commit_is_nobodys() -> None:
    """What a maintainer has merged may be named; what GitHub merged on trial may not."""
    pull = {"merge_commit_sha": SHA, "head": {"sha": HEAD}}
    merged = Event("pull_request_target", {"pull_request": pull | {"merged": True}})
    tried = Event("pull_request_target", {"pull_request": pull | {"merged": False}})
    assert origin_of(SHA, merged, has_checkout=False)
    with pytest.raises(InputError, match="author"):
        origin_of(SHA, tried, has_checkout=False)


def test_outside_of_guarded_events_the_head_may_be_named() -> None:
    """Where GitHub withholds the key from strangers, `ref` may name any commit."""
    assert revision("pull_request", has_checkout=True, ref=HEAD) == HEAD
