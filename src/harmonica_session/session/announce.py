"""Announces a session: brings our comment up to date.

This module must not create sessions, nor let a refused comment fail the run.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import not_announced
from harmonica_session.announcement.post import put, remove
from harmonica_session.errors import ActionError
from harmonica_session.session import notes
from harmonica_session.session.identity import is_overtaken

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.world import World

ABOUT = "announcement"


def announce(world: World, seal: Seal, outcome: Outcome) -> Outcome:
    """Bring our comment up to date.

    Returns:
        The outcome with the comment that announces the session. What goes wrong is a warning: the
        session exists, and its link stands in outputs and summary already.
    """
    place, ours = outcome.plan.task.place, outcome.plan.found.comment
    if place.number is None:
        return outcome
    if ours and outcome.leaves_comment:
        world.runner.say(f"Comment, unchanged: {ours.html_url}")
        return tidied(world, replace(outcome, comment=ours))
    if world.github is None:
        world.runner.warn("There is no `github-token`, so the link was not posted.", about=ABOUT)
        return outcome
    if ours and _is_told_by_now(world.github, seal, outcome):
        world.runner.say(f"Comment, left alone, for it tells results by now: {ours.html_url}")
        return replace(outcome, comment=ours)
    write = partial(outcome.announcement, seal, is_public=world.event.is_public)
    try:
        comment = put(world, world.github, ours, place.number, write)
    except ActionError as error:
        world.runner.warn(not_announced(place, error), about=ABOUT)
        return replace(outcome, comment=ours)
    outcome = replace(outcome, comment=comment)
    known = outcome.plan.found.ours
    edited = "edited" if known is None or known.is_intact else "restored"
    done = "posted" if outcome.has_posted else edited
    world.runner.say(f"Comment, {done}: {comment.html_url}")
    # Beside a new comment there may be a faster run's, and then that one is to stay.
    return outcome if outcome.has_posted else tidied(world, outcome)


def _is_told_by_now(github: GitHub, seal: Seal, outcome: Outcome) -> bool:
    """Say whether a run of `results` has written what came out, since this run has looked.

    What a session without a round comes to can be told at any time, and then all of it anew.
    """
    known, ours = outcome.plan.found.own_receipt, outcome.plan.found.ours
    if ours is None or known is None or not (known.round or known.reported):
        return False
    try:
        now = seal.read(github.comment(ours.comment.id), outcome.plan.task.place)
    except ActionError:
        # To edit it will be refused as well, and that says why.
        return False
    return now is not None and now.is_signed and now.receipt.reported != known.reported


def warn_of_unkept_round(world: World, seal: Seal, outcome: Outcome) -> None:
    """Warn where a later run cannot know when the round is over, for no announcement says so."""
    known, comment = outcome.round, outcome.comment
    if known is None or not known.needs_keeping:
        return
    if comment and outcome.is_left_to_others:
        # It is another run's to say what belongs to its session.
        return
    kept = seal.read(comment, outcome.plan.task.place) if comment else None
    if kept is None or kept.receipt.round != known:
        world.runner.warn(notes.UNKEPT_ROUND, about=ABOUT)


def tidied(world: World, outcome: Outcome) -> Outcome:
    """Remove the comments of runs that did not see that another one was faster."""
    for surplus in outcome.plan.found.surplus:
        if world.github is None or is_overtaken(outcome.plan.task, surplus.receipt):
            continue
        is_gone = remove(world.runner, world.github, surplus.comment)
        if is_gone and surplus.receipt.session_id != outcome.session.id:
            world.runner.warn(notes.second_session(surplus.receipt.join_url), about=ABOUT)
    return outcome
