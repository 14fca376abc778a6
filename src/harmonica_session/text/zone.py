"""Reads time zones by their IANA names.

This module must not load the machine's time zones for UTC, nor know what time it is.
"""

from __future__ import annotations

import re
from datetime import timezone, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from harmonica_session.errors import clip

UTC = "UTC"
_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_LONGEST = 64
# What lies beside the zones on a machine and is none: copies with other rules, its own zone.
_NO_ZONE = re.compile(r"(posix|right)/.*|localtime|posixrules|Factory")
_EXAMPLE = "write a name such as `Europe/Berlin`"


@lru_cache
def zone_named(name: str) -> tzinfo:
    """Return the time zone of an IANA name, UTC for none.

    Raises:
        ValueError: There is no such zone, or this machine knows of none; the text says what to do.
    """
    if name in ("", UTC):
        return timezone.utc
    zone = _loaded(name)
    # Some file systems take any case for the right one, and the next machine's does not.
    is_exact = zone is not None and (_loaded(name.swapcase()) is None or name in _known())
    if zone is not None and is_exact:
        return zone
    raise ValueError(f"`timezone: {clip(name)}` {_advice(name)}")


def _loaded(name: str) -> tzinfo | None:
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or _NO_ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # An `OSError` is what a folder of zones gives, such as `Europe`.
        return None


@lru_cache
def _known() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if not _NO_ZONE.fullmatch(name))


def _advice(name: str) -> str:
    if not _known():
        return (
            "cannot be looked up, because this machine has no time zone data; install it "
            "(the package `tzdata`), or leave out `timezone` to use UTC"
        )
    # The signs of `Etc/GMT+2` are the other way round, so it is hardly ever what is meant.
    zones = sorted(zone for zone in _known() if "/" in zone and not zone.startswith("Etc/"))
    forms = {zone.rpartition("/")[2].casefold(): zone for zone in reversed(zones)}
    forms |= {zone.casefold(): zone for zone in zones} | {UTC.casefold(): UTC}
    near = get_close_matches("_".join(name.casefold().split()), forms, n=1)
    found = (
        f"did you mean `{forms[near[0]]}`?" if near else f"{_EXAMPLE}, or leave it out to use UTC"
    )
    return f"is not a time zone; {found}"
