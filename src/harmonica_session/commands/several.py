"""Several specs in one run: a world for each, planned together, carried out side by side.

This module must not know what is done for a spec.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from harmonica_session.edges.runner.step_files import Rows
from harmonica_session.errors import ActionError, FileRefused, SpecError
from harmonica_session.report.hand_on import fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harmonica_session.world import World

T = TypeVar("T")

MOST_AT_ONCE = 8


def rows_of(world: World) -> list[World]:
    """Return a world for each spec that the input names, with outputs and a log of its own.

    Raises:
        FileRefused: A path leads out of the workspace, or a pattern matches nothing.
    """
    specs = _specs(world)
    rows = Rows(world.runner.files, specs)
    # One row may speak at once; several would interrupt each other.
    logs = [world.runner.out] if len(specs) == 1 else [io.StringIO() for _ in specs]
    return [
        replace(
            world,
            inputs=replace(world.inputs, spec=spec),
            runner=world.runner.row(rows.row(index), log),
        )
        for index, (spec, log) in enumerate(zip(specs, logs, strict=True))
    ]


def _specs(world: World) -> list[str]:
    """Return the paths of the specs, sorted, each once."""
    found: set[str] = set()
    for line in world.inputs.spec.splitlines():
        wanted = line.strip()
        if not wanted:
            continue
        if not any(character in wanted for character in "*?["):
            found.add(world.files.normalise(wanted))
            continue
        matching = world.files.matching(wanted)
        if not matching:
            raise FileRefused(f"no spec matches `{wanted}`; check the pattern, or the checkout")
        found.update(matching)
    return sorted(found)


def all_of(steps: Iterable[Callable[[], T]]) -> list[T]:
    """Return what the step of each spec returns, all or nothing.

    Raises:
        ActionError: With the problems of every spec at once.
    """
    results = [_result_or_error(step) for step in steps]
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


def side_by_side(rows: list[World], work: list[Callable[[], None]]) -> bool:
    """Do the work of each row; one that fails does not keep the others from theirs.

    Returns:
        Whether all of them succeeded.
    """
    if len(rows) == 1:
        return _try(rows[0], work[0])
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - not for a single spec

    pool = ThreadPoolExecutor(MOST_AT_ONCE)
    try:
        results = list(pool.map(_try, rows, work))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return all(results)


def _try(row: World, work: Callable[[], None]) -> bool:
    try:
        work()
    except ActionError as error:
        fail(row.runner, error)
        return False
    return True


@contextmanager
def told(world: World, rows: list[World]) -> Iterator[None]:
    """Write the logs of several rows one after the other in the end, whatever has happened."""
    try:
        yield
    finally:
        for row in rows:
            if isinstance(row.runner.out, io.StringIO) and row.runner.out is not world.runner.out:
                world.runner.write_log(row.runner.out.getvalue())
