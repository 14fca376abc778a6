"""`command: results`: from invitation to head count, to results, to follow-up, each once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harmonica_session.sandbox.harmonica.results import wild_text
from harness.circle import ACTIONS, PATH, ROUND, Circle
from harness.consumer import COMMENTS

if TYPE_CHECKING:
    from harness.consumer import Consumer

BRIEF = "SESSION.md"
# On a schedule it is looked whether GitHub is about to switch that off.
QUIET = [("GET", "/repos/octo/garden")]


@pytest.fixture
def circle(consumer: Consumer) -> Circle:
    """A round of five days for three people, announced on pull request 7."""
    return Circle(consumer)


def test_a_round_goes_from_invitation_to_results(circle: Circle) -> None:
    """Head count, reminder, results, an issue for each action, and then nothing any more."""
    circle.session["participant_count"] = 2
    assert circle.results(generate_summary="never").outputs["status"] == "reported"
    assert "\n2 of 3 have taken part; open until " in circle.body
    assert "### [Join the session](" in circle.body
    circle.days_pass(4)
    for _ in range(2):
        circle.results(generate_summary="never")
    [_, reminder] = circle.consumer.bodies
    assert "This round ends soon." in reminder
    circle.find("We *met*.\n\n- @octo")
    circle.days_pass(1)
    run = circle.results(actions="issues")
    assert run.outputs["final"] == "true"
    assert json.loads(run.outputs["action_issues"]) == [8]
    assert "This round is over" in circle.body
    assert "> - @\u200bocto" in circle.body
    assert "- [ ] Write it down (owner: @\u200bocto) #8" in circle.body
    before = len(circle.box.requests)
    assert circle.results(actions="issues").outputs["status"] == "unchanged"
    assert {it.method for it in circle.box.requests[before:]} == {"GET"}


def test_a_round_that_was_told_costs_the_listing_alone(circle: Circle) -> None:
    """On a schedule, the labelled ones are listed and the comments of each pull request read."""
    circle.end("We met.")
    circle.results()
    circle.label()
    before = len(circle.box.requests)
    run = circle.consumer.run(command="results")
    asked = [(it.method, it.path) for it in circle.box.requests[before:]]
    assert asked == [("GET", "/repos/octo/garden/issues"), ("GET", COMMENTS), *QUIET]
    assert (run.code, run.outputs["status"], run.outputs["final"]) == (0, "unchanged", "true")


def test_an_issue_that_was_told_costs_the_listing_alone(circle: Circle) -> None:
    """Its text comes with the list."""
    circle.move_to_issue()
    circle.end("We met.")
    circle.consumer.run(command="results")
    before = len(circle.box.requests)
    circle.consumer.run(command="results")
    asked = [(it.method, it.path) for it in circle.box.requests[before:]]
    assert asked == [("GET", "/repos/octo/garden/issues"), *QUIET]


def test_a_round_with_nothing_new_costs_two_requests_of_harmonica(circle: Circle) -> None:
    """The session and its summary; the comments tell the rest, and nothing is written."""
    circle.session["participant_count"] = 2
    circle.results()
    before = len(circle.box.requests)
    run = circle.results()
    asked = [(it.service, it.method) for it in circle.box.requests[before:]]
    assert asked == [("github", "GET"), ("harmonica", "GET"), ("harmonica", "GET")]
    assert run.outputs["status"] == "unchanged"


def test_an_issue_is_closed_once(circle: Circle) -> None:
    """With its results; one that somebody opens again stays open."""
    circle.move_to_issue()
    circle.end("We met.")
    run = circle.consumer.run(command="results", actions="issues")
    assert json.loads(run.outputs["action_issues"]) == [9]
    assert circle.issue["state"] == "closed"
    circle.issue["state"] = "open"
    circle.consumer.run(command="results", actions="issues")
    assert circle.issue["state"] == "open"


def test_an_issue_stays_open_where_that_is_wished(circle: Circle) -> None:
    """`close: false` leaves it, a later run without closes it."""
    circle.move_to_issue()
    circle.end("We met.")
    circle.consumer.run(command="results", close="false")
    assert circle.issue["state"] == "open"
    circle.consumer.run(command="results")
    assert circle.issue["state"] == "closed"


@pytest.mark.parametrize(("generate", "writes"), [("auto", 1), ("never", 0), ("always", 2)])
def test_a_summary_is_written_as_often_as_is_wished(
    circle: Circle, generate: str, writes: int
) -> None:
    """While the round is open: when there is none, never, or in each run."""
    circle.session["participant_count"] = 2
    for _ in range(2):
        circle.results(generate_summary=generate)
    assert len(circle.asked("summary")) == writes


@pytest.mark.parametrize("generate", ["auto", "always"])
def test_a_summary_is_written_once_after_the_end(circle: Circle, generate: str) -> None:
    """Though there was one before; and never again, however often a round is looked at."""
    circle.session["participant_count"] = 2
    circle.results()
    circle.end("We met after all.")
    before = len(circle.asked("summary"))
    for _ in range(3):
        circle.results(generate_summary=generate)
    assert len(circle.asked("summary")) == before + 1
    assert "We met after all." in circle.body


def test_a_summary_of_after_the_end_is_not_written_again(circle: Circle) -> None:
    """Where the host had it written meanwhile, that one counts."""
    circle.end("New words.")
    circle.session["summary"] = "The words of the host."
    circle.session["summary_generated_at"] = circle.box.harmonica.timestamp()
    circle.results()
    assert circle.asked("summary") == []
    assert "The words of the host." in circle.body


def test_when_as_many_came_as_were_expected_a_summary_is_written_once(circle: Circle) -> None:
    """Also where what comes after it fails again and again."""
    circle.find("We are complete.")
    circle.session["participant_count"] = 3
    circle.box.fail("POST", ".*/knowledge", Fault.status(500), times=None)
    for _ in range(3):
        circle.results()
        circle.days_pass(0.1)
    assert len(circle.asked("summary")) == 1
    circle.box.heal()
    circle.results()
    assert "- [ ] Write it down" in circle.body


def test_a_round_is_over_in_words_before_its_summary_is_ready(circle: Circle) -> None:
    """Nobody reads that it is open until a day that has passed, and it is said once."""
    circle.end("We met.")
    circle.box.fail("POST", ".*/summary", Fault.status(500), times=None)
    for count in (2, 2, 1):
        circle.session["participant_count"] = count
        run = circle.results()
    assert "The summary is not ready; the next run checks again" in run.messages("warning")
    assert circle.body.count("This round is over") == 1
    assert "1 of 3 took part." in circle.body
    assert "Open until" not in circle.body
    circle.box.heal()
    assert circle.results().outputs["final"] == "true"
    assert "We met." in circle.body


def test_a_round_in_which_nobody_took_part_is_told_without_a_summary(circle: Circle) -> None:
    """Harmonica is not asked to sum up nothing."""
    circle.days_pass(5.1)
    circle.results()
    assert circle.asked("summary") == []
    assert "0 of 3 took part." in circle.body
    assert circle.results().outputs["status"] == "unchanged"


def test_who_writes_no_summary_has_one_shown_that_comes_later(circle: Circle) -> None:
    """With `generate-summary: never` the issue is closed at the end, and edited afterwards."""
    circle.move_to_issue()
    circle.end("Of no use here.")
    circle.consumer.run(command="results", generate_summary="never")
    assert circle.issue["state"] == "closed"
    circle.session["summary"] = "Written by the host."
    circle.consumer.run(command="results", generate_summary="never")
    assert "Written by the host." in str(circle.issue["body"])


def test_knowledge_is_asked_for_when_the_summary_has_changed(circle: Circle) -> None:
    """Before the end; with each new head count alone the list stays as it was worded."""
    circle.find("First.")
    circle.session["participant_count"] = 1
    circle.results()
    circle.session["participant_count"] = 2
    run = circle.results()
    assert len(circle.asked("knowledge")) == 1
    assert "2 of 3 have taken part" in circle.body
    assert "- [ ] Write it down" in circle.body
    assert json.loads(run.outputs["actions"])[0]["description"] == "Write it down"
    circle.session["summary"] = "Second."
    circle.results()
    assert len(circle.asked("knowledge")) == 2


def test_a_final_round_s_actions_are_asked_for_once(circle: Circle) -> None:
    """Later runs work from the list, be it to open issues."""
    circle.end("We met.")
    circle.results()
    run = circle.results(actions="issues")
    assert len(circle.asked("knowledge")) == 1
    assert json.loads(run.outputs["actions"]) == [
        {"description": "Write it down", "owner": "@octo", "due": "", "issue": 8}
    ]
    assert "Write it down" in circle.box.github.issues[8]["title"]


@pytest.mark.parametrize(
    ("trouble", "line"),
    [
        ("plan", "knowledge is not available to this Harmonica account (a paid plan is needed)"),
        ("route", "this Harmonica server does not offer knowledge"),
        ("skipped", "Harmonica found none in the session"),
    ],
)
def test_without_knowledge_the_summary_stands_alone(
    circle: Circle, trouble: str, line: str
) -> None:
    """One line says why, and the round is told for good."""
    circle.end("We met.")
    circle.box.harmonica.paid_plan = trouble != "plan"
    circle.box.harmonica.lacks |= {"knowledge"} if trouble == "route" else set()
    if trouble == "skipped":
        circle.box.harmonica.set_results(circle.session, summary="We met.")
    run = circle.results(actions="issues")
    assert run.log.count(line) == 1
    assert run.annotations == []
    assert "We met." in circle.body
    assert "### Actions" not in circle.body
    assert circle.results().outputs["status"] == "unchanged"


@pytest.mark.parametrize("actions", ["off", "list"])
def test_actions_get_no_issue_unless_that_is_wished(circle: Circle, actions: str) -> None:
    """`off` leaves them out, `list` shows them."""
    circle.end("We met.")
    run = circle.results(actions=actions)
    assert ("- [ ] Write it down" in circle.body) == (actions == "list")
    assert bool(json.loads(run.outputs["actions"])) == (actions == "list")
    assert len(circle.box.github.issues) == 1


def test_at_most_ten_actions_have_an_issue(circle: Circle) -> None:
    """All forty stand in the list, each once, and the log says how many have none."""
    circle.end("We met.", [{"description": f"Do {at}"} for at in range(40)])
    run = circle.results(actions="issues")
    assert json.loads(run.outputs["action_issues"]) == [*range(8, 18)]
    assert len(json.loads(run.outputs["actions"])) == 40
    assert "Only the first 10 of the 40 actions have issues." in run.log
    circle.results(actions="issues")
    assert len(circle.box.github.issues) == 11


def test_without_issues_write_a_warning_has_the_block_to_paste(circle: Circle) -> None:
    """The announcement is told all the same, and the next run opens what is missing."""
    circle.end("We met.")
    circle.box.github.without_issues.add(circle.box.github_token)
    run = circle.results(actions="issues")
    assert "Some actions have no issue, because the token lacks permission" in run.messages(
        "warning"
    )
    assert "  issues: write" in run.messages("warning")
    assert "  issues: write" in run.summary
    assert (run.code, run.outputs["action_issues"]) == (0, "[]")
    circle.box.github.without_issues.clear()
    assert circle.results(actions="issues").outputs["action_issues"] == "[8]"


@pytest.mark.parametrize("author", ["stranger", "bot"])
def test_an_issue_that_copies_our_mark_is_not_ours(circle: Circle, author: str) -> None:
    """Neither a stranger's, nor a later one of the same bot: the first one counts."""
    circle.end("We met.", [*ACTIONS, {"description": "And read it"}])
    circle.results(actions="issues")
    github = circle.box.github
    made = github.issues[8]
    copied = github.add_issue(30, "Copied", made["body"])
    copied["labels"] = made["labels"]
    if author == "stranger":
        copied["user"] = {"login": "mallory", "type": "User"}
        copied["number"], github.issues[5] = 5, copied
    else:
        copied["user"] = made["user"]
    github.comments.clear()
    circle.announce_anew()
    run = circle.results(actions="issues")
    assert json.loads(run.outputs["action_issues"]) == [8, 9]


