"""Finds the pull request that a run is about: by the event alone, or by asking GitHub once.

This module must not read what stands on it, nor announce anything there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session import event as events
from harmonica_session.errors import Barred, Refused
from harmonica_session.words.place import Place

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.event import Event
    from harmonica_session.inputs import Inputs

# Source: `GET /repos/{owner}/{repo}/commits/{sha}/pulls`.
_UNKNOWN_COMMIT = 422
_WHO = 401


def find_pull_request(github: GitHub | None, inputs: Inputs, event: Event) -> Place:
    """Return the run's pull request, nowhere when it has none; `pr-number` comes first.

    Raises:
        ServiceError: GitHub could not be asked, or does not know who asks.
    """
    if inputs.pr_number is not None:
        return Place(inputs.pr_number)
    where = events.whereabouts(event)
    number = where if isinstance(where, int) else None
    try:
        if github and isinstance(where, events.ByCommit):
            number = events.of_commit(github.pulls_of_commit(where), where.sha)
        elif github and isinstance(where, events.ByHead):
            number = events.of_head(github.open_pulls_of(where), where.sha)
    except Refused as error:
        # Who may ask for nothing at all cannot tell that there is no pull request.
        is_known = error.is_denial or isinstance(error, Barred)
        if error.status == _WHO or not (is_known or error.status == _UNKNOWN_COMMIT):
            raise
        advised = str(error) if error.is_no_commit else error.advised("pull-requests: read")
        return Place(unseen=advised)
    return Place(number)


def pull_request_told_of(
    place: Place, github: GitHub | None, inputs: Inputs, event: Event
) -> Place:
    """Return the pull request whose facts the run may tell.

    It is the one that the session is announced on. Where it is announced on none, nobody has looked
    for one yet, so it is looked for now.

    Raises:
        ServiceError: GitHub could not be asked, or does not know who asks.
    """
    is_known = inputs.announce not in ("off", "issue")
    return place if is_known else find_pull_request(github, inputs, event)
