"""What Harmonica's own tools warn of in what a session is asked to be.

This module must not refuse anything, nor decide where a caution is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harmonica_session.text.scripts import foreign_scripts, words_in

if TYPE_CHECKING:
    from harmonica_session.session.task import Task
    from harmonica_session.spec.document import Path

_MANY_WORDS = 500


class Caution(NamedTuple):
    """A sentence of caution.

    Attributes:
        path: The keys of the spec that it is about, the nearest first.
        message: What may go wrong, and what to do.
    """

    path: Path
    message: str


def cautions(
    topic: str, prompt: str | None, context: str, *, is_whole: bool = True
) -> list[Caution]:
    """Return what to be careful about.

    Args:
        topic: The session's topic.
        prompt: Its prompt, if it has one of its own.
        context: The context as it is sent.
        is_whole: Whether nothing is added to the context.
    """
    found = []
    scripts = {"topic": foreign_scripts(topic), "prompt": foreign_scripts(prompt or "")}
    if keys := [key for key, names in scripts.items() if names]:
        names = dict.fromkeys(name for key in keys for name in scripts[key])
        found.append(
            Caution(
                (keys[0],),
                f"{' and '.join(f'`{key}`' for key in keys)} "
                f"{'has' if len(keys) == 1 else 'have'} letters outside the Latin alphabet "
                f"({', '.join(names)}); Harmonica's own tools warn that such titles and "
                "prompts can come back garbled, so check the session before you share its link",
            )
        )
    words = words_in(context)
    if words > _MANY_WORDS:
        found.append(
            Caution(
                ("context",),
                f"the context comes to about {words:,} words{'' if is_whole else ' or more'}; "
                f"Harmonica's own tools warn against more than about {_MANY_WORDS}, so "
                "leave out what the facilitator does not need",
            )
        )
    return found


def notices_of(task: Task) -> list[str]:
    """Return the cautions about a session that is asked for, as people read them."""
    request = task.request
    return [it.message for it in cautions(request.topic, request.prompt, task.context.text)]
