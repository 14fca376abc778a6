"""The run of a release whose libraries are in place: beside its peers, and with slow services.

It must not install anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bench.meter import Sample, in_rounds, measure, spread, table, total
from bench.stage import COMMENT, SESSION
from bench.trees import HERE, NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.meter import Spread
    from bench.stage import Stage
    from bench.stand_ins import StandIns
    from bench.trees import Start

LATENCY = 0.05
HAND, CURL, FLOOR, CHECK, STEP, CREATE, REUSED, VALIDATE = (
    "(a) by hand: a session, then a sticky comment",
    "the same, but the comment by curl",
    "(b) floor",
    "shell, Python and launcher alone",
    "create and comment, whole step",
    "create and comment, its process alone",
    "reused, whole step",
    "validate, whole step",
)
# The most that is allowed: a multiple of another row's time, or seconds.
TARGETS = {CHECK: ("", 0.15), STEP: (HAND, 1.0), VALIDATE: ("", 0.25)}
MOST_MEMORY = 45.0


@dataclass(frozen=True)
class Flow:
    """One way to run.

    Attributes:
        steps: What is started, one after the other.
        env: Variables besides those of the step.
        is_fresh: Whether the stand-ins begin anew before it.
    """

    steps: tuple[Start, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    is_fresh: bool = True


def flows(stage: Stage) -> dict[str, Flow]:
    """Return the ways to run, by name; `reused` finds what the way before it has made."""
    trees = stage.trees
    floor = trees.with_program("floor", (HERE / "floor.py").read_text("utf-8"))
    nothing = trees.with_program("nothing", NOTHING)
    return {
        HAND: Flow((SESSION, stage.sticky())),
        CURL: Flow((SESSION, COMMENT)),
        FLOOR: Flow((floor.step,)),
        CHECK: Flow((nothing.step,)),
        CREATE: Flow((trees.release.process,)),
        STEP: Flow((trees.release.step,)),
        REUSED: Flow((trees.release.step,), is_fresh=False),
        VALIDATE: Flow((trees.release.step,), {"INPUT_COMMAND": "validate", "INPUT_API_KEY": ""}),
    }


class Runner:
    """Runs flows on a stage, and keeps how many requests each has made."""

    def __init__(
        self, stage: Stage, stand_ins: StandIns, *, latency: float = 0.0, tls: bool = False
    ) -> None:
        """Take what the stand-ins are to be like."""
        self._stage = stage
        self._stand_ins = stand_ins
        self._latency = latency
        self._tls = tls
        self._reach = stand_ins.prepare()
        self.requests: dict[str, int] = {}

    def run(self, name: str, flow: Flow) -> Sample:
        """Run a flow once and measure it."""
        if flow.is_fresh:
            self._reach = self._stand_ins.prepare(latency=self._latency, tls=self._tls)
        before = self._stand_ins.told()["requests"]
        env = {**self._stage.variables(self._reach), **flow.env}
        samples: list[Sample] = []
        for step in flow.steps:
            if samples:
                env |= self._stage.handed_on(env)
            folder = step.folder or self._stage.workspace
            samples.append(measure(step.command, {**env, **step.env}, folder))
        self.requests[name] = self._stand_ins.told()["requests"] - before
        return total(samples)

    def jobs(self, flows: Mapping[str, Flow]) -> dict[str, partial[Sample]]:
        """Return flows as jobs for rounds."""
        return {name: partial(self.run, name, flow) for name, flow in flows.items()}


def run(stage: Stage, stand_ins: StandIns, rounds: int, *, tls: bool = False) -> str:
    """Return the table of the runs beside their peers."""
    runner = Runner(stage, stand_ins, tls=tls)
    samples = in_rounds(rounds, runner.jobs(flows(stage)))
    times = {name: spread([one.seconds for one in taken]) for name, taken in samples.items()}
    rows = []
    for name, time in times.items():
        memory = spread([one.memory for one in samples[name]]).median
        cpu = spread([one.cpu for one in samples[name]]).median
        over = [f"{time.median / times[peer].median:.2f}" for peer in (HAND, FLOOR)]
        told = (
            f"{1000 * cpu:.0f}",
            f"{memory:.0f}",
            str(runner.requests[name]),
            _verdict(name, times, memory),
        )
        rows.append([name, with_quartiles(time), *over, *told])
    head = ["run", "ms (quartiles)", "÷ (a)", "÷ (b)", "ms of processor", "MiB", "requests"]
    return table([*head, "targets"], rows)


def latency(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the table of what a slow service costs."""
    quick = Runner(stage, stand_ins)
    slow = Runner(stage, stand_ins, latency=LATENCY)
    left_out = (CHECK, CREATE, VALIDATE)
    chosen = {name: flow for name, flow in flows(stage).items() if name not in left_out}
    jobs = quick.jobs(chosen) | {f"{name}, slow": job for name, job in slow.jobs(chosen).items()}
    samples = in_rounds(rounds, jobs)
    rows = []
    for name in chosen:
        without, with_it = (
            spread([one.seconds for one in samples[key]]) for key in (name, f"{name}, slow")
        )
        more = with_it.median - without.median
        times = [f"{1000 * each:.0f}" for each in (without.median, with_it.median, more)]
        rows.append([name, *times, f"{more / LATENCY:.1f}", str(slow.requests[name])])
    head = ["run", "ms", f"ms with {1000 * LATENCY:.0f} ms a call", "more", "calls in a row"]
    return table([*head, "requests"], rows)


def with_quartiles(time: Spread) -> str:
    """Return the cell for some seconds: their median, and their quartiles in brackets."""
    return f"{1000 * time.median:.0f} ({1000 * time.low:.0f} to {1000 * time.high:.0f})"


def verdict(value: float, most: float, said: str) -> str:
    """Return whether a value is at most what it should be."""
    return f"{said}: {'yes' if value <= most else 'no'}"


def _verdict(name: str, times: Mapping[str, Spread], memory: float) -> str:
    if name not in TARGETS:
        return ""
    peer, most = TARGETS[name]
    unit = times[peer].median if peer else 1.0
    said = f"≤ {most:g} {peer[:3]}" if peer else f"≤ {1000 * most:.0f} ms"
    found = verdict(times[name].median / unit, most, said)
    return f"{found}, {verdict(memory, MOST_MEMORY, f'≤ {MOST_MEMORY:.0f} MiB')}"
