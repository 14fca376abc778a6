"""Which names are suggested for one that there is not."""

from __future__ import annotations

import pytest

from harmonica_session.spec.spec import Spec
from harmonica_session.text.likeness import nearest

_KEYS = list(Spec.model_fields)
_INPUTS = ("pull-request", "run", "topic", "off", "auto")


@pytest.mark.parametrize(
    ("slips", "meant"),
    [
        ("gaol gol goall goals Goal GOAL g\u043eal \uff47\uff4f\uff41\uff4c", "goal"),
        ("tpoic topc toppic topics Topic TOPIC t\u00f3pic", "topic"),
        ("contxt contexts Context conetxt", "context"),
        ("question qestions questoins quetions Questions", "questions"),
        ("context-from contextFrom context_form ContextFrom contex_from", "context_from"),
        ("context-limit contextlimit context_limits", "context_limit"),
        ("crosspollination cross-pollination cross_polination", "cross_pollination"),
        ("resultsVisibility RESULTS-VISIBILITY result_visibility reslts_visibility",
         "results_visibility"),
        ("widget_enabled widgets-enabled widgets_enable", "widgets_enabled"),
        ("distribtion distributions disribution distrubition", "distribution"),
        ("rooster rosters Roster", "roster"),
        ("templateId template-id tempate_id", "template_id"),
        ("promt prompts Prompt", "prompt"),
    ],
)  # fmt: skip
def test_a_slip_leads_to_the_name(slips: str, meant: str) -> None:
    """Letters swapped, missing, doubled or of another script, a plural, capitals, a hyphen."""
    assert {slip: nearest(slip, _KEYS) for slip in slips.split()} == {
        slip: [meant] for slip in slips.split()
    }


_OTHER_WORDS = (
    "duration description title name owner summary welcome tags date time language agenda "
    "visibility note purpose subject participants host message x id"
)


def test_another_word_leads_nowhere() -> None:
    """A word of its own is no slip, however many letters it shares with a key."""
    assert {word for word in _OTHER_WORDS.split() if nearest(word, _KEYS)} == set()


def test_the_nearest_comes_first() -> None:
    """Of several names that are near, as many as are asked for, in their order."""
    titles = ["Sprint 12", "Sprint 11", "Retro", "Sprint 1"]
    assert nearest("sprint 1", titles, most=2) == ["Sprint 1", "Sprint 12"]
    assert nearest("sprint 1", titles) == ["Sprint 1"]


def test_inputs_and_long_titles_go_by_the_same_rule() -> None:
    """A longer name may hold more slips, a short one hardly any."""
    assert nearest("pull_request", _INPUTS) == ["pull-request"]
    assert nearest("on", _INPUTS) == []
    assert nearest("Retrospektive der Woche", ["Retrospective der Woche"]) != []


def test_a_name_as_long_as_a_file_takes_no_time() -> None:
    """Nobody compares what cannot be near."""
    assert nearest("k" * 250_000, _KEYS) == []
