"""A consumer's repository for the tests of the flow."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from harness.consumer import Consumer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox


@pytest.fixture
def consumer(box: Sandbox, tmp_path: Path) -> Consumer:
    """A repository with a small spec, and pull request 7 open."""
    return Consumer(box, tmp_path)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let interrupts reach what a test starts, even under nohup or in a shell's background."""
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, inherited)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests have kept rows for, when output is not captured (`-s`)."""
    if terminalreporter.config.getoption("capture") != "no":
        return
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    kept = [dict(report.user_properties) for report in reports]
    faults = [
        f"{fault:<22}{step:<17}{'always' if lasting else 'once':<8}{sessions} {comments}  "
        f"{str(row['told'])[:110]}"
        for row in kept
        if "fault" in row
        for fault, step, lasting, sessions, comments in [row["fault"]]
    ]
    fates = [
        f"{status:<5}{patience:<5}{body:<9}{work:<10}{sessions}  {told}"
        for row in kept
        if "fate" in row
        for status, patience, body, work, sessions, told in [row["fate"]]
    ]
    seen = [
        f"{asked:<24}{repository:<10}{way:<19}"
        + (", ".join(place for place, names in found.items() if names) or "-")
        for row in kept
        if "seen" in row
        for asked, repository, way, found in [row["seen"]]
    ]
    troubles = [
        f"{fault:<22}{step:<22}{status:<11}{problem[:100]}"
        for row in kept
        if "trouble" in row
        for fault, step, status, problem in [row["trouble"]]
    ]
    tables = {
        "lasting fault at a step of results: status, what the user was told": troubles,
        "asked for, repository, announced in, input: where a word of the results appears": seen,
        "fault at a step: sessions, comments, what the user was told": faults,
        "answer to a create (status, Retry-After, body), work: sessions, what became of it": fates,
    }
    for title, lines in tables.items():
        if lines:
            terminalreporter.section(title)
        for line in sorted(lines):
            terminalreporter.write_line(line)
