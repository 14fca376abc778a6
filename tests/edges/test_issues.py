"""What GitHub is asked about issues on the wire, and what its answers mean."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.errors import FateUnknown, Refused, ServiceError
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.words.issue import LONGEST_TITLE, Issue
from harmonica_session.words.visibility import Visibility

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.github.issues import Issues

ISSUES = "/repos/octo/garden/issues"
LABELS = "/repos/octo/garden/labels"
LABEL = "harmonica-session"
# What GitHub takes, as its refusals say.
LONGEST_BODY, LONGEST_LABEL = 65_536, 50


@pytest.fixture
def issues(github: GitHub) -> Issues:
    """The issues of the repository, as the workflow's token sees them."""
    return github.issues


def label(box: Sandbox, number: int, *names: str) -> None:
    """Put labels on an issue."""
    box.github.change(number, labels=[{"name": name} for name in names])


# One issue


def test_an_issue_is_opened_with_its_labels(box: Sandbox, issues: Issues) -> None:
    """One request opens it; the answer says where it is."""
    issue = issues.create("Retrospective", "Join here", [LABEL])
    [request] = box.requests
    assert (request.method, request.path) == ("POST", ISSUES)
    assert request.json() == {"title": "Retrospective", "body": "Join here", "labels": [LABEL]}
    assert (issue.number, issue.labels, issue.is_open) == (1, (LABEL,), True)
    assert issue.html_url == f"{box.server_url}/octo/garden/issues/1"
    assert (issue.user and issue.user.login) == "github-actions[bot]"
    assert issues.get(1) == issue


def test_the_largest_issue_is_taken(issues: Issues) -> None:
    """Title, text and label may be as long as our limits say."""
    issue = issues.create("t" * LONGEST_TITLE, "b" * LONGEST_BODY, ["l" * LONGEST_LABEL])
    assert len(issue.body or "") == LONGEST_BODY


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.status(502, body="<html>"), id="gateway"),
        pytest.param(Fault.drop_after(), id="answer lost"),
        pytest.param(Fault.truncate(), id="answer cut off"),
        pytest.param(Fault.body("<html>", 201), id="page"),
        pytest.param(Fault.status(422, body={"message": "no"}), id="refusal of a proxy"),
    ],
)
def test_an_issue_of_unknown_fate_is_not_opened_twice(
    box: Sandbox, issues: Issues, fault: Fault
) -> None:
    """Nobody knows whether it was opened, so it is asked for once."""
    box.fail("POST", ISSUES, fault)
    with pytest.raises(FateUnknown):
        issues.create("t", "b")
    assert len(box.requests) == 1


@pytest.mark.parametrize(
    ("obstacle", "status"), [("no permission", 403), ("switched off", 410), ("bad label", 422)]
)
def test_an_issue_that_is_refused_was_not_opened(
    box: Sandbox, issues: Issues, obstacle: str, status: int
) -> None:
    """The status tells which of the reasons it is."""
    box.github.has_issues = obstacle != "switched off"
    box.github.without_issues = {box.github_token} if obstacle == "no permission" else set()
    labels = ["x" * (LONGEST_LABEL + 1)] if obstacle == "bad label" else []
    with pytest.raises(Refused, match="to open the issue") as caught:
        issues.create("t", "b", labels)
    assert (caught.value.status, caught.value.is_limit) == (status, False)
    assert caught.value.is_denial == (status != 422)
    assert box.github.issues == {}


def test_only_what_is_named_is_changed(box: Sandbox, issues: Issues) -> None:
    """Closing says why, and leaves title and text alone."""
    box.github.add_issue(3, "Old", "Text")
    closed = issues.edit(3, state="closed", state_reason="not_planned")
    [request] = box.requests
    assert (request.method, request.path) == ("PATCH", f"{ISSUES}/3")
    assert request.json() == {"state": "closed", "state_reason": "not_planned"}
    assert (closed.title, closed.body, closed.state_reason) == ("Old", "Text", "not_planned")
    assert closed.closed_at
    assert issues.edit(3, title="New", body="", state="open").title == "New"


def test_a_change_is_tried_again(box: Sandbox, issues: Issues) -> None:
    """Done twice it is the same as done once."""
    box.github.add_issue(3)
    box.fail("PATCH", f"{ISSUES}/3", Fault.drop_after())
    assert issues.edit(3, body="New").body == "New"


def test_a_pull_request_is_known_as_one(box: Sandbox, issues: Issues) -> None:
    """GitHub lists it among the issues."""
    box.github.add_pull(7)
    box.github.add_issue(8)
    assert [issues.get(number).is_pull_request for number in (7, 8)] == [True, False]