def test_a_run_that_cannot_look_opens_no_issue(circle: Circle) -> None:
    """Better none than a second one."""
    circle.end("We met.")
    listing = "/repos/octo/garden/issues"
    circle.box.fail("GET", listing, Fault.status(500), times=None)
    circle.results(actions="issues")
    assert len(circle.box.github.issues) == 1
    circle.box.heal()
    assert circle.results(actions="issues").outputs["action_issues"] == "[8]"


@pytest.mark.parametrize("form", ["id", "link"])
def test_one_session_can_be_asked_for(circle: Circle, form: str) -> None:
    """By its id or its link, on whatever event: its announcement is found by the label."""
    circle.label()
    circle.session["participant_count"] = 1
    session = circle.session["id"] if form == "id" else circle.join_url
    run = circle.consumer.run(command="results", session=session)
    assert run.outputs["participant_count"] == "1"
    assert "1 of 3 has taken part" in circle.body


def test_a_session_that_was_not_announced_has_a_head_count(circle: Circle) -> None:
    """Outputs and nothing else, for nobody knows what was asked for."""
    other = circle.box.harmonica.add_session("Elsewhere", participant_count=4)
    circle.box.harmonica.set_results(other, summary="Known to few")
    run = circle.results(session=other["id"], write_session_md=BRIEF, results_file="r.json")
    assert run.outputs["participant_count"] == "4"
    assert (run.outputs["status"], run.outputs["comment_url"]) == ("unchanged", "")
    everything = run.log + run.summary + json.dumps(run.outputs) + circle.written("r.json")
    assert "Known to few" not in everything
    assert circle.written(BRIEF) == ""
    assert "4 have taken part" in run.summary


