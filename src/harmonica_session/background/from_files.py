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
    from harmonica_session.errors import Problem
    from harmonica_session.spec.context_from import Source
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World

MAX_BACKGROUND_BYTES = 4_000_000
# A context takes a million characters at most, so nothing is lost by it.
MAX_BYTES_TOGETHER = 16_000_000
_MOST_FILES = 100
# The one file that may be absent, for the input names it where nobody has.
_OPTIONAL = "SESSION.md"


def from_files(world: World, spec: Spec) -> dict[int, list[Background]]:
    """Return what each source of a spec that is a file holds, by its position in the list.

    Raises:
        FileRefused: Files cannot be used; with all of them at once.
        DeadlineReached: There are too many to be read in time.
    """
    reading = _Reading(world, spec)
    held = {
        at: reading.files(at, source)
        for at, source in enumerate(spec.context_from)
        if source.session_md or source.file
    }
    if reading.problems:
        raise FileRefused(*sorted(set(reading.problems)))
    return held


class _Reading:
    """What the files of one spec have in common; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec) -> None:
        self.world = world
        self.spec = spec
        self.room = MAX_BYTES_TOGETHER
        self.problems: list[Problem] = []

    def files(self, at: int, source: Source) -> list[Background]:
        """Return the text of SESSION.md, or of the files that a path or pattern names."""
        self.world.deadline.remaining("look for the background's files")
        if self.room < 0:
            return []
        try:
            if source.session_md:
                wanted = self.world.inputs.session_md
                return [self.session_md(wanted)] if wanted else []
            return self.listed(at, source.file or "")
        except FileRefused as error:
            # What `session-md` names stands nowhere in the spec.
            self.problems += self.beside(at, error) if source.file else error.problems
            return []

    def beside(self, at: int, error: FileRefused) -> list[Problem]:
        return self.spec.problems_beside(("context_from", at, "file"), error)

    def listed(self, at: int, wanted: str) -> list[Background]:
        paths = self.world.files.named(wanted)
        pattern = self.world.files.normalise(wanted)
        if paths == [pattern]:
            return [Background(pattern, self.text(at, pattern))]
        if not paths or len(paths) > _MOST_FILES:
            how_many = f"more than {_MOST_FILES} files" if paths else "no file"
            raise FileRefused(f"`{pattern}` matches {how_many}")
        self.world.runner.say(f"{pattern}: {', '.join(paths)}")
        name = f"{pattern} ({len(paths)} {'file' if len(paths) == 1 else 'files'})"
        return [Background(name, self.text(at, path)) for path in paths]

    def session_md(self, wanted: str) -> Background:
        files = self.world.files
        path = files.normalise(wanted)
        content = files.read(path, MAX_BACKGROUND_BYTES)
        if content is None and path != _OPTIONAL:
            near = files.near(path)
            remedy = f"there is a `{near}`, so correct the name" if near else "add the file"
            raise FileRefused(
                f"there is no file `{path}`, which `session-md` names; {remedy}, or remove the "
                "input"
            )
        if content is None and files.lists_freely:
            near = files.near(path)
            if near.lower() == _OPTIONAL.lower():
                self.world.runner.warn(
                    f"There is no `{path}`, and the existing `{near}` was not read; rename it, or "
                    "name it in `session-md`",
                    about="background",
                )
        return Background(path, self.checked(content or b"", path))

    def text(self, at: int, path: str) -> str:
        """Return a file's text; what is wrong with it keeps no other from being looked at."""
        self.world.deadline.remaining("read the background")
        try:
            text = self.whole(path)
        except FileRefused as error:
            self.problems += self.beside(at, error)
            text = ""
        if self.room < 0:
            raise FileRefused(
                f"with `{path}` the files exceed {MAX_BYTES_TOGETHER // 1_000_000} MB in total; "
                "leave some of them out, or narrow the pattern"
            )
        return text

    def whole(self, path: str) -> str:
        content = self.world.files.read(path, MAX_BACKGROUND_BYTES)
        if content is None:
            raise FileRefused(self.world.files.missing(path))
        self.room -= len(content)
        return self.checked(content, path)

    def checked(self, content: bytes, path: str) -> str:
        text = background_text(content, path)
        refuse_secrets(text, path, self.world.inputs.secret_texts)
        if not text.startswith("---"):
            return text
        from harmonica_session.words.front_matter import without_front_matter

        return without_front_matter(text)
