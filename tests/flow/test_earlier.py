"""What a session knows of those before it: the brief, the moment, the facts, the open actions."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TypedDict

import pytest
from pydantic import SecretStr

from harmonica_session.announcement.receipt import Receipt, Reported, Seal
from harmonica_session.results.texts import Told, results, with_issues
from harmonica_session.words.agreed import Agreed
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Account, Comment
from harness.consumer import SPEC

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from harness.consumer import Consumer, Run

PATH = ".harmonica/session.yml"
LABEL, ACTION = "harmonica-session", "harmonica-action"
ISSUES = "/repos/octo/garden/issues"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
ACTIONS = (
    Agreed(description="Write *it* down", owner="@octo", due="Friday", issue=21),
    Agreed(description="Buy oil", issue=22),
    Agreed(description="Ask <b>Ann</b>", issue=23),
)


def given(consumer: Consumer, *sources: str, rest: str = "") -> None:
    """Write a spec whose background comes from these sources."""
    listed = "".join(f"  - {source}\n" for source in sources)
    consumer.write(PATH, f"{SPEC}{rest}context_from:\n{listed or '  []'}\n")


def sent(consumer: Consumer) -> str:
    """Return the context of the newest session, without its reference line."""
    return str(consumer.created[-1]["context"]).rpartition("Ref: ")[0].rstrip()


def asked(consumer: Consumer, path: str = ISSUES) -> int:
    """Count the requests for a path of GitHub's API."""
    return len(consumer.box.requests_to("GET", path))


def ago(days: float) -> str:
    """Return a moment so long before now."""
    return f"{datetime.now(timezone.utc) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def opened(
    consumer: Consumer, number: int, days: float, label: str = LABEL, **fields: str | None
) -> dict[str, Any]:
    """Open an issue with our label so many days ago."""
    row: dict[str, Any] = consumer.box.github.add_issue(number)
    row.update(user=BOT, labels=[{"name": label}], created_at=ago(days), updated_at=ago(days))
    row.update(fields)
    return row


class Kept(TypedDict, total=False):
    """What an announcement keeps and says, where it is not the usual."""

    spec: str
    run_id: str
    agreed: tuple[Agreed, ...]
    text: str
    key: str


def signed(consumer: Consumer, place: Place, days: float, **kept: Unpack[Kept]) -> str:
    """Return an announcement of a session that there is from now on."""
    session = consumer.box.harmonica.add_session("Last time", session_md=f"# Of {place}\n")
    session.update(goal="Agree", participant_count=3, created_at=ago(days))
    agreed = kept.get("agreed", ())
    receipt = Receipt(
        session_id=session["id"],
        join_url=f"{consumer.box.harmonica_url}/chat?s={session['id']}",
        created_at=ago(days),
        run_id=kept.get("run_id", "400"),
        reported=Reported(is_final=True, agreed=agreed) if agreed else None,
    )
    key = SecretStr(kept.get("key", consumer.box.api_key))
    seal = Seal([key], "1", kept.get("spec", PATH), is_app=True)
    return seal.signed(receipt, place, kept.get("text", "An invitation"))


def announced(consumer: Consumer, number: int, days: float, **kept: Unpack[Kept]) -> dict[str, Any]:
    """Announce a session in an issue of its own, so many days ago."""
    place = Place(number, is_own_issue=True)
    return opened(consumer, number, days, body=signed(consumer, place, days, **kept))


def closed(
    consumer: Consumer, number: int, begun: float, ended: float, reason: str = "completed"
) -> None:
    """Close the issue of an action."""
    told = {"state": "closed", "closed_at": ago(ended), "state_reason": reason}
    opened(consumer, number, begun, ACTION, **told)


def ran(consumer: Consumer, env: dict[str, str] | None = None, **inputs: str) -> Run:
    """Run on a schedule, and make sure that all went well."""
    run = consumer.run("schedule", None, env, **inputs)
    assert run.code == 0, run.log
    return run