def test_a_session_that_was_not_announced_is_published_on_demand(circle: Circle) -> None:
    """`publish` overrides, says so, and needs no announcement; nor even GitHub."""
    other = circle.box.harmonica.add_session("Elsewhere", participant_count=4)
    circle.box.harmonica.set_results(other, summary="Known to few")
    run = circle.results(session=other["id"], publish="true", write_session_md=BRIEF)
    assert "`publish: true` shows results that would otherwise be left out" in run.log
    assert "Known to few" in run.summary
    assert "Known to few" in circle.written(BRIEF)


def test_a_session_that_nobody_has_is_an_error(circle: Circle) -> None:
    """Where it was named, and no announcement of ours speaks of it."""
    run = circle.results(session="5f0c2d1e")
    assert (run.code, run.outputs["status"]) == (1, "failed")
    assert "read the session" in run.messages("error")
    assert "there is no such session, or it belongs to an account" in run.messages("error")
    assert "project_id" not in run.messages("error")


def test_an_announced_session_that_is_gone_is_a_warning(circle: Circle) -> None:
    """The others are told, and what stands there stays."""
    circle.box.harmonica.sessions.clear()
    run = circle.results()
    assert (run.code, run.outputs["status"]) == (0, "unchanged")
    assert "The session could not be read" in run.messages("warning")


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        (PATH, [1]),
        (".harmonica/*.yml", [1, 2]),
        (f"{PATH}\n.harmonica/other.yml", [1, 2]),
        ("docs/**", []),
        ("", [1, 2]),
    ],
)
def test_specs_choose_among_what_was_announced(
    circle: Circle, spec: str, counts: list[int]
) -> None:
    """By path and pattern, whether or not the files are still there."""
    circle.also_announce(".harmonica/other.yml")
    for path in (PATH, ".harmonica/other.yml"):
        (circle.consumer.root / path).unlink()
    first, second = circle.box.harmonica.sessions
    first["participant_count"], second["participant_count"] = 1, 2
    run = circle.results(spec=spec)
    assert (run.code, run.outputs["status"]) == (0, "reported" if counts else "unchanged")
    assert sorted(int(it["participant_count"]) for it in run.sessions) == counts


