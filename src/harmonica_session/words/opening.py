"""What a spec says to those who are invited, and Harmonica never gets.

This module must not know where it stands, nor make it harmless.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST_INVITATION = 600
LONGEST_TAKES = 60


class Opening(NamedTuple):
    """The host's own words to those who are invited.

    Attributes:
        invitation: A short paragraph in place of our opening sentence, empty for none.
        takes: How long it takes, such as `10 min`; empty where the spec does not say.
    """

    invitation: str = ""
    takes: str = ""
