"""Who may see results, in one table."""

from __future__ import annotations

import pytest

from harmonica_session.results.visibility import may_show


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("asked", ["public", "participants", "host", "", "unknown", "Public"])
def test_only_what_was_asked_for_is_shown(asked: str, *, is_private: bool, publish: bool) -> None:
    """Public results anywhere, those for participants where not everybody looks, else none."""
    expected = publish or asked == "public" or (asked == "participants" and is_private)
    assert may_show(asked, is_private=is_private, publish=publish) == expected
