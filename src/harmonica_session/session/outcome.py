"""What became of a plan, as the steps of a run pass it on, and what follows for those who read it.

This module must not carry anything out, nor say where its texts go.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harmonica_session.announcement.invitation import Invitation, comment, with_standing
from harmonica_session.announcement.receipt import UNKNOWN, Receipt
from harmonica_session.announcement.trust import Trust
from harmonica_session.session import known as knowledge
from harmonica_session.session import notes
from harmonica_session.session.round import in_words, round_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.session.plan import Plan, Status
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.words.round import Round
    from harmonica_session.words.session import Session

_LONGEST_MOMENT = _LONGEST_WORD = 40
_DECISIVE = ("digest", "announced", "lacking", "results_visibility", "round", "opening")
# Source: the published description of the API.
_DEFAULT_VISIBILITY = "host"


@dataclass(frozen=True)
class Outcome:
    """What a run has come to so far.

    Attributes:
        plan: What was decided.
        session: The session that counts.
        status: What the run reports.
        because: Why the session keeps what it has, when it is `stale`.
        will_retry: Whether the next run tries again to change it.
        was_sent: Whether a change was sent to Harmonica that it then refused.
        lacking: What the session lacks of the request, as in `Receipt`.
        ignored: Fields that were sent, and that Harmonica then left as they were.
        added: Fields that this run has set in a session which does not follow the request.
        made: The session that this run has made, be it one too many.
        rivals: Sessions that other runs have made for this very task meanwhile.
        gave_way: Whether the session is that of a faster run, which announces it.
        comment: Our comment that announces the session, None where there is none.
        attached: Names of the context sources that this run has attached.
    """

    plan: Plan
    session: Session
    status: Status
    because: str = ""
    will_retry: bool = False
    was_sent: bool = False
    lacking: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    made: Session | None = None
    rivals: tuple[Session, ...] = ()
    gave_way: bool = False
    comment: Comment | None = None
    attached: tuple[str, ...] = ()

    @property
    def is_as_asked(self) -> bool:
        """Whether the session has all that the request says, as far as anybody knows."""
        is_new = self.status in ("created", "updated")
        return is_new or not (self.plan.differing or self.plan.found.is_foreign)

    @property
    def knows_visibility(self) -> bool:
        """Whether the session's results are surely as visible as the request says."""
        if self.status == "created":
            return True
        receipt = self.plan.found.own_receipt
        return self.is_as_asked and receipt is not None and receipt.results_visibility != UNKNOWN

    @property
    def visibility(self) -> str:
        """Who can see the results: as it was asked for, unless Harmonica says something else."""
        receipt, told = self.plan.found.own_receipt, self.session.results_visibility
        asked: str = receipt.results_visibility if receipt else UNKNOWN
        if self.knows_visibility:
            asked = self.plan.task.request.results_visibility or ""
        is_other = told and told != (asked or _DEFAULT_VISIBILITY)
        return (told or "")[:_LONGEST_WORD] if is_other else asked

    @property
    def other_visibility(self) -> str:
        """Who can see the results of a new session instead of those whom the spec names."""
        asked = self.plan.task.request.results_visibility
        return self.visibility if self.made and asked not in (None, self.visibility) else ""

    @property
    def is_complete(self) -> bool:
        """Whether the session has all that a create does not take, and what it was asked for."""
        return not (self.lacking or self.other_visibility)

    @property
    def surplus(self) -> list[Session]:
        """The sessions made for this very task that do not count, as far as this run knows them."""
        known = {it.id: it for it in (self.made, *self.plan.found.rivals, *self.rivals) if it}
        return [it for it in known.values() if it.id != self.session.id]

    @property
    def has_posted(self) -> bool:
        """Whether the comment is a new one."""
        known = self.plan.found.comment
        return self.comment is not None and (known is None or known.id != self.comment.id)

    @property
    def leaves_comment(self) -> bool:
        """Whether our comment stays as it is: it says all this, or it is another run's to edit."""
        found = self.plan.found
        if self.is_left_to_others:
            return True
        ours = found.ours
        if found.own_receipt is None or ours is None:
            return False
        known, said = found.own_receipt, self.receipt
        if known.reported and known.reported.is_final:
            return True
        if not (ours.is_current and (ours.is_intact or known.tells_results)):
            return False
        # What differs in these alone shows in no text, and the next run has to know it.
        return all(getattr(known, name) == getattr(said, name) for name in _DECISIVE)

    @property
    def is_left_to_others(self) -> bool:
        """Whether the announcement is another run's to edit."""
        is_faster_runs = self.gave_way and self.plan.task.scope == "pull-request"
        return self.plan.is_overtaken or is_faster_runs

    @property
    def round(self) -> Round | None:
        """The session's round as the announcement keeps it, None where nobody asks for one."""
        known = self.plan.found.own_receipt
        if known and self.is_left_to_others:
            return known.round
        is_new = self.status == "created"
        return round_of(self.plan.task, known, self.session, is_new=is_new)

    @property
    def receipt(self) -> Receipt:
        """What the announcement has to keep for the next run."""
        task, found = self.plan.task, self.plan.found
        known, follows = found.own_receipt, self.is_as_asked
        if known and not follows:
            return self._kept(known)
        fields = {name: it for name, it in task.fields.items() if name not in self.ignored}
        return Receipt(
            session_id=self.session.id,
            join_url=self.session.join_url or "",
            digest=task.digest if follows else "",
            announced=task.digest,
            fields=fields if follows or self.ignored else {},
            lacking=dict(self.lacking),
            results_visibility=self.visibility,
            created_at=(
                known.created_at if known else (self.session.created_at or "")[:_LONGEST_MOMENT]
            ),
            run_id=known.run_id if known else task.run_id,
            written_by=task.run_id,
            is_foreign=found.is_foreign,
            is_apart=task.is_apart,
            # A comment that is edited stays the same comment.
            after=found.receipt.after if found.receipt else found.newest,
            nonce=found.receipt.nonce if found.receipt else task.nonce,
            author=found.receipt.author if found.receipt else "",
            round=self.round,
            opening=task.opening_digest,
            reported=known.reported if known else None,
        )

    def _kept(self, known: Receipt) -> Receipt:
        """Return the receipt of a session that does not follow the request, as far as it does."""
        task = self.plan.task
        said: dict[str, Any] = {
            "lacking": dict(self.lacking),
            "results_visibility": self.visibility,
            "round": self.round,
            "opening": task.opening_digest,
        }
        if self.added:
            added = {name: task.fields[name] for name in self.added}
            said |= {"digest": "", "fields": {**known.fields, **added}}
        if task.on_change != "keep" and not self.will_retry:
            said |= {"announced": task.digest, "written_by": task.run_id}
        return known.model_copy(update=said)

    @property
    def notes(self) -> list[str]:
        """What is unusual about the session, a sentence each."""
        plan, chain = self.plan, self.session.chain
        differing, replaced = ", ".join(self.ignored or plan.differing), plan.found.replaced
        said = []
        if chain and not chain.runs:
            said.append(notes.chain_stands_still(chain))
        if self.will_retry:
            said.append(notes.tried_again(differing, self.because))
        elif self.status == "stale":
            said.append(notes.stale(differing, self.because))
        if plan.is_overtaken and replaced:
            said.append(notes.overtaken(replaced))
        elif plan.is_overtaken and differing:
            said.append(notes.LEFT_ALONE)
        elif self.gave_way and differing:
            said.append(notes.of_faster_run(differing))
        elif replaced:
            said.append(notes.replaces(replaced))
        return said

    @property
    def asides(self) -> list[str]:
        """What those who are invited learn of that, a short sentence of Markdown each."""
        chain, replaced = self.session.chain, self.plan.found.replaced
        said = {
            notes.CHAIN_ASIDE: chain is not None and not chain.runs,
            notes.STALE_ASIDE: self.status == "stale" and self.session.status != "completed",
            notes.replaces_aside(replaced): bool(replaced) and not self.is_left_to_others,
        }
        return [aside for aside, is_so in said.items() if is_so]

    @property
    def background_sent(self) -> str:
        """What left the repository as background in this run, with its size; empty if nothing.

        A refused update was sent all the same.
        """
        is_update = self.status == "updated" or self.was_sent
        is_sent = self.made is not None or (is_update and "context" in self.plan.differing)
        return ", ".join(map(str, self.plan.task.context.shares)) if is_sent else ""

    @property
    def topic(self) -> str:
        """What the session is about, as it really is."""
        return self.session.topic or self.plan.task.request.topic

    def invitation(self, *, is_public: bool) -> Invitation:
        """Return the invitation to the session, with the texts that it really has.

        Args:
            is_public: Whether the repository is.
        """
        session, request = self.session, self.plan.task.request
        is_as_asked = self.is_as_asked
        fields = knowledge.followed(self.plan, is_new=self.status == "created")
        questions = knowledge.first_questions(self.plan, fields, is_as_asked=is_as_asked)
        until, over = in_words(self.round, session, self.plan.task.asked_at)
        return Invitation(
            topic=self.topic,
            join_url=session.join_url or "",
            goal=session.goal or (request.goal if is_as_asked else ""),
            critical=session.critical or (request.critical or "" if is_as_asked else ""),
            questions=questions or (),
            background=self.plan.task.context.sources if is_as_asked else None,
            is_completed=session.status == "completed",
            trust=Trust(
                results_visibility=self.visibility,
                ideas_travel=knowledge.ideas_travel(fields),
                is_of_account=not self.plan.found.is_foreign,
                asked_for=knowledge.asked_for(self.plan, questions, fields),
                is_public=is_public,
            ),
            opening=self.plan.task.opening,
            asides=tuple(self.asides),
            until=until,
            over=over,
        )

    def announcement(self, seal: Seal, posting: int = 0, *, is_public: bool) -> str:
        """Return the body of our comment.

        Args:
            seal: What signs the receipt in it.
            posting: Which attempt at a new comment it is for; 0 where ours is edited. No two
                comments that we post have one nonce, or the one too many would pass for a copy.
            is_public: Whether the repository is.
        """
        task, receipt, ours = self.plan.task, self.receipt, self.plan.found.ours
        is_ours = ours is None or ours.is_intact or not receipt.tells_results
        if posting:
            nonce = task.nonce if posting == 1 else f"{task.nonce} {posting}"
            receipt = receipt.model_copy(update={"nonce": nonce})
        text = self.announcement_text(is_public=is_public)
        return seal.signed(receipt, task.place, text, is_vouched_for=is_ours)

    def announcement_text(self, *, is_public: bool) -> str:
        """Return what people see of our comment."""
        invitation, ours = self.invitation(is_public=is_public), self.plan.found.ours
        if ours and self.receipt.tells_results:
            # What came out so far stays; only until when there is time may have changed.
            told = (ours.comment.body or "").replace("\r\n", "\n").partition("\n")[2]
            return with_standing(told, invitation.until or invitation.over)
        task = self.plan.task
        return comment(invitation, spec=task.spec, spec_url=task.spec_url)

    def beside(self, ours: OurComment) -> Outcome:
        """Return the same for where another run's comment has turned up meanwhile."""
        return replace(self, plan=self.plan.beside(ours))


