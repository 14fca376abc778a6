"""Small wheels for set-up to install, so that it needs no index and takes a moment.

It must not install anything itself, nor know what a test does with them.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VERSION = "1.0"


def write_wheel(folder: Path, name: str, modules: Iterable[str]) -> str:
    """Write the wheel of a package that has these modules in it; return its lines of a lock."""
    info = f"{name}-{VERSION}.dist-info"
    files = {f"{name}/{module}.py": f"NAME = {module!r}\n" for module in ("__init__", *modules)}
    files[f"{name}/data.txt"] = "a file that is no module"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / f"{name}-{VERSION}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={VERSION} \\\n    --hash=sha256:{digest}\n"


def only_from(wheels: Path, cache: Path) -> dict[str, str]:
    """Return the variables with which installers take wheels from a folder and ask no index."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_CACHE_DIR": str(cache / "pip"),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(wheels),
        "UV_CACHE_DIR": str(cache / "uv"),
    }


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
