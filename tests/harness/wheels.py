"""Wheels for set-up to install or to carry, so that it needs no index and takes a moment.

It must not install anything itself, nor know what a test does with them.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION = "1.0"
# An extension module that every Python of the tests has, whatever it is called in a wheel.
EXTENSION = "_speedups"


def write_wheel(
    folder: Path, name: str, modules: Iterable[str], beside: Mapping[str, bytes] | None = None
) -> str:
    """Write the wheel of a package that has these modules in it; return its lines of a lock.

    Args:
        folder: Where it goes.
        name: Of the package.
        modules: Their names; each has a value by which it is known.
        beside: Further files of the package, by their names.
    """
    files = {f"{name}/{it}.py": f"NAME = {it!r}\n".encode() for it in ("__init__", *modules)}
    files |= {f"{name}/{file}": data for file, data in (beside or {}).items()}
    return _write(folder, name, VERSION, files)


def extension() -> dict[str, bytes]:
    """Return an extension module that this Python can load, by the name of its file."""
    spec = find_spec(f"markupsafe.{EXTENSION}")
    assert spec is not None
    assert spec.origin is not None
    return {Path(spec.origin).name: Path(spec.origin).read_bytes()}


def write_installed(folder: Path, lock: str) -> str:
    """Write the wheels of a lock as they are installed here; return the lock of these files."""
    lines = []
    for name in re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system
        files = {
            path.as_posix(): Path(str(path.locate())).read_bytes()
            for path in package.files or ()
            if ".." not in path.parts and not {"__pycache__", "RECORD"} & {*path.parts}
        }
        lines.append(_write(folder, name.replace("-", "_"), package.version, files))
    return "".join(lines)


def only_from(wheels: Path) -> dict[str, str]:
    """Return the variables with which installers take wheels from a folder and ask no index."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(wheels),
    }


def _write(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> str:
    """Write a wheel, the same for the same files; return its lines of a lock."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {**files, f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": wheel.encode()}
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        for path, data in files.items():
            archive.writestr(ZipInfo(path), data)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n"


def _digest(data: bytes) -> str:
    digest = hashlib.sha256(data).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
