"""Names in place of ids: looked up before anything is created, and sent as ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer

NAMED = SPEC + "template: retrospective\n"
EVERY_NAME = """\
topic: Retrospective
goal: Agree on one change
template: RETROSPECTIVE
project: "the garden "
distribution:
  - {channel: telegram, group: gardeners}
  - {channel: telegram, group_id: "-2"}
  - {channel: telegram, group: "-3"}
"""
LISTS = "/api/v1/(templates|projects|integrations/telegram/groups)"


@pytest.fixture(autouse=True)
def names(consumer: Consumer) -> None:
    """Give the account a few names, the wanted project on the second page."""
    harmonica = consumer.box.harmonica
    harmonica.templates += [
        {"id": "t-1", "title": "Retrospective", "template_type": "single"},
        {"id": "t-2", "title": "Decision", "template_type": "single"},
    ]
    harmonica.projects += [{"id": f"p-{n}", "title": f"Project {n}"} for n in range(100)]
    harmonica.projects.append({"id": "p-wanted", "title": "The Garden"})
    harmonica.telegram_groups += [
        {"group_id": "-1", "group_name": "Gardeners"},
        {"group_id": "-3", "group_name": None},
    ]


def spec(consumer: Consumer, text: str) -> None:
    """Replace the consumer's spec."""
    consumer.write(".harmonica/session.yml", text)


def test_names_are_sent_as_ids(consumer: Consumer) -> None:
    """Titles without regard to case, and ids under a name's key, reach the wire as ids alone."""
    spec(consumer, EVERY_NAME)
    run = consumer.on_pull_request()
    [body] = consumer.created
    assert run.code == 0, run.log
    assert body["template_id"] == "t-1"
    assert body["project_id"] == "p-wanted"
    assert body["distribution"] == [
        {"channel": "telegram", "group_id": "-1"},
        {"channel": "telegram", "group_id": "-2"},
        {"channel": "telegram", "group_id": "-3"},
    ]
    assert {"template", "project", "group"} & body.keys() == set()


def test_each_list_is_asked_for_once(consumer: Consumer) -> None:
    """However many names a spec uses, each list is read once, all its pages."""
    spec(consumer, EVERY_NAME)
    consumer.on_pull_request()
    asked = [r.path.rpartition("/")[2] for r in consumer.box.requests_to("GET", LISTS)]
    assert asked == ["templates", "projects", "projects", "groups"]


@pytest.mark.parametrize("text", [SPEC, f"{SPEC}template_id: t-1\nproject_id: p-1\n"])
def test_no_list_is_asked_for_without_a_name(consumer: Consumer, text: str) -> None:
    """A spec with ids costs no request more than before."""
    spec(consumer, text)
    consumer.on_pull_request()
    assert consumer.box.requests_to("GET", LISTS) == []


def test_a_misspelt_name_lists_what_there_is(consumer: Consumer) -> None:
    """Nothing is created; the error stands at the name and begins with the likeliest one."""
    spec(consumer, SPEC + "template: Retrospectiv\n")
    run = consumer.on_pull_request()
    [error] = run.annotations
    assert run.code == 1
    place = {name: error.properties[name] for name in ("file", "line", "col")}
    assert place == {"file": ".harmonica/session.yml", "line": "3", "col": "11"}
    assert error.message == (
        "there is no template `Retrospectiv`; the templates are `Retrospective`, `Decision`"
    )
    assert consumer.created == []
    assert consumer.bodies == []


def test_a_title_of_several_lists_their_ids(consumer: Consumer) -> None:
    """Nothing is created; both ids are there to choose from, and one of them then works."""
    consumer.box.harmonica.templates.append({"id": "t-9", "title": "retrospective"})
    spec(consumer, NAMED)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "`t-1`, `t-9`" in run.messages("error")
    assert consumer.created == []
    spec(consumer, SPEC + "template: t-9\n")
    assert consumer.on_pull_request().outputs["status"] == "created"
    assert consumer.created[0]["template_id"] == "t-9"


