"""A round of a session, from its announcement to what came of it, moved through time.

It must not use the code under test to read what that code has written, but for signatures.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from harmonica_session.announcement.receipt import Seal
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment
from harness.consumer import SPEC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harmonica_session.announcement.receipt import OurComment
    from harmonica_session.sandbox import Sandbox
    from harness.consumer import Consumer, Run

PATH = ".harmonica/session.yml"
ROUND = f"{SPEC}open_for: 5d\nexpected: 3\nremind: 1d\nresults_visibility: public\n"
ACTIONS = [{"description": "Write it down", "owner": "@octo"}]
LABEL = {"name": "harmonica-session"}


class Circle:
    """A session that is announced on pull request 7, or in an issue of its own."""

    def __init__(self, consumer: Consumer, spec: str = ROUND) -> None:
        """Create the session and announce it."""
        self.consumer = consumer
        consumer.write(PATH, spec)
        run = consumer.on_pull_request()
        assert run.code == 0, run.log
        self.join_url = run.outputs["join_url"]
        self._first = str(self._comment["body"])

    @property
    def box(self) -> Sandbox:
        """The services."""
        return self.consumer.box

    @property
    def session(self) -> dict[str, Any]:
        """The session's row, the newest where there are several."""
        return self.box.harmonica.sessions[-1]

    @property
    def _comment(self) -> dict[str, Any]:
        return self.box.github.comments[0]

    @property
    def body(self) -> str:
        """The first comment."""
        return str(self._comment["body"])

    @property
    def issue(self) -> dict[str, Any]:
        """The session's own issue."""
        return self.box.github.issues[8]

    @property
    def seal(self) -> Seal:
        """What signs for the spec."""
        return Seal([SecretStr(self.box.api_key)], "1", PATH, is_app=True)

    def read(self) -> OurComment | None:
        """Return the first comment as the next run reads it."""
        row = self._comment
        return self.seal.read(Comment(id=row["id"], body=row["body"]), Place(7))

    def ask_for(self, visibility: str) -> None:
        """Let the receipt say that somebody else was asked for."""
        ours = self.read()
        assert ours is not None
        receipt = ours.receipt.model_copy(update={"results_visibility": visibility})
        text = self.body.partition("\n")[2]
        self._comment["body"] = self.seal.signed(receipt, Place(7), text)

    @staticmethod
    def open(body: str) -> str:
        """Return a text with what its receipt holds, which anybody can read."""
        line, _, text = body.partition("\n")
        found = re.search(r"receipt v1 (\S+) ", line)
        return f"{b64decode(found[1]).decode()}\n{text}" if found else body

    def seal_holds(self) -> bool:
        """Say whether the text of the first comment is the one that was signed."""
        ours = self.read()
        return ours is not None and ours.is_signed and ours.is_intact

    def results(self, **inputs: str) -> Run:
        """Ask for the results of what is announced on pull request 7."""
        return self.consumer.on_pull_request("synchronize", command="results", **inputs)

    def days_pass(self, days: float) -> None:
        """Move every clock on."""
        self.consumer.clock.ahead += timedelta(days=days)
        self.box.advance(timedelta(days=days))

    def find(
        self, summary: str, actions: Sequence[object] = tuple(ACTIONS), **knowledge: object
    ) -> None:
        """Say what is to come out of the session."""
        self.box.harmonica.set_results(
            self.session, summary=summary, actions=[*actions], **knowledge
        )

    def end(
        self, summary: str, actions: Sequence[object] = tuple(ACTIONS), **knowledge: object
    ) -> None:
        """Let two take part, and let the end of the round pass."""
        self.session["participant_count"] = 2
        self.find(summary, actions, **knowledge)
        self.days_pass(5.1)

    def asked(self, what: str) -> list[object]:
        """Return the requests by which Harmonica was to write something."""
        return [*self.box.requests_to("POST", f"/api/v1/sessions/[^/]+/{what}")]

    def written(self, path: str) -> str:
        """Return the text of a file in the checkout, empty where there is none."""
        file = self.consumer.root / path
        return file.read_text("utf-8") if file.exists() else ""

    def label(self) -> None:
        """Label the pull request, so that a schedule finds it."""
        self.box.github.change(7, labels=[LABEL])

    def announce_anew(self) -> None:
        """Post the invitation once more, as if nothing had come after it."""
        self.box.github.add_comment(7, self._first, "github-actions[bot]", "Bot")

    def also_announce(self, spec: str) -> None:
        """Announce the session of another spec on the same pull request."""
        self.consumer.write(spec, ROUND.replace("Retrospective", "Another topic"))
        run = self.consumer.on_pull_request(spec=spec)
        assert run.code == 0, run.log

    def also_announce_on(self, number: int) -> None:
        """Announce the same session on another pull request."""
        self.box.github.add_pull(number)
        self.box.github.change(number, labels=[LABEL])
        self._announce(Place(number))

    def move_to_issue(self) -> None:
        """Announce the session in issue 8, and nowhere else."""
        issue = self.box.github.add_issue(8, "Retrospective")
        issue["user"] = {"login": "github-actions[bot]", "type": "Bot"}
        self.box.github.change(7, labels=[])
        self.box.github.change(8, labels=[LABEL])
        self._announce(Place(8, is_own_issue=True))
        self.box.github.comments.clear()

    def _announce(self, place: Place) -> None:
        ours = self.read()
        assert ours is not None
        receipt = ours.receipt.model_copy(update={"after": 0})
        body = self.seal.signed(receipt, place, self.body.partition("\n")[2])
        if place.is_own_issue:
            self.box.github.change(8, body=body)
        elif place.number:
            self.box.github.add_comment(place.number, body, "github-actions[bot]", "Bot")

    @staticmethod
    def naming(line: str, spec: str) -> str:
        """Return a receipt that names another spec, with a signature that does not hold."""
        start, payload, end = line.rsplit(" ", 3)[0], *line.rsplit(" ", 3)[1:3]
        content = json.loads(b64decode(payload))
        content["place"][1] = spec
        return f"{start} {b64encode(json.dumps(content).encode()).decode()} {end} -->"
