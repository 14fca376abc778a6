"""How many files the background may be made of, and how long they may take."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from harmonica_session.background.from_files import MAX_BACKGROUND_BYTES, from_files
from harmonica_session.commands.several import each
from harmonica_session.edges.files.files import Files
from harmonica_session.edges.runner.runner import Runner
from harmonica_session.errors import DeadlineReached, FileRefused
from harmonica_session.spec.spec import read_spec
from harmonica_session.world import unconnected
from harness.consumer import HurriedClock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.background.context import Background
    from harmonica_session.world import World


class _Slow(Files):
    """As many files as a pattern may match, each as large as one may be, and slow to read."""

    place = pointer_remedy = "here"
    lists_freely = True

    def __init__(self, clock: HurriedClock, seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds
        self.read_so_far = 0

    def content(self, path: str, limit: int) -> bytes | None:
        del path
        self.clock.sleep(self.seconds)
        self.read_so_far += 1
        return b"x" * limit

    def matching(self, pattern: str) -> list[str]:
        del pattern
        return [f"{n:03}.md" for n in range(100)]

    def holds(self, path: str) -> bool:
        del path
        return False

    def names_in(self, folder: str) -> list[str]:
        del folder
        return []

    def holds_checkout(self, specs: Iterable[str]) -> bool:
        del specs
        return True


def _world(seconds: float) -> tuple[World, _Slow]:
    clock = HurriedClock()
    files = _Slow(clock, seconds)
    runner = Runner({}, io.StringIO())
    return unconnected({"INPUT_TIMEOUT": "30"}, b"", runner, files, clock), files


def _read(world: World) -> dict[int, list[Background]]:
    spec = b"topic: t\ngoal: g\ncontext_from:\n" + b"  - file: '*.md'\n" * 20
    return from_files(world, read_spec(spec, "s.yml"))


def test_files_are_bounded_together() -> None:
    """Twenty patterns of a hundred files of 4 MB would be 8 GB; the message names the place."""
    world, files = _world(0)
    with pytest.raises(FileRefused, match=r"s\.yml:4:11: with `004\.md` the files exceed 16 MB"):
        _read(world)
    assert files.read_so_far * MAX_BACKGROUND_BYTES == 20_000_000


def test_reading_ends_at_the_deadline() -> None:
    """Between two files the run looks whether there is time left."""
    world, files = _world(11)
    with pytest.raises(DeadlineReached, match="could read the background"):
        _read(world)
    assert files.read_so_far == 3


def test_specs_are_looked_at_until_the_deadline() -> None:
    """Between two specs it does as well."""
    world, _ = _world(0)
    done: list[World] = []

    def step(one: World) -> None:
        done.append(one)
        one.deadline.clock.sleep(11)

    with pytest.raises(DeadlineReached, match="could look at `"):
        each([world] * 9, step)
    assert len(done) == 3
