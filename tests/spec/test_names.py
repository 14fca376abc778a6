"""Which id a name stands for, and what is said when it stands for none or for several."""

from __future__ import annotations

import pytest

from harmonica_session.spec.names import Use, id_of, placeholder, uses_in, with_ids
from harmonica_session.spec.spec import read_spec
from harmonica_session.words.named import Named

_THERE = [Named("t-1", "Retrospective"), Named("t-2", "Décision"), Named("t-3", "t-1")]
_SPEC = b"""\
topic: A topic
goal: A goal
template: A
project: B
distribution:
  - {channel: telegram, group_id: "-1"}
  - {channel: telegram, group: C}
"""


def _use(text: str) -> Use:
    return Use("template", ("template",), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Retrospective", "t-1"),
        ("RETROSPECTIVE", "t-1"),
        ("t-2", "t-2"),
        ("DE\u0301CISION", "t-2"),
    ],
)
def test_a_title_or_an_id_is_found(text: str, expected: str) -> None:
    """Case does not count, nor how an accent is written; an id is an id as it stands."""
    assert id_of(_use(text), _THERE) == expected


def test_an_id_wins_over_a_title() -> None:
    """What equals an id counts as that id, though something else has it for a title."""
    assert id_of(_use("t-1"), _THERE) == "t-1"


def test_an_id_is_compared_with_case() -> None:
    """Ids are opaque, so another case is another id."""
    with pytest.raises(ValueError, match="there is no template `T-2`"):
        id_of(_use("T-2"), _THERE)


def test_the_same_thing_listed_twice_is_one() -> None:
    """A page that moved while the list was read makes nothing ambiguous."""
    assert id_of(_use("retrospective"), [_THERE[0], *_THERE]) == "t-1"


def test_several_of_one_title_are_told_by_their_ids() -> None:
    """The message holds each id, and a way out."""
    with pytest.raises(ValueError, match="2 templates have the title `retrospective`; use the ID"):
        id_of(_use("retrospective"), [*_THERE, Named("t-9", "RETROSPECTIVE")])


def test_an_empty_list_is_said() -> None:
    """Where there is nothing, nothing is listed."""
    with pytest.raises(ValueError, match="there are no templates at all"):
        id_of(_use("A"), [])


def test_what_is_listed_is_bounded() -> None:
    """A thousand long titles still make a message of one screen, the nearest one in front."""
    titles = [Named(str(n), f"{n:04} {'x' * 500}") for n in range(1000)]
    with pytest.raises(ValueError, match="Retro") as caught:
        id_of(_use("Retro!"), [*titles, Named("t", "Retro")])
    message = str(caught.value)
    assert message.startswith("there is no template `Retro!`; the templates are `Retro`, `0000 ")
    assert message.endswith(" and 981 more")
    assert len(message) < 1_500


def test_something_without_a_title_is_listed_by_its_id() -> None:
    """A group that nobody named can still be chosen."""
    with pytest.raises(ValueError, match="the groups are `-100`"):
        id_of(Use("group", (), "A"), [Named("-100", "")])


def test_uses_are_those_of_the_spec() -> None:
    """Each name has its path; an id has none to look up."""
    paths = [use.path for use in uses_in(read_spec(_SPEC, "s.yml"))]
    assert paths == [("template",), ("project",), ("distribution", 1, "group")]


def test_ids_take_the_place_of_names_in_the_request() -> None:
    """The request holds ids under the API's own keys, and no name."""
    spec = read_spec(_SPEC, "s.yml")
    ids = {use.path: f"id of {use.text}" for use in uses_in(spec)}
    assert with_ids(spec, ids).request("").body() == {
        "topic": "A topic",
        "goal": "A goal",
        "template_id": "id of A",
        "project_id": "id of B",
        "distribution": [
            {"channel": "telegram", "group_id": "-1"},
            {"channel": "telegram", "group_id": "id of C"},
        ],
    }


def test_a_placeholder_shows_the_name() -> None:
    """Where nobody can be asked, the text says what is named and what it takes."""
    assert placeholder(_use("Sprint")) == (
        "(id of the template `Sprint`, looked up with the API key)"
    )


def test_a_name_remembers_its_place() -> None:
    """What is found out about a name later still has line and column of its value."""
    problem = read_spec(_SPEC, "s.yml").problem_at(("distribution", 1, "group"), "no")
    assert str(problem) == "s.yml:7:32: no"
