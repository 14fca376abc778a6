"""Finds the earlier sessions of a spec, by what our label leads to, and what became of them.

This module must not ask Harmonica anything, nor write anything anywhere.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import spec_named
from harmonica_session.errors import ActionError, Refused
from harmonica_session.text.moment import is_before, moment
from harmonica_session.words.agreed import Became, Promised
from harmonica_session.words.place import LABEL
from harmonica_session.words.session import SessionBefore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from harmonica_session.announcement.announced import Announced, Announcements
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.words.agreed import Agreed
    from harmonica_session.words.issue import Issue
    from harmonica_session.words.place import Place
    from harmonica_session.world import World

# What was opened before that many others with our label is not looked at.
MOST_LABELLED = 500
MOST_SESSIONS = 10
# The comments on each cost a request.
MOST_CONVERSATIONS = 20
# More than any action may have, so that nothing is cut.
_LONGEST = 500


class Earlier:
    """The sessions before those of a run; what GitHub has told is not asked for again."""

    def __init__(self, world: World) -> None:
        """Ask nothing yet."""
        self._world = world
        self._listed: list[Issue] = []
        self._rest: Iterator[Issue] | None = None
        self._before: dict[tuple[str, str], SessionBefore | None] = {}
        self._active: dict[str, frozenset[str]] = {}

    def session_before(self, spec: str, topic: str) -> SessionBefore | None:
        """Return the newest session of a spec that has an issue of its own, from an earlier run.

        None where there is none, and where nobody can look: without a key or a token.

        Args:
            spec: Path of the spec under the workspace.
            topic: Of the session that this is for; empty where nobody knows it yet.

        Raises:
            ServiceError: GitHub or Harmonica does not tell.
        """
        if (spec, topic) not in self._before:
            self._before[spec, topic] = self._newest(spec, topic)
        return self._before[spec, topic]

    def promised(self, spec: str, topic: str, place: Place) -> list[Promised]:
        """Return what was agreed on in the newest sessions of a spec, that of the newest first.

        Args:
            spec: Path of the spec under the workspace.
            topic: Of the session that this is for.
            place: Where that is announced, which does not count.

        Raises:
            ServiceError: GitHub or Harmonica does not tell.
        """
        github = self._world.github
        found = {
            it.receipt.session_id: (it, reported.agreed)
            for it in islice(self._announced(spec, place), MOST_SESSIONS)
            if (reported := it.receipt.reported) and reported.is_final and reported.agreed
            if not self._is_meant(it.receipt.session_id, topic)
        }
        if github is None or not found:
            return []
        wanted = {one.issue for _, agreed in found.values() for one in agreed if one.issue}
        issues = _issues_of_actions(github, wanted)
        ordered = sorted(found.values(), key=lambda it: it[0].receipt.created_at, reverse=True)
        return [
            Promised(it.receipt.created_at, tuple(_became(one, issues, it.text) for one in agreed))
            for it, agreed in ordered
        ]

    def _newest(self, spec: str, topic: str) -> SessionBefore | None:
        """Return the session of the newest issue that is ours, and no later copy of an older one.

        What our label led to when an issue was opened is no younger than that, so a copy is told by
        what lies between: there the sessions are younger.
        """
        known = self._announcements(spec)
        newest, after = None, 0
        for issue in self._labelled() if known else ():
            if newest and issue.number <= after:
                break
            own = [] if known is None or issue.is_pull_request else known.as_own_issue(issue)
            for it in own:
                receipt = it.receipt
                if self._is_of_this_run(it, issue) or self._is_meant(receipt.session_id, topic):
                    continue
                created_at = receipt.created_at or issue.created_at
                if newest is None or is_before(newest.created_at, moment(created_at)):
                    newest = SessionBefore(receipt.session_id, receipt.join_url, created_at)
                    # A step that shares its issue with none has not looked what was there.
                    after = issue.number if receipt.is_apart else receipt.after
        return newest

    def _announced(self, spec: str, place: Place) -> Iterator[Announced]:
        """Return the announcements of a spec, in issues of their own and in comments."""
        known = self._announcements(spec)
        conversations = 0
        for issue in self._labelled() if known else ():
            if known is None or issue.number == place.number:
                continue
            found: Iterable[Announced] = ()
            if self._is_own(issue):
                found = known.as_own_issue(issue)
            elif conversations < MOST_CONVERSATIONS:
                conversations += 1
                found = known.in_comments(issue.number, is_open=issue.is_open)
            yield from (it for it in found if not self._is_of_this_run(it, issue))

    def _is_own(self, issue: Issue) -> bool:
        """Say whether an issue is there for a session alone, be it one of another spec."""
        named = spec_named(issue.body, self._world.event.repository_id)
        return named is not None and not issue.is_pull_request

    def _announcements(self, spec: str) -> Announcements | None:
        world = self._world
        if world.github is None or not world.inputs.api_key:
            return None
        from harmonica_session.announcement.announced import Announcements

        return Announcements(world, world.github, spec.__eq__)

    def _labelled(self) -> Iterator[Issue]:
        """Return what has our label, the newest first, each page asked for when it is needed."""
        at = 0
        while at < MOST_LABELLED:
            if at == len(self._listed):
                issue = self._next()
                if issue is None:
                    return
                self._listed.append(issue)
            yield self._listed[at]
            at += 1

    def _next(self) -> Issue | None:

        if self._rest is None and self._world.github:
            self._rest = self._world.github.issues.labelled(LABEL)
        try:
            return next(self._rest, None) if self._rest else None
        except ActionError:
            # Who asks again is to meet the same refusal, and not the end of the list.
            self._rest = None
            self._listed.clear()
            raise

    def _is_of_this_run(self, it: Announced, issue: Issue) -> bool:
        """Say whether an announcement is this run's own, or younger than its first attempt."""
        event = self._world.event
        if event.run_id and it.receipt.run_id == event.run_id:
            return True
        if event.run_attempt == 1 or not event.run_id:
            return False
        began, opened = self._beginning(), moment(issue.created_at)
        return began is not None and opened is not None and opened > began

    def _is_meant(self, session_id: str, topic: str) -> bool:
        """Say whether a session is no earlier one, but the one of its topic that is used again."""
        harmonica = self._world.harmonica
        if harmonica is None or self._world.inputs.once_per != "topic" or not topic:
            return False
        if topic not in self._active:
            try:
                listed = harmonica.active_with_topic(topic)
            except Refused as error:
                # Who looks for the session to use again meets it as well, and says so.
                self._world.runner.debug(f"Could not find out which session is reused: {error}")
                listed = []
            self._active[topic] = frozenset(it.id for it in listed)
        return session_id in self._active[topic]

    def _beginning(self) -> datetime | None:
        github, run_id = self._world.github, self._world.event.run_id
        try:
            return moment(github.run_created_at(run_id)) if github else None
        except Refused as error:
            if not error.is_denial:
                raise
            self._world.runner.debug(f"Could not find out when the run began: {error}")
            return None


