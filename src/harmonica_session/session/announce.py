"""Announces a session: brings our comment up to date.

This module must not create sessions, nor let a refused comment fail the run.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import not_announced
from harmonica_session.announcement.authorship import needs_naming
from harmonica_session.announcement.our_comments import login_of
from harmonica_session.announcement.post import put, remove
from harmonica_session.errors import ActionError
from harmonica_session.session import notes
from harmonica_session.session.identity import is_overtaken
from harmonica_session.session.survey import posts_of
from harmonica_session.words.place import LABEL

if TYPE_CHECKING:
    from harmonica_session.announcement.post import Posts
    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.task import Task
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

ABOUT = "announcement"


def announce(world: World, seal: Seal, outcome: Outcome) -> Outcome:
    """Bring our comment up to date.

    Returns:
        The outcome with the comment that announces the session. What goes wrong is a warning: the
        session exists, and its link stands in outputs and summary already.
    """
    task, found, ours = outcome.plan.task, outcome.plan.found, outcome.plan.found.comment
    place, noun = task.place, task.place.noun.capitalize()
    if not place.is_anywhere:
        _tell_of_silence(world, outcome)
        return outcome
    posts = posts_of(world, task, outcome.topic)
    told = None if outcome.leaves_comment else _told_meanwhile(posts, seal, outcome)
    if ours and (outcome.leaves_comment or told):
        world.runner.say(f"{noun}, unchanged: {ours.html_url}")
        return tidied(world, replace(outcome, comment=told or ours))
    if posts is None:
        world.runner.warn("There is no `github-token`, so the link was not posted.", about=ABOUT)
        _tell_of_silence(world, outcome)
        return outcome
    if place.is_own_issue and found.is_blind:
        # There may be one already, and none can be deleted.
        return outcome
    write = partial(outcome.announcement, seal, is_public=world.event.is_public)
    try:
        comment = put(world, posts, ours, place, write)
    except ActionError as error:
        world.runner.warn(not_announced(place.of(ours), error), about=ABOUT)
        if ours is None and not error.may_leave_something:
            _tell_of_silence(world, outcome)
        return replace(outcome, comment=ours)
    outcome = replace(outcome, comment=comment)
    if outcome.has_posted:
        outcome = replace(outcome, comment=_named(world, posts, seal, outcome.plan.task, comment))
    edited = "edited" if found.ours is None or found.ours.is_intact else "restored"
    new = "opened" if place.is_own_issue else "posted"
    done = new if outcome.has_posted else edited
    world.runner.say(f"{noun}, {done}: {comment.html_url}")
    # Beside a new one there may be a faster run's, and then that one is to stay.
    return outcome if outcome.has_posted else tidied(world, outcome)


def _named(world: World, posts: Posts, seal: Seal, task: Task, posted: Comment) -> Comment:
    """Let the receipt of a new announcement name its author, where nothing else tells it.

    Who that is, such a server says only once it is posted.
    """
    author, ours = posted.user, seal.read(posted, task.place)
    if world.github is None or author is None or not needs_naming(author) or ours is None:
        return posted
    try:
        if login_of(world, world.github):
            return posted
        return posts.edit(posted.id, seal.signed_anew(ours, task.place, author=author.login))
    except ActionError as error:
        world.runner.debug(f"Who has posted the {task.place.noun} was not signed: {error}")
        return posted


def _tell_of_silence(world: World, outcome: Outcome) -> None:
    """Say who knows of a session whose link was posted nowhere."""
    request, is_new = outcome.plan.task.request, outcome.status == "created"
    world.runner.say(notes.nobody_told(request, is_new=is_new))


def _told_meanwhile(posts: Posts | None, seal: Seal, outcome: Outcome) -> Comment | None:
    """Return our announcement if a run of `results` has written it since this run has looked.

    Nobody looks for the sake of a session without a round: what comes of it is told anew.
    """
    known, ours = outcome.plan.found.own_receipt, outcome.plan.found.ours
    if posts is None or ours is None or known is None:
        return None
    if not (known.round or known.reported):
        return None
    try:
        now = seal.read(posts.read(ours.comment.id), outcome.plan.task.place)
    except ActionError:
        # To edit it will be refused as well, and that says why.
        return None
    is_told = now is not None and now.is_signed and now.receipt.reported != known.reported
    return now.comment if now and is_told else None


def wants_label(world: World, outcome: Outcome) -> bool:
    """Say whether something is to be put beside the announcement, by which it is found later.

    An earlier attempt, or run, may have been cut off before it did so, or been refused.
    """
    task, known, asked = outcome.plan.task, outcome.plan.found.own_receipt, outcome.round
    if outcome.comment is None or task.place.is_own_issue:
        # What people have taken off an issue that is used again stays off.
        return outcome.has_posted or (outcome.comment is not None and task.scope == "run")
    if asked is None or not asked.needs_keeping:
        return False
    if outcome.has_posted or known is None or known.round is None:
        return outcome.has_posted or not outcome.is_left_to_others
    if task.place.number is None or known.tells_results or outcome.is_left_to_others:
        return False
    labels = world.event.labels_of(task.place.number)
    return labels is not None and LABEL not in labels


def warn_of_unkept_round(world: World, seal: Seal, outcome: Outcome) -> None:
    """Warn where a later run cannot know when the round is over, for no announcement says so."""
    known, comment = outcome.round, outcome.comment
    if known is None or not known.needs_keeping:
        return
    if comment and outcome.is_left_to_others:
        # It is another run's to say what belongs to its session.
        return
    kept = seal.read(comment, outcome.plan.task.place) if comment else None
    if kept and kept.receipt.tells_results:
        # It was over, and what came out was told.
        return
    if kept is None or kept.receipt.round != known:
        is_late = outcome.plan.task.place.is_anywhere
        note = notes.ROUND_UNKEPT_YET if is_late else notes.UNKEPT_ROUND
        world.runner.warn(note, about=ABOUT)


def tidied(world: World, outcome: Outcome) -> Outcome:
    """Remove the comments of runs that did not see that another one was faster."""
    posts, stays = posts_of(world, outcome.plan.task), outcome.comment
    for surplus in outcome.plan.found.surplus:
        if posts is None or stays is None or is_overtaken(outcome.plan.task, surplus.receipt):
            continue
        is_gone = remove(world.runner, posts, surplus.comment, stays)
        if is_gone and surplus.receipt.session_id != outcome.session.id:
            world.runner.warn(notes.second_session(surplus.receipt.join_url), about=ABOUT)
    return outcome
