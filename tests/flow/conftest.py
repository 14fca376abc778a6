"""A consumer's repository for the tests of the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.consumer import Consumer

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox


@pytest.fixture
def consumer(box: Sandbox, tmp_path: Path) -> Consumer:
    """A repository with a small spec, and pull request 7 open."""
    return Consumer(box, tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults when output is not captured (`-s`)."""
    if terminalreporter.config.getoption("capture") != "no":
        return
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    rows = [dict(report.user_properties) for report in reports]
    rows = [row for row in rows if "fault" in row]
    if rows:
        terminalreporter.section("fault at a step: sessions, comments, what the user was told")
    for row in sorted(rows, key=lambda row: str(row["fault"])):
        fault, step, lasting, sessions, comments = row["fault"]
        how = "always" if lasting else "once"
        terminalreporter.write_line(
            f"{fault:<22}{step:<17}{how:<8}{sessions} {comments}  {str(row['told'])[:110]}"
        )
