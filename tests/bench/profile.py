"""Where the time of a release's step goes: programs that do more and more of it, up to the whole.

It must not measure anything but one step; what is beside it stands in `runs` and `set_up`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.meter import in_rounds, spread, table
from bench.runs import Flow, Runner
from bench.set_up import emptied
from bench.trees import NOTHING, SHELL, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.meter import Sample
    from bench.stage import Stage
    from bench.stand_ins import StandIns

# Each stands in place of launch.py and does what stands before it too; `folder` is a job's.
_PATH = (
    "import os, sys\nsys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\n"
)
_LIBRARIES = f"""{_PATH}\
sys.dont_write_bytecode = True
from launch import libraries
folder = libraries.folders(os.environ)[0] / libraries.name()
"""
_CHECKED = f"{_LIBRARIES}names = libraries.whole(folder)\n"
_SET_UP = f"""{_CHECKED}\
from launch import set_up
content = folder / "content"
content.mkdir(parents=True)
"""
WARM_START = {
    "a Python found and started": "",
    "the launcher's own modules, and the names of folders": _LIBRARIES,
    "the check of what was unpacked": _CHECKED,
    "byte code read": (f"{_CHECKED}finder = libraries.Carried({{}}, libraries.carried())\n"),
}
COLD_START = {
    "a Python found and started": "",
    "the launcher's own modules, and the names of folders": _LIBRARIES,
    "the modules of set-up": _SET_UP,
    "wheels read": f"{_SET_UP}data = [each.read_bytes() for each in libraries.carried()]\n",
    "wheels checked, extension modules unpacked": (
        f"{_SET_UP}for archive in set_up._checked(libraries.carried()):\n"
        "    names = [it for it in archive.namelist() if it.endswith('.so')]\n"
        "    archive.extractall(content, names)\n"
    ),
}
# Each stands in place of the command line, and imports what stands before it too. They leave
# garbage alone, as the action does.
IMPORTS = {
    "pydantic": "import pydantic.json_schema, pydantic.main",
    "httpx, with a client": "import httpcore, httpx; httpx.Client(verify=False)",
    "PyYAML": "import yaml",
    "the action's own modules": (
        "import harmonica_session.commands.create, harmonica_session.edges.harmonica.client\n"
        "    import harmonica_session.edges.github.client, harmonica_session.step"
    ),
}
SHELL_ALONE = "bash itself"
WARM_REST, COLD_REST = (
    "byte code found by name, an extension module loaded",
    "checksums written, the folder named, then as in any step",
)
RUN = "the run: read, ask, write, end"


def profile(stage: Stage, stand_ins: StandIns, rounds: int) -> str:
    """Return the tables of what each part adds, to a first step in a job and to a further one."""
    runner = Runner(stage, stand_ins)
    trees = stage.trees
    nothing = trees.with_program("start", NOTHING)
    shell = {SHELL_ALONE: Flow((Start((*SHELL, "-c", ":")),))}
    warm = {**shell, **_starts(stage, "warm", WARM_START), WARM_REST: Flow((nothing.step,))}
    lines = ""
    for place, (name, line) in enumerate(IMPORTS.items()):
        lines += f"    {line}\n"
        body = f"    gc.disable()\n{lines}    gc.freeze()\n    return 0\n"
        tree = trees.with_program(f"import-{place}", f"import gc\ndef main(argv):\n{body}")
        warm[name] = Flow((tree.step,))
    warm[RUN] = Flow((trees.release.step,))
    cold = {**shell, **_starts(stage, "cold", COLD_START), COLD_REST: Flow((nothing.step,))}
    cold[f"imports and {RUN}"] = Flow((trees.release.step,))
    first = {name: emptied(stage, "temporary", job) for name, job in runner.jobs(cold).items()}
    return (
        f"A further step of a job:\n\n{_ladder(rounds, runner.jobs(warm))}\n"
        f"The first step of a job:\n\n{_ladder(rounds, first)}"
    )


def _starts(stage: Stage, kind: str, launchers: Mapping[str, str]) -> dict[str, Flow]:
    """Return flows that end somewhere in the start."""
    trees = [
        stage.trees.with_launcher(f"{kind}-{place}", launcher)
        for place, launcher in enumerate(launchers.values())
    ]
    return {name: Flow((tree.step,)) for name, tree in zip(launchers, trees, strict=True)}


def _ladder(rounds: int, jobs: Mapping[str, Callable[[], Sample]]) -> str:
    """Return the table of what each job takes more than the one before it."""
    rows, before = [], (0.0, 0.0)
    for name, taken in in_rounds(rounds, jobs).items():
        seconds = 1000 * spread([one.seconds for one in taken]).median
        cpu = 1000 * spread([one.cpu for one in taken]).median
        more = [f"{seconds - before[0]:.0f}", f"{cpu - before[1]:.0f}"]
        rows.append([name, *more, f"{seconds:.0f}", f"{cpu:.0f}"])
        before = seconds, cpu
    head = ["what", "ms more", "of processor", "ms up to here", "of processor"]
    return table(head, rows)
