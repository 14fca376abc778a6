"""Reminds once, shortly before the end of a round, with a comment of its own.

This module must not decide when that is due.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.authorship import may_have_written
from harmonica_session.announcement.our_comments import login_beside
from harmonica_session.announcement.post import CommentsOn, remove
from harmonica_session.errors import ActionError
from harmonica_session.results.advice import not_reminded
from harmonica_session.results.rehearse import is_rehearsal
from harmonica_session.results.tell import ABOUT
from harmonica_session.results.texts import reminder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.announcement.announced import Announced
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.results.texts import Told
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

_PURPOSE = "reminder v1"


def remind(world: World, github: GitHub, announced: Announced, it: Told) -> bool:
    """Post the reminder unless it is there; return whether it was posted.

    What goes wrong is a warning, and the next run tries again.
    """
    number, round_ = announced.place.number, announced.receipt.round
    if number is None or round_ is None:
        return False
    marks = announced.seal.marks(_PURPOSE, announced.receipt.session_id, round_.open_until)
    ours = partial(_ours, world, github, announced, marks)
    try:
        # An issue of the session's own was read without what people have said there.
        is_read = not announced.place.is_own_issue
        there = announced.comments if is_read else github.comments(number)
        if ours(there):
            return False
        if is_rehearsal(world, f"post a reminder on {announced.place}", reminder(it)):
            return False
        posted = github.post_comment(number, f"{marks[0]}\n{reminder(it)}")
        # Another run may have looked at the same moment.
        first, *later = ours(github.comments(number)) or [posted]
    except ActionError as error:
        world.runner.warn(not_reminded(announced.place, error), about=ABOUT)
        return False
    for one in later:
        remove(world.runner, CommentsOn(github, number), one, first)
    world.runner.say(f"Reminder, posted on {announced.place}")
    return True


def _ours(
    world: World,
    github: GitHub,
    announced: Announced,
    marks: list[str],
    comments: Iterable[Comment],
) -> list[Comment]:
    marked = [it for it in comments if (it.body or "").partition("\n")[0].strip() in marks]
    if not marked:
        return []
    login = login_beside(world, github, announced.ours)
    return [it for it in marked if may_have_written(it.user, login)]
