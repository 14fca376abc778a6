"""The flow of the action: from the spec to a session that is announced.

This module must not build the outside worlds, nor turn an error into an exit code.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harmonica_session.announcement.find_place import find_pull_request
from harmonica_session.background.attach import attach, gather
from harmonica_session.background.gather import context_of
from harmonica_session.commands.several import all_of, rows_of, side_by_side, told
from harmonica_session.report.hand_on import hand_on, show, skip, tell
from harmonica_session.session import plan as planning
from harmonica_session.session.announce import announce
from harmonica_session.session.find import find
from harmonica_session.session.plan import Found
from harmonica_session.session.prepare import (
    read,
    refuse_shared_topics,
    require_key,
    seal_of,
    task_of,
)
from harmonica_session.session.settle import give_way_to_twin, settle
from harmonica_session.session.survey import Survey
from harmonica_session.spec.choose_files import choose_files
from harmonica_session.spec.fill_in import fill_in
from harmonica_session.spec.look_up_names import look_up_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.announcement.receipt import Seal
    from harmonica_session.background.context import Context
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.session.plan import Plan
    from harmonica_session.session.prepare import Draft
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.attachment import Attachment
    from harmonica_session.world import World


def create(world: World) -> bool:
    """Make sure that there is one session for each spec, announce it, and hand on its link.

    Returns:
        Whether that came about for every spec.

    Raises:
        ActionError: Nothing was created, and the message says what to do.
    """
    if reason := planning.reason_to_skip(world.inputs, world.event):
        skip(world, reason)
        return True
    require_key(world)
    world = choose_files(world)
    rows = rows_of(world)
    with told(world, rows):
        return side_by_side(rows, _planned(rows))


def _planned(rows: list[World]) -> list[Callable[[], None]]:
    """Return what is to be done for each spec, all or nothing."""
    # Nobody is asked before all that can be wrong with a spec in itself was looked at.
    drafts = all_of(partial(read, row) for row in rows)
    number = find_pull_request(rows[0])
    specs = all_of(partial(_complete, row, d, number) for row, d in zip(rows, drafts, strict=True))
    refuse_shared_topics(rows, specs)
    contexts = all_of(
        partial(context_of, row, spec, number) for row, spec in zip(rows, specs, strict=True)
    )
    survey = Survey(rows[0])
    return all_of(
        partial(_plan, row, survey, number, spec, context)
        for row, spec, context in zip(rows, specs, contexts, strict=True)
    )


def _complete(world: World, draft: Draft, number: int | None) -> Spec:
    """Return the spec with the values of the run in its texts, and with ids for its names."""
    return look_up_names(world, fill_in(world, draft, number))


def _plan(
    world: World, survey: Survey, number: int | None, spec: Spec, context: Context
) -> Callable[[], None]:
    """Plan one spec, and return what is to be done for it."""
    seal = seal_of(world)
    task = task_of(world, seal, spec, context, number)
    harmonica = world.harmonica
    found = find(world, harmonica, survey, seal, task) if seal and harmonica else Found()
    plan = planning.decide(task, found)
    sources = gather(world, spec, plan)
    if world.inputs.dry_run or not seal or not harmonica:
        return partial(show, world, seal, plan)
    return partial(_carry_out, world, harmonica, seal, plan, sources)


def _carry_out(
    world: World, harmonica: Harmonica, seal: Seal, plan: Plan, sources: list[Attachment]
) -> None:
    """Bring the session about, announce it, and hand on its link."""
    plan, session = settle(world, harmonica, plan)
    told = plan.status, session.id
    tell(world, plan, session)
    # Once before the announcement, which may be refused or cut off, and once after it.
    hand_on(world, plan, session)
    if not plan.is_settled_by_comment:
        plan, session = give_way_to_twin(world, harmonica, plan, session)
    plan, session, comment_url = announce(world, harmonica, seal, plan, session)
    if plan.is_settled_by_comment and not comment_url:
        plan, session = give_way_to_twin(world, harmonica, plan, session)
    if (plan.status, session.id) != told:
        tell(world, plan, session)
    attached = attach(world, harmonica, plan, session, sources)
    hand_on(world, plan, session, comment_url, attached)
