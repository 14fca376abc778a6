"""Gathers the session's background from its sources, in the order in which the spec lists them.

This module must not write anything anywhere, nor leave out what the spec asks for without a word;
what a service tells, it gets from `tell`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonica_session.background.context import Background, Context, put_together
from harmonica_session.errors import FileRefused
from harmonica_session.text.decoding import background_text
from harmonica_session.text.secrecy import refuse_secrets

if TYPE_CHECKING:
    from harmonica_session.spec.context_from import Source
    from harmonica_session.spec.spec import Spec
    from harmonica_session.world import World

TITLE = "Harmonica session"
MAX_BACKGROUND_BYTES = 4_000_000
_MOST_FILES = 100


def context_of(world: World, spec: Spec, number: int | None) -> Context:
    """Return the context: the spec's own, then its sources, within the limit.

    Args:
        world: Where the sources are.
        spec: What the file says.
        number: The pull request that the session is announced on.

    Raises:
        FileRefused: A file cannot be used.
        BackgroundMissing: A source cannot be had.
        ServiceError: A service did not answer.
    """
    # Files come first: what is wrong with one is said before anybody is asked anything.
    held = _Files(world, spec).all()
    places = range(len(spec.context_from))
    if others := [place for place in places if place not in held]:
        from harmonica_session.background.from_services import told  # noqa: PLC0415 - most specs name files only

        held |= told(world, spec, number, others)
    backgrounds = [Background("the spec", spec.context or "")]
    for place in places:
        backgrounds += held[place]
    context = put_together(backgrounds, spec.context_limit)
    world.runner.say(f"Background: {', '.join(map(str, context.shares)) or 'none'}")
    if context.cut:
        cut = "; ".join(str(share) for share in context.shares if share.cut)
        world.runner.warn(
            TITLE,
            f"The background is {context.cut:,} characters longer than `context_limit` allows "
            f"({spec.context_limit:,}); it was cut at line ends, with a mark where text is "
            f"missing: {cut}",
        )
    return context


def read_files(world: World, spec: Spec) -> None:
    """Read the files of the background, as far as that needs neither a key nor the network.

    Raises:
        FileRefused: A file cannot be used.
    """
    _Files(world, spec).all()


class _Files:
    """The sources of one spec that are files; each method returns what a source holds."""

    def __init__(self, world: World, spec: Spec) -> None:
        self.world = world
        self.spec = spec

    def all(self) -> dict[int, list[Background]]:
        """Return what each of them holds, by its place in the list of sources."""
        return {
            place: self.files(place, source)
            for place, source in enumerate(self.spec.context_from)
            if source.session_md or source.file
        }

    def files(self, place: int, source: Source) -> list[Background]:
        """Return the text of SESSION.md, or of the files that a path or pattern names."""
        if source.session_md:
            wanted = self.world.inputs.session_md
            return [self.session_md(wanted)] if wanted else []
        workspace = self.world.files
        path = workspace.normalise(source.file or "")
        if not any(character in path for character in "*?["):
            return [Background(path, self.text(place, path))]
        paths = workspace.matching(path)
        if not paths or len(paths) > _MOST_FILES:
            how_many = f"more than {_MOST_FILES} files" if paths else "no file"
            raise FileRefused(
                self.spec.problem_at(
                    ("context_from", place, "file"), f"`{path}` matches {how_many}"
                )
            )
        self.world.runner.say(f"{path}: {', '.join(paths)}")
        name = f"{path} ({len(paths)} {'file' if len(paths) == 1 else 'files'})"
        return [Background(name, self.text(place, path)) for path in paths]

    def session_md(self, wanted: str) -> Background:
        path = self.world.files.normalise(wanted)
        content = self.world.files.read(path, MAX_BACKGROUND_BYTES)
        if content is None and path != "SESSION.md":
            raise FileRefused(
                f"there is no file `{path}`, which `session-md` names; add it, or leave it out"
            )
        return Background(path, self.checked(content or b"", path))

    def text(self, place: int, path: str) -> str:
        content = self.world.files.read(path, MAX_BACKGROUND_BYTES)
        if content is None:
            message = f"there is no file `{path}`; add it, or correct the path"
            raise FileRefused(self.spec.problem_at(("context_from", place, "file"), message))
        return self.checked(content, path)

    def checked(self, content: bytes, path: str) -> str:
        text = background_text(content, path)
        refuse_secrets(text, path, self.world.inputs.secret_texts)
        return text
