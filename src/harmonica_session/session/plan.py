"""Decides what becomes of the session: create, update, or keep it.

This module must not carry anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from harmonica_session.errors import clip
from harmonica_session.session.identity import REFERENCES, carries_reference, is_overtaken
from harmonica_session.text.blanks import trimmed
from harmonica_session.words.request import PATCH_ONLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from harmonica_session.announcement.receipt import OurComment, Receipt
    from harmonica_session.session.task import Task
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.words.session import Session

NOBODY_KNOWS = "it is not known whether people have taken part"
Status: TypeAlias = Literal["created", "reused", "updated", "stale"]

# What `GET /sessions/{id}` tells of a request, and so what can be compared without a receipt.
_TOLD = ("topic", "goal", "context", "critical")
# What the facilitator's prompt is written from, when the spec has none.
_PROMPT_SOURCES = frozenset(("topic", "goal", "context", "critical"))
# What `PATCH /sessions/{id}` is documented to change, and what only it sets.
_CHANGEABLE = ("topic", "goal", "context", "critical", "prompt", "project_id", *PATCH_ONLY)


@dataclass(frozen=True)
class Found:
    """What an earlier run left behind.

    Attributes:
        ours: Our own comment, the one that counts.
        session: The session to use, with its link; None when there is none.
        is_foreign: Whether the session is somebody's who did not set it up with this spec.
        surplus: Further comments of ours, later ones than `ours`.
        is_gone: Whether the session that our comment speaks of is gone, or out of reach.
        questions: What its participants are asked first, None where nobody has looked.
        newest: The newest comment at the place, by its number; 0 where there is none.
        rivals: Further sessions that runs have made for this very task.
        is_blind: Whether nobody could read what stands where the session is announced.
    """

    ours: OurComment | None = None
    session: Session | None = None
    is_foreign: bool = False
    surplus: tuple[OurComment, ...] = ()
    is_gone: bool = False
    questions: tuple[str, ...] | None = None
    newest: int = 0
    rivals: tuple[Session, ...] = ()
    is_blind: bool = False

    @property
    def receipt(self) -> Receipt | None:
        """The receipt in our comment."""
        return self.ours.receipt if self.ours else None

    @property
    def comment(self) -> Comment | None:
        """Our comment as GitHub has it."""
        return self.ours.comment if self.ours else None

    def with_own_issue(self) -> Found:
        """Return the same where an issue announces one session alone: no other one's counts."""
        wanted = self.session.id if self.session else ""
        if self.receipt is None or self.receipt.session_id == wanted:
            return self
        ours = next((it for it in self.surplus if it.receipt.session_id == wanted), None)
        return replace(self, ours=ours, surplus=())

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

    @property
    def knows_fields(self) -> bool:
        """Whether the receipt tells what the session to use was asked to be."""
        return bool(self.own_receipt and self.own_receipt.fields)


@dataclass(frozen=True)
class Plan:
    """What follows from a task and what was found; it never changes.

    Attributes:
        task: What is asked for.
        found: What is there.
        status: What the run will report if all goes well.
        differing: What the session and the request disagree about.
        because: Why the session keeps what it has, when it is `stale`.
        will_retry: Whether the next run tries again to change it.
    """

    task: Task
    found: Found
    status: Status
    differing: tuple[str, ...] = ()
    because: str = ""
    will_retry: bool = False

    @property
    def changes(self) -> dict[str, JsonValue]:
        """The fields to change, with their new values, but for those that have them already."""
        fields = self.task.request.fields()
        missing = _missing(self.task, self.found, self.differing)
        return {name: fields[name] for name in (*missing, *self.owed)}

    @property
    def owed(self) -> tuple[str, ...]:
        """The fields that no create sends, as far as the session may not have got them yet.

        A run may have been cut off before it sent them, or may not know what became of them.
        """
        if self.found.session is None:
            return tuple(name for name in PATCH_ONLY if name in self.task.fields)
        if self.found.is_foreign or self.is_overtaken:
            return ()
        return tuple(_owed(self.task, self.found, self.found.session))

    @property
    def lacking(self) -> dict[str, str]:
        """What the session lacks of the request before this run does anything, as in `Receipt`."""
        owed = dict.fromkeys(self.owed, "")
        return {**owed, **_refused_before(self.task, self.found)}

    @property
    def needs_prompt(self) -> bool:
        """Whether the facilitator's prompt was written from texts that are changed now."""
        is_ours = "prompt" not in self.task.fields
        return is_ours and not _PROMPT_SOURCES.isdisjoint(self.differing)

    @property
    def is_overtaken(self) -> bool:
        """Whether our comment speaks of the request of a later run than this one."""
        receipt = self.found.receipt
        # What was announced is over where a topic has no active session any more.
        is_over = self.found.is_gone or (self.task.scope == "topic" and self.status == "created")
        return receipt is not None and not is_over and is_overtaken(self.task, receipt)

    @property
    def may_lack_sources(self) -> bool:
        """Whether the run that made the session may have been cut off before it attached all."""
        found = self.found
        return found.session is not None and not found.own_receipt and not found.is_foreign

    def beside(self, ours: OurComment) -> Plan:
        """Return the same plan for where another run's comment has turned up meanwhile."""
        return replace(self, found=replace(self.found, ours=ours))