def as_planned(plan: Plan, session: Session) -> Outcome:
    """Return what comes of a plan that needs nothing done to its session, or if all goes well."""
    return Outcome(plan, session, plan.status, plan.because, plan.will_retry, lacking=plan.lacking)


def created(plan: Plan, session: Session) -> Outcome:
    """Return what comes of a plan whose session this run has made."""
    return Outcome(plan, session, "created", made=session, lacking=plan.lacking)


def kept(plan: Plan, session: Session, because: str, *, will_retry: bool) -> Outcome:
    """Return what comes of a plan whose change was not sent after all."""
    return Outcome(plan, session, "stale", because, will_retry, lacking=plan.lacking)


def refused(plan: Plan, session: Session, because: str, *, will_retry: bool) -> Outcome:
    """Return what comes of a plan whose change was sent and refused."""
    return replace(kept(plan, session, because, will_retry=will_retry), was_sent=True)


def updated(plan: Plan, session: Session, ignored: tuple[str, ...]) -> Outcome:
    """Return what comes of a plan whose change was carried out, but for ignored fields."""
    known = {
        name: value
        for name, value in plan.changes.items()
        if name in type(session).model_fields and name not in ignored
    }
    after = as_planned(plan, session.model_copy(update=known))
    after = with_fields(after, [name for name in plan.changes if name not in ignored])
    if not ignored:
        return after
    after = replace(without(after, ignored), status="stale", ignored=ignored)
    added = tuple(name for name in plan.differing if name not in ignored)
    return replace(after, because=notes.ignored(added), added=added, was_sent=True)


def with_fields(before: Outcome, names: Iterable[str]) -> Outcome:
    """Return what comes of a session that has got fields beside those of its create."""
    sent = tuple(names)
    lacking = {name: it for name, it in before.lacking.items() if name not in sent}
    added = () if before.is_as_asked else sent
    return replace(before, lacking=lacking, added=added)


def without(before: Outcome, names: Iterable[str]) -> Outcome:
    """Return the same where Harmonica does not take fields as the spec has them."""
    refused = {name: before.plan.task.fields[name] for name in names}
    return replace(before, lacking={**before.lacking, **refused})


def given_way(before: Outcome, plan: Plan, theirs: Session) -> Outcome:
    """Return what comes of a run whose session counts no longer, for a faster run made another.

    What differs is the faster run's to settle, which knows what it has asked for.

    Args:
        before: What this run had come to.
        plan: What follows for the session of the faster run.
        theirs: That session.
    """
    after = as_planned(plan, theirs)
    return replace(after, status="reused", gave_way=True, made=before.made, rivals=before.rivals)