def test_the_session_before_is_the_newest_of_the_spec(consumer: Consumer) -> None:
    """Open or closed; no older one, none of another spec, of another key, nor of a pull request."""
    announced(consumer, 10, 21)
    announced(consumer, 11, 14, spec=PATH)
    consumer.box.github.issues[11]["state"] = "closed"
    announced(consumer, 12, 7, spec="another.yml")
    announced(consumer, 13, 6, key=f"hm_live_{'0' * 32}")
    opened(consumer, 14, 5, body="Labelled by hand")
    opened(consumer, 15, 4, body=signed(consumer, Place(15, is_own_issue=True), 4), user=None)
    given(consumer, "previous_session")
    ran(consumer)
    first, *lines = sent(consumer).splitlines()
    assert first.startswith("The brief of an earlier session.")
    assert lines == ["> # Of #11"]
    assert asked(consumer) == 1


@pytest.mark.parametrize("attempt", ["1", "2"])
def test_a_run_does_not_find_itself(consumer: Consumer, attempt: str) -> None:
    """Its own session is not before it, nor is one that came between two of its attempts."""
    announced(consumer, 10, 7)
    announced(consumer, 11, 1, run_id="500")
    if attempt == "2":
        consumer.box.github.add_run(500, ago(1.1))
        announced(consumer, 12, 0.5, run_id="501")
    given(consumer, "previous_session")
    ran(consumer, env={"GITHUB_RUN_ATTEMPT": attempt})
    assert sent(consumer).endswith("> # Of #10")


def test_the_first_session_has_none_before_it(consumer: Consumer) -> None:
    """Each source is empty, none is an error or a warning, and nothing is searched for."""
    given(
        consumer,
        "previous_session",
        "open_actions",
        "merged_pull_requests: {since: last_session}",
        "issues_closed: {since: last_session}",
        rest="critical: \"{{ previous.topic | default('none yet') }}\"\n",
    )
    run = ran(consumer)
    assert run.annotations == []
    assert "No issue announces an earlier session of .harmonica/session.yml yet." in run.log
    assert sent(consumer) == ""
    assert consumer.created[0]["critical"] == "none yet"
    assert asked(consumer, "/search/issues") == 0


def test_what_nobody_uses_is_not_looked_for(consumer: Consumer) -> None:
    """A spec that names a session by its id asks nothing of GitHub."""
    row = consumer.box.harmonica.add_session(session_md="# Named\n")
    given(consumer, f"previous_session: {{session: {row['id']}}}")
    ran(consumer)
    assert sent(consumer).endswith("> # Named")
    assert asked(consumer) == 0


def test_a_session_before_without_a_brief_is_a_warning(consumer: Consumer) -> None:
    """As for one that the spec names: the new session does not wait for it."""
    announced(consumer, 10, 7)
    consumer.box.harmonica.sessions[0]["session_md"] = None
    given(consumer, "previous_session")
    run = ran(consumer)
    assert "no SESSION.md yet" in run.messages("warning")
    assert sent(consumer) == ""


def test_a_session_before_out_of_reach_is_a_warning(consumer: Consumer) -> None:
    """Nobody has named it, so the next session is made without it."""
    announced(consumer, 10, 7)
    consumer.box.harmonica.sessions.clear()
    given(consumer, "previous_session", rest="critical: \"{{ previous.goal | default('-') }}\"\n")
    run = ran(consumer)
    assert "goes without the previous session" in run.messages("warning")
    assert consumer.created[0]["critical"] == "-"


def test_a_period_begins_with_the_session_before(consumer: Consumer) -> None:
    """Both searches ask for what ended since its very moment, after one look at GitHub's issues."""
    announced(consumer, 10, 14)
    [session] = consumer.box.harmonica.sessions
    given(
        consumer,
        "merged_pull_requests: {since: last_session}",
        "issues_closed: {since: last_session}",
    )
    ran(consumer)
    since = session["created_at"]
    assert [it.query["q"] for it in consumer.box.requests_to("GET", "/search/issues")] == [
        f"repo:octo/garden is:pr is:merged merged:>={since}",
        f"repo:octo/garden is:issue is:closed closed:>={since}",
    ]
    assert f"Pull requests merged since {since[:10]}: 0." in sent(consumer)
    assert asked(consumer) == 1


