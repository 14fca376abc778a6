"""Carries out a scenario of the campaign with the action's own entry, in threads and processes.

It must not judge what comes of it, and must hold no test.
"""

from __future__ import annotations

import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from harmonica_session.announcement.receipt import Receipt, Seal
from harmonica_session.words.place import Place
from harness.consumer import HEAD, SPEC, Consumer, HurriedClock, Run
from harness.machine import SECONDS
from harness.runner import outputs_of
from harness.scenario import FAULTS, Part, Scenario

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from harmonica_session.sandbox import Sandbox
    from harmonica_session.sandbox.exchange import Request, Row

BOT = "github-actions[bot]"
_SPEC_PATH = ".harmonica/session.yml"
_ELSEWHERE = "https://evil.example/chat?s=1"
# One second of a pause, in seconds.
_BRISK = 0.03
_MOST_UNLISTED = 5
_STILL = Part(
    action="synchronize",
    run_id=0,
    attempt=1,
    version=0,
    lag=None,
    ending="",
    requests=0,
    pause=0,
    is_process=False,
    is_read_only=False,
    timeout=120,
    is_rotated=False,
    create_delay=0,
    unlisted=0,
    troubles=(),
    deed="",
)


class BriskClock(HurriedClock):
    """A clock whose pauses take a little time, so that others can go on meanwhile."""

    def sleep(self, seconds: float) -> None:
        """Wait a little, and count the rest."""
        time.sleep(seconds * _BRISK)
        super().sleep(seconds * (1 - _BRISK))


@dataclass(frozen=True)
class Told:
    """A run, and what it left behind.

    Attributes:
        part: The run.
        door: Where it has found both services, as `host:port`.
        run: What it left behind.
    """

    part: Part
    door: str
    run: Run

    @property
    def is_cut(self) -> bool:
        """Whether it was cut off before it was over."""
        return self.run.code not in (0, 1)


