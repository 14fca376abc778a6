"""The set-up of the action beside the usual one; every cold one asks the package index.

It must not use or fill the caches of whoever runs it.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.meter import Sample, in_rounds, measure, spread, table
from bench.runs import CHECK, TARGETS, verdict, with_quartiles
from bench.stage import HERE, LOCK, SHELL

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.stage import Stage
    from bench.stand_ins import StandIns

USUAL, WITH_UV, WITHOUT_UV, AGAIN = (
    "(c) venv and pip",
    "cold, uv on PATH",
    "cold, no uv",
    "second use",
)
ALONE, AND_RUN, AND_RUN_UNWRITTEN = KINDS = (
    "ms alone",
    "ms with the first run",
    "the same, PYTHONDONTWRITEBYTECODE",
)
# The most that is allowed, as a share of (c).
SHARES = {WITH_UV: 10, WITHOUT_UV: 3}
RUN_SOURCES = "import sys; sys.path.append(sys.argv[1]); from harmonica_session.cli import main; "


def set_up(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the table of set-ups, alone and with the first run after them.

    Raises:
        RuntimeError: if a set-up fails, as it does where the package index is out of reach.
    """
    with tempfile.TemporaryDirectory(dir=stage.folder) as folder:
        samples = in_rounds(rounds, _SetUps(stage, stand_ins, Path(folder)).jobs())
    times = {name: spread([one.seconds for one in taken]) for name, taken in samples.items()}
    rows = []
    for name in (USUAL, WITH_UV, WITHOUT_UV, AGAIN):
        row = [name]
        for kind in KINDS:
            time, usual = times[f"{name}, {kind}"], times[f"{USUAL}, {kind}"]
            row += [with_quartiles(time), f"1/{usual.median / time.median:.1f}"]
        share = times[f"{name}, {ALONE}"].median / times[f"{USUAL}, {ALONE}"].median
        if name in SHARES:
            row.append(verdict(share, 1 / SHARES[name], f"alone ≤ 1/{SHARES[name]}"))
        elif name == AGAIN:
            alone = times[f"{name}, {ALONE}"].median
            [(_, most)] = TARGETS[CHECK]
            row.append(verdict(alone, most, f"alone ≤ {1000 * most:.0f} ms"))
        else:
            row.append("")
        rows.append(row)
    head = [cell for kind in KINDS for cell in (kind, "of (c)")]
    return table(["set-up", *head, "target"], rows)


class _SetUps:
    """Set-ups into folders of their own, each used by the jobs that follow it."""

    def __init__(self, stage: Stage, stand_ins: StandIns, folder: Path) -> None:
        self._stage = stage
        self._stand_ins = stand_ins
        self._folder = folder
        self._usual = Sample(0.0)

    def jobs(self) -> dict[str, Callable[[], Sample]]:
        """Return all set-ups of one round."""
        jobs: dict[str, Callable[[], Sample]] = {}
        for kind in KINDS:
            jobs[f"{USUAL}, {kind}"] = partial(self._run_usual, kind)
            jobs[f"{WITHOUT_UV}, {kind}"] = partial(self._step, "without-uv", kind, is_cold=True)
            jobs[f"{WITH_UV}, {kind}"] = partial(self._step, "with-uv", kind, is_cold=True)
            jobs[f"{AGAIN}, {kind}"] = partial(self._step, "with-uv", kind, is_cold=False)
        return jobs

    def _step(self, programs: str, kind: str, *, is_cold: bool) -> Sample:
        """Run the whole step where nothing, or all, is set up."""
        if is_cold:
            self._empty("tools")
        action = "nothing" if kind == ALONE else "ours"
        env = self._variables(programs, kind) | self._stage.step(action)
        return measure(self._stage.whole_step, env, self._stage.workspace)

    def _run_usual(self, kind: str) -> Sample:
        """Set up in the usual way, or run what was set up so, for the first time, from sources.

        pip compiles what it installs, whatever the variables say, so one set-up counts for all.
        """
        venv = self._folder / "venv"
        env = self._variables("without-uv", kind)
        if kind == ALONE:
            self._empty("venv")
            script = (*SHELL, str(HERE / "usual.sh"))
            self._usual = measure([*script, str(venv), str(LOCK)], env, self._stage.workspace)
            return self._usual
        # Another copy, for no run of ours finds compiled files beside its sources.
        sources = self._stage.source("usual")
        for cache in sources.rglob("__pycache__"):
            shutil.rmtree(cache)
        program = f"{RUN_SOURCES}sys.exit(main(['action']))"
        command = [str(venv / "bin/python"), "-c", program, str(sources)]
        run = measure(command, env, self._stage.workspace)
        return replace(run, seconds=run.seconds + self._usual.seconds)

    def _variables(self, programs: str, kind: str) -> dict[str, str]:
        self._empty("caches")
        unwritten = {"PYTHONDONTWRITEBYTECODE": "1"} if kind == AND_RUN_UNWRITTEN else {}
        return {
            **self._stage.variables(self._stand_ins.prepare()),
            **self._stage.to_index,
            **unwritten,
            "PATH": str(self._stage.folder / programs),
            "PIP_CACHE_DIR": str(self._folder / "caches/pip"),
            "UV_CACHE_DIR": str(self._folder / "caches/uv"),
            "RUNNER_TOOL_CACHE": str(self._folder / "tools"),
        }

    def _empty(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)
        (self._folder / name).mkdir()
