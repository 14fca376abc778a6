"""What was agreed on, as a receipt keeps it."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from harmonica_session.announcement.receipt import Receipt, Reported, Seal
from harmonica_session.words.agreed import MOST, agreed
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.results import Action


@pytest.mark.parametrize("fill", ["x", "\u4e2d", "\U0001f600", '"', "\\"])
def test_the_longest_list_can_be_read_again(fill: str) -> None:
    """In any script it stays within what a receipt may hold, for all its other fields."""
    actions = [
        Action(description=f"{at} {fill * 900}", owner=fill * 900, due=fill * 900)
        for at in range(100)
    ]
    kept = agreed(actions)
    assert 0 < len(kept) <= MOST
    long = "a" * 200
    receipt = Receipt(
        session_id=long,
        join_url=f"https://app.harmonica.chat/chat?s={long}",
        fields={f"a_field_of_the_spec_{at}": "0123456789abcdef" for at in range(25)},
        reported=Reported(agreed=kept, is_final=True),
    )
    seal = Seal([SecretStr("hm_live_key")], "1", "s.yml")
    body = seal.signed(receipt, Place(7), "text\n")
    assert len(body) < 30_000
    read = seal.read(Comment(id=1, body=body), Place(7))
    assert read is not None
    assert read.receipt == receipt


def test_what_is_said_twice_is_kept_once() -> None:
    """By its words, as far as they are kept."""
    said = [Action(description="Write it down", owner=name) for name in ("Ann", "Bo")]
    assert [it.owner for it in agreed(said)] == ["Ann"]


def test_what_is_said_again_takes_no_room_from_others() -> None:
    """However long it is, and however often a model says it."""
    said = [Action(description="\U0001f600" * 190, owner="\U0001f600" * 50)] * 99
    assert len(agreed([*said, Action(description="Write it down")])) == 2