def test_the_facts_of_the_session_before_are_filled_in(consumer: Consumer) -> None:
    """What the announcement keeps costs one look; the rest is asked of Harmonica once."""
    announced(consumer, 10, 14)
    [session] = consumer.box.harmonica.sessions
    names = ("session_id", "url", "created_at")
    keys = " ".join(f"{{{{ previous.{name} }}}}" for name in names)
    given(consumer, rest=f"critical: '{keys}'\n")
    ran(consumer)
    link = f"{consumer.box.harmonica_url}/chat?s={session['id']}"
    assert consumer.created[0]["critical"] == f"{session['id']} {link} {session['created_at']}"
    looked = f"/api/v1/sessions/{session['id']}"
    assert asked(consumer, looked) == 0
    names = ("topic", "goal", "participant_count")
    keys = " ".join(f"{{{{ previous.{name} }}}}" for name in names)
    given(consumer, "previous_session", rest=f"critical: '{keys}'\n")
    ran(consumer, env={"GITHUB_RUN_ID": "501"})
    assert consumer.created[1]["critical"] == "Last time Agree 3"
    assert asked(consumer, looked) == 1
    assert asked(consumer) == 2


def test_several_specs_look_once(consumer: Consumer) -> None:
    """What is labelled is listed once for a run, and each spec has its own session before it."""
    for number, name in enumerate(("one", "two"), 10):
        announced(consumer, number, 7, spec=f".harmonica/{name}.yml")
        consumer.write(
            f".harmonica/{name}.yml",
            f"topic: {name}\ngoal: '{{{{ previous.topic }}}}'\ncontext_from: [previous_session]\n",
        )
    run = ran(consumer, spec=".harmonica/one.yml\n.harmonica/two.yml")
    assert [row["status"] for row in run.sessions] == ["created"] * 2
    contexts = {it["topic"]: it["context"].partition("\n\n")[0] for it in consumer.created}
    assert {name: text[-3:] for name, text in contexts.items()} == {"one": "#10", "two": "#11"}
    assert asked(consumer) == 1


@pytest.mark.parametrize(
    "source", ["previous_session", "open_actions", "issues_closed: {since: last_session}"]
)
def test_a_token_that_may_not_look_is_an_error_in_its_place(
    consumer: Consumer, source: str
) -> None:
    """The source is named with the permission that it needs, and nothing is created."""
    consumer.box.github.facts["private"] = True
    consumer.box.github.without_issues.add(consumer.box.github_token)
    given(consumer, source)
    run = consumer.run()
    [error] = [it for it in run.annotations if it.name == "error"]
    assert error.properties["line"] == "4"
    assert "this source needs `issues: read`" in error.message
    assert consumer.created == []


def test_values_that_may_not_be_looked_for_are_absent(consumer: Consumer) -> None:
    """A warning names the permission, and `default` stands in."""
    consumer.box.github.facts["private"] = True
    consumer.box.github.without_issues.add(consumer.box.github_token)
    given(consumer, rest="critical: \"{{ previous.url | default('none') }}\"\n")
    run = ran(consumer)
    assert "it needs `issues: read`" in run.messages("warning")
    assert consumer.created[0]["critical"] == "none"


def test_who_was_refused_once_is_refused_again(consumer: Consumer) -> None:
    """A list that broke off is no list that has ended: the source does not pass for empty."""
    consumer.box.github.facts["private"] = True
    consumer.box.github.without_issues.add(consumer.box.github_token)
    given(consumer, "previous_session", rest="critical: \"{{ previous.url | default('-') }}\"\n")
    run = consumer.run()
    assert run.code == 1
    assert "`issues: read`" in run.messages("error")


def test_a_dry_run_without_a_key_leaves_earlier_sessions_out(consumer: Consumer) -> None:
    """Nothing tells a receipt of ours without the key, and each source says so."""
    announced(consumer, 10, 7, agreed=ACTIONS)
    given(
        consumer, "previous_session", "open_actions", "merged_pull_requests: {since: last_session}"
    )
    run = ran(consumer, api_key="", dry_run="true")
    assert run.messages("warning").count("Without a key, this dry run leaves out") == 3
    assert asked(consumer) == 0


