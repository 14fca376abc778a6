"""What became of a plan: what the announcement keeps, what people read, and who edits the comment.

The documents stand in `tests/golden`; see `conftest.py` for how to write them anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from harmonica_session.announcement.invitation import comment
from harmonica_session.announcement.receipt import UNKNOWN, OurComment, Receipt, Seal
from harmonica_session.background.context import Context, Share
from harmonica_session.session.outcome import Outcome, as_planned, created, given_way, refused
from harmonica_session.session.plan import Found, decide
from harmonica_session.words.opening import Opening
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.request import Question
from harmonica_session.words.session import Chain, Session
from harness.tasks import asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.session.plan import Status
    from harmonica_session.session.task import Task


def _outdated(ours: OurComment) -> OurComment:
    """Return our comment with the receipt of another topic and other questions."""
    fields = {**ours.receipt.fields, "topic": "old", "questions": "old"}
    old = {"digest": "old", "announced": "old", "fields": fields}
    return replace(ours, receipt=ours.receipt.model_copy(update=old))


def _of_later_run(ours: OurComment) -> OurComment:
    return replace(ours, receipt=ours.receipt.model_copy(update={"written_by": "43"}))


# The receipt


def test_a_new_session_gets_a_receipt_of_its_own(
    task: Task, receipt: Receipt, session: Session
) -> None:
    """The receipt holds what the next run has to know."""
    public = asking(task, results_visibility="public")
    asked = {
        "digest": public.digest,
        "announced": public.digest,
        "fields": dict(public.fields),
        "results_visibility": "public",
    }
    expected = receipt.model_copy(update=asked)
    assert as_planned(decide(public, Found()), session).receipt == expected


def test_a_receipt_says_which_comments_were_there_before(task: Task, session: Session) -> None:
    """What is no newer than those can be no comment of ours, whatever stands in it."""
    receipt = created(decide(task, Found(newest=77)), session).receipt
    assert (receipt.after, receipt.nonce) == (77, task.nonce)


def test_an_edited_comment_stays_the_same_comment(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Place among the others and nonce are those with which it was posted."""
    posted = ours.receipt.model_copy(update={"after": 5, "nonce": "then", "session_id": "gone"})
    plan = decide(task, Found(replace(ours, receipt=posted), newest=77))
    receipt = created(plan, session).receipt
    assert (receipt.session_id, receipt.after, receipt.nonce) == (session.id, 5, "then")


def test_a_new_session_replaces_the_receipt_of_one_that_is_gone(
    task: Task, ours: OurComment, receipt: Receipt, session: Session
) -> None:
    """Nothing of the old session is taken over."""
    gone = receipt.model_copy(update={"session_id": "gone", "run_id": "1"})
    found = Found(replace(ours, receipt=gone))
    assert found.replaced == gone.join_url
    assert as_planned(decide(task, found), session).receipt == receipt


def test_an_updated_session_follows_the_new_request(
    task: Task, ours: OurComment, session: Session
) -> None:
    """The receipt says what the session follows now, and which run made it."""
    changed = asking(task, topic="Another")
    plan = decide(changed, Found(ours, session))
    kept = as_planned(plan, session).receipt
    assert (kept.digest, kept.announced) == (changed.digest, changed.digest)
    assert (kept.fields, kept.run_id) == (changed.fields, "42")


def test_a_stale_session_keeps_its_receipt(
    task: Task, ours: OurComment, receipt: Receipt, session: Session
) -> None:
    """The receipt goes on saying what the session follows, and what was said about it last."""
    changed = asking(task, results_visibility="public")
    plan = decide(changed, Found(ours, session))
    expected = receipt.model_copy(update={"announced": changed.digest})
    assert as_planned(plan, session).receipt == expected


def test_a_recognised_session_that_is_stale_follows_no_known_request(
    task: Task, session: Session
) -> None:
    """Its receipt does not claim that it follows the spec."""
    held = session.model_copy(update={"goal": "Another", "participant_count": 1})
    kept = as_planned(decide(task, Found(session=held)), held).receipt
    assert (kept.digest, kept.fields) == ("", {})


