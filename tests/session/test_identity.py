"""Which session a run means, and whose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harmonica_session.event import Event
from harmonica_session.session.identity import (
    age,
    announcing,
    carries_reference,
    in_order_of_counting,
    is_overtaken,
    is_set_up_elsewhere,
    may_have_run_before,
    receipt_counts,
)
from harmonica_session.words.place import OWN_ISSUE

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.session.task import Scope, Task
    from harmonica_session.words.session import Session


def _opened(action: str = "opened") -> Event:
    return Event(name="pull_request", payload={"action": action, "pull_request": {"number": 7}})


@pytest.mark.parametrize(
    ("scope", "run_id", "counts"),
    [
        ("pull-request", "43", True),
        ("run", "42", True),
        ("run", "43", False),
        ("topic", "42", False),
        ("off", "42", False),
    ],
)
def test_our_comment_counts_by_scope(
    task: Task,
    receipt: Receipt,
    scope: Scope,
    run_id: str,
    *,
    counts: bool,
) -> None:
    """The comment's session is the pull request's, or that of the run which made it."""
    scoped = replace(task, scope=scope)
    assert receipt_counts(replace(scoped, run_id=run_id), receipt) is counts


def test_a_new_session_is_wanted_only_for_a_new_request(task: Task, receipt: Receipt) -> None:
    """`on-change: new` keeps the session as long as nothing has changed."""
    renewing = replace(task, on_change="new")
    assert receipt_counts(renewing, receipt)
    assert not receipt_counts(replace(renewing, digest="another"), receipt)
    assert receipt_counts(replace(task, digest="another"), receipt)


def test_nothing_has_run_before_an_opening(task: Task, receipt: Receipt) -> None:
    """The run that a pull request starts with need not look for a session."""
    assert not may_have_run_before(task, _opened(), None)
    assert may_have_run_before(task, _opened("synchronize"), None)
    assert may_have_run_before(task, replace(_opened(), run_attempt=2), None)
    assert may_have_run_before(task, _opened(), receipt)


@pytest.mark.parametrize(("scope", "may_have"), [("run", True), ("topic", False), ("off", False)])
def test_a_session_of_the_run_is_looked_for(task: Task, scope: Scope, *, may_have: bool) -> None:
    """Another attempt or job of the run may have made it; of the other scopes nobody asks so."""
    assert may_have_run_before(replace(task, scope=scope), _opened(), None) is may_have


@pytest.mark.parametrize(
    ("ours", "theirs", "overtaken"),
    [("42", "43", True), ("42", "42", False), ("43", "42", False), ("9", "10", True)],
)
def test_a_later_run_has_a_larger_number(
    task: Task,
    receipt: Receipt,
    ours: str,
    theirs: str,
    *,
    overtaken: bool,
) -> None:
    """The numbers of runs grow, and stay the same over the attempts of one."""
    written = receipt.model_copy(update={"written_by": theirs})
    assert is_overtaken(replace(task, run_id=ours), written) is overtaken


@pytest.mark.parametrize(("ours", "theirs"), [("", "43"), ("42", ""), ("42", "x"), ("x", "43")])
def test_outside_of_a_run_nothing_is_later(
    task: Task, receipt: Receipt, ours: str, theirs: str
) -> None:
    """What is no number of a run tells no order."""
    written = receipt.model_copy(update={"written_by": theirs})
    assert not is_overtaken(replace(task, run_id=ours), written)


def test_an_overtaken_run_keeps_the_session_of_the_later_one(task: Task, receipt: Receipt) -> None:
    """With `on-change: new` an older run that is slow makes no session of its old request."""
    later = receipt.model_copy(update={"digest": "newer", "written_by": "43"})
    assert receipt_counts(replace(task, on_change="new"), later)
    assert not receipt_counts(replace(task, on_change="new", scope="run"), later)


def test_a_session_of_the_topic_is_ours_by_receipt_or_reference(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The receipt of this very session says who set it up, else the reference line in it."""
    bare = session.model_copy(update={"context": "Background"})
    assert not is_set_up_elsewhere(session, task, None)
    assert is_set_up_elsewhere(bare, task, None)
    assert not is_set_up_elsewhere(bare, task, receipt)
    assert is_set_up_elsewhere(session, task, receipt.model_copy(update={"is_foreign": True}))
    other = receipt.model_copy(update={"session_id": "other", "is_foreign": True})
    assert not is_set_up_elsewhere(session, task, other)


