"""`announce: issue`: an issue for each session, opened once, found again, and no second one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, SPEC, Consumer, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Run

PATH = ".harmonica/session.yml"
ISSUES = "/repos/octo/garden/issues"
AGAIN = {"GITHUB_RUN_ATTEMPT": "2"}
LATER = {"GITHUB_RUN_ID": "501"}
NO_ISSUES = Fault.body("[]", content_type="application/json")
NO_SESSIONS = Fault.body('{"data": []}', content_type="application/json")
FORBIDDEN = {"message": "Resource not accessible", "documentation_url": "https://docs.github.com"}


@pytest.fixture
def consumer(consumer: Consumer) -> Consumer:
    """A repository whose scheduled runs announce in issues."""
    consumer.inputs["announce"] = "issue"
    return consumer


def issues(consumer: Consumer) -> list[dict[str, Any]]:
    """Return the issues that are no pull requests, oldest first."""
    rows = consumer.box.github.issues
    return [rows[at] for at in sorted(rows) if "pull_request" not in rows[at]]


def labels(issue: dict[str, Any]) -> list[str]:
    """Return the names of an issue's labels."""
    return [label["name"] for label in issue["labels"]]


def written(consumer: Consumer) -> list[tuple[str, str]]:
    """Return what was asked of GitHub that changes something."""
    return [
        (it.method, it.path)
        for it in consumer.box.requests
        if it.service == "github" and it.method != "GET"
    ]


def test_a_scheduled_run_opens_an_issue(consumer: Consumer) -> None:
    """It has the topic as its title, the text of a comment, our label, and the receipt on top."""
    run = consumer.run()
    [issue] = issues(consumer)
    assert issue["title"] == "Retrospective"
    assert issue["body"].startswith("<!-- harmonica-session receipt v1 ")
    assert f"### [Join the session]({run.outputs['join_url']})" in issue["body"]
    assert labels(issue) == ["harmonica-session"]
    assert run.outputs["comment_url"] == issue["html_url"]
    assert f"Issue, opened: {issue['html_url']}" in run.log
    assert f"- Issue: <{issue['html_url']}>\n" in run.summary
    assert run.annotations == []
    assert consumer.bodies == []
    label = consumer.box.github.labels["harmonica-session"]
    assert (label["color"], label["description"]) == ("5319e7", "Announces a Harmonica session")


def test_a_pull_request_gets_an_issue_as_well(consumer: Consumer) -> None:
    """Whatever the event, the session is announced in an issue, and once for each run."""
    consumer.write(PATH, SPEC.replace("Retrospective", "'On {{ pull_request.title }}'"))
    consumer.on_pull_request()
    consumer.on_pull_request("synchronize", env=LATER)
    assert [it["title"] for it in issues(consumer)] == ["On A pull request"] * 2
    assert consumer.bodies == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"pr_number": "7"}, "`pr-number: 7`"),
        ({"once_per": "pull-request"}, "`once-per: pull-request`"),
    ],
)
def test_what_wants_a_pull_request_is_an_error(
    consumer: Consumer, given: dict[str, Any], named: str
) -> None:
    """One line says which of two inputs has to go, before anything is asked."""
    run = consumer.run(**given)
    assert run.code == 1
    assert run.messages("error").startswith("`announce: issue` opens an issue for each session")
    assert named in run.messages("error")
    assert "\n" not in run.messages("error")
    assert consumer.box.requests == []


def test_the_second_attempt_finds_the_issue_of_the_first(consumer: Consumer) -> None:
    """The issue says which session the run has made, so nothing is searched at Harmonica."""
    first = consumer.run()
    before = len(consumer.box.requests)
    second = consumer.run(env=AGAIN)
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert f"Issue, unchanged: {first.outputs['comment_url']}" in second.log
    asked = [(it.method, it.path) for it in consumer.box.requests[before:]]
    session = f"/api/v1/sessions/{first.outputs['session_id']}"
    assert asked == [("GET", ISSUES), ("GET", session)]


