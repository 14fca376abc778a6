"""Install the wheels of a lock with the uv or pip that is there, under the user's own settings.

It must not let a file of the consumer's checkout count, nor hand a secret to an installer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launch import say
from launch.sealed import inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    Prepared = TypeVar("Prepared")

RULES = ("--require-hashes", "--only-binary", ":all:", "--no-deps")
# What tells an installer how to reach packages; all its other variables tell it what to do.
REACH = re.compile(
    r"""
    PIP_( (EXTRA_)?INDEX_URL | NO_INDEX | FIND_LINKS | TRUSTED_HOST | PROXY | (CLIENT_)?CERT
        | (DEFAULT_)?TIMEOUT | RETRIES | (NO_)?CACHE_DIR | KEYRING_PROVIDER | CONFIG_FILE
        | USE_(FEATURE|DEPRECATED) )
    | UV_( INDEX(_\w+)? | DEFAULT_INDEX | EXTRA_INDEX_URL | FIND_LINKS | INSECURE_HOST | OFFLINE
         | NATIVE_TLS | SYSTEM_CERTS | KEYRING_PROVIDER | CREDENTIALS_DIR | CONFIG_FILE
         | (NO_)?CACHE(_DIR)? | HTTP_\w+ | REQUEST_TIMEOUT | CONCURRENT_\w+ )
    """,
    re.VERBOSE,
)
OWN = re.compile(r"(PIP|UV)_\w+")
WITHHELD = re.compile(
    r"(INPUT|HARMONICA|GITHUB|ACTIONS|RUNNER|PYTHON)_?\w*|\w+_TOKEN|VIRTUAL_ENV|CONDA_PREFIX"
)
# Folders and files that an installer takes settings or packages from.
TRUSTED_FILES = frozenset(
    [
        "PIP_CONFIG_FILE",
        "PIP_CACHE_DIR",
        "UV_CONFIG_FILE",
        "UV_CACHE_DIR",
        "UV_CREDENTIALS_DIR",
        "NETRC",
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "XDG_CONFIG_HOME",
        "XDG_CONFIG_DIRS",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ]
)
# Against the settings of a configuration file that would put packages elsewhere, or ask questions.
FIXED = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_DRY_RUN": "0",
    "PIP_NO_COLOR": "1",
    "PIP_NO_INPUT": "1",
    "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    "PIP_PROGRESS_BAR": "off",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_USER": "0",
    "UV_LINK_MODE": "hardlink",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
}
NO_PIP = "No module named pip"
ADVICE = (
    "The log has the rest. If packages come from a mirror or through a proxy here, check the "
    "runner's settings for uv and pip: UV_DEFAULT_INDEX, PIP_INDEX_URL, HTTPS_PROXY, SSL_CERT_FILE."
)
# pip looks at every file that the index has of a package, and of this one it has more than of all
# others together.
LARGE = "pydantic-core"
MAX_TAIL = 500


class InstallationError(Exception):
    """The libraries cannot be installed; the message says why and what to do."""


@dataclass(frozen=True)
class Installer:
    """A program that installs wheels.

    Attributes:
        name: What people call it.
        command: The words before the lock and the target.
        jobs: How many of it are to work side by side.
    """

    name: str
    command: tuple[str, ...]
    jobs: int = 1


def install(
    lock: Path, scratch: Path, prepare: Callable[[Path], Prepared], environ: Mapping[str, str]
) -> list[Prepared]:
    """Install a lock with the first installer that can.

    Args:
        lock: Requirements with versions and hashes.
        scratch: An empty folder, for installers to work in. No settings file of the checkout may
            lie in it or above it, since that is where installers look.
        prepare: Called with each folder once its packages are there, by two threads at once.
        environ: Of the process.

    Returns:
        What `prepare` returned, for each of the folders that hold the packages between them.

    Raises:
        InstallationError: if no installer could.
    """
    environment = clean(environ, scratch)
    requirements = lock.read_text(encoding="utf-8")
    failed = "there is neither uv on PATH nor a pip for this Python"
    for installer in _installers(environment["PATH"], environ.get("GITHUB_WORKSPACE", "")):

        def run(number: int, share: str, using: Installer = installer) -> Prepared:
            folder = scratch / f"{using.name} {number}"
            _run(using, share, folder, environment)
            return prepare(folder)

        shares = split(requirements, installer.jobs)
        try:
            with ThreadPoolExecutor() as pool:
                return list(pool.map(run, range(len(shares)), shares))
        except InstallationError as error:
            failed = str(error)
            if installer.jobs > 1 and NO_PIP not in failed:
                break  # another pip would come to the same end
    raise InstallationError(f"The libraries could not be installed: {failed}. {ADVICE}")


def clean(environ: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the environment for installers: no secret, and no setting out of the checkout.

    Args:
        environ: Of the process.
        scratch: Where they put temporary files.
    """
    checkout = environ.get("GITHUB_WORKSPACE", "")

    def trusted(path: str) -> bool:
        return path == os.devnull or (Path(path).is_absolute() and not inside(Path(path), checkout))

    kept = {}
    for name, value in environ.items():
        withheld = WITHHELD.fullmatch(name) or (OWN.fullmatch(name) and not REACH.fullmatch(name))
        misled = name in TRUSTED_FILES and not all(map(trusted, value.split(os.pathsep)))
        if not withheld and not misled:
            kept[name] = value
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if trusted(folder))
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    return kept | temporary | FIXED | {"PATH": path}