@pytest.mark.parametrize("context", [None, "", "Ref: 0123456789abcde", "See Ref: 0123456789abcdef"])
def test_a_reference_is_a_line_of_its_own(
    task: Task, session: Session, context: str | None
) -> None:
    """Whoever quotes a reference in a sentence does not make the session ours."""
    assert carries_reference(session, task)
    held = session.model_copy(update={"context": context})
    assert not carries_reference(held, task)


def test_a_reference_of_an_older_key_is_known_too(task: Task, session: Session) -> None:
    """A session that was made before the key was replaced is still the same one."""
    rotated = replace(task, reference="f" * 16)
    assert not carries_reference(session, rotated)
    assert carries_reference(session, replace(rotated, older_references=(task.reference,)))


def test_the_oldest_session_comes_first(session: Session) -> None:
    """By the moment of their making, and where that is the same, by their ids."""
    later = session.model_copy(update={"created_at": "2026-11-23T09:00:01Z", "id": "0"})
    twin = session.model_copy(update={"id": "6"})
    assert sorted([later, twin, session], key=age) == [session, twin, later]


def test_a_moment_counts_however_it_is_written(session: Session) -> None:
    """The list may write a moment otherwise than the answer to the create does."""
    listed = session.model_copy(update={"created_at": "2026-11-23T09:00:01+00:00", "id": "2"})
    made = session.model_copy(update={"created_at": "2026-11-23T09:00:01.5Z", "id": "1"})
    unknown = session.model_copy(update={"created_at": None, "id": "0"})
    assert sorted([unknown, made, listed], key=age) == [listed, made, unknown]


def _made(session: Session, ident: str, minute: int, **facts: str) -> Session:
    created = f"2026-11-23T{9 + minute // 60:02d}:{minute % 60:02d}:00Z"
    return session.model_copy(update={"created_at": created, "id": ident, **facts})


def test_of_sessions_made_at_once_the_oldest_counts_and_of_several_the_last(
    session: Session,
) -> None:
    """Runs that meet agree on the oldest; what is made later has taken its place."""
    first, twin, third = _made(session, "3", 0), _made(session, "2", 9), _made(session, "1", 18)
    later, its_twin = _made(session, "5", 40), _made(session, "4", 41)
    made = [its_twin, third, later, twin, first]
    assert in_order_of_counting(made) == [later, its_twin, first, twin, third]


def test_a_completed_session_counts_last_however_new(session: Session) -> None:
    """Whoever has completed one too many is not to find it announced; nor one without a time."""
    first, unknown = _made(session, "2", 0), session.model_copy(update={"created_at": None})
    over = _made(session, "1", 90, status="completed")
    assert in_order_of_counting([over, unknown, first]) == [first, unknown, over]


@pytest.mark.parametrize(
    ("scope", "changed", "sessions", "counts"),
    [
        ("run", {}, (), True),
        ("run", {"run_id": "43"}, ("5e55",), False),
        ("run", {"is_apart": True}, (), False),
        ("topic", {"run_id": "43"}, ("5e55",), True),
        ("topic", {}, ("other",), False),
        ("off", {}, (), False),
    ],
)
def test_an_issue_announces_the_session_that_is_meant(  # noqa: PLR0913 - a table of five columns
    task: Task,
    ours: OurComment,
    scope: Scope,
    changed: dict[str, object],
    sessions: tuple[str, ...],
    *,
    counts: bool,
) -> None:
    """It is that of the run, unless it was made apart; of a topic, that of its session."""
    scoped = replace(task, scope=scope, place=OWN_ISSUE)
    read = [replace(ours, receipt=ours.receipt.model_copy(update=changed))]
    assert bool(announcing(scoped, read, sessions)) is counts
    assert announcing(task, read, ()) == read