def test_the_open_actions_come_with_what_became_of_them(consumer: Consumer) -> None:
    """Totals, then a line for each action, what is known of it before the words of others."""
    announced(consumer, 10, 30, agreed=ACTIONS)
    closed(consumer, 21, 25, 19)
    opened(consumer, 22, 20, ACTION)
    closed(consumer, 23, 20, 18, reason="not_planned")
    given(consumer, "open_actions")
    run = ran(consumer)
    first, *lines = sent(consumer).splitlines()
    assert (
        "what became of it: 1 done, 1 open, 1 dropped. Lines that begin with `>` are quoted"
        in first
    )
    assert lines == [
        f"> Session of {ago(30)[:10]}:",
        ">     #21 done after 6 days; owner @octo; due Friday: Write *it* down",
        ">     #22 open for 20 days: Buy oil",
        ">     #23 dropped after 2 days: Ask <b>Ann</b>",
    ]
    assert "actions of earlier sessions (" in run.log
    assert asked(consumer) == 2


def test_an_action_whose_issue_is_gone_is_unknown(consumer: Consumer) -> None:
    """Without our label nothing finds it, and the list is read no further than need be."""
    announced(consumer, 10, 30, agreed=ACTIONS[:2])
    opened(consumer, 22, 3, "another")
    closed(consumer, 21, 20, 3)
    given(consumer, "open_actions")
    ran(consumer)
    assert "1 done, 0 open, 1 unknown." in sent(consumer)
    assert "#22 unknown, because its issue cannot be found: Buy oil" in sent(consumer)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_without_an_issue_the_box_tells(consumer: Consumer, end: str) -> None:
    """A ticked box is done, be another's text the beginning of this one's."""
    agreed = (
        Agreed(description="Write"),
        Agreed(description="Write it down", owner="@octo"),
        Agreed(description="- [x] Write"),
        Agreed(description="Ask #7", due="Friday"),
    )
    told = Told("s.yml", "T", "https://h.example/chat?s=1", "Over.", is_final=True, agreed=agreed)
    text = with_issues(results(told, 30_000), agreed)
    row = announced(consumer, 10, 30, agreed=agreed, text=text)
    boxes = [line for line in text.split("\n") if line.startswith("- [ ]")]
    for at, mark in ((1, "x"), (3, "X")):
        row["body"] = row["body"].replace(boxes[at], boxes[at].replace("[ ]", f"[{mark}]"))
    row["body"] = row["body"].replace("\n", end)
    given(consumer, "open_actions")
    ran(consumer)
    first, _, *lines = sent(consumer).splitlines()
    assert "2 done, 2 open." in first
    assert lines == [
        ">     open: Write",
        ">     done; owner @octo: Write it down",
        ">     open: - [x] Write",
        ">     done; due Friday: Ask #7",
    ]


def test_open_actions_come_from_pull_requests_too(consumer: Consumer) -> None:
    """What a comment has told on a labelled pull request counts, this one's own apart."""
    github = consumer.box.github
    for number in (7, 8):
        github.add_pull(number)
        github.issues[number]["labels"] = [{"name": LABEL}]
        agreed = (Agreed(description=f"Of #{number}"),)
        body = signed(consumer, Place(number), number, agreed=agreed)
        github.add_comment(number, body, BOT["login"], "Bot")
    announced(consumer, 10, 3, agreed=(Agreed(description="Of #10"),))
    given(consumer, "open_actions")
    consumer.on_pull_request(once_per="off")
    lines = sent(consumer).splitlines()[1:]
    assert [line.partition(": ")[2] for line in lines if ": " in line] == ["Of #10", "Of #8"]


def test_ten_sessions_are_looked_at(consumer: Consumer) -> None:
    """A spec that has run for years tells of its newest ten sessions."""
    for number in range(100, 112):
        agreed = (Agreed(description=f"Of #{number}"),)
        announced(consumer, number, 300 - number, agreed=agreed)
    given(consumer, "open_actions")
    ran(consumer)
    assert "0 done, 10 open." in sent(consumer)
    assert "Of #101" not in sent(consumer)
    assert "Of #102" in sent(consumer)