def test_the_next_run_opens_another_issue(consumer: Consumer) -> None:
    """Each week has its session and its issue; the earlier one is left alone."""
    first = consumer.run()
    before = dict(issues(consumer)[0])
    second = consumer.run(env=LATER)
    assert second.outputs["status"] == "created"
    assert second.outputs["comment_url"] != first.outputs["comment_url"]
    assert issues(consumer)[0] == before
    assert len(issues(consumer)) == 2


def test_a_changed_spec_edits_the_issue_in_place(consumer: Consumer) -> None:
    """What holds for a comment holds for the issue, its title included."""
    consumer.run()
    consumer.write(PATH, CHANGED.replace("Retrospective", "Looking back"))
    run = consumer.run(env=AGAIN)
    assert run.outputs["status"] == "updated"
    [issue] = issues(consumer)
    assert "two changes" in issue["body"]
    assert issue["title"] == "Looking back"
    assert f"Issue, edited: {issue['html_url']}" in run.log


def test_an_issue_that_somebody_edited_is_restored(consumer: Consumer) -> None:
    """The link in it is ours again after the next attempt; a closed one stays closed."""
    consumer.run()
    [issue] = issues(consumer)
    ours = issue["body"]
    consumer.box.github.change(
        issue["number"], body=f"{ours}\n[here](https://x.test)", state="closed"
    )
    run = consumer.run(env=AGAIN)
    assert f"Issue, restored: {issue['html_url']}" in run.log
    assert issues(consumer)[0]["body"] == ours
    assert issues(consumer)[0]["state"] == "closed"


def test_with_new_each_version_has_an_issue(consumer: Consumer) -> None:
    """An issue is about one session; the session of another request gets another."""
    consumer.inputs["on_change"] = "new"
    first = consumer.run()
    consumer.write(PATH, CHANGED)
    second = consumer.run(env=AGAIN)
    assert second.outputs["status"] == "created"
    assert consumer.run(env=AGAIN).outputs == {**second.outputs, "status": "reused"}
    consumer.write(PATH, SPEC)
    assert consumer.run(env=AGAIN).outputs == {**first.outputs, "status": "reused"}
    assert len(issues(consumer)) == 2


def test_with_off_each_step_opens_one(consumer: Consumer) -> None:
    """Nobody looks for another one, and no other step takes it for its own."""
    for _ in range(2):
        assert consumer.run(once_per="off").outputs["status"] == "created"
    assert consumer.box.requests_to("GET", ISSUES) == []
    assert consumer.run(once_per="run").outputs["status"] == "created"
    assert consumer.run(once_per="run", env=AGAIN).outputs["status"] == "reused"
    assert [it["state"] for it in issues(consumer)] == ["open"] * 3