@dataclass
class Campaign:
    """One pull request with everything that happens to it.

    Attributes:
        box: The services.
        folder: Holds the folder of each run.
        plan: What happens.
        told: What all runs left behind, the two clean ones last.
        foreign: What others have written, by the number of the comment.
    """

    box: Sandbox
    folder: Path
    plan: Scenario
    told: list[Told] = field(default_factory=list)
    foreign: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a second key of the account, and a token that may not comment."""
        self.keys = [self.box.api_key, self.box.harmonica.add_key()]
        github = self.box.github
        self.read_only = f"ghs_reader{1:029d}"
        github.add_token(self.read_only, login=BOT, type="Bot", installation=True)
        github.read_only.add(self.read_only)
        github.add_pull(7, head_sha=HEAD)
        harmonica = self.box.harmonica
        harmonica.hours_east = self.plan.hours_east
        harmonica.is_created_off = self.plan.is_created_off
        self.report: Row | None = None
        self.is_copied = False

    @property
    def is_rotated(self) -> bool:
        """Whether the last run had the new key."""
        return self.plan.parts[-1].is_rotated

    @property
    def seal(self) -> Seal:
        """What knows our receipts at the end."""
        keys = self.keys[::-1] if self.is_rotated else self.keys[:1]
        return Seal([SecretStr(key) for key in keys], "1", _SPEC_PATH, is_app=True)

    def carry_out(self) -> None:
        """Let everything happen, heal it, and let two clean runs follow."""
        with ThreadPoolExecutor(len(self.plan.parts)) as pool:
            begun: list[Future[Told]] = []
            for number, part in enumerate(self.plan.parts):
                if part.lag is None:
                    self._await(begun)
                else:
                    time.sleep(part.lag)
                self._trouble(part)
                begun.append(pool.submit(self._run, number, part))
            self._await(begun)
            self.told += [future.result() for future in begun]
        self._heal()
        last = self.plan.parts[-1]
        for number in (1, 2):
            run_id = 900 if self.plan.once_per == "run" else 900 + number
            facts = {"run_id": run_id, "version": last.version, "is_rotated": last.is_rotated}
            facts["is_process"] = self.plan.seed % 5 == number
            self.told.append(self._run(100 + number, Part(**{**vars(_STILL), **facts})))

    def _await(self, begun: list[Future[Told]]) -> None:
        for future in begun:
            future.result(timeout=SECONDS)

    def _trouble(self, part: Part) -> None:
        """Let others do their deed, and order the faults."""
        if part.deed:
            self._do(part.deed)
        self.box.harmonica.create_delay = part.create_delay
        self.box.harmonica.unlisted_reads = part.unlisted
        for it in part.troubles:
            self.box.fail(*it.route, FAULTS[it.name], times=it.times, after=it.after)

    def _heal(self) -> None:
        self.box.heal()
        if self.plan.is_at_rest:
            time.sleep(self.box.harmonica.create_delay)
        self.box.harmonica.create_delay = 0
        self.box.harmonica.unlisted_reads = 0
        for asked in self.box.requests_to("GET", "/api/v1/sessions")[:1] * _MOST_UNLISTED:
            self.box.harmonica.answer(asked)

    def _do(self, deed: str) -> None:
        """Let others change what stands on the pull request."""
        github = self.box.github
        ours = [row for row in github.comments if row["id"] not in self.foreign]
        if deed == "report":
            self.report = github.add_comment(7, "Coverage: 97 %", login=BOT, type="Bot")
            self._keep(self.report)
        elif deed == "forge":
            receipt = Receipt(session_id="1", join_url=_ELSEWHERE, written_by="9" * 18)
            forger = Seal([SecretStr("hm_live_forged")], "1", _SPEC_PATH, is_app=True)
            body = forger.signed(receipt, Place(7), f"[Join the session]({_ELSEWHERE})")
            self._keep(github.add_comment(7, body, login=BOT, type="Bot"))
        elif not ours:
            return
        elif deed == "copy":
            copied = ours[-1]["body"]
            if self.report and self.report["id"] < ours[-1]["id"]:
                line = copied.partition("\n")[0]
                self.report["body"] = f"{line}\n[Join the session]({_ELSEWHERE})"
                self._keep(self.report)
            else:
                self._keep(github.add_comment(7, copied, login="mirror[bot]", type="Bot"))
                self.is_copied = True
        elif self.is_copied:
            # A copy to the letter stands in for ours once that is gone or altered.
            return
        elif deed == "delete":
            github.comments.remove(ours[-1])
        elif deed == "edit":
            ours[-1]["body"] = f"{ours[-1]['body']}\nPlease join {_ELSEWHERE} instead."
        elif deed == "unsign":
            ours[-1]["body"] = ours[-1]["body"].partition("\n")[2]
            self._keep(ours[-1])

    def _keep(self, row: Row) -> None:
        self.foreign[row["id"]] = row["body"]

    def _run(self, number: int, part: Part) -> Told:
        door = self.box.open_door()
        consumer = Consumer(self.box, self.folder / f"run-{number}", clock=BriskClock())
        consumer.check_out(_SPEC_PATH, self._spec(part.version))
        consumer.inputs = {
            "api_url": door,
            "api_key": self.keys[part.is_rotated],
            "previous_api_key": self.keys[0] if part.is_rotated else "",
            "github_token": self.read_only if part.is_read_only else self.box.github_token,
            "once_per": self.plan.once_per,
            "timeout": str(part.timeout),
        }
        env = {
            "GITHUB_API_URL": f"{door}/github/api/v3",
            "GITHUB_RUN_ID": str(part.run_id),
            "GITHUB_RUN_ATTEMPT": str(part.attempt),
            "RUNNER_DEBUG": "1",
        }
        host = door.removeprefix("http://")
        if part.ending or part.is_process:
            return Told(part, host, self._process(consumer, part, host, env))
        return Told(part, host, consumer.on_pull_request(part.action, env=env))

    @property
    def welcome(self) -> str:
        """What the counting session is to welcome people with at the end, empty for nothing."""
        is_used = self.plan.seed % 3 == 0
        return f"It takes {self.plan.parts[-1].version + 1} minutes." if is_used else ""

    def _spec(self, version: int) -> str:
        spec = SPEC.replace("one change", f"{version + 1} changes")
        if self.welcome:
            spec += f"welcome_message: It takes {version + 1} minutes.\n"
        return spec

    def _process(self, consumer: Consumer, part: Part, door: str, env: dict[str, str]) -> Run:
        """Run the action as a process, and cut it off when its time has come."""
        process = consumer.begin(part.action, env)
        if part.ending:
            while process.poll() is None and len(self.requests_of(door)) < part.requests:
                time.sleep(0.002)
            time.sleep(part.pause)
            if part.ending == "kill" or sys.platform == "win32":
                process.kill()
            else:
                process.send_signal(signal.SIGINT)
        log, _ = process.communicate(timeout=SECONDS)
        outputs = outputs_of(consumer.output_file)
        outputs.pop("sessions", "")
        return Run(process.returncode, log, outputs, consumer.summary_file.read_text("utf-8"))

    def requests_of(self, door: str) -> list[Request]:
        """Return what came through one door."""
        return [it for it in self.box.requests if it.headers.get("host") == door]
