"""What is said where a link could not be posted."""

from __future__ import annotations

import pytest

from harmonica_session.announcement.advice import (
    PERMISSIONS,
    PERMISSIONS_FOR_ISSUES,
    denied,
    not_announced,
)
from harmonica_session.errors import Barred, FateUnknown, NotSent, Refused
from harmonica_session.words.place import OWN_ISSUE, Place


def test_a_denial_brings_the_block_to_paste() -> None:
    """What the token may not do is followed by the permissions that it needs."""
    forbidden = Refused("403 Forbidden", status=403, is_limit=False)
    message = denied("The link was not posted", forbidden, Place(7))
    assert message.startswith(
        "The link was not posted, because the token lacks permission: 403 Forbidden."
    )
    assert message.endswith(f"\n{PERMISSIONS}")


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (403, "Resource not accessible by integration", f"Add this to the job:\n{PERMISSIONS}"),
        (404, "Not Found", f"Add this to the job:\n{PERMISSIONS}"),
        (422, "Validation Failed", "the next run will post it: it was refused"),
    ],
)
def test_a_refused_comment_says_what_to_do(status: int, reason: str, words: str) -> None:
    """A token that may not, and anything else are two things."""
    refusal = Refused("it was refused", status=status, reason=reason, is_limit=False)
    message = not_announced(Place(7), refusal)
    assert "#7" in message
    assert words in message


def test_what_no_permission_mends_brings_no_block() -> None:
    """The line has its own remedy; who follows another would be led astray."""
    barred = Barred("it is locked; unlock it", status=403, is_limit=False)
    for message in (not_announced(Place(7), barred), denied("It was not read", barred, Place(7))):
        assert message.endswith(": it is locked; unlock it")
        assert PERMISSIONS not in message


def test_a_limit_is_no_lock() -> None:
    """Who was blocked for too many comments only has to wait."""
    said = "You have been temporarily blocked from content creation"
    limit = Refused(f"{said}; try again in 60 seconds", status=403, reason=said, is_limit=True)
    assert not_announced(Place(7), limit).endswith("try again in 60 seconds")
    assert "locked, so" not in not_announced(Place(7), limit)


def test_a_comment_that_never_went_out_is_posted_by_the_next_run() -> None:
    """What is no refusal is told as it is."""
    assert not_announced(Place(7), NotSent("no way there")).endswith("will post it: no way there")


def test_an_issue_that_was_not_opened_is_told_as_such() -> None:
    """It takes another permission, and no later run opens it but an attempt of this one."""
    forbidden = Refused("403 Forbidden", status=403, is_limit=False)
    assert not_announced(OWN_ISSUE, forbidden).endswith(f"\n{PERMISSIONS_FOR_ISSUES}")
    lost = not_announced(OWN_ISSUE, FateUnknown("no answer"))
    assert lost.startswith("It is not known whether an issue was opened for the session; ")
    assert "the next run will open one if necessary: no answer" in lost
    edit = not_announced(Place(9, is_own_issue=True), NotSent("no way there"))
    assert edit.startswith("The link was not posted on #9; ")
