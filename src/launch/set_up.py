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
from launch.install import InstallationError, install
from launch.launch import CONTENT, LOCK, MODULES, PACKAGE, SEAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from launch.launch import Modules, Part

    Code = dict[str, tuple[bool, bytes]]

ABANDONED_SECONDS = 24 * 3600
DRAFT = ".draft-"
# Large, and on no path of ours: they stay importable, but are not compiled beforehand.
SELDOM = frozenset(("pydantic/v1", "pydantic/mypy.py", "idna/uts46data.py"))
# What wheels and installers leave that is never imported: `tests` is a stray of actions-toolkit,
# `.lock` one of uv.
SUPERFLUOUS = frozenset(("bin", "Scripts", "tests", "__pycache__", ".lock"))
SUPERFLUOUS_SUFFIXES = (".dist-info", ".pyi", ".typed", ".pyc")


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


def compiled(folder: Path, root: Path, rest: Path, place: Callable[[Path, Path], object]) -> Code:
    """Compile the modules below a folder, and put what is no module below another.

    Args:
        folder: Where the modules are.
        root: The folder itself or one above it, from which modules have their names.
        rest: Where extension modules and data go.
        place: Puts a file or folder there: moves or copies it.

    Returns:
        For each module whether it is a package, and its marshalled code.
    """
    modules = {}
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            name = path.relative_to(root).as_posix()
            if path.name in SUPERFLUOUS or path.name.endswith(SUPERFLUOUS_SUFFIXES):
                continue
            if path.is_dir() and name not in SELDOM:
                waiting.append(path)
            elif path.suffix == ".py" and name not in SELDOM:
                code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
                module = name.removesuffix(".py").replace("/", ".")
                package = module.removesuffix(".__init__")
                modules[package] = package != module, marshal.dumps(code)
            else:
                (rest / name).parent.mkdir(parents=True, exist_ok=True)
                place(path, rest / name)
    return modules


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
        return compiled(folder, folder, rest, os.replace), rest

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
