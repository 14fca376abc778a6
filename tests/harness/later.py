"""A runner whose clock is ahead of the machine's, as far as workflows look at it.

It must not ask the action for anything, nor change what a program does but for the time it sees.
"""

from __future__ import annotations

import shutil
import sys
from math import ceil
from typing import TYPE_CHECKING

from harness.consumer import write
from launch.libraries import label

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from harness.repository import Repository

# The launcher asks a Python where it is, and starts that one isolated: no variable reaches it, so
# this program names itself and puts a few lines in front of ours.
PYTHON = """\
#!/bin/sh
case " $* " in
  *sys.executable*) printf '3.%s %s %s' {minor} {label} "$0" ;;
  */launch.py\\ *) exec {real} -I -S -X utf8 "$0-later.py" "$5" "$6" ;;
  *) exec {real} "$@" ;;
esac
"""
BEFORE_OURS = """\
import builtins, datetime, runpy, sys

usual = builtins.__import__

def moved(*words, **more):
    found = usual(*words, **more)
    clock = sys.modules.get("harmonica_session.edges.network.clock")
    if hasattr(clock, "Clock"):
        builtins.__import__ = usual
        ahead = datetime.timedelta(seconds={seconds})
        clock.Clock.utc_now = lambda _: datetime.datetime.now(datetime.timezone.utc) + ahead
    return found

builtins.__import__ = moved
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
DATE = """\
#!/bin/sh
case " $* " in
  *" -d "*) exec {real} "$@" ;;
  *) exec {real} -d "+{seconds} seconds" "$@" ;;
esac
"""


def later(repository: Repository, span: timedelta) -> None:
    """Let time pass, for both services, for the action and for `date`."""
    repository.box.advance(span)
    seconds = ceil(repository.box.github.clock_offset)
    folder = repository.programs = repository.programs or repository.root.parent / "programs"
    write(folder / "python3-later.py", BEFORE_OURS.format(seconds=seconds))
    minor = sys.version_info.minor
    put_program(folder, "python3", PYTHON.format(real=sys.executable, minor=minor, label=label()))
    put_program(folder, "date", DATE.format(real=shutil.which("date"), seconds=seconds))


def put_program(folder: Path, name: str, text: str) -> None:
    """Put a program where steps find it first."""
    write(folder / name, text)
    (folder / name).chmod(0o755)
