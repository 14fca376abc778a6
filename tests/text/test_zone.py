"""Time zones by name: which there are, and what is said of one that there is not."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from harmonica_session.text.zone import zone_named
from harness.process import run_python

SRC = Path(__file__).resolve().parents[2] / "src"


@pytest.mark.parametrize("name", ["", "UTC"])
def test_utc_is_what_it_is_without_any_data(name: str) -> None:
    """Who names no zone needs none on the machine."""
    assert zone_named(name) is timezone.utc


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Europe/Berlin", 1),
        ("Asia/Tokyo", 9),
        ("America/Argentina/Buenos_Aires", -3),
        ("America/Port-au-Prince", -5),
        ("Etc/GMT+3", -3),
    ],
)
def test_a_zone_is_known_by_its_name(name: str, hours: int) -> None:
    """Each form that a name of IANA's has is taken."""
    at = datetime(2026, 12, 1, tzinfo=zone_named(name))
    assert at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Europe/Berln", "did you mean `Europe/Berlin`?"),
        ("europe/berlin", "did you mean `Europe/Berlin`?"),
        ("EUROPE/BERLIN", "did you mean `Europe/Berlin`?"),
        ("Berlin", "did you mean `Europe/Berlin`?"),
        ("America/New York", "did you mean `America/New_York`?"),
        ("new york", "did you mean `America/New_York`?"),
        ("utc", "did you mean `UTC`?"),
        ("Middle-earth/Mordor", "write a name such as `Europe/Berlin`"),
        ("+02:00", "write a name such as `Europe/Berlin`"),
        ("GMT+2", "write a name such as `Europe/Berlin`"),
    ],
)
def test_an_unknown_zone_is_named_with_the_nearest(name: str, advice: str) -> None:
    """Case, blanks, a slip, and the city alone are met; what has no likeness gets an example."""
    with pytest.raises(ValueError, match="is not a time zone") as caught:
        zone_named(name)
    assert str(caught.value).startswith(f"`timezone: {name}` ")
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        *("Europe", "Europe/", "/Europe/Berlin", "../zoneinfo/Europe/Berlin", "./Europe/Berlin"),
        *("/etc/localtime", "localtime", "posixrules", "Factory", "posix/Europe/Berlin"),
        *("right/Europe/Berlin", "tzdata.zi", "zone.tab", "leapseconds", "x" * 10_000, "a\0b"),
        *("Europe/Berlin\n", "\udcff", "Европа", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ],
)
def test_what_lies_beside_the_zones_is_no_zone(name: str) -> None:
    """No path, folder, list or copy with other rules is taken for one, and no name is a crash."""
    with pytest.raises(ValueError, match="is not a time zone"):
        zone_named(name)


ASKED = """
import sys, zoneinfo
sys.path.insert(0, sys.argv[1])
from harmonica_session.text.zone import zone_named
zoneinfo.reset_tzpath(())
sys.modules["tzdata"] = None
try:
    zone_named("Europe/Berlin")
except ValueError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the zones are a package there")
def test_a_machine_without_time_zone_data_is_told_what_to_install() -> None:
    """It is not the spec's name that is wrong."""
    done = run_python("-I", "-c", ASKED, str(SRC), env={})
    assert done.stderr == ""
    assert done.stdout.strip() == (
        "`timezone: Europe/Berlin` cannot be looked up, because this machine has no "
        "time zone data; install it (the package `tzdata`), or leave out `timezone` "
        "to use UTC"
    )
