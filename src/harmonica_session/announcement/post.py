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

_SERVER_ERRORS = 500


def put(runner: Runner, github: GitHub, comment: Comment | None, number: int, body: str) -> Comment:
    """Edit our comment, or post one where there is none, or none any more.

    Args:
        runner: The log.
        github: The repository.
        comment: Our comment, None when there is none.
        number: The pull request or issue.
        body: What it is to say, the receipt in its first line.

    Raises:
        ServiceError: That was refused, or nobody knows whether it was done.
    """
    if comment:
        try:
            return github.edit_comment(comment.id, body)
        except Refused as error:
            if not error.is_absent:
                raise
            runner.say(f"The comment was taken away meanwhile: {comment.html_url}")
    return _post(runner, github, number, body)


def _post(runner: Runner, github: GitHub, number: int, body: str) -> Comment:
    """Post a comment; when nobody knows whether that worked, look before it is posted once more."""
    try:
        return github.post_comment(number, body)
    except (FateUnknown, Refused) as error:
        if isinstance(error, Refused) and error.status < _SERVER_ERRORS:
            raise
        runner.debug(f"{error}; looking whether the comment was posted")
        # Another run's comment is not this one, however much alike they are to a reader.
        receipt_line = body.partition("\n")[0]
        for comment in github.comments(number):
            if (comment.body or "").partition("\n")[0].strip() == receipt_line:
                return comment
        return github.post_comment(number, body)


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
