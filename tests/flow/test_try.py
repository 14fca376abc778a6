"""`harmonica-session try`, as a person at a terminal sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.commands.init import KINDS
from harmonica_session.spec.values import NAMES
from harness.consumer import SPEC, pull_request_payload
from harness.process import at_terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_the_example_needs_no_account(tmp_path: Path) -> None:
    """Log, outputs, comment and summary of two runs, the second of which reuses the session."""
    done = at_terminal(tmp_path, "try")
    first, second = done.stdout.split("=== Second run")
    assert done.returncode == 0, done.stderr
    for part in ("--- Log ---", "--- Outputs ---", "--- Comment on #7 ---", "--- Job summary ---"):
        assert part in first
        assert part in second
    assert "join_url       http://127.0.0.1:" in first
    assert "status         created" in first
    assert "status         reused" in second
    assert "sessions 1, comments 1" in second
    assert list(tmp_path.iterdir()) == []


def test_ones_own_files_are_tried(tmp_path: Path) -> None:
    """Spec, background and event may be one's own."""
    (tmp_path / "mine.yml").write_text(SPEC.replace("Retrospective", "Mine"))
    (tmp_path / "notes.md").write_text("Notes\n")
    payload = pull_request_payload()
    payload["pull_request"]["number"] = 12
    (tmp_path / "event.json").write_text(json.dumps(payload))
    done = at_terminal(
        tmp_path, "try", "mine.yml", "--session-md", "notes.md", "--event", "event.json"
    )
    assert done.returncode == 0, done.stdout
    assert "Comment on #12" in done.stdout
    assert "topic          Mine" in done.stdout
    assert "Background for the facilitator: notes.md" in done.stdout


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "results"])
def test_a_starter_can_be_tried(tmp_path: Path, kind: str) -> None:
    """What `init` writes is created by the first run and reused by the second."""
    assert at_terminal(tmp_path, "init", kind).returncode == 0
    done = at_terminal(tmp_path, "try", f".harmonica/{kind}.yml")
    assert done.returncode == 0, done.stdout
    assert "status         reused" in done.stdout.split("=== Second run")[1]
    assert "sessions 1, comments 1" in done.stdout


@pytest.mark.parametrize(
    "names",
    [
        "template: Retrospective\nproject: Search\n",
        "distribution: [{channel: telegram, group: Team}, {channel: telegram, group: Team}]\n",
        "context_sources: [{session: 11111111-1111-4111-8111-111111111111}]\n",
        "context_from:\n- previous_session: {session: 11111111-1111-4111-8111-111111111111}\n",
    ],
)
def test_what_a_spec_names_is_taken_for_known(tmp_path: Path, names: str) -> None:
    """No account is asked about a template, project, group or session, and none is counted."""
    (tmp_path / "mine.yml").write_text(SPEC + names)
    done = at_terminal(tmp_path, "try", "mine.yml")
    assert done.returncode == 0, done.stdout
    assert "Warning" not in done.stdout
    assert "sessions 1, comments 1" in done.stdout


def test_the_example_event_has_every_value(tmp_path: Path) -> None:
    """Whatever a spec may say of a pull request is there to be said, and no other title."""
    fields = NAMES["pull_request"] or ()
    texts = [it for it in fields if it not in ("body", "labels")]
    goal = " ".join(f"{it}={{{{ pull_request.{it} }}}}" for it in texts)
    goal += " labels={{ pull_request.labels | join(', ') }}"
    (tmp_path / "mine.yml").write_text(
        f"topic: t\ngoal: |\n  {goal}\ncontext_from: [pull_request]\n"
    )
    done = at_terminal(tmp_path, "try", "mine.yml")
    assert done.returncode == 0, done.stdout
    for part in ("title=Rank results by freshness", "labels=search, retro", "merged_at=2026-01-09"):
        assert part in done.stdout
    assert "A pull request" not in done.stdout


