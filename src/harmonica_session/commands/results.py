"""The flow of `command: results`: from the sessions that were announced to what became of them.

This module must not know how anything is asked, shown or written.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.announced import Announcements
from harmonica_session.commands import several
from harmonica_session.edges.github.find_pull_request import find_pull_request
from harmonica_session.errors import InputError
from harmonica_session.inputs import reason_to_skip, require_key
from harmonica_session.report.hand_on import skip
from harmonica_session.report.hand_on_results import as_json, hand_on_results, nothing_to_report
from harmonica_session.results.circle import bring_up_to_date
from harmonica_session.results.keep_brief import keep_brief
from harmonica_session.words.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.announcement.announced import Announced
    from harmonica_session.results.circle import Report
    from harmonica_session.world import World


def results(world: World) -> bool:
    """Bring every announcement that is ours up to date with what came out of its session.

    Returns:
        Whether that came about for each of them.

    Raises:
        ActionError: Nothing was done, and the message says what to do.
    """
    if reason := reason_to_skip(world.inputs, world.event):
        skip(world, reason)
        return True
    require_key(world.inputs, world.event)
    found = _announced(world)
    if not found:
        nothing_to_report(world)
    is_private = _is_private(world)
    reports: dict[int, Report] = {}
    worlds = several.rows_of(world, [it.seal.spec for it in found])
    work: list[Callable[[], None]] = [
        partial(_report, one, it, at, reports, is_private=is_private)
        for at, (one, it) in enumerate(zip(worlds, found, strict=True))
    ]
    with several.logs_in_turn(world, worlds):
        is_well = several.carry_out(worlds, work)
    if path := world.inputs.results_file:
        told = [reports[at] for at in sorted(reports)]
        world.files.write(world.files.normalise(path), as_json(world, told))
    if world.event.name == "schedule":
        from harmonica_session.report.quiet import warn_of_quiet

        warn_of_quiet(world)
    return is_well


def _report(
    world: World, announced: Announced, at: int, reports: dict[int, Report], *, is_private: bool
) -> None:
    """Carry one session on, and keep what that came to under its place in the list."""
    report = bring_up_to_date(world, announced, is_private=is_private)
    # The newest session is the first.
    if at == 0 and world.inputs.write_session_md and report.may_show:
        path = keep_brief(world, announced.receipt)
        report = replace(report, session_md=path, is_changed=report.is_changed or bool(path))
    reports[at] = report
    hand_on_results(world, report)


def _announced(world: World) -> list[Announced]:
    """Return the announcements that are meant, that of the newest session first."""
    if world.github is None:
        raise InputError("`command: results` needs a `github-token`, to find what was announced")
    specs = several.specs_of(world) if world.inputs.is_spec_given else []
    known = Announcements(world, world.github, specs)
    place = find_pull_request(world.github, world.inputs, world.event)
    number = place.number or world.event.issue_number
    found = known.on(number) if number else known.labelled()
    if wanted := world.inputs.session:
        found = [it for it in found if it.receipt.session_id == wanted]
        if not found and number:
            found = [it for it in known.labelled() if it.receipt.session_id == wanted]
    return sorted(found, key=lambda it: it.receipt.created_at, reverse=True)


def _is_private(world: World) -> bool:
    """Say whether the repository is surely not public, by the event or else by GitHub."""
    told = world.event.payload.get("repository")
    if isinstance(told, dict):
        return Visibility.model_validate(told).is_private
    return world.github is not None and world.github.is_private()
