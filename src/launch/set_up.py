"""Make the folders that `launch` imports from, whatever else happens at the same time.

It must not leave a half-made folder under a final name, nor write a file anywhere else.
"""

from __future__ import annotations

import marshal
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from launch import say
from launch.byte_code import compiled, compiled_by_two
from launch.install import InstallationError, install
from launch.sealed import CONTENT, LOCK, MODULES, PACKAGE, SEAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from launch.byte_code import Code
    from launch.sealed import Modules, Part

ABANDONED_SECONDS = 24 * 3600
DRAFT = ".draft-"
# The package with as much to compile as all others together.
LARGEST = "pydantic"


def provide(parts: Sequence[Part]) -> list[Modules]:
    """Return the modules of each part, set up now where none are ready.

    Raises:
        SystemExit: if that cannot be done; what to do about it has been said.
    """
    try:
        with ThreadPoolExecutor() as pool:
            return list(pool.map(_provide, parts))
    except (InstallationError, OSError) as error:
        say.failure("Set-up failed", str(error))
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def settle(part: Part, draft: Path) -> Modules:
    """Give a finished draft its final name; return the modules to use, whoever made them.

    Raises:
        OSError: if what was written cannot be read again.
    """
    final = draft.with_name(part.name)
    replaced = draft.with_name(f"{draft.name}-replaced")
    if not _renamed(draft, final) and not part.read(final):
        _renamed(final, replaced)
        _renamed(draft, final)
    # Where the name is taken by what cannot be moved, this run uses its own draft. A second look,
    # since another set-up may just have put its own folder in the place of this one's.
    modules = part.read(final) or part.read(draft) or part.read(final)
    if modules is None:
        raise OSError(f"What set-up wrote to {final} has changed since; is another program at it?")
    for rest in (draft, replaced):
        if rest != modules.folder.parent:
            shutil.rmtree(rest, ignore_errors=True)
    return modules


def _provide(part: Part) -> Modules:
    """Return the modules of one part."""
    if ready := part.find():
        return ready
    draft = _draft(part)
    content = draft / CONTENT
    content.mkdir()
    try:
        if part.kind == "package":
            modules = compiled(PACKAGE, PACKAGE.parent, content, shutil.copyfile)
        else:
            say.progress(f"Setting up in {draft.parent} (once)")
            modules = _install(draft)
        (content / MODULES).write_bytes(marshal.dumps(modules))
        (draft / SEAL).write_bytes(part.seal(content)[0])
        return settle(part, draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _install(draft: Path) -> Code:
    """Install what the lock names into a draft; return its modules."""

    def prepare(folder: Path) -> tuple[Code, Path]:
        rest = folder.with_name(f"{folder.name} rest")
        rest.mkdir()
        return compiled_by_two(folder, rest, folder / LARGEST), rest

    scratch = draft / "scratch"
    scratch.mkdir()
    modules: Code = {}
    for share, rest in install(LOCK, scratch, prepare, os.environ):
        modules |= share
        for path in rest.iterdir():
            path.rename(draft / CONTENT / path.name)
    shutil.rmtree(scratch)
    return modules


def _draft(part: Part) -> Path:
    """Return a new private folder beside the place where the part is to be.

    Raises:
        OSError: if nowhere can be written.
    """
    for root in part.roots:
        with suppress(OSError):
            root.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(root)
            return Path(tempfile.mkdtemp(prefix=DRAFT, dir=root))
    tried = ", ".join(map(str, part.roots)) or "no folder outside the checkout is known"
    raise OSError(f"Nothing can be written ({tried}). Set RUNNER_TEMP to a folder where it can.")


def _remove_abandoned(root: Path) -> None:
    """Remove what set-ups that were cut off have left, late enough to disturb no other."""
    for draft in root.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)


def _renamed(source: Path, target: Path) -> bool:
    """Rename a folder; tell whether that was possible."""
    try:
        source.rename(target)
    except OSError:
        return False
    return True
