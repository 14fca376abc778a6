"""The run of an action that is set up: beside its peers, over TLS, and with slow services.

It must not install anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bench.meter import Sample, in_rounds, measure, spread, table
from bench.stage import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.meter import Spread
    from bench.stage import Stage
    from bench.stand_ins import StandIns

LATENCY = 0.05
HAND, FLOOR, CHECK, CREATE, STEP, REUSED, VALIDATE = (
    "(a) by hand",
    "(b) floor",
    "shell and set-up check alone",
    "create and comment",
    "create and comment, whole step",
    "reused",
    "validate",
)
# The most that is allowed: a multiple of another row's time, or seconds.
TARGETS = {
    CHECK: (("", 0.15),),
    CREATE: ((HAND, 1.0), (FLOOR, 1.1)),
    STEP: ((HAND, 1.4),),
    REUSED: ((HAND, 0.8),),
    VALIDATE: (("", 0.25),),
}
MOST_MEMORY = 45.0


@dataclass(frozen=True)
class Flow:
    """One way to run.

    Attributes:
        command: What is started.
        env: Variables besides those of the step.
        is_fresh: Whether the stand-ins begin anew before it.
    """

    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    is_fresh: bool = True


def flows(stage: Stage) -> dict[str, Flow]:
    """Return the ways to run, by name; `reused` finds what the way before it has made."""
    return {
        HAND: Flow(BY_HAND),
        FLOOR: Flow(stage.process("floor")),
        CHECK: Flow(stage.whole_step, stage.step("nothing")),
        STEP: Flow(stage.whole_step, stage.step("ours")),
        CREATE: Flow(stage.process("ours")),
        REUSED: Flow(stage.process("ours"), is_fresh=False),
        VALIDATE: Flow(stage.process("ours"), {"INPUT_COMMAND": "validate", "INPUT_API_KEY": ""}),
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
        env = self._stage.variables(self._reach) | flow.env
        sample = measure(flow.command, env, self._stage.workspace)
        self.requests[name] = self._stand_ins.told()["requests"] - before
        return sample

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
    chosen = {name: flow for name, flow in flows(stage).items() if name not in (CHECK, VALIDATE)}
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
    found = []
    for peer, most in TARGETS.get(name, ()):
        unit = times[peer].median if peer else 1.0
        said = f"≤ {most:g} {peer[:3]}" if peer else f"≤ {1000 * most:.0f} ms"
        found.append(verdict(times[name].median / unit, most, said))
    if found:
        found.append(verdict(memory, MOST_MEMORY, f"≤ {MOST_MEMORY:.0f} MiB"))
    return ", ".join(found)
