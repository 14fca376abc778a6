"""The set-up and the first run after it: out of a release, from the package index, and as usual.

It must not use or fill the caches of whoever runs it.
"""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from bench.meter import in_rounds, measure, spread, table, total
from bench.runs import Flow, Runner, verdict, with_quartiles
from bench.trees import HERE, LAUNCH, ROOT, SHELL, Start

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.meter import Sample
    from bench.stage import Stage
    from bench.stand_ins import StandIns
    from bench.trees import Tree

COLD, WARM = "set-up and first run", "a further step of the same job"
MOST_OF_WARM = 1.5
USUAL, PIP, UV, AGAIN = (
    "(c) venv and pip",
    "pip alone",
    "uv on PATH",
    "a further step, libraries installed",
)
# Nothing can be had from an index, wherever the machine has one.
NO_INDEX = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
RUN_SOURCES = "import sys; sys.path.append(sys.argv[1]); from harmonica_session.cli import main; "


def cold(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the table of a release's first step in a job beside the second, without an index."""
    runner = Runner(stage, stand_ins)
    temporary = stage.folder / "cold"
    flow = Flow((stage.trees.release.step,), {**NO_INDEX, "RUNNER_TEMP": str(temporary)})
    jobs = runner.jobs({COLD: flow, WARM: flow})
    samples = in_rounds(rounds, {**jobs, COLD: emptied(stage, temporary.name, jobs[COLD])})
    times = {name: spread([one.seconds for one in taken]) for name, taken in samples.items()}
    rows = []
    for name, time in times.items():
        cpu = spread([one.cpu for one in samples[name]]).median
        ratio = time.median / times[WARM].median
        said = verdict(ratio, MOST_OF_WARM, f"≤ {MOST_OF_WARM}") if name == COLD else ""
        rows.append([name, with_quartiles(time), f"{ratio:.2f}", f"{1000 * cpu:.0f}", said])
    head = ["step of a release", "ms (quartiles)", "÷ a further step", "ms of processor", "target"]
    return table(head, rows)


def emptied(stage: Stage, name: str, job: Callable[[], Sample]) -> Callable[[], Sample]:
    """Return a job that finds a folder of the stage empty."""

    def run() -> Sample:
        stage.empty(name)
        return job()

    return run


def set_up(stage: Stage, stand_ins: StandIns, rounds: int, *, before: str = "") -> str:
    """Return the table of set-ups without fitting wheels, each with the first run after it.

    Args:
        stage: Where they run.
        stand_ins: What they ask.
        rounds: How often.
        before: A revision of the action to set beside what is there now.

    Raises:
        RuntimeError: if a set-up fails, as it does where the package index is out of reach.
    """
    runner = _Installing(stage, stand_ins)
    now = stage.trees.without_libraries()
    jobs: dict[str, Callable[[], Sample]] = {
        USUAL: runner.usual,
        PIP: partial(runner.cold, now, "without-uv"),
        UV: partial(runner.cold, now, "with-uv"),
        AGAIN: partial(runner.step, now, "with-uv"),
    }
    if before:
        then = stage.trees.revision(before)
        for name, programs in ((PIP, "without-uv"), (UV, "with-uv")):
            jobs[f"{name}, {before}"] = partial(runner.cold, then, programs)
    samples = in_rounds(rounds, jobs)
    times = {name: spread([one.seconds for one in taken]) for name, taken in samples.items()}
    rows = []
    for name, time in times.items():
        cpu = spread([one.cpu for one in samples[name]]).median
        over = [f"{time.median / times[peer].median:.2f}" for peer in (USUAL, AGAIN)]
        beside = times.get(f"{name}, {before}")
        said = verdict(time.median, beside.median, f"≤ {before}") if beside else ""
        rows.append([name, with_quartiles(time), *over, f"{1000 * cpu:.0f}", said])
    head = ["set-up and first run", "ms (quartiles)", "÷ (c)", "÷ a further step"]
    return table([*head, "ms of processor", "target"], rows)


class _Installing:
    """Set-ups from the package index, without any cache."""

    def __init__(self, stage: Stage, stand_ins: StandIns) -> None:
        self._stage = stage
        self._stand_ins = stand_ins

    def cold(self, tree: Tree, programs: str) -> Sample:
        """Run a step where nothing is set up."""
        for name in ("caches", "installed"):
            self._stage.empty(name)
        return self.step(tree, programs)

    def step(self, tree: Tree, programs: str) -> Sample:
        """Run a step where what was set up last is there."""
        step = tree.step
        env = {**self._variables(programs), **step.env}
        return measure(step.command, env, step.folder or self._stage.workspace)

    def usual(self) -> Sample:
        """Set up as composite actions in Python usually do, and run the sources for the first time.

        pip has compiled what it installed; nothing has compiled the sources.
        """
        self._stage.empty("caches")
        venv = self._stage.empty("venv")
        sources = self._stage.empty("usual") / "src"
        shutil.copytree(ROOT / "src", sources, ignore=shutil.ignore_patterns("__pycache__"))
        program = f"{RUN_SOURCES}sys.exit(main(['action']))"
        starts = (
            Start((*SHELL, str(HERE / "usual.sh"), str(venv), str(ROOT / LAUNCH / "runtime.txt"))),
            Start((str(venv / "bin/python"), "-c", program, str(sources))),
        )
        env = self._variables("without-uv")
        return total([measure(one.command, env, self._stage.workspace) for one in starts])

    def _variables(self, programs: str) -> dict[str, str]:
        folder = self._stage.folder
        return {
            **self._stage.variables(self._stand_ins.prepare()),
            **self._stage.to_index,
            "PATH": str(folder / programs),
            "PIP_CACHE_DIR": str(folder / "caches/pip"),
            "UV_CACHE_DIR": str(folder / "caches/uv"),
            "RUNNER_TEMP": str(folder / "installed"),
            # Where revisions before the first release put what they installed.
            "RUNNER_TOOL_CACHE": str(folder / "installed"),
        }
