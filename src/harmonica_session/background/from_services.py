"""Asks the services for the sources of the background that are no files.

This module must not decide how much of what it is told goes into the background.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

from harmonica_session.background import quotations
from harmonica_session.background.context import Background
from harmonica_session.edges.github.find_pull_request import pull_request_told_of
from harmonica_session.edges.github.repository import Repository
from harmonica_session.errors import BackgroundMissing, Barred, Refused, RouteMissing
from harmonica_session.spec.context_from import LAST_RELEASE, first_day
from harmonica_session.text.secrecy import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.spec.context_from import Period, Source
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.history import Issue
    from harmonica_session.words.place import Place
    from harmonica_session.world import World

_MOST_ISSUES = 10
# What GitHub's search says of a repository that the token may not see.
_UNPROCESSABLE = 422
_T = TypeVar("_T")


def from_services(
    world: World, spec: Spec, place: Place, positions: Iterable[int]
) -> dict[int, list[Background]]:
    """Return what sources hold, by their positions in the spec's list.

    Args:
        world: Where the sources are.
        spec: What the file says.
        place: Where the session is announced.
        positions: Those of the sources that are meant.

    Raises:
        BackgroundMissing: A source cannot be had.
        ServiceError: A service did not answer.
    """
    asking = _Asking(world, spec, place)
    return {at: [asking.told(at, spec.context_from[at])] for at in positions}


class _Asking:
    """What the sources of one spec have in common; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec, place: Place) -> None:
        self.world = world
        self.spec = spec
        self.place = place
        self.released = ""

    def missing(self, at: int, message: str) -> BackgroundMissing:
        return BackgroundMissing(self.spec.problem_at(("context_from", at), message))

    def told(self, at: int, source: Source) -> Background:
        """Return what a service tells, free of the secrets that anybody may have put there."""
        if source.previous_session:
            told = self.previous_session(at, source.previous_session.session)
        elif source.merged_pull_requests:
            told = self.merged_pull_requests(at, source.merged_pull_requests)
        elif source.issues_closed:
            told = self.issues_closed(at, source.issues_closed)
        else:
            told = self.pull_request(at)
        text = without_secrets(told.text, self.world.inputs.secret_texts)
        return Background(told.source, text)

    def previous_session(self, at: int, session_id: str) -> Background:
        name, text = "an earlier session", None
        if self.world.harmonica is None:
            self.world.runner.warn(f"Without a key, this dry run leaves out {name}.")
            return Background(name, "")
        try:
            text = self.world.harmonica.brief(session_id)
        except RouteMissing as error:
            self.world.runner.warn(f"The background goes without {name}: {error}")
            return Background(name, "")
        except Refused as error:
            if not error.is_out_of_reach:
                raise
            raise self.missing(
                at, f"the session is gone, or belongs to another account: {error.reason}"
            ) from None
        if text is None:
            self.world.runner.warn(
                "The earlier session that `context_from` names has no SESSION.md yet: Harmonica "
                "writes it after the summary. The background goes without it."
            )
            return Background(name, "")
        return Background(name, quotations.brief(text))

    def pull_request(self, at: int) -> Background:
        world, needs = self.world, "pull-requests: read"
        repository = self.repository(at)
        found = pull_request_told_of(self.place, world.github, world.inputs, world.event)
        if found.unseen:
            raise self.missing(at, f"this source cannot be had: {found.unseen}")
        number = found.number
        if number is None:
            raise self.missing(
                at,
                f"`pull_request` needs a pull request, and the event "
                f"`{world.event.name or 'none'}` names none; set `pr-number`, or leave it out",
            )
        record = self.asked(at, needs, lambda: repository.pull_request(number))
        messages = [record.pull.body or "", *(it.commit.message for it in record.commits)]
        closed = quotations.closed_by("\n\n".join(messages), repository.name)
        issues: dict[tuple[str, int], Issue | None] = {}
        for at_issue in closed:
            may_ask = at_issue[0] == repository.name and len(issues) < _MOST_ISSUES
            issues[at_issue] = self.issue(repository, at_issue[1]) if may_ask else None
        return Background(
            f"pull request #{number}", quotations.pull_request(record, issues, repository.name)
        )

    def issue(self, repository: Repository, number: int) -> Issue | None:
        """Return an issue; its number alone is worth telling where the rest may not be read."""
        try:
            return repository.issue(number)
        except Refused as error:
            if not error.is_denial:
                raise
            self.world.runner.say(f"Issue #{number} is told by its number alone: {error}")
            return None

    def merged_pull_requests(self, at: int, period: Period) -> Background:
        repository, since = self.repository(at), self.beginning(at, period)
        found = self.asked(
            at, "pull-requests: read", lambda: repository.merged_since(since, period.limit)
        )
        name = f"pull requests merged since {since[:10]}"
        return Background(name, quotations.merged_pull_requests(found, since[:10]))

    def issues_closed(self, at: int, period: Period) -> Background:
        repository, since = self.repository(at), self.beginning(at, period)
        found = self.asked(at, "issues: read", lambda: repository.closed_since(since, period.limit))
        return Background(
            f"issues closed since {since[:10]}", quotations.issues_closed(found, since[:10])
        )

    def beginning(self, at: int, period: Period) -> str:
        """Return the first day of a period, or the moment of the latest release."""
        if period.since != LAST_RELEASE:
            return first_day(period.since, datetime.now(timezone.utc).date())
        if not self.released:
            self.released = self.last_release(at)
        return self.released

    def last_release(self, at: int) -> str:
        """Return the moment of the latest release; of the one before, where one is the event."""
        repository, own = self.repository(at), self.world.event.release
        needed = "a published release before the event's own" if own else "a published release"
        message = (
            f"`since: last_release` needs {needed}, and `contents: read` to see it; name a day "
            "instead where there is none"
        )
        try:
            released = repository.release_before(own) if own else repository.last_release()
        except Refused as error:
            raise self.refused(at, message, error) from None
        if not released:
            raise self.missing(at, message)
        return released

    def repository(self, at: int) -> Repository:
        if self.world.github is None:
            raise self.missing(
                at, "this source asks GitHub, and there is no `github-token` or no repository"
            )
        return Repository(self.world.github)

    def asked(self, at: int, needs: str, ask: Callable[[], _T]) -> _T:
        """Return what GitHub answers.

        Raises:
            BackgroundMissing: The token may not see it; the message says what it needs.
        """
        try:
            return ask()
        except Refused as error:
            message = f"this source needs `{needs}` under the job's `permissions`"
            raise self.refused(at, message, error) from None

    def refused(self, at: int, message: str, error: Refused) -> BackgroundMissing | Refused:
        """Return the error for a source that GitHub refuses, with what it needs where that helps.

        A refusal that says nothing of the source is returned as it is.
        """
        if isinstance(error, Barred):
            return self.missing(at, f"this source cannot be had: {error}")
        if not error.is_denial and error.status != _UNPROCESSABLE:
            return error
        return self.missing(at, f"{message}: {error}")
