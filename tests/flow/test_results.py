"""`command: results`: from the invitation to the head count, to results, to follow-up, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from harness.consumer import SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer

PATH = ".harmonica/session.yml"
ROUND = f"{SPEC}open_for: 5d\nexpected: 3\nremind: 1d\nresults_visibility: public\n"


def test_a_round_goes_from_invitation_to_results(consumer: Consumer) -> None:
    """Head count, reminder, results, and then nothing any more."""
    consumer.write(PATH, ROUND)
    consumer.on_pull_request()
    [session] = consumer.box.harmonica.sessions
    session["participant_count"] = 2
    run = consumer.on_pull_request("synchronize", command="results", spec="")
    print(run.log)
    print(consumer.bodies[0])
    consumer.clock.ahead = timedelta(days=4, hours=2)
    run = consumer.on_pull_request("synchronize", command="results", spec="")
    print(run.log, consumer.bodies[1:])
    consumer.box.harmonica.set_results(
        session,
        summary="We *met*.\n\n- one\n- two @octo",
        actions=[{"description": "Do it", "owner": "@octo"}],
    )
    consumer.clock.ahead = timedelta(days=5, hours=2)
    run = consumer.on_pull_request("synchronize", command="results", spec="", actions="issues")
    print(run.log, run.outputs)
    for body in consumer.bodies:
        print(body)
    for it in consumer.box.github.issues if hasattr(consumer.box.github, "issues") else []:
        print(it)
    run = consumer.on_pull_request("synchronize", command="results", spec="", actions="issues")
    print(run.log, run.outputs)
    assert 0
