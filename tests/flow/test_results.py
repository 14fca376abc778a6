"""`command: results`: from invitation to head count, to results, to follow-up, each once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.consumer import SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

PATH = ".harmonica/session.yml"
ROUND = f"{SPEC}open_for: 5d\nexpected: 3\nremind: 1d\nresults_visibility: public\n"


def results(consumer: Consumer, **inputs: str) -> Run:
    """Ask for the results of what is announced on pull request 7."""
    return consumer.on_pull_request("synchronize", command="results", **inputs)


def test_a_round_goes_from_invitation_to_results(consumer: Consumer) -> None:
    """Head count, reminder, results, an issue for each action, and then nothing any more."""
    consumer.write(PATH, ROUND)
    consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    session["participant_count"] = 2
    assert results(consumer, generate_summary="never").outputs["status"] == "reported"
    assert "\n2 of 3 have taken part; open until " in consumer.bodies[0]
    assert "### [Join the session](" in consumer.bodies[0]
    consumer.clock.ahead = timedelta(days=4, hours=2)
    for _ in range(2):
        results(consumer, generate_summary="never")
    assert len(consumer.bodies) == 2
    assert "This round ends soon." in consumer.bodies[1]
    actions = [{"description": "Write it down", "owner": "@octo"}]
    consumer.box.harmonica.set_results(session, summary="We *met*.\n\n- @octo", actions=actions)
    consumer.clock.ahead = timedelta(days=5, hours=2)
    run = results(consumer, actions="issues")
    assert run.outputs["final"] == "true"
    assert json.loads(run.outputs["action_issues"]) == [8]
    assert "This round is over" in consumer.bodies[0]
    assert "> - @\u200bocto" in consumer.bodies[0]
    assert "- [ ] Write it down (owner: @\u200bocto) #8" in consumer.bodies[0]
    before = len(consumer.box.requests)
    assert results(consumer, actions="issues").outputs["status"] == "unchanged"
    methods = {it.method for it in consumer.box.requests[before:]}
    assert methods == {"GET"}