def test_a_topic_keeps_its_issue_while_its_session_is_active(consumer: Consumer) -> None:
    """Every run with the topic finds the issue, however old, and makes no second one."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.run()
    consumer.box.github.issues[8]["updated_at"] = "2020-01-01T00:00:00Z"
    second = consumer.run(env=LATER)
    assert second.outputs == {**first.outputs, "status": "reused"}
    consumer.box.harmonica.sessions[0]["status"] = "completed"
    third = consumer.run(env={"GITHUB_RUN_ID": "502"})
    assert third.outputs["status"] == "created"
    assert consumer.run(env={"GITHUB_RUN_ID": "503"}).outputs == {
        **third.outputs,
        "status": "reused",
    }
    assert len(issues(consumer)) == 2


def test_the_topic_of_somebody_elses_session_has_one_issue(consumer: Consumer) -> None:
    """A session that nobody made with the spec is announced once all the same."""
    consumer.inputs["once_per"] = "topic"
    consumer.box.harmonica.add_session("Retrospective")
    first = consumer.run()
    assert consumer.run(env=LATER).outputs == first.outputs
    assert len(issues(consumer)) == 1


def test_a_topic_that_is_not_listed_keeps_its_issue(consumer: Consumer) -> None:
    """Harmonica may fail to list a session; the last issue of the topic leads to it."""
    consumer.inputs["once_per"] = "topic"
    first = consumer.run()
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    assert consumer.run(env=LATER).outputs == {**first.outputs, "status": "reused"}
    assert len(issues(consumer)) == 1


@pytest.mark.parametrize("fault", [Fault.drop_after(), Fault.status_after(502), Fault.truncate()])
def test_an_issue_whose_answer_got_lost_is_found(consumer: Consumer, fault: Fault) -> None:
    """It is looked for by its receipt, and its labels and assignees are added all the same."""
    consumer.box.fail("POST", ISSUES, fault)
    run = consumer.run(labels="team")
    [issue] = issues(consumer)
    assert run.outputs["comment_url"] == issue["html_url"]
    assert sorted(labels(issue)) == ["harmonica-session", "team"]
    assert run.annotations == []


def test_an_issue_that_is_listed_late_is_found(consumer: Consumer) -> None:
    """The list may lag behind, so several looks are taken."""
    consumer.box.fail("POST", ISSUES, Fault.drop_after())
    consumer.box.fail("GET", ISSUES, NO_ISSUES, times=2, after=1)
    run = consumer.run()
    assert run.outputs["comment_url"] == issues(consumer)[0]["html_url"]
    assert len(issues(consumer)) == 1
    assert consumer.clock.pauses == [1.0, 2.0]


def test_an_issue_that_shows_after_all_looks_is_the_one_that_stays(consumer: Consumer) -> None:
    """The second one leads there and is closed, for no issue can be deleted."""
    consumer.box.fail("POST", ISSUES, Fault.drop_after())
    consumer.box.fail("GET", ISSUES, NO_ISSUES, times=3, after=1)
    run = consumer.run()
    older, later = issues(consumer)
    assert run.outputs["comment_url"] == older["html_url"]
    assert (older["state"], later["state"], later["state_reason"]) == (
        "open",
        "closed",
        "not_planned",
    )
    assert f"[#{older['number']}]({older['html_url']})" in later["body"]
    assert "receipt" not in later["body"]
    assert run.outputs["session_id"] in older["body"]


def test_an_issue_that_was_never_opened_is_opened_once(consumer: Consumer) -> None:
    """Where no look shows it, another one is opened."""
    consumer.box.fail("POST", ISSUES, Fault.drop())
    run = consumer.run()
    assert run.outputs["comment_url"] == issues(consumer)[0]["html_url"]
    assert len(issues(consumer)) == 1


def test_who_cannot_look_after_a_lost_answer_opens_none(consumer: Consumer) -> None:
    """Nobody knows whether there is one; the link is in the outputs, and a re-run looks."""
    consumer.box.fail("POST", ISSUES, Fault.drop_after())
    consumer.box.fail("GET", ISSUES, Fault.status(403, body=FORBIDDEN), after=1, times=None)
    run = consumer.run()
    assert run.code == 0
    assert run.outputs["comment_url"] == ""
    assert "It is not known whether an issue was opened for the session" in run.messages("warning")
    consumer.box.heal()
    again = consumer.run(env=AGAIN)
    assert again.outputs["comment_url"] == issues(consumer)[0]["html_url"]
    assert len(issues(consumer)) == 1


def test_who_cannot_look_first_opens_none(consumer: Consumer) -> None:
    """Issues cannot be deleted, so there must not be one already; a warning says what to do."""
    consumer.box.fail("GET", ISSUES, Fault.status(403, body=FORBIDDEN), times=None)
    run = consumer.run()
    assert run.code == 0
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"] in run.summary
    assert "so no issue is opened for the session" in run.messages("warning")
    assert run.messages("warning").endswith("\n  issues: write")
    assert issues(consumer) == []


def test_without_the_permission_a_warning_brings_it(consumer: Consumer) -> None:
    """Outputs and summary are as ever, and the next attempt opens the issue."""
    github = consumer.box.github
    github.without_issues.add(github.first_token)
    run = consumer.run()
    assert run.code == 0
    warning = run.messages("warning")
    assert warning.startswith(
        "No issue was opened for the session, because the token lacks permission"
    )
    assert warning.endswith("permissions:\n  contents: read\n  issues: write")
    assert run.outputs["join_url"] in run.summary
    assert run.outputs["comment_url"] == ""
    github.without_issues.clear()
    again = consumer.run(env=AGAIN)
    assert again.outputs["session_id"] == run.outputs["session_id"]
    assert again.outputs["comment_url"] == issues(consumer)[0]["html_url"]


def test_a_private_repository_tells_nothing_without_the_permission(consumer: Consumer) -> None:
    """There even the look is denied, and one warning says so."""
    github = consumer.box.github
    github.without_issues.add(github.first_token)
    github.facts["private"] = True
    run = consumer.run()
    assert len(run.annotations) == 1
    assert "issues: write" in run.messages("warning")


def test_where_issues_are_switched_off_a_warning_says_so(consumer: Consumer) -> None:
    """No permission mends that, so none is shown."""
    consumer.box.github.has_issues = False
    run = consumer.run()
    assert run.code == 0
    assert "issues are turned off in the repository; turn them on" in run.messages("warning")
    assert "permissions:" not in run.messages("warning")


def test_a_refusal_of_harmonicas_is_no_lack_of_permission(consumer: Consumer) -> None:
    """Which issue counts for a topic takes a look at Harmonica; its refusal is told as its own."""
    consumer.inputs["once_per"] = "topic"
    consumer.run()
    error = {"error": {"code": "unauthorized", "message": "Invalid or revoked API key"}}
    consumer.box.fail("GET", "/api/v1/sessions", Fault.status(401, body=error), times=None)
    run = consumer.run(env=LATER)
    assert run.code == 1
    assert "check the secret behind `api-key`" in run.messages("error")
    assert run.messages("warning") == ""


def test_a_round_without_its_issue_is_told_of_without_advice(consumer: Consumer) -> None:
    """Another way to announce would not help; the warning before says what does."""
    github = consumer.box.github
    github.without_issues.add(github.first_token)
    consumer.write(PATH, f"{SPEC}open_for: 5d\n")
    warnings = consumer.run().messages("warning")
    assert "issues: write" in warnings
    assert "for this session yet" in warnings
    assert "announce: issue" not in warnings


def test_without_a_token_there_is_no_issue(consumer: Consumer) -> None:
    """The warning is the same as for a comment."""
    run = consumer.run(github_token="")
    assert run.outputs["status"] == "created"
    assert "no `github-token`" in run.messages("warning")


def test_labels_and_people_are_added_once_the_issue_exists(consumer: Consumer) -> None:
    """Each name that GitHub refuses is a warning of its own, and the others are added."""
    consumer.box.github.assignable = {"mona"}
    run = consumer.run(labels=f"team, {'x' * 60}\nretro", assignees="mona\nnobody")
    [issue] = issues(consumer)
    assert sorted(labels(issue)) == ["harmonica-session", "retro", "team"]
    assert [it["login"] for it in issue["assignees"]] == ["mona"]
    first, second = run.messages("warning").split("\n")
    assert first.startswith("The label `xxx")
    assert second.startswith("The assignee `nobody` was not added")
    assert run.outputs["comment_url"] == issue["html_url"]
    before = len(written(consumer))
    assert consumer.run(labels="team", assignees="mona", env=AGAIN).annotations == []
    assert len(written(consumer)) == before


def test_what_an_attempt_could_not_add_the_next_one_adds(consumer: Consumer) -> None:
    """It may have been cut off right after the issue; what is there is not added again."""
    consumer.box.fail("POST", f"{ISSUES}/8/.*", Fault.status(403, body=FORBIDDEN))
    consumer.inputs |= {"labels": "Team", "assignees": "mona"}
    consumer.run()
    second = consumer.run(env=AGAIN)
    [issue] = issues(consumer)
    assert sorted(labels(issue)) == ["Team", "harmonica-session"]
    assert [it["login"] for it in issue["assignees"]] == ["mona"]
    assert second.annotations == []
    before = len(written(consumer))
    consumer.run(env=AGAIN, labels="team", assignees="Mona")
    assert len(written(consumer)) == before


def test_what_people_took_off_an_issue_that_is_used_again_stays_off(consumer: Consumer) -> None:
    """The issue of a topic lives longer than a run, and is theirs to sort."""
    consumer.inputs |= {"labels": "team", "once_per": "topic"}
    consumer.run()
    consumer.box.github.change(8, labels=[{"name": "harmonica-session"}])
    consumer.run(env=LATER)
    assert labels(issues(consumer)[0]) == ["harmonica-session"]


def test_who_may_not_label_is_told_so(consumer: Consumer) -> None:
    """GitHub opens the issue and drops its label without a word; later runs do not find it."""
    consumer.box.github.without_push.add(consumer.box.github.first_token)
    run = consumer.run()
    assert run.outputs["comment_url"] == issues(consumer)[0]["html_url"]
    assert "The label `harmonica-session` was not added" in run.messages("warning")
    assert "without the label, later runs may not find" in run.messages("warning")


def test_labels_that_nobody_could_add_are_named(consumer: Consumer) -> None:
    """A server that fails costs the labels, and nothing else."""
    consumer.box.fail("POST", f"{ISSUES}/8/.*", Fault.status(500), times=None)
    run = consumer.run(labels="team", assignees="mona")
    assert run.code == 0
    assert "The label `team` was not added" in run.messages("warning")
    assert "The assignee `mona` was not added" in run.messages("warning")
    assert run.outputs["comment_url"] == issues(consumer)[0]["html_url"]


def test_a_label_that_cannot_be_made_comes_with_the_issue(consumer: Consumer) -> None:
    """Only its color is another."""
    consumer.box.fail("POST", "/repos/octo/garden/labels", Fault.status(500), times=None)
    run = consumer.run()
    assert run.annotations == []
    assert labels(issues(consumer)[0]) == ["harmonica-session"]


def test_two_jobs_that_share_a_session_keep_the_older_issue(consumer: Consumer) -> None:
    """Who opened the later one closes it, with a line on where to go."""
    first = consumer.run()
    consumer.box.fail("GET", ISSUES, NO_ISSUES)
    second = consumer.run()
    assert second.outputs == {**first.outputs, "status": "reused"}
    older, later = issues(consumer)
    assert later["state_reason"] == "not_planned"
    assert f"[#{older['number']}]({older['html_url']})" in later["body"]
    assert f"Another run was faster: {older['html_url']}" in second.log
    third = consumer.run(env=AGAIN)
    assert third.outputs == second.outputs
    assert third.annotations == []


def test_two_jobs_that_made_a_session_each_agree_on_one(consumer: Consumer) -> None:
    """The older session counts, in the older issue, and the other one is named."""
    first = consumer.run()
    consumer.age_sessions()
    consumer.box.fail("GET", ISSUES, NO_ISSUES)
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    second = consumer.run()
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert "one of them counts" in second.messages("warning")
    assert [it["state"] for it in issues(consumer)] == ["open", "closed"]
    assert len(consumer.box.harmonica.sessions) == 2


def test_the_next_attempt_closes_a_twin(consumer: Consumer) -> None:
    """A job that could not look again says so, and the next attempt tidies up."""
    first = consumer.run()
    consumer.box.fail("GET", ISSUES, NO_ISSUES)
    consumer.box.fail("GET", ISSUES, Fault.status(500), times=None)
    second = consumer.run()
    consumer.box.heal()
    assert "the next run checks again" in second.messages("warning")
    third = consumer.run(env=AGAIN)
    assert third.outputs["comment_url"] == first.outputs["comment_url"]
    assert [it["state"] for it in issues(consumer)] == ["open", "closed"]


def test_a_twin_that_cannot_be_closed_is_named(consumer: Consumer) -> None:
    """What is left to do by hand is a warning."""
    consumer.run()
    consumer.box.fail("GET", ISSUES, NO_ISSUES)
    consumer.box.fail("PATCH", f"{ISSUES}/9", Fault.status(500), times=None)
    run = consumer.run()
    assert f"please close {issues(consumer)[1]['html_url']}" in run.messages("warning")


@pytest.mark.parametrize("kind", ["User", "Bot"])
def test_a_copied_receipt_announces_nothing(consumer: Consumer, kind: str) -> None:
    """A stranger's issue with our label and text is neither taken for ours nor closed."""
    first = consumer.run()
    [ours] = issues(consumer)
    copy = consumer.box.github.add_issue(9, ours["title"], ours["body"])
    login = "stranger" if kind == "User" else ours["user"]["login"]
    copy.update(user={"login": login, "type": kind}, labels=ours["labels"])
    second = consumer.run(env=AGAIN)
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert second.annotations == []
    assert copy["state"] == "open"


