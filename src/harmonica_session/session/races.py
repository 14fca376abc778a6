"""Runs that meet: which session counts, and which comment stays.

This module must not create a session, nor let anything here cost the one that exists.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harmonica_session.announcement.advice import not_announced
from harmonica_session.announcement.authorship import newest_before
from harmonica_session.announcement.our_comments import counting_among, with_receipt
from harmonica_session.announcement.post import remove
from harmonica_session.errors import ActionError, Refused
from harmonica_session.session import notes
from harmonica_session.session.announce import ABOUT, announce, tidied
from harmonica_session.session.identity import age, announcing, receipt_counts
from harmonica_session.session.outcome import given_way
from harmonica_session.session.plan import Found, decide
from harmonica_session.session.recognise import tell_unseen, with_reference
from harmonica_session.session.settle import settle
from harmonica_session.session.survey import Survey, posts_of
from harmonica_session.text.moment import is_before, moment
from harmonica_session.words.session import AT_ONCE, Session

if TYPE_CHECKING:
    from harmonica_session.announcement.post import Posts
    from harmonica_session.announcement.receipt import OurComment, Seal
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.outcome import Outcome
    from harmonica_session.session.task import Task
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World


def agree_on_session(world: World, harmonica: Harmonica, outcome: Outcome) -> Outcome:
    """Look once, after a create, which other sessions there are for the very same task.

    Runs at once cannot see each other before they create. The one that our comment leads to
    counts; until there is one, the oldest that is open does, so all of them come to the same.
    """
    session, task = outcome.session, outcome.plan.task
    if outcome.status != "created" or task.scope == "off":
        return outcome
    twins = _twins(world, harmonica, task, session)
    outcome = replace(outcome, rivals=tuple(twins))
    receipt = outcome.plan.found.receipt
    announced = [it for it in twins if receipt and it.id == receipt.session_id]
    counts = min(announced or [session, *twins], key=age)
    if counts.id == session.id:
        return outcome
    found = replace(outcome.plan.found, session=counts)
    return given_way(outcome, decide(task, found), counts)


def agree_on_comment(world: World, harmonica: Harmonica, seal: Seal, outcome: Outcome) -> Outcome:
    """Go on with a faster run's comment, and its session, in place of a new one of ours.

    Where ours was refused, that matters only if another run has made a session too.
    """
    task, posted = outcome.plan.task, outcome.comment
    if not (outcome.has_posted if posted else outcome.rivals):
        return outcome
    github, posts = world.github, posts_of(world, task)
    if posts is None or github is None or task.is_apart:
        return outcome
    meant = {outcome.session.id, *(it.id for it in outcome.rivals)}
    try:
        comments = posts.listed()
        found = announcing(task, with_receipt(seal, task.place, comments), meant)
        winner = counting_among(world, github, found)
    except ActionError as error:
        unknown = "It is not known whether another run announced a session at the same time"
        world.runner.warn(
            f"{unknown}; the next run checks again and cleans up: {error}", about=ABOUT
        )
        return tidied(world, outcome)
    if winner is None or not _counts_before(winner, posted):
        _vouch(world, posts, seal, outcome, comments)
        return tidied(world, outcome)
    theirs = winner.receipt.session_id
    # One that was made for the very same task counts once it is announced, and ours is not.
    is_twin = posted is None and theirs in [it.id for it in outcome.rivals]
    if is_twin or theirs == outcome.session.id or receipt_counts(task, winner.receipt):
        if posted:
            remove(world.runner, posts, posted, winner.comment)
        after = _give_way_to(world, harmonica, outcome, winner)
        return agree_on_comment(world, harmonica, seal, announce(world, seal, after))
    return _take_over(world, posts, seal, outcome, winner) if posted else outcome


def name_surplus(world: World, outcome: Outcome) -> None:
    """Warn of each session that was made for this very task, does not count, and is open."""
    for session in outcome.surplus:
        if session.status != "completed":
            world.runner.warn(notes.surplus(session.join_url or session.id))


def _twins(world: World, harmonica: Harmonica, task: Task, session: Session) -> list[Session]:
    """List the sessions that other runs or jobs have made for the same task about this time."""
    try:
        listed = harmonica.created_meanwhile()
        own = next((moment(row.created_at) for row in listed if row.id == session.id), None)
        rows = [row for row in listed if row.id != session.id]
        # Only what the list tells of both can be compared.
        rows = [row for row in rows if not is_before(row.created_at, own and own - AT_ONCE)]
        if task.scope == "topic":
            # A completed session makes room for another one of its topic.
            rows = [row for row in rows if row.status != "completed"]
        survey = Survey(world, is_hurried=True)
        twins = with_reference(survey.whole, task, rows, same_topic=True)
        tell_unseen(world, survey.unseen(rows))
    except ActionError as error:
        world.runner.warn(
            "It is not known whether another run created a session for the same purpose at "
            f"the same time: {error}"
        )
        return []
    return twins


def _counts_before(winner: OurComment, posted: Comment | None) -> bool:
    return winner.is_intact and (posted is None or winner.comment.id < posted.id)


def _vouch(
    world: World, posts: Posts, seal: Seal, outcome: Outcome, comments: list[Comment]
) -> None:
    """Sign that what others posted while the session was made is not ours.

    Whoever posts as the same bot could else edit such a comment, older than ours, into a copy.
    """
    posted, place = outcome.comment, outcome.plan.task.place
    ours = seal.read(posted, place) if posted else None
    if ours is None:
        return
    newest = newest_before(ours.comment, comments)
    if newest <= ours.receipt.after:
        return
    try:
        posts.edit(ours.comment.id, seal.signed_anew(ours, place, after=newest))
    except ActionError as error:
        world.runner.debug(f"The previous content of the comment was not signed: {error}")


def _give_way_to(
    world: World, harmonica: Harmonica, outcome: Outcome, winner: OurComment
) -> Outcome:
    """Go on with the session that another run announced a moment earlier, in place of ours."""
    receipt = winner.receipt
    world.runner.say(f"Another run was faster: {winner.comment.html_url}")
    theirs = Session(id=receipt.session_id, join_url=receipt.join_url)
    try:
        seen = harmonica.get(receipt.session_id)
        theirs = seen.model_copy(update={"join_url": receipt.join_url})
    except ActionError as error:
        world.runner.debug(f"The session of the faster run could not be read: {error}")
    found = Found(ours=winner, session=theirs, is_foreign=receipt.is_foreign)
    settled = settle(world, harmonica, decide(outcome.plan.task, found))
    return replace(settled, made=outcome.made, rivals=(*outcome.surplus, outcome.session))


def _take_over(
    world: World, posts: Posts, seal: Seal, outcome: Outcome, winner: OurComment
) -> Outcome:
    """Let the older comment stay, though its session is not the one that is meant here."""
    posted, standing, outcome = outcome.comment, winner.comment, outcome.beside(winner)
    if outcome.plan.is_overtaken:
        world.runner.warn(notes.overtaken(winner.receipt.join_url), about=ABOUT)
    else:
        body = outcome.announcement(seal, is_public=world.event.is_public)
        try:
            standing = posts.edit(standing.id, body)
        except ActionError as error:
            if not (isinstance(error, Refused) and error.is_absent):
                world.runner.warn(not_announced(outcome.plan.task.place, error), about=ABOUT)
            return outcome
    if posted:
        remove(world.runner, posts, posted, standing)
    return replace(outcome, comment=standing)
