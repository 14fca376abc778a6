"""Several specs in one run: a world for each, planned together, carried out side by side.

This module must not know what is done for a spec.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from harmonica_session.edges.runner.step_files import Rows
from harmonica_session.errors import ActionError, FileRefused, SpecError, clip
from harmonica_session.report.hand_on import fail
from harmonica_session.report.summary import Failed
from harmonica_session.text.decoding import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harmonica_session.world import World

T = TypeVar("T")

MOST_AT_ONCE = 8


def worlds_of(world: World) -> list[World]:
    """Return a world for each spec that the input names, with outputs and a log of its own.

    Raises:
        FileRefused: A path leads out of the workspace, or a pattern matches nothing.
    """
    return rows_of(world, specs_of(world))


def rows_of(world: World, specs: list[str]) -> list[World]:
    """Return a world for each spec of a list, with outputs and a log of its own."""
    rows = Rows(world.runner.files, specs)
    # One may speak at once; several would interrupt each other.
    logs = [world.runner.out] if len(specs) == 1 else [io.StringIO() for _ in specs]
    return [
        replace(
            world,
            inputs=replace(world.inputs, spec=spec),
            runner=world.runner.row(rows.row(index), log),
        )
        for index, (spec, log) in enumerate(zip(specs, logs, strict=True))
    ]


def specs_of(world: World) -> list[str]:
    """Return the paths of the specs that the input names, sorted, each once.

    Raises:
        FileRefused: A path leads out of the workspace, or a pattern matches nothing.
    """
    named = {wanted: world.files.named(wanted) for wanted in lines_of(world.inputs.spec)}
    if unmatched := [
        (f"no spec matches `{clip(wanted)}`; check the pattern, or the checkout")
        for wanted, paths in named.items()
        if not paths
    ]:
        raise FileRefused(*unmatched)
    return sorted({path for paths in named.values() for path in paths})


def each(worlds: Sequence[World], step: Callable[..., T], *columns: Iterable[object]) -> list[T]:
    """Return what a step comes to for each spec, all or nothing.

    Args:
        worlds: One for each spec.
        step: Is given a world, and what stands for that spec in each of the columns.
        columns: What earlier steps came to, in the order of the worlds.

    Raises:
        ActionError: With the problems of every spec at once.
        DeadlineReached: Those before it took all the time.
    """
    results = []
    for world, *row in zip(worlds, *columns, strict=True):
        world.deadline.remaining(f"look at `{world.inputs.spec}`")
        results.append(_result_or_error(partial(step, world, *row)))
    failures = [result for result in results if isinstance(result, ActionError)]
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise SpecError(*(problem for failure in failures for problem in failure.problems))
    return [result for result in results if not isinstance(result, ActionError)]


def _result_or_error(step: Callable[[], T]) -> T | ActionError:
    """Return what a step returns; a service that does not answer ends all steps at once."""
    try:
        return step()
    except (SpecError, FileRefused) as error:
        return error


class Work(NamedTuple):
    """What is to be done for one spec.

    Attributes:
        do: It.
        topic: Of the session that it is done for, empty where nobody knows it yet.
    """

    do: Callable[[], None]
    topic: str = ""


def carry_out(worlds: list[World], work: list[Work]) -> bool:
    """Do the work for each spec, side by side; one that fails does not keep the others from theirs.

    Returns:
        Whether all of them succeeded.
    """
    if len(worlds) == 1:
        return _try(worlds[0], work[0], is_one_of_several=False)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(MOST_AT_ONCE)
    try:
        results = list(pool.map(partial(_try, is_one_of_several=True), worlds, work))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return all(results)


def _try(world: World, work: Work, *, is_one_of_several: bool) -> bool:
    try:
        work.do()
    except ActionError as error:
        # Results write as they go, so nobody can tell.
        is_clear = world.inputs.command == "create" and not error.may_leave_something
        failed = Failed(world.inputs.spec, work.topic, is_one_of_several, is_clear)
        fail(world.runner, error, failed)
        return False
    return True


@contextmanager
def logs_in_turn(world: World, worlds: list[World]) -> Iterator[None]:
    """Write the logs of several specs one after the other in the end, whatever has happened."""
    try:
        yield
    finally:
        for one in worlds:
            if isinstance(one.runner.out, io.StringIO) and one.runner.out is not world.runner.out:
                world.runner.write_log(one.runner.out.getvalue())