def test_an_older_issue_made_into_a_copy_announces_nothing(consumer: Consumer) -> None:
    """What stood there before ours came cannot be ours, whatever it says by now."""
    bot = {"login": "github-actions[bot]", "type": "Bot"}
    older = consumer.box.github.add_issue(8, "Crash report")
    older.update(user=bot, labels=[{"name": "harmonica-session"}])
    first = consumer.run()
    ours = consumer.box.github.issues[9]
    older["body"] = ours["body"].replace("one change", "another")
    second = consumer.run(env=AGAIN)
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert older["state"] == "open"


def test_an_issue_of_an_unknown_key_is_named(consumer: Consumer) -> None:
    """The key before knows the issue again; where nobody gives it, a warning says so."""
    first = consumer.run()
    consumer.rotate_key()
    assert consumer.run(env=AGAIN).outputs["comment_url"] == first.outputs["comment_url"]
    consumer.rotate_key()
    del consumer.inputs["previous_api_key"]
    run = consumer.run(env=AGAIN)
    assert "An issue contains a receipt for this session" in run.messages("warning")


def test_several_specs_have_an_issue_each(consumer: Consumer) -> None:
    """They are told from each other by the spec in the receipt, and the list is read once."""
    names = ("one", "two", "three")
    for name in names:
        consumer.write(f".harmonica/{name}.yml", SPEC.replace("Retrospective", name))
    spec = "\n".join(f".harmonica/{name}.yml" for name in names)
    first = consumer.run(spec=spec)
    assert sorted(it["title"] for it in issues(consumer)) == sorted(names)
    before = len(consumer.box.requests)
    second = consumer.run(spec=spec, env=AGAIN)
    assert [row["status"] for row in second.sessions] == ["reused"] * 3
    assert [r["comment_url"] for r in second.sessions] == [r["comment_url"] for r in first.sessions]
    asked = [it.path for it in consumer.box.requests[before:]]
    assert asked.count(ISSUES) == 1