def test_what_was_not_touched_for_sixty_days_is_not_looked_at(circle: Circle) -> None:
    """It would be asked for for ever."""
    circle.move_to_issue()
    circle.days_pass(61)
    run = circle.consumer.run(command="results")
    assert "Nothing has been announced" in run.log
    assert run.outputs["status"] == "unchanged"


@pytest.mark.parametrize(
    ("event", "number"), [("issues", ""), ("issue_comment", ""), ("workflow_dispatch", "8")]
)
def test_the_event_s_own_issue_is_looked_at(circle: Circle, event: str, number: str) -> None:
    """Labelled or not, and nothing beside it."""
    circle.move_to_issue()
    circle.issue["labels"] = []
    circle.session["participant_count"] = 1
    payload = {"issue": {"number": 8}, "repository": {"id": 1, "private": True}}
    circle.consumer.run(event, payload, command="results", pr_number=number)
    assert "1 of 3 has taken part" in str(circle.issue["body"])


def test_a_session_announced_in_two_places_is_asked_for_once(circle: Circle) -> None:
    """Both tell the same, and its actions have one issue each."""
    circle.find("We met.")
    circle.also_announce_on(20)
    circle.label()
    circle.end("We met.")
    run = circle.consumer.run(command="results", actions="issues")
    assert len(run.sessions) == 1
    assert len(circle.asked("knowledge")) == 1
    assert len(circle.box.github.issues) == 3
    for body in circle.consumer.bodies:
        assert "- [ ] Write it down (owner: @\u200bocto) #21" in body


