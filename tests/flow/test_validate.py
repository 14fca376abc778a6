"""`command: validate`, and its kin at a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from harmonica_session.commands.init import KINDS
from harness.consumer import SPEC, pull_request_payload
from harness.process import at_terminal, run_python

if TYPE_CHECKING:
    from pathlib import Path

    from harness.consumer import Consumer


def test_a_good_spec_is_valid_on_a_fork_without_a_key(consumer: Consumer) -> None:
    """No key, no token, no request: the spec alone decides."""
    payload = pull_request_payload(head_repository=2)
    step = consumer.run("pull_request", payload, command="validate", api_key="", github_token="")
    assert step.code == 0
    assert step.outputs == {"status": "valid", "topic": "Retrospective"}
    assert "valid" in step.summary
    assert consumer.box.requests == []


def test_a_bad_spec_is_annotated(consumer: Consumer) -> None:
    """Each mistake stands beside its line, as when the session is created."""
    consumer.write(".harmonica/session.yml", SPEC + "gaol: x\n")
    step = consumer.run(command="validate", api_key="")
    [annotation] = step.annotations
    assert step.code == 1
    assert step.outputs == {"status": "failed"}
    assert annotation.properties["line"] == "3"
    assert "`goal`" in annotation.message


def test_another_script_is_a_notice(consumer: Consumer) -> None:
    """The spec is valid, and the line of the topic has the caution beside it."""
    topic, prompt = "\u0420\u0435\u0442\u0440\u043e", "\u56de\u987e"
    consumer.write(".harmonica/session.yml", f"goal: x\ntopic: {topic}\nprompt: {prompt}\n")
    step = consumer.run(command="validate", api_key="")
    [notice] = step.annotations
    assert (step.code, step.outputs["status"]) == (0, "valid")
    assert (notice.name, notice.properties["line"], notice.properties["col"]) == (
        "notice",
        "2",
        "8",
    )
    assert notice.message.startswith("`topic` and `prompt` have letters outside the Latin alphabet")
    assert "(Cyrillic, Han)" in notice.message
    assert "**Notice:**" in step.summary


@pytest.mark.parametrize(
    ("rest", "words", "place"),
    [
        (f"context: {'word ' * 400}\n", "about 602 words;", ("3", "10")),
        ("context_from: [file: long.md, pull_request]\n", "about 600 words or more", ("3", "15")),
        ("context_from: [session_md, file: long.md]\n", "about 802 words;", ("3", "15")),
    ],
)
def test_a_long_context_is_a_notice(
    consumer: Consumer, rest: str, words: str, place: tuple[str, str]
) -> None:
    """What is counted is what is sent: the spec's own, SESSION.md and the other files."""
    consumer.write(".harmonica/session.yml", SPEC + rest)
    consumer.write("long.md", "wort " * 600)
    consumer.write("SESSION.md", "# Team\n\n" + "wort " * 201)
    step = consumer.run(command="validate", api_key="")
    [notice] = step.annotations
    assert (step.code, notice.name) == (0, "notice")
    assert (notice.properties["line"], notice.properties["col"]) == place
    assert words in notice.message


def test_a_short_context_in_latin_is_no_notice(consumer: Consumer) -> None:
    """Accents and emoji are harmless, and so are some hundred words."""
    consumer.write(".harmonica/session.yml", "topic: R\u00e9tro \u2728\ngoal: x\n")
    consumer.write("SESSION.md", "word " * 500)
    step = consumer.run(command="validate", api_key="")
    assert step.annotations == []
    assert "Notice" not in step.summary


def test_an_unknown_command_is_an_error(consumer: Consumer) -> None:
    """The known ones are listed."""
    step = consumer.run(command="delete")
    assert step.code == 1
    assert "`create`, `validate`" in step.messages("error")


def test_several_specs_are_checked_at_a_terminal(consumer: Consumer) -> None:
    """The worst of them decides the exit code, and every problem is shown with its place."""
    consumer.write("other.yml", "topic: no\n")
    done = at_terminal(consumer.root, "validate", ".harmonica/session.yml", "other.yml")
    assert done.returncode == 1
    assert "valid: Retrospective" in done.stdout
    assert "error: other.yml:1:8: `topic` must be a text" in done.stdout
    assert "other.yml:1:1: `goal` is missing" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_is_valid(tmp_path: Path, kind: str) -> None:
    """What `init` writes needs no change before it is used."""
    assert at_terminal(tmp_path, "init", kind).returncode == 0
    done = at_terminal(tmp_path, "validate", f".harmonica/{kind}.yml")
    assert done.returncode == 0, done.stdout
    workflow = (tmp_path / f".github/workflows/{kind}.yml").read_text("utf-8")
    assert f"spec: .harmonica/{kind}.yml" in workflow


def test_a_starter_writes_over_nothing(tmp_path: Path) -> None:
    """A file that is there stays, and is named."""
    target = tmp_path / ".harmonica/sprint.yml"
    target.parent.mkdir()
    target.write_text("mine\n")
    done = at_terminal(tmp_path, "init", "sprint")
    assert done.returncode == 1
    assert ".harmonica/sprint.yml is there already" in done.stderr
    assert target.read_text("utf-8") == "mine\n"
    assert (tmp_path / ".github/workflows/sprint.yml").exists()


def test_names_are_looked_up_on_demand(consumer: Consumer) -> None:
    """`--online` finds the name that nothing has; without it nobody is asked."""
    consumer.box.harmonica.templates.append({"id": "t-1", "title": "Retrospective"})
    consumer.write("good.yml", SPEC + "template: retrospective\n")
    consumer.write("bad.yml", SPEC + "template: retrospektive\n")
    key = {
        "HARMONICA_API_KEY": consumer.box.api_key,
        "HARMONICA_API_URL": consumer.box.harmonica_url,
    }
    assert at_terminal(consumer.root, "validate", "bad.yml", **key).returncode == 0
    assert consumer.box.requests == []
    assert at_terminal(consumer.root, "validate", "--online", "good.yml", **key).returncode == 0
    done = at_terminal(consumer.root, "validate", "--online", "bad.yml", **key)
    assert done.returncode == 1
    assert "error: bad.yml:3:11:" in done.stdout
    assert "Retrospective" in done.stdout
    assert consumer.created == []


def test_looking_up_needs_a_key(consumer: Consumer) -> None:
    """Without one the error says so."""
    done = at_terminal(consumer.root, "validate", "--online", ".harmonica/session.yml")
    assert done.returncode == 1
    assert "HARMONICA_API_KEY is not set" in done.stdout


GONE = """
import os, sys
from harmonica_session.cli import main
os.mkdir("gone")
os.chdir("gone")
os.rmdir(os.path.join("..", "gone") if os.sep == "\\\\" else os.getcwd())
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.sep == "\\", reason="Windows lets nobody remove the current folder")
@pytest.mark.parametrize("words", [["validate", "s.yml"], ["create", "s.yml"], ["init"]])
def test_a_folder_that_is_gone_is_one_line(tmp_path: Path, words: list[str]) -> None:
    """At a terminal whose folder somebody else has removed, the message says so."""
    done = run_python("-c", GONE, *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the current folder is no longer there; go to one that is\n"
