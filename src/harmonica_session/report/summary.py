"""Renders what people see: comment, job summary, and the advice that goes with a failure.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import UNKNOWN
from harmonica_session.text.markdown import code_block, plain, shorten

if TYPE_CHECKING:
    from harmonica_session.errors import ActionError
    from harmonica_session.session.plan import Plan
    from harmonica_session.words.session import Chain, Session

LONGEST_COMMENT = 60_000
_TOPIC, _TEXT, _QUESTION, _PATH, _LINE = 250, 1_500, 250, 200, 500
_QUESTIONS, _PROBLEMS = 15, 100

PERMISSIONS = """\
permissions:
  contents: read
  pull-requests: write"""

_VISIBILITY = {
    "host": "only the host can see them.",
    "participants": "everyone who completes the session can see what the others said.",
    "public": "anyone who has the link can see them.",
    "": "only the host can see them, unless Harmonica's default says otherwise.",
    UNKNOWN: "the host has chosen who can see them.",
}


@dataclass(frozen=True)
class Invitation:
    """What a participant has to know.

    Attributes:
        topic: Of the session.
        join_url: Its link, checked.
        goal: Of the session, empty when nobody knows it.
        critical: The critical question, empty when there is none.
        questions: What participants answer first.
        background: Where the context came from, None when the session may have another one.
        results_visibility: As the spec asks for it, empty for Harmonica's default, `unknown` for
            a session that another one than this spec has set up.
        is_public: Whether the repository, and so the link, is public.
        is_completed: Whether the session is over.
        notes: What else the reader must know.
    """

    topic: str
    join_url: str
    goal: str
    critical: str
    questions: tuple[str, ...]
    background: tuple[str, ...] | None
    results_visibility: str
    is_public: bool
    is_completed: bool
    notes: tuple[str, ...] = ()


def invitation_to(plan: Plan, session: Session, *, is_public: bool) -> Invitation:
    """Return the invitation to a session, with the texts that the session really has."""
    request, receipt = plan.task.request, plan.found.own_receipt
    is_as_asked = plan.is_as_asked
    visibility: str = receipt.results_visibility if receipt else UNKNOWN
    if plan.knows_visibility:
        visibility = request.results_visibility or ""
    return Invitation(
        topic=session.topic or request.topic,
        join_url=session.join_url or "",
        goal=session.goal or (request.goal if is_as_asked else ""),
        critical=session.critical or (request.critical or "" if is_as_asked else ""),
        questions=tuple(q.text for q in request.questions or ()) if plan.knows_questions else (),
        background=plan.task.context.sources if is_as_asked else None,
        results_visibility=visibility,
        is_public=is_public,
        is_completed=session.status == "completed",
        notes=tuple(notes_on(plan, session)),
    )


def notes_on(plan: Plan, session: Session) -> list[str]:
    """Return what is unusual about a session, a sentence each."""
    notes = []
    differing = ", ".join(plan.differing)
    if session.chain and not session.chain.runs:
        notes.append(chain_warning(session.chain))
    if plan.is_pending:
        notes.append(
            f"The session could not be brought up to date with the spec "
            f"({differing}); the next run tries again: {plan.because}"
        )
    elif plan.status == "stale":
        notes.append(
            f"This session and its spec differ by now ({differing}), and the "
            f"session keeps what it has: {plan.because}."
        )
    if plan.is_overtaken and plan.found.replaced:
        notes.append(overtaken_warning(plan.found.replaced))
    elif plan.is_overtaken and plan.differing:
        notes.append("A later run has said what this session is to be, so this one left it alone.")
    elif plan.gave_way and plan.differing:
        notes.append(f"A faster run has made this session, from a spec that differs ({differing}).")
    elif plan.found.replaced:
        notes.append(f"This session replaces an earlier one: {plan.found.replaced}")
    return notes


def background_sent(plan: Plan) -> str:
    """Return what left the repository as background in this run, with its size; empty if nothing.

    A refused update was sent all the same.
    """
    is_update = plan.status == "updated" or plan.is_sent
    is_created = plan.found.session is None or plan.has_created
    is_sent = is_created or (is_update and "context" in plan.differing)
    return ", ".join(map(str, plan.task.context.shares)) if is_sent else ""


def surplus_warning(join_url: str) -> str:
    """Say that two runs made a session each, and which of them nobody was told of."""
    return (
        "Another run made a session for the same purpose a moment earlier; that one counts. "
        f"Nobody was invited to the session that this run made: {join_url}"
    )


def overtaken_warning(join_url: str) -> str:
    """Say that the comment speaks of another session than this run's, and keeps to it."""
    return f"A later run has announced another session: {join_url}"


def second_session_warning(join_url: str) -> str:
    """Say that two runs announced a session each, and which of them counts no longer."""
    return (
        "Two runs at the same time announced a session each. The later announcement was taken "
        f"away; who has followed it is in this session, which counts no longer: {join_url}"
    )


def chain_warning(chain: Chain) -> str:
    """Say that the session exists while the chain of its template does not run."""
    reason = chain.message or chain.reason
    because = f": {reason}" if reason else ""
    return (
        f"The session exists, but the chain of its template is not running "
        f"({chain.status}{because}). Open the session in Harmonica to set it going."
    )


def invitation(it: Invitation) -> str:
    """Return the invitation as Markdown, bounded, whatever stands in its texts."""
    parts = [f"## {plain(it.topic, _TOPIC)}", _call_to_join(it)]
    if it.goal:
        parts.append(f"**Goal:** {plain(it.goal, _TEXT)}")
    if it.critical:
        parts.append(f"**Critical question:** {plain(it.critical, _TEXT)}")
    if it.questions:
        parts += ["**You will be asked first:**", _numbered(it.questions)]
    parts.append(_facts(it))
    parts += [f"> [!IMPORTANT]\n> {plain(note, _LINE)}" for note in it.notes]
    return "\n\n".join(parts)


