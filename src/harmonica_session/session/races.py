"""Runs that meet: which session counts, and which comment stays.

This module must not create a session, nor let anything here cost the one that exists.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import not_announced
from harmonica_session.announcement.our_comments import our_newest_comment
from harmonica_session.announcement.post import remove
from harmonica_session.errors import ActionError, Refused
from harmonica_session.session import notes
from harmonica_session.session.announce import ABOUT, announce, tidied
from harmonica_session.session.find import with_reference
from harmonica_session.session.identity import age, receipt_counts
from harmonica_session.session.outcome import given_way
from harmonica_session.session.plan import Found, decide
from harmonica_session.session.settle import settle
from harmonica_session.session.survey import whole
from harmonica_session.text.moment import moment
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.task import Task
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

# Longer than a create takes, so that a twin's beginning lies within it.
_LOOK_BACK = timedelta(minutes=10)


def agree_on_session(world: World, harmonica: Harmonica, outcome: Outcome) -> Outcome:
    """Go on with a faster run's session in place of ours, where no comment will tell which counts.

    They cannot see each other before they create; afterwards the oldest session wins.
    """
    if outcome.plan.is_settled_by_comment:
        return outcome
    return _give_way_to_twin(world, harmonica, outcome)


def agree_on_comment(world: World, harmonica: Harmonica, seal: Seal, outcome: Outcome) -> Outcome:
    """Go on with a faster run's comment, and its session, in place of a new one of ours."""
    if outcome.plan.is_settled_by_comment and outcome.comment is None:
        return _give_way_to_twin(world, harmonica, outcome)
    if not (outcome.comment and outcome.has_posted and world.github):
        return outcome
    winner = _earlier(world, world.github, seal, outcome.plan.task, outcome.comment)
    if winner is None:
        return tidied(world, outcome)
    is_same = winner.receipt.session_id == outcome.session.id
    if is_same or receipt_counts(outcome.plan.task, winner.receipt):
        remove(world.runner, world.github, outcome.comment)
        after = _give_way_to(world, harmonica, outcome, winner)
        return agree_on_comment(world, harmonica, seal, announce(world, seal, after))
    return _take_over(world, world.github, seal, outcome, winner)


def _give_way_to_twin(world: World, harmonica: Harmonica, outcome: Outcome) -> Outcome:
    if outcome.status != "created":
        return outcome
    twin = _earlier_twin(world, harmonica, outcome.plan.task, outcome.session)
    if twin is None:
        return outcome
    world.runner.warn(notes.surplus(outcome.session.join_url or ""))
    found = replace(outcome.plan.found, session=twin)
    return given_way(outcome, decide(outcome.plan.task, found), twin)


def _earlier_twin(
    world: World, harmonica: Harmonica, task: Task, session: Session
) -> Session | None:
    """Return the session that another run or job made for the same task a moment before ours."""
    created = moment(session.created_at)
    if task.scope == "off" or created is None:
        return None
    try:
        rows = harmonica.created_since(created - _LOOK_BACK)
        older = [row for row in rows if row.id != session.id and age(row) < age(session)]
        if task.scope == "topic":
            # A completed session makes room for another one of its topic.
            older = [row for row in older if row.status != "completed"]
        return with_reference(partial(whole, harmonica), task, older, same_topic=True)
    except ActionError as error:
        world.runner.debug(f"Nobody knows whether another job made the session too: {error}")
        return None


def _earlier(
    world: World, github: GitHub, seal: Seal, task: Task, posted: Comment
) -> OurComment | None:
    """Return the announcement that another run posted before ours."""
    try:
        winner = our_newest_comment(world, github, seal, task.place)
    except ActionError as error:
        unknown = "Nobody knows whether another run announced a session at the same time"
        world.runner.warn(
            f"{unknown}; the next run looks again and tidies up: {error}", about=ABOUT
        )
        return None
    is_earlier = winner and winner.is_signed and winner.comment.id < posted.id
    return winner if is_earlier else None


def _give_way_to(
    world: World, harmonica: Harmonica, outcome: Outcome, winner: OurComment
) -> Outcome:
    """Go on with the session that another run announced a moment earlier, in place of ours."""
    receipt = winner.receipt
    world.runner.say(f"Another run was faster: {winner.comment.html_url}")
    if receipt.session_id != outcome.session.id:
        world.runner.warn(notes.surplus(outcome.session.join_url or ""), about=ABOUT)
    theirs = Session(id=receipt.session_id, join_url=receipt.join_url)
    try:
        seen = harmonica.get(receipt.session_id)
        theirs = seen.model_copy(update={"join_url": receipt.join_url})
    except ActionError as error:
        world.runner.debug(f"The session of the faster run was not looked at: {error}")
    found = Found(ours=winner, session=theirs, is_foreign=receipt.is_foreign)
    return replace(settle(world, harmonica, decide(outcome.plan.task, found)), made=outcome.made)


def _take_over(
    world: World, github: GitHub, seal: Seal, outcome: Outcome, winner: OurComment
) -> Outcome:
    """Let the older comment stay, though its session is not the one that is meant here."""
    posted, outcome = outcome.comment, outcome.beside(winner)
    if outcome.plan.is_overtaken:
        world.runner.warn(notes.overtaken(winner.receipt.join_url), about=ABOUT)
    else:
        body = outcome.announcement(seal, is_public=world.event.is_public)
        try:
            github.edit_comment(winner.comment.id, body)
        except ActionError as error:
            if not (isinstance(error, Refused) and error.is_absent):
                world.runner.warn(not_announced(outcome.plan.task.place, error), about=ABOUT)
            return outcome
    if posted:
        remove(world.runner, github, posted)
    return replace(outcome, comment=winner.comment)
