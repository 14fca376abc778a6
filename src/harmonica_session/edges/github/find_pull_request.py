"""Finds the pull request that a run is about: by the event alone, or by asking GitHub once.

This module must not read what stands on it, nor decide whether anything is announced there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session import event as events

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.event import Event
    from harmonica_session.inputs import Inputs
    from harmonica_session.words.place import Place


def find_pull_request(github: GitHub | None, inputs: Inputs, event: Event) -> int | None:
    """Return the number of the run's pull request, None when it has none; `pr-number` comes first.

    Raises:
        ServiceError: GitHub could not be asked, or refused.
    """
    if inputs.pr_number is not None:
        return inputs.pr_number
    where = events.whereabouts(event)
    if isinstance(where, events.ByCommit):
        return events.of_commit(github.pulls_of_commit(where), where.sha) if github else None
    if isinstance(where, events.ByHead):
        return events.of_head(github.open_pulls_of(where), where.sha) if github else None
    return where


def pull_request_told_of(
    place: Place, github: GitHub | None, inputs: Inputs, event: Event
) -> int | None:
    """Return the number of the pull request whose facts the run may tell, None when there is none.

    It is the one that the session is announced on. Where nothing is announced, nobody has looked
    for one yet, so it is looked for now.

    Raises:
        ServiceError: GitHub could not be asked, or refused.
    """
    if inputs.announce == "off":
        return find_pull_request(github, inputs, event)
    return place.number