def split(requirements: str, shares: int) -> list[str]:
    """Split a lock for installers that work side by side.

    Args:
        requirements: The lock.
        shares: 1 or 2; then the first has `LARGE` alone.
    """
    if shares == 1:
        return [requirements]
    packages = re.split(r"^(?=[a-z])", requirements, flags=re.MULTILINE)
    packages.sort(key=lambda package: package.startswith(f"{LARGE}=="))
    return [packages.pop(), "".join(packages)]


def tail(output: str) -> str:
    """Return the part of an installer's output that says what went wrong, in one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip(" \t\r│├╰─▶\u00d7")]
    lines = [line for line in lines if not line.startswith(("WARNING", "[notice]", "Looking"))]
    start = next((at for at, line in enumerate(lines) if line.lower().startswith("error")), -3)
    return " ".join(lines[start:])[:MAX_TAIL].rstrip(".")


def _installers(path: str, checkout: str) -> Iterator[Installer]:
    """Yield what there is, the quickest first."""
    uv = shutil.which("uv", path=path)
    if uv and not inside(Path(uv), checkout):  # Windows looks into the working folder, too
        yield Installer("uv", (uv, "pip", "install", "--quiet", "--python", sys.executable))
    python = (sys.executable, "-I")
    # A prefix may come from a configuration file, and then contradicts the target.
    options = ("install", "--quiet", "--no-compile", "--prefix=")
    yield Installer("pip", (*python, "-m", "pip", *options), jobs=2)
    folders = (Path(os.__file__).parent / "ensurepip/_bundled", Path("/usr/share/python-wheels"))
    for wheel in [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]:
        yield Installer("the pip that comes with Python", (*python, f"{wheel}/pip", *options), 2)


def _run(installer: Installer, share: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Install one share of a lock into a folder.

    Raises:
        InstallationError: if the installer fails; what it printed is in the log by then.
    """
    lock = folder.with_suffix(".txt")
    lock.write_text(share, encoding="utf-8")
    process = subprocess.run(  # noqa: S603 - a program of the machine, and no shell
        [*installer.command, *RULES, "--target", str(folder), "--requirement", str(lock)],
        cwd=folder.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if process.returncode:
        output = process.stdout.decode(errors="replace")
        if NO_PIP not in output:
            say.output_of(installer.name, output)
        raise InstallationError(tail(output))
    if not folder.is_dir() or not any(folder.iterdir()):
        raise InstallationError(f"{installer.name} succeeded, but left nothing in {folder}")
