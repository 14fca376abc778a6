"""`create`: from the spec to a session that is announced.

This module must not build the outside worlds, nor turn an error into an exit code.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.earlier import Earlier
from harmonica_session.announcement.find_place import find_place
from harmonica_session.background.gather import gather
from harmonica_session.commands import several
from harmonica_session.commands.several import Work, each
from harmonica_session.inputs import reason_to_skip, require_key
from harmonica_session.report.hand_on import hand_on, skip
from harmonica_session.session.announce import announce, wants_label, warn_of_unkept_round
from harmonica_session.session.find import find
from harmonica_session.session.plan import Found, Plan, decide
from harmonica_session.session.prepare import attachments_for, seal_of, task_of
from harmonica_session.session.races import agree_on_comment, agree_on_session, name_surplus
from harmonica_session.session.settle import settle
from harmonica_session.session.survey import Survey
from harmonica_session.spec.choose_files import choose_files
from harmonica_session.spec.fill_in import fill_in
from harmonica_session.spec.look_up_names import look_up_names
from harmonica_session.spec.read import read, refuse_shared_topics

if TYPE_CHECKING:
    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.task import Task
    from harmonica_session.spec.read import Draft
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.attachment import Attachment
    from harmonica_session.words.place import Place
    from harmonica_session.world import World


def create(world: World) -> bool:
    """Make sure that there is one session for each spec, announce it, and hand on its link.

    Returns:
        Whether that came about for every spec.

    Raises:
        ActionError: Nothing was created, and the message says what to do.
    """
    if reason := reason_to_skip(world.inputs, world.event):
        skip(world, reason)
        return True
    require_key(world.inputs, world.event)
    world = choose_files(world)
    worlds = several.worlds_of(world)
    with several.logs_in_turn(world, worlds):
        is_well = several.carry_out(worlds, _work_for(worlds))
    if world.event.name == "schedule":
        from harmonica_session.report.quiet import warn_of_quiet

        warn_of_quiet(world)
    return is_well


def _work_for(worlds: list[World]) -> list[Work]:
    """Return what is to be done for each spec, all or nothing."""
    # Nobody is asked before all that can be wrong with a spec in itself was looked at.
    drafts = each(worlds, read)
    place = find_place(worlds[0])
    earlier = Earlier(worlds[0])
    specs = each(worlds, partial(_complete, place=place, earlier=earlier), drafts)
    refuse_shared_topics(worlds, specs)
    contexts = each(worlds, partial(gather, place=place, earlier=earlier), specs)
    seals = each(worlds, seal_of)
    tasks = each(worlds, partial(task_of, place=place), seals, specs, contexts)
    plans = each(worlds, partial(_plan, survey=Survey(worlds[0])), seals, tasks)
    attachments = each(worlds, attachments_for, specs, plans)
    return each(worlds, _work, seals, plans, attachments)


def _complete(world: World, draft: Draft, *, place: Place, earlier: Earlier) -> Spec:
    """Return the spec with the values of the run in its texts, and with ids for its names."""
    before = partial(earlier.session_before, draft.path)
    return look_up_names(world, fill_in(world, draft, place=place, before=before))


def _plan(world: World, seal: Seal | None, task: Task, *, survey: Survey) -> Plan:
    """Decide what becomes of the session, by what is there already; without a key nobody knows."""
    harmonica = world.harmonica
    found = find(world, harmonica, survey, seal, task) if seal and harmonica else Found()
    return decide(task, found)


def _work(world: World, seal: Seal | None, plan: Plan, attachments: list[Attachment]) -> Work:
    topic = plan.task.request.topic
    if world.inputs.dry_run or not seal or not world.harmonica:
        from harmonica_session.report.dry_run import show

        return Work(partial(show, world, plan), topic)
    return Work(partial(_carry_out, world, world.harmonica, seal, plan, attachments), topic)


def _carry_out(
    world: World, harmonica: Harmonica, seal: Seal, plan: Plan, attachments: list[Attachment]
) -> None:
    """Bring the session about, announce it, and hand on its link."""
    outcome = settled = settle(world, harmonica, plan)
    # Once before the announcement, which may be refused or cut off, and once after it.
    hand_on(world, outcome)
    if not outcome.is_complete:
        from harmonica_session.session.change import complete

        outcome = complete(world, harmonica, outcome)
    outcome = agree_on_session(world, harmonica, outcome)
    outcome = announce(world, seal, outcome)
    outcome = agree_on_comment(world, harmonica, seal, outcome)
    if wants_label(world, outcome):
        from harmonica_session.session.label import label

        label(world, outcome)
    name_surplus(world, outcome)
    warn_of_unkept_round(world, seal, outcome)
    if attachments and outcome.status == "created":
        from harmonica_session.background.attach import attach

        attached = attach(world, harmonica, outcome.session.id, attachments)
        outcome = replace(outcome, attached=attached)
    hand_on(world, outcome, settled)
