"""What becomes of the session, and what follows from a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.session.plan import Found, Plan, decide
from harmonica_session.words.session import Session
from harness.tasks import asking

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.session.task import Task


def test_without_a_session_one_is_created(task: Task, ours: OurComment) -> None:
    """Nothing found, or a receipt whose session is gone, makes a new one."""
    for found in (Found(), Found(ours)):
        assert decide(task, found) == Plan(task, found, "created")


def test_an_unchanged_request_reuses_the_session(
    task: Task, ours: OurComment, session: Session
) -> None:
    """The receipt's digest decides; the session's own texts may have been edited by hand."""
    found = Found(ours, session.model_copy(update={"topic": "Edited"}))
    assert decide(task, found) == Plan(task, found, "reused")


@pytest.mark.parametrize("name", ["topic", "goal", "context", "critical", "prompt", "project_id"])
def test_a_documented_field_is_updated(
    task: Task, ours: OurComment, session: Session, name: str
) -> None:
    """What may be changed later is changed while nobody has taken part, and nothing else is."""
    plan = decide(asking(task, **{name: "Another"}), Found(ours, session))
    assert (plan.status, plan.changes) == ("updated", {name: "Another"})


@pytest.mark.parametrize("name", ["template_id", "results_visibility"])
def test_another_field_makes_the_session_stale(
    task: Task, ours: OurComment, session: Session, name: str
) -> None:
    """One field that cannot be changed later keeps all of them as they are."""
    changed = asking(task, topic="Another", **{name: "public"})
    plan = decide(changed, Found(ours, session))
    assert (plan.status, plan.differing) == ("stale", ("topic", name))
    assert plan.because == f"these fields cannot be changed later: {name}"


def test_a_removed_field_makes_the_session_stale(
    task: Task, ours: OurComment, receipt: Receipt, session: Session
) -> None:
    """What was sent once cannot be taken back."""
    before = asking(task, critical="Why?")
    kept = receipt.model_copy(update={"digest": before.digest, "fields": dict(before.fields)})
    plan = decide(task, Found(replace(ours, receipt=kept), session))
    assert (plan.status, plan.differing) == ("stale", ("critical",))
    assert plan.because == "a field cannot be removed (critical)"


@pytest.mark.parametrize(
    ("state", "because"),
    [
        ({"participant_count": 2}, "people have already taken part (2)"),
        ({"status": "completed"}, "it is completed"),
    ],
)
def test_a_session_with_people_in_it_is_not_changed(
    task: Task, ours: OurComment, session: Session, state: dict[str, Any], because: str
) -> None:
    """Nobody's conversation changes under their hands."""
    found = Found(ours, session.model_copy(update=state))
    plan = decide(asking(task, topic="Another"), found)
    assert (plan.status, plan.because, plan.will_retry) == ("stale", because, False)


