"""Puts our announcement where it belongs: edits it, posts it, removes it.

This module must not decide what it says, nor whether it is to be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harmonica_session.errors import ActionError, FateUnknown, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.runner.runner import Runner
    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment
    from harmonica_session.world import World

# How long an announcement may take to show after its answer got lost.
_PAUSES = (1.0, 2.0, 4.0)


class Posts(Protocol):
    """What stands where a session is announced. Each method raises `ServiceError`.

    Attributes:
        removal: What a person would do with one that is too many.
    """

    removal: str

    def listed(self) -> list[Comment]:
        """Return all that stands there now, oldest first; who asks meanwhile may share the list."""

    def post(self, body: str) -> Comment:
        """Post one more; raises `FateUnknown` when nobody knows whether that worked."""

    def read(self, ident: int) -> Comment:
        """Return one as it stands now."""

    def edit(self, ident: int, body: str) -> Comment:
        """Write one anew."""

    def finish(self, ident: int, body: str) -> Comment:
        """Write one for the last time; what is there for it alone is closed."""

    def take_away(self, ident: int, other: Comment) -> None:
        """Take one away that is too many, for another one is there."""


class CommentsOn:
    """The comments on one pull request or issue."""

    removal = "remove"

    def __init__(self, github: GitHub, number: int) -> None:
        """Take the repository, and the number of the pull request or issue."""
        self._github = github
        self._number = number

    def listed(self) -> list[Comment]:
        """Return all comments as they are now, oldest first."""
        return self._github.newest_comments(self._number)

    def post(self, body: str) -> Comment:
        """Post a comment."""
        return self._github.post_comment(self._number, body)

    def read(self, ident: int) -> Comment:
        """Read a comment."""
        return self._github.comment(ident)

    def edit(self, ident: int, body: str) -> Comment:
        """Edit a comment."""
        return self._github.edit_comment(ident, body)

    finish = edit

    def take_away(self, ident: int, other: Comment) -> None:  # noqa: ARG002 - as `Posts` has it
        """Delete a comment."""
        self._github.delete_comment(ident)


def posts_at(github: GitHub, place: Place, title: str = "", since: str = "") -> Posts:
    """Return what stands at a place where a session is, or will be, announced.

    Args:
        github: The repository.
        place: An issue of its own may have no number yet.
        title: What such an issue is called once it is written; empty where it stays as it is.
        since: Of such issues, those that were last updated before are not listed.
    """
    if place.number is not None and not place.is_own_issue:
        return CommentsOn(github, place.number)
    from harmonica_session.announcement.own_issues import OwnIssues

    return OwnIssues(github, title, since)


def put(
    world: World,
    posts: Posts,
    ours: Comment | None,
    place: Place,
    write: Callable[[int], str],
) -> Comment:
    """Edit our announcement, or post one where there is none, or none any more.

    Args:
        world: The log and the deadline.
        posts: What stands where it belongs.
        ours: Our announcement, None when there is none.
        place: Where that is.
        write: Returns what it is to say, the receipt in its first line. It is given which attempt
            at a new one this is, so that each has a receipt of its own; 0 for an edit.

    Raises:
        ServiceError: That was refused, or nobody knows whether it was done.
    """
    if ours:
        try:
            return posts.edit(ours.id, write(0))
        except Refused as error:
            if not error.is_absent:
                raise
            world.runner.say(f"The {place.noun} was deleted in the meantime: {ours.html_url}")
    return _post(world, posts, write)


def _post(world: World, posts: Posts, write: Callable[[int], str]) -> Comment:
    """Post an announcement; when nobody knows whether that worked, look before it is done again.

    One that turns up only after that is a second one, which a later look takes away; a link that
    was never posted would be lost where no later run comes.
    """
    body = write(1)
    try:
        return posts.post(body)
    except FateUnknown as error:
        world.runner.debug(f"{error}; checking whether it succeeded")
        # Another run's announcement is not this one, however much alike they are to a reader.
        receipt_line = body.partition("\n")[0]
        for pause in _PAUSES:
            try:
                posted = posts.listed()
            except Refused as refusal:
                raise FateUnknown(f"{error}; the check failed as well: {refusal}") from None
            for one in posted:
                if (one.body or "").partition("\n")[0].strip() == receipt_line:
                    return one
            if world.deadline.left <= pause:
                raise
            world.deadline.clock.sleep(pause)
        return posts.post(write(2))


def remove(runner: Runner, posts: Posts, surplus: Comment, other: Comment) -> bool:
    """Remove an announcement of ours; return whether it is gone. What goes wrong is a warning.

    Args:
        runner: The log.
        posts: What stands where it is.
        surplus: The one too many.
        other: The one that stays.
    """
    try:
        posts.take_away(surplus.id, other)
    except ActionError as error:
        # Deleted once already, when the answer to that got lost.
        if not (isinstance(error, Refused) and error.is_absent):
            link = surplus.html_url
            left = f"Another run announced it first; please {posts.removal} {link}: {error}"
            runner.warn(left, about="announcement")
            return False
    return True
