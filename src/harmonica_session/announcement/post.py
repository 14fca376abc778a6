"""Puts our comment where it belongs: edits it, posts it, removes it.

This module must not decide what it says, nor whether it is to be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import ActionError, FateUnknown, Refused

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.runner.runner import Runner
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

# How long a comment may take to show after its answer got lost.
_PAUSES = (1.0, 2.0, 4.0)


def put(
    world: World, github: GitHub, comment: Comment | None, number: int, bodies: tuple[str, str]
) -> Comment:
    """Edit our comment, or post one where there is none, or none any more.

    Args:
        world: The log and the deadline.
        github: The repository.
        comment: Our comment, None when there is none.
        number: The pull request or issue.
        bodies: What it is to say, the receipt in its first line; and the same with another receipt,
            for where nobody knows whether the first one was posted.

    Raises:
        ServiceError: That was refused, or nobody knows whether it was done.
    """
    if comment:
        try:
            return github.edit_comment(comment.id, bodies[0])
        except Refused as error:
            if not error.is_absent:
                raise
            world.runner.say(f"The comment was taken away meanwhile: {comment.html_url}")
    return _post(world, github, number, *bodies)


def _post(world: World, github: GitHub, number: int, body: str, repeated: str) -> Comment:
    """Post a comment; when nobody knows whether that worked, look before it is posted once more.

    A comment that turns up only after that is a second one, which a later run takes away; a link
    that was never posted would be lost where no later run comes.
    """
    try:
        return github.post_comment(number, body)
    except FateUnknown as error:
        world.runner.debug(f"{error}; looking whether the comment was posted")
        # Another run's comment is not this one, however much alike they are to a reader.
        receipt_line = body.partition("\n")[0]
        for pause in _PAUSES:
            for comment in github.comments(number):
                if (comment.body or "").partition("\n")[0].strip() == receipt_line:
                    return comment
            if world.deadline.left <= pause:
                raise
            world.deadline.clock.sleep(pause)
        return github.post_comment(number, repeated)


def remove(runner: Runner, github: GitHub, comment: Comment) -> bool:
    """Remove a comment of ours; return whether it is gone. What goes wrong is a warning."""
    try:
        github.delete_comment(comment.id)
    except ActionError as error:
        # Deleted once already, when the answer to that got lost.
        if not (isinstance(error, Refused) and error.is_absent):
            left = f"Another run announced it first; please remove {comment.html_url}: {error}"
            runner.warn(left, about="announcement")
            return False
    return True
