"""A scenario of the campaign: runs on one pull request and what goes wrong, all from one seed.

It must not carry anything out, and must hold no test.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from harmonica_session.sandbox import Fault
from harness.consumer import GITHUBS_LIMIT, HARMONICAS_LIMIT, NO_COMMENTS, NO_SESSIONS

_PAGE = "<html><body><h1>Please come back later</h1></body></html>"
_FORBIDDEN = {"error": {"code": "forbidden", "message": "You don't have access to this session"}}
_SOON = {"Retry-After": "1"}
_LATER = {"Retry-After": "300"}
FAULTS: dict[str, Fault] = {
    "500": Fault.status(500),
    "500 after": Fault.status_after(500),
    "502 page": Fault.status(502, body=_PAGE),
    "502 page after": Fault.status_after(502, body=_PAGE),
    "503 soon": Fault.status(503, headers=_SOON, body=_PAGE),
    "503 soon after": Fault.status_after(503, headers=_SOON, body=_PAGE),
    "503 later after": Fault.status_after(503, headers=_LATER),
    "403 soon": Fault.status(403, headers=_SOON, body=_PAGE),
    "403 soon after": Fault.status_after(403, headers=_SOON),
    "429 soon": Fault.status(429, headers=_SOON),
    "429 soon after": Fault.status_after(429, headers=_SOON, body=_PAGE),
    "504 after": Fault.status_after(504, body=_PAGE),
    "drop": Fault.drop(),
    "drop after": Fault.drop_after(),
    "truncate": Fault.truncate(),
    "hang": Fault.hang(),
    "hang after": Fault.hang_after(),
    "late": Fault.hang_after(0.3),
    "Harmonica's limit": Fault.status(429, headers=_SOON, body=HARMONICAS_LIMIT),
    "GitHub's limit": Fault.status(429, headers=_SOON, body=GITHUBS_LIMIT),
    "refused": Fault.status(403, body=_FORBIDDEN),
    "no sessions": NO_SESSIONS,
    "no comments": NO_COMMENTS,
}
_SPECIAL = ("Harmonica's limit", "GitHub's limit", "refused", "no sessions", "no comments")
_ANYWHERE = tuple(name for name in FAULTS if name not in _SPECIAL)
_ISSUES = "/repos/octo/garden/issues"
CREATE = ("POST", "/api/v1/sessions")
LIST = ("GET", "/api/v1/sessions")
LOOK = ("GET", "/api/v1/sessions/[^/]+")
ROUTES: dict[tuple[str, str], tuple[str, ...]] = {
    CREATE: ("Harmonica's limit",),
    LIST: ("Harmonica's limit", "no sessions"),
    LOOK: ("Harmonica's limit", "refused", "refused"),
    ("PATCH", "/api/v1/sessions/[^/]+"): ("Harmonica's limit",),
    ("POST", "/api/v1/sessions/.*prompt"): ("Harmonica's limit",),
    ("GET", "/api/v1/sessions/.*/responses"): ("Harmonica's limit", "refused"),
    ("GET", f"{_ISSUES}/7/comments"): ("GitHub's limit", "no comments"),
    ("POST", f"{_ISSUES}/7/comments"): ("GitHub's limit",),
    ("PATCH", f"{_ISSUES}/comments/.*"): ("GitHub's limit",),
    ("DELETE", f"{_ISSUES}/comments/.*"): ("GitHub's limit",),
    ("GET", "/repos/octo/garden/actions/runs/.*"): ("GitHub's limit",),
    ("*", "/.*"): (),
}
# What others do to the comments before a run.
DEEDS = ("delete", "edit", "unsign", "forge", "copy", "report")


@dataclass(frozen=True)
class Trouble:
    """A fault that the next requests to a route meet, some of them passing unharmed before."""

    route: tuple[str, str]
    name: str
    times: int | None
    after: int

    def __str__(self) -> str:
        """Say it in a line."""
        times = "always" if self.times is None else f"{self.times} times"
        return f"{' '.join(self.route)}: {self.name}, {times}, after {self.after}"


@dataclass(frozen=True)
class Part:
    """One run of the action.

    Attributes:
        action: Of the event on the pull request.
        run_id: The workflow run.
        attempt: Of that run.
        version: Of the spec.
        lag: Seconds after the beginning of the run before; None once all of them are over.
        ending: How it is cut off: `kill`, `interrupt`, or not at all.
        requests: How many requests it has sent by then.
        pause: Seconds from then on.
        is_process: Whether it is a process of its own, though nothing cuts it off.
        is_read_only: Whether its token may not comment.
        timeout: In seconds.
        is_rotated: Whether the API key is a new one.
        create_delay: Seconds that a create takes from now on.
        unlisted: How many lists leave a new session out from now on.
        troubles: What goes wrong from now on.
        deed: What others do before.
    """

    action: str
    run_id: int
    attempt: int
    version: int
    lag: float | None
    ending: str
    requests: int
    pause: float
    is_process: bool
    is_read_only: bool
    timeout: int
    is_rotated: bool
    create_delay: float
    unlisted: int
    troubles: tuple[Trouble, ...]
    deed: str

    def __str__(self) -> str:
        """Say what differs from a run to which nothing happens."""
        said: dict[str, Any] = {**vars(self), "troubles": [str(it) for it in self.troubles]}
        usual: tuple[object, ...] = ("", [], None)
        return ", ".join(f"{name}={value}" for name, value in said.items() if value not in usual)


@dataclass(frozen=True)
class Scenario:
    """Runs on one pull request; two clean ones follow.

    Attributes:
        seed: What it was made from.
        once_per: The input.
        parts: The runs.
        is_at_rest: Whether the clean runs wait for what Harmonica is still making.
        hours_east: How far east of its database Harmonica's process runs.
        is_created_off: Whether that shows in `created_at`, and not in `updated_at`.
    """

    seed: int
    once_per: str
    parts: tuple[Part, ...]
    is_at_rest: bool
    hours_east: int
    is_created_off: bool

    def __str__(self) -> str:
        """Say in lines what is done."""
        head = f"seed {self.seed}: once-per {self.once_per}, at rest: {self.is_at_rest}"
        if self.hours_east:
            off = "created_at" if self.is_created_off else "updated_at"
            head += f", {off} is {-self.hours_east} hours off"
        return "\n".join((head, *(f"  {part}" for part in self.parts)))

    @property
    def is_plain(self) -> bool:
        """Whether nothing excuses a second session, or none."""
        excuses = ("no sessions",)
        # The first attempt for an opened pull request looks for no earlier one.
        is_repeated = any(it.action == "opened" and it.attempt == 1 for it in self.parts[1:])
        return not is_repeated and not any(
            part.ending
            or part.lag is not None
            or part.create_delay
            or part.unlisted
            or any(
                trouble.route in (CREATE, ("*", "/.*")) or trouble.name in excuses
                for trouble in part.troubles
            )
            for part in self.parts
        )

    @property
    def is_changed(self) -> bool:
        """Whether the spec is not the same in all runs."""
        return len({part.version for part in self.parts}) > 1


def scenario(seed: int) -> Scenario:
    """Return the scenario of a seed."""
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret
    once_per = dice.choice(("pull-request",) * 5 + ("run", "topic"))
    calm = dice.random() < 0.15
    changes = dice.random() < 0.3
    rotates = dice.random() < 0.15
    parts: list[Part] = []
    for number in range(dice.choice((1, 2, 2, 3, 3))):
        parts.append(_part(dice, parts, calm=calm))
        part = parts[-1]
        version = number if changes else 0
        # Who has the new key only may meet nobody who has the old one only.
        is_rotated = rotates and number > 0 and (part.lag is None or parts[-2].is_rotated)
        parts[-1] = Part(**{**vars(part), "version": version, "is_rotated": is_rotated})
    return Scenario(
        seed,
        once_per,
        tuple(parts),
        is_at_rest=dice.random() < 0.7,
        hours_east=dice.choice((0, 0, 0, 1, 14, -12)),
        is_created_off=dice.random() < 0.5,
    )


def _part(dice: random.Random, earlier: list[Part], *, calm: bool) -> Part:
    before = earlier[-1] if earlier else None
    ending = "" if calm else dice.choice(("",) * 5 + ("kill", "kill", "interrupt"))
    is_again = before is not None and dice.random() < 0.3
    run_id = 500 if before is None else before.run_id + (0 if is_again else 1)
    attempt = before.attempt + dice.randint(0, 1) if before and is_again else 1
    is_opened = dice.random() < (0.8 if before is None else 0 if calm else 0.2)
    overlaps = before is not None and not calm and dice.random() < 0.5
    troubles = tuple(_trouble(dice) for _ in range(dice.choice((0, 1, 1, 2, 2, 3))))
    # What an earlier run did not meet, this one may.
    met = (*troubles, *(it for part in earlier for it in part.troubles))
    hangs = any("hang" in it.name for it in met)
    deed = dice.choice(DEEDS) if dice.random() < 0.3 else ""
    # What a run is just about to edit would be signed again.
    deed = "edit" if deed == "unsign" and overlaps else deed
    return Part(
        action="opened" if is_opened else "synchronize",
        run_id=run_id,
        attempt=attempt,
        version=0,
        lag=dice.choice((0, 0, 0.02, 0.1, 0.3)) if overlaps else None,
        ending=ending,
        requests=dice.randint(1, 8),
        pause=dice.choice((0, 0, 0.005, 0.05, 0.2)),
        is_process=dice.random() < 0.1,
        is_read_only=dice.random() < 0.15,
        timeout=dice.choice((1, 2)) if hangs else dice.choice((3, 20, 60)),
        is_rotated=False,
        create_delay=0 if calm or dice.random() < 0.75 else round(dice.uniform(0.1, 1), 2),
        unlisted=0 if calm or dice.random() < 0.75 else dice.randint(1, 4),
        troubles=troubles,
        deed=deed,
    )


def _trouble(dice: random.Random) -> Trouble:
    route = dice.choice(tuple(ROUTES))
    times = dice.choice((1, 1, 1, 2, 3, 5, None))
    return Trouble(
        route, dice.choice((*_ANYWHERE, *ROUTES[route])), times, dice.choice((0, 0, 1, 2))
    )
