"""Gathers the session's background from its sources, in the order in which the spec lists them.

This module must not write anything anywhere, nor leave out what the spec asks for without a word.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

from harmonica_session.announce import number_of_event
from harmonica_session.core import facts
from harmonica_session.core.context import Background, Context, put_together
from harmonica_session.core.context_from import LAST_RELEASE, first_day
from harmonica_session.core.text import background_text, refuse_secrets, without_secrets
from harmonica_session.edges.repository import Repository
from harmonica_session.errors import BackgroundMissing, FileRefused, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.core.context_from import Period, Source
    from harmonica_session.core.spec import Spec
    from harmonica_session.edges.world import World
    from harmonica_session.pull_request import Issue

TITLE = "Harmonica session"
MAX_BACKGROUND_BYTES = 4_000_000
_MOST_FILES = 100
_MOST_ISSUES = 10
# What GitHub's search says of a repository that the token may not see.
_UNPROCESSABLE = 422
_T = TypeVar("_T")


def context_of(world: World, spec: Spec, number: int | None) -> Context:
    """Return the context: the spec's own, then its sources, within the limit.

    Args:
        world: Where the sources are.
        spec: What the file says.
        number: The pull request that the session is announced on.

    Raises:
        FileRefused: A file cannot be used.
        BackgroundMissing: A source cannot be had.
        ServiceError: A service did not answer.
    """
    gathering = _Gathering(world, spec, number)
    backgrounds = [Background("the spec", spec.context or "")]
    # Files come first: what is wrong with one is said before anybody is asked anything.
    files = gathering.all_files()
    for place, source in enumerate(spec.context_from):
        backgrounds += files[place] if place in files else gathering.told(place, source)
    context = put_together(backgrounds, spec.context_limit)
    world.runner.say(f"Background: {', '.join(map(str, context.shares)) or 'none'}")
    if context.cut:
        cut = "; ".join(str(share) for share in context.shares if share.cut)
        world.runner.warn(
            TITLE,
            f"The background is {context.cut:,} characters longer than `context_limit` allows "
            f"({spec.context_limit:,}); it was cut at line ends, with a mark where text is "
            f"missing: {cut}",
        )
    return context


def read_files(world: World, spec: Spec) -> None:
    """Read the files of the background, as far as that needs neither a key nor the network.

    Raises:
        FileRefused: A file cannot be used.
    """
    _Gathering(world, spec, None).all_files()


class _Gathering:
    """What the sources of one spec have in common; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec, number: int | None) -> None:
        self.world = world
        self.spec = spec
        self.number = number
        self.released = ""

    def missing(self, place: int, message: str) -> BackgroundMissing:
        return BackgroundMissing(self.spec.problem_at(("context_from", place), message))

    def all_files(self) -> dict[int, list[Background]]:
        """Return what the sources that are files hold, by their places in the list."""
        return {
            place: self.files(place, source)
            for place, source in enumerate(self.spec.context_from)
            if source.session_md or source.file
        }

    def files(self, place: int, source: Source) -> list[Background]:
        """Return the text of SESSION.md, or of the files that a path or pattern names."""
        if source.session_md:
            wanted = self.world.inputs.session_md
            return [self.session_md(wanted)] if wanted else []
        workspace = self.world.workspace
        path = workspace.normalise(source.file or "")
        if not any(character in path for character in "*?["):
            return [Background(path, self.text(place, path))]
        paths = workspace.matching(path)
        if not paths or len(paths) > _MOST_FILES:
            how_many = f"more than {_MOST_FILES} files" if paths else "no file"
            raise FileRefused(
                self.spec.problem_at(
                    ("context_from", place, "file"), f"`{path}` matches {how_many}"
                )
            )
        self.world.runner.say(f"{path}: {', '.join(paths)}")
        name = f"{path} ({len(paths)} {'file' if len(paths) == 1 else 'files'})"
        return [Background(name, self.text(place, path)) for path in paths]

    def session_md(self, wanted: str) -> Background:
        path = self.world.workspace.normalise(wanted)
        content = self.world.workspace.read(path, MAX_BACKGROUND_BYTES)
        if content is None and path != "SESSION.md":
            raise FileRefused(
                f"there is no file `{path}`, which `session-md` names; add it, or leave it out"
            )
        return Background(path, self.checked(content or b"", path))

    def text(self, place: int, path: str) -> str:
        content = self.world.workspace.read(path, MAX_BACKGROUND_BYTES)
        if content is None:
            message = f"there is no file `{path}`; add it, or correct the path"
            raise FileRefused(self.spec.problem_at(("context_from", place, "file"), message))
        return self.checked(content, path)

    def checked(self, content: bytes, path: str) -> str:
        text = background_text(content, path)
        refuse_secrets(text, path, self.world.inputs.secret_texts)
        return text

    def told(self, place: int, source: Source) -> list[Background]:
        """Return what a service tells, free of the secrets that anybody may have put there."""
        if source.previous_session:
            told = self.previous_session(place, source.previous_session.session)
        elif source.merged_pull_requests:
            told = self.merged_pull_requests(place, source.merged_pull_requests)
        elif source.issues_closed:
            told = self.issues_closed(place, source.issues_closed)
        else:
            told = self.pull_request(place)
        text = without_secrets(told.text, self.world.inputs.secret_texts)
        return [Background(told.source, text)]

    def previous_session(self, place: int, session_id: str) -> Background:
        name, text = "an earlier session", None
        if self.world.harmonica is None:
            self.world.runner.warn(TITLE, f"Without a key, this dry run leaves out {name}.")
            return Background(name, "")
        try:
            text = self.world.harmonica.brief(session_id)
        except Refused as error:
            if not error.is_out_of_reach:
                raise
            raise self.missing(
                place, f"the session is gone, or belongs to another account: {error.reason}"
            ) from None
        if text is None:
            self.world.runner.warn(
                TITLE,
                "The earlier session that `context_from` names has no SESSION.md yet: Harmonica "
                "writes it after the summary. The background goes without it.",
            )
            return Background(name, "")
        return Background(name, facts.brief(text))

    def pull_request(self, place: int) -> Background:
        inputs, number, needs = self.world.inputs, self.number, "pull-requests: read"
        repository = self.repository(place)
        if number is None and inputs.announce == "off":
            number = inputs.pr_number or self.asked(
                place, needs, lambda: number_of_event(self.world)
            )
        if number is None:
            raise self.missing(
                place,
                f"`pull_request` needs a pull request, and the event "
                f"`{self.world.event.name or 'none'}` names none; set `pr-number`, or leave it out",
            )
        at = number
        record = self.asked(place, needs, lambda: repository.pull_request(at))
        messages = [record.pull.body or "", *(it.commit.message for it in record.commits)]
        closed = facts.closed_by("\n\n".join(messages), repository.name)
        issues: dict[tuple[str, int], Issue | None] = {}
        for at_issue in closed:
            may_ask = at_issue[0] == repository.name and len(issues) < _MOST_ISSUES
            issues[at_issue] = self.issue(repository, at_issue[1]) if may_ask else None
        return Background(
            f"pull request #{number}", facts.pull_request(record, issues, repository.name)
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

    def merged_pull_requests(self, place: int, period: Period) -> Background:
        repository, since = self.repository(place), self.beginning(place, period)
        found = self.asked(
            place, "pull-requests: read", lambda: repository.merged_since(since, period.limit)
        )
        name = f"pull requests merged since {since[:10]}"
        return Background(name, facts.merged_pull_requests(found, since[:10]))

    def issues_closed(self, place: int, period: Period) -> Background:
        repository, since = self.repository(place), self.beginning(place, period)
        found = self.asked(
            place, "issues: read", lambda: repository.closed_since(since, period.limit)
        )
        return Background(
            f"issues closed since {since[:10]}", facts.issues_closed(found, since[:10])
        )

    def beginning(self, place: int, period: Period) -> str:
        """Return the first day of a period, or the moment of the latest release."""
        if period.since != LAST_RELEASE:
            return first_day(period.since, datetime.now(timezone.utc).date())
        if not self.released:
            try:
                self.released = self.repository(place).last_release()
            except Refused as error:
                if not error.is_denial:
                    raise
                raise self.missing(
                    place,
                    "`since: last_release` needs a published release, and `contents: read` to see "
                    f"it; name a day instead where there is none: {error}",
                ) from None
        return self.released

    def repository(self, place: int) -> Repository:
        if self.world.github is None:
            raise self.missing(
                place, "this source asks GitHub, and there is no `github-token` or no repository"
            )
        return Repository(self.world.github)

    def asked(self, place: int, needs: str, ask: Callable[[], _T]) -> _T:
        """Return what GitHub answers.

        Raises:
            BackgroundMissing: The token may not see it; the message says what it needs.
        """
        try:
            return ask()
        except Refused as error:
            if not error.is_denial and error.status != _UNPROCESSABLE:
                raise
            raise self.missing(
                place, f"this source needs `{needs}` under the job's `permissions`: {error}"
            ) from None
