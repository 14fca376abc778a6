"""Opens an issue for each action that a session has agreed on, each once.

GitHub has no way to open an issue only where there is none, so a run first writes into the
announcement that it is the one, waits for others that were about to do so, and looks.

This module must not decide which actions there are, nor let a refusal fail the run.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from harmonica_session.announcement.announced import ACTION_LABEL
from harmonica_session.announcement.authorship import may_have_written
from harmonica_session.announcement.our_comments import login_beside
from harmonica_session.errors import ActionError
from harmonica_session.results.advice import not_followed_up
from harmonica_session.results.tell import latest
from harmonica_session.results.texts import action_text, action_title
from harmonica_session.text.moment import in_query, moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from harmonica_session.announcement.announced import Announced
    from harmonica_session.announcement.receipt import Receipt, Reported
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.results.texts import Told
    from harmonica_session.words.agreed import Agreed
    from harmonica_session.words.issue import Issue
    from harmonica_session.world import World

MOST = 10
_PURPOSE = "action v1"
# Longer than a request takes that was sent on the strength of an older look.
_SETTLING = 3.0
_MORE = timedelta(seconds=30)


def claimed(world: World, reported: Reported) -> Reported:
    """Return what the receipt keeps while this run opens issues."""
    until = world.deadline.clock.utc_now() + timedelta(seconds=world.deadline.left) + _MORE
    claim = {
        "claim": secrets.token_hex(8),
        "claimed_until": until.isoformat(timespec="seconds"),
    }
    return reported.model_copy(update=claim)


def is_claimed(receipt: Receipt, now: datetime) -> bool:
    """Say whether another run opens issues just now, unless it was cut off."""
    until = moment(receipt.reported.claimed_until) if receipt.reported else None
    return until is not None and now < until


def still_claims(world: World, github: GitHub, written: Announced) -> Announced | None:
    """Return the announcement after a while, None where another run has claimed it too."""
    if world.deadline.left <= _SETTLING:
        return None
    world.deadline.clock.sleep(_SETTLING)
    standing = latest(world, github, written)
    known, mine = standing and standing.receipt.reported, written.receipt.reported
    return standing if known and mine and known.claim == mine.claim else None


def follow_up(
    world: World, github: GitHub, announced: Announced, it: Told
) -> tuple[tuple[Agreed, ...], bool]:
    """Return the actions with the numbers of their issues, and whether each that is to has one.

    A run that cannot look which are there opens none.
    """
    actions = tuple(it.agreed)
    found = {number: one.issue for number, one in enumerate(actions, 1) if one.issue}
    is_whole = False
    try:
        found = _opened(world, github, announced) | found
        for number in range(1, min(len(actions), MOST) + 1):
            if number not in found:
                found[number] = _open(github, announced, it, number)
                world.runner.say(f"Action {number}: issue #{found[number]}")
        is_whole = True
    except ActionError as error:
        world.runner.warn(not_followed_up(error), about="actions")
    if len(actions) > MOST:
        world.runner.say(f"Only the first {MOST} of the {len(actions)} actions have issues.")
    numbered = tuple(
        one.model_copy(update={"issue": found.get(at, 0)}) for at, one in enumerate(actions, 1)
    )
    return numbered, is_whole


def _opened(world: World, github: GitHub, announced: Announced) -> dict[int, int]:
    """Return the issues that there are for the actions of a session, by the actions' numbers."""
    numbers = {mark: number for number in range(1, MOST + 1) for mark in _marks(announced, number)}
    found: dict[int, int] = {}
    # More than the time of any server is out.
    created = moment(announced.receipt.created_at)
    since = in_query(created - timedelta(days=2)) if created else None
    # Newest first, so that of two issues for one action the older one counts.
    for issue in _ours(world, github, announced, github.issues.labelled(ACTION_LABEL, since)):
        number = numbers.get((issue.body or "").partition("\n")[0].strip())
        if number:
            found[number] = issue.number
    return found


def _ours(
    world: World, github: GitHub, announced: Announced, issues: Iterable[Issue]
) -> list[Issue]:
    listed = [it for it in issues if not it.is_pull_request]
    if not listed:
        return []
    login = login_beside(world, github, announced.ours)
    return [it for it in listed if may_have_written(it.user, login)]


def _open(github: GitHub, announced: Announced, it: Told, number: int) -> int:
    text = action_text(it, number, announced.ours.comment.html_url)
    body = f"{_marks(announced, number)[0]}\n{text}"
    return github.issues.create(action_title(it, number), body, [ACTION_LABEL]).number


def _marks(announced: Announced, number: int) -> list[str]:
    return announced.seal.marks(_PURPOSE, announced.receipt.session_id, str(number))