def decide(task: Task, found: Found) -> Plan:
    """Return what to do about the session."""
    if found.session is None:
        return Plan(task, found, "created")
    differing = () if found.is_foreign else _differing(task, found, found.session)
    plan = Plan(task, found, "reused", differing)
    if not differing or task.on_change == "keep" or plan.is_overtaken:
        return plan
    because = _reason_to_keep(task, found, found.session, differing)
    missing = _missing(task, found, differing)
    if missing and not because and set(missing) <= _refused_before(task, found).keys():
        because = (
            f"Harmonica does not accept these fields as they are in the spec: {', '.join(missing)}"
        )
    if not because and (plan.changes or plan.needs_prompt):
        return replace(plan, status="updated")
    if not because or not missing:
        # It has been updated, and only its announcement was not.
        return replace(plan, differing=())
    # Without the head count Harmonica has not told us all; it may the next time.
    will_retry = found.session.participant_count is None
    return Plan(task, found, "stale", missing, because, will_retry)


def _differing(task: Task, found: Found, session: Session) -> tuple[str, ...]:
    """Name the fields in which request and session disagree."""
    receipt = found.own_receipt
    if receipt and receipt.fields:
        if receipt.digest == task.digest:
            return ()
        names = [*task.fields, *(name for name in receipt.fields if name not in task.fields)]
        return tuple(n for n in names if task.fields.get(n) != receipt.fields.get(n))
    # What the session does not tell counts as equal.
    told = tuple(n for n in _TOLD if _held(task, session, n) not in (None, _asked(task, n)))
    asked = tuple(question.text for question in task.request.questions or ())
    return told if found.questions in (None, asked) else (*told, "questions")


def _missing(task: Task, found: Found, differing: tuple[str, ...]) -> tuple[str, ...]:
    """Name those of the fields that the session does not have yet as they are asked for."""
    session = found.session
    has = {n for n in _TOLD if session and _held(task, session, n) == _asked(task, n)}
    return tuple(n for n in differing if n not in has)


def _refused_before(task: Task, found: Found) -> Mapping[str, str]:
    """Return the fields whose very value Harmonica did not take when it was sent before."""
    receipt = found.own_receipt
    refused = receipt.lacking if receipt else {}
    return {n: digest for n, digest in refused.items() if digest == task.fields.get(n, "-")}


def _owed(task: Task, found: Found, session: Session) -> list[str]:
    """Name the fields that no create sends and that a session may have to get yet."""
    asked = [name for name in PATCH_ONLY if name in task.fields]
    if found.own_receipt and found.own_receipt.fields:
        return [name for name in asked if found.own_receipt.lacking.get(name) == ""]
    return [name for name in asked if _may_be_unset(task, session, name)]


def _may_be_unset(task: Task, session: Session, name: str) -> bool:
    """Say whether a session without a receipt is to get a field that may be there already.

    What its host may have written stays; a pull request's session has what the spec says.
    """
    is_told = name in session.model_fields_set
    held: str | None = getattr(session, name)
    if task.scope == "pull-request":
        return held != _asked(task, name)
    # A topic's session may be of another run, and be an old one.
    return not held and (is_told or task.scope != "topic")


def _held(task: Task, session: Session, name: str) -> str | None:
    text: str | None = getattr(session, name)
    if text is None:
        return None
    if name == "context" and carries_reference(session, task):
        # One of an older key, or of another `on-change`, is as good as those of this run.
        ours = REFERENCES.search(_asked(task, name))
        text = REFERENCES.sub(ours[0] if ours else "", text)
    # What a host has changed is not trimmed, and what we send always is.
    return trimmed(text)


def _asked(task: Task, name: str) -> str:
    return getattr(task.request, name) or ""


def use_of(session: Session) -> str:
    """Say what people have made of a session, empty when it is as it was created."""
    if session.status not in (None, "active"):
        return f"it is {clip(session.status)}"
    if session.participant_count is None:
        return NOBODY_KNOWS
    return taken_part(session.participant_count)


def taken_part(people: int) -> str:
    """Say how many people have taken part, empty when there are none."""
    return f"people have already taken part ({people})" if people else ""


def _reason_to_keep(task: Task, found: Found, session: Session, differing: tuple[str, ...]) -> str:
    """Say why a session must not be changed, empty when it may be."""
    fixed = [name for name in differing if name not in _CHANGEABLE]
    removed = [name for name in differing if name not in task.fields]
    if because := use_of(session):
        return because
    if task.on_change == "new":
        return "with `on-change: new` a session is never changed"
    if task.scope in ("run", "topic") and not found.knows_fields:
        return (
            "it is not known whether the spec has changed, or whether somebody has changed "
            "the session in Harmonica"
        )
    if removed:
        return f"a field cannot be removed ({', '.join(removed)})"
    return f"these fields cannot be changed later: {', '.join(fixed)}" if fixed else ""
