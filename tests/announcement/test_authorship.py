"""Who wrote a receipt, and whose text stands below it: a row for each way to get it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.announcement.authorship import standing_of
from harmonica_session.announcement.receipt import OurComment, Receipt
from harmonica_session.words.pull_request import Account, Comment

if TYPE_CHECKING:
    from collections.abc import Callable

BOT = Account(login="github-actions[bot]", type="Bot")
APP = Account(login="planner[bot]", type="Bot")
MONA = Account(login="mona", type="User")
# On Forgejo and Gitea an account has no type; what is the server's own has a number below 0.
FORGEJO = Account(login="forgejo-actions", id=-2)
GHOST = Account(login="Ghost", id=-1)
LISA = Account(login="lisa", id=5)
NUMBERLESS = Account(login="lisa")


@pytest.fixture
def comment(receipt: Receipt) -> Callable[..., OurComment]:
    """Return a comment with our receipt, which was posted when comment 100 was the newest."""

    def make(
        number: int = 101,
        user: Account | None = BOT,
        nonce: str = "ours",
        author: str = "",
        **holds: int,
    ) -> OurComment:
        return OurComment(
            Comment(id=number, user=user),
            receipt.model_copy(
                update={"after": holds.get("after", 100), "nonce": nonce, "author": author}
            ),
            is_signed=bool(holds.get("signed", True)),
            is_current=bool(holds.get("current", True)),
            is_intact=bool(holds.get("intact", True)),
        )

    return make


ROWS: dict[str, tuple[list[dict[str, object]], str, int | None]] = {
    # What stands there, whom the token speaks for, and which of it is ours.
    "nothing": ([], "", None),
    "ours": ([{}], "", 101),
    "ours of another bot": ([{"user": APP}], "", 101),
    "a person's copy": ([{"user": MONA}], "", None),
    "a deleted account's": ([{"user": None}], "", None),
    "forged, by the workflow's bot": ([{"signed": False}], "", None),
    "forged, by another bot": ([{"signed": False, "user": APP}], "", None),
    "forged, before ours": ([{"signed": False}, {"number": 102}], "", 102),
    "edited by a maintainer": ([{"intact": False}], "", 101),
    "edited, and posted anew": ([{"intact": False}, {"number": 102, "nonce": "x"}], "", 102),
    "a copy in a later comment": ([{}, {"number": 102, "intact": False}], "", 101),
    "a copy to the letter in a later comment": ([{}, {"number": 102}], "", 101),
    "a copy in an older comment": ([{"number": 99, "intact": False}, {}], "", 101),
    "a copy to the letter in an older comment": ([{"number": 99}, {}], "", 101),
    "only a copy in an older comment": ([{"number": 99, "intact": False}], "", None),
    "only a copy to the letter in an older one": ([{"number": 100}], "", None),
    "a replay of an earlier one of ours": (
        [{"number": 99, "after": 50, "nonce": "x"}, {}],
        "",
        101,
    ),
    "two runs that met": ([{}, {"number": 102, "nonce": "theirs"}], "", 101),
    "in another order": ([{"number": 102, "nonce": "theirs"}, {}], "", 101),
    "under the previous key": ([{"current": False}], "", 101),
    "a person's token, and its own": ([{"user": MONA}], "Mona", 101),
    "a person's token beside a bot": ([{}, {"number": 102, "user": MONA}], "mona", 102),
    "a person's token, and a bot's alone": ([{}], "mona", None),
    "a person's token, and a forged one": ([{"user": MONA, "signed": False}], "mona", None),
    "a workflow's on Forgejo": ([{"user": FORGEJO}], "", 101),
    "forged, by a workflow on Forgejo": ([{"user": FORGEJO, "signed": False}], "", None),
    "a deleted account's on Forgejo": ([{"user": GHOST}], "", None),
    "a copy on Forgejo": ([{"user": LISA}], "", None),
    "a copy on Forgejo, beside ours": (
        [{"number": 101, "user": LISA}, {"number": 102, "user": FORGEJO}],
        "",
        102,
    ),
    "named on Forgejo": ([{"user": LISA, "author": "lisa"}], "", 101),
    "named where accounts have no number": ([{"user": NUMBERLESS, "author": "lisa"}], "", 101),
    "named, and copied by somebody else": ([{"user": LISA, "author": "mona"}], "", None),
    "named, and forged": ([{"user": LISA, "author": "lisa", "signed": False}], "", None),
    "named, beside a token that tells of another": (
        [{"user": LISA, "author": "lisa"}],
        "mona",
        None,
    ),
    "named on GitHub": ([{"user": MONA, "author": "mona"}], "", None),
}


@pytest.mark.parametrize("row", ROWS)
def test_our_comment_is_told_from_all_others(comment: Callable[..., OurComment], row: str) -> None:
    """The signature tells who wrote a receipt, its digest what stood below, its number where."""
    stands, login, expected = ROWS[row]
    ours = standing_of([comment(**it) for it in stands], login).ours
    assert (ours and ours.comment.id) == expected


def test_only_another_runs_comment_is_one_too_many(comment: Callable[..., OurComment]) -> None:
    """It is intact, by the same account, and has a receipt of its own; nothing else is touched."""
    read = [
        comment(),
        comment(102),
        comment(103, nonce="theirs"),
        comment(104, nonce="edited", intact=False),
        comment(105, nonce="of an app", user=APP),
        comment(106, nonce="forged", signed=False),
        comment(99, nonce="was there before"),
    ]
    standing = standing_of(read, "")
    assert [it.comment.id for it in standing.surplus] == [103]
    assert [it.comment.id for it in standing.unsigned] == [106]


def test_of_two_that_were_edited_none_is_one_too_many(
    comment: Callable[..., OurComment],
) -> None:
    """Where no text is intact, the oldest is written anew and all others are left alone."""
    standing = standing_of([comment(102, nonce="x", intact=False), comment(intact=False)], "")
    assert standing.ours
    assert (standing.ours.comment.id, standing.surplus) == (101, ())
