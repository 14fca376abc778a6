"""A session's round: until when it is open, who is expected, and when it is over.

This module must not know what time it is, nor how a time zone's name becomes one.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from datetime import tzinfo

MOST_EXPECTED = 10_000
LONGEST = timedelta(days=365)
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}
# Python's own names follow the machine's language.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def _checked_moment(text: str) -> str:
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a moment needs its offset")
    return text


_Moment = Annotated[
    str, StringConstraints(strict=True, max_length=40), AfterValidator(_checked_moment)
]
_Zone = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_+/-]{0,64}$")]
_Duration = Annotated[str, StringConstraints(strict=True, pattern=r"^([1-9][0-9]{0,3}[dh])?$")]


class Round(BaseModel):
    """What a spec asks for of a round, and what was reckoned from it when the session was created.

    Attributes:
        open_for: How long it is open, as the spec says it: `5d`; empty for no end.
        expected: How many are meant to take part, None when nobody says.
        remind: How long before the end to remind, as the spec says it; empty for never.
        timezone: IANA name of the zone for the dates that people read; empty for UTC.
        opened_at: When it began, in ISO 8601 with an offset; empty in what a spec asks for.
        open_until: When it ends, in ISO 8601 with the offset of the zone; empty for no end.
        is_over: Whether it was over once, and so for good.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    open_for: _Duration = ""
    expected: Annotated[int, Field(strict=True, ge=1, le=MOST_EXPECTED)] | None = None
    remind: _Duration = ""
    timezone: _Zone = ""
    opened_at: _Moment = ""
    open_until: _Moment = ""
    is_over: bool = False

    @property
    def asked(self) -> Round:
        """What the spec has asked for, without what was reckoned."""
        return Round(
            open_for=self.open_for,
            expected=self.expected,
            remind=self.remind,
            timezone=self.timezone,
        )

    @property
    def needs_keeping(self) -> bool:
        """Whether a later run has to know of it, so as to tell that it is over."""
        return bool(self.open_for or self.expected)

    @property
    def end(self) -> datetime | None:
        """When it ends, on the clock of its zone; None when it has no end."""
        return datetime.fromisoformat(self.open_until) if self.open_until else None

    @property
    def end_in_words(self) -> str:
        """The end as people read it: `Tuesday, 1 December 2026, 17:00 (Europe/Berlin)`."""
        end = self.end
        if end is None:
            return ""
        day = f"{_DAYS[end.weekday()]}, {end.day} {_MONTHS[end.month - 1]} {end.year}"
        return f"{day}, {end:%H:%M} ({self.timezone or 'UTC'})"

    def opened(self, at: datetime, zone: tzinfo) -> Round:
        """Return the round that begins at a moment.

        Args:
            at: The moment, aware of its zone.
            zone: The one that `timezone` names.
        """
        until = end_of(at, self.open_for, zone).isoformat(timespec="seconds")
        return self.model_copy(
            update={
                "opened_at": at.astimezone(timezone.utc).isoformat(timespec="seconds"),
                "open_until": until if self.open_for else "",
            }
        )


def length(written: str) -> timedelta:
    """Return how long `5d` or `36h` is; a day counts as 24 hours here."""
    return int(written[:-1]) * _UNITS[written[-1]]


def end_of(begin: datetime, open_for: str, zone: tzinfo) -> datetime:
    """Return the end of what begins at a moment; the moment itself where there is no length.

    Days end at the same time of day, whatever the clocks of the zone did meanwhile; hours are
    hours.

    Args:
        begin: The moment, aware of its zone.
        open_for: Such as `5d` or `36h`, or empty.
        zone: The time zone whose days are counted.
    """
    if open_for.endswith("d"):
        # Python counts on the clock of the zone; a time that it skips is the one an hour later.
        end = begin.astimezone(zone) + length(open_for)
        return end.astimezone(timezone.utc).astimezone(zone)
    end = begin.astimezone(timezone.utc) + (length(open_for) if open_for else timedelta())
    return end.astimezone(zone)


def is_final(it: Round, participant_count: int | None, status: str | None, now: datetime) -> bool:
    """Say whether a round is over.

    Args:
        it: The round.
        participant_count: How many have taken part, None when nobody knows.
        status: Of the session, as Harmonica has it.
        now: This moment.
    """
    end = it.end
    return (
        it.is_over
        or status == "completed"
        or (end is not None and end <= now)
        or _are_all_there(it, participant_count)
    )


def _are_all_there(it: Round, participant_count: int | None) -> bool:
    return it.expected is not None and (participant_count or 0) >= it.expected


def open_in_words(it: Round | None, participant_count: int | None) -> str:
    """Say who has taken part and until when a round is open; empty where nobody knows either."""
    until = f"open until {it.end_in_words}" if it and it.open_until else ""
    count = participant_count or 0
    if not count:
        return until.replace("open", "Open", 1)
    of = f" of {it.expected}" if it and it.expected else ""
    came = f"{count}{of} {'has' if count == 1 else 'have'} taken part"
    return f"{came}; {until}" if until else f"{came}."


def over_in_words(it: Round, participant_count: int | None, now: datetime) -> str:
    """Say of a round that is over that it is, by our reckoning; the session may still be open."""
    end = it.end
    if end and end <= now:
        because = f"it was open until {it.end_in_words}"
    elif _are_all_there(it, participant_count):
        because = f"as many people have taken part as were expected ({it.expected})"
    else:
        return "This round is over. Anyone with the link can still join."
    return f"This round is over: {because}. Anyone with the link can still join."
