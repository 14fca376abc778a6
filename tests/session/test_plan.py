"""What a run decides to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import JsonValue, SecretStr

from harmonica_session.announcement.receipt import Receipt, digest_of, field_digests
from harmonica_session.errors import InputError
from harmonica_session.event import Event
from harmonica_session.inputs import Inputs, OncePer, read_inputs
from harmonica_session.session.plan import (
    Found,
    Plan,
    Scope,
    Task,
    decide,
    is_announced,
    may_have_run_before,
    purpose_of,
    reason_to_skip,
    receipt_counts,
    receipt_for,
    scope_of,
)
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.session import Session

_COMMENT = Comment(id=1)
_FORK = Event(
    name="pull_request",
    payload={
        "pull_request": {"number": 7, "head": {"repo": {"id": 5}}, "base": {"repo": {"id": 1}}}
    },
)


def _opened(action: str = "opened") -> Event:
    return Event(name="pull_request", payload={"action": action, "pull_request": {"number": 7}})


def _asking(task: Task, **changes: JsonValue) -> Task:
    """Return a task with some fields of its request changed, None for one that is removed."""
    fields = {**task.request.fields(), **changes}
    request = SessionRequest.model_validate({k: v for k, v in fields.items() if v is not None})
    body: dict[str, JsonValue] = {**request.body(), "context": changes.get("context", "Background")}
    return replace(task, request=request, digest=digest_of(body), fields=field_digests(body))


@pytest.fixture
def inputs() -> Inputs:
    """Return inputs without a key."""
    return read_inputs({})


def test_a_fork_without_a_key_is_skipped(inputs: Inputs) -> None:
    """A missing key that GitHub withholds is nobody's mistake."""
    assert reason_to_skip(inputs, _FORK) == "a fork"


def test_a_fork_with_a_key_is_not_skipped(inputs: Inputs) -> None:
    """Whoever hands the key to forks on purpose gets a session."""
    assert reason_to_skip(replace(inputs, api_key=SecretStr("k")), _FORK) == ""


def test_a_dry_run_is_not_skipped(inputs: Inputs) -> None:
    """A dry run needs no key."""
    assert reason_to_skip(replace(inputs, dry_run=True), _FORK) == ""


def test_another_run_without_a_key_is_not_skipped(inputs: Inputs) -> None:
    """Where GitHub withholds nothing, a missing key is an error."""
    assert reason_to_skip(inputs, Event(name="push")) == ""


@pytest.mark.parametrize(
    ("number", "run_id", "scope"),
    [(7, "42", "pull-request"), (7, "", "pull-request"), (None, "42", "run"), (None, "", "off")],
)
def test_by_itself_a_session_is_for_what_there_is(
    inputs: Inputs, number: int | None, run_id: str, scope: Scope
) -> None:
    """A session is a pull request's, else a run's, else the step's own."""
    assert scope_of(inputs, Event(run_id=run_id), number) == scope


@pytest.mark.parametrize("once_per", ["pull-request", "run", "topic", "off"])
def test_a_session_is_for_what_was_asked(inputs: Inputs, once_per: OncePer) -> None:
    """`once-per` wins over what there is."""
    asked = replace(inputs, once_per=once_per)
    assert scope_of(asked, Event(run_id="42"), 7) == once_per


@pytest.mark.parametrize("once_per", ["pull-request", "run"])
def test_a_session_for_what_there_is_not_is_refused(inputs: Inputs, once_per: OncePer) -> None:
    """Nothing is made for a pull request or a run that this run does not have."""
    with pytest.raises(InputError, match=f"`once-per: {once_per}` needs a "):
        scope_of(replace(inputs, once_per=once_per), Event(), None)