class TestBrief:
    """`write-session-md` writes the newest session's brief, whole or not at all."""

    def test_it_is_written_with_its_front_matter(self, circle: Circle) -> None:
        """Whose it is, the link, the date, the end; and again only when it has changed."""
        circle.end("We met.")
        run = circle.results(write_session_md="docs/SESSION.md")
        assert run.outputs["session_md"] == "docs/SESSION.md"
        text = circle.written("docs/SESSION.md")
        assert text.startswith("---\n# Written by the Harmonica session action")
        assert f"session_id: {circle.session['id']}\njoin_url: {circle.join_url}\n" in text
        assert "We met." in text
        again = circle.results(write_session_md="docs/SESSION.md")
        assert (again.outputs["session_md"], again.outputs["status"]) == ("", "unchanged")

    def test_it_is_left_where_harmonica_has_none(self, circle: Circle) -> None:
        """The log says so, and the file stays."""
        circle.consumer.check_out(BRIEF, "ours\n")
        run = circle.results(write_session_md=BRIEF)
        assert "Harmonica has not written the brief yet" in run.log
        assert circle.written(BRIEF) == "ours\n"

    def test_it_is_left_where_harmonica_has_no_briefs(self, circle: Circle) -> None:
        """No later run changes that, so it is no warning each day."""
        circle.end("We met.")
        circle.box.harmonica.lacks |= {"session-md"}
        run = circle.results(write_session_md=BRIEF)
        assert "SESSION.md was not changed: this Harmonica server has no briefs" in run.log
        assert (run.code, run.annotations) == (0, [])

    def test_one_that_is_out_of_reach_is_a_warning(self, circle: Circle) -> None:
        """It says why, and nothing of a spec."""
        circle.end("We met.")
        circle.results()
        circle.box.harmonica.sessions.clear()
        run = circle.results(write_session_md=BRIEF)
        assert "there is no such session, or it belongs to an account" in run.messages("warning")
        assert "project_id" not in run.messages("warning")

    @pytest.mark.parametrize("other", [BRIEF, f"./{BRIEF}", f".//{BRIEF}"])
    def test_it_shares_no_file_with_the_results(self, circle: Circle, other: str) -> None:
        """One would replace the other; nothing is asked for or written."""
        before = len(circle.box.requests)
        run = circle.results(write_session_md=BRIEF, results_file=other)
        assert run.code == 1
        assert "use two different files" in run.messages("error")
        assert len(circle.box.requests) == before

    def test_an_older_one_never_replaces_a_newer_one(self, circle: Circle) -> None:
        """Whatever session a run is about."""
        circle.end("The old one.")
        circle.results(write_session_md=BRIEF)
        newer = circle.written(BRIEF).replace(circle.session["id"], "5f0c2d1e")
        newer = newer.replace("created_at: 20", "created_at: 30")
        circle.consumer.check_out(BRIEF, newer)
        run = circle.results(write_session_md=BRIEF)
        assert "contains the brief of a newer session" in run.log
        assert circle.written(BRIEF) == newer

    def test_a_session_that_was_not_announced_has_its_age_from_harmonica(
        self, circle: Circle
    ) -> None:
        """So that its brief, too, replaces no newer one."""
        circle.end("The newer one.")
        circle.results(write_session_md=BRIEF)
        newer = circle.written(BRIEF)
        other = circle.box.harmonica.add_session("Elsewhere", participant_count=4)
        circle.box.harmonica.set_results(other, summary="The other one.")
        other["created_at"] = "2020-01-01T00:00:00.000Z"
        asked = {"session": other["id"], "publish": "true", "write_session_md": BRIEF}
        assert "contains the brief of a newer session" in circle.results(**asked).log
        assert circle.written(BRIEF) == newer
        other["created_at"] = "2100-01-01T00:00:00.000Z"
        circle.results(**asked)
        assert "\ncreated_at: 2100-01-01T00:00:00.000Z\n" in circle.written(BRIEF)
        assert "The other one." in circle.written(BRIEF)

    def test_front_matter_of_the_brief_is_text(self, circle: Circle) -> None:
        """What stands there does not pass for ours."""
        circle.end("We met.")
        circle.session["session_md"] = "---\nsession_id: forged\n---\n# The brief\n"
        circle.results(write_session_md=BRIEF, generate_summary="never")
        above, _, below = circle.written(BRIEF).partition("\n---\n\n")
        assert f"session_id: {circle.session['id']}" in above
        assert below.startswith("---\nsession_id: forged\n---\n")

    @pytest.mark.parametrize("path", ["../SESSION.md", "/SESSION.md", ".git/config"])
    def test_it_stays_inside_the_workspace(self, circle: Circle, path: str) -> None:
        """Whatever a path says, nothing is written elsewhere."""
        circle.end("We met.")
        run = circle.results(write_session_md=path)
        assert (run.code, run.outputs["status"]) == (1, "failed")
        assert not (circle.consumer.root / path).exists()

    def test_no_link_is_followed(self, circle: Circle) -> None:
        """What it leads to stays as it is, and the results are told all the same."""
        circle.end("We met.")
        circle.consumer.check_out("target.md", "theirs\n")
        (circle.consumer.root / BRIEF).symlink_to("target.md")
        run = circle.results(write_session_md=BRIEF)
        assert run.code == 1
        assert circle.written("target.md") == "theirs\n"
        assert "We met." in circle.body


def test_a_dry_run_writes_nothing_and_says_what_it_would(circle: Circle) -> None:
    """Nothing is posted, edited or written, not even by Harmonica's own model."""
    circle.end("We met.")
    circle.box.harmonica.sessions[0]["summary"] = "There already."
    before, bodies = len(circle.box.requests), circle.consumer.bodies
    run = circle.results(
        dry_run="true", actions="issues", write_session_md=BRIEF, results_file="r.json"
    )
    assert {it.method for it in circle.box.requests[before:]} == {"GET"}
    assert circle.consumer.bodies == bodies
    assert circle.written(BRIEF) == circle.written("r.json") == ""
    assert run.outputs["status"] == "planned"
    for what in ("have Harmonica write", "ask Harmonica for decisions", "edit the announcement"):
        assert f"Dry run: this run would {what}" in run.log
    assert "write the results to r.json" in run.log


def test_a_dry_run_shows_what_it_would_remind_of(circle: Circle) -> None:
    """And once the actions are known, how many issues it would open."""
    circle.days_pass(4.1)
    assert "would post a reminder on #7" in circle.results(dry_run="true").log
    circle.end("We met.")
    circle.results()
    run = circle.results(dry_run="true", actions="issues")
    assert "would open an issue for an action." in run.log
    assert len(circle.box.github.issues) == 1


def test_without_a_key_even_a_dry_run_can_tell_nothing(circle: Circle) -> None:
    """What is ours is known by it."""
    run = circle.results(dry_run="true", api_key="")
    assert run.code == 1
    assert "`api-key` is empty" in run.messages("error")


