"""How time and memory of a run grow with what it is given; it must not measure anything else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.meter import exponent, in_rounds, measure, spread, table
from bench.runs import with_quartiles
from bench.stage import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.meter import Sample, Spread
    from bench.stage import Stage
    from bench.stand_ins import StandIns

SIZES = {
    "specs": (1, 30, 100),
    "comments": (0, 1000, 3000),
    "kB of SESSION.md": (1, 300, 1000),
    "kB of SESSION.md, sent whole": (1, 300, 1000),
    "merged pull requests": (10, 300, 1000),
}
_LINE = "- We agreed that reviews come first in the morning, and that nobody waits for a day.\n"


def growth(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the table of time, memory and requests for each size of each thing."""
    asked: dict[str, int] = {}
    release = stage.trees.release.process

    def run(name: str, thing: str, size: int) -> Sample:
        inputs = _lay_out(stage, thing, size)
        reach = stand_ins.prepare(
            comments=size if thing == "comments" else 0,
            merged=size if thing == "merged pull requests" else 0,
        )
        env = stage.variables(reach) | inputs
        sample = measure(release.command, env, release.folder or stage.workspace)
        asked[name] = stand_ins.told()["requests"]
        return sample

    names = {thing: [f"{size:,} {thing}" for size in sizes] for thing, sizes in SIZES.items()}
    jobs = {
        name: partial(run, name, thing, size)
        for thing, sizes in SIZES.items()
        for name, size in zip(names[thing], sizes, strict=True)
    }
    samples = in_rounds(rounds, jobs)
    rows: list[list[str]] = []
    for thing, sizes in SIZES.items():
        taken = [samples[name] for name in names[thing]]
        seconds = [spread([one.seconds for one in some]) for some in taken]
        # The stand-ins' own work is not in it.
        cpu = [spread([one.cpu for one in some]) for some in taken]
        memory = [spread([one.memory for one in some]).median for some in taken]
        more = ["", *_each_more(sizes, cpu)]
        powers = ["" for _ in sizes[1:]] + [_said(exponent(sizes, cpu))]
        rows += [
            [name, with_quartiles(s), with_quartiles(c), f"{m:.0f}", str(asked[name]), each, power]
            for name, s, c, m, each, power in zip(
                names[thing], seconds, cpu, memory, more, powers, strict=True
            )
        ]
    head = ["create and comment with", "ms (quartiles)", "ms of processor", "MiB", "requests"]
    return table([*head, "of processor for each more", "exponent"], rows)


def _lay_out(stage: Stage, thing: str, size: int) -> dict[str, str]:
    """Write the files for a size of a thing; return the inputs that name them."""
    name = f"{thing.replace(' ', '-')}-{size}"
    if thing == "specs":
        for number in range(size):
            stage.write(f"{name}/{number:03}.yml", SPEC.replace(":", f": {number:03}", 1))
        return {"INPUT_SPEC": f"{name}/*.yml"}
    if thing.startswith("kB"):
        limit = "context_limit: 1000000\n" if "whole" in thing else ""
        stage.write(f"{name}/session.yml", SPEC + limit)
        stage.write(f"{name}/SESSION.md", (_LINE * (1000 * size // len(_LINE) + 1))[: 1000 * size])
        return {"INPUT_SPEC": f"{name}/session.yml", "INPUT_SESSION_MD": f"{name}/SESSION.md"}
    if thing == "merged pull requests":
        source = f"context_from:\n  - merged_pull_requests: {{since: 30d, limit: {size}}}\n"
        stage.write(f"{name}/session.yml", SPEC + source)
        return {"INPUT_SPEC": f"{name}/session.yml"}
    return {}


def _each_more(sizes: tuple[int, ...], costs: list[Spread]) -> Iterator[str]:
    for at in range(1, len(sizes)):
        more = (costs[at].median - costs[at - 1].median) / (sizes[at] - sizes[at - 1])
        yield f"{1000 * more:.2f}"


def _said(power: float | None) -> str:
    return "none seen" if power is None else f"{power:.2f}"
