"""Hands on what came out of sessions: outputs, job summary, and the file of results.

This module must not ask a service anything, nor decide what may be shown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harmonica_session.report import summary
from harmonica_session.results.texts import results as results_text
from harmonica_session.text.secrecy import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harmonica_session.results.circle import Report
    from harmonica_session.results.texts import Told
    from harmonica_session.world import World

# Of the job summary, which GitHub bounds at a megabyte for the whole step.
_ROOM = 800_000


def nothing_to_report(world: World) -> bool:
    """Say that nothing was announced, and return that this is no error."""
    world.runner.say("Nothing has been announced whose results could be asked for.")
    status = "planned" if world.inputs.dry_run else "unchanged"
    world.runner.output({"status": status, "sessions": "[]"})
    return True


def outputs_of(report: Report, *, is_dry_run: bool = False) -> dict[str, str]:
    """Return the outputs of one session, each a text."""
    receipt, session = report.announced.receipt, report.session
    told = receipt.reported
    agreed = report.it.agreed if report.it else (told.agreed if told else ())
    agreed = agreed if report.may_show else ()
    status = "reported" if report.is_changed else "unchanged"
    count = session.participant_count if session else (told.taken_part if told else None)
    return {
        "join_url": receipt.join_url,
        "session_id": receipt.session_id,
        "topic": (session.topic or "") if session else "",
        "status": "planned" if is_dry_run else status,
        "session_status": (session.status or "") if session else "",
        "chain_status": "",
        "comment_url": report.announced.ours.comment.html_url,
        "open_until": receipt.round.open_until if receipt.round else "",
        "participant_count": "" if count is None else str(count),
        "summary_ready": _boolean(report.has_summary),
        "final": _boolean(report.is_final),
        "session_md": report.session_md,
        "actions": json.dumps([it.model_dump() for it in agreed], ensure_ascii=False),
        "action_issues": json.dumps([it.issue for it in agreed if it.issue]),
    }


def hand_on_results(world: World, report: Report) -> None:
    """Tell the log, the outputs and the summary of one session."""
    values = outputs_of(report, is_dry_run=world.inputs.dry_run)
    world.runner.say(
        f"Session {values['session_id']}: {values['status']}"
        + (f". {report.it.standing}" if report.it and report.it.standing else "")
    )
    world.runner.output(values)
    facts = {
        "Topic": values["topic"],
        "Session": values["session_id"],
        "Spec": report.announced.seal.spec,
        "Announcement": values["comment_url"],
        "Brief": values["session_md"],
    }
    text = _whole(report.it) if report.it else ""
    result = summary.summary(values["status"], facts, world.runner.warnings)
    world.runner.summary(result, summary.below(text))


def _whole(it: Told) -> str:
    """Return what is told of a session, as much of it as the job summary takes."""
    text = results_text(it, _ROOM)
    # A character comes to four bytes at the most.
    return text if len(text.encode("utf-8", "replace")) <= _ROOM else results_text(it, _ROOM // 4)


def as_json(world: World, reports: Sequence[Report]) -> bytes:
    """Return the file of results: a list with all outputs of each session, and what may be shown.

    Args:
        world: Its secrets, which are blotted out.
        reports: What the run came to for each session.
    """
    rows = []
    for report in reports:
        row: dict[str, object] = dict(outputs_of(report, is_dry_run=world.inputs.dry_run))
        row |= {name: json.loads(str(row[name])) for name in ("actions", "action_issues")}
        if report.may_show and report.it and report.it.summary:
            row["summary"] = report.it.summary
            row["decisions"] = [it.model_dump() for it in report.it.decisions]
        rows.append(row)
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    return without_secrets(text, world.inputs.secret_texts).encode("utf-8", "replace")


def _boolean(value: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "true" if value else "false"