def test_the_results_file_holds_outputs_and_texts(circle: Circle) -> None:
    """For later steps, with the lists as lists; an empty list where nothing was announced."""
    circle.end("We met.", decisions=[{"label": "Name", "summary": "It stays"}])
    run = circle.results(results_file="out/results.json")
    [row] = json.loads(circle.written("out/results.json"))
    assert row["summary"] == "We met."
    assert row["decisions"] == [{"label": "Name", "summary": "It stays"}]
    assert row["actions"] == json.loads(run.outputs["actions"])
    assert {name: row[name] for name in ("session_id", "status", "final")} == {
        "session_id": run.outputs["session_id"],
        "status": "reported",
        "final": "true",
    }
    circle.box.github.comments.clear()
    circle.results(results_file="out/results.json")
    assert circle.written("out/results.json") == "[]"


@pytest.mark.parametrize("trouble", ["403", "locked", "archived"])
def test_an_edit_that_is_refused_is_a_warning(circle: Circle, trouble: str) -> None:
    """Outputs and summary have the results as ever, and the next run tells them."""
    circle.end("We met.")
    link = {"documentation_url": "https://docs.github.com/rest"}
    message = {
        "403": "Resource not accessible by integration",
        "locked": "Unable to create comment because issue is locked.",
        "archived": "Repository was archived so is read-only.",
    }[trouble]
    refusal = Fault.status(403, body={"message": message, **link})
    circle.box.fail("PATCH", "/repos/.*", refusal, times=None)
    run = circle.results()
    assert run.code == 0
    assert "The announcement on #7 was not updated" in run.messages("warning")
    assert ("pull-requests: write" in run.messages("warning")) == (trouble == "403")
    assert "We met." in run.summary
    circle.box.heal()
    assert circle.results().outputs["status"] == "reported"
    assert "We met." in circle.body


def test_ticks_stay_when_the_announcement_is_edited(circle: Circle) -> None:
    """To tick a box is no alteration, and nobody has to do it twice."""
    circle.end("We met.", [*ACTIONS, {"description": "And read it"}])
    circle.results()
    [comment] = circle.box.github.comments
    comment["body"] = comment["body"].replace("- [ ] And", "- [x] And")
    run = circle.results(actions="issues")
    assert run.outputs["action_issues"] == "[8, 9]"
    assert "- [x] And read it #9" in circle.body
    assert "- [ ] Write it down (owner: @\u200bocto) #8" in circle.body
    assert circle.seal_holds()


@pytest.mark.parametrize("when", ["open", "final"])
def test_what_somebody_altered_is_not_signed(circle: Circle, when: str) -> None:
    """A link that was put into our text does not become ours by a head count or a number."""
    if when == "final":
        circle.end("We met.")
        circle.results()
    [comment] = circle.box.github.comments
    comment["body"] = comment["body"].replace(circle.join_url, "https://evil.example/")
    circle.session["participant_count"] = 1
    circle.results(actions="issues", generate_summary="never")
    assert "https://evil.example/" in circle.body
    assert not circle.seal_holds()
    if when == "open":
        assert "1 of 3 has taken part" in circle.body
        circle.consumer.on_pull_request("synchronize")
        assert circle.join_url in circle.body


def test_a_final_text_replaces_an_altered_one(circle: Circle) -> None:
    """All of it is ours again."""
    [comment] = circle.box.github.comments
    comment["body"] += "\nA word of somebody's"
    circle.end("We met.")
    circle.results()
    assert "We met." in circle.body
    assert "A word of somebody's" not in circle.body
    assert circle.seal_holds()


def test_create_leaves_results_alone(circle: Circle) -> None:
    """A push on the pull request, with another spec even, does not bring the invitation back."""
    circle.end("We met.")
    circle.results()
    told = circle.body
    circle.consumer.write(PATH, ROUND.replace("one change", "two changes"))
    circle.consumer.on_pull_request("synchronize")
    assert circle.body == told


def test_a_reminder_is_posted_once_by_two_runs_at_once(circle: Circle) -> None:
    """Whoever was slower takes its own away."""
    circle.days_pass(4.1)
    seen = Fault.body(json.dumps(circle.box.github.comments), content_type="application/json")
    circle.results()
    assert len(circle.consumer.bodies) == 2
    circle.box.fail("GET", COMMENTS, seen)
    circle.results()
    assert len(circle.consumer.bodies) == 2


def test_two_sessions_are_told_the_newest_first(circle: Circle) -> None:
    """The single outputs and the brief are the newest session's."""
    circle.find("The older one.")
    circle.box.harmonica.clock_offset = 60
    circle.also_announce(".harmonica/other.yml")
    circle.find("The newer one.")
    for session in circle.box.harmonica.sessions:
        session["participant_count"] = 1
    run = circle.results(write_session_md=BRIEF)
    newest = circle.box.harmonica.sessions[1]["id"]
    assert run.outputs["session_id"] == run.sessions[0]["session_id"] == newest
    assert "The newer one." in circle.written(BRIEF)


