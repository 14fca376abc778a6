"""Tells which comment at a place is ours, whoever has copied, edited or forged a receipt.

A bot's name proves nothing: every workflow of a repository posts as the same bot, strangers' texts
among them. The signature proves who wrote a receipt, and the digest in it what stood below it.

This module must not ask GitHub anything, nor decide what becomes of a comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.announcement.receipt import OurComment
    from harmonica_session.words.pull_request import Account, Comment


class Standing(NamedTuple):
    """What stands at a place.

    Attributes:
        ours: Our comment, the one that counts; None where there is none.
        surplus: Later comments of ours, from runs that met.
        unsigned: Comments with a receipt for this very place that no key of this run has signed.
    """

    ours: OurComment | None
    surplus: tuple[OurComment, ...]
    unsigned: tuple[OurComment, ...]


def standing_of(read: Iterable[OurComment], login: str) -> Standing:
    """Return what stands at a place.

    An intact comment counts before one whose text was altered, the oldest first: a copy is younger
    than what it copies, or stood there before any of ours did, and then it counts for nothing. One
    that was altered counts only where none is intact, to be written anew. What is a copy, to the
    letter of its receipt, is never taken for a comment of another run, and so is left alone.

    Args:
        read: The comments with a receipt for this place.
        login: The account that the token speaks for; empty for a token of a workflow or App, which
            cannot ask for its own, so that any bot may be it.
    """
    possible = [it for it in read if may_have_written(it.comment.user, login)]
    signed = [it for it in possible if it.is_signed]
    # Whoever posted a comment of ours had seen all of these, and none of them was ours.
    seen = max((it.receipt.after for it in signed), default=0)
    later = [it for it in signed if it.comment.id > seen]
    ordered = sorted(later, key=lambda it: (not it.is_intact, it.comment.id))
    ours = ordered[0] if ordered else None
    surplus = [
        it
        for it in ordered[1:]
        if ours
        and it.is_intact
        and it.author == ours.author
        # Each comment is posted with a nonce of its own, and edited with the same.
        and it.receipt.nonce != ours.receipt.nonce
    ]
    unsigned = [it for it in possible if not it.is_signed]
    return Standing(ours, tuple(surplus), tuple(unsigned))


def newest_before(posted: Comment, comments: Iterable[Comment]) -> int:
    """Return the newest comment that stood there before ours came, 0 where there is none.

    Only those count whose author can pass for ours, and so could make a copy of ours out of it.
    """
    if posted.user is None:
        return 0
    login = "" if posted.user.type == "Bot" else posted.user.login
    older = (it for it in comments if it.id < posted.id)
    return max((it.id for it in older if may_have_written(it.user, login)), default=0)


def may_have_written(author: Account | None, login: str) -> bool:
    """Say whether somebody can pass for us.

    Args:
        author: Who wrote something, None for a deleted account.
        login: The account that the token speaks for; empty for a token of a workflow or App.
    """
    if login:
        return author is not None and author.login.lower() == login.lower()
    return author is not None and author.type == "Bot"