def _call_to_join(it: Invitation) -> str:
    if it.is_completed:
        return (
            "This session is completed and takes no more answers.\n\n"
            f"[Open the session]({_target(it.join_url)})"
        )
    return (
        "You are invited to a conversation with an AI facilitator. You talk in private and in "
        "your own time; what everybody says is put together in a summary.\n\n"
        f"### [Join the session]({_target(it.join_url)})"
    )


def _target(url: str) -> str:
    # The link was checked to hold nothing that ends a Markdown link; an entity it may hold.
    return url.replace("&", "&amp;")


def _numbered(questions: tuple[str, ...]) -> str:
    lines = [f"{n}. {plain(text, _QUESTION)}" for n, text in enumerate(questions[:_QUESTIONS], 1)]
    more = len(questions) - _QUESTIONS
    return "\n".join([*lines, f"\nand {more} more"] if more > 0 else lines)


def _facts(it: Invitation) -> str:
    facts = []
    if it.background:
        sources = ", ".join(plain(source, _PATH) for source in it.background)
        facts.append(f"- Background for the facilitator comes from {sources}.")
    facts.append(f"- Results: {_VISIBILITY.get(it.results_visibility, _VISIBILITY[''])}")
    if it.is_public:
        facts.append("- This repository is public, so anyone who has the link can join.")
    return "\n".join(facts)


def comment(receipt_line: str, it: Invitation, *, spec: str) -> str:
    """Return the body of our comment: the hidden receipt, then the invitation."""
    origin = f"<sub>Announced by {plain(spec, _PATH)} in this repository.</sub>"
    return f"{receipt_line}\n{invitation(it)}\n\n{origin}\n"


def summary(it: Invitation, facts: dict[str, str], warnings: list[str]) -> str:
    """Return the job summary: the invitation, then what the run did.

    Args:
        it: The invitation.
        facts: What else is worth a line in the table, by its heading.
        warnings: What did not work.
    """
    rows = [f"| {name} | {plain(value, _TEXT)} |" for name, value in facts.items() if value]
    parts = [invitation(it), "\n".join(["| | |", "|---|---|", *rows])]
    parts += [_warning_block(warning) for warning in warnings]
    return "\n\n".join(parts) + "\n"


def _warning_block(warning: str) -> str:
    """Return a warning; lines after its first are a block to paste."""
    first, _, block = warning.partition("\n")
    text = f"**Warning:** {plain(first, _TEXT)}"
    return f"{text}\n\n{code_block(block, 'yaml')}" if block else text


def denied(what: str, reason: str) -> str:
    """Say what a token may not do, with the block to paste."""
    return f"{what}, because the token may not: {reason}. Give the job these:\n{PERMISSIONS}"


def valid(spec: str, topic: str) -> str:
    """Return the job summary of a spec that was checked and found good."""
    return f"## Harmonica session: valid\n\n{plain(spec, _PATH)}: {plain(topic, _TOPIC)}\n"


def failure(error: ActionError) -> str:
    """Return the job summary of a run that failed."""
    shown = error.problems[:_PROBLEMS]
    lines = [f"- {plain(str(problem), _TEXT)}" for problem in shown]
    if len(error.problems) > len(shown):
        lines.append(f"- and {len(error.problems) - len(shown)} more")
    return "\n\n".join(["## Harmonica session: failed", "\n".join(lines)]) + "\n"


def unexpected_failure() -> str:
    """Return the job summary of a run that met a bug of ours."""
    return (
        "## Harmonica session: failed\n\nThis is a bug of the action, not of your workflow. "
        "The log of the step shows where it happened; please report it.\n"
    )


WORKFLOW_WITH_KEY = """\
on:
  pull_request_target:
    types: [opened]
permissions:
  contents: read
  pull-requests: write
jobs:
  session:
    runs-on: ubuntu-latest
    steps:
      - uses: OWNER/harmonica-session-action@v1
        with:
          api-key: ${{ secrets.HARMONICA_API_KEY }}"""


def skipped(reason: str) -> str:
    """Return the job summary of a run that GitHub gave no key."""
    if reason == "Dependabot":
        advice = (
            "Runs that Dependabot starts see Dependabot's own secrets only: add the key there, "
            "under Settings, Secrets and variables, Dependabot, or leave these runs out."
        )
        block = "if: github.actor != 'dependabot[bot]'"
    else:
        advice = (
            "GitHub gives no secrets to pull requests from forks. This workflow has the key, and "
            "reads the spec from a branch of yours, which the pull request cannot change:"
        )
        block = WORKFLOW_WITH_KEY
    return (
        f"## Harmonica session: skipped\n\nThis run was started by {reason}, so it has no "
        f"Harmonica API key, and nothing was created.\n\n{advice}\n\n{code_block(block, 'yaml')}\n"
    )


def planned(request: str | None, comment_body: str | None, what: str) -> str:
    """Return the job summary of a dry run.

    Args:
        request: The body, as JSON, of the request to Harmonica, None when there would be none.
        comment_body: The comment as it would be posted, None when there would be none.
        what: What a run without `dry-run` would do, in one line.
    """
    parts = ["## Harmonica session: dry run", plain(what, _LINE)]
    if request is not None:
        parts += ["The request:", code_block(shorten(request, LONGEST_COMMENT), "json")]
    if comment_body is not None:
        parts += ["The comment:", code_block(comment_body, "markdown")]
    return "\n\n".join(parts) + "\n"