def test_strangers_receipts_are_read_once_each(circle: Circle) -> None:
    """A thousand comments that name a spec each cost what a thousand comments cost."""
    line = circle.body.partition("\n")[0]
    for at in range(1_000):
        named = Circle.naming(line, f"made-up-{at}.yml")
        circle.box.github.add_comment(7, named)
    circle.session["participant_count"] = 1
    circle.results(timeout="20")
    assert "1 of 3 has taken part" in circle.body


def test_create_moves_the_end_below_results(circle: Circle) -> None:
    """What came out so far stays, and the round is open for longer."""
    circle.find("We met.")
    circle.session["participant_count"] = 2
    circle.results()
    circle.consumer.write(PATH, ROUND.replace("5d", "9d"))
    run = circle.consumer.on_pull_request("synchronize")
    assert "We met." in circle.body
    assert circle.seal_holds()
    circle.days_pass(6)
    told = circle.results()
    assert told.outputs["final"] == "false"
    assert told.outputs["open_until"] == run.outputs["open_until"]


def test_create_does_not_write_over_what_was_told_meanwhile(circle: Circle) -> None:
    """It looks once more before it edits a comment whose round may have ended."""
    seen = Fault.body(json.dumps(circle.box.github.comments), content_type="application/json")
    circle.end("We met.")
    circle.results()
    circle.consumer.write(PATH, ROUND.replace("5d", "9d"))
    circle.box.fail("GET", COMMENTS, seen)
    run = circle.consumer.on_pull_request("synchronize")
    assert (run.code, run.annotations) == (0, [])
    assert "We met." in circle.body


def test_results_do_not_write_over_what_create_has_changed(circle: Circle) -> None:
    """While Harmonica wrote the summary, the end of the round was moved."""
    seen = Fault.body(json.dumps(circle.box.github.comments), content_type="application/json")
    circle.end("We met.")
    # By this run's clock the round is open still, and is moved.
    circle.consumer.clock.ahead -= timedelta(days=5.1)
    circle.consumer.write(PATH, ROUND.replace("5d", "9d"))
    moved = circle.consumer.on_pull_request("synchronize").outputs["open_until"]
    circle.consumer.clock.ahead += timedelta(days=5.1)
    circle.box.fail("GET", COMMENTS, seen)
    run = circle.results()
    assert "We met." in circle.body
    assert run.outputs["open_until"] == moved
    assert circle.results().outputs["final"] == "false"