def test_a_run_cut_off_before_its_issue_is_taken_up(consumer: Consumer) -> None:
    """The session is known by its reference, as without an issue, and announced then."""
    consumer.box.fail("POST", ISSUES, Fault.status(422), times=None)
    first = consumer.run()
    consumer.box.heal()
    second = consumer.run(env=AGAIN)
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert second.outputs["comment_url"] == issues(consumer)[0]["html_url"]


def test_a_session_that_is_gone_leaves_its_issue(consumer: Consumer) -> None:
    """The next attempt makes another session, which gets an issue of its own."""
    consumer.box.advance(timedelta(hours=-2))
    consumer.run()
    consumer.box.advance(timedelta(hours=2))
    before = issues(consumer)[0]["body"]
    consumer.lose_sessions()
    second = consumer.run(env=AGAIN)
    assert second.outputs["status"] == "created"
    assert consumer.run(env=AGAIN).outputs == {**second.outputs, "status": "reused"}
    assert issues(consumer)[0]["body"] == before
    assert len(issues(consumer)) == 2


def test_a_dry_run_shows_title_and_text(consumer: Consumer) -> None:
    """Nothing is opened, and nobody is asked to."""
    consumer.write(PATH, SPEC.replace("Retrospective", "'Retro #7 by @octo'"))
    run = consumer.run(dry_run="true")
    assert "The issue \u201cRetro #\u200b7 by @\u200bocto\u201d" in run.log
    assert "Join the session: " in run.log
    assert "The issue \u201cRetro" in run.summary
    assert "### [Join the session](" in run.summary
    assert "@octo" not in run.summary.partition("```")[0]
    assert issues(consumer) == []


