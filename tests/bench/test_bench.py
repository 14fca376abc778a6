"""The benchmark measures what it says: its peers do the work, and its figures are right."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from bench.meter import Sample, Spread, exponent, measure, spread, total
from bench.runs import Flow, Runner
from bench.stage import COMMENT, SESSION, Stage
from bench.stand_ins import started
from bench.trees import NOTHING, ROOT, Start
from harness.runner import outputs_of

posix = pytest.mark.skipif(sys.platform == "win32", reason="it is measured by means of POSIX")
has_tools = bool(shutil.which("curl") and shutil.which("jq"))
FLOOR = "import sys; sys.path.append(sys.argv[1]); import floor; sys.exit(floor.main())"
IN_PYTHON = Start((sys.executable, "-B", "-c", FLOOR, str(Path(__file__).parent)))
PEERS = [
    pytest.param(
        (SESSION, COMMENT),
        id="by hand",
        marks=pytest.mark.skipif(not has_tools, reason="the step by hand needs curl and jq"),
    ),
    pytest.param((IN_PYTHON,), id="floor"),
]


@posix
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("peer", PEERS)
def test_peer_does_the_whole_flow(tmp_path: Path, peer: tuple[Start, ...], *, tls: bool) -> None:
    """Each makes one session and one comment with two requests, and writes outputs and summary."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        sample = Runner(stage, stand_ins, tls=tls).run("peer", Flow(peer))
        assert stand_ins.told() == {"requests": 2, "sessions": 1, "comments": 1}
    outputs = outputs_of(tmp_path / "output")
    assert outputs["topic"] == "Retrospective"
    assert outputs["join_url"].endswith(f"/chat?s={outputs['session_id']}")
    assert outputs["join_url"] in (tmp_path / "summary").read_text("utf-8")
    assert sample.seconds > 0
    assert sample.memory > 1


@posix
@pytest.mark.skipif(not (has_tools and shutil.which("npm")), reason="it needs Node.js with npm")
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_sticky_comment_is_found_again(tmp_path: Path, *, tls: bool) -> None:
    """The action in JavaScript looks for its comment, makes it, and writes to it the next time."""
    stage = Stage(tmp_path)
    flow = (SESSION, stage.sticky())
    with started() as stand_ins:
        runner = Runner(stage, stand_ins, tls=tls)
        runner.run("first", Flow(flow))
        runner.run("second", Flow(flow, is_fresh=False))
        assert runner.requests == {"first": 3, "second": 3}
        assert stand_ins.told() == {"requests": 6, "sessions": 2, "comments": 1}


@posix
@pytest.mark.parametrize("peer", PEERS)
def test_peer_that_is_refused_fails(tmp_path: Path, peer: tuple[Start, ...]) -> None:
    """A key that is not known ends it with an error and without a comment."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        flow = Flow(peer, {"HARMONICA_API_KEY": "hm_live_unknown"})
        with pytest.raises(RuntimeError, match="401"):
            Runner(stage, stand_ins).run("peer", flow)
        assert stand_ins.told() == {"requests": 1, "sessions": 0, "comments": 0}


@posix
def test_stand_ins_begin_anew(tmp_path: Path) -> None:
    """What one run has made is gone before the next, and what is asked for is there."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        for _ in range(2):
            env = stage.variables(stand_ins.prepare(comments=3, merged=2, latency=0.01))
            measure(IN_PYTHON.command, env, stage.workspace)
            assert stand_ins.told() == {"requests": 2, "sessions": 1, "comments": 4}


@posix
def test_the_step_is_the_one_of_the_contract(tmp_path: Path) -> None:
    """What is measured as the whole step is what action.yml runs, in the shell it names."""
    step = Stage(tmp_path).trees.release.step
    *shell, script = step.command
    assert shell == ["bash", "--noprofile", "--norc", "-p"]
    assert Path(script).read_text("utf-8") == (
        '. "$GITHUB_ACTION_PATH/src/launch/launch.sh" action\n'
    )
    assert step.folder == ROOT
    assert step.env == {"GITHUB_ACTION_PATH": str(ROOT)}


@posix
def test_a_step_that_names_no_more_than_bash_starts_in_the_checkout(tmp_path: Path) -> None:
    """An older revision is measured by its own action.yml."""
    tree = Stage(tmp_path).trees.without_libraries()
    contract = tree.folder / "action.yml"
    contract.write_text("      shell: bash\n      run: true # nothing\n", "utf-8")
    assert tree.step.command[:5] == ("bash", "--noprofile", "--norc", "-e", "-o")
    assert tree.step.folder is None


@posix
def test_a_program_in_place_of_the_action_is_what_runs(tmp_path: Path) -> None:
    """Its tree has all that the release has, but for the one module or launcher."""
    trees = Stage(tmp_path).trees
    program = trees.with_program("program", NOTHING).folder / "src"
    launcher = trees.with_launcher("launcher", "pass").folder / "src"
    assert (program / "harmonica_session/cli.py").read_text("utf-8") == NOTHING
    assert (launcher / "launch/launch.py").read_text("utf-8") == "pass"
    for tree in (program, launcher):
        assert (tree / "launch/libraries.py").read_bytes() == (
            (ROOT / "src/launch/libraries.py").read_bytes()
        )


def test_steps_one_after_the_other_add_up() -> None:
    """Their time does; their memory is that of the larger one."""
    assert total([Sample(1.0, 0.5, 30.0), Sample(2.0, 1.0, 20.0)]) == Sample(3.0, 1.5, 30.0)


def test_the_spread_is_the_median_between_the_quartiles() -> None:
    """One slow round does not move the figure; a single one is all there is."""
    assert spread([5.0, 1.0, 900.0, 2.0, 3.0]) == Spread(2.0, 3.0, 5.0)
    assert spread([4.0]) == Spread(4.0, 4.0, 4.0)


@pytest.mark.parametrize(("power", "costs"), [(1.0, (7, 8, 9)), (2.0, (7, 8, 11))])
def test_the_exponent_tells_linear_from_square(power: float, costs: tuple[float, ...]) -> None:
    """What a run takes anyway does not hide how the rest grows."""
    found = exponent((0, 10, 20), [Spread(cost, cost, cost) for cost in costs])
    assert found == pytest.approx(power)


def test_a_cost_within_the_noise_has_no_exponent() -> None:
    """What grows by less than the rounds differ is not said to grow."""
    assert exponent((0, 10, 20), [Spread(5, 7, 9), Spread(7, 8, 9), Spread(7, 11, 12)]) is None
