"""The libraries of a run: where they lie, whether they are whole, how they are imported.

It must not write anything, nor hold what only set-up needs: every start pays for what stands here.

A release carries the libraries as wheels, and byte code for most Pythons that they are for. Only
extension modules need a folder of their own, since no system loads one out of an archive. Without
fitting wheels, all that was installed is in that folder. Its list shows damage, and no more: who
can write to it can write to the action as well.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
import zlib
from importlib.machinery import EXTENSION_SUFFIXES, SourceFileLoader
from importlib.util import MAGIC_NUMBER, source_hash, spec_from_file_location
from pathlib import Path
from zipimport import zipimporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType

    # Whether it is a package, its library (none for our own), the hash of our own's source, and the
    # marshalled code.
    Module = tuple[bool, str, bytes, bytes]

SOURCES = Path(__file__).resolve().parents[1]
LOCK = SOURCES / "launch" / "runtime.txt"
WHEELS = SOURCES / "launch" / "wheels"
BYTE_CODE = SOURCES / "launch" / "byte-code" / str(sys.implementation.cache_tag)
FAMILY = "harmonica-session-action"
CONTENT = "content"
EXTENSIONS = tuple(EXTENSION_SUFFIXES)
# Last to be written: a line for each file of the content, with its checksum and size, and their
# number at the end.
LIST = "list.txt"


def label() -> str:
    """Name the extension modules that this Python can load, by language, machine and C library."""
    name = EXTENSION_SUFFIXES[0].strip(".").rpartition(".")[0]
    if sys.platform == "darwin":
        # Python is built for two kinds of machine at once there, and its suffix names neither.
        return f"{name}-{os.uname().machine}"
    if sys.platform == "linux":
        # With the C library of Alpine, Python 3.10 calls them as if it were that of GNU.
        try:
            os.confstr("CS_GNU_LIBC_VERSION")
        except (OSError, ValueError):
            return name.replace("gnu", "musl")
    return name


def carried() -> list[Path]:
    """Return the wheels of this release for this Python; none if it has none that fit."""
    own = WHEELS / label()
    return sorted((*own.iterdir(), *(WHEELS / "any").iterdir())) if own.is_dir() else []


def name() -> str:
    """Return the name of the folder of this lock, for this Python, whether carried or installed."""
    lock = zlib.crc32(LOCK.read_bytes())
    return f"{label()}-{sys.hexversion:x}-{lock:08x}-{'carried' if carried() else 'installed'}"


def folders(environ: Mapping[str, str]) -> list[Path]:
    """Return the folders that may hold libraries beyond this run: a job's, or a person's own.

    Args:
        environ: Of the process, with the runner's variables if there is a runner.
    """
    home = os.path.expanduser("~")  # noqa: PTH111 - pathlib raises where there is no home
    cache = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA") or f"{home}/.cache"
    root = environ.get("RUNNER_TEMP") or cache
    usable = Path(root).is_absolute() and not inside(root, environ.get("GITHUB_WORKSPACE", ""))
    return [Path(root) / FAMILY] if usable else []


def inside(path: str | Path, folder: str) -> bool:
    """Tell whether a path is or lies below a folder, links resolved; empty means no folder."""
    return bool(folder) and Path(path).resolve().is_relative_to(Path(folder).resolve())


def listed(content: Path, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the list of these files.

    Raises:
        OSError: if one cannot be read, or is no ordinary file.
    """
    for file in names:
        path = f"{content}{os.sep}{file}"
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - much quicker
            raise OSError(f"{path} is no file")
        with open(path, "rb", buffering=0) as opened:  # noqa: PTH123 - much quicker
            data = opened.read()
        yield f"{zlib.crc32(data):08x} {len(data)} {file}"
    yield f"{len(names)} files"


def whole(folder: Path) -> list[str] | None:
    """Return the names of a folder's files; None unless it is all there as it was written."""
    content = folder / CONTENT
    try:
        if not stat.S_ISREG((folder / LIST).stat().st_mode):
            return None
        lines = (folder / LIST).read_text("utf-8").splitlines()
        names = [line.split(" ", 2)[2] for line in lines[:-1]]
        return names if lines == [*listed(content, names)] else None
    except (OSError, ValueError, IndexError):
        return None


def use(folder: Path) -> list[str] | None:
    """Make the libraries importable, with what a folder holds, if it is whole.

    Returns:
        The names of the extension modules in it; None if it is not whole, or not there.
    """
    names = whole(folder)
    if names is None:
        return None
    content = str(folder / CONTENT)
    extensions = {
        name.partition(".")[0].replace("/", "."): f"{content}{os.sep}{name}"
        for name in names
        if name.endswith(EXTENSIONS)
    }
    if wheels := carried():
        sys.meta_path.insert(0, Carried(extensions, wheels))
    else:
        sys.path.append(content)
        sys.pycache_prefix = str(folder / BYTE_CODE.parent.name)
        sys.dont_write_bytecode = False
    return [*extensions]


class Carried:
    """An import finder for the byte code of a release, and for extension modules in a folder."""

    def __init__(self, extensions: Mapping[str, str], wheels: Iterable[Path]) -> None:
        """Read the byte code for this Python.

        Args:
            extensions: The names of extension modules, and their files.
            wheels: What the libraries lie in.
        """
        self._extensions = extensions
        self._places = {wheel.name.partition("-")[0]: str(wheel) for wheel in wheels}
        self._modules: dict[str, Module] = {}
        # A build lacks it for a Python that it did not find; imports then read the wheels.
        if BYTE_CODE.is_file():
            data = memoryview(BYTE_CODE.read_bytes())
            if data[: len(MAGIC_NUMBER)] == MAGIC_NUMBER:
                self._modules = marshal.loads(data[len(MAGIC_NUMBER) :])  # noqa: S302 - our own
        # A library that comes with data has no byte code here, and its own name as a module. On the
        # path, its wheel would be read whenever a module is not found.
        known = {library for _, library, _, _ in self._modules.values()}
        self._archives = {name: path for name, path in self._places.items() if name not in known}
        if not known:
            sys.path += self._archives.values()
        self._places[""] = str(SOURCES)

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Tell Python's import how to load a module; None if it is not one of these."""
        if name in self._extensions:
            return spec_from_file_location(name, self._extensions[name])
        if name in self._archives:
            return zipimporter(self._archives[name]).find_spec(name)
        # Nothing is imported twice, and what was imported need not be kept in two forms.
        module = self._modules.pop(name, None)
        if module is None:
            return None
        is_package, place, of_source, code = module
        path = f"{self._places[place]}{os.sep}{name.replace('.', os.sep)}"
        file = f"{path}{os.sep}__init__.py" if is_package else f"{path}.py"
        return spec_from_file_location(
            name,
            file,
            loader=_Loader(name, file, of_source, code),
            submodule_search_locations=[path] if is_package else None,
        )


class _Loader(SourceFileLoader):
    """A loader for byte code that is at hand, as long as it is that of the source beside it."""

    def __init__(self, name: str, file: str, of_source: bytes, code: bytes) -> None:
        super().__init__(name, file)
        self._of_source = of_source
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        if self._of_source and source_hash(self.get_data(self.path)) != self._of_source:
            return super().get_code(fullname)
        code: CodeType = marshal.loads(self._code)  # noqa: S302 - of the action itself
        return code
