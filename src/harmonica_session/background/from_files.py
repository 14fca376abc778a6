"""Reads the sources of the background that are files.

This module must not ask Harmonica anything, nor shorten what it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.background.context import Background
from harmonica_session.errors import FileRefused
from harmonica_session.text.decoding import background_text
from harmonica_session.text.secrecy import refuse_secrets

if TYPE_CHECKING:
    from harmonica_session.spec.context_from import Source
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World

MAX_BACKGROUND_BYTES = 4_000_000
# A context takes a million characters at most, so nothing is lost by it.
MAX_BYTES_TOGETHER = 16_000_000
_MOST_FILES = 100


def from_files(world: World, spec: Spec) -> dict[int, list[Background]]:
    """Return what each source of a spec that is a file holds, by its position in the list.

    Raises:
        FileRefused: A file cannot be used.
        DeadlineReached: There are too many to be read in time.
    """
    reading = _Reading(world, spec)
    return {
        at: reading.files(at, source)
        for at, source in enumerate(spec.context_from)
        if source.session_md or source.file
    }


class _Reading:
    """What the files of one spec have in common; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec) -> None:
        self.world = world
        self.spec = spec
        self.room = MAX_BYTES_TOGETHER

    def files(self, at: int, source: Source) -> list[Background]:
        """Return the text of SESSION.md, or of the files that a path or pattern names."""
        self.world.deadline.remaining("look for the background's files")
        if source.session_md:
            wanted = self.world.inputs.session_md
            return [self.session_md(wanted)] if wanted else []
        held = self.world.files
        path = held.normalise(source.file or "")
        if not any(character in path for character in "*?["):
            return [Background(path, self.text(at, path))]
        paths = held.matching(path)
        if not paths or len(paths) > _MOST_FILES:
            how_many = f"more than {_MOST_FILES} files" if paths else "no file"
            raise FileRefused(
                self.spec.problem_at(("context_from", at, "file"), f"`{path}` matches {how_many}")
            )
        self.world.runner.say(f"{path}: {', '.join(paths)}")
        name = f"{path} ({len(paths)} {'file' if len(paths) == 1 else 'files'})"
        return [Background(name, self.text(at, path)) for path in paths]

    def session_md(self, wanted: str) -> Background:
        path = self.world.files.normalise(wanted)
        content = self.world.files.read(path, MAX_BACKGROUND_BYTES)
        if content is None and path != "SESSION.md":
            raise FileRefused(
                f"there is no file `{path}`, which `session-md` names; add it, or leave it out"
            )
        return Background(path, self.checked(content or b"", path))

    def text(self, at: int, path: str) -> str:
        self.world.deadline.remaining("read the background")
        content = self.world.files.read(path, MAX_BACKGROUND_BYTES)
        if content is None:
            message = f"there is no file `{path}`; add it, or correct the path"
            raise FileRefused(self.spec.problem_at(("context_from", at, "file"), message))
        self.room -= len(content)
        if self.room < 0:
            message = (
                f"with `{path}` the files come to more than {MAX_BYTES_TOGETHER // 1_000_000} MB "
                "together; leave some of them out, or narrow the pattern down"
            )
            raise FileRefused(self.spec.problem_at(("context_from", at, "file"), message))
        return self.checked(content, path)

    def checked(self, content: bytes, path: str) -> str:
        text = background_text(content, path)
        refuse_secrets(text, path, self.world.inputs.secret_texts)
        return text
