"""Renders the job summary: what a run did, as Markdown.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announcement.invitation import LONGEST_COMMENT, Invitation, invitation
from harmonica_session.text.markdown import code_block, plain, shorten

if TYPE_CHECKING:
    from harmonica_session.errors import ActionError

_TOPIC, _TEXT, _PATH, _LINE = 250, 1_500, 200, 500
_PROBLEMS = 100


def summary(it: Invitation, facts: dict[str, str], warnings: list[str], notices: list[str]) -> str:
    """Return the job summary: the invitation, then what the run did.

    Args:
        it: The invitation.
        facts: What else is worth a line in the table, by its heading.
        warnings: What did not work.
        notices: What to be careful about.
    """
    parts = [invitation(it), _table(facts), *map(_warning_block, warnings)]
    return "\n\n".join([*parts, *_notice_lines(notices)]) + "\n"


def results(told: str, facts: dict[str, str], warnings: list[str]) -> str:
    """Return the job summary of what came out of a session.

    Args:
        told: What is told of the session, as Markdown; empty where nobody was asked.
        facts: What else is worth a line in the table, by its heading.
        warnings: What did not work.
    """
    parts = [told.strip() or f"## Harmonica session: {facts['Status']}", _table(facts)]
    return "\n\n".join([*parts, *map(_warning_block, warnings)]) + "\n"


def _table(facts: dict[str, str]) -> str:
    rows = [f"| {name} | {plain(value, _TEXT)} |" for name, value in facts.items() if value]
    return "\n".join(["| | |", "|---|---|", *rows])


def _notice_lines(notices: list[str]) -> list[str]:
    return [f"**Notice:** {plain(notice, _TEXT)}" for notice in notices]


def _warning_block(warning: str) -> str:
    """Return a warning; lines after its first are a block to paste."""
    first, _, block = warning.partition("\n")
    text = f"**Warning:** {plain(first, _TEXT)}"
    return f"{text}\n\n{code_block(block, 'yaml')}" if block else text


def valid(spec: str, topic: str, notices: list[str]) -> str:
    """Return the job summary of a spec that was checked and found good."""
    found = f"{plain(spec, _PATH)}: {plain(topic, _TOPIC)}"
    return "\n\n".join(["## Harmonica session: valid", found, *_notice_lines(notices)]) + "\n"


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


def skipped(reason: str, workflow: str) -> str:
    """Return the job summary of a run that GitHub gave no key.

    Args:
        reason: Who started the run.
        workflow: One that has the key on pull requests from forks.
    """
    from harmonica_session.text.open_name import left_to_fill_in

    if reason == "Dependabot":
        advice = (
            "Runs that Dependabot starts see Dependabot's own secrets only: add the key there, "
            "under Settings, Secrets and variables, Dependabot, or leave these runs out."
        )
        block = "if: github.actor != 'dependabot[bot]'"
    else:
        advice = (
            "GitHub gives no secrets to pull requests from forks. The following workflow has the "
            "key. It reads the spec from your default branch, which the pull request cannot "
            "change; set `spec` to the path of yours:"
        )
        block = workflow.rstrip("\n")
    return (
        f"## Harmonica session: skipped\n\nThis run was started by {reason}, so it has no "
        f"Harmonica API key, and nothing was created.\n\n{advice}\n\n{code_block(block, 'yaml')}\n"
        f"{left_to_fill_in(block)}"
    )


def planned(
    requests: list[str], announcement: tuple[str, str] | None, what: str, notices: list[str]
) -> str:
    """Return the job summary of a dry run.

    Args:
        requests: The bodies, as JSON, of the requests that would write to Harmonica.
        announcement: What would be written on GitHub, and its text; None for nothing.
        what: What a run without `dry-run` would do, in one line.
        notices: What to be careful about.
    """
    parts = ["## Harmonica session: dry run", plain(what, _LINE), *_notice_lines(notices)]
    for request in requests:
        parts += ["The request:", code_block(shorten(request, LONGEST_COMMENT), "json")]
    if announcement is not None:
        heading, body = announcement
        parts += [f"{heading}:", code_block(body, "markdown")]
    return "\n\n".join(parts) + "\n"
