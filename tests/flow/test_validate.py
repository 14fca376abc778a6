"""`command: validate`, and its kin at a terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from harmonica_session.commands.init import KINDS
from harness.consumer import BASE, SPEC, pull_request_payload
from harness.process import at_terminal, run_python

if TYPE_CHECKING:
    from harness.consumer import Consumer

ROOT = Path(__file__).resolve().parents[2]


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


_KEY = f"hm_live_{'0' * 32}"
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
FILES = {
    "key.md": f"# A\n\nkey {_KEY}",
    "token.txt": f"https://x-access-token:ghs_1_{'eyJ0.' * 9}x@github.com",
    "conflict.md": "# A\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
    "pointer.md": _POINTER,
    "page.pdf": "<!DOCTYPE html><title>Sign in</title>",
    "document.md": "%PDF-1.7",
    "empty.md": "\n",
    "deep/session.yaml": SPEC,
}
FAULTS = {
    "context_sources: [{file: a.png}]": "3:26: `a.png` cannot be attached",
    "context_sources: [{file: ../a.md}]": "3:26: `../a.md` leads out",
    "context_sources: [{file: /a.md}]": "3:26: `/a.md` is an absolute path",
    "context_sources: [{session: next week}]": "3:29: `next week` is neither a session ID",
    "context_sources: [{file: gone.md}]": "3:26: there is no file `gone.md`",
    "context_sources: [{file: empty.md}]": "3:26: `empty.md` is empty",
    "context_sources: [{file: page.pdf}]": "3:26: `page.pdf` is named like a PDF",
    "context_sources: [{file: document.md}]": "document.md: this is a PDF document",
    "context_sources: [{file: pointer.md}]": "3:26: `pointer.md` is a Git LFS pointer",
    "context_sources: [{file: token.txt}]": "token.txt:1:24: an API key or token is here",
    "context_sources: [{file: conflict.md}]": "conflict.md:2:1: an unresolved merge conflict",
    f'context_sources: [{{url: "https://h.test/\\x68{_KEY[1:]}"}}]': "3:25: an API key or token",
    "context_from: [{file: ../a.md}]": "3:23: `../a.md` leads out",
    "context_from: [{file: gone.md}]": "3:23: there is no file `gone.md`",
    "context_from: [{file: deep/session.yml}]": "there is a `deep/session.yaml`, so correct",
    "context_from: [{file: 'gone/*.md'}]": "3:23: `gone/*.md` matches no file",
    "context_from: [{file: deep}]": "3:23: `deep` is a folder",
    "context_from: [{file: pointer.md}]": "3:23: `pointer.md` is a Git LFS pointer",
    "context_from: [{file: key.md}]": "key.md:3:5: an API key or token",
    f'prompt: "\\x68{_KEY[1:]}"': "3:9: an API key or token is here",
    "context_from: [session_md, {file: gone.md}, {file: key.md}, {file: lost.md}]": "lost.md",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_run_refuses_is_not_valid(consumer: Consumer, fault: str) -> None:
    """Both say the same lines with the same places, and neither creates anything."""
    for path, content in FILES.items():
        consumer.write(path, content)
    consumer.write(".harmonica/session.yml", f"{SPEC}{fault}\n")
    checked, created = consumer.run(command="validate", api_key=""), consumer.run()
    assert checked.code == created.code == 1
    assert checked.annotations == created.annotations
    lines = [
        ":".join([*(v for k, v in it.properties.items() if k != "title"), f" {it.message}"])
        for it in checked.annotations
    ]
    assert any(FAULTS[fault] in line for line in lines), lines
    assert consumer.created == []


@pytest.mark.parametrize("path", [".harmonica/session.yml", "SESSION.md"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_POINTER.encode(), "Git LFS pointer"),
        (
            SPEC.encode("utf-16-le"),
            "the file is encoded as UTF-16, little-endian, without a byte order mark",
        ),
        (FILES["conflict.md"].encode(), "an unresolved merge conflict begins here"),
        (b"<!DOCTYPE html><title>Sign in</title>", "but it is an HTML page"),
        (b"\x89PNG\r\n\x1a\n", "this is a PNG image, not a text"),
    ],
)
def test_a_stand_in_for_spec_or_background_is_refused(
    consumer: Consumer, path: str, content: bytes, said: str
) -> None:
    """In the workspace as at a revision, it is told by what it is, and nothing is created."""
    (consumer.root / path).write_bytes(content)
    consumer.box.github.files[BASE, path] = content
    for step in (consumer.run(command="validate"), consumer.run(), consumer.run(ref=BASE)):
        assert (step.code, said in step.messages("error")) == (1, True), step.log
    assert consumer.created == []


def test_files_of_all_keys_are_told_at_once(consumer: Consumer) -> None:
    """Each missing file is an error of its own, beside the line that names it."""
    consumer.write(
        ".harmonica/session.yml",
        f"{SPEC}context_from:\n  - file: a.md\n  - file: b.md\ncontext_sources:\n  - file: c.md\n",
    )
    step = consumer.run(command="validate", session_md="none.md")
    lines = [it.properties.get("line") for it in step.annotations]
    assert lines == ["4", "5", "7"]
    consumer.write(".harmonica/session.yml", SPEC)
    step = consumer.run(command="validate", session_md="none.md")
    assert "there is no file `none.md`, which `session-md` names" in step.messages("error")


def test_a_missing_spec_names_its_neighbour(consumer: Consumer) -> None:
    """`.yaml` beside `.yml` is a near miss, in the workspace and at a revision."""
    for path in (".harmonica/session.yml", ".harmonica/session.yaml"):
        consumer.box.github.files.pop((BASE, path), None)
    (consumer.root / ".harmonica/session.yml").rename(consumer.root / ".harmonica/session.yaml")
    consumer.box.github.files[BASE, ".harmonica/session.yaml"] = SPEC.encode()
    for step in (consumer.run(command="validate"), consumer.run(ref=BASE)):
        assert "there is a `.harmonica/session.yaml`, so rename that file" in step.messages("error")


def test_a_session_md_in_another_case_is_missed(consumer: Consumer) -> None:
    """A background that may be absent is not left out without a word where it is only misnamed."""
    consumer.write("session.md", "Background")
    if (consumer.root / "SESSION.md").exists():
        pytest.skip("this file system takes both for one")
    for step in (consumer.run(command="validate"), consumer.run()):
        assert step.code == 0
        assert "`session.md` was not read" in step.messages("warning")
    assert consumer.run(session_md="", once_per="off").annotations == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "validate",
            [
                "or a folder of specs; .harmonica/session.yml by",
                "Only --online needs a key and a network",
            ],
        ),
        (
            "init",
            [".harmonica/KIND.yml", ".github/workflows/KIND.yml", "is left unchanged", *KINDS],
        ),
        ("try", ["stand-ins for Harmonica and GitHub", "No account is needed"]),
    ],
)
def test_help_says_what_a_command_does(tmp_path: Path, word: str, said: list[str]) -> None:
    """What it reads, what it writes, and what it needs."""
    shown = " ".join(at_terminal(tmp_path, word, "--help").stdout.split())
    assert [it for it in said if it not in shown] == []


def test_a_bare_validate_takes_the_default_path(consumer: Consumer) -> None:
    """At a terminal, no word means the path that the action looks at."""
    done = at_terminal(consumer.root, "validate")
    assert (done.returncode, "valid: Retrospective" in done.stdout) == (0, True)


def test_a_folder_means_the_specs_in_it(consumer: Consumer) -> None:
    """Both endings count, other files and folders below do not, and their number is told."""
    consumer.write(".harmonica/b.yaml", "topic: B\ngoal: x\n")
    consumer.write(".harmonica/README.md", "# Specs")
    consumer.write(".harmonica/old/c.yml", "topic: no\n")
    done = at_terminal(consumer.root, "validate", ".harmonica/")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[0] == ".harmonica/: 2 specs"
    assert done.stdout.count("is valid") == 2
    done = at_terminal(consumer.root, "validate", ".harmonica/old")
    assert (done.returncode, ".harmonica/old: 1 spec\n" in done.stdout) == (1, True)


def test_a_folder_without_specs_is_an_error(consumer: Consumer) -> None:
    """Nothing checked is not everything valid."""
    (consumer.root / "empty").mkdir()
    done = at_terminal(consumer.root, "validate", "empty")
    assert done.returncode == 1
    assert "the folder `empty` contains no `*.yml` or `*.yaml`" in done.stderr
    done = at_terminal(consumer.root, "validate", "empty", ".harmonica/session.yml")
    assert (done.returncode, "is valid" in done.stdout) == (1, True)


@pytest.mark.skipif(os.sep == "\\", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["[ab].yml", "a\u2028b.yml", "a\x0bb.yml", "what?.yml"])
def test_any_name_of_a_file_is_an_argument(consumer: Consumer, name: str) -> None:
    """What pre-commit hands over are names of files, and never patterns or lists."""
    consumer.write(name, "topic: no\ngoal: x\n")
    consumer.write("a.yml", SPEC)
    done = at_terminal(consumer.root, "validate", name)
    assert done.returncode == 1
    assert ":1:8: `topic` must be a text" in done.stdout


@pytest.mark.skipif(os.sep == "\\", reason="Windows has no such names")
@pytest.mark.parametrize("word", ["validate", "create"])
@pytest.mark.parametrize("name", ["a.yml\nb.yml", "a.yml ", "\ta.yml"])
def test_a_name_that_no_input_can_hold_is_refused(consumer: Consumer, name: str, word: str) -> None:
    """Another file than the one that is meant is never checked in its place."""
    consumer.write(name, "topic: no\n")
    consumer.write("a.yml", SPEC)
    done = at_terminal(consumer.root, word, name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "contains a line break, or ends with a space" in done.stderr


@pytest.mark.parametrize(
    ("path", "is_checked"),
    [
        (".harmonica/session.yml", True),
        (".harmonica/retro.yaml", True),
        ("teams/search/session.yml", True),
        ("teams/search/session.yaml", True),
        ("config/session.yml", False),
        ("teams/search/deep/session.yml", False),
        (".harmonica/README.md", False),
    ],
)
def test_the_hook_is_run_for_the_places_of_specs(path: str, is_checked: bool) -> None:  # noqa: FBT001 - parametrised
    """Those that README uses, with either ending; other people's YAML is left alone."""
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (re.search(hook["files"], path) is not None) is is_checked


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


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "results"])
def test_a_starter_is_valid(tmp_path: Path, kind: str) -> None:
    """What `init` writes needs no change before it is used."""
    assert at_terminal(tmp_path, "init", kind).returncode == 0
    workflow = (tmp_path / f".github/workflows/{kind}.yml").read_text("utf-8")
    assert f"spec: .harmonica/{kind}.yml" in workflow
    done = at_terminal(tmp_path, "validate", f".harmonica/{kind}.yml")
    assert done.returncode == 0, done.stdout


