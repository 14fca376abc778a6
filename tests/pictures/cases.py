"""The documents that the pictures show: each from real runs against stand-ins of the services.

It must not write a comment or a summary itself.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from harmonica_session.sandbox import Fault, Sandbox
from harness.circle import ROUND, Circle
from harness.consumer import Consumer, pull_request_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.consumer import Run

_BAD = Path(__file__).parents[1] / "specs/bad/six-mistakes.yml"
_SPEC = ".harmonica/session.yml"
_EXAMPLE = """\
topic: "Retrospective on #{{ pull_request.number }}: {{ pull_request.title }}"
goal: Agree on one thing that we do differently next time
critical: What slowed us down most, and would have been easy to avoid?
questions:
  - What is your name?
  - text: What was your part in it?
    type: Options
    options: [I wrote it, I reviewed it, I asked for it]
results_visibility: participants
open_for: 5d
takes: 10 min
"""
_TWELVE = """\
topic: Quarterly survey
goal: Learn what the next quarter should begin with
questions: [{}]
cross_pollination: true
results_visibility: public
""".format(
    ", ".join(f"'Question {n} of twelve, and what comes to your mind first?'" for n in range(1, 13))
)
_FROM_RIGHT = """\
topic: "רטרוספקטיבה: שבוע 48 (Search)."
goal: "ما الذي سنفعله بشكل مختلف؟"
critical: "מה עיכב אותנו, ולמה?"
questions: ["מה שמך?", "מה היה החלק שלך (Code)?"]
results_visibility: participants
invitation: |
  עשר דקות על החיפוש החדש,
  לפני שנשכח.
"""
_OWN_WORDS = """\
topic: How was the new search?
goal: |
  Agree on
  - one thing that we keep
  - one thing that we change
critical: What would you undo?
invitation: |
  Before we forget: ten minutes on the new search.
  {{ pull_request.author }} reads all of it on Friday.
takes: 10 min
questions: ["What is your name, and\\nwhat was your part?"]
results_visibility: host
"""


_FULL = Fault.body(
    '{"error": {"code": "forbidden", "message": "Your plan has 3 active sessions"}}',
    status=403,
    content_type="application/json",
)


class Case(NamedTuple):
    """What people see in one case.

    Attributes:
        name: Of its file.
        comment: As it stands on GitHub, its receipt in the first line; empty where there is none.
        summary: The job summary.
    """

    name: str
    comment: str
    summary: str


@contextmanager
def _consumer(spec: str = _EXAMPLE) -> Iterator[Consumer]:
    with Sandbox() as box, tempfile.TemporaryDirectory() as folder:
        consumer = Consumer(box, Path(folder))
        consumer.write(_SPEC, spec)
        yield consumer


def _run(consumer: Consumer, title: str = "Rank results by freshness", **inputs: str) -> Run:
    payload: dict[str, Any] = pull_request_payload()
    payload["pull_request"] |= {"title": title, "user": {"login": "octo"}, "html_url": ""}
    payload["repository"]["private"] = False
    env = {"GITHUB_SERVER_URL": consumer.box.server_url}
    return consumer.run("pull_request", payload, env, **inputs)


def _seen(consumer: Consumer, run: Run) -> tuple[str, str]:
    return "\n\n".join(consumer.bodies), run.summary


def _created(spec: str = _EXAMPLE, title: str = "Rank results by freshness") -> tuple[str, str]:
    with _consumer(spec) as consumer:
        return _seen(consumer, _run(consumer, title))


def _stale() -> tuple[str, str]:
    with _consumer() as consumer:
        _run(consumer)
        consumer.box.harmonica.sessions[0]["participant_count"] = 3
        consumer.write(
            _SPEC, _EXAMPLE.replace("one thing", "two things").replace("your part", "your role")
        )
        return _seen(consumer, _run(consumer))


def _completed() -> tuple[str, str]:
    with _consumer() as consumer:
        _run(consumer)
        consumer.box.harmonica.sessions[0]["status"] = "completed"
        consumer.write(_SPEC, _EXAMPLE.replace("one thing", "two things"))
        return _seen(consumer, _run(consumer))


def _results() -> tuple[str, str]:
    with _consumer() as consumer:
        circle = Circle(consumer, ROUND)
        circle.end(
            "# What we saw\n\nReviews took long, and nobody said so.\n\n- small changes helped\n"
            "- see https://evil.example and @octo",
            [{"description": "Split the module", "owner": "@octo", "due": "Friday"}],
        )
        return _seen(consumer, circle.results(actions="issues"))


def _failed() -> tuple[str, str]:
    with _consumer(_BAD.read_text("utf-8")) as consumer:
        return _seen(consumer, _run(consumer))


def _several() -> tuple[str, str]:
    with _consumer() as consumer:
        for name in ("design", "support"):
            text = f"topic: How is {name} doing?\ngoal: Agree on one change\n"
            consumer.write(f".harmonica/{name}.yml", text)
        consumer.box.fail("POST", "/api/v1/sessions", _FULL, times=1)
        return _seen(consumer, _run(consumer, spec=".harmonica/design.yml\n.harmonica/support.yml"))


def _fork() -> tuple[str, str]:
    with _consumer() as consumer:
        payload = pull_request_payload(head_repository=2)
        return _seen(consumer, consumer.run("pull_request", payload, api_key=""))


def _dry_run() -> tuple[str, str]:
    with _consumer() as consumer:
        return _seen(consumer, _run(consumer, dry_run="true"))


_MADE: dict[str, Callable[[], tuple[str, str]]] = {
    "created": _created,
    "own-words": lambda: _created(_OWN_WORDS),
    "stale": _stale,
    "completed": _completed,
    "results": _results,
    "failed": _failed,
    "several": _several,
    "fork": _fork,
    "dry-run": _dry_run,
    "phishing": lambda: _created(
        title="Please join here instead: https://evil.example/join www.evil.example "
        "join@evil.example [Join the session](https://evil.example) @octo #1"
    ),
    "long-topic": lambda: _created(title=("Rank results by freshness, " * 12)[:300]),
    "from-right": lambda: _created(_FROM_RIGHT),
    "twelve-questions": lambda: _created(_TWELVE),
}
NAMES = tuple(_MADE)


def case(name: str) -> Case:
    """Return what people see in a case; it takes the runs that lead there."""
    return Case(name, *_MADE[name]())
