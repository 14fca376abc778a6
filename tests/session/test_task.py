"""What a session is for, and what there is at most one of it for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harmonica_session.errors import InputError
from harmonica_session.event import Event
from harmonica_session.inputs import Inputs, OncePer, read_inputs
from harmonica_session.session.task import Scope, purpose_of, scope_of
from harmonica_session.words.place import NOWHERE, Place


@pytest.fixture
def inputs() -> Inputs:
    """Return inputs without a key."""
    return read_inputs({})


@pytest.mark.parametrize(
    ("place", "run_id", "scope"),
    [
        (Place(7), "42", "pull-request"),
        (Place(7), "", "pull-request"),
        (NOWHERE, "42", "run"),
        (NOWHERE, "", "off"),
    ],
)
def test_by_itself_a_session_is_for_what_there_is(
    inputs: Inputs, place: Place, run_id: str, scope: Scope
) -> None:
    """A session is a pull request's, else a run's, else the step's own."""
    assert scope_of(inputs, Event(run_id=run_id), place) == scope


@pytest.mark.parametrize("once_per", ["pull-request", "run", "topic", "off"])
def test_a_session_is_for_what_was_asked(inputs: Inputs, once_per: OncePer) -> None:
    """`once-per` wins over what there is."""
    asked = replace(inputs, once_per=once_per)
    assert scope_of(asked, Event(run_id="42"), Place(7)) == once_per


@pytest.mark.parametrize("once_per", ["pull-request", "run"])
def test_a_session_for_what_there_is_not_is_refused(inputs: Inputs, once_per: OncePer) -> None:
    """Nothing is made for a pull request or a run that this run does not have."""
    with pytest.raises(InputError, match=f"`once-per: {once_per}` needs a "):
        scope_of(replace(inputs, once_per=once_per), Event(), NOWHERE)


def test_purposes_tell_sessions_apart() -> None:
    """Each scope is told by its own words, of which the reference is made."""

    def purpose(scope: Scope) -> str:
        return purpose_of(scope, Event(run_id="42"), place=Place(7), topic="T", nonce="0123")

    assert purpose("pull-request") == "pull-request 7"
    assert purpose("run") == "run 42"
    assert purpose("topic") == "topic T"
    assert purpose("off") == "step 0123"
