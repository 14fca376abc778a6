"""The benchmark's command: measures the parts that are named, and prints a table for each.

It must not measure anything itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.growth import growth
from bench.profile import profile
from bench.runs import latency, run
from bench.set_up import set_up
from bench.stage import Stage
from bench.stand_ins import started

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.stand_ins import StandIns

ABOUT = "Measures the action beside other ways to do the same, and prints tables in Markdown."
ROUNDS = 15
PARTS: dict[str, tuple[str, Callable[[Stage, StandIns, int], str], int]] = {
    "run": ("The run, set up already", run, 1),
    "tls": ("The same over TLS", partial(run, tls=True), 1),
    "profile": ("Where the time of a run goes", profile, 1),
    "latency": ("With slow services", latency, 3),
    "growth": ("Growth", growth, 3),
    "set-up": ("Set-up", set_up, 3),
}


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="bash tests/bench/run", description=ABOUT)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"{ROUNDS}; latency, growth and set-up: a third"
    )
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]}")
    if missing := [name for name in ("bash", "curl", "jq") if not shutil.which(name)]:
        parser.error(f"the step by hand needs {' and '.join(missing)}; install that first")
    sys.stdout.write(f"{_machine()}\n")
    with tempfile.TemporaryDirectory() as folder, started() as stand_ins:
        # A link in the path would count as another place.
        stage = Stage(Path(folder).resolve())
        stage.set_up(stand_ins.prepare()["api_key"])
        for part in arguments.parts or PARTS:
            title, measured, share = PARTS[part]
            rounds = max(arguments.rounds // share, 1)
            try:
                shown = f"Medians of {rounds} rounds.\n\n{measured(stage, stand_ins, rounds)}"
            except RuntimeError as error:
                shown = f"Not measured: {str(error).splitlines()[-1]}\n"
            sys.stdout.write(f"\n### {title}\n\n{shown}")
            sys.stdout.flush()
    return 0


def _machine() -> str:
    """Return the day, and what kind of machine this is, in one line."""
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = f"{platform.system()} {platform.release()}"
    day = datetime.now(timezone.utc).date()
    python = f"Python {platform.python_version()}"
    return f"{day}, {os.cpu_count()} cores, {platform.machine()}, {system}, {python}"


if __name__ == "__main__":
    raise SystemExit(main())
