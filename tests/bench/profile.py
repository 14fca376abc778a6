"""Where the time of a run goes: programs that do more and more of it, up to the whole.

It must not measure anything but start-up; what a run costs as a whole stands in `runs`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench.meter import in_rounds, spread, table
from bench.runs import CREATE, Flow, Runner, flows
from bench.stage import ISOLATED

if TYPE_CHECKING:
    from bench.stage import Stage
    from bench.stand_ins import StandIns

PYTHON, LAUNCHER = "Python itself", "launcher and check of the seal"
# Each imports what stands before it too. They leave garbage alone, as the action does.
LADDER = {
    "pydantic": "import pydantic.json_schema, pydantic.main",
    "httpx, with a client": "import httpcore, httpx; httpx.Client(verify=False)",
    "PyYAML": "import yaml",
    "the action's own modules": (
        "import harmonica_session.commands.create, harmonica_session.edges.harmonica.client\n"
        "    import harmonica_session.edges.github.client, harmonica_session.step"
    ),
}
RUN = "the run: read, ask, write, end"


def profile(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the table of what each part of a run adds to its time."""
    runner = Runner(stage, stand_ins)
    chosen = {
        PYTHON: Flow((sys.executable, *ISOLATED, "-c", "pass")),
        LAUNCHER: Flow(stage.process("nothing")),
    }
    lines = ""
    for place, (name, line) in enumerate(LADDER.items()):
        lines += f"    {line}\n"
        body = f"    gc.disable()\n{lines}    gc.freeze()\n    return 0\n"
        stage.add(f"rung-{place}", f"import gc\ndef main(argv):\n{body}")
        chosen[name] = Flow(stage.process(f"rung-{place}"))
    chosen[RUN] = flows(stage)[CREATE]
    samples = in_rounds(rounds, runner.jobs(chosen))
    rows, before = [], 0.0
    for name, taken in samples.items():
        after = 1000 * spread([one.seconds for one in taken]).median
        rows.append([name, f"{after - before:.0f}", f"{after:.0f}"])
        before = after
    return table(["what", "ms more", "ms up to here"], rows)