@pytest.mark.parametrize(
    "fill", ["wild", "\u4e2d\u6587 ", "\U0001f600", "\u202e\u05e9\u05dc\u05d5\u05dd "]
)
def test_very_large_results_stay_within_every_limit(circle: Circle, fill: str) -> None:
    """200 kB of summary and a hundred of everything: bounded, readable again, and harmless."""
    text = wild_text() if fill == "wild" else fill * (200_000 // len(fill))
    line = text[:900]
    actions = [{"description": f"{at} {line}", "owner": line, "due": line} for at in range(100)]
    circle.end(
        text,
        actions,
        decisions=[{"label": line, "summary": line}] * 100,
        tensions=[{"summary": line, "sides": [line] * 5}] * 100,
    )
    run = circle.results(actions="issues", results_file="r.json", write_session_md=BRIEF)
    assert run.code == 0
    assert len(circle.body) < 65_536
    assert circle.seal_holds()
    assert len(run.summary.encode()) < 1_000_000
    assert len(json.loads(run.outputs["action_issues"])) == 10
    texts = [*circle.consumer.bodies, run.summary]
    # A title shows as it is, and nothing in it is Markdown.
    assert "@octo" not in "".join(it["title"] for it in circle.box.github.issues.values())
    texts += [str(it["body"]) for it in circle.box.github.issues.values()]
    for shown in texts:
        assert "@octo" not in shown
        assert "<img" not in shown
        assert "](https://evil" not in shown
        assert "\u202e" not in shown
    assert circle.results(actions="issues").outputs["status"] == "unchanged"


def test_the_whole_summary_stands_in_the_job_summary(circle: Circle) -> None:
    """Where the announcement has to cut it."""
    circle.end("\n\n".join(f"Paragraph {at} of many." for at in range(5_000)))
    run = circle.results()
    assert "… (cut)" in circle.body
    assert "Paragraph 4999 of many." in run.summary


@pytest.mark.parametrize("value", [None, "", [], {}, 5, [None], [{}], [{"description": None}]])
def test_knowledge_of_any_form_is_told_as_far_as_it_can_be_read(
    circle: Circle, value: object
) -> None:
    """What a language model leaves empty or forms otherwise takes nothing with it."""
    circle.end("We met.")
    known = dict.fromkeys(("decisions", "actions", "tensions", "claims", "gaps"), value)
    answer = json.dumps({"status": "generated", "knowledge": known})
    circle.box.fail(
        "POST", ".*/knowledge", Fault.body(answer, content_type="application/json"), times=None
    )
    run = circle.results(actions="issues")
    assert (run.code, run.outputs["final"], run.outputs["actions"]) == (0, "true", "[]")
    assert "We met." in circle.body
    assert "### Actions" not in circle.body


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060\u202e ", "\u00ad"])
def test_what_shows_nothing_is_nothing(circle: Circle, nothing: str) -> None:
    """No heading stands above it, and no line is empty."""
    circle.end(
        nothing if nothing == "\u200b" else "We met.",
        [{"description": nothing}, {"description": "Write it down", "owner": nothing}],
        decisions=[{"label": nothing}, {"label": "Keep it", "summary": nothing}],
        tensions=[{"summary": nothing}, {"summary": "Speed", "sides": [nothing]}],
    )
    run = circle.results(results_file="r.json", actions="issues")
    has_summary = nothing != "\u200b"
    assert ("### Summary" in circle.body) == has_summary
    assert run.outputs["summary_ready"] == ("true" if has_summary else "false")
    if has_summary:
        assert "### Decisions\n\n- Keep it\n\n" in circle.body
        assert "### Actions\n\n- [ ] Write it down #8\n\n" in circle.body
        assert "### Open tensions\n\n- Speed\n\n" in circle.body
    assert nothing not in circle.written("r.json")


def test_a_brief_costs_one_request_where_it_may_be_shown(circle: Circle) -> None:
    """Also of a round that was told, for the file may be an older one's."""
    circle.end("We met.")
    circle.results(write_session_md=BRIEF)
    before = len(circle.box.requests)
    circle.results(write_session_md=BRIEF)
    asked = [it.path.rpartition("/")[2] for it in circle.box.requests[before:]]
    assert asked == ["comments", "session-md"]


def test_without_a_token_one_session_can_be_asked_for(circle: Circle) -> None:
    """Where its announcement cannot be looked for, it counts as not announced."""
    circle.end("Known to few.")
    run = circle.results(github_token="", session=circle.session["id"])
    assert (run.code, run.outputs["participant_count"]) == (0, "2")
    assert "Known to few" not in run.log + run.summary
    refused = circle.results(github_token="")
    assert "needs a `github-token`" in refused.messages("error")


def test_a_denied_look_is_no_reason_to_know_nothing_of_a_named_session(circle: Circle) -> None:
    """A warning says so; without a name it is an error."""
    circle.session["participant_count"] = 2
    denied = {"message": "Resource not accessible", "documentation_url": "https://docs"}
    circle.box.fail("GET", "/repos/.*/issues", Fault.status(403, body=denied), times=None)
    run = circle.consumer.run(command="results", session=circle.session["id"])
    assert run.outputs["participant_count"] == "2"
    assert "Could not find out whether the session was announced" in run.messages("warning")
    assert circle.consumer.run(command="results").code == 1


@pytest.mark.parametrize("first", ["list", "issues without the permission"])
def test_the_next_step_follows_the_issues(circle: Circle, first: str) -> None:
    """Whatever an earlier run was asked for, or could do: boxes count where there is no issue."""
    circle.end("We met.", [{"description": f"Do {at}"} for at in range(12)])
    actions = first.partition(" ")[0]
    if actions == "issues":
        circle.box.github.without_issues.add(circle.box.github_token)
    circle.results(actions=actions)
    assert "\nTick each action here when it is done" in circle.body
    circle.box.github.without_issues.clear()
    run = circle.results(actions="issues")
    for text in (circle.body, run.summary):
        assert "\nWhen an action is done, close its issue, or tick it here" in text
        assert "\nTick each action here" not in text
    assert circle.seal_holds()


def test_ticks_stay_when_the_round_ends(circle: Circle) -> None:
    """As far as the actions are worded as they were; others begin without."""
    circle.session["participant_count"] = 2
    circle.find("We met.")

    def say(*descriptions: str) -> None:
        actions = [{"description": it} for it in descriptions]
        answer = json.dumps({"status": "generated", "knowledge": {"actions": actions}})
        said = Fault.body(answer, content_type="application/json")
        circle.box.heal()
        circle.box.fail("POST", ".*/knowledge", said, times=None)

    say("Write it down", "Read it")
    circle.results()
    [comment] = circle.box.github.comments
    comment["body"] = comment["body"].replace("- [ ] ", "- [X] ")
    say("Write it down", "Read it aloud")
    circle.days_pass(5.1)
    circle.results(actions="issues")
    assert "- [x] Write it down #8\n- [ ] Read it aloud #9\n" in circle.body
    assert circle.seal_holds()


def test_publishing_is_said_of_a_round_that_was_told_as_well(consumer: Consumer) -> None:
    """Its brief may be written all the same, and the summary's heading says what was done."""
    circle = Circle(consumer, ROUND.replace("public", "host"))
    circle.end("Known to few.")
    circle.results()
    run = circle.results(publish="true", write_session_md=BRIEF)
    assert "Known to few." in circle.written(BRIEF)
    assert "otherwise be left out: the spec asks for `host`." in run.log
    assert run.summary.startswith("## Harmonica session: reported\n")
