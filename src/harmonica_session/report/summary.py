"""Renders the job summary: what a run did, as Markdown.

This module must not decide what is true, nor where the text goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harmonica_session.announcement.invitation import LONGEST_COMMENT
from harmonica_session.errors import clip
from harmonica_session.text.addresses import is_shown
from harmonica_session.text.markdown import code, code_block, inline, plain, sentence, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harmonica_session.errors import ActionError, Problem

# A heading is a title of an issue, and the words around it.
_TEXT, _HEADING, _PATH = 1_500, 300, 200
PROBLEMS = 100
"""How many problems are shown."""
# What is copied as it stands.
_AS_CODE = ("Session", "Spec", "Brief")
# Where our own announcement stands, by GitHub's own word.
_LEADING = ("Comment", "Issue", "Announcement")


class Failed(NamedTuple):
    """What is known of a failure besides its error.

    Attributes:
        spec: Path of the spec that it is about, empty where it is about the whole run.
        topic: Of that session, empty where nobody knows it yet.
        is_one_of_several: Whether the run is about other specs too.
        is_nothing_created: Whether it is sure that nothing was.
    """

    spec: str = ""
    topic: str = ""
    is_one_of_several: bool = False
    is_nothing_created: bool = False

    @property
    def name(self) -> str:
        """What has failed: the topic, and the spec."""
        return f"{clip(self.topic)} ({self.spec})" if self.topic else self.spec

    @property
    def consequence(self) -> str:
        """What follows, in a sentence; empty where nobody knows."""
        if not self.is_nothing_created:
            return ""
        return f"Nothing was created{' for this spec' if self.is_one_of_several else ''}."


def summary(
    status: str,
    facts: dict[str, str],
    warnings: Iterable[str] = (),
    notices: Iterable[str] = (),
    said: str = "",
) -> str:
    """Return what a run came to for one session, as the job summary shows it first.

    Args:
        status: What became of it, in a word.
        facts: What else is worth a line, by its name; one without a value has none.
        warnings: What did not work.
        notices: What to be careful about.
        said: What became of it, in a sentence.
    """
    parts = [
        *(f"## Harmonica session: {status}", sentence(said, _TEXT), _list(facts)),
        *map(_warning_block, warnings),
        *(f"**Notice:** {sentence(notice, _TEXT)}" for notice in notices),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def below(text: str) -> str:
    """Return Markdown of ours as it stands below what the runs came to, for people to read on."""
    return f"---\n\n{text.strip()}\n" if text.strip() else ""


def _list(facts: dict[str, str]) -> str:
    # Not a table: on a narrow screen a long word breaks in a list, and widens a table.
    return "\n".join(f"- {name}: {_shown(name, it)}" for name, it in facts.items() if it)


def _shown(name: str, value: str) -> str:
    if name in _AS_CODE:
        return code(value, _TEXT)
    return f"<{value}>" if name in _LEADING and is_shown(value) else inline(value, _TEXT)


def _warning_block(warning: str) -> str:
    """Return a warning; lines after its first are a block to paste."""
    first, _, block = warning.partition("\n")
    text = f"**Warning:** {sentence(first, _TEXT)}"
    return f"{text}\n\n{code_block(block, 'yaml')}" if block else text


def failure(error: ActionError, failed: Failed, help_at: str = "") -> str:
    """Return the job summary of a run that failed.

    Args:
        error: What is wrong.
        failed: What else is known.
        help_at: Address of what there is to read about it, empty where there is nothing.
    """
    facts = _list({"Topic": failed.topic, "Spec": failed.spec})
    problems = _by_file(error.problems[:PROBLEMS])
    more = len(error.problems) - PROBLEMS
    parts = [
        *("## Harmonica session: failed", failed.consequence, facts, *problems),
        f"and {more} more" if more > 0 else "",
        f"[What to do about it]({help_at})" if help_at else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _by_file(problems: Iterable[Problem]) -> Iterator[str]:
    """Return a list of problems for each file, in the order of the files' first problems."""
    listed: dict[str, list[str]] = {}
    for problem in problems:
        line = f"Line {problem.line}" if problem.line else ""
        column = f", column {problem.column}" if problem.column else ""
        place = f"{line}{column}: " if line else ""
        listed.setdefault(problem.file, []).append(f"{place}{sentence(problem.message, _TEXT)}")
    for file, said in listed.items():
        name = code(file, _PATH)
        if not name and len(said) == 1:
            yield said[0]
            continue
        # Without a line between them, two lists are one.
        yield f"In {name}:" if name else "Problems:"
        yield "\n".join(f"- {it}" for it in said)


def unexpected_failure() -> str:
    """Return the job summary of a run that met a bug of ours."""
    return (
        "## Harmonica session: failed\n\nThis is a bug in the action, not in your "
        "workflow. The log of the step shows where it happened; please report it.\n"
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
            "Runs started by Dependabot can see only Dependabot's own secrets. Add the key "
            "under **Settings → Secrets and variables → Dependabot**, or skip these runs:"
        )
        block = "if: github.actor != 'dependabot[bot]'"
    else:
        advice = (
            "GitHub does not pass secrets to pull requests from forks. The following workflow has "
            "the key. It reads the spec from your default branch, which the pull request cannot "
            "change; set `spec` to the path of yours:"
        )
        block = workflow.rstrip("\n")
    return (
        f"## Harmonica session: skipped\n\nThis run was started by {reason}, so it has no "
        f"Harmonica API key, and nothing was created.\n\n{advice}\n\n{code_block(block, 'yaml')}\n"
        f"{left_to_fill_in(block)}"
    )


def folded(requests: Iterable[tuple[str, str]]) -> str:
    """Return the requests that a dry run did not send, each folded away.

    Args:
        requests: Their routes, and their bodies as JSON.
    """
    blocks = (
        f"<details><summary>The request: {plain(route, _TEXT)}</summary>\n\n"
        f"{code_block(shorten(content, LONGEST_COMMENT), 'json')}\n\n</details>\n"
        for route, content in requests
    )
    return "\n".join(blocks)


def foreseen(heading: str, text: str) -> str:
    """Return what a dry run did not write on GitHub, as people would see it.

    Args:
        heading: What it is, in words.
        text: Its Markdown.
    """
    return f"{plain(heading, _HEADING)}, as people would see it:\n\n{text}"
