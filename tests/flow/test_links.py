"""The link of a session that another run has made, where people join at another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer

PUBLIC = "https://talk.example.org/harmonica"
CREATE = ("POST", "/api/v1/sessions")
AGAIN = {"GITHUB_RUN_ATTEMPT": "2"}


@pytest.fixture
def elsewhere(consumer: Consumer) -> Consumer:
    """A repository whose Harmonica is reached by people at another address than by us."""
    consumer.box.harmonica.public_url = PUBLIC
    return consumer


@pytest.mark.parametrize("once_per", ["pull-request", "topic", "run"])
def test_a_receipt_keeps_the_link(elsewhere: Consumer, once_per: str) -> None:
    """What the server gave is handed on again, and nothing is said of a guess."""
    first = elsewhere.on_pull_request(once_per=once_per)
    second = elsewhere.on_pull_request("synchronize", once_per=once_per)
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert second.outputs["join_url"].startswith(f"{PUBLIC}/chat?s=")
    assert second.annotations == []


def test_the_receipt_of_another_session_tells_the_address(elsewhere: Consumer) -> None:
    """A run whose answer got lost knows by the comment of an earlier one where people join."""
    elsewhere.on_pull_request(once_per="run")
    elsewhere.box.fail(*CREATE, Fault.drop_after())
    run = elsewhere.on_pull_request("synchronize", once_per="run", env={"GITHUB_RUN_ID": "501"})
    session = elsewhere.box.harmonica.sessions[1]["id"]
    assert run.outputs["join_url"] == f"{PUBLIC}/chat?s={session}"
    assert run.messages("notice") == ""


def test_a_create_of_the_same_run_tells_the_address(elsewhere: Consumer) -> None:
    """The session that counts is another run's; this run's own has shown how links look."""
    elsewhere.run("schedule")
    elsewhere.age_sessions()
    empty = Fault.body('{"data": []}', content_type="application/json")
    elsewhere.box.fail("GET", "/api/v1/sessions", empty)
    second = elsewhere.run("schedule")
    session = elsewhere.box.harmonica.sessions[0]["id"]
    assert second.outputs["join_url"] == f"{PUBLIC}/chat?s={session}"
    assert second.messages("notice") == ""


@pytest.mark.parametrize("case", ["attempt", "lost", "topic"])
def test_where_nothing_is_known_the_link_is_called_a_guess(elsewhere: Consumer, case: str) -> None:
    """It is put together from `api-url`, and a notice says so."""
    if case == "lost":
        elsewhere.box.fail(*CREATE, Fault.drop_after())
        run = elsewhere.run("schedule")
    else:
        once_per = "topic" if case == "topic" else "run"
        elsewhere.run("schedule", once_per=once_per)
        run = elsewhere.run("schedule", once_per=once_per, env=AGAIN)
    session = elsewhere.box.harmonica.sessions[0]["id"]
    link = f"{elsewhere.box.harmonica_url}/chat?s={session}"
    assert run.outputs["join_url"] == link
    assert link in run.messages("notice")
    assert "`api-url`" in run.messages("notice")
    assert run.messages("warning") == ""


def test_a_gone_session_tells_no_address(elsewhere: Consumer) -> None:
    """Its comment may be from before the server moved."""
    elsewhere.run_long_ago()
    elsewhere.lose_sessions()
    elsewhere.box.harmonica.public_url = ""
    elsewhere.box.fail(*CREATE, Fault.drop_after())
    run = elsewhere.on_pull_request("synchronize")
    assert run.outputs["join_url"].startswith(elsewhere.box.harmonica_url)


def test_a_dry_run_guesses_no_link_without_saying_so(elsewhere: Consumer) -> None:
    """What it shows is held to the same."""
    elsewhere.write(".harmonica/session.yml", SPEC)
    elsewhere.run("schedule")
    run = elsewhere.run("schedule", dry_run="true", env=AGAIN)
    assert "`api-url`" in run.messages("notice")
