"""The benchmark's command: measures the parts that are named, and prints a table for each.

It must not measure anything itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.growth import growth
from bench.profile import profile
from bench.runs import latency, run
from bench.set_up import cold, set_up
from bench.stage import Stage
from bench.stand_ins import started
from bench.trees import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.stand_ins import StandIns

ABOUT = "Measures the action beside other ways to do the same, and prints tables in Markdown."
ROUNDS = 15
PARTS: dict[str, tuple[str, Callable[[Stage, StandIns, int], str], int]] = {
    "cold": ("A first step in a job, out of a release", cold, 1),
    "run": ("A further step", run, 1),
    "tls": ("The same over TLS", partial(run, tls=True), 1),
    "set-up": ("Set-up from the package index", set_up, 5),
    "profile": ("Where the time of a step goes", profile, 2),
    "latency": ("With slow services", latency, 3),
    "growth": ("Growth", growth, 3),
}


def main() -> int:
    """Measure and print; returns the exit code."""
    arguments = _arguments()
    sys.stdout.write(f"{_machine()}\n")
    with tempfile.TemporaryDirectory() as name, started() as stand_ins:
        # A link in the path would count as another place.
        folder = Path(name).resolve()
        release = arguments.release or _built(folder / "release")
        (folder / "stage").mkdir()
        for part in arguments.parts or PARTS:
            title, measured, share = PARTS[part]
            if part == "set-up":
                measured = partial(set_up, before=arguments.before)
            rounds = max(arguments.rounds // share, 1)
            # Each part has a machine of its own.
            stage = Stage(Path(tempfile.mkdtemp(dir=folder / "stage")), release)
            try:
                shown = f"Medians of {rounds} rounds.\n\n{measured(stage, stand_ins, rounds)}"
            except RuntimeError as error:
                shown = f"Not measured: {str(error).splitlines()[-1]}\n"
            sys.stdout.write(f"\n### {title}\n\n{shown}")
            sys.stdout.flush()
    return 0


def _arguments() -> argparse.Namespace:
    """Return what the command line says, or end with what is wrong with it."""
    parser = argparse.ArgumentParser(prog="bash tests/bench/run", description=ABOUT)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        help=f"{ROUNDS}; profile: half, latency and growth: a third, set-up: a fifth",
    )
    parser.add_argument(
        "--release",
        type=lambda path: Path(path).resolve(strict=True),
        metavar="DIR",
        help="what `bash .github/release/build DIR` has built; built now when it is not named",
    )
    parser.add_argument(
        "--before", default="", metavar="REVISION", help="set-up: of this revision, too"
    )
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]}")
    if missing := [name for name in ("bash", "curl", "jq") if not shutil.which(name)]:
        parser.error(f"the step by hand needs {' and '.join(missing)}; install that first")
    return arguments


def _built(release: Path) -> Path:
    """Build the release tree of what was committed last."""
    command = ("bash", str(ROOT / ".github/release/build"), str(release))
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - our own program
    return release


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
