"""Compile the package and the libraries that a release carries, for the Python that runs this.

It must not import anything but the standard library, nor read what is not in the release.
"""

from __future__ import annotations

import ast
import marshal
import platform
import py_compile
import sys
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path
from zipfile import ZipFile

PACKAGE = "harmonica_session"
# Imported on no path of a run, nor tried: should that change, they are imported from their source.
# The last one is a stray of actions-toolkit.
SELDOM = (
    *("annotated_types/test_cases.py", "harmonica_session/sandbox/", "idna/cli.py"),
    *("idna/codec.py", "idna/uts46data.py", "pydantic/color.py", "pydantic/experimental/"),
    *("pydantic/mypy.py", "pydantic/v1/", "tests/"),
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# What a package may hold besides its modules without anything looking for it.
NO_DATA = (".py", ".pyi", ".typed", ".so", ".pyd", ".pyx", ".c", ".h", "/")


def main() -> None:
    """Write the byte code to where the launcher, whose folder is named, looks for it."""
    launch = Path(sys.argv[1])
    folder = launch / "byte-code"
    modules = {}
    found = _of_wheels(launch / "wheels") | _of_package(launch.parent)
    for (place, file), source in sorted(found.items()):
        if file.startswith(SELDOM):
            continue
        name = file.removesuffix(".py").replace("/", ".")
        package = name.removesuffix(".__init__")
        of_source = b"" if place else source_hash(source)
        shown = file if place else f"src/{file}"
        tree = ast.parse(source, shown)
        _leave_docstrings_out(tree)
        code = marshal.dumps(compile(tree, shown, "exec", dont_inherit=True, optimize=0))
        modules[package] = package != name, place, of_source, code
    tag = str(sys.implementation.cache_tag)
    (folder / tag).write_bytes(MAGIC_NUMBER + marshal.dumps(modules))
    for name in ("libraries", "set_up", "install", "say", "__init__"):
        py_compile.compile(
            str(launch / f"{name}.py"),
            dfile=f"src/launch/{name}.py",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )
    with (folder / "versions.txt").open("a", encoding="utf-8", newline="\n") as versions:
        versions.write(f"{tag} {platform.python_version()}\n")


def _of_wheels(wheels: Path) -> dict[tuple[str, str], bytes]:
    """Return the modules of the libraries: library and path in there, and the source.

    Packages with data are left out, for only their wheel has both.

    Raises:
        SystemExit: if a module is not the same for every system.
    """
    version = f"{sys.version_info[0]}{sys.version_info[1]}-"
    folders = ("any", f"cpython-{version}", f"cp{version}")
    found: dict[tuple[str, str], bytes] = {}
    for wheel in sorted(wheels.glob("*/*.whl")):
        if not wheel.parent.name.startswith(folders):
            continue
        library = wheel.name.partition("-")[0]
        with ZipFile(wheel) as archive:
            files = [file for file in archive.namelist() if ".dist-info/" not in file]
            if not all(file.endswith(NO_DATA) for file in files):
                continue
            for file in files:
                if file.endswith(".py"):
                    source = archive.read(file).replace(b"\r\n", b"\n")
                    if found.setdefault((library, file), source) != source:
                        raise SystemExit(f"error: {file} differs between wheels of {library}")
    return found


def _leave_docstrings_out(tree: ast.AST) -> None:
    """Take the docstrings out of a module: a quarter of its byte code, and nobody reads them."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body.pop(0)
            if not node.body and not isinstance(node, ast.Module):
                node.body.append(ast.copy_location(ast.Pass(), docstring))


def _of_package(sources: Path) -> dict[tuple[str, str], bytes]:
    """Return the modules of the package in the same form, with no library."""
    files = sources.glob(f"{PACKAGE}/**/*.py")
    return {("", file.relative_to(sources).as_posix()): file.read_bytes() for file in files}


if __name__ == "__main__":
    main()