def _issues_of_actions(github: GitHub, wanted: Iterable[int]) -> Mapping[int, Issue]:
    """Return the issues of actions by their numbers, as far as they still have our label."""
    from harmonica_session.announcement.announced import ACTION_LABEL

    missing = set(wanted)
    found: dict[int, Issue] = {}
    for issue in github.issues.labelled(ACTION_LABEL) if missing else ():
        if issue.number in missing:
            found[issue.number] = issue
        # Newest first: what follows was opened before any of them.
        if len(found) == len(missing) or issue.number < min(missing):
            break
    return found


def _became(action: Agreed, issues: Mapping[int, Issue], text: str) -> Became:
    """Return what became of an action: by its issue, else by its box in the announcement."""
    if not action.issue:
        return Became(action, "done" if is_ticked(text, action) else "open")
    issue = issues.get(action.issue)
    if issue is None:
        return Became(action, "unknown")
    begun, ended = issue.created_at, issue.closed_at or ""
    if issue.is_open:
        return Became(action, "open", begun)
    is_dropped = issue.state_reason in ("not_planned", "duplicate")
    return Became(action, "dropped" if is_dropped else "done", begun, ended)


def is_ticked(text: str, action: Agreed) -> bool:
    """Say whether the box of an action is ticked in the text of an announcement."""
    from harmonica_session.text.markdown import plain

    said = plain(action.description, _LONGEST)
    lines = (line.rstrip() for line in text.split("\n") if line[:6].lower() == "- [x] ")
    # Behind it stand at most who is to do it, and the number of an issue.
    return any(
        line[6:].startswith(said) and line[6 + len(said) :][:2] in ("", " (", " #")
        for line in lines
    )
