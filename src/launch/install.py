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
from pathlib import Path
from typing import NamedTuple

from launch import say
from launch.libraries import inside
from launch.say import InstallationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

RULES = ("--require-hashes", "--only-binary", ":all:", "--no-deps")
# What an installer is given: what programs need, and what tells it how to reach packages. All its
# other variables tell it what to do.
KEPT = re.compile(
    r"""
    PATH | PATHEXT | HOME | USER | LOGNAME | LANG | LC_\w+ | LD_LIBRARY_PATH | XDG_\w+
    | SYSTEMROOT | SYSTEMDRIVE | COMSPEC | USERPROFILE | (LOCAL)?APPDATA | PROGRAMDATA
    | (HTTPS?|ALL|NO)_PROXY | SSL_CERT_(FILE|DIR) | (REQUESTS|CURL)_CA_BUNDLE | NETRC
    | PIP_( (EXTRA_)?INDEX_URL | NO_INDEX | FIND_LINKS | TRUSTED_HOST | PROXY | (CLIENT_)?CERT
        | (DEFAULT_)?TIMEOUT | RETRIES | KEYRING_PROVIDER | CONFIG_FILE | USE_(FEATURE|DEPRECATED) )
    | UV_( INDEX(_\w+)? | DEFAULT_INDEX | EXTRA_INDEX_URL | FIND_LINKS | INSECURE_HOST | OFFLINE
         | NATIVE_TLS | SYSTEM_CERTS | KEYRING_PROVIDER | CREDENTIALS_DIR | CONFIG_FILE
         | HTTP_\w+ | REQUEST_TIMEOUT | CONCURRENT_\w+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Names of folders and files that an installer takes settings from.
PLACES = re.compile(r"\w*(HOME|USERPROFILE|DATA|DIRS?|FILE|NETRC)", re.IGNORECASE)
# Lists of folders that programs and libraries are taken from.
SEARCHED = ("PATH", "LD_LIBRARY_PATH")
# Against the settings of a configuration file that would put packages elsewhere, or ask questions,
# and against a cache that other jobs have had in their hands.
FIXED = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_DRY_RUN": "0",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_NO_COLOR": "1",
    "PIP_NO_INPUT": "1",
    "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    "PIP_PROGRESS_BAR": "off",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_USER": "0",
    "UV_LINK_MODE": "copy",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
}
NO_PIP = "No module named pip"
ADVICE = (
    "See the log for details. If packages come from a mirror or through a proxy, check the "
    "runner's settings for uv and pip: UV_DEFAULT_INDEX, PIP_INDEX_URL, HTTPS_PROXY, SSL_CERT_FILE."
    " A release tag of the action contains the libraries for most of GitHub's runners."
)
# pip looks at every file that the index has of a package, and of this one it has more than of all
# others together: two of it side by side take half the time.
LARGE = "pydantic-core"
MAX_TAIL = 500


class Installer(NamedTuple):
    """A program that installs wheels."""

    name: str
    command: tuple[str, ...]  # before the rules, the target and the lock
    jobs: int = 1  # side by side


def install(
    lock: Path,
    scratch: Path,
    content: Path,
    environ: Mapping[str, str],
    meanwhile: Callable[[Path], None],
) -> None:
    """Install a lock with the first installer that can.

    Args:
        lock: Requirements with versions and hashes.
        scratch: An empty folder, for installers to work in. No settings file of the checkout may
            lie in it or above it, since that is where installers look.
        content: Where the packages go.
        environ: Of the process.
        meanwhile: Called with a folder of packages that are there while others are still awaited.

    Raises:
        InstallationError: if no installer could.
    """
    environment = clean(environ, scratch)
    requirements = lock.read_text(encoding="utf-8")
    failed = "neither uv nor pip was found for this Python"
    for installer in _installers(environment["PATH"], environ.get("GITHUB_WORKSPACE", "")):

        def run(number: int, share: str, using: Installer = installer) -> Path:
            folder = scratch / f"{using.name} {number}"
            _run(using, share, folder, environment)
            if number:
                meanwhile(folder)
            return folder

        shares = split(requirements, installer.jobs)
        try:
            with ThreadPoolExecutor() as pool:
                for folder in [*pool.map(run, range(len(shares)), shares)]:
                    for path in folder.iterdir():
                        path.replace(content / path.name)
        except InstallationError as error:
            failed = str(error)
            if installer.jobs > 1 and NO_PIP not in failed:
                break  # another pip would come to the same end
        else:
            return
    raise InstallationError(f"The libraries could not be installed: {failed}. {ADVICE}")


def clean(environ: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the environment for installers: no secret, and no setting out of the checkout.

    Args:
        environ: Of the process.
        scratch: Where they put what only they need.
    """
    checkout = environ.get("GITHUB_WORKSPACE", "")

    def trusted(path: str) -> bool:
        return path == os.devnull or (Path(path).is_absolute() and not inside(path, checkout))

    kept = {
        name: value
        for name, value in environ.items()
        if KEPT.fullmatch(name)
        and not (PLACES.fullmatch(name) and not all(map(trusted, value.split(os.pathsep))))
    }
    lists = {
        name: os.pathsep.join(filter(trusted, value.split(os.pathsep)))
        for name, value in {"PATH": os.defpath, **kept}.items()
        if name in SEARCHED
    }
    own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    # uv refuses to work inside its own cache.
    own["UV_CACHE_DIR"] = str(scratch / "cache")
    return kept | own | FIXED | lists


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
    if uv and not inside(uv, checkout):  # Windows looks into the working folder, too
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
        raise InstallationError(
            f"{installer.name} reported success but installed nothing in {folder}"
        )
