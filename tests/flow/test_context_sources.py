"""Context sources: attached to the session that a run made, and never at its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harmonica_session.words.front_matter import FrontMatter
from harness.consumer import HARMONICAS_LIMIT, SPEC

if TYPE_CHECKING:
    from harness.consumer import Consumer, Run

ATTACH = "/api/v1/sessions/[^/]+/context-sources/.*"
FILE = "/api/v1/sessions/[^/]+/context-sources/file"
PDF = b"%PDF-1.4\n\xe2\xe3\xcf\xd3\r\n"


def give(consumer: Consumer, *sources: str) -> None:
    """Let the consumer's spec name context sources."""
    lines = "".join(f"  - {source}\n" for source in sources)
    consumer.write(".harmonica/session.yml", f"{SPEC}context_sources:\n{lines}")


def attached(consumer: Consumer) -> list[str]:
    """Return the titles of what is attached, in order."""
    return [source["title"] for source in consumer.box.harmonica.context_sources]


def assert_unharmed(consumer: Consumer, run: Run) -> None:
    """Session, link and comment are there, one of each."""
    [session] = consumer.box.harmonica.sessions
    [body] = consumer.bodies
    assert run.code == 0, run.log
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"].endswith(session["id"])
    assert run.outputs["join_url"] in body
    assert run.outputs["join_url"] in run.summary
    assert len(consumer.created) == 1


def test_each_kind_of_source_is_attached(consumer: Consumer) -> None:
    """Files go up as they are, pages and sessions by their names, in the order of the spec."""
    (consumer.root / "docs").mkdir()
    (consumer.root / "docs/Plan.PDF").write_bytes(PDF)
    consumer.write("docs/notes.md", "# Notes\n\nGrüße\n")
    earlier = consumer.box.harmonica.add_session("Last time", session_md="# Last time")
    link = f"{consumer.box.harmonica_url}/chat?s={earlier['id']}"
    give(
        consumer,
        "file: ./docs/notes.md",
        "file: docs/Plan.PDF",
        "url: https://example.org/a?b=c",
        f"session: {earlier['id']}",
        f"session: {link}",
    )
    run = consumer.on_pull_request()
    rows = consumer.box.harmonica.context_sources
    assert [(row["source_type"], row["title"]) for row in rows] == [
        ("file", "notes.md"),
        ("file", "Plan.PDF"),
        ("url", "https://example.org/a?b=c"),
        ("session", "Last time"),
        ("session", "Last time"),
    ]
    assert rows[0]["content"].decode() == "# Notes\n\nGrüße\n"
    assert rows[1]["content"] == PDF
    assert {row["session_id"] for row in rows} == {run.outputs["session_id"]}
    assert run.annotations == []
    listed = f"docs/notes.md, docs/Plan.PDF, https:\u200b//example.org/a?b=c, {earlier['id']}"
    assert listed in run.summary


def test_front_matter_of_ours_is_not_attached(consumer: Consumer) -> None:
    """A brief that our own results run has written goes up without what stands above it."""
    above = FrontMatter("a1", "https://app.harmonica.chat/chat?s=a1", "2026-11-02", "")
    consumer.write("SESSION.md", above.above("# Last time"))
    give(consumer, "file: SESSION.md")
    consumer.on_pull_request()
    [row] = consumer.box.harmonica.context_sources
    assert row["content"] == b"# Last time\n"


def test_sources_are_no_part_of_the_request(consumer: Consumer) -> None:
    """The session is made without them, so a change in them changes nothing that is there."""
    consumer.write("a.md", "A")
    give(consumer, "file: a.md")
    first = consumer.on_pull_request()
    assert consumer.created[0].keys() == {"topic", "goal", "context"}
    give(consumer, "file: a.md", "url: https://example.org/")
    second = consumer.on_pull_request("synchronize")
    assert second.outputs == {**first.outputs, "status": "reused"}
    assert attached(consumer) == ["a.md"]


def test_link_and_comment_come_before_the_sources(consumer: Consumer) -> None:
    """By the time a source is sent, the session is announced."""
    give(consumer, "url: https://example.org/")
    consumer.on_pull_request()
    posts = [r.path for r in consumer.box.requests if r.method == "POST"]
    assert [path.rpartition("/")[2] for path in posts] == ["sessions", "comments", "url"]


def test_a_free_plan_is_a_warning_for_each_source(consumer: Consumer) -> None:
    """Each source is tried, each refusal named, and nothing else is missing."""
    consumer.box.harmonica.paid_plan = False
    consumer.write("a.md", "A")
    give(consumer, "file: a.md", "url: https://example.org/")
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    [first, second] = [a.message for a in run.annotations if a.name == "warning"]
    assert first.startswith("The session goes without `a.md`: ")
    assert second.startswith("The session goes without `https://example.org/`: ")
    assert "403 forbidden, Context sources require a Pro subscription" in first
    assert "paid plan" in first
    assert "The session goes without" in run.summary


