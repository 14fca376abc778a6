"""Several specs in one run: all planned before the first is created, carried out side by side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.network.pace import MOST_REQUESTS
from harmonica_session.sandbox import Fault
from harness.consumer import BASE, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer


@pytest.fixture
def forty(consumer: Consumer) -> Consumer:
    """A repository with forty specs."""
    (consumer.root / ".harmonica/session.yml").unlink()
    for number in range(40):
        consumer.write(f".harmonica/{number:02}.yml", f"topic: Topic {number:02}\ngoal: x\n")
    consumer.inputs["spec"] = ".harmonica/*.yml"
    return consumer


def test_each_spec_has_a_session_and_a_comment(consumer: Consumer) -> None:
    """Paths stand one a line; the order of the outputs is that of the paths."""
    consumer.write("b.yml", "topic: B\ngoal: x\n")
    consumer.write("a.yml", "topic: A\ngoal: x\n")
    run = consumer.on_pull_request(spec="b.yml\na.yml\n./b.yml\n")
    sessions = run.sessions
    assert run.code == 0, run.log
    assert [(row["spec"], row["topic"], row["status"]) for row in sessions] == [
        ("a.yml", "A", "created"),
        ("b.yml", "B", "created"),
    ]
    assert run.outputs["topic"] == "A"
    assert run.outputs["join_url"] == sessions[0]["join_url"]
    assert len({row["comment_url"] for row in sessions}) == len(consumer.bodies) == 2
    assert all(row["join_url"] in run.summary for row in sessions)
    again = consumer.on_pull_request("synchronize", spec="a.yml\nb.yml")
    assert [row["status"] for row in again.sessions] == ["reused"] * 2
    assert len(consumer.bodies) == 2


def test_a_path_may_hold_what_patterns_are_made_of(consumer: Consumer) -> None:
    """A spec, its background and a source whose very names look like patterns are meant as such."""
    spec = "context_from:\n  - file: docs/[2026-11] retro.md\n"
    consumer.write("teams/[a]/session.yml", f"topic: A\ngoal: x\n{spec}")
    consumer.write("teams/a/session.yml", "topic: Other\ngoal: x\n")
    consumer.write("docs/[2026-11] retro.md", "What happened")
    consumer.write("docs/2 retro.md", "Something else")
    for ref in ("", BASE):
        run = consumer.run(spec="teams/[a]/session.yml", once_per="off", ref=ref)
        assert run.outputs["topic"] == "A", run.log
        assert "What happened" in consumer.created[-1]["context"]
        assert "else" not in consumer.created[-1]["context"]


def test_all_patterns_without_a_spec_are_told(consumer: Consumer) -> None:
    """Nobody has to run a workflow once for each."""
    run = consumer.run(spec="a/*.yml\n.harmonica/*.yml\nb?.yml")
    assert [it.message.split("`")[1] for it in run.annotations] == ["a/*.yml", "b?.yml"]


def test_one_spec_is_a_list_of_one(consumer: Consumer) -> None:
    """The list holds all outputs of its row, the single outputs the same."""
    run = consumer.on_pull_request()
    [row] = run.sessions
    assert row == {"spec": ".harmonica/session.yml", **run.outputs}


def test_forty_specs_take_far_less_than_forty_times_one(forty: Consumer) -> None:
    """Creates run side by side, within the rate limit; compared on one machine in one run."""
    forty.box.harmonica.create_delay = 0.5
    began = time.monotonic()
    forty.on_pull_request(spec=".harmonica/00.yml")
    one = time.monotonic() - began
    run = forty.on_pull_request()
    all_forty = time.monotonic() - began - one
    assert run.code == 0, run.log
    assert len(forty.box.harmonica.sessions) == len(forty.bodies) == 40
    assert [row["status"] for row in run.sessions] == ["reused"] + ["created"] * 39
    assert all_forty < 40 * one / 2
    to_harmonica = [r for r in forty.box.requests if r.service == "harmonica"]
    assert len(to_harmonica) <= MOST_REQUESTS


def test_forty_specs_on_a_schedule_stay_within_the_rate_limit(forty: Consumer) -> None:
    """What is there is asked for once, not once a spec."""
    run = forty.run("schedule")
    assert run.code == 0, run.log
    to_harmonica = [r for r in forty.box.requests if r.service == "harmonica"]
    assert len(to_harmonica) <= MOST_REQUESTS
    assert forty.clock.pauses == []


def test_more_requests_than_a_minute_takes_are_spread(forty: Consumer) -> None:
    """The hundred and first request waits until the minute of the first is over.

    How many lists the specs share after their creates, and so how many minutes there are, depends
    on who asks at the same time.
    """
    for number in range(40, 110):
        forty.write(f".harmonica/{number}.yml", f"topic: Topic {number}\ngoal: x\n")
    run = forty.on_pull_request()
    assert run.code == 0, run.log
    assert len(forty.box.harmonica.sessions) == 110
    # On a busy machine the first requests began apart, and what waits for them waits by turns.
    assert 0 < sum(forty.clock.pauses) <= 120


def test_one_bad_spec_among_forty_creates_nothing(forty: Consumer) -> None:
    """Its line is annotated, and nobody is asked anything."""
    forty.write(".harmonica/17.yml", "topic: x\ngaol: y\ngoal: z\n")
    run = forty.on_pull_request()
    [annotation] = run.annotations
    assert run.code == 1
    assert annotation.properties["file"] == ".harmonica/17.yml"
    assert annotation.properties["line"] == "2"
    assert forty.box.requests == []


def test_the_problems_of_all_specs_are_said_together(forty: Consumer) -> None:
    """Two bad specs are two annotations in one run."""
    forty.write(".harmonica/03.yml", "topic: no\ngoal: z\n")
    forty.write(".harmonica/17.yml", "topic: x\n")
    run = forty.on_pull_request()
    assert [a.properties["file"] for a in run.annotations] == [
        ".harmonica/03.yml",
        ".harmonica/17.yml",
    ]


def test_a_create_that_fails_leaves_the_others_alone(consumer: Consumer) -> None:
    """Its row says failed, the rest go on, and the step fails."""
    for name in "abc":
        consumer.write(f"{name}.yml", f"topic: {name}\ngoal: x\ntemplate_id: t-{name}\n")
    consumer.box.harmonica.out_of_reach.add("t-b")
    run = consumer.on_pull_request(spec="a.yml\nb.yml\nc.yml")
    sessions = run.sessions
    assert run.code == 1
    assert [row["status"] for row in sessions] == ["created", "failed", "created"]
    assert run.messages("error").endswith("; check the template")
    assert len(consumer.bodies) == 2
    assert run.outputs["status"] == "created"


def test_a_pattern_that_matches_nothing_is_an_error(consumer: Consumer) -> None:
    """A misspelt folder does not pass for an empty one."""
    run = consumer.on_pull_request(spec="sessions/*.yml")
    assert run.code == 1
    assert "`sessions/*.yml`" in run.messages("error")
    assert consumer.created == []


def test_a_dry_run_shows_every_spec(forty: Consumer) -> None:
    """Each row is planned, and nothing is written."""
    run = forty.on_pull_request(dry_run="true")
    assert [row["status"] for row in run.sessions] == ["planned"] * 40
    assert {r.method for r in forty.box.requests} == {"GET"}


def test_what_was_said_before_a_failure_stands_in_the_log(consumer: Consumer) -> None:
    """A warning of one spec is not lost because another one ends the run."""
    consumer.write("other.yml", SPEC.replace("Retrospective", "Another topic"))
    both = {"spec": ".harmonica/session.yml\nother.yml"}
    consumer.on_pull_request(**both)
    # The order of the two is anybody's: one loses its session, and the other one its comment.
    sessions, comments = consumer.box.harmonica.sessions, consumer.box.github.comments
    sessions[:] = [row for row in sessions if row["topic"] == "Another topic"]
    comments[:] = [row for row in comments if "Another topic" not in row["body"]]
    consumer.box.fail("GET", "/api/v1/sessions", Fault.status(500), times=None)
    run = consumer.on_pull_request("synchronize", **both)
    assert run.code == 1
    assert "nothing else shows that it no longer exists" in run.log
