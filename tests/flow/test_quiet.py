"""A scheduled run warns when GitHub is about to switch the schedule off."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault

if TYPE_CHECKING:
    from harness.consumer import Consumer

REPOSITORY = "/repos/octo/garden"


def pushed(days: float) -> str:
    """Return a moment so many days ago, and a little."""
    return f"{datetime.now(timezone.utc) - timedelta(days=days, minutes=5):%Y-%m-%dT%H:%M:%SZ}"


def asked(consumer: Consumer) -> int:
    """Count the requests for the repository itself."""
    return len(consumer.box.requests_to("GET", REPOSITORY))


@pytest.mark.parametrize("command", ["create", "results"])
@pytest.mark.parametrize(
    ("days", "said"),
    [(0, ""), (49, ""), (50, "in 10 days"), (59, "in 1 day."), (60, "any day now")],
)
def test_a_quiet_public_repository_is_a_warning(
    consumer: Consumer, command: str, days: int, said: str
) -> None:
    """From the 50th day on, be it a run that creates or one that tells results."""
    consumer.box.github.pushed_at = pushed(days)
    run = consumer.run(command=command)
    assert run.code == 0, run.log
    warnings = run.messages("warning")
    assert said in warnings if said else "pushed" not in warnings
    assert asked(consumer) == 1


def test_time_goes_by_without_a_push(consumer: Consumer) -> None:
    """What is quiet today is reckoned by the run's own clock."""
    consumer.clock.ahead = timedelta(days=55)
    assert "for 55 days" in consumer.run().messages("warning")


@pytest.mark.parametrize(
    ("repository", "requests"),
    [
        ({"private": False, "pushed_at": pushed(55)}, 0),
        ({"private": False}, 1),
        ({"private": False, "pushed_at": 1_700_000_000}, 1),
        (None, 1),
    ],
)
def test_what_the_event_tells_is_not_asked_for(
    consumer: Consumer, repository: dict[str, Any] | None, requests: int
) -> None:
    """A schedule's event may lack the repository; only then GitHub is asked, once."""
    consumer.box.github.pushed_at = pushed(55)
    run = consumer.run(payload={"schedule": "0 9 * * 1", "repository": repository})
    assert "in 5 days" in run.messages("warning")
    assert asked(consumer) == requests


@pytest.mark.parametrize("is_told", [False, True])
def test_a_private_repository_keeps_its_schedule(consumer: Consumer, *, is_told: bool) -> None:
    """GitHub's rule is for public ones, so nothing is said; told so, nobody is asked."""
    consumer.box.github.facts["private"] = True
    consumer.box.github.facts["visibility"] = "private"
    consumer.box.github.pushed_at = pushed(100)
    run = consumer.run(payload={"repository": {"private": True}} if is_told else {})
    assert run.annotations == []
    assert asked(consumer) == (not is_told)


def test_a_second_attempt_asks_nothing(consumer: Consumer) -> None:
    """Somebody has started it by hand, and the first attempt has said what there is to say."""
    consumer.box.github.pushed_at = pushed(55)
    consumer.run(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert asked(consumer) == 0


def test_no_other_event_asks(consumer: Consumer) -> None:
    """A pull request is activity of its own."""
    consumer.box.github.pushed_at = pushed(100)
    assert consumer.on_pull_request().annotations == []
    assert consumer.run("workflow_dispatch", {}, {"GITHUB_RUN_ID": "501"}).annotations == []
    assert asked(consumer) == 0


@pytest.mark.parametrize(
    "fault", [Fault.status(404), Fault.body("[]", content_type="application/json")]
)
def test_who_cannot_look_says_nothing(consumer: Consumer, fault: Fault) -> None:
    """The session is made and handed on; the look is no part of that."""
    consumer.box.fail("GET", REPOSITORY, fault, times=None)
    run = consumer.run()
    assert run.outputs["status"] == "created"
    assert run.annotations == []
