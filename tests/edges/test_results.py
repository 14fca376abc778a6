"""What Harmonica is asked about a session's results on the wire, and what its answers mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.errors import AnswerUnusable, FateUnknown, Refused, ServiceError
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.sandbox.harmonica.results import wild_text
from harmonica_session.words.results import (
    LONGEST_LINE,
    LONGEST_SUMMARY,
    MOST_ITEMS,
    Action,
    Decision,
    Knowledge,
    NoKnowledge,
    Summary,
    Tension,
)

if TYPE_CHECKING:
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.edges.harmonica.results import Results
    from harness.consumer import HurriedClock

PAGE = "<!DOCTYPE html><h1>This page could not be found</h1>"
ODDITIES: tuple[Any, ...] = (
    None,
    5,
    True,
    "text",
    [],
    {},
    [None],
    [[]],
    [{}],
    ["\ud83d"],
    {"a": None},
)


@pytest.fixture
def results(harmonica: Harmonica) -> Results:
    """The results of the account's sessions."""
    return harmonica.results


@pytest.fixture
def session(box: Sandbox) -> dict[str, Any]:
    """A session in which three people have taken part."""
    return box.harmonica.add_session(participant_count=3)


# Summaries


def test_a_summary_is_none_until_it_is_generated(
    box: Sandbox, results: Results, session: dict[str, Any]
) -> None:
    """Reading writes nothing; what was written is then read."""
    ident = session["id"]
    assert results.summary(ident) == Summary()
    assert box.requests_to("POST", ".*") == []
    written = results.generate_summary(ident)
    assert written.text
    assert written.generated_at
    assert results.summary(ident) == written


def test_there_may_be_nothing_to_sum_up(box: Sandbox, results: Results) -> None:
    """A summary that was asked for may still be none."""
    ident = box.harmonica.add_session()["id"]
    assert results.generate_summary(ident).text is None


def test_a_summary_that_takes_long_is_waited_for(
    box: Sandbox, results: Results, session: dict[str, Any]
) -> None:
    """The answer is taken when it comes."""
    box.harmonica.writing_delay = 0.5
    assert results.generate_summary(session["id"]).text


def test_what_takes_too_long_leaves_time_for_the_rest(
    box: Sandbox, results: Results, clock: HurriedClock, session: dict[str, Any]
) -> None:
    """A quarter of the time that was left is left after it, and it was asked for once."""
    clock.sleep(56)
    box.fail("POST", "/api/v1/sessions/.*/summary", Fault.hang())
    with pytest.raises(FateUnknown):
        results.generate_summary(session["id"])
    assert len(box.requests) == 1
    assert results.summary(session["id"]) == Summary()


@pytest.mark.parametrize("what", ["summary", "knowledge"])
@pytest.mark.parametrize("fault", [Fault.status(500), Fault.status(504, body=PAGE), Fault.drop()])
def test_what_failed_is_the_next_runs_business(
    box: Sandbox, results: Results, session: dict[str, Any], what: str, fault: Fault
) -> None:
    """It is asked for once, and the error is one line."""
    session["summary"] = "There is one."
    box.fail("POST", f"/api/v1/sessions/.*/{what}", fault)
    ask = results.generate_summary if what == "summary" else results.knowledge
    with pytest.raises(
        ServiceError, match=r"to write the summary|to extract decisions and actions"
    ):
        ask(session["id"])
    assert len(box.requests) == 1


def test_who_may_only_read_is_told(box: Sandbox, results: Results) -> None:
    """Reading goes on, writing says what it would take."""
    row = box.harmonica.add_session(owner="other", joined=["host"], summary="Read me.")
    assert results.summary(row["id"]).text == "Read me."
    with pytest.raises(Refused, match="must be able to edit the session"):
        results.generate_summary(row["id"])


def test_a_session_of_another_has_no_summary_for_us(box: Sandbox, results: Results) -> None:
    """403 is no empty summary."""
    row = box.harmonica.add_session(owner="other")
    with pytest.raises(Refused) as caught:
        results.summary(row["id"])
    assert caught.value.is_out_of_reach


