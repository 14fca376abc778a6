"""Asks the services for the sources of the background that are no files.

This module must not decide how much of what it is told goes into the background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from harmonica_session.background import quotations
from harmonica_session.background.context import Background
from harmonica_session.edges.github.find_pull_request import pull_request_told_of
from harmonica_session.edges.github.repository import Repository
from harmonica_session.errors import BackgroundMissing, Barred, Refused, RouteMissing
from harmonica_session.spec.context_from import LAST_RELEASE, LAST_SESSION, first_day
from harmonica_session.text.moment import in_query, moment
from harmonica_session.text.secrecy import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harmonica_session.announcement.earlier import Earlier
    from harmonica_session.spec.context_from import Period, Source
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.issue import Issue
    from harmonica_session.words.place import Place
    from harmonica_session.words.session import SessionBefore
    from harmonica_session.world import World

_MOST_ISSUES = 10
# What GitHub's search says of a repository that the token may not see.
_UNPROCESSABLE = 422
_T = TypeVar("_T")


def from_services(
    world: World, spec: Spec, place: Place, earlier: Earlier, positions: Iterable[int]
) -> dict[int, list[Background]]:
    """Return what sources hold, by their positions in the spec's list.

    Args:
        world: Where the sources are.
        spec: What the file says.
        place: Where the session is announced.
        earlier: The sessions before it.
        positions: Those of the sources that are meant.

    Raises:
        BackgroundMissing: A source cannot be had.
        ServiceError: A service did not answer.
    """
    asking = _Asking(world, spec, place, earlier)
    return {at: [asking.told(at, spec.context_from[at])] for at in positions}


class _Asking:
    """What the sources of one spec have in common; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec, place: Place, earlier: Earlier) -> None:
        self.world = world
        self.spec = spec
        self.place = place
        self.earlier = earlier
        self.path = world.files.normalise(world.inputs.spec)
        self.released = ""

    def missing(self, at: int, message: str) -> BackgroundMissing:
        return BackgroundMissing(self.spec.problem_at(("context_from", at), message))

    def told(self, at: int, source: Source) -> Background:
        """Return what a service tells, free of the secrets that anybody may have put there."""
        if source.previous_session:
            named = source.previous_session.session
            told = self.named_session(at, named) if named else self.previous_session(at)
        elif source.open_actions:
            told = self.open_actions(at)
        elif source.merged_pull_requests:
            told = self.merged_pull_requests(at, source.merged_pull_requests)
        elif source.issues_closed:
            told = self.issues_closed(at, source.issues_closed)
        else:
            told = self.pull_request(at)
        text = without_secrets(told.text, self.world.inputs.secret_texts)
        return told._replace(text=text)

    def named_session(self, at: int, session_id: str) -> Background:
        try:
            return self.brief("an earlier session", session_id)
        except Refused as error:
            if not error.is_out_of_reach:
                raise
            raise self.missing(
                at, f"the session no longer exists, or belongs to another account: {error.reason}"
            ) from None

    def previous_session(self, at: int) -> Background:
        name = "the previous session"
        if self.is_without_key(name):
            return Background(name, "")
        before = self.before(at)
        if before is None:
            return Background(name, "")
        try:
            return self.brief(name, before.session_id)
        except Refused as error:
            if not error.is_out_of_reach:
                raise
            # Nobody has named it, so nobody could mend the spec.
            self.world.runner.warn(
                f"The background goes without {name} ({before.join_url}): it no longer exists, "
                f"or belongs to another account: {error.reason}"
            )
            return Background(name, "")

    def is_without_key(self, name: str) -> bool:
        """Say whether a dry run has no key to ask with, which is a warning."""
        if self.world.harmonica is None:
            self.world.runner.warn(f"Without a key, this dry run leaves out {name}.")
        return self.world.harmonica is None

    def brief(self, name: str, session_id: str) -> Background:
        """Return the SESSION.md of a session; where there is none, that is a warning.

        Raises:
            Refused: The session is out of reach.
        """
        harmonica = self.world.harmonica
        if self.is_without_key(name) or harmonica is None:
            return Background(name, "")
        try:
            text = harmonica.brief(session_id)
        except RouteMissing as error:
            self.world.runner.warn(f"The background goes without {name}: {error}")
            return Background(name, "")
        if text is None:
            self.world.runner.warn(
                f"{name[0].upper()}{name[1:]} named in `context_from` has no SESSION.md yet, "
                "because Harmonica writes it after the summary. The background goes without it."
            )
            return Background(name, "")
        # What came out of a session; nobody knows here for whom.
        return Background(name, quotations.brief(text), is_private=not self.world.inputs.publish)

    def before(self, at: int) -> SessionBefore | None:
        """Return the session before this run's; that there is none yet is said."""
        self.repository(at)
        found = self.asked(
            at,
            "issues: read",
            lambda: self.earlier.session_before(self.path, self.spec.topic),
        )
        if found is None:
            self.world.runner.say(f"No issue announces an earlier session of {self.path} yet.")
        return found

    def open_actions(self, at: int) -> Background:
        name = "actions of earlier sessions"
        if self.is_without_key(name):
            return Background(name, "")
        self.repository(at)
        promised = self.asked(
            at,
            "issues: read` and `pull-requests: read",
            lambda: self.earlier.promised(self.path, self.spec.topic, self.place),
        )
        if not promised:
            self.world.runner.say(f"Nothing was agreed on in earlier sessions of {self.path} yet.")
            return Background(name, "")
        now = self.world.deadline.clock.utc_now().isoformat()
        return Background(name, quotations.open_actions(promised, now))

    def pull_request(self, at: int) -> Background:
        world, needs = self.world, "pull-requests: read"
        repository = self.repository(at)
        found = pull_request_told_of(self.place, world.github, world.inputs, world.event)
        if found.unseen:
            raise self.missing(at, f"this source is not available: {found.unseen}")
        number = found.number
        if number is None:
            raise self.missing(
                at,
                "`pull_request` needs a pull request, but the event "
                f"`{world.event.name or 'none'}` has none; set `pr-number`, or remove this "
                "source",
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
            self.world.runner.say(f"Only the number of issue #{number} is passed on: {error}")
            return None

    def merged_pull_requests(self, at: int, period: Period) -> Background:
        repository, since = self.repository(at), self.beginning(at, period)
        if not since:
            return Background(f"pull requests merged since the {_before(period)}", "")
        found = self.asked(
            at, "pull-requests: read", lambda: repository.merged_since(since, period.limit)
        )
        name = f"pull requests merged since {since[:10]}"
        return Background(name, quotations.merged_pull_requests(found, since[:10]))

    def issues_closed(self, at: int, period: Period) -> Background:
        repository, since = self.repository(at), self.beginning(at, period)
        if not since:
            return Background(f"issues closed since the {_before(period)}", "")
        found = self.asked(at, "issues: read", lambda: repository.closed_since(since, period.limit))
        return Background(
            f"issues closed since {since[:10]}", quotations.issues_closed(found, since[:10])
        )

    def beginning(self, at: int, period: Period) -> str:
        """Return the first day or moment of a period, empty for one that nothing begins."""
        if period.since == LAST_SESSION:
            return self.last_session(at)
        if period.since != LAST_RELEASE:
            return first_day(period.since, self.world.deadline.clock.utc_now().date())
        if not self.released:
            self.released = self.last_release(at)
        return self.released

    def last_session(self, at: int) -> str:
        """Return when the session before was created; empty where there is none, or no key."""
        if self.is_without_key("events since the previous session"):
            return ""
        before = self.before(at)
        created = moment(before.created_at) if before else None
        return in_query(created) if created else ""

    def last_release(self, at: int) -> str:
        """Return the moment of the latest release; of the one before, where one is the event.

        Empty for the first release of all.
        """
        repository, own = self.repository(at), self.world.event.release
        message = (
            "`since: last_release` needs a published release, and `contents: read` to see "
            "it; if there is none, use a date instead"
        )
        try:
            released = repository.release_before(own) if own else repository.last_release()
        except Refused as error:
            raise self.refused(at, message, error) from None
        if not released and not own:
            raise self.missing(at, message)
        if not released:
            self.world.runner.say(
                "No earlier release has been published, so the background goes without what "
                "happened since."
            )
        return released

    def repository(self, at: int) -> Repository:
        if self.world.github is None:
            raise self.missing(
                at, "this source asks GitHub, but there is no `github-token` or no repository"
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
            return self.missing(at, f"this source is not available: {error}")
        if not error.is_denial and error.status != _UNPROCESSABLE:
            return error
        return self.missing(at, f"{message}: {error}")


def _before(period: Period) -> str:
    return "previous session" if period.since == LAST_SESSION else "previous release"