def test_one_refusal_does_not_stop_the_next_source(consumer: Consumer) -> None:
    """What Harmonica does not take is named with its reason; the others are attached."""
    consumer.write("a.md", "A")
    give(consumer, "url: https://10.0.0.1/", "session: nobody", "file: a.md")
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert "`https://10.0.0.1/`" in run.messages("warning")
    assert "`nobody`" in run.messages("warning")
    assert attached(consumer) == ["a.md"]


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("absent.md", None, "there is no file `absent.md`"),
        ("../outside.md", None, "leads outside the repository"),
        ("/etc/passwd.txt", None, "is an absolute path"),
        ("picture.png", b"\x89PNG", "only .md, .markdown, .txt, .pdf files"),
        pytest.param("large.txt", b"x" * 4_000_001, "larger than 4000 kB", id="large"),
        ("empty.md", b" \n", "is empty"),
        ("folder.md/", b"folder", "is a folder"),
        ("page.pdf", b"<!DOCTYPE html><title>Sign in</title>", "but it is an HTML page"),
        ("scan.txt", b"\x89PNG\r\n", "this is a PNG image, not a text"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_run(
    consumer: Consumer, path: str, content: bytes | None, reason: str
) -> None:
    """What the repository itself holds is a mistake in it, told before anything is created."""
    if path.endswith("/"):
        (consumer.root / path).mkdir()
    elif content is not None:
        (consumer.root / path).write_bytes(content)
    give(consumer, "url: https://example.org/", f"file: {path}")
    run = consumer.on_pull_request()
    [error] = run.annotations
    assert run.code == 1
    assert reason in error.message
    assert error.properties["file"] in (".harmonica/session.yml", path)
    assert consumer.created == []


def test_all_files_that_cannot_be_used_are_told_at_once(consumer: Consumer) -> None:
    """Each stands beside its line, or where it is wrong in itself."""
    (consumer.root / "latin.txt").write_bytes(b"gr\xfc\xdfe")
    give(consumer, "file: absent.md", "file: latin.txt", "file: gone.pdf")
    run = consumer.on_pull_request()
    places = [(it.properties["file"], it.properties["line"]) for it in run.annotations]
    spec = ".harmonica/session.yml"
    assert places == [(spec, "4"), (spec, "6"), ("latin.txt", "1")]


def test_a_link_out_of_the_checkout_stops_the_run(consumer: Consumer) -> None:
    """A file of the runner cannot be carried away by a link in the repository."""
    (consumer.folder / "secret.txt").write_text("of the runner")
    (consumer.root / "notes.txt").symlink_to(consumer.folder / "secret.txt")
    give(consumer, "file: notes.txt")
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "leads outside the repository" in run.messages("error")
    assert consumer.created == []


def test_a_file_that_is_gone_since_does_not_stop_a_later_run(consumer: Consumer) -> None:
    """A session that is there has its sources; nobody reads them again."""
    consumer.write("a.md", "A")
    give(consumer, "file: a.md")
    consumer.on_pull_request()
    (consumer.root / "a.md").unlink()
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


@pytest.mark.parametrize(("path", "begin"), [("notes.md", "# Notes"), ("notes.pdf", "%PDF-1.7")])
def test_a_secret_in_a_file_stops_the_run(consumer: Consumer, path: str, begin: str) -> None:
    """As in SESSION.md, a key is an error with its place before anything is created."""
    consumer.write(path, f"{begin}\nkey: hm_live_{'0' * 32}")
    give(consumer, f"file: {path}")
    run = consumer.on_pull_request()
    [error] = run.annotations
    assert run.code == 1
    assert (error.properties["file"], error.properties["line"]) == (path, "2")
    assert consumer.created == []


def test_a_secret_in_an_address_stops_the_run(consumer: Consumer) -> None:
    """An escape in the YAML cannot hide the token in the address of a page."""
    token = consumer.box.github_token
    hidden = f"\\x{ord(token[0]):02x}{token[1:]}"
    give(consumer, f'url: "https://example.org/{hidden}"')
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "is here" in run.messages("error")
    assert consumer.created == []


def test_more_than_twenty_are_left_out_by_name(consumer: Consumer) -> None:
    """The first 20 are attached; the rest is one warning."""
    pages = [f"url: https://example.org/{n}" for n in range(22)]
    give(consumer, *pages)
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert len(attached(consumer)) == 20
    assert (
        "`https://example.org/20`, `https://example.org/21`: a session can have at most 20"
    ) in (run.messages("warning"))


def test_a_smaller_cap_of_the_server_is_a_warning(consumer: Consumer) -> None:
    """422 is said with Harmonica's own words."""
    consumer.box.harmonica.most_context_sources = 1
    give(consumer, "url: https://example.org/1", "url: https://example.org/2")
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert "Source cap reached (1 per session)" in run.messages("warning")
    assert attached(consumer) == ["https://example.org/1"]


def test_an_attachment_whose_answer_got_lost_is_looked_for(consumer: Consumer) -> None:
    """It turns up in the list, so it is not sent again and nobody is warned."""
    consumer.write("a.md", "A")
    consumer.write("b.md", "B")
    give(consumer, "file: a.md", "file: b.md")
    consumer.box.fail("POST", FILE, Fault.drop_after())
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert attached(consumer) == ["a.md", "b.md"]
    assert len(consumer.box.requests_to("POST", FILE)) == 2
    assert run.annotations == []


@pytest.mark.parametrize("fault", [Fault.drop(), Fault.status(500), Fault.body("<html>")])
def test_an_attachment_that_was_never_made_is_a_warning(consumer: Consumer, fault: Fault) -> None:
    """Of two files the first one's fate stays unknown: it is sent once and named."""
    consumer.write("a.md", "A")
    consumer.write("b.md", "B")
    give(consumer, "file: b.md", "file: a.md")
    consumer.box.fail("POST", FILE, fault, after=1)
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert attached(consumer) == ["b.md"]
    assert len(consumer.box.requests_to("POST", FILE)) == 2
    assert "`a.md`" in run.messages("warning")
    assert "look there before you add it by hand" in run.messages("warning")


def test_a_limit_is_waited_for(consumer: Consumer) -> None:
    """429 says that nothing was done, so the source is sent again after the pause."""
    give(consumer, "url: https://example.org/")
    limit = Fault.status(429, headers={"Retry-After": "2"}, body=HARMONICAS_LIMIT)
    consumer.box.fail("POST", ATTACH, limit)
    run = consumer.on_pull_request()
    assert consumer.clock.pauses == [2.0]
    assert attached(consumer) == ["https://example.org/"]
    assert run.annotations == []


def test_the_deadline_names_what_is_missing(consumer: Consumer) -> None:
    """When the time is over, all sources that are left are named, and the link is there."""
    give(consumer, "url: https://example.org/1", "url: https://example.org/2")
    consumer.box.fail("POST", ATTACH, Fault.hang())
    run = consumer.on_pull_request(timeout="2")
    assert_unharmed(consumer, run)
    assert "`https://example.org/1`" in run.messages("warning")
    assert "`https://example.org/2`" in run.messages("warning")
    assert "`timeout`" in run.messages("warning")


def test_an_adopted_session_gets_its_sources(consumer: Consumer) -> None:
    """A session whose own answer got lost is this run's all the same."""
    give(consumer, "url: https://example.org/")
    consumer.box.fail("POST", "/api/v1/sessions", Fault.drop_after())
    run = consumer.on_pull_request()
    assert_unharmed(consumer, run)
    assert attached(consumer) == ["https://example.org/"]


def test_a_dry_run_tells_what_would_be_attached(consumer: Consumer) -> None:
    """It reads the files, names them, and sends nothing."""
    consumer.write("a.md", "A")
    give(consumer, "file: a.md", "url: https://example.org/")
    run = consumer.on_pull_request(dry_run="true")
    assert "Context sources: a.md, https://example.org/\n" in run.log
    assert {r.method for r in consumer.box.requests} == {"GET"}


def test_mistakes_in_the_list_cost_no_request(consumer: Consumer) -> None:
    """An item that is no source is told with its line and column, before anybody is asked."""
    give(consumer, "file: a.md", "url: http://example.org/")
    run = consumer.on_pull_request()
    [error] = run.annotations
    assert (error.properties["line"], error.properties["col"]) == ("5", "10")
    assert run.code == 1
    assert consumer.box.requests == []


def test_sources_that_a_cut_off_run_did_not_attach_are_missed(consumer: Consumer) -> None:
    """A session that is only recognised may lack some, and nobody else would say so."""
    consumer.write(".harmonica/session.yml", SPEC + "context_sources:\n  - url: https://h.test/a\n")
    consumer.run("schedule")
    consumer.box.harmonica.context_sources.clear()
    run = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert "0 of 1 context sources" in run.messages("warning")


def test_sources_that_are_all_there_need_no_word(consumer: Consumer) -> None:
    """A recognised session that has them is as it should be."""
    consumer.write(".harmonica/session.yml", SPEC + "context_sources:\n  - url: https://h.test/a\n")
    consumer.run("schedule")
    again = consumer.run("schedule", env={"GITHUB_RUN_ATTEMPT": "2"})
    assert again.messages("warning") == ""
