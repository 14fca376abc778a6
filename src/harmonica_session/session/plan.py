"""Decides what a run does: skip, create, update or keep a session; post, edit or leave the comment.

This module must not carry anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from harmonica_session.announcement.receipt import UNKNOWN, OurComment, Receipt
from harmonica_session.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from harmonica_session.background.context import Context
    from harmonica_session.event import Event
    from harmonica_session.inputs import Inputs, OnChange
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.words.request import SessionRequest
    from harmonica_session.words.session import Session

Status: TypeAlias = Literal["created", "reused", "updated", "stale"]
Scope: TypeAlias = Literal["pull-request", "run", "topic", "off"]

# What `GET /sessions/{id}` tells of a request, and so what can be compared without a receipt.
_TOLD = ("topic", "goal", "context", "critical")
_LONGEST_MOMENT = 40
# What `PATCH /sessions/{id}` is documented to change.
_CHANGEABLE = ("topic", "goal", "context", "critical", "prompt", "project_id")


@dataclass(frozen=True)
class Task:
    """What is asked for, before anybody is asked what is there.

    Attributes:
        spec: Path of the spec under the workspace.
        request: The request as it is sent, the reference line included.
        digest: Digest of the request without the reference line.
        fields: Digests of its fields, by their names.
        reference: The 16 hex digits of the reference line.
        context: The context and where it came from.
        number: Pull request or issue to announce on, None when nothing is announced.
        scope: What there is at most one session for.
        on_change: What becomes of the session when the request is another one now.
        run_id: The workflow run that asks; empty outside of one.
    """

    spec: str
    request: SessionRequest
    digest: str
    fields: Mapping[str, str]
    reference: str
    context: Context
    number: int | None
    scope: Scope
    on_change: OnChange
    run_id: str = ""


@dataclass(frozen=True)
class Found:
    """What an earlier run left behind.

    Attributes:
        comment: Our own comment.
        receipt: Its receipt.
        is_signed: Whether the receipt's signature holds; a rotated key has broken it otherwise.
        session: The session to use, with its link; None when there is none.
        is_foreign: Whether the session is somebody's who did not set it up with this spec.
        surplus: Further comments of ours, later ones than `comment`.
        is_gone: Whether the session that our comment speaks of is gone, or out of reach.
        questions: What its participants are asked first, None where nobody has looked.
    """

    comment: Comment | None = None
    receipt: Receipt | None = None
    is_signed: bool = True
    session: Session | None = None
    is_foreign: bool = False
    surplus: tuple[OurComment, ...] = ()
    is_gone: bool = False
    questions: tuple[str, ...] | None = None

    @property
    def replaced(self) -> str:
        """The link that our comment has shown so far, when it is not the session's."""
        if self.receipt and (self.session is None or self.session.id != self.receipt.session_id):
            return self.receipt.join_url
        return ""

    @property
    def own_receipt(self) -> Receipt | None:
        """The receipt, when it speaks of the session to use."""
        return None if self.replaced else self.receipt


