"""Busy accounts: GitHub says which runs may have made a session, so that not all are looked at."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import CHANGED, HEAD, SPEC, pull_request_payload

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

RUNS = "/repos/octo/garden/actions/runs"
LOOKS = ("GET", "/api/v1/sessions/[^/]+")
MERGE = "d" * 40
DAYS = 30


def ago(**time: float) -> str:
    """Return a moment before now, as GitHub writes it."""
    return (datetime.now(timezone.utc) - timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def merged(**pull: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the payload of the merge of pull request 7, which was opened 30 days ago."""
    payload = pull_request_payload("closed")
    facts = {"merged": True, "merged_at": ago(), "merge_commit_sha": MERGE}
    payload["pull_request"] |= {"created_at": ago(days=DAYS), **facts, **pull}
    return payload


def on_merge(consumer: Consumer, **kwargs: Any) -> Run:  # noqa: ANN401 - any input
    """Let pull request 7 be merged, with this run in GitHub's list of runs."""
    consumer.box.github.add_run(500, event="pull_request", head_branch="fix", status="in_progress")
    return consumer.run("pull_request", merged(), **kwargs)


def crowd(consumer: Consumer, count: int = 20, owner: str = "host") -> None:
    """Let others make sessions all the while, every other one by the same spec."""
    for number in range(count):
        hours = 1 + 24 * DAYS * number / count
        created = consumer.box.harmonica.timestamp(ago=hours * 3_600)
        topic = "Retrospective" if number % 2 else f"Topic {number}"
        consumer.box.harmonica.add_session(topic, created_at=created, owner=owner)


def leave_behind(consumer: Consumer, days: int = 9) -> str:
    """Let a run of some days ago make a session, and lose its comment; return the session's id."""
    consumer.box.harmonica.clock_offset = -days * 86_400
    run = consumer.on_pull_request(env={"GITHUB_RUN_ID": "400"})
    consumer.box.harmonica.clock_offset = 0
    consumer.box.github.comments.clear()
    return run.outputs["session_id"]


@pytest.mark.parametrize("others", [0, 60, 300])
@pytest.mark.parametrize("owner", ["host", "somebody"])
def test_the_first_run_on_a_busy_account_costs_little_more(
    consumer: Consumer, owner: str, others: int
) -> None:
    """A thousand sessions of others, in reach by a global role or not, cost five requests more."""
    for number in range(others):
        event = ("pull_request", "push", "pull_request_target")[number % 3]
        head: dict[str, Any] = {"head_branch": f"other-{number}", "head_repository": number % 2}
        consumer.box.github.add_run(100 + number, ago(hours=1 + number), event=event, **head)
    assert on_merge(consumer).outputs["status"] == "created"
    fewest = len(consumer.box.requests)
    consumer.box.harmonica.sessions.clear()
    consumer.box.github.comments.clear()
    consumer.box.harmonica.overseers.add("host")
    crowd(consumer, 1_000, owner)
    run = on_merge(consumer)
    assert run.outputs["status"] == "created"
    # The empty account was asked once; two questions more tell, or five on a busy repository.
    assert len(consumer.box.requests) - 2 * fewest == (5 if others == 300 else 2)


def test_few_sessions_are_looked_at_without_asking_github(consumer: Consumer) -> None:
    """To look at five takes less than to ask, and no further permission."""
    crowd(consumer, 5)
    run = on_merge(consumer)
    assert run.outputs["status"] == "created"
    assert len(consumer.box.requests_to(*LOOKS)) == 5
    assert consumer.box.requests_to("GET", RUNS) == []


def test_a_page_of_others_hides_no_crowd(consumer: Consumer) -> None:
    """What was touched lately, and made before, fills the first page and is not looked at."""
    crowd(consumer, 10)
    created = consumer.box.harmonica.timestamp(ago=(DAYS * 24 + 20) * 3_600)
    for number in range(120):
        consumer.box.harmonica.add_session(
            f"Topic {number}", created_at=created, updated_at=consumer.box.harmonica.timestamp()
        )
    assert on_merge(consumer).outputs["status"] == "created"
    assert consumer.box.requests_to(*LOOKS) == []
    assert len(consumer.box.requests_to("GET", RUNS)) == 2


def test_sessions_made_while_an_earlier_run_was_at_work_come_first(consumer: Consumer) -> None:
    """Among a thousand, most of them of this very topic or older, ours is looked at at once."""
    ours = leave_behind(consumer)
    consumer.box.harmonica.sessions[0]["topic"] = "Renamed"
    crowd(consumer, 1_000)
    for number in range(200):
        consumer.box.github.add_run(100 + number, ago(days=1), "push", head_branch=f"b{number}")
    began, over = ago(days=9, minutes=3), ago(days=9, minutes=-3)
    consumer.box.github.add_run(
        400, began, "pull_request", updated_at=over, head_branch="fix", head_sha=HEAD
    )
    before = len(consumer.box.requests_to(*LOOKS))
    run = on_merge(consumer)
    assert run.outputs["session_id"] == ours
    assert len(consumer.box.requests_to(*LOOKS)) - before <= 2
    assert len(consumer.created) == 1


