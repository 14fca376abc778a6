"""What is said where a link could not be posted."""

from __future__ import annotations

import pytest

from harmonica_session.announcement.advice import PERMISSIONS, denied, not_announced
from harmonica_session.errors import NotSent, Refused
from harmonica_session.words.place import Place


def test_a_denial_brings_the_block_to_paste() -> None:
    """What the token may not do is followed by the permissions that it needs."""
    message = denied("The link was not posted", "403 Forbidden")
    assert message.startswith("The link was not posted, because the token may not: 403 Forbidden.")
    assert message.endswith(f"\n{PERMISSIONS}")


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (403, "Unable to create comment because issue is LOCKED", "unlock the conversation"),
        (403, "Resource not accessible by integration", f"Give the job these:\n{PERMISSIONS}"),
        (404, "Not Found", f"Give the job these:\n{PERMISSIONS}"),
        (422, "Validation Failed", "the next run posts it: it was refused"),
    ],
)
def test_a_refused_comment_says_what_to_do(status: int, reason: str, words: str) -> None:
    """A locked conversation, a token that may not, and anything else are three things."""
    refusal = Refused("it was refused", status=status, reason=reason, is_limit=False)
    message = not_announced(Place(7), refusal)
    assert "#7" in message
    assert words in message


def test_a_comment_that_never_went_out_is_posted_by_the_next_run() -> None:
    """What is no refusal is told as it is."""
    assert not_announced(Place(7), NotSent("no way there")).endswith("posts it: no way there")