@dataclass(frozen=True)
class Plan:
    """What follows from a task and what was found.

    Attributes:
        task: What is asked for.
        found: What is there.
        status: What the run will report.
        differing: What the session and the request disagree about.
        because: Why the session keeps what it has, when it is `stale`.
        is_pending: Whether the next run tries again to change it.
        is_sent: Whether a change was sent to Harmonica that it then refused.
        gave_way: Whether the session is that of a faster run, which announces it.
        has_created: Whether this run has made a session, be it one too many.
    """

    task: Task
    found: Found
    status: Status
    differing: tuple[str, ...] = ()
    because: str = ""
    is_pending: bool = False
    is_sent: bool = False
    gave_way: bool = False
    has_created: bool = False

    @property
    def changes(self) -> dict[str, JsonValue]:
        """The fields to change, with their new values, but for those that have them already."""
        fields = self.task.request.fields()
        missing = _missing(self.task, self.found, self.differing)
        return {name: fields[name] for name in missing}

    @property
    def is_as_asked(self) -> bool:
        """Whether the session has all that the request says, as far as anybody knows."""
        is_new = self.status in ("created", "updated")
        return is_new or not (self.differing or self.found.is_foreign)

    @property
    def knows_questions(self) -> bool:
        """Whether the session's participants are surely asked what the request says."""
        receipt = self.found.own_receipt
        was_told = bool(receipt and receipt.fields) or self.found.questions is not None
        return self.status == "created" or (self.is_as_asked and was_told)

    @property
    def knows_visibility(self) -> bool:
        """Whether the session's results are surely as visible as the request says."""
        if self.status == "created":
            return True
        receipt = self.found.own_receipt
        return self.is_as_asked and receipt is not None and receipt.results_visibility != UNKNOWN

    @property
    def is_settled_by_comment(self) -> bool:
        """Whether the order of their new comments tells two runs at once which session counts."""
        return self.task.scope == "pull-request" and self.found.comment is None

    @property
    def is_overtaken(self) -> bool:
        """Whether our comment speaks of the request of a later run than this one."""
        receipt = self.found.receipt
        # What was announced is over where a topic has no active session any more.
        is_over = self.found.is_gone or (self.task.scope == "topic" and self.status == "created")
        return receipt is not None and not is_over and is_overtaken(self.task, receipt)


def reason_to_skip(inputs: Inputs, event: Event) -> str:
    """Return why GitHub withholds the key from this run, empty when nothing is to be skipped."""
    return "" if inputs.api_key or inputs.dry_run else event.lacks_secrets


def scope_of(inputs: Inputs, event: Event, number: int | None) -> Scope:
    """Return what there is at most one session for.

    Raises:
        InputError: `once-per` names something that this run does not have.
    """
    scope = inputs.once_per
    if scope == "auto":
        if number is not None:
            return "pull-request"
        return "run" if event.run_id else "off"
    if scope == "pull-request" and inputs.announce == "off":
        raise InputError(
            "`once-per: pull-request` needs a pull request to announce on, and `announce: off` "
            "announces on none; leave out one of the two"
        )
    if scope == "pull-request" and number is None:
        raise InputError(
            "`once-per: pull-request` needs a pull request to announce on, and this run has none; "
            "set `pr-number`, or another `once-per`"
        )
    if scope == "run" and not event.run_id:
        raise InputError("`once-per: run` needs a workflow run, and GITHUB_RUN_ID is empty")
    return scope


def purpose_of(scope: Scope, event: Event, *, number: int | None, topic: str, nonce: str) -> str:
    """Return what the session is for, the part of its reference that tells sessions apart.

    Args:
        scope: What there is at most one session for.
        event: The run.
        number: The pull request to announce on.
        topic: The session's topic.
        nonce: A random text, for a step that is to have a session of its own.
    """
    return {
        "pull-request": f"pull-request {number}",
        "run": f"run {event.run_id}",
        "topic": f"topic {topic}",
        "off": f"step {nonce}",
    }[scope]


def receipt_counts(task: Task, receipt: Receipt) -> bool:
    """Say whether the session of our comment is the one that this run means."""
    if task.on_change == "new" and receipt.digest != task.digest:
        return task.scope == "pull-request" and is_overtaken(task, receipt)
    if task.scope == "run":
        return receipt.run_id == task.run_id
    return task.scope == "pull-request"


def is_overtaken(task: Task, receipt: Receipt) -> bool:
    """Say whether a comment was written for a later run than the one that asks.

    Source: "Contexts", `github.run_id`: it grows, and stays the same over the attempts of a run.
    """
    ours, theirs = task.run_id, receipt.written_by
    return ours.isdecimal() and theirs.isdecimal() and int(ours) < int(theirs)


def may_have_run_before(task: Task, event: Event, receipt: Receipt | None) -> bool:
    """Say whether an earlier run may have made the session that this one is about to make."""
    if task.scope == "pull-request":
        return receipt is not None or not event.opens_pull_request(task.number)
    return task.scope == "run"