@pytest.mark.parametrize("pages", ["one", "several"])
@pytest.mark.parametrize(
    ("event", "branch", "repository"),
    [
        ("pull_request_target", "fix", 1),
        ("pull_request_review", "fix", 1),
        ("push", "fix", 1),
        ("issue_comment", "main", 1),
        ("workflow_dispatch", "main", 1),
        ("workflow_run", "main", 1),
        ("schedule", "main", 1),
        ("check_suite", "main", 1),
        ("merge_group", "gh-readonly-queue/main/pr-7-d", 1),
        # GitHub may list such a run under the branch that it runs for.
        ("pull_request_target", "main", 1),
    ],
)
def test_whatever_run_may_have_made_a_session_is_looked_for(
    consumer: Consumer, event: str, branch: str, repository: int, pages: str
) -> None:
    """Comments, schedules and the like carry the default branch, and may name any pull request."""
    ours = leave_behind(consumer)
    crowd(consumer)
    head: dict[str, Any] = {"head_branch": branch, "head_repository": repository}
    consumer.box.github.add_run(400, ago(days=9), event, **head)
    for number in range(150 if pages == "several" else 0):
        consumer.box.github.add_run(100 + number, ago(days=2), "push", head_branch=f"b{number}")
    assert on_merge(consumer).outputs["session_id"] == ours
    assert len(consumer.created) == 1


@pytest.mark.parametrize(
    ("event", "branch", "repository"),
    [
        ("pull_request", "other", 1),
        ("pull_request", "fix", 2),
        ("pull_request_target", "main", 2),
        ("push", "main", 1),
    ],
)
def test_a_run_for_another_pull_request_has_made_none_for_this(
    consumer: Consumer, event: str, branch: str, repository: int
) -> None:
    """Head branch and repository tell, as GitHub names no pull request of a fork."""
    crowd(consumer)
    head: dict[str, Any] = {"head_branch": branch, "head_repository": repository}
    consumer.box.github.add_run(400, ago(days=9), event, **head)
    assert on_merge(consumer).outputs["status"] == "created"
    assert consumer.box.requests_to(*LOOKS) == []


def test_a_push_of_the_merge_may_have_made_it(consumer: Consumer) -> None:
    """It leads to the pull request by its commit, on whatever branch."""
    ours = leave_behind(consumer, days=0)
    crowd(consumer)
    consumer.box.github.add_run(400, ago(hours=1), "push", head_branch="main", head_sha=MERGE)
    consumer.box.harmonica.sessions[0]["created_at"] = consumer.box.harmonica.timestamp(3_600)
    assert on_merge(consumer).outputs["session_id"] == ours


@pytest.mark.parametrize("others", [0, 150])
def test_a_push_of_a_merge_long_ago_may_have_made_it(consumer: Consumer, others: int) -> None:
    """Among many runs nobody sees whether there was one, so that all sessions are looked at."""
    ours = leave_behind(consumer, days=5)
    crowd(consumer)
    consumer.box.github.add_run(400, ago(days=5), "push", head_branch="main", head_sha=MERGE)
    for number in range(others):
        consumer.box.github.add_run(401 + number, ago(days=1), "push", head_branch=f"b{number}")
    consumer.box.github.add_run(900, event="pull_request", head_branch="fix")
    env = {"GITHUB_RUN_ID": "900"}
    run = consumer.run("pull_request", merged(merged_at=ago(days=5)), env=env)
    assert run.outputs["session_id"] == ours


def test_a_count_that_may_go_no_further_proves_nothing(consumer: Consumer) -> None:
    """GitHub finds a thousand of what it is asked for, however many there are."""
    ours = leave_behind(consumer)
    crowd(consumer)
    for number in range(999):
        consumer.box.github.add_run(1_000 + number, ago(days=1), "push", head_branch="other")
    assert on_merge(consumer).outputs["session_id"] == ours


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_a_session_of_this_very_moment_is_found(consumer: Consumer, event: str) -> None:
    """What one merge sets going begins in any order; an earlier step of this run counts too."""
    crowd(consumer)
    ours = leave_behind(consumer, days=0)
    consumer.box.github.add_run(501, ago(seconds=3), event, head_branch="fix", head_sha=MERGE)
    assert on_merge(consumer).outputs["session_id"] == ours
    assert len(consumer.created) == 1