def test_a_session_that_may_change_yet_keeps_its_receipt_whole(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Where the next run tries again, the comment does not claim to have told of the change."""
    plan = decide(asking(task, topic="Another"), Found(ours, session))
    waiting = refused(plan, session, "a 500", will_retry=True)
    final = refused(plan, session, "a 400", will_retry=False)
    assert waiting.receipt == ours.receipt
    assert final.receipt.announced == plan.task.digest
    assert final.receipt.digest == ours.receipt.digest


def test_only_other_words_of_the_host_call_for_another_comment(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A comment of before the host could say anything stays as it is, until the host does."""

    def leaves(opening: Opening, kept: OurComment = ours) -> bool:
        plan = decide(replace(task, opening=opening), Found(kept, session))
        return as_planned(plan, session).leaves_comment

    said = Opening("Come.", "10 min")
    receipt = as_planned(decide(replace(task, opening=said), Found(ours, session)), session).receipt
    assert leaves(Opening())
    assert not leaves(said)
    assert leaves(said, replace(ours, receipt=receipt))
    assert not leaves(Opening("Come!", "10 min"), replace(ours, receipt=receipt))
    assert not leaves(Opening(), replace(ours, receipt=receipt))


def test_a_change_kept_from_the_session_is_not_announced(
    task: Task, ours: OurComment, session: Session
) -> None:
    """`on-change: keep` leaves the receipt as it is."""
    keeping = replace(asking(task, topic="Another"), on_change="keep")
    assert as_planned(decide(keeping, Found(ours, session)), session).receipt == ours.receipt


# The invitation


def test_a_stale_session(
    golden: Callable[[str, str], None], task: Task, ours: OurComment, session: Session
) -> None:
    """The invitation shows what the session really has, and that the spec has changed."""
    held = session.model_copy(
        update={"topic": "The old topic", "critical": "The old question", "participant_count": 3}
    )
    found = Found(_outdated(ours), held)
    plan = decide(task, found)
    golden("stale.md", comment(as_planned(plan, held).invitation(is_public=False), spec=task.spec))


def test_a_chain_that_does_not_run(
    golden: Callable[[str, str], None], task: Task, session: Session
) -> None:
    """A session whose chain does not run says so; the service's reason is for who can mend it."""
    chain = Chain(status="roster_incomplete", message="Step 2 has no *expert*.")
    held = session.model_copy(update={"chain": chain})
    plan = decide(task, Found())
    golden("chain.md", comment(as_planned(plan, held).invitation(is_public=True), spec=task.spec))


def test_an_invitation_takes_its_texts_from_the_session(task: Task, session: Session) -> None:
    """What people will meet counts, not what the spec says."""
    held = session.model_copy(update={"topic": "Theirs", "goal": "Theirs, too"})
    it = as_planned(decide(task, Found(session=held)), held).invitation(is_public=True)
    assert (it.topic, it.goal, it.trust.is_public) == ("Theirs", "Theirs, too", True)


def test_an_invitation_takes_from_the_request_what_the_session_does_not_tell(task: Task) -> None:
    """Older servers leave fields out of their answers."""
    bare = Session(id="5e55", join_url="https://h.example.com/chat?s=5e55")
    request = task.request.model_copy(
        update={"critical": "Why?", "questions": [Question(text="Name?")]}
    )
    plan = decide(replace(task, request=request), Found())
    it = as_planned(plan, bare).invitation(is_public=False)
    assert (it.topic, it.goal, it.critical) == ("Topic", "Goal", "Why?")
    assert it.questions == ("Name?",)
    assert it.background == ("the spec", "SESSION.md")
    assert not it.asides


def test_a_stale_invitation_promises_nothing_of_the_new_spec(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Questions and background of a changed spec are not those of the session."""
    request = task.request.model_copy(
        update={"questions": [Question(text="New?")], "critical": "New?"}
    )
    found = Found(_outdated(ours), session)
    plan = decide(replace(task, request=request), found)
    it = as_planned(plan, session).invitation(is_public=False)
    assert plan.status == "stale"
    assert (it.questions, it.background, it.critical) == ((), None, "")


def test_the_results_of_a_stale_session_are_as_its_receipt_says(
    task: Task, ours: OurComment, session: Session
) -> None:
    """The session was made with the visibility of its time, whatever the spec says now."""
    request = task.request.model_copy(update={"results_visibility": "public"})
    kept = _outdated(ours).receipt.model_copy(update={"results_visibility": "host"})
    plan = decide(replace(task, request=request), Found(replace(ours, receipt=kept), session))
    assert as_planned(plan, session).invitation(is_public=False).trust.results_visibility == "host"


def test_a_replaced_session_is_named(
    task: Task, ours: OurComment, receipt: Receipt, session: Session
) -> None:
    """Whoever followed the old link learns of the new one."""
    gone = receipt.model_copy(
        update={"session_id": "gone", "join_url": "https://h.example.com/chat?s=gone"}
    )
    plan = decide(task, Found(replace(ours, receipt=gone)))
    outcome = as_planned(plan, session)
    aside = "This session replaces [an earlier one](https://h.example.com/chat?s=gone)."
    assert outcome.asides == [aside]
    (note,) = outcome.notes
    assert note.endswith("replaces an earlier one: https://h.example.com/chat?s=gone")


def test_a_session_that_could_not_be_asked_for_is_said_to_be_pending(
    task: Task, ours: OurComment, receipt: Receipt
) -> None:
    """What could not be changed this time is not called final."""
    unknown = Session(id="5e55", join_url=receipt.join_url)
    plan = decide(task, Found(_outdated(ours), unknown))
    (note,) = as_planned(plan, unknown).notes
    assert "the next run tries again" in note
    assert "(topic, questions)" in note


def test_a_completed_session_is_known_by_its_status(task: Task, session: Session) -> None:
    """Harmonica's own word decides."""
    over = session.model_copy(update={"status": "completed"})
    plan = decide(task, Found(session=over))
    assert as_planned(plan, over).invitation(is_public=False).is_completed


def test_a_chain_that_runs_is_not_mentioned(task: Task, session: Session) -> None:
    """Only a chain that needs a hand is worth a note."""
    held = session.model_copy(update={"chain": Chain(status="started")})
    outcome = as_planned(decide(task, Found()), held)
    assert (outcome.notes, outcome.asides) == ([], [])


# What is true of an outcome


@pytest.mark.parametrize(
    ("status", "is_as_asked"),
    [("created", True), ("updated", True), ("reused", False), ("stale", False)],
)
def test_only_a_new_or_updated_session_is_as_asked_where_something_differs(
    task: Task,
    ours: OurComment,
    session: Session,
    status: Status,
    *,
    is_as_asked: bool,
) -> None:
    """What was carried out counts, not what was planned."""
    plan = decide(asking(task, topic="Another"), Found(ours, session))
    assert Outcome(plan, session, status).is_as_asked is is_as_asked


def test_a_session_without_differences_is_as_asked_unless_somebody_else_made_it(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A foreign session may ask and show anything."""
    assert as_planned(decide(task, Found(ours, session)), session).is_as_asked
    foreign = Found(session=session, is_foreign=True)
    assert not as_planned(decide(task, foreign), session).is_as_asked


def test_questions_are_known_from_the_creation_a_receipt_or_a_look(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A session that was only recognised may ask something else."""
    asked = asking(task, questions=[{"text": "Name?"}])

    def known(found: Found, task: Task = asked) -> tuple[str, ...]:
        return as_planned(decide(task, found), session).invitation(is_public=False).questions

    fields = {**ours.receipt.fields, "questions": asked.fields["questions"]}
    same = replace(ours, receipt=ours.receipt.model_copy(update={"fields": fields}))
    assert known(Found()) == known(Found(same, session)) == ("Name?",)
    assert known(Found(session=session)) == ()
    assert known(Found(session=session, questions=("Theirs?",))) == ("Theirs?",)
    assert known(Found(session=session, is_foreign=True)) == ()


def test_a_stale_session_lists_the_questions_that_it_really_asks(
    task: Task, ours: OurComment, session: Session
) -> None:
    """They are those of the spec where it has not changed them, else those that were looked up."""
    asked = asking(task, questions=[{"text": "Name?"}])
    held = session.model_copy(update={"topic": "Old", "participant_count": 2})

    def known(digest: str, found: tuple[str, ...] | None) -> tuple[str, ...]:
        fields = {**asked.fields, "topic": "old", "questions": digest}
        receipt = ours.receipt.model_copy(update={"digest": "old", "fields": fields})
        plan = decide(asked, Found(replace(ours, receipt=receipt), held, questions=found))
        outcome = as_planned(plan, held)
        assert outcome.status == "stale"
        return outcome.invitation(is_public=False).questions

    assert known(asked.fields["questions"], None) == ("Name?",)
    assert known("old", ("Part?",)) == ("Part?",)
    assert known("old", None) == ()


def test_visibility_is_known_from_the_creation_or_a_receipt(
    task: Task, ours: OurComment, session: Session
) -> None:
    """No route tells it, so a session that was only recognised keeps it to itself."""

    def knows(found: Found) -> bool:
        return as_planned(decide(task, found), session).knows_visibility

    unknown = ours.receipt.model_copy(update={"results_visibility": UNKNOWN})
    assert created(decide(task, Found()), session).knows_visibility
    assert knows(Found(ours, session))
    assert not knows(Found(session=session, questions=()))
    assert not knows(Found(replace(ours, receipt=unknown), session))


def test_a_run_that_gave_way_has_a_surplus_session(task: Task, session: Session) -> None:
    """The session that it made counts no longer, and nothing of the other one is claimed."""
    twin = session.model_copy(update={"id": "twin", "goal": "Theirs"})
    before = created(decide(task, Found()), session)
    after = given_way(before, decide(task, Found(session=twin)), twin)
    assert (before.surplus, after.surplus) == ([], [session])
    assert (after.status, after.session, after.gave_way) == ("reused", twin, True)
    assert after.plan.differing == ("goal",)
    assert not after.is_as_asked


def test_a_run_that_meets_its_own_session_has_no_surplus(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Another run may have announced the very session that this one has made."""
    met = replace(as_planned(decide(task, Found(ours, session)), session), made=session)
    assert met.surplus == []


def test_each_session_that_does_not_count_is_surplus(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Made by this run or another one, found before the create or after it: each once."""
    other, third = (session.model_copy(update={"id": name}) for name in ("other", "third"))
    plan = decide(task, Found(ours, session, rivals=(other,)))
    outcome = replace(as_planned(plan, session), made=session, rivals=(other, third, session))
    assert outcome.surplus == [other, third]


def test_background_was_sent_with_a_creation_a_change_or_its_refusal(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A session made in vain has had it all the same; one that is reused has not."""
    shares = (Share("SESSION.md", 1_200, 0),)
    task = replace(asking(task, context="More"), context=Context("x", (), shares=shares))
    sent = "SESSION.md (1,200 characters)"
    plan = decide(task, Found(ours, session))
    other = decide(asking(task, context="Background", topic="Another"), Found(ours, session))
    twin = session.model_copy(update={"id": "twin"})
    made = created(decide(task, Found()), session)
    assert made.background_sent == sent
    assert given_way(made, decide(task, Found(session=twin)), twin).background_sent == sent
    assert as_planned(plan, session).background_sent == sent
    assert refused(plan, session, "no", will_retry=False).background_sent == sent
    assert Outcome(plan, session, "reused").background_sent == ""
    assert Outcome(plan, session, "stale").background_sent == ""
    assert as_planned(other, session).background_sent == ""


# The comment


def test_a_comment_that_says_it_all_is_left(task: Task, ours: OurComment, session: Session) -> None:
    """The same session and the same request need no edit."""
    assert as_planned(decide(task, Found(ours, session)), session).leaves_comment


@pytest.mark.parametrize("change", [{"digest": "another"}, {"announced": "another"}])
def test_a_comment_that_says_something_else_is_edited(
    task: Task, ours: OurComment, session: Session, change: dict[str, str]
) -> None:
    """A session that follows, or a comment that tells, another request has to be told."""
    older = replace(ours, receipt=ours.receipt.model_copy(update=change))
    assert not as_planned(decide(task, Found(older, session)), session).leaves_comment


def test_a_comment_on_another_session_is_edited(
    task: Task, ours: OurComment, session: Session
) -> None:
    """The link in the comment is the session's."""
    other = session.model_copy(update={"id": "another"})
    assert not as_planned(decide(task, Found(ours, other)), other).leaves_comment


@pytest.mark.parametrize(("current", "intact"), [(False, True), (True, False)])
def test_a_comment_that_was_edited_or_signed_with_an_older_key_is_written_anew(
    task: Task, ours: OurComment, session: Session, *, current: bool, intact: bool
) -> None:
    """The same words need a signature of this key, and a signed receipt its own words."""
    other = replace(ours, is_current=current, is_intact=intact)
    assert not as_planned(decide(task, Found(other, session)), session).leaves_comment


def test_without_a_comment_none_is_left(task: Task, session: Session) -> None:
    """The first announcement is always posted."""
    assert not as_planned(decide(task, Found(session=session)), session).leaves_comment


def test_the_comment_of_a_later_run_is_left(task: Task, ours: OurComment, session: Session) -> None:
    """A slower run that is older does not take back what the later one said."""
    found = Found(_of_later_run(_outdated(ours)), session)
    assert as_planned(decide(task, found), session).leaves_comment


def test_a_comment_is_the_faster_runs_to_edit(
    task: Task, ours: OurComment, session: Session
) -> None:
    """Who gave way announces nothing on the pull request; elsewhere nobody else would."""
    gone = replace(ours, receipt=ours.receipt.model_copy(update={"session_id": "gone"}))
    before = created(decide(task, Found(gone)), session)
    twin = session.model_copy(update={"id": "twin"})
    after = given_way(before, decide(task, Found(gone, twin)), twin)
    of_run = replace(task, scope="run")
    other = given_way(before, decide(of_run, Found(gone, twin)), twin)
    assert (after.leaves_comment, other.leaves_comment) == (True, False)


def test_a_new_comment_is_told_from_an_edited_one(
    task: Task, ours: OurComment, session: Session
) -> None:
    """A comment that was taken away meanwhile is posted anew, under another number."""
    edited = as_planned(decide(task, Found(ours, session)), session)
    posted = created(decide(task, Found()), session)
    assert not edited.has_posted
    assert not replace(edited, comment=ours.comment).has_posted
    assert replace(edited, comment=Comment(id=2)).has_posted
    assert replace(posted, comment=ours.comment).has_posted


def test_an_announcement_can_be_read_back(task: Task, session: Session, seal: Seal) -> None:
    """Its first line is the receipt for this very place, and the rest is what people see."""
    outcome = created(decide(task, Found()), session)
    body = outcome.announcement(seal, is_public=False)
    read = seal.read(Comment(id=1, body=body), task.place)
    assert read is not None
    assert (read.receipt, read.is_signed) == (outcome.receipt, True)
    assert body.partition("\n")[2] == outcome.announcement_text(is_public=False)
    other = Seal([SecretStr("hm_live_4567")], "1", "other.yml")
    assert other.read(Comment(id=1, body=body), task.place) is None


def test_an_outcome_beside_another_comment_keeps_all_else(
    task: Task, ours: OurComment, session: Session
) -> None:
    """An older comment that stays replaces nothing of what was done."""
    outcome = replace(created(decide(task, Found()), session), attached=("a.md",))
    beside = outcome.beside(ours)
    assert beside.plan.found.ours == ours
    assert replace(beside, plan=outcome.plan) == outcome


# What is unusual


def test_a_session_of_a_faster_run_is_told_where_it_differs(task: Task, session: Session) -> None:
    """Who asked for something else learns that another run's request counts."""
    before = created(decide(task, Found()), session)
    same = session.model_copy(update={"id": "twin"})
    other = same.model_copy(update={"goal": "Theirs"})
    assert given_way(before, decide(task, Found(session=same)), same).notes == []
    (note,) = given_way(before, decide(task, Found(session=other)), other).notes
    assert note == "A faster run has created this session, from a spec that differs (goal)."


def test_an_overtaken_run_says_so(task: Task, ours: OurComment, session: Session) -> None:
    """Either the later run has another session, or it asked something else of this one."""
    later, other = _of_later_run(ours), session.model_copy(update={"id": "another"})
    changed = asking(task, topic="Another")
    assert as_planned(decide(task, Found(later, session)), session).notes == []
    (alone,) = as_planned(decide(changed, Found(later, session)), session).notes
    assert "so this run left it unchanged" in alone
    (note,) = as_planned(decide(task, Found(later, other)), other).notes
    assert note == f"A later run has announced another session: {ours.receipt.join_url}"


def test_a_final_refusal_and_one_to_be_tried_again_are_told_apart(
    task: Task, ours: OurComment, session: Session
) -> None:
    """What could not be changed this time is not called final, nor the other way round."""
    plan = decide(asking(task, topic="Another"), Found(ours, session))
    (waiting,) = refused(plan, session, "a 500", will_retry=True).notes
    (final,) = refused(plan, session, "a 400", will_retry=False).notes
    assert waiting.endswith("to match the spec (topic); the next run tries again: a 500")
    assert final.endswith("but it stays as it is: a 400.")
