"""The flow of the action: from the spec to a session that is announced.

This module must not build the outside worlds, nor turn an error into an exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.announce import announce, find_pull_request
from harmonica_session.background import gather
from harmonica_session.core import plan as planning
from harmonica_session.core.plan import Found
from harmonica_session.hand_on import hand_on, show, skip
from harmonica_session.prepare import read, require_key, seal_of, task_of
from harmonica_session.recognise import find
from harmonica_session.settle import settle

if TYPE_CHECKING:
    from harmonica_session.edges.world import World


def create(world: World) -> None:
    """Make sure that there is one session, announce it, and hand on its link.

    Raises:
        ActionError: There is none, or none can be known of; the message says what to do.
    """
    if reason := planning.reason_to_skip(world.inputs, world.event):
        return skip(world, reason)
    require_key(world)
    spec = read(world)
    number = find_pull_request(world)
    context = gather(world, spec, number)
    seal = seal_of(world)
    task = task_of(world, seal, spec, context, number)
    plan = planning.decide(task, find(world, seal, task) if seal else Found())
    if world.inputs.dry_run or not seal or not world.harmonica:
        return show(world, seal, plan)
    plan, session = settle(world, world.harmonica, plan)
    # Once before the announcement, which may be refused or cut off, and once after it.
    hand_on(world, plan, session)
    plan, session, comment_url = announce(world, seal, plan, session)
    return hand_on(world, plan, session, comment_url)