def test_a_long_summary_comes_whole(box: Sandbox, results: Results) -> None:
    """200 kB are read as they are, whatever stands in them."""
    text = wild_text(200_000)
    ident = box.harmonica.add_session(summary=text)["id"]
    assert results.summary(ident).text == text.strip()


def test_a_summary_without_end_has_one() -> None:
    """It is cut where nobody reads any more, and shows it."""
    text = Summary.model_validate({"summary": "x" * 2_000_000}).text or ""
    assert (len(text), text[-1]) == (LONGEST_SUMMARY, "…")


@pytest.mark.parametrize("odd", [None, "", " \n", 5, [], {"text": "x"}])
def test_a_summary_of_another_form_is_none(odd: Any) -> None:  # noqa: ANN401 - any JSON
    """What is no text, or has none, is no summary."""
    assert Summary.model_validate({"summary": odd, "generated_at": odd}).text is None


@pytest.mark.parametrize("body", [PAGE, "[]", '"x"'])
def test_an_answer_of_another_form_is_no_summary(
    box: Sandbox, results: Results, session: dict[str, Any], body: str
) -> None:
    """A page of a proxy does not say that there is none."""
    box.fail("GET", "/api/v1/sessions/.*/summary", Fault.body(body))
    with pytest.raises(AnswerUnusable):
        results.summary(session["id"])


# Knowledge


def test_knowledge_is_read_without_its_evidence(
    box: Sandbox, results: Results, session: dict[str, Any]
) -> None:
    """Each part of it is there, each text on one line."""
    box.harmonica.set_results(
        session,
        decisions=[{"label": "Pairing", "summary": "We pair\non Mondays.", "evidence": ["m1"]}],
        actions=[
            {"description": "Write it down", "owner": "Ada", "due": "Friday", "evidence": ["m2"]},
            {"description": "Tell everybody", "evidence": []},
        ],
        tensions=[{"summary": "Speed", "sides": ["faster", "slower"], "evidence": ["m3"]}],
        claims=[{"category": "quote", "text": "It hurts", "evidence": [], "strength": 0.5}],
        gaps=["Who pays?"],
    )
    results.generate_summary(session["id"])
    knowledge = results.knowledge(session["id"])
    assert isinstance(knowledge, Knowledge)
    assert knowledge.decisions == (Decision(label="Pairing", summary="We pair on Mondays."),)
    assert knowledge.actions == (
        Action(description="Write it down", owner="Ada", due="Friday"),
        Action(description="Tell everybody"),
    )
    assert knowledge.tensions == (Tension(summary="Speed", sides=("faster", "slower")),)
    assert [(it.category, it.text) for it in knowledge.claims] == [("quote", "It hurts")]
    assert knowledge.gaps == ("Who pays?",)


def test_without_a_summary_there_is_no_knowledge(results: Results, session: dict[str, Any]) -> None:
    """The reason is a value of its own."""
    assert results.knowledge(session["id"]) is NoKnowledge.NO_SUMMARY


def test_without_a_plan_there_is_no_knowledge(
    box: Sandbox, results: Results, session: dict[str, Any]
) -> None:
    """The reason is a value of its own, the same as for who may not edit."""
    box.harmonica.paid_plan = False
    assert results.knowledge(session["id"]) is NoKnowledge.NOT_ALLOWED


@pytest.mark.parametrize("fault", [Fault.status(404, body=PAGE), Fault.status(405)])
def test_a_server_may_have_no_knowledge(
    box: Sandbox, results: Results, session: dict[str, Any], fault: Fault
) -> None:
    """A web page in place of the route, or no way to ask it, is a value of its own."""
    box.fail("POST", "/api/v1/sessions/.*/knowledge", fault)
    assert results.knowledge(session["id"]) is NoKnowledge.NO_ROUTE