def test_help_says_what_each_kind_is(tmp_path: Path) -> None:
    """`init --help` has a line for each kind."""
    lines = at_terminal(tmp_path, "init", "--help").stdout.splitlines()
    for kind, about in KINDS.items():
        assert any(line.split(maxsplit=1) == [kind, about] for line in lines), kind


def test_a_starter_writes_over_nothing(tmp_path: Path) -> None:
    """A file that is there stays, and is named."""
    target = tmp_path / ".harmonica/sprint.yml"
    target.parent.mkdir()
    target.write_text("mine\n")
    done = at_terminal(tmp_path, "init", "sprint")
    assert done.returncode == 1
    assert ".harmonica/sprint.yml already exists" in done.stderr
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


def test_sessions_are_looked_up_on_demand(consumer: Consumer) -> None:
    """`--online` finds the sessions that this key does not see, and where they are named."""
    seen = consumer.box.harmonica.add_session("Last time")["id"]
    consumer.write(
        "s.yml",
        f"{SPEC}context_from:\n  - previous_session: {{session: {seen}}}\n"
        "  - previous_session: {session: nobody}\n"
        f"context_sources:\n  - session: {seen}\n  - session: none\n",
    )
    key = {
        "HARMONICA_API_KEY": consumer.box.api_key,
        "HARMONICA_API_URL": consumer.box.harmonica_url,
    }
    done = at_terminal(consumer.root, "validate", "--online", "s.yml", **key)
    assert done.returncode == 1
    assert "s.yml:5:33: Harmonica does not show the session `nobody` to this key" in done.stdout
    assert "s.yml:8:14: Harmonica does not show the session `none` to this key" in done.stdout
    assert done.stdout.count("error: ") == 2


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
    assert done.stderr == "error: the current folder no longer exists; change to one that does\n"
