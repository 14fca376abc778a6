"""Make the folder that `libraries` imports from, whatever else happens at the same time.

It must not leave a half-made folder under a final name, nor write a file anywhere else.
"""

from __future__ import annotations

import atexit
import errno
import importlib
import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from hashlib import sha256
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from launch import libraries, say
from launch.libraries import BYTE_CODE, CONTENT, EXTENSIONS, FAMILY, LIST, LOCK, SOURCES
from launch.say import InstallationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABANDONED_SECONDS = 24 * 3600
# An installer keeps what it downloads beside what it makes of that.
ROOM_BYTES = 50_000_000
DRAFT = ".draft-"


def provide(environ: Mapping[str, str]) -> None:
    """Set the libraries up in the first folder that will do, and make them importable.

    Raises:
        InstallationError: if there is no such folder, or nothing to put into it.
    """
    reasons = []
    archives = _checked(libraries.carried())
    for root in _roots(environ):
        reason = _failure_in(root, archives, environ)
        if not reason:
            return
        reasons.append(f"{root}: {reason}")
    why = "; ".join(reasons) or "no folder outside the checkout is known"
    raise InstallationError(
        f"No folder is suitable for the action's libraries ({why}). Set RUNNER_TEMP or TMPDIR to a "
        "folder in which files can be written and programs can be run."
    )


def settle(draft: Path, final: Path) -> Path:
    """Give a finished draft its final name; return the folder to use, whoever made it."""
    for _ in range(2):
        with suppress(OSError):
            draft.rename(final)
            return final
        if libraries.whole(final) is not None:
            _remove(draft)
            return final
        _remove(final)
    # The name is taken by what cannot be moved, so this run uses its own draft.
    return draft


def _roots(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders to try, the last of them for this run alone."""
    yield from libraries.folders(environ)
    with suppress(OSError):
        place = tempfile.gettempdir()
        if not libraries.inside(place, environ.get("GITHUB_WORKSPACE", "")):
            own = Path(tempfile.mkdtemp(prefix=f"{FAMILY}-", dir=place))
            atexit.register(shutil.rmtree, own, ignore_errors=True)
            yield own


def _failure_in(root: Path, archives: list[ZipFile], environ: Mapping[str, str]) -> str:
    """Set the libraries up below a folder; return why it will not do, or an empty text.

    Raises:
        InstallationError: if no other folder would do either.
    """
    try:
        _use(_made(root, archives, environ))
    except (OSError, ImportError) as error:
        return str(error)
    return ""


def _use(folder: Path) -> None:
    """Make the libraries importable, with what a folder holds.

    Raises:
        ImportError: if nothing can be loaded from there; then the folder is gone.
        OSError: if it is not what was written.
    """
    path, meta_path, modules = [*sys.path], [*sys.meta_path], {*sys.modules}
    extensions = libraries.use(folder)
    if extensions is None:
        raise OSError("the files written there have changed")
    try:
        # One stands for all: a system that forbids it does so for the folder.
        for extension in extensions[:1]:
            importlib.import_module(extension)
    except ImportError:
        _remove(folder)
        sys.path[:], sys.meta_path[:] = path, meta_path
        for module in {*sys.modules} - modules:
            del sys.modules[module]
        raise


def _made(root: Path, archives: list[ZipFile], environ: Mapping[str, str]) -> Path:
    """Return a folder with the libraries, made now.

    Raises:
        InstallationError: if there is nothing to make it from.
        OSError: if it cannot be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(root)
    if not archives and shutil.disk_usage(root).free < ROOM_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=root))
    try:
        content = draft / CONTENT
        content.mkdir()
        for archive in archives:
            names = archive.namelist()
            archive.extractall(content, [it for it in names if it.endswith(EXTENSIONS)])
        if not archives:
            # A release does without it, and without what it imports.
            from launch.install import install

            say.progress(f"Installing the action's libraries in {root}")
            scratch = draft / "scratch"
            scratch.mkdir()
            compiled = partial(_compile, draft / BYTE_CODE.parent.name, root / libraries.name())
            install(LOCK, scratch, content, environ, compiled)
            shutil.rmtree(scratch)
        files = sorted(path for path in content.rglob("*") if path.is_file())
        names = [path.relative_to(content).as_posix() for path in files]
        (draft / LIST).write_text(
            "".join(f"{line}\n" for line in libraries.listed(content, names)), "utf-8"
        )
        return settle(draft, root / libraries.name())
    except BaseException:
        _remove(draft)
        raise


def _compile(byte_code: Path, final: Path, packages: Path) -> None:
    """Compile libraries and the action itself, while an installer is waited for.

    Args:
        byte_code: Where the byte code goes; Python looks for it by the path of the source.
        final: The folder that the libraries will be in.
        packages: Where they are now.
    """
    import py_compile

    sys.pycache_prefix = str(byte_code)
    package = SOURCES / "harmonica_session"
    for root, place in ((packages, final / CONTENT), (package, package)):
        for source in root.rglob("*.py"):
            target = str(place / source.relative_to(root))
            with suppress(py_compile.PyCompileError):
                py_compile.compile(str(source), cache_from_source(target), target, doraise=True)


def _checked(wheels: list[Path]) -> list[ZipFile]:
    """Open the wheels of a release, once they are those that the lock names.

    Raises:
        InstallationError: if one is not, or is missing.
    """
    packages = re.split(r"^(?=[a-z])", LOCK.read_text("utf-8"), flags=re.MULTILINE)[1:]
    missing = {package.partition("==")[0].replace("-", "_"): package for package in packages}
    advice = "Use an unmodified release tag of the action."
    archives = []
    for wheel in wheels:
        data = wheel.read_bytes()
        package = missing.pop(wheel.name.partition("-")[0], "")
        if f"sha256:{sha256(data).hexdigest()}" not in package:
            raise InstallationError(
                f"{wheel.name} in the action's folder is not the file that {LOCK.name} names. "
                f"{advice}"
            )
        archives.append(ZipFile(BytesIO(data)))
    if archives and missing:
        raise InstallationError(
            f"The action's folder has no wheel of {', '.join(missing)}. {advice}"
        )
    return archives


def _remove_abandoned(root: Path) -> None:
    """Remove what set-ups that were cut off have left, late enough to disturb no other."""
    for draft in root.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                _remove(draft)


def _remove(path: Path) -> None:
    """Remove a folder or what has taken its name; a FIFO opened as a folder would wait for ever."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