def test_purposes_tell_sessions_apart() -> None:
    """Each scope is told by its own words, of which the reference is made."""

    def purpose(scope: Scope) -> str:
        return purpose_of(scope, Event(run_id="42"), number=7, topic="T", nonce="0123")

    assert purpose("pull-request") == "pull-request 7"
    assert purpose("run") == "run 42"
    assert purpose("topic") == "topic T"
    assert purpose("off") == "step 0123"


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
    counts: bool,  # noqa: FBT001 - parametrised
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
def test_a_session_of_the_run_is_looked_for(task: Task, scope: Scope, may_have: bool) -> None:  # noqa: FBT001 - parametrised
    """Another attempt or job of the run may have made it; of the other scopes nobody asks so."""
    assert may_have_run_before(replace(task, scope=scope), _opened(), None) is may_have


def test_without_a_session_one_is_created(task: Task, receipt: Receipt) -> None:
    """Nothing found, or a receipt whose session is gone, makes a new one."""
    for found in (Found(), Found(_COMMENT, receipt)):
        assert decide(task, found) == Plan(task, found, "created")


def test_an_unchanged_request_reuses_the_session(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The receipt's digest decides; the session's own texts may have been edited by hand."""
    found = Found(_COMMENT, receipt, session=session.model_copy(update={"topic": "Edited"}))
    assert decide(task, found) == Plan(task, found, "reused")


@pytest.mark.parametrize("name", ["topic", "goal", "context", "critical", "prompt", "project_id"])
def test_a_documented_field_is_updated(
    task: Task, receipt: Receipt, session: Session, name: str
) -> None:
    """What may be changed later is changed while nobody has taken part, and nothing else is."""
    plan = decide(_asking(task, **{name: "Another"}), Found(_COMMENT, receipt, session=session))
    assert (plan.status, plan.changes) == ("updated", {name: "Another"})


@pytest.mark.parametrize("name", ["template_id", "results_visibility"])
def test_another_field_makes_the_session_stale(
    task: Task, receipt: Receipt, session: Session, name: str
) -> None:
    """One field that cannot be changed later keeps all of them as they are."""
    changed = _asking(task, topic="Another", **{name: "public"})
    plan = decide(changed, Found(_COMMENT, receipt, session=session))
    assert (plan.status, plan.differing) == ("stale", ("topic", name))
    assert plan.because == f"these fields cannot be changed later: {name}"


def test_a_removed_field_makes_the_session_stale(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """What was sent once cannot be taken back."""
    before = _asking(task, critical="Why?")
    kept = receipt.model_copy(update={"digest": before.digest, "fields": dict(before.fields)})
    plan = decide(task, Found(_COMMENT, kept, session=session))
    assert (plan.status, plan.differing) == ("stale", ("critical",))
    assert plan.because == "a field cannot be taken back (critical)"


@pytest.mark.parametrize(
    ("state", "because"),
    [
        ({"participant_count": 2}, "people have taken part already (2)"),
        ({"status": "completed"}, "it is completed"),
    ],
)
def test_a_session_with_people_in_it_is_not_changed(
    task: Task, receipt: Receipt, session: Session, state: dict[str, Any], because: str
) -> None:
    """Nobody's conversation changes under their hands."""
    found = Found(_COMMENT, receipt, session=session.model_copy(update=state))
    plan = decide(_asking(task, topic="Another"), found)
    assert (plan.status, plan.because, plan.is_pending) == ("stale", because, False)


def test_without_a_head_count_the_next_run_tries_again(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """A session that could not be asked for is not given up."""
    unknown = session.model_copy(update={"participant_count": None})
    plan = decide(_asking(task, topic="Another"), Found(_COMMENT, receipt, session=unknown))
    assert (plan.status, plan.is_pending) == ("stale", True)
    assert receipt_for(plan, unknown) == receipt


def test_a_changed_request_may_be_kept_from_the_session(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """`on-change: keep` changes nothing and says nothing."""
    keeping = replace(_asking(task, topic="Another"), on_change="keep")
    plan = decide(keeping, Found(_COMMENT, receipt, session=session))
    assert plan.status == "reused"
    assert receipt_for(plan, session) == receipt


@pytest.mark.parametrize("name", ["topic", "goal", "context", "critical"])
def test_a_recognised_session_is_compared_by_its_texts(
    task: Task, session: Session, name: str
) -> None:
    """Without a receipt the texts are all there is to compare."""
    assert decide(task, Found(session=session)).status == "reused"
    held = session.model_copy(update={name: "Something else"})
    assert decide(task, Found(session=held)).differing == (name,)


def test_somebody_elses_session_of_the_topic_is_left_as_it_is(task: Task, session: Session) -> None:
    """A session that this spec did not make is reused and never changed."""
    held = session.model_copy(update={"goal": "Theirs"})
    assert decide(task, Found(session=held, is_foreign=True)).status == "reused"


def test_what_a_session_does_not_tell_counts_as_equal(task: Task) -> None:
    """Older servers leave fields out."""
    assert decide(task, Found(session=Session(id="5e55"))).status == "reused"


def test_a_new_session_gets_a_receipt_of_its_own(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The receipt holds what the next run has to know."""
    public = _asking(task, results_visibility="public")
    asked = {
        "digest": public.digest,
        "announced": public.digest,
        "fields": dict(public.fields),
        "results_visibility": "public",
    }
    expected = receipt.model_copy(update=asked)
    assert receipt_for(decide(public, Found()), session) == expected


def test_a_new_session_replaces_the_receipt_of_one_that_is_gone(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """Nothing of the old session is taken over."""
    gone = receipt.model_copy(update={"session_id": "gone", "run_id": "1"})
    found = Found(_COMMENT, gone)
    assert found.replaced == gone.join_url
    assert receipt_for(decide(task, found), session) == receipt


def test_an_updated_session_follows_the_new_request(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The receipt says what the session follows now, and which run made it."""
    changed = _asking(task, topic="Another")
    plan = decide(changed, Found(_COMMENT, receipt, session=session))
    kept = receipt_for(plan, session)
    assert (kept.digest, kept.announced) == (changed.digest, changed.digest)
    assert (kept.fields, kept.run_id) == (changed.fields, "42")


def test_a_stale_session_keeps_its_receipt(task: Task, receipt: Receipt, session: Session) -> None:
    """The receipt goes on saying what the session follows, and what was said about it last."""
    changed = _asking(task, results_visibility="public")
    plan = decide(changed, Found(_COMMENT, receipt, session=session))
    expected = receipt.model_copy(update={"announced": changed.digest})
    assert receipt_for(plan, session) == expected


def test_a_recognised_session_that_is_stale_follows_no_known_request(
    task: Task, session: Session
) -> None:
    """Its receipt does not claim that it follows the spec."""
    held = session.model_copy(update={"goal": "Another", "participant_count": 1})
    kept = receipt_for(decide(task, Found(session=held)), held)
    assert (kept.digest, kept.fields) == ("", {})


def test_a_comment_is_left_alone_when_it_says_it_all(receipt: Receipt, session: Session) -> None:
    """The same session and the same request need no edit."""
    assert is_announced(Found(_COMMENT, receipt, session=session), receipt)


@pytest.mark.parametrize("change", [{"digest": "another"}, {"announced": "another"}])
def test_a_comment_is_edited_when_it_says_something_else(
    receipt: Receipt, session: Session, change: dict[str, str]
) -> None:
    """A session that follows or a comment that tells another request has to be told."""
    found = Found(_COMMENT, receipt, session=session)
    assert not is_announced(found, receipt.model_copy(update=change))


def test_a_comment_on_another_session_is_edited(receipt: Receipt, session: Session) -> None:
    """The link in the comment is the session's."""
    other = session.model_copy(update={"id": "another"})
    assert not is_announced(Found(_COMMENT, receipt, session=other), receipt)


def test_a_comment_with_a_broken_signature_is_signed_anew(
    receipt: Receipt, session: Session
) -> None:
    """After the key was rotated the same words need a new signature."""
    found = Found(_COMMENT, receipt, is_signed=False, session=session)
    assert not is_announced(found, receipt)


def test_without_a_receipt_nothing_is_announced(receipt: Receipt) -> None:
    """The first announcement is always posted."""
    assert not is_announced(Found(), receipt)