def test_the_look_is_bounded(consumer: Consumer) -> None:
    """Of what others label, the newest 500 are listed, and the comments on 20 are read."""
    announced(consumer, 10, 300, agreed=ACTIONS[:1])
    for number in range(1_000, 1_520):
        consumer.box.github.add_pull(number)
        consumer.box.github.issues[number]["labels"] = [{"name": LABEL}]
    given(consumer, "previous_session", "open_actions")
    ran(consumer)
    assert sent(consumer) == ""
    pages = [int(it.query["page"]) for it in consumer.box.requests_to("GET", ISSUES)]
    assert max(pages) <= 6
    assert len(pages) == len(set(pages))
    assert asked(consumer, f"{ISSUES}/[0-9]+/comments") == 20


def test_a_key_in_an_action_is_blotted_out(consumer: Consumer) -> None:
    """What somebody has said in a session carries no key away."""
    said = f"Rotate {consumer.box.api_key}"
    announced(consumer, 10, 3, agreed=(Agreed(description=said),))
    given(consumer, "open_actions")
    ran(consumer)
    assert "Rotate ***" in sent(consumer)


@pytest.mark.parametrize("kind", ["User", "Bot"])
def test_a_copy_of_an_older_issue_is_not_the_newest(consumer: Consumer, kind: str) -> None:
    """Whoever copies what an issue says moves nobody's session before back."""
    consumer.inputs["announce"] = "issue"
    consumer.write(PATH, SPEC)
    older = consumer.box.github.issues
    ran(consumer, {"GITHUB_RUN_ID": "400"})
    first = older[max(older)]
    consumer.age_sessions()
    second = ran(consumer, {"GITHUB_RUN_ID": "401"})
    copy = opened(consumer, 60, 0, body=first["body"])
    copy["user"] = BOT if kind == "Bot" else {"login": "mona", "type": "User"}
    consumer.write(PATH, f"{SPEC}critical: 'Since {{{{ previous.session_id }}}}'\n")
    ran(consumer)
    assert consumer.created[-1]["critical"] == f"Since {second.outputs['session_id']}"


def test_the_session_of_the_topic_is_not_before_itself(consumer: Consumer) -> None:
    """A run that uses a session again knows the one before that, and changes nothing in it."""
    given(
        consumer,
        *("previous_session", "open_actions"),
        rest="critical: \"Since {{ previous.session_id | default('the beginning') }}\"\n",
    )
    announced(consumer, 30, 14, spec="other.yml")
    consumer.inputs |= {"announce": "issue", "once_per": "topic"}
    first = ran(consumer)
    later = {"GITHUB_RUN_ID": "501"}
    assert ran(consumer, later).outputs == {**first.outputs, "status": "reused"}
    # What was agreed on in it is no earlier session's, either.
    [issue] = [it for it in consumer.box.github.issues.values() if it["number"] > 30]
    seal = Seal([SecretStr(consumer.box.api_key)], "1", PATH, is_app=True)
    place = Place(issue["number"], is_own_issue=True)
    comment = Comment(id=issue["number"], body=issue["body"], user=Account(**BOT))
    ours = seal.read(comment, place)
    assert ours
    told = Reported(is_final=True, agreed=ACTIONS[1:2])
    issue["body"] = seal.signed(ours.receipt.model_copy(update={"reported": told}), place, "Told")
    again = ran(consumer, {"GITHUB_RUN_ID": "502"})
    assert again.outputs == {**first.outputs, "status": "reused"}
    assert again.annotations == []
    # The session of the next round has it before.
    [made] = [it for it in consumer.box.harmonica.sessions if it["topic"] == "Retrospective"]
    made.update(status="completed", session_md="# Told\n")
    assert ran(consumer, {"GITHUB_RUN_ID": "503"}).outputs["status"] == "created"
    assert consumer.created[-1]["critical"] == f"Since {made['id']}"
    assert "# Told" in sent(consumer)
    assert "Buy oil" in sent(consumer)


def test_a_topic_that_names_the_session_before_is_filled_in(consumer: Consumer) -> None:
    """Which session it would use again is not known before that, so the newest one counts."""
    topic = "\"After {{ previous.topic | default('none') }} 😀\""
    consumer.write(PATH, SPEC.replace("Retrospective", topic))
    announced(consumer, 30, 14)
    ran(consumer, announce="issue", once_per="topic")
    assert consumer.created[-1]["topic"] == "After Last time 😀"
