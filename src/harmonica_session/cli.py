"""The entry: reads the first word of the command line, and runs what it names.

This module must not import more than that takes: every run pays for what stands here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a shell reports for a process that an interrupt has ended.
_CANCELLED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, once in a process.

    Args:
        argv: The words after the program's name; the process's own when None.

    Returns:
        The exit code: 0 when the command did what it says, 1 when it did not, 2 for a command
        line that cannot be read, 130 when it was interrupted.
    """
    words = sys.argv[1:] if argv is None else [*argv]
    # Next to nothing is garbage in a process this short. Looking for it takes a seventh of the
    # time all the same, half of it at the end, which `freeze` spares.
    gc.disable()
    try:
        if words == ["action"]:
            from harmonica_session.step import run_action

            return run_action(os.environ, sys.stdout)
        from harmonica_session.terminal import run

        return run(words)
    except KeyboardInterrupt:
        # A command knows what it leaves behind; this one was still being loaded.
        sys.stdout.write("Canceled before anything was done.\n")
        return _CANCELLED
    finally:
        # All is said, and an interrupt would meet Python itself, which ends in a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.freeze()
