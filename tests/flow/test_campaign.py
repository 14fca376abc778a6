"""A campaign: runs that meet, fail and are killed, and what the action promises all the same.

`CAMPAIGN=500 SEED=7 bash tests/run tests/flow/test_campaign.py -n 4` carries out 500 scenarios,
from seed 7 on; `CAMPAIGN=1 SEED=…` carries out the one alone whose seed a message names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from harness.campaign import Campaign
from harness.promises import broken, story_of
from harness.scenario import scenario

if TYPE_CHECKING:
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox

FIRST = int(os.environ.get("SEED", "1"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("CAMPAIGN", "16")))


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_promise_is_kept(box: Sandbox, tmp_path: Path, seed: int) -> None:
    """Whatever happens to the runs of a pull request, two clean ones find all in order."""
    plan = scenario(seed)
    campaign = Campaign(box, tmp_path, plan)
    campaign.carry_out()
    # Whatever is still being made is made by now.
    box.close()
    if lines := broken(campaign):
        stories = [story_of(told) for told in campaign.told]
        pytest.fail("\n".join((*lines, str(plan), *stories)), pytrace=False)