@pytest.mark.parametrize("event", ["check_run", "check_suite"])
def test_a_check_is_tried_on_its_pull_request(tmp_path: Path, event: str) -> None:
    """An event is known by what its payload holds."""
    named = {"pull_requests": [{"number": 12, "base": {"repo": {"id": 1}}}]}
    (tmp_path / "event.json").write_text(json.dumps({event: named}))
    done = at_terminal(tmp_path, "try", "--event", "event.json")
    assert done.returncode == 0, done.stdout
    assert "Comment on #12" in done.stdout


@pytest.mark.parametrize(
    ("payload", "first", "second"),
    [
        (None, "First run: pull_request, closed", "the same pull request again"),
        ({"schedule": "0 9 * * 5"}, "First run: schedule", "the same run again"),
        (
            {"action": "published", "release": {"id": 1, "tag_name": "v1"}},
            "First run: release, published",
            "the same run again",
        ),
    ],
)
def test_the_trial_says_what_it_runs(
    tmp_path: Path, payload: dict[str, Any] | None, first: str, second: str
) -> None:
    """No pull request is spoken of where the event has none."""
    words = []
    if payload:
        (tmp_path / "event.json").write_text(json.dumps(payload))
        words = ["--event", "event.json"]
    done = at_terminal(tmp_path, "try", *words)
    assert done.returncode == 0, done.stdout
    assert f"\n=== {first} ===\n" in done.stdout
    assert f"\n=== Second run: {second} ===\n" in done.stdout
    assert ("pull request" in done.stdout.lower()) is (payload is None)


@pytest.mark.parametrize("more", [0, 15])
def test_the_trial_says_a_failure_once(tmp_path: Path, more: int) -> None:
    """Neither the summary nor a second run says it again, nor a list of all there is to say."""
    lines = "".join(f"wrong_{number}: x\n" for number in range(more))
    (tmp_path / "mine.yml").write_text(f"topic: X\ngaol: y\ngoal: z\n{lines}")
    done = at_terminal(tmp_path, "try", "mine.yml")
    assert done.returncode == 1
    keys = ["gaol", *(f"wrong_{number}" for number in range(more))]
    assert [done.stdout.count(f"`{key}` is not a key here") for key in keys] == [1] * len(keys)
    assert done.stdout.count("Nothing was created.") == 1
    assert done.stdout.endswith("\nAfter one run: sessions 0, comments 0.\n")


def test_a_broken_spec_fails_the_trial(tmp_path: Path) -> None:
    """Its problems are shown with their places, and nothing is made."""
    (tmp_path / "mine.yml").write_text("topic: no\n")
    done = at_terminal(tmp_path, "try", "mine.yml")
    assert done.returncode == 1
    assert "Error: mine.yml:1:8: `topic` must be a text" in done.stdout
    assert "sessions 0, comments 0" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.yml"], "there is no file nowhere.yml"),
        (["--session-md", "nowhere.md"], "there is no file nowhere.md"),
        (["--event", "nowhere.json"], "there is no file nowhere.json"),
        (["--event", "list.json"], "list.json does not contain a JSON object"),
        (["--event", "broken.json"], "broken.json does not contain a JSON object"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(
    tmp_path: Path, words: list[str], message: str
) -> None:
    """What a person mistypes is no traceback."""
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "broken.json").write_text("{")
    done = at_terminal(tmp_path, "try", *words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    """What is piped into `head` ends without a word."""
    words = [sys.executable, "-u", "-m", "harmonica_session", "try"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(words, cwd=tmp_path, env=env, stdout=-1, stderr=-1) as trial:  # noqa: S603 - our own program
        assert trial.stdout
        assert trial.stderr
        assert trial.stdout.readline()
        trial.stdout.close()
        assert trial.stderr.read() == b""
        assert trial.wait() == 1


def test_a_hidden_comment_stays_hidden(tmp_path: Path) -> None:
    """What is shown is what a reader sees, not the receipt."""
    assert "receipt" not in at_terminal(tmp_path, "try").stdout
