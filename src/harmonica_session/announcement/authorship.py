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
    possible = [it for it in read if _may_be_ours(it, login)]
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
    login = login_among_people(posted.user)
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
    return author is not None and author.is_bot


def login_among_people(author: Account | None) -> str:
    """Return the login by which somebody's account is known again; empty for a bot's, or none."""
    return "" if author is None or author.is_bot else author.login


def needs_naming(author: Account | None) -> bool:
    """Say whether nothing in an account tells whether a stranger can have it.

    Forgejo and Gitea do not say which are people's; GitHub always does.
    """
    return author is not None and not author.type and not author.is_bot


def _may_be_ours(it: OurComment, login: str) -> bool:
    """Say whether who has written a comment with a receipt can pass for us.

    Where neither the token's account nor the kind of the author is known, the receipt has to name
    its author, for anybody can copy one, signature and all.
    """
    if may_have_written(it.comment.user, login):
        return True
    is_named = it.is_signed and it.author != "" and it.receipt.author == it.author
    return not login and is_named and needs_naming(it.comment.user)
