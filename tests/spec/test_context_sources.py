"""Which session a spec means, wherever it names one."""

from __future__ import annotations

import pytest

from harmonica_session.errors import SpecError
from harmonica_session.spec.spec import Spec, read_spec
from harmonica_session.text.addresses import session_id_in

UUID = "5e550000-0000-4000-8000-0000000000ab"
# A list of sources with one session in it, by the key of the spec that takes it.
PLACES = {
    "context_from": "context_from: [previous_session: {{session: '{}'}}]",
    "context_sources": "context_sources: [session: '{}']",
}


def spec_with(place: str, session: str) -> Spec:
    """Read a spec that names a session at a place."""
    return read_spec(f"topic: T\ngoal: G\n{PLACES[place].format(session)}\n".encode(), "s.yml")


def sessions_in(spec: Spec) -> list[str]:
    """Return the ids of the sessions that a spec names."""
    earlier = [it.previous_session.session for it in spec.context_from if it.previous_session]
    return earlier + [session_id_in(it.session or "") for it in spec.context_sources or ()]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "written",
    [
        UUID,
        f"https://app.harmonica.chat/chat?s={UUID}",
        f"app.harmonica.chat/chat?s={UUID}",
        f"https://app.harmonica.chat/chat?lang=de&s={UUID}",
        f"https://app.harmonica.chat/chat?s={UUID}#start",
        f"https://app.harmonica.chat/chat?s={UUID}/",
        f"HTTPS://APP.HARMONICA.CHAT/CHAT?S={UUID.upper()}",
        f"  https://app.harmonica.chat/chat?s={UUID}  ",
        f"http://localhost:8000/chat?s={UUID}",
    ],
)
def test_a_session_is_named_alike_wherever_it_is_named(place: str, written: str) -> None:
    """An id or a join link is taken in every spelling, by each key that takes one."""
    assert sessions_in(spec_with(place, written)) == [UUID]


@pytest.mark.parametrize("place", PLACES)
def test_a_link_that_is_not_encrypted_is_refused_wherever_it_stands(place: str) -> None:
    """Only to this very machine may a join link lead without encryption."""
    with pytest.raises(SpecError, match="is not encrypted; write the join link with https://"):
        spec_with(place, f"http://app.harmonica.chat/chat?s={UUID}")