def decide(task: Task, found: Found) -> Plan:
    """Return what to do about the session."""
    if found.session is None:
        return Plan(task, found, "created")
    differing = () if found.is_foreign else _differing(task, found, found.session)
    plan = Plan(task, found, "reused", differing)
    if not differing or task.on_change == "keep" or plan.is_overtaken:
        return plan
    because = _reason_to_keep(task, found, found.session, differing)
    if not because:
        return replace(plan, status="updated")
    missing = _missing(task, found, differing)
    if not missing:
        # It has been updated, and only its announcement was not.
        return replace(plan, differing=())
    # Without the head count Harmonica has not told us all; it may the next time.
    is_pending = found.session.participant_count is None
    return replace(plan, status="stale", differing=missing, because=because, is_pending=is_pending)


def _differing(task: Task, found: Found, session: Session) -> tuple[str, ...]:
    """Name the fields in which request and session disagree."""
    receipt = found.own_receipt
    if receipt and receipt.fields:
        if receipt.digest == task.digest:
            return ()
        names = [*task.fields, *(name for name in receipt.fields if name not in task.fields)]
        return tuple(n for n in names if task.fields.get(n) != receipt.fields.get(n))
    # What the session does not tell counts as equal.
    told = tuple(n for n in _TOLD if _held(session, n) not in (None, _asked(task, n)))
    asked = tuple(question.text for question in task.request.questions or ())
    return told if found.questions in (None, asked) else (*told, "questions")


def _missing(task: Task, found: Found, differing: tuple[str, ...]) -> tuple[str, ...]:
    """Name those of the fields that the session does not have yet as they are asked for."""
    session = found.session
    has = {n for n in _TOLD if session and _held(session, n) == _asked(task, n)}
    return tuple(n for n in differing if n not in has)


def _held(session: Session, name: str) -> str | None:
    value: str | None = getattr(session, name)
    return value


def _asked(task: Task, name: str) -> str:
    return getattr(task.request, name) or ""


def _use_of(session: Session) -> str:
    """Say what people have made of a session, empty when it is as it was created."""
    if session.status == "completed":
        return "it is completed"
    if session.participant_count is None:
        return "nobody knows whether people have taken part"
    if session.participant_count:
        return f"people have taken part already ({session.participant_count})"
    return ""


def _reason_to_keep(task: Task, found: Found, session: Session, differing: tuple[str, ...]) -> str:
    """Say why a session must not be changed, empty when it may be."""
    fixed = [name for name in differing if name not in _CHANGEABLE]
    removed = [name for name in differing if name not in task.fields]
    if because := _use_of(session):
        return because
    if task.on_change == "new":
        return "with `on-change: new` no session is changed"
    known = found.own_receipt
    if task.scope in ("run", "topic") and not (known and known.fields):
        return "nothing tells whether the spec has changed, or somebody the session in Harmonica"
    if removed:
        return f"a field cannot be taken back ({', '.join(removed)})"
    return f"these fields cannot be changed later: {', '.join(fixed)}" if fixed else ""


def receipt_for(plan: Plan, session: Session) -> Receipt:
    """Return what the announcement has to keep for the next run."""
    task, known = plan.task, plan.found.own_receipt
    if known and not plan.is_as_asked:
        keeps_quiet = task.on_change == "keep" or plan.is_pending
        said = {"announced": task.digest, "written_by": task.run_id}
        return known if keeps_quiet else known.model_copy(update=said)
    follows = plan.is_as_asked
    return Receipt(
        session_id=session.id,
        join_url=session.join_url or "",
        digest=task.digest if follows else "",
        announced=task.digest,
        fields=dict(task.fields) if follows else {},
        results_visibility=(
            (task.request.results_visibility or "") if plan.knows_visibility else UNKNOWN
        ),
        created_at=known.created_at if known else (session.created_at or "")[:_LONGEST_MOMENT],
        run_id=known.run_id if known else task.run_id,
        written_by=task.run_id,
        is_foreign=plan.found.is_foreign,
    )


def is_announced(found: Found, receipt: Receipt) -> bool:
    """Say whether our comment speaks of this session and this request already."""
    known = found.own_receipt
    if known is None or not found.is_signed:
        return False
    return (known.digest, known.announced) == (receipt.digest, receipt.announced)
