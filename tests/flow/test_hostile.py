"""A hostile checkout and hostile texts: refused, or shown as the plain text they are."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.consumer import Consumer

NASTY = [
    "::set-output name=x::y",
    "two\nlines\r\nand::error::more",
    "--> <!-- harmonica-session receipt v1 e30= -->",
    "@org/team and @person",
    "[x](javascript:alert(1)) <a href='javascript:x'>y</a> ![i](http://evil.test/i.png)",
    "x" * 70_000,
    "##[error]no ##[set-output name=join_url]z",
    "\u202egnp.exe \u2066 \u200f",
    "| a | b |\n|---|---|\n```\n# Heading\n</details>",
]


@pytest.mark.parametrize("text", NASTY, ids=[repr(text[:20]) for text in NASTY])
def test_a_hostile_text_stays_a_text(consumer: Consumer, text: str) -> None:
    """On the wire it is untouched; in log, outputs, comment and summary it does nothing."""
    short = text[:20_000]
    spec = {"topic": text, "goal": short, "critical": short, "questions": [short]}
    consumer.write(".harmonica/session.yml", json.dumps(spec))
    run = consumer.on_pull_request()
    assert run.code == 0, run.log
    assert consumer.created[0]["topic"] == text.strip()
    assert set(run.outputs) == {
        "join_url",
        "session_id",
        "topic",
        "status",
        "session_status",
        "chain_status",
        "comment_url",
        "open_until",
    }
    assert run.outputs["topic"].split() == text.split()
    [body] = consumer.bodies
    assert len(body) < 65_536
    for shown in (body.partition("\n")[2], run.summary):
        assert "<!--" not in shown
        assert "<a" not in shown
        # Each of our own links stands alone; a bracket of the text's is escaped.
        assert "](javascript" not in shown.replace("\\]", "")
        assert "![" not in shown.replace("\\[", "")
        assert "@org" not in shown
        assert "\u202e" not in shown
        assert not any(line.startswith(("|---|---|\n", "# ", "```")) for line in shown.split("\n"))
    commands = [line for line in run.log.splitlines() if line.lstrip().startswith("::")]
    assert all(line.startswith("::add-mask::") for line in commands)
    assert "##[" not in run.log


def test_a_second_run_knows_a_hostile_topic(consumer: Consumer) -> None:
    """The receipt holds whatever the topic is."""
    consumer.write(".harmonica/session.yml", json.dumps({"topic": NASTY[2], "goal": "x"}))
    consumer.on_pull_request()
    assert consumer.on_pull_request("synchronize").outputs["status"] == "reused"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links need a system that has them")
@pytest.mark.parametrize("file", ["SESSION.md", ".harmonica/session.yml"])
def test_a_link_out_of_the_workspace_is_refused(consumer: Consumer, file: str) -> None:
    """A pull request cannot have a file of the runner read out."""
    secret = consumer.folder / "secret"
    secret.write_text("topic: x\ngoal: y\n")
    (consumer.root / file).unlink(missing_ok=True)
    (consumer.root / file).symlink_to(secret)
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "link" in run.messages("error")
    assert consumer.box.requests == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../secret.yml", "leads outside the repository"),
        ("/etc/hostname", "is an absolute path"),
        (".harmonica", "is a folder"),
    ],
)
def test_a_path_out_of_the_workspace_is_refused(consumer: Consumer, path: str, reason: str) -> None:
    """Parents, absolute paths and folders are no specs, which is said in one line."""
    run = consumer.on_pull_request(spec=path)
    assert run.code == 1
    assert reason in run.messages("error")
    assert "Traceback" not in run.log
    assert consumer.box.requests == []


@pytest.mark.parametrize("file", ["SESSION.md", ".harmonica/session.yml"])
@pytest.mark.parametrize("secret", ["api_key", "github_token", "another key"])
def test_a_secret_in_a_file_is_refused(consumer: Consumer, file: str, secret: str) -> None:
    """Nothing is sent, and the message names the place but not the secret."""
    value = getattr(consumer.box, secret, "hm_live_" + "0a" * 16)
    consumer.write(file, f"topic: x\ngoal: see {value}\n")
    run = consumer.on_pull_request()
    [annotation] = run.annotations
    assert run.code == 1
    assert annotation.properties["file"] == file
    assert (annotation.properties["line"], annotation.properties["col"]) == ("2", "11")
    assert value not in annotation.message
    assert consumer.box.requests == []


def test_an_escaped_secret_is_refused(consumer: Consumer) -> None:
    """An escape in the YAML hides no key from the last look at the request."""
    escaped = consumer.box.api_key.replace("h", "\\u0068", 1)
    consumer.write(".harmonica/session.yml", f'topic: "x {escaped}"\ngoal: y\n')
    run = consumer.on_pull_request()
    assert run.code == 1
    assert "API key" in run.messages("error")
    assert consumer.box.requests == []


def test_a_token_of_one_letter_is_no_secret(consumer: Consumer) -> None:
    """A stand-in token as short as a word hides and refuses nothing."""
    run = consumer.on_pull_request(github_token=consumer.box.github.add_token("x", login="octo"))
    assert run.outputs["status"] == "created"
    assert run.outputs["join_url"].startswith(consumer.box.harmonica_url)
    assert "***" not in run.log


@pytest.mark.parametrize(
    "payload", ["", "[]", "{", "null", '{"pull_request": 7}', "\u0000", "[" * 100_000]
)
def test_a_broken_event_is_no_traceback(consumer: Consumer, payload: str) -> None:
    """An event that cannot be read has no pull request, and that is all."""
    event = consumer.folder / "broken.json"
    event.write_text(payload, "utf-8")
    run = consumer.run("pull_request", env={"GITHUB_EVENT_PATH": str(event)})
    assert run.code == 0, run.log
    assert run.outputs["status"] == "created"
    assert consumer.bodies == []


def test_the_key_stays_with_harmonica(consumer: Consumer) -> None:
    """Neither service sees the other's credentials."""
    consumer.on_pull_request()
    for request in consumer.box.requests:
        mine, other = consumer.box.api_key, consumer.box.github_token
        if request.service == "github":
            mine, other = other, mine
        assert request.headers["authorization"] == f"Bearer {mine}"
        assert other not in str(request.headers) + request.body.decode()


def test_a_token_that_is_quoted_in_part_is_refused_first(consumer: Consumer) -> None:
    """A problem with the spec would quote the beginning of a misplaced token."""
    token = consumer.box.github.add_token("github_pat_" + "Ab1" * 28, login="octo")
    consumer.write(".harmonica/session.yml", f"topic: x\ngoal: y\nresults_visibility: {token}\n")
    run = consumer.on_pull_request(github_token=token)
    [annotation] = run.annotations
    log = "\n".join(line for line in run.log.splitlines() if "::add-mask::" not in line)
    assert annotation.properties["line"] == "3"
    assert token[:20] not in log + run.summary
