"""Compile modules; also a program of its own, so that two processors can share the work.

It must not import anything but the standard library, nor write outside the folders it is given.
"""

from __future__ import annotations

import marshal
import os
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Code = dict[str, tuple[bool, bytes]]

# Large, and on no path of ours: they stay importable, but are not compiled beforehand.
SELDOM = frozenset(("pydantic/v1", "pydantic/mypy.py", "idna/uts46data.py"))
# What wheels and installers leave that is never imported: `tests` is a stray of actions-toolkit,
# `.lock` one of uv.
SUPERFLUOUS = frozenset(("bin", "Scripts", "tests", "__pycache__", ".lock"))
SUPERFLUOUS_SUFFIXES = (".dist-info", ".pyi", ".typed", ".pyc")


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


def compiled_by_two(root: Path, rest: Path, share: Path) -> Code:
    """Compile what was installed below a folder, one share of it in a process of its own.

    Args:
        root: The folder, from which modules have their names.
        rest: Where extension modules and data are moved to.
        share: The folder below it that goes to the other process; it may be missing.

    Returns:
        As `compiled` does.
    """
    import subprocess

    if not share.is_dir():
        return compiled(root, root, rest, os.replace)
    aside = root.with_name(f"{root.name} aside")
    aside.mkdir()
    share.rename(aside / share.name)
    start = [sys.executable, "-I", "-S", __file__, str(aside), str(rest)]
    with subprocess.Popen(start, stdout=subprocess.PIPE) as process:  # noqa: S603 - this file
        modules = compiled(root, root, rest, os.replace)
        marshalled, _ = process.communicate()
    if process.returncode:
        # It has said why, and here whatever went wrong is told as it always is.
        return modules | compiled(aside, aside, rest, os.replace)
    others: Code = marshal.loads(marshalled)  # noqa: S302 - of our own process
    return modules | others


def main() -> None:
    """Compile below the first folder that is named, and print what `compiled` returns."""
    root, rest = map(Path, sys.argv[1:])
    sys.stdout.buffer.write(marshal.dumps(compiled(root, root, rest, os.replace)))


if __name__ == "__main__":
    main()
