"""Decides what is due for an announced session: what to have written, whom to remind, when to end.

This module must not ask anybody, nor know what is shown where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.text.moment import moment
from harmonica_session.words.round import is_final, length, open_in_words, over_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from harmonica_session.announcement.receipt import Receipt
    from harmonica_session.inputs import Generate
    from harmonica_session.words.results import Summary
    from harmonica_session.words.round import Round
    from harmonica_session.words.session import Session


@dataclass(frozen=True)
class Due:
    """Where a round stands at a moment.

    Attributes:
        receipt: What the announcement keeps.
        session: As Harmonica has it now.
        now: The moment.
        may_show: Whether its results may be shown.
    """

    receipt: Receipt
    session: Session
    now: datetime
    may_show: bool

    @property
    def round(self) -> Round | None:
        """The round, None for a session whose spec has asked for none."""
        return self.receipt.round

    @property
    def standing(self) -> str:
        """Who came and until when it is open, in words; empty where there is nothing to say."""
        count = self.session.participant_count
        if not self.is_final:
            return open_in_words(self.round, count)
        over = over_in_words(self.round, count, self.now) if self.round else ""
        of = f" of {self.round.expected}" if self.round and self.round.expected else ""
        return f"{over} {self.taken_part}{of} took part.".strip()

    @property
    def taken_part(self) -> int:
        """How many have taken part, as far as Harmonica counts them."""
        return self.session.participant_count or 0

    @property
    def is_final(self) -> bool:
        """Whether the round is over; without one, whether the session is completed."""
        if self.round is None:
            return self.session.status == "completed"
        return is_final(self.round, self.session.participant_count, self.session.status, self.now)

    @property
    def may_remind(self) -> bool:
        """Whether the end is so near that who is still expected is reminded."""
        if self.round is None or not self.round.remind or self.is_final:
            return False
        end = self.round.end
        return end is not None and end - self.now <= length(self.round.remind)

    def wants_summary(self, known: Summary, generate: Generate) -> bool:
        """Say whether a summary is to be written.

        Args:
            known: What there is.
            generate: `auto` writes one when somebody has taken part and there is none, and once
                more when the round is over and what there is was written before that. What was told
                of a round that is over stays as it is.
        """
        told = self.receipt.reported
        if not self.taken_part or (told and told.is_final):
            return False
        if generate != "auto":
            return generate == "always"
        return known.text is None or (self.is_final and not self._is_from_after_the_end(known))

    def _is_from_after_the_end(self, known: Summary) -> bool:
        written = moment(known.generated_at)
        told = self.receipt.reported
        ends = (self.round.end if self.round else None, moment(told.over_since if told else ""))
        # When the last of those who were expected came is known as far as a run has noticed it.
        return written is not None and any(end and end <= written for end in ends)
