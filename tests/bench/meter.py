"""Measures whole processes in rounds, and says how much the measurements differ.

It must not know what it measures, nor import what would make this process large: Linux counts the
memory of a process that starts another to that one's peak.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_UNITS_PER_MIB = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Sample:
    """What one process and its children took.

    Attributes:
        seconds: Of a clock on the wall.
        cpu: Seconds of the processors.
        memory: Peak of the largest process, in MiB.
    """

    seconds: float
    cpu: float = 0.0
    memory: float = 0.0


@dataclass(frozen=True)
class Spread:
    """The middle of some values, and the quartiles below and above it."""

    low: float
    median: float
    high: float


def measure(command: Sequence[str], env: Mapping[str, str], folder: Path) -> Sample:
    """Run a command to its end.

    Args:
        command: A program and its words.
        env: Its whole environment.
        folder: Where it starts.

    Raises:
        RuntimeError: if it fails; the message has the end of what it printed.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own words
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Sample(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / _UNITS_PER_MIB)


def total(samples: Sequence[Sample]) -> Sample:
    """Return what processes took that ran one after the other."""
    seconds, cpu = (sum(one.seconds for one in samples), sum(one.cpu for one in samples))
    return Sample(seconds, cpu, max(one.memory for one in samples))


def in_rounds(number: int, jobs: Mapping[str, Callable[[], Sample]]) -> dict[str, list[Sample]]:
    """Run all jobs one after the other, again and again, so that a drift meets all alike.

    A first round is not counted: it warms up the machine's caches.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in jobs}
    for counted in range(number + 1):
        for name, job in jobs.items():
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\033[Kround {counted} of {number}: {name} ")
                sys.stderr.flush()
            samples[name].append(job())
    return {name: taken[1:] for name, taken in samples.items()}


def spread(values: Sequence[float]) -> Spread:
    """Return median and quartiles of one or more values."""
    low, _, high = quantiles(values if len(values) > 1 else [*values] * 2, n=4, method="inclusive")
    return Spread(low, median(values), high)


def exponent(sizes: Sequence[float], costs: Sequence[Spread]) -> float | None:
    """Return the power of the size with which the cost grows at the end, 1 being linear.

    Args:
        sizes: Three or more, growing.
        costs: One for each; what the smallest size costs is taken off the others.

    Returns:
        None where the cost grows by less than the measurements of one size differ.
    """
    noise = max(cost.high - cost.low for cost in costs)
    grown = [cost.median - costs[0].median for cost in costs]
    if grown[-2] <= noise or grown[-1] <= grown[-2]:
        return None
    ratio = (sizes[-1] - sizes[0]) / (sizes[-2] - sizes[0])
    return math.log(grown[-1] / grown[-2]) / math.log(ratio)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first hold numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
