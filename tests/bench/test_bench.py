"""The benchmark measures what it says: its peers do the work, and its figures are right."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from bench.meter import Spread, exponent, measure, spread
from bench.stage import BY_HAND, Stage
from bench.stand_ins import started
from harness.runner import outputs_of

posix = pytest.mark.skipif(sys.platform == "win32", reason="it is measured by means of POSIX")
has_tools = bool(shutil.which("curl") and shutil.which("jq"))
FLOOR = "import sys; sys.path.append(sys.argv[1]); import floor; sys.exit(floor.main())"
IN_PYTHON = (sys.executable, "-B", "-c", FLOOR, str(Path(__file__).parent))
PEERS = [
    pytest.param(
        BY_HAND,
        id="by hand",
        marks=pytest.mark.skipif(not has_tools, reason="the step by hand needs curl and jq"),
    ),
    pytest.param(IN_PYTHON, id="floor"),
]


@posix
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("peer", PEERS)
def test_peer_does_the_whole_flow(tmp_path: Path, peer: tuple[str, ...], *, tls: bool) -> None:
    """Each makes one session and one comment with two requests, and writes outputs and summary."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        env = stage.variables(stand_ins.prepare(tls=tls))
        sample = measure(peer, env, stage.workspace)
        assert stand_ins.told() == {"requests": 2, "sessions": 1, "comments": 1}
    outputs = outputs_of(tmp_path / "output")
    assert outputs["topic"] == "Retrospective"
    assert outputs["join_url"].endswith(f"/chat?s={outputs['session_id']}")
    assert outputs["join_url"] in (tmp_path / "summary").read_text("utf-8")
    assert sample.seconds > 0
    assert sample.memory > 1


@posix
@pytest.mark.parametrize("peer", PEERS)
def test_peer_that_is_refused_fails(tmp_path: Path, peer: tuple[str, ...]) -> None:
    """A key that is not known ends it with an error and without a comment."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        env = stage.variables(stand_ins.prepare()) | {"HARMONICA_API_KEY": "hm_live_unknown"}
        with pytest.raises(RuntimeError, match="401"):
            measure(peer, env, stage.workspace)
        assert stand_ins.told() == {"requests": 1, "sessions": 0, "comments": 0}


@posix
def test_stand_ins_begin_anew(tmp_path: Path) -> None:
    """What one run has made is gone before the next, and what is asked for is there."""
    stage = Stage(tmp_path)
    with started() as stand_ins:
        for _ in range(2):
            env = stage.variables(stand_ins.prepare(comments=3, merged=2, latency=0.01))
            measure(IN_PYTHON, env, stage.workspace)
            assert stand_ins.told() == {"requests": 2, "sessions": 1, "comments": 4}


@posix
def test_the_step_is_the_one_of_the_contract(tmp_path: Path) -> None:
    """What is measured as the whole step is what action.yml runs."""
    script = Stage(tmp_path).script.read_text("utf-8")
    assert script == 'exec bash "$GITHUB_ACTION_PATH/src/launch/launch.sh" action\n'


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