@pytest.mark.parametrize("odd", [None, 5, "text", [], {}, [None, {"name": None}]])
def test_only_the_number_is_indispensable(odd: Any) -> None:  # noqa: ANN401 - any JSON
    """Whatever else an answer has, or lacks, the issue is known."""
    names = set(Issue.model_fields) - {"number", "is_pull_request"}
    issue = Issue.model_validate({"number": 7, **dict.fromkeys(names, odd)})
    assert issue.title == (odd if odd == "text" else "")
    assert (issue.user, issue.labels, issue.is_pull_request) == (None, (), False)
    assert Issue.model_validate({"number": 7}).body is None


def test_a_label_may_be_a_name_alone() -> None:
    """GitHub's description of its answers allows for both."""
    issue = Issue.model_validate({"number": 7, "labels": ["one", {"name": "two"}]})
    assert issue.labels == ("one", "two")


# Lists


def test_what_is_labelled_is_listed_newest_first(box: Sandbox, issues: Issues) -> None:
    """Open and closed, issues and pull requests, and nothing without the label."""
    for number in (1, 2, 3):
        box.github.add_issue(number)
        box.advance(timedelta(hours=1))
    box.github.add_pull(4)
    for number in (1, 3, 4):
        label(box, number, "other", LABEL)
    box.github.change(3, state="closed")
    found = list(issues.labelled(LABEL))
    assert [(it.number, it.state, it.is_pull_request) for it in found] == [
        (4, "open", True),
        (3, "closed", False),
        (1, "open", False),
    ]


def test_what_was_not_updated_since_is_left_out(box: Sandbox, issues: Issues) -> None:
    """The moment itself is included."""
    for number in (1, 2):
        box.github.add_issue(number)
        label(box, number, LABEL)
        box.advance(timedelta(days=1))
    since = box.github.issues[2]["updated_at"]
    assert [it.number for it in issues.labelled(LABEL, since)] == [2]


def test_all_pages_are_listed_as_they_are_read(box: Sandbox, issues: Issues) -> None:
    """Who looks for the newest asks for one page, and 250 issues take three."""
    for number in range(1, 251):
        box.github.add_issue(number)
        label(box, number, LABEL)
    assert next(issues.labelled(LABEL)).number == 250
    assert len(box.requests) == 1
    assert [it.number for it in issues.labelled(LABEL)] == [*range(250, 0, -1)]
    assert len(box.requests) == 4


def test_an_issue_that_moves_to_the_next_page_is_listed_once(box: Sandbox, issues: Issues) -> None:
    """What is opened while the pages are read shifts the others, and loses none."""
    for number in range(1, 151):
        box.github.add_issue(number)
        label(box, number, LABEL)
    listing = issues.labelled(LABEL)
    found = [next(listing).number]
    issues.create("One more", "", [LABEL])
    found += [it.number for it in listing]
    assert found == [*range(150, 0, -1)]


def test_a_label_nobody_has_made_lists_nothing(issues: Issues) -> None:
    """GitHub knows no difference between that and a label that nothing has."""
    assert list(issues.labelled(LABEL)) == []


def test_who_may_not_look_is_told(box: Sandbox, issues: Issues) -> None:
    """An empty list would mean that there is nothing."""
    box.github.facts = {"private": True}
    box.github.without_issues = {box.github_token}
    with pytest.raises(Refused) as caught:
        list(issues.labelled(LABEL))
    assert caught.value.is_denial


# Labels and assignees


def test_a_label_is_made_unless_it_is_there(box: Sandbox, issues: Issues) -> None:
    """The second time nothing happens, and nothing is wrong."""
    issues.make_label(LABEL, "0e8a16", "Sessions on harmonica.chat")
    issues.make_label(LABEL, "ffffff", "Another")
    [row] = box.github.labels.values()
    assert (row["name"], row["color"]) == (LABEL, "0e8a16")
    assert row["description"] == "Sessions on harmonica.chat"


def test_a_label_whose_answer_was_lost_is_there(box: Sandbox, issues: Issues) -> None:
    """It is made again, and then found."""
    box.fail("POST", LABELS, Fault.drop_after())
    issues.make_label(LABEL, "0e8a16", "")
    assert list(box.github.labels) == [LABEL]


def test_a_label_that_cannot_be_made_is_an_error(box: Sandbox, issues: Issues) -> None:
    """It is not taken for one that is there."""
    with pytest.raises(Refused) as caught:
        issues.make_label("x" * (LONGEST_LABEL + 1), "0e8a16", "")
    assert caught.value.status == 422
    box.github.read_only = {box.github_token}
    with pytest.raises(Refused) as caught:
        issues.make_label(LABEL, "0e8a16", "")
    assert caught.value.status == 403


def test_labels_that_are_taken_cost_one_request(box: Sandbox, issues: Issues) -> None:
    """None of them is refused, in whatever letters the repository has them."""
    box.github.add_issue(3)
    issues.make_label("Retro", "0e8a16", "")
    box.github.change(3, labels=[box.github.labels["retro"]])
    before = len(box.requests)
    assert issues.add_labels(3, ["retro", "new"]) == []
    assert len(box.requests) - before == 1
    assert {row["name"] for row in box.github.issues[3]["labels"]} >= {"new"}