def test_a_push_from_before_the_pull_request_is_known_where_it_was_run_again(
    consumer: Consumer,
) -> None:
    """It began on a branch without a pull request, and met this one ten days later."""
    ours = leave_behind(consumer, days=20)
    crowd(consumer)
    over = ago(days=20, minutes=-3)
    consumer.box.github.add_run(400, ago(days=DAYS + 1), "push", head_branch="fix", updated_at=over)
    # This one was over before there was a pull request.
    consumer.box.github.add_run(399, ago(days=DAYS + 2), "push", head_branch="fix")
    assert on_merge(consumer).outputs["session_id"] == ours
    assert len(consumer.created) == 1


def test_a_push_that_was_over_before_the_pull_request_has_made_none(consumer: Consumer) -> None:
    """Nothing of it needs to be looked at."""
    crowd(consumer)
    consumer.box.github.add_run(400, ago(days=DAYS + 2), "push", head_branch="fix")
    assert on_merge(consumer).outputs["status"] == "created"
    assert consumer.box.requests_to(*LOOKS) == []


@pytest.mark.parametrize("renamed", [{}, {"topic": "Renamed"}, {"topic": "Other", "goal": "Other"}])
def test_a_session_from_no_known_run_comes_last_and_is_found(
    consumer: Consumer, renamed: dict[str, str]
) -> None:
    """The run that made it may have been deleted; when runs were at work gives an order."""
    ours = leave_behind(consumer, days=20)
    consumer.box.harmonica.sessions[0].update(renamed)
    crowd(consumer, 40)
    consumer.box.github.add_run(400, ago(days=9), "pull_request", head_branch="fix")
    assert on_merge(consumer).outputs["session_id"] == ours
    assert len(consumer.created) == 1


def test_sessions_from_no_known_run_do_not_cost_the_session(consumer: Consumer) -> None:
    """Checks ran for the pull request on some of its days, and there are a thousand sessions."""
    crowd(consumer, 1_000)
    for number, days in enumerate((29, 15, 1)):
        consumer.box.github.add_run(100 + number, ago(days=days), "pull_request", head_branch="fix")
    assert on_merge(consumer).outputs["status"] == "created"


def test_runs_that_may_be_about_any_pull_request_do_not_cost_the_session(
    consumer: Consumer,
) -> None:
    """A nightly run and comments by the hundred may choose any number; a thousand sessions."""
    crowd(consumer, 1_000)
    for number in range(DAYS):
        begun, over = ago(days=number, hours=2.2), ago(days=number, hours=2.1)
        consumer.box.github.add_run(100 + number, begun, "schedule", updated_at=over)
    for number in range(150):
        said = ago(hours=1.7 + 4.7 * number)
        consumer.box.github.add_run(200 + number, said, "issue_comment", updated_at=said)
    run = on_merge(consumer)
    assert run.messages("error") == "", len(consumer.box.requests)
    assert run.outputs["status"] == "created"


def test_the_last_of_several_versions_is_found_in_a_crowd(consumer: Consumer) -> None:
    """With `on-change: new` two runs made one each; many others have the topic since."""
    for days, run_id, spec in ((20, "300", SPEC), (10, "400", CHANGED)):
        consumer.box.harmonica.clock_offset = -days * 86_400
        consumer.write(".harmonica/session.yml", spec)
        env = {"GITHUB_RUN_ID": run_id}
        last = consumer.on_pull_request("synchronize", on_change="new", env=env)
        consumer.box.github.add_run(int(run_id), ago(days=days), "pull_request", head_branch="fix")
    consumer.box.harmonica.clock_offset = 0
    consumer.box.github.comments.clear()
    crowd(consumer, 60)
    assert on_merge(consumer).outputs["session_id"] == last.outputs["session_id"]


def test_other_sessions_of_the_topic_cost_a_scheduled_run_little(consumer: Consumer) -> None:
    """Only what reads as old as this run, on a server slow by hours, may be of this run."""
    for number in range(300):
        created = consumer.box.harmonica.timestamp(ago=300 + 250 * number)
        consumer.box.harmonica.add_session("Retrospective", created_at=created)
    consumer.box.github.add_run(500)
    assert consumer.run().outputs["status"] == "created"
    assert len(consumer.box.requests_to(*LOOKS)) < 25


def test_a_lost_session_is_found_among_others_of_its_topic(consumer: Consumer) -> None:
    """What was made since the create comes first, and a slow server's a few at a time."""
    for number in range(300):
        created = consumer.box.harmonica.timestamp(ago=300 + 250 * number)
        consumer.box.harmonica.add_session("Retrospective", created_at=created)
    consumer.box.fail("POST", "/api/v1/sessions", Fault.drop_after())
    assert consumer.run(once_per="off").outputs["status"] == "created"
    assert len(consumer.box.requests_to(*LOOKS)) == 1


