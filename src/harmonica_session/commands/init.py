"""`harmonica-session init`: writes a starter spec and a workflow that uses it.

This module must not write over a file that is there.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import TYPE_CHECKING

from harmonica_session.text.open_name import left_to_fill_in

if TYPE_CHECKING:
    from pathlib import Path

STARTERS = files("harmonica_session") / "starters"
# Each kind, and what its workflow does.
KINDS = {
    "retrospective": "a retrospective on each merged pull request",
    "sprint": "a sprint retrospective every second Monday, in an issue",
    "decision": "a session on a decision, started by hand",
    "release": "a retrospective on each release, in an issue",
    "first-contribution": "feedback from first-time contributors, who share one session",
    "chat": "a weekly retrospective whose link and results go to a Slack channel",
    "results": "the results of sessions, every working day; this one has no spec",
}


def init(root: Path, kind: str) -> int:
    """Write `.harmonica/KIND.yml`, where the kind has a spec, and `.github/workflows/KIND.yml`.

    Args:
        root: The repository.
        kind: One of `KINDS`.

    Returns:
        0 when all was written, 1 when a file was there already and was left as it is.
    """
    code = 0
    to_do = ""
    for name, folder in (("session.yml", ".harmonica"), ("workflow.yml", ".github/workflows")):
        starter = STARTERS / kind / name
        if not starter.is_file():
            continue
        target = root / folder / f"{kind}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = starter.read_text("utf-8")
        try:
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            sys.stderr.write(f"error: {folder}/{kind}.yml already exists and was left unchanged\n")
            code = 1
        else:
            sys.stdout.write(f"Wrote {folder}/{kind}.yml\n")
            to_do = to_do or left_to_fill_in(text)
    sys.stdout.write(to_do)
    if code == 0:
        sys.stdout.write(
            "Now add the secret HARMONICA_API_KEY to the repository, and commit these files.\n"
        )
    return code