def test_a_long_topic_is_cut_to_a_title(consumer: Consumer) -> None:
    """What GitHub would refuse is shortened, and nothing invisible is in it."""
    consumer.write(PATH, SPEC.replace("Retrospective", "e\u00e9" * 200))
    consumer.run()
    [issue] = issues(consumer)
    assert len(issue["title"]) == 256
    assert issue["title"].endswith("\u2026")


@pytest.mark.parametrize("key", ["open_for: 5d", "expected: 3"])
def test_a_pull_request_with_a_round_gets_the_label(consumer: Consumer, key: str) -> None:
    """By it the results are found; one request more, once, and only then."""
    consumer.inputs["announce"] = "auto"
    consumer.write(PATH, f"{SPEC}{key}\n")
    consumer.on_pull_request()
    consumer.on_pull_request("synchronize")
    assert labels(consumer.box.github.issues[7]) == ["harmonica-session"]
    assert len(consumer.box.requests_to("POST", f"{ISSUES}/7/labels")) == 1


def test_a_round_that_is_asked_for_later_brings_the_label(consumer: Consumer) -> None:
    """The comment is edited then, and the pull request labelled."""
    consumer.inputs["announce"] = "auto"
    consumer.on_pull_request()
    assert labels(consumer.box.github.issues[7]) == []
    consumer.write(PATH, f"{SPEC}open_for: 5d\n")
    consumer.on_pull_request("synchronize")
    assert labels(consumer.box.github.issues[7]) == ["harmonica-session"]


