"""Puts labels and people where a session is announced: on its issue, or on the pull request.

This module must not let what GitHub refuses fail the run, nor write an announcement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.errors import Refused, ServiceError, clip
from harmonica_session.session.announce import ABOUT
from harmonica_session.words.place import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harmonica_session.session.outcome import Outcome
    from harmonica_session.world import World

_WITHOUT_IT = "; without the label, later runs may not find the announcement"


def label(world: World, outcome: Outcome) -> None:
    """Put on an announcement what later runs and people find it by, unless it is there.

    It comes after the announcement, for one name that GitHub refuses would refuse that as well.
    """
    github, place, post = world.github, outcome.plan.task.place, outcome.comment
    if github is None or post is None:
        return
    if place.is_own_issue:
        number = post.id
        # Of who may not label, GitHub takes an issue all the same, and leaves the labels out.
        names = _missing([LABEL, *world.inputs.labels], post.labels)
        _add(world, "label", names, lambda it: github.issues.add_labels(number, it))
        people = _missing(world.inputs.assignees, post.assignees)
        _add(world, "assignee", people, lambda it: github.issues.add_assignees(number, it))
    elif place.number is not None:
        number = place.number
        _add(world, "label", [LABEL], lambda it: github.issues.add_labels(number, it))


def _missing(wanted: Sequence[str], present: Sequence[str]) -> list[str]:
    known = {name.casefold() for name in present}
    return [name for name in wanted if name.casefold() not in known]


def _add(
    world: World, what: str, names: Sequence[str], add: Callable[[Sequence[str]], list[str]]
) -> None:
    """Add names; what is refused of them is a warning."""
    if not names:
        return
    try:
        refused, because = add(names), "GitHub does not accept it"
    except ServiceError as error:
        refused, because = [*names], str(error)
        if isinstance(error, Refused) and error.is_denial:
            # `pull-requests: write` puts a label on a pull request, but does not create one.
            because = error.advised("issues: write")
    for name in refused:
        then = _WITHOUT_IT if name == LABEL else ""
        message = f"The {what} `{clip(name)}` was not added: {because}{then}"
        world.runner.warn(message, about=ABOUT)
