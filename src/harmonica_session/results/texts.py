"""The texts that tell what came out of a session: results, reminder, the issue of an action.

This module must not decide what may be told, nor where a text goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.text.markdown import in_title, inline, link, plain
from harmonica_session.text.prose import prose
from harmonica_session.text.secrecy import blot_out
from harmonica_session.words.issue import LONGEST_TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harmonica_session.words.agreed import Agreed
    from harmonica_session.words.results import Decision, Tension

_TOPIC, _LABEL, _LINE, _PATH = 250, 120, 500, 200
_SIDES = 4
_NO_TOPIC = "Harmonica session"
_UNTICKED, _TICKED = "- [ ] ", "- [x] "
_BOX = re.compile(r"- \[[ xX]\] ")
# What there is to do about the actions: with boxes alone, with issues alone, with both.
_THEN = "The next session can then start from what is still open."
_TICK = f"Tick each action here when it is done. {_THEN}"
_CLOSE = f"Each action has its own issue. Close it when the action is done. {_THEN}"
_EITHER = f"When an action is done, close its issue, or tick it here if it has none. {_THEN}"
_ISSUE = re.compile(r" #[0-9]+\Z")


@dataclass(frozen=True)
class Told:
    """What is told of a session; of its results, only what may be shown.

    Attributes:
        spec: Path of the spec that announced it.
        topic: Its topic.
        join_url: Its link, checked.
        standing: Who came and until when it is open, in a sentence or two of ours.
        is_final: Whether its round is over.
        may_show: Whether its results may be shown.
        summary: Empty where there is none, or it may not be shown.
        decisions: What was decided.
        agreed: What somebody is to do.
        tensions: What was left open.
    """

    spec: str
    topic: str
    join_url: str
    standing: str
    is_final: bool
    may_show: bool = True
    summary: str = ""
    decisions: Sequence[Decision] = ()
    agreed: Sequence[Agreed] = ()
    tensions: Sequence[Tension] = ()


def results(it: Told, room: int) -> str:
    """Return the text that shows the results of a session as Markdown.

    Args:
        it: What is told.
        room: For what came out of it, in characters. The summary may take four tenths, the actions
            three, decisions and tensions a tenth each; what we say ourselves comes on top.
    """
    parts = [f"## {_topic(it)}", it.standing]
    if it.join_url and not it.is_final:
        parts.append(f"### {link('Join the session', it.join_url)}")
    if it.summary:
        parts += ["### Summary", prose(it.summary, room * 4 // 10)]
    lists = (
        ("Decisions", [_decision(one) for one in it.decisions], 1),
        ("Actions", [_action(one) for one in it.agreed], 3),
        ("Open tensions", [_tension(one) for one in it.tensions], 1),
    )
    for heading, lines, tenths in lists:
        if lines:
            parts += [f"### {heading}", _within(lines, room * tenths // 10)]
    if it.join_url and it.is_final:
        parts.append(link("Open the whole session", it.join_url))
    parts += [_next_step(it), _origin(it.spec)]
    return blot_out("\n\n".join(part for part in parts if part) + "\n", ())


def reminder(it: Told) -> str:
    """Return the text of the one further comment, shortly before the end of a round."""
    call = f"**{link('Join the session', it.join_url)}**: {_topic_within(it)}"
    return blot_out(f"This round ends soon. {it.standing}\n\n{call}\n", ())


def action_title(it: Told, number: int) -> str:
    """Return the title of the issue of an action; what stands in a title is no Markdown."""
    said = in_title(blot_out(it.agreed[number - 1].description, ()), LONGEST_TITLE)
    return said or f"Action {number}"


def action_text(it: Told, number: int, announced_at: str) -> str:
    """Return the text of the issue of an action.

    Args:
        it: What is told of the session.
        number: Of the action, from 1 on.
        announced_at: Address of the announcement, checked.
    """
    action = it.agreed[number - 1]
    rows = [f"> {plain(action.description, _LINE)}"]
    rows += [f"> Owner: {inline(action.owner, _LABEL)}"] if action.owner else []
    rows += [f"> Due: {inline(action.due, _LABEL)}"] if action.due else []
    text = (
        f"Action {number} of the session **{_topic_within(it)}**, in the words of its "
        "results:\n\n" + "\n>\n".join(rows) + f"\n\n{link('Where it was agreed', announced_at)}\n\n"
        "<sub>A language model has written this based on what participants said. It is not an "
        "instruction to anyone or to any program. Close this issue when the action is done. The "
        f"next session of {inline(it.spec, _PATH)} can then start from what is still open.</sub>\n"
    )
    return blot_out(text, ())


def _decision(it: Decision) -> str:
    label, summary = plain(it.label, _LABEL), plain(it.summary, _LINE)
    return f"- **{label}:** {summary}" if label and summary else f"- {label or summary}"


def _action(it: Agreed) -> str:
    issue = f" #{it.issue}" if it.issue else ""
    return f"{_UNTICKED}{_without_issue(it)}{issue}"


def _without_issue(it: Agreed) -> str:
    about = "; ".join(
        f"{name}: {inline(value, _LABEL)}"
        for name, value in (("owner", it.owner), ("due", it.due))
        if value
    )
    return f"{plain(it.description, _LINE)}{f' ({about})' if about else ''}"


def _tension(it: Tension) -> str:
    sides = "; ".join(plain(side, _LINE) for side in it.sides[:_SIDES])
    return f"- {plain(it.summary, _LINE)}{f' ({sides})' if sides else ''}"


def _within(lines: Iterable[str], room: int) -> str:
    """Return as many lines as there is room for, and how many there are more."""
    listed = list(lines)
    shown: list[str] = []
    for line in listed:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    left = len(listed) - len(shown)
    return "\n".join([*shown, f"- and {left} more"] if left else shown)


def _next_step(it: Told) -> str:
    if it.is_final and not it.may_show:
        return "The results are in Harmonica, for those who may see them there."
    if not it.is_final:
        return "The round is still open: whoever takes part now is included in the next summary."
    if it.agreed:
        return _follow_up(it.agreed)
    return "Read it, and decide together what follows from it." if it.summary else ""


def _follow_up(agreed: Sequence[Agreed]) -> str:
    if not any(it.issue for it in agreed):
        return _TICK
    return _CLOSE if all(it.issue for it in agreed) else _EITHER


def _topic(it: Told) -> str:
    return plain(it.topic, _TOPIC) or _NO_TOPIC


def _topic_within(it: Told) -> str:
    return inline(it.topic, _TOPIC) or _NO_TOPIC


def _origin(spec: str) -> str:
    return f"<sub>Announced by {inline(spec, _PATH)} in this repository.</sub>" if spec else ""


def with_issues(text: str, agreed: Sequence[Agreed]) -> str:
    """Return the text of results with a link to the issue of each action, ticks and all.

    Args:
        text: As `results` returned it, boxes ticked or not. Somebody may have added lines to it.
        agreed: The actions.
    """
    numbers = {blot_out(_without_issue(it), ()): it.issue for it in agreed}
    return "\n".join(_with_issue(line, numbers, agreed) for line in text.split("\n"))


def _with_issue(line: str, numbers: Mapping[str, int], agreed: Sequence[Agreed]) -> str:
    if line in (_TICK, _CLOSE, _EITHER):
        return _follow_up(agreed)
    box, said = _box_in(line)
    if not box or said not in numbers:
        return line
    return f"{box}{said}{f' #{numbers[said]}' if numbers[said] else ''}"


def with_ticks(text: str, former: str) -> str:
    """Return the text of results with the ticks that the same actions had in the one before."""
    boxes = map(_box_in, former.split("\n"))
    ticked = {said for box, said in boxes if box and box != _UNTICKED}
    return "\n".join(
        line.replace(_UNTICKED, _TICKED, 1)
        if line.startswith(_UNTICKED) and _box_in(line)[1] in ticked
        else line
        for line in text.split("\n")
    )


def _box_in(line: str) -> tuple[str, str]:
    """Return the box of an action and what stands beside it, without the number of its issue."""
    # Nobody else's text begins a line with a box: it would be escaped.
    found = _BOX.match(line)
    return (found[0], _ISSUE.sub("", line[found.end() :].rstrip())) if found else ("", line)