def test_a_label_that_was_refused_comes_with_the_next_event(consumer: Consumer) -> None:
    """The event says which labels the pull request has, so nobody is asked for that."""
    consumer.inputs["announce"] = "auto"
    consumer.write(PATH, f"{SPEC}open_for: 5d\n")
    consumer.box.fail("POST", f"{ISSUES}/7/labels", Fault.status(403, body=FORBIDDEN))
    payload = pull_request_payload("synchronize")
    payload["pull_request"]["labels"] = [{"name": "bug"}]
    for _ in range(2):
        consumer.run("pull_request", payload)
    assert labels(consumer.box.github.issues[7]) == ["harmonica-session"]
    payload["pull_request"]["labels"] = [{"name": "harmonica-session"}]
    before = len(written(consumer))
    consumer.run("pull_request", payload)
    assert len(written(consumer)) == before


def test_a_refused_label_costs_a_warning(consumer: Consumer) -> None:
    """The comment stands, and says until when the session is open."""
    consumer.inputs["announce"] = "auto"
    consumer.write(PATH, f"{SPEC}open_for: 5d\n")
    consumer.box.fail("POST", f"{ISSUES}/7/labels", Fault.status(403, body=FORBIDDEN))
    run = consumer.on_pull_request()
    assert run.code == 0
    assert "The label `harmonica-session` was not added" in run.messages("warning")
    assert "Open until" in consumer.bodies[0]


def test_a_label_that_cannot_be_created_says_what_creates_it(consumer: Consumer) -> None:
    """To put a label on a pull request is one permission; to create it first is another."""
    consumer.inputs["announce"] = "auto"
    consumer.write(PATH, f"{SPEC}open_for: 5d\n")
    consumer.box.github.without_issues.add(consumer.box.github_token)
    [warning] = consumer.on_pull_request().annotations
    assert "permission to create labels on this repository" in warning.message
    assert "it needs `issues: write`" in warning.message


def test_results_find_the_issue(consumer: Consumer) -> None:
    """The same issue tells who came, and the title stays as somebody has changed it."""
    consumer.write(PATH, f"{SPEC}open_for: 5d\nexpected: 3\n")
    consumer.run()
    [issue] = issues(consumer)
    consumer.box.github.change(issue["number"], title="Our retro")
    consumer.box.harmonica.sessions[0]["participant_count"] = 2
    run = consumer.run(command="results", announce="auto", generate_summary="never")
    assert run.outputs["comment_url"] == issue["html_url"]
    [issue] = issues(consumer)
    assert "2 of 3 have taken part" in issue["body"]
    assert issue["title"] == "Our retro"
    again: Run = consumer.run(env=AGAIN)
    assert again.annotations == []