def test_without_a_head_count_the_next_run_tries_again(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A session that could not be asked for is not given up."""
    unknown = session.model_copy(update={"participant_count": None})
    plan = decide(asking(task, topic="Another"), Found(ours, unknown))
    assert (plan.status, plan.will_retry) == ("stale", True)


def test_a_changed_request_may_be_kept_from_the_session(
    task: Task, ours: OurComment, session: Session
) -> None:
    """`on-change: keep` changes nothing and says nothing."""
    keeping = replace(asking(task, topic="Another"), on_change="keep")
    plan = decide(keeping, Found(ours, session))
    assert plan.status == "reused"


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


@pytest.mark.parametrize("name", ["topic", "goal", "context", "critical"])
def test_a_prompt_that_harmonica_wrote_follows_the_texts(
    task: Task, ours: OurComment, session: Session, name: str
) -> None:
    """It is written from four texts; one that the spec brings along needs nobody."""
    changed = asking(task, **{name: "Another"})
    assert decide(changed, Found(ours, session)).needs_prompt
    prompted = asking(task, prompt="Be brief.", **{name: "Another"})
    assert not decide(prompted, Found(ours, session)).needs_prompt
    assert not decide(asking(task, project_id="p"), Found(ours, session)).needs_prompt


def test_a_session_that_has_the_new_texts_already_is_reused(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Where only the comment is behind, nothing is sent to Harmonica, nor shown as if it were."""
    with_prompt = asking(task, prompt="Be brief.")
    fields = dict(with_prompt.fields)
    receipt = ours.receipt.model_copy(update={"digest": with_prompt.digest, "fields": fields})
    changed = asking(task, prompt="Be brief.", topic="Another")
    held = session.model_copy(update={"topic": "Another"})
    plan = decide(changed, Found(replace(ours, receipt=receipt), held))
    assert (plan.status, plan.differing, plan.changes) == ("reused", (), {})


def test_a_prompt_that_was_not_written_anew_is_owed(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Where the texts are new and the comment is not, the prompt may still follow the old ones."""
    changed = asking(task, topic="Another")
    plan = decide(changed, Found(ours, session.model_copy(update={"topic": "Another"})))
    assert (plan.status, plan.changes, plan.needs_prompt) == ("updated", {}, True)


def test_a_reference_of_an_older_key_is_no_difference(task: Task, session: Session) -> None:
    """A session that was recognised by it has the context that is asked for."""
    rotated = replace(task, reference="f" * 16, older_references=(task.reference,))
    rotated = replace(
        rotated,
        request=task.request.model_copy(
            update={"context": (task.request.context or "").replace(task.reference, "f" * 16)}
        ),
    )
    assert decide(rotated, Found(session=session)).differing == ()
    assert decide(replace(rotated, older_references=()), Found(session=session)).differing == (
        "context",
    )


def test_a_comment_of_a_later_run_overtakes(task: Task, ours: OurComment, session: Session) -> None:
    """Unless what it speaks of is over: the session is gone, or the topic has a new one."""
    later = replace(ours, receipt=ours.receipt.model_copy(update={"written_by": "43"}))
    assert decide(task, Found(later, session)).is_overtaken
    assert not decide(task, Found(ours, session)).is_overtaken
    assert not decide(task, Found(later, session, is_gone=True)).is_overtaken
    of_topic = replace(task, scope="topic")
    assert not decide(of_topic, Found(later)).is_overtaken
    assert decide(of_topic, Found(later, session)).is_overtaken


def test_an_overtaken_run_changes_nothing(task: Task, ours: OurComment, session: Session) -> None:
    """What a later run has asked for is not undone by a slower one."""
    later = replace(ours, receipt=ours.receipt.model_copy(update={"written_by": "43"}))
    plan = decide(asking(task, topic="Another"), Found(later, session))
    assert (plan.status, plan.differing) == ("reused", ("topic",))


def test_only_a_session_that_was_cut_off_may_lack_sources(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A session with our comment has all, somebody else's never gets any, a new one will."""
    assert decide(task, Found(session=session)).may_lack_sources
    assert not decide(task, Found(ours, session)).may_lack_sources
    assert not decide(task, Found(session=session, is_foreign=True)).may_lack_sources
    assert not decide(task, Found()).may_lack_sources


def test_a_plan_beside_another_comment_is_the_same_plan(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Only what was found changes: the status stays that of what was done."""
    plan = decide(task, Found(session=session, questions=("Name?",)))
    beside = plan.beside(ours)
    assert (beside.found.ours, beside.found.session) == (ours, session)
    assert (beside.found.questions, beside.status) == (("Name?",), plan.status)


def test_found_tells_which_link_is_replaced(ours: OurComment, session: Session) -> None:
    """Only where our comment speaks of another session than the one to use."""
    other = session.model_copy(update={"id": "another"})
    assert Found(ours, session).replaced == ""
    assert Found(ours, other).replaced == Found(ours).replaced == ours.receipt.join_url
    assert Found(session=session).replaced == ""
    assert Found(ours, session).own_receipt == ours.receipt
    assert Found(ours, other).own_receipt is None


def test_a_receipt_without_fields_tells_nothing(ours: OurComment, session: Session) -> None:
    """A session that was only recognised has such a receipt."""
    bare = replace(ours, receipt=ours.receipt.model_copy(update={"fields": {}}))
    assert Found(ours, session).knows_fields
    assert not Found(bare, session).knows_fields
    assert not Found(session=session).knows_fields
