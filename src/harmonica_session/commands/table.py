"""The table of commands: each word for a flow, where that flow is, and what it needs.

This module must not import a flow before it is run: every run pays for what stands here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.world import World

    Flow: TypeAlias = Callable[[World], bool]

ONLINE = "validate --online"


class Command(NamedTuple):
    """What a word leads to.

    Attributes:
        flow: Where it is, as `module:function` in this room. It is given a world, says whether all
            went well, and raises `ActionError` where nothing was done.
        needs_services: Whether it asks Harmonica and GitHub.
    """

    flow: str
    needs_services: bool

    def load(self) -> Flow:
        """Import the flow, and no more than it takes."""
        module, _, name = self.flow.partition(":")
        flow: Flow = getattr(import_module(f"harmonica_session.commands.{module}"), name)
        return flow


COMMANDS = {
    "create": Command("create:create", needs_services=True),
    "results": Command("results:results", needs_services=True),
    "validate": Command("validate:validate", needs_services=False),
    # Only at a terminal: a workflow that has a key need not ask for less than `create`.
    ONLINE: Command("validate:validate_online", needs_services=True),
}
