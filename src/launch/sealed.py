"""Byte code that was sealed at set-up: where it lies, whether its seal holds, how it is imported.

It must not write anything, nor hold what only set-up needs: every start pays for what stands here.

What was set up is used only if it still has the seal that it was given then. The seal is keyed with
the API key: who can write to a tool cache that jobs share, but does not know the key, can plant no
code in a job that has it. Without a key (a fork, a dry run, `try`) the seal shows damage only.
"""

from __future__ import annotations

import hmac
import marshal
import os
import sys
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES, SourcelessFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.machinery import ModuleSpec
    from types import CodeType

SOURCES = Path(__file__).resolve().parents[1]
PACKAGE = SOURCES / "harmonica_session"
LOCK = SOURCES / "launch" / "runtime.txt"
FAMILY = "harmonica-session-action"
# In the folder of a part: its seal, and what is sealed. In that: one file with the byte code of the
# modules, and beside it the files that are no byte code, each where its package looks for it.
SEAL = "seal"
CONTENT = "content"
MODULES = "modules.marshal"
BLOCK_BYTES = 2**18


class Modules:
    """An import finder for modules whose byte code has been read and checked.

    Attributes:
        folder: What the packages take for their place: extension modules and data are there.
        modules: Name to whether it is a package, and its marshalled code, until it is imported.
    """

    def __init__(self, folder: Path, modules: dict[str, tuple[bool, bytes]]) -> None:
        """Take what `Part.find` checked; `install` puts it to use."""
        self.folder = folder
        self.modules = modules

    def install(self) -> None:
        """Let imports find these modules and what lies beside them."""
        sys.meta_path.insert(0, self)
        sys.path.append(str(self.folder))

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Tell Python's import how to load a module; None if it is not one of these."""
        if name not in self.modules:
            return None
        is_package = self.modules[name][0]
        place = f"{self.folder}{os.sep}{name.replace('.', os.sep)}"
        file = f"{place}{os.sep}__init__.pyc" if is_package else f"{place}.pyc"
        folders = [place] if is_package else None
        loader = _Loader(name, file, self.modules)
        return spec_from_file_location(
            name, file, loader=loader, submodule_search_locations=folders
        )


class _Loader(SourcelessFileLoader):
    """A loader for byte code that is at hand; its file need not exist."""

    def __init__(self, name: str, file: str, modules: dict[str, tuple[bool, bytes]]) -> None:
        super().__init__(name, file)
        self._modules = modules

    def get_code(self, fullname: str) -> CodeType:
        # Nothing is imported twice, and what was imported need not be kept in two forms.
        code: CodeType = marshal.loads(self._modules.pop(fullname)[1])  # noqa: S302 - sealed
        return code


@dataclass(frozen=True)
class Part:
    """One thing to import from: the libraries, or the package itself.

    Attributes:
        kind: `libraries` or `package`.
        name: Of its folder; it says what it was made from and for which Python.
        key: Of the seal.
        roots: Folders that may hold it, the preferred one first.
    """

    kind: str
    name: str
    key: bytes = field(repr=False)
    roots: tuple[Path, ...]

    def find(self) -> Modules | None:
        """Return the modules of the first folder whose seal holds."""
        return next(filter(None, (self.read(root / self.name) for root in self.roots)), None)

    def read(self, folder: Path) -> Modules | None:
        """Return the modules of a folder, None unless it is exactly what was sealed."""
        try:
            given = (folder / SEAL).read_bytes()
            seal, modules = self.seal(folder / CONTENT)
        except OSError:
            return None
        if not hmac.compare_digest(given, seal):
            return None
        return Modules(folder / CONTENT, marshal.loads(modules))  # noqa: S302 - the seal holds

    def seal(self, content: Path) -> tuple[bytes, bytes]:
        """Return the seal that a folder's content asks for, and the modules it was reckoned with.

        Raises:
            OSError: if something cannot be read, or is neither a file nor a folder.
        """
        code = hmac.new(self.key, digestmod="sha256")
        modules = b""
        # One block for all: fresh memory for each file would take as long as the reckoning.
        block = memoryview(bytearray(BLOCK_BYTES))
        for name, path in _files(content):
            size = 0
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - much quicker
                if name == MODULES.encode():
                    modules = file.read()
                    code.update(modules)
                    size = len(modules)
                while count := file.readinto(block):
                    code.update(block[:count])
                    size += count
            code.update(b"\0%s\0%d\0" % (name, size))
        return code.hexdigest().encode(), modules


def inside(path: Path, folder: str) -> bool:
    """Tell whether a path is or lies below a folder, links resolved; empty means no folder."""
    return bool(folder) and path.resolve().is_relative_to(Path(folder).resolve())


def parts(environ: Mapping[str, str]) -> tuple[Part, Part]:
    """Return the libraries and the package, as this Python and this job need them.

    A name carries whatever makes a difference to what is set up. Besides platform and Python that
    is the C library, since containers may share a tool cache; the lock or the package's files; and
    the key, since with another one the seal does not hold.

    Args:
        environ: Of the process, with the runner's variables if there is a runner.
    """
    key = environ.get("INPUT_API_KEY", "").strip().encode(errors="surrogateescape")
    label = f"{sys.platform}-{_machine(environ)}-{sys.implementation.cache_tag}"
    python = repr((EXTENSION_SUFFIXES, sys.hexversion, _c_library())).encode()
    folders = _roots(environ)

    def part(kind: str, *made_from: bytes) -> Part:
        identity = b"\0".join((FAMILY.encode(), python, *made_from))
        digest = hmac.digest(key, identity, "sha256").hex()[:16]
        return Part(kind, f"{label}-{kind}-{digest}", key, folders)

    sources = []
    for name, path in _files(PACKAGE):
        if b"__pycache__" not in name:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - much quicker
                sources += [name, file.read()]
    return part("libraries", LOCK.read_bytes()), part("package", *sources)


def _files(folder: Path) -> Iterator[tuple[bytes, str]]:
    """Yield relative name and path of each file below a folder, sorted; no link is followed."""
    waiting = [str(folder)]
    start = len(waiting[0]) + 1
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield os.fsencode(entry.path[start:]), entry.path
                else:
                    raise OSError(f"{entry.path} is neither a file nor a folder")


def _roots(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the folders that set-up may use, none of them in the consumer's checkout."""
    runner = [environ.get("RUNNER_TOOL_CACHE", ""), environ.get("RUNNER_TEMP", "")]
    home = os.path.expanduser("~")  # noqa: PTH111 - pathlib raises where there is no home
    if sys.platform == "win32":
        cache = environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        cache = f"{home}/Library/Caches"
    else:
        cache = environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    roots = [Path(place) for place in (runner if any(runner) else [cache]) if place]
    checkout = environ.get("GITHUB_WORKSPACE", "")
    return tuple(
        root / FAMILY for root in roots if root.is_absolute() and not inside(root, checkout)
    )


def _machine(environ: Mapping[str, str]) -> str:
    if sys.platform == "win32":
        return environ.get("PROCESSOR_ARCHITECTURE", "unknown")
    return os.uname().machine


def _c_library() -> str | None:
    """Return glibc's name and version, None for any other C library."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        return None
