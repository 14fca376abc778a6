"""Runs that end before they have told anybody: the next ones agree, and name each session too many.

What a run that is gone had asked for is still carried out, at the moment that the test says.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from harmonica_session.sandbox import Fault
from harness.consumer import NO_SESSIONS, pull_request_payload
from harness.machine import wait_until
from harness.process import run_python

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from harness.consumer import Consumer

CREATE = ("POST", "/api/v1/sessions")


def cut_off_while_creating(consumer: Consumer, by: signal.Signals) -> tuple[int, str]:
    """Send a run a signal while Harmonica makes its session; return exit code and log."""
    consumer.box.fail(*CREATE, Fault.hang())
    process = consumer.begin()
    wait_until(lambda: consumer.box.requests_to(*CREATE) != [])
    process.send_signal(by)
    log, _ = process.communicate(timeout=20)
    return process.returncode, log


def finish_first_create(consumer: Consumer) -> str:
    """Let Harmonica finish what the run that is gone had asked for; return the session's id."""
    before = {row["id"] for row in consumer.box.harmonica.sessions}
    consumer.box.harmonica.answer(consumer.box.requests_to(*CREATE)[0])
    [made] = [row for row in consumer.box.harmonica.sessions if row["id"] not in before]
    return str(made["id"])


def test_a_session_made_behind_a_killed_run_and_that_of_the_next_run_are_told_apart(
    consumer: Consumer,
) -> None:
    """Where both are being made at once, the older one counts, and the other one is named."""
    cut_off_while_creating(consumer, signal.SIGTERM)
    older = finish_first_create(consumer)
    consumer.age_sessions()
    # The next run looks before that one is there, and creates.
    consumer.box.fail("GET", "/api/v1/sessions", NO_SESSIONS)
    run = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    assert run.outputs["status"] == "reused"
    assert run.outputs["session_id"] == older
    [_, surplus] = consumer.box.harmonica.sessions
    assert surplus["id"] in run.messages("warning")
    [body] = consumer.bodies
    assert run.outputs["join_url"] in body


def test_a_killed_runs_session_is_adopted_by_the_next_run(consumer: Consumer) -> None:
    """Where it is there when the next run looks, nothing else is made."""
    cut_off_while_creating(consumer, signal.SIGTERM)
    made = finish_first_create(consumer)
    run = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    assert run.outputs["session_id"] == made
    assert run.messages("warning") == ""
    assert len(consumer.bodies) == 1


def test_a_killed_runs_session_that_turns_up_later_is_named_by_who_lists_it(
    consumer: Consumer,
) -> None:
    """The announced session stays, and the run that looks for a deleted comment's names the other.

    The runs between, which find the comment, need no list, and have nothing to say.
    """
    cut_off_while_creating(consumer, signal.SIGTERM)
    second = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "501"})
    consumer.age_sessions()
    late = finish_first_create(consumer)
    quiet = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "502"})
    assert quiet.annotations == []
    consumer.box.github.comments.clear()
    third = consumer.on_pull_request("synchronize", env={"GITHUB_RUN_ID": "503"})
    assert third.outputs["session_id"] == second.outputs["session_id"]
    assert late in third.messages("warning")
    assert len(consumer.bodies) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("interruptible")
def test_who_is_cancelled_while_creating_says_what_may_still_appear(consumer: Consumer) -> None:
    """Nothing can call the session back, so the log says who will use or name it."""
    code, log = cut_off_while_creating(consumer, signal.SIGINT)
    assert code == 130
    assert "A session that was being created may still appear in Harmonica." in log
    assert "names the one that does not count" in log
    assert "Traceback" not in log


def run_with(
    tmp_path: Path, *lines: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of these lines, and the command line of the action in it."""
    program = tmp_path / "program.py"
    program.write_text("\n".join(("import os, signal, sys", *lines)), "utf-8")
    return run_python(str(program), env=env)


def test_an_interrupt_before_the_beginning_ends_in_a_word(tmp_path: Path) -> None:
    """Who cancels while the libraries are being loaded sees no traceback."""
    run = run_with(
        tmp_path,
        "class Interrupt:",
        "    def find_spec(self, name, path=None, target=None):",
        "        if name == 'harmonica_session.step':",
        "            raise KeyboardInterrupt",
        "sys.meta_path.insert(0, Interrupt())",
        "from harmonica_session.cli import main",
        "sys.exit(main(['action']))",
    )
    assert run.returncode == 130
    assert run.stdout == "Canceled before anything was done.\n"
    assert run.stderr == ""


def test_an_interrupt_that_leaves_a_lock_behind_is_not_waited_for(
    consumer: Consumer, tmp_path: Path
) -> None:
    """It may come when the pool of connections has just been locked, and nobody unlocks it."""
    run = run_with(
        tmp_path,
        "from httpcore._synchronization import ThreadLock",
        "def trace(frame, event, arg):",
        "    return leave if frame.f_code is ThreadLock.__enter__.__code__ else None",
        "def leave(frame, event, arg):",
        "    if event == 'return':",
        "        sys.settrace(None)",
        "        raise KeyboardInterrupt",
        "    return leave",
        "from harmonica_session.cli import main",
        "sys.settrace(trace)",
        "sys.exit(main(['action']))",
        env=consumer.variables("pull_request", pull_request_payload()),
    )
    assert run.returncode == 130
    assert "Canceled" in run.stdout
    assert run.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupt_after_the_end_changes_nothing(tmp_path: Path) -> None:
    """All is said by then, and Python on its way out would end in a traceback."""
    run = run_with(
        tmp_path,
        "signal.signal(signal.SIGINT, signal.default_int_handler)",
        "from harmonica_session.cli import main",
        "code = main(['action'])",
        "os.kill(os.getpid(), signal.SIGINT)",
        "sys.exit(code)",
    )
    assert run.returncode == 1
    assert "HARMONICA_API_KEY is not set" in run.stdout
    assert run.stderr == ""