def test_knowledge_may_be_skipped(results: Results, session: dict[str, Any]) -> None:
    """Harmonica found nothing, which is no error."""
    results.generate_summary(session["id"])
    assert results.knowledge(session["id"]) is NoKnowledge.SKIPPED


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.status(403, body=PAGE), id="firewall"),
        pytest.param(Fault.status(400, body=PAGE), id="proxy"),
        pytest.param(
            Fault.status(404, body={"error": {"code": "not_found", "message": "Gone"}}), id="gone"
        ),
        pytest.param(Fault.redirect("https://elsewhere.example/"), id="moved"),
    ],
)
def test_other_refusals_say_nothing_of_the_knowledge(
    box: Sandbox, results: Results, session: dict[str, Any], fault: Fault
) -> None:
    """They are errors: another run may find what this one could not."""
    box.fail("POST", "/api/v1/sessions/.*/knowledge", fault)
    with pytest.raises(Refused):
        results.knowledge(session["id"])


@pytest.mark.parametrize(
    "content", [{}, [], {"status": "generated"}, {"knowledge": []}, {"knowledge": "x"}]
)
def test_an_answer_of_another_form_is_no_knowledge(
    box: Sandbox,
    results: Results,
    session: dict[str, Any],
    content: Any,  # noqa: ANN401 - any JSON
) -> None:
    """It does not pass for a session that has come to nothing."""
    answer = Fault.body(json.dumps(content), content_type="application/json")
    box.fail("POST", "/api/v1/sessions/.*/knowledge", answer)
    with pytest.raises(AnswerUnusable):
        results.knowledge(session["id"])


@pytest.mark.parametrize("odd", ODDITIES, ids=repr)
def test_an_oddity_takes_nothing_with_it(
    box: Sandbox,
    results: Results,
    session: dict[str, Any],
    odd: Any,  # noqa: ANN401 - any JSON
) -> None:
    """Wherever something odd stands, what can be read beside it is there."""
    content = {
        "decisions": [odd, {"label": odd, "summary": "Kept"}],
        "actions": [{"description": odd}, odd, {"description": "Do", "owner": odd, "due": odd}],
        "tensions": [{"summary": "Apart", "sides": odd}],
        "claims": odd,
        "metadata": odd,
    }
    answer = Fault.body(json.dumps({"knowledge": content}), content_type="application/json")
    box.fail("POST", "/api/v1/sessions/.*/knowledge", answer)
    knowledge = results.knowledge(session["id"])
    assert isinstance(knowledge, Knowledge)
    assert [it.summary for it in knowledge.decisions] == ["Kept"]
    assert knowledge.actions[-1].description == "Do"
    assert [it.summary for it in knowledge.tensions] == ["Apart"]


def test_half_an_emoji_loses_no_action() -> None:
    """A text that was cut in the middle of a character is kept without the half."""
    cut = {"actions": [{"description": "Celebrate \ud83c", "owner": "\0"}]}
    [action] = Knowledge.model_validate(cut).actions
    assert (action.description, action.owner) == ("Celebrate \ufffd", "\ufffd")


def test_knowledge_is_bounded() -> None:
    """However much of it there is, so many items are kept, and so much of each text."""
    many: dict[str, Any] = {
        "actions": [{"description": "x" * 5_000}] * 500,
        "tensions": [{"summary": "s", "sides": ["side"] * 500}],
        "gaps": ["x"] * 500,
    }
    knowledge = Knowledge.model_validate(many)
    assert len(knowledge.actions) == len(knowledge.gaps) == MOST_ITEMS
    assert {len(it.description) for it in knowledge.actions} == {LONGEST_LINE}
    assert len(knowledge.tensions[0].sides) == MOST_ITEMS


def test_ids_are_quoted(box: Sandbox, results: Results) -> None:
    """An id is text, whatever is in it, and never a path of its own."""
    for ask in (results.summary, results.generate_summary):
        with pytest.raises(Refused):
            ask("../me?x=/")
    assert results.knowledge("../me?x=/") is NoKnowledge.NOT_ALLOWED
    assert {it.path.rpartition("/")[0] for it in box.requests} == {
        "/api/v1/sessions/..%2Fme%3Fx%3D%2F"
    }