def test_all_failing_names_are_told_at_once(consumer: Consumer) -> None:
    """Each name that leads nowhere has its own line and column."""
    text = SPEC + "template: A\nproject: B\ndistribution:\n  - {channel: telegram, group: C}\n"
    spec(consumer, text)
    run = consumer.on_pull_request()
    places = [(a.properties["line"], a.properties["col"]) for a in run.annotations]
    assert places == [("3", "11"), ("4", "10"), ("6", "32")]
    assert "and 81 more" in run.messages("error")
    assert consumer.created == []


def test_a_list_that_is_refused_creates_nothing(consumer: Consumer) -> None:
    """A name that is there, and cannot be looked up, is an error."""
    refusal = {"error": {"code": "forbidden", "message": "Not yours"}}
    consumer.box.fail("GET", "/api/v1/templates", Fault.status(403, body=refusal))
    spec(consumer, NAMED)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "refused to list the templates" in run.messages("error")
    assert consumer.created == []


def test_a_list_is_asked_again_after_an_outage(consumer: Consumer) -> None:
    """Lists are reads, so a server that stumbles is asked once more."""
    consumer.box.fail("GET", "/api/v1/templates", Fault.status(502))
    spec(consumer, NAMED)
    assert consumer.on_pull_request().outputs["status"] == "created"


def test_a_renamed_template_is_no_change(consumer: Consumer) -> None:
    """The receipt holds the id, so another title for the same template changes nothing."""
    spec(consumer, NAMED)
    first = consumer.on_pull_request()
    consumer.box.harmonica.templates[0]["title"] = "Look back"
    spec(consumer, SPEC + "template: look back\n")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}


def test_a_project_by_its_name_is_updated_by_its_id(consumer: Consumer) -> None:
    """A session that moves to another project is changed with that project's id."""
    spec(consumer, SPEC + "project: Project 1\n")
    consumer.on_pull_request()
    spec(consumer, SPEC + "project: Project 2\n")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs["status"] == "updated"
    [change] = consumer.box.requests_to("PATCH", "/api/v1/sessions/.*")
    assert change.json() == {"project_id": "p-2"}


def test_a_dry_run_looks_names_up(consumer: Consumer) -> None:
    """With a key, the request that is shown holds the id."""
    spec(consumer, NAMED)
    run = consumer.on_pull_request(dry_run="true")
    assert '"template_id": "t-1"' in run.log


def test_a_dry_run_without_a_key_shows_the_name(consumer: Consumer) -> None:
    """Without a key it says that the name was not looked up, and asks Harmonica nothing."""
    spec(consumer, EVERY_NAME)
    run = consumer.on_pull_request(dry_run="true", api_key="")
    assert run.outputs["status"] == "planned"
    assert "The template `RETROSPECTIVE` was not looked up" in run.log
    assert "(id of the group `gardeners`, looked up with the API key)" in run.summary
    assert [r for r in consumer.box.requests if r.service == "harmonica"] == []


def test_a_name_beside_its_id_is_an_error(consumer: Consumer) -> None:
    """Both of a pair, at the top or in an item, are told at the name's key; nobody is asked."""
    text = (
        "topic: A\ntemplate: A\ntemplate_id: B\nproject_id: null\nproject: C\n"
        "distribution: [{channel: telegram, group: D, group_id: E}, {channel: telegram}]\n"
    )
    spec(consumer, text)
    run = consumer.on_pull_request()
    told = [
        (a.properties["line"], a.properties["col"], a.message.partition(";")[0])
        for a in run.annotations
    ]
    assert told == [
        ("1", "1", "`goal` is missing"),
        ("2", "1", "`template` is given together with `template_id`"),
        ("5", "1", "`project` is given together with `project_id`"),
        ("6", "36", "`distribution[1].group` is given together with `group_id`"),
        ("6", "60", "`distribution[2]` names no group"),
    ]
    assert consumer.box.requests == []