@pytest.mark.parametrize("hours", [-11, -1, 5.75, 13])
def test_a_lost_session_is_found_whatever_zone_the_crowd_reads_in(
    consumer: Consumer, hours: float
) -> None:
    """All sessions of one server are off by as much, and ours is the youngest of them."""
    for number in range(60):
        created = consumer.box.harmonica.timestamp(ago=300 + 250 * number + hours * 3_600)
        consumer.box.harmonica.add_session("Retrospective", created_at=created)
    consumer.box.harmonica.hours_east, consumer.box.harmonica.is_created_off = hours, True
    consumer.box.github.add_run(500)
    first = consumer.run()
    assert first.outputs["status"] == "created"
    again = consumer.run(env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs["session_id"] == first.outputs["session_id"]
    consumer.box.fail("POST", "/api/v1/sessions", Fault.drop_after())
    assert consumer.run(once_per="off").outputs["status"] == "created"
    assert len(consumer.created) == 2


def test_a_later_attempt_looks_at_what_the_first_has_made(consumer: Consumer) -> None:
    """The run itself is an earlier one then, however long ago it began."""
    ours = leave_behind(consumer, days=3)
    crowd(consumer)
    run = {"updated_at": ago(), "status": "in_progress", "head_branch": "fix"}
    consumer.box.github.add_run(500, ago(days=3), "pull_request", **run)  # type: ignore[arg-type]
    again = consumer.run("pull_request", merged(), env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.outputs["session_id"] == ours


def test_a_list_without_this_run_proves_nothing(consumer: Consumer) -> None:
    """It comes from somewhere else, or too late."""
    ours = leave_behind(consumer)
    crowd(consumer)
    assert consumer.run("pull_request", merged()).outputs["session_id"] == ours


def test_a_pull_request_older_than_the_list_proves_nothing(consumer: Consumer) -> None:
    """Runs of that time may be deleted by now."""
    ours = leave_behind(consumer)
    crowd(consumer)
    consumer.box.github.add_run(500, event="pull_request", head_branch="fix")
    run = consumer.run("pull_request", merged(created_at=ago(days=100)))
    assert run.outputs["session_id"] == ours


def test_where_a_number_is_chosen_any_run_may_have_chosen_it(consumer: Consumer) -> None:
    """With `pr-number` the run of another pull request may have announced on this one."""
    ours = leave_behind(consumer)
    crowd(consumer)
    consumer.box.github.pulls[7]["created_at"] = ago(days=DAYS)
    consumer.box.github.issues[7]["created_at"] = ago(days=DAYS)
    consumer.box.github.add_run(400, ago(days=9), "pull_request", head_branch="other")
    consumer.box.github.add_run(500, event="schedule")
    assert consumer.run("schedule", pr_number="7").outputs["session_id"] == ours


def test_without_the_permission_all_are_looked_at(consumer: Consumer) -> None:
    """Those of the same topic or goal come first."""
    ours = leave_behind(consumer)
    consumer.box.harmonica.sessions[0]["topic"] = "Renamed"
    crowd(consumer, 40)
    consumer.box.fail("GET", RUNS, Fault.status(403), times=None)
    assert on_merge(consumer).outputs["session_id"] == ours
    assert len(consumer.box.requests_to(*LOOKS)) == 21


@pytest.mark.parametrize("is_read", [True, False])
def test_no_time_to_look_names_what_helps(consumer: Consumer, *, is_read: bool) -> None:
    """The permission, where GitHub may not be asked, and `timeout`; not to run it again."""
    crowd(consumer, 400)
    consumer.box.github.add_run(400, ago(days=DAYS), "schedule", updated_at=ago())
    if not is_read:
        consumer.box.fail("GET", RUNS, Fault.status(403), times=None)
    run = on_merge(consumer, timeout="61")
    assert run.code == 1
    assert "`timeout`" in run.messages("error")
    assert ("`actions: read`" in run.messages("error")) is not is_read
    assert "run it again" not in run.messages("error")
    assert consumer.created == []


def test_no_time_to_look_for_a_run_names_what_helps_too(consumer: Consumer) -> None:
    """Where nobody says when this run began, the sessions of a whole day may be of it."""
    for number in range(300):
        created = consumer.box.harmonica.timestamp(ago=300 + 250 * number)
        consumer.box.harmonica.add_session("Retrospective", created_at=created)
    consumer.box.fail("GET", f"{RUNS}/500", Fault.status(403), times=None)
    run = consumer.run()
    assert run.code == 1
    assert "`timeout`" in run.messages("error")
    assert "`actions: read`" in run.messages("error")
    assert consumer.created == []
