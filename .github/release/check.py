"""Check that a folder holds what a release tag is to hold, and that the action runs out of it.

It must not write into the folder, nor reach the network.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

MOST_BYTES = 30_000_000
TARGETS = Path(__file__).with_name("targets.txt")


def main() -> int:
    """Check the folder that the command line names; return the exit code."""
    tree = Path(sys.argv[1]).resolve()
    launch = tree / "src" / "launch"
    targets = [line.split() for line in TARGETS.read_text("utf-8").splitlines() if line[0] != "#"]
    flaws = [*_wheels(launch, [target[0] for target in targets])]
    flaws += _byte_code(launch, {target[1] for target in targets if target[2] == "yes"})
    download = _download_bytes(tree)
    if download > MOST_BYTES:
        flaws.append(f"{download} bytes are to be downloaded, and {MOST_BYTES} are the most")
    label = _label_here(tree)
    if label in {target[0] for target in targets}:
        flaws += _start(tree)
    else:
        print(f"no run was tried: no wheels are for {label}")  # noqa: T201 - a program
    print(f"{download:>12,} bytes to download")  # noqa: T201 - a program
    for folder in sorted((launch / "wheels").iterdir()):
        size = sum(wheel.stat().st_size for wheel in folder.iterdir())
        print(f"{size:>12,} of them wheels for {folder.name}")  # noqa: T201 - a program
    for flaw in flaws:
        print(f"error: {flaw}", file=sys.stderr)  # noqa: T201 - a program
    return bool(flaws)


def _wheels(launch: Path, labels: list[str]) -> list[str]:
    """Return what is wrong with the wheels: each stands in the lock, none is missing."""
    lock = (launch / "runtime.txt").read_text("utf-8")
    known: dict[str, str] = {}
    for package in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]:
        library = package.partition("==")[0].replace("-", "_")
        known |= dict.fromkeys(re.findall(r"sha256:([0-9a-f]{64})", package), library)
    flaws = []
    found: dict[str, list[str]] = {}
    for wheel in sorted((launch / "wheels").glob("*/*")):
        library = known.get(hashlib.sha256(wheel.read_bytes()).hexdigest(), "")
        found.setdefault(wheel.parent.name, []).append(library)
        if not library:
            flaws.append(f"{wheel.relative_to(launch)} is no file that runtime.txt names")
    if {*found} != {"any", *labels}:
        flaws.append(f"there are wheels for {sorted(found)}, and not for {labels}")
    for label in labels:
        have = sorted(found.get("any", []) + found.get(label, []))
        if have != sorted({*known.values()}):
            flaws.append(f"{label} has {have}, and not each library of runtime.txt once")
    return flaws


def _byte_code(launch: Path, versions: set[str]) -> list[str]:
    """Return what is wrong with the byte code: it is there for each of these Pythons."""
    text = (launch / "byte-code" / "versions.txt").read_text("utf-8")
    stated = {line.split()[1].rpartition(".")[0] for line in text.splitlines()}
    flaws = [] if stated == versions else [f"there is byte code for {stated}, and not {versions}"]
    for line in text.splitlines():
        tag = line.split()[0]
        flaws += [
            f"{name} is missing"
            for name in (f"byte-code/{tag}", f"__pycache__/libraries.{tag}.pyc")
            if not (launch / name).is_file()
        ]
    return flaws


def _download_bytes(tree: Path) -> int:
    """Return how large the archive is that a runner downloads, without a clone's own history."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(tree, ".", filter=lambda it: None if it.name.startswith("./.git/") else it)
    return len(gzip.compress(archive.getvalue(), 6))


def _label_here(tree: Path) -> str:
    """Return what the launcher calls the libraries that this Python can load."""
    sys.path.append(str(tree / "src"))
    from launch.libraries import label

    return label()


def _start(tree: Path) -> list[str]:
    """Return what is wrong with a run that has nothing but the folder and this Python."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        environment = kept | {
            "RUNNER_TEMP": folder,
            "INPUT_PYTHON_PATH": sys.executable,
            "PIP_NO_INDEX": "1",
            "UV_OFFLINE": "1",
        }
        script = str(tree / "src/launch/launch.sh")
        spec = str(tree / "src/harmonica_session/examples/session.yml")
        run = subprocess.run(  # noqa: S603 - what is to be checked
            ["bash", script, "validate", spec],  # noqa: S607 - the one that users have
            env=environment,
            capture_output=True,
            check=False,
            text=True,
        )
    if run.returncode or "Installing" in run.stderr:
        return [f"a run out of the folder ended with {run.returncode}: {run.stdout}{run.stderr}"]
    return []


if __name__ == "__main__":
    raise SystemExit(main())
