"""The flow of `command: results`: from the sessions that were announced to what became of them.

This module must not know how anything is asked, shown or written.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.announced import Announcements, unannounced
from harmonica_session.commands import several
from harmonica_session.edges.files.pattern import Pattern
from harmonica_session.edges.github.find_pull_request import find_pull_request
from harmonica_session.errors import ActionError, InputError, Refused, clip
from harmonica_session.inputs import reason_to_skip, require_key
from harmonica_session.report.hand_on import skip
from harmonica_session.report.hand_on_results import as_json, hand_on_results, nothing_to_report
from harmonica_session.results.circle import bring_up_to_date
from harmonica_session.results.keep_brief import keep_brief
from harmonica_session.results.rehearse import is_rehearsal
from harmonica_session.text.decoding import lines_of
from harmonica_session.text.moment import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harmonica_session.announcement.announced import Announced
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.results.circle import Report
    from harmonica_session.world import World


def results(world: World) -> bool:
    """Bring every announcement that is ours up to date with what came out of its session.

    Returns:
        Whether that came about for each of them.

    Raises:
        ActionError: Nothing was done, and the message says what to do.
    """
    # Without the key nobody knows which announcements are ours, in a dry run neither.
    inputs = replace(world.inputs, dry_run=False)
    if reason := reason_to_skip(inputs, world.event):
        skip(world, reason)
        return True
    require_key(inputs, world.event)
    _check_paths(world)
    sessions = _by_session(_announced(world))
    reports: dict[int, Report] = {}
    is_well = _carry_out(world, sessions, reports) if sessions else nothing_to_report(world)
    if inputs.results_file:
        _write_file(world, [reports[at] for at in sorted(reports)])
    if world.event.name == "schedule":
        from harmonica_session.report.quiet import warn_of_quiet

        warn_of_quiet(world)
    return is_well


def _check_paths(world: World) -> None:
    """Raise an error where a file could not be written; nobody was asked anything yet."""
    named = (world.inputs.write_session_md, world.inputs.results_file)
    paths = [world.files.normalise(path) for path in named if path]
    if len(set(paths)) < len(paths):
        raise InputError(
            f"`write-session-md` and `results-file` both name `{clip(paths[0])}`; use two "
            "different files"
        )


def _carry_out(
    world: World, sessions: Sequence[Sequence[Announced]], reports: dict[int, Report]
) -> bool:
    is_private = _is_private(world, [it for places in sessions for it in places])
    worlds = several.rows_of(world, [places[0].seal.spec for places in sessions])
    work = [
        several.Work(partial(_report, one, places, at, reports, is_private=is_private))
        for at, (one, places) in enumerate(zip(worlds, sessions, strict=True))
    ]
    with several.logs_in_turn(world, worlds):
        return several.carry_out(worlds, work)


def _report(
    world: World,
    places: Sequence[Announced],
    at: int,
    reports: dict[int, Report],
    *,
    is_private: bool,
) -> None:
    """Carry one session on, and keep what that came to under its place in the list."""
    reports[at] = report = bring_up_to_date(world, places, is_private=is_private)
    # What was told is handed on, whatever becomes of the brief.
    hand_on_results(world, report)
    # The newest session is the first.
    if at == 0 and world.inputs.write_session_md:
        path = keep_brief(world, report)
        report = replace(report, session_md=path, is_changed=report.is_changed or bool(path))
        reports[at] = report
        hand_on_results(world, report)


def _announced(world: World) -> list[Announced]:
    """Return the announcements that are meant; a session that none speaks of has none."""
    wanted = world.inputs.session
    if world.github is None:
        if not wanted:
            raise InputError("`command: results` needs a `github-token` to find announcements")
        return [unannounced(world, wanted)]
    try:
        found = _meant(world, world.github)
    except Refused as error:
        if not wanted or not error.is_denial:
            raise
        world.runner.warn(f"Could not find out whether the session was announced: {error}")
        found = []
    if wanted and not found:
        world.runner.say("No announcement by this action mentions this session.")
        return [unannounced(world, wanted)]
    return found


def _meant(world: World, github: GitHub) -> list[Announced]:
    inputs, event = world.inputs, world.event
    known = Announcements(world, github, _chosen(world))
    place = find_pull_request(github, inputs, event)
    if place.unseen:
        world.runner.warn(f"The pull request could not be looked up: {place.unseen}")
    number = place.number or event.issue_number
    is_pull_request = place.number is not None and inputs.pr_number is None
    found = known.on(number, is_pull_request=is_pull_request) if number else []
    if inputs.session:
        found = [it for it in found if it.receipt.session_id == inputs.session]
    if found or (number and not inputs.session):
        return found
    found = known.labelled()
    named = [it for it in found if it.receipt.session_id == inputs.session]
    return named if inputs.session else found


def _chosen(world: World) -> Callable[[str], bool]:
    """Return what says whether a spec is meant: by its path or a pattern, whether it is there."""
    given = lines_of(world.inputs.spec) if world.inputs.is_spec_given else []
    paths = [world.files.normalise(it) for it in given]
    patterns = [Pattern(it) for it in paths]
    # A file whose very name looks like a pattern is meant as such.
    return lambda spec: not paths or spec in paths or any(it.matches(spec) for it in patterns)


def _by_session(found: Sequence[Announced]) -> list[list[Announced]]:
    """Return the announcements of each session together, the newest session first."""
    sessions: dict[str, list[Announced]] = {}
    for it in sorted(found, key=lambda it: it.ours.comment.id):
        sessions.setdefault(it.receipt.session_id, []).append(it)
    return sorted(sessions.values(), key=lambda places: _age(places[0]))


def _age(announced: Announced) -> float:
    created = moment(announced.receipt.created_at)
    return -created.timestamp() if created else 0.0


def _is_private(world: World, found: Sequence[Announced]) -> bool:
    """Say whether the repository is surely not public, by the event or else by GitHub."""
    told = world.event.about_repository
    if told.private is not None or told.visibility is not None:
        return told.is_private
    # Of the answers only `participants` depends on it.
    if all(it.receipt.results_visibility != "participants" for it in found):
        return False
    try:
        return world.github is not None and world.github.is_private()
    except ActionError as error:
        world.runner.debug(f"Could not find out who can see the repository: {error}")
        return False


def _write_file(world: World, reports: Sequence[Report]) -> None:
    path = world.files.normalise(world.inputs.results_file)
    if not is_rehearsal(world, f"write the results to {path}"):
        world.files.write(path, as_json(world, reports))
