"""Week by week: what one scheduled session came to is what the next begins with."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from harness.consumer import SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

WEEKLY = (
    f"{SPEC}open_for: 5d\nresults_visibility: public\n"
    "critical: \"{{ previous.topic | default('none yet') }}\"\n"
    "context_from:\n  - previous_session\n  - open_actions\n"
    "  - issues_closed: {since: last_session}\n"
)


def later(consumer: Consumer, days: float) -> None:
    """Let days pass, for both services and for the runner."""
    consumer.box.advance(timedelta(days=days))
    consumer.clock.ahead += timedelta(days=days)


def now(consumer: Consumer) -> str:
    """Return this moment as GitHub writes it."""
    return f"{datetime.fromtimestamp(consumer.box.github.now(), timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def week(consumer: Consumer, run_id: str, attempt: int = 1) -> Run:
    """Open the session of a week."""
    env = {"GITHUB_RUN_ID": run_id, "GITHUB_RUN_ATTEMPT": str(attempt)}
    if attempt == 1:
        consumer.box.github.add_run(int(run_id))
    run = consumer.run(env=env, announce="issue")
    assert run.code == 0, run.log
    return run


def test_week_two_begins_with_what_week_one_promised(consumer: Consumer) -> None:
    """Brief, open actions and the session before, and the same again in a second attempt."""
    consumer.write(".harmonica/session.yml", WEEKLY)
    week(consumer, "501")
    assert consumer.created[0]["critical"] == "none yet"
    assert consumer.created[0]["context"].startswith("Ref: ")
    [session] = consumer.box.harmonica.sessions
    actions = [{"description": f"Do {n}"} for n in range(1, 4)]
    session["participant_count"] = 3
    consumer.box.harmonica.set_results(session, summary="We met.", actions=actions)
    later(consumer, 5.5)
    consumer.run(env={"GITHUB_RUN_ID": "600"}, command="results", actions="issues", close="true")
    first = min(it["number"] for it in consumer.box.github.issues.values() if it["title"] == "Do 1")
    later(consumer, 1.25)
    consumer.box.github.change(
        first, state="closed", state_reason="completed", closed_at=now(consumer)
    )
    later(consumer, 0.75)
    assert week(consumer, "502").outputs["status"] == "created"
    body = consumer.created[1]
    assert body["critical"] == "Retrospective"
    lines = body["context"].splitlines()
    assert "> We met." in lines
    assert "what became of it: 1 done, 2 open." in body["context"]
    assert f">     #{first} done after 1 day: Do 1" in lines
    assert f">     #{first + 1} open for 2 days: Do 2" in lines
    assert week(consumer, "502", 2).outputs["status"] == "reused"
    assert len(consumer.created) == 2