def test_a_bad_label_does_not_keep_the_others_away(box: Sandbox, issues: Issues) -> None:
    """The refused one is told, the others are added."""
    box.github.add_issue(3)
    bad = "x" * (LONGEST_LABEL + 1)
    assert issues.add_labels(3, ["one", bad, "two"]) == [bad]
    assert [row["name"] for row in box.github.issues[3]["labels"]] in (
        ["one", "two"],
        ["two", "one"],
    )


def test_nothing_to_add_costs_nothing(box: Sandbox, issues: Issues) -> None:
    """No request is made for no name."""
    assert (issues.add_labels(3, []), issues.add_assignees(3, [])) == ([], [])
    assert box.requests == []


def test_who_cannot_be_assigned_is_told(box: Sandbox, issues: Issues) -> None:
    """GitHub says so by their absence alone; how a login is written does not matter."""
    box.github.add_issue(3)
    box.github.assignable = {"mona"}
    assert issues.add_assignees(3, ["mona", "nobody"]) == ["nobody"]
    answer = Fault.body(
        json.dumps({"number": 3, "assignees": [{"login": "Mona"}]}), 201, "application/json"
    )
    box.fail("POST", f"{ISSUES}/3/assignees", answer)
    assert issues.add_assignees(3, ["mona"]) == []


@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_of_github_that_names_no_field_is_its_last_word(
    box: Sandbox, issues: Issues, status: int
) -> None:
    """Numbers in place of names are asked for elsewhere, and there alone."""
    body = {"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest"}
    box.fail("POST", ISSUES, Fault.status(status, body=body), times=None)
    with pytest.raises(Refused):
        issues.create("Title", "Body", ["one"])
    assert len(box.requests) == 1


def test_a_route_that_github_hides_is_not_taken_for_missing(box: Sandbox, issues: Issues) -> None:
    """Whom it does not let assign, it tells that there is nothing; no other way is tried."""
    box.github.add_issue(7)
    body = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}
    box.fail("POST", f"{ISSUES}/7/assignees", Fault.status(404, body=body), times=None)
    with pytest.raises(Refused, match="to add assignees"):
        issues.add_assignees(7, ["mona"])
    assert len(box.requests) == 1


def test_who_may_not_assign_is_told_once(box: Sandbox, issues: Issues) -> None:
    """It is no fault of the names."""
    box.github.add_issue(3)
    box.github.read_only = {box.github_token}
    with pytest.raises(Refused):
        issues.add_assignees(3, ["mona", "hubot"])
    assert len(box.requests) == 1


@pytest.mark.parametrize("body", ["<html>", "{}", '{"assignees": null}'])
def test_an_answer_of_another_form_assigns_nobody(box: Sandbox, issues: Issues, body: str) -> None:
    """It is neither taken for a success nor for a refusal of everybody."""
    box.github.add_issue(3)
    box.fail("POST", f"{ISSUES}/3/assignees", Fault.body(body, content_type="application/json"))
    with pytest.raises(ServiceError, match="it has no assignees"):
        issues.add_assignees(3, ["mona"])


# Who may see the repository


@pytest.mark.parametrize(
    ("told", "is_private"),
    [
        ({"private": True, "visibility": "private"}, True),
        ({"private": True, "visibility": "internal"}, True),
        ({"private": True}, True),
        ({"visibility": "internal"}, True),
        ({"private": False, "visibility": "public"}, False),
        ({"private": False}, False),
        ({"private": True, "visibility": "public"}, False),
        ({"private": False, "visibility": "private"}, False),
        ({"private": "true"}, False),
        ({"private": 1}, False),
        ({"private": None, "visibility": None}, False),
        ({"private": True, "visibility": "new word"}, False),
        ({}, False),
    ],
)
def test_what_is_not_surely_private_is_public(told: dict[str, Any], *, is_private: bool) -> None:
    """Whatever is unknown, missing or contradictory shows nothing that is not public."""
    assert Visibility.model_validate(told).is_private is is_private


def test_who_may_see_the_repository_is_asked_once(box: Sandbox, github: GitHub) -> None:
    """The answer holds for the run."""
    box.github.facts = {"private": True, "visibility": "internal"}
    assert [github.is_private(), github.is_private()] == [True, True]
    assert [(it.method, it.path) for it in box.requests] == [("GET", "/repos/octo/garden")]


def test_a_repository_that_cannot_be_asked_is_no_private_one(box: Sandbox, github: GitHub) -> None:
    """It is an error, which whoever asks takes for public."""
    box.github.repositories = set()
    with pytest.raises(Refused):
        github.is_private()
