"""A clone of this repository that is about to be released, its remote, and GitHub's releases.

It must hold no test; git and the scripts are the real ones, and `gh` is a stand-in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.later import put_program
from harness.machine import BASH, SECONDS

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / ".github" / "release"
NAME = "octo/harmonica-session-action"
# As fill_in_owner has it: in two parts, so that it is not filled in here.
PLACEHOLDER = f"OWNER/{NAME.partition('/')[2]}"
CHANGES = """\
# Changes

## 1.1.0, not yet released

- Later.

## 1.0.0, 2027-01-31

- Does this.
- Does that, with `code`.

## 0.9.0, 2027-01-01

- Did less.
"""
# Releases as GitHub keeps them where they are immutable: a published one takes no more files.
GH = """\
#!/usr/bin/env bash
set -eu
echo "gh $*" >>"$RELEASES/log"
[ "$1" = release ] || exit 0
command=$2 tag=$3 release=$RELEASES/$3
case $command in
  view)
    [ -z "${NO_VIEW:-}" ] || { echo "HTTP 502: Bad Gateway" >&2; exit 1; }
    [ -e "$release" ] || { echo "release not found" >&2; exit 1; }
    cat "$release/isDraft"
    ;;
  create)
    git ls-remote --exit-code --tags origin "refs/tags/$tag" >/dev/null
    mkdir -p "$release/assets"
    cat >"$release/notes"
    echo true >"$release/isDraft"
    ;;
  upload)
    [ "$(cat "$release/isDraft")" = true ]
    shift 5
    [ -z "${NO_UPLOADS:-}" ]
    cp "$@" "$release/assets"
    ;;
  edit)
    echo false >"$release/isDraft"
    case $* in *--latest=true*) echo "$tag" >"$RELEASES/latest" ;; esac
    ;;
esac
"""


@dataclass
class Repository:
    """A clone on a commit of the default branch, as a release begins with it.

    Attributes:
        folder: Holds everything.
    """

    folder: Path

    def __post_init__(self) -> None:
        """Make the clone, with the scripts of this repository and what they read, and push it."""
        self.releases.mkdir()
        put_program(self.folder / "programs", "gh", GH)
        shutil.copytree(SCRIPTS, self.clone / ".github" / "release")
        self.write("CHANGELOG.md", CHANGES)
        self.write("src/harmonica_session/__init__.py", '__version__ = "1.0.0"\n')
        self.write("action.yml", "name: An action\n")
        self.write(".gitattributes", "* text=auto eol=lf\n")
        self.write(".gitignore", "__pycache__/\n")
        self.write(".github/workflows/called.yml", f"# uses: {NAME}@v1\n")
        self.git("init", "--quiet", "--initial-branch=main")
        remote = str(self.folder / "remote.git")
        self.git("init", "--quiet", "--bare", "--initial-branch=main", remote)
        self.git("remote", "add", "origin", remote)
        self.push_main()

    @property
    def clone(self) -> Path:
        """What is checked out."""
        return self.folder / "clone"

    @property
    def releases(self) -> Path:
        """What GitHub knows of releases, a folder each."""
        return self.folder / "releases"

    def write(self, path: str, text: str) -> None:
        """Put a file into the clone."""
        (self.clone / path).parent.mkdir(parents=True, exist_ok=True)
        (self.clone / path).write_text(text, "utf-8", newline="\n")

    def push_main(self) -> str:
        """Commit all that was written and push it; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=Change")
        self.git("push", "--quiet", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def build(self) -> Path:
        """Return a tree as `build` leaves it: the sources with wheels and byte code, filled in."""
        tree = self.folder / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(self.clone, tree, ignore=shutil.ignore_patterns(".git"))
        # No end of line in it may change, whatever .gitattributes says.
        (tree / "some.whl").write_bytes(b"one\r\ntwo\r\n")
        (tree / "__pycache__").mkdir()
        (tree / "__pycache__" / "some.pyc").write_bytes(b"\0\r\n")
        return tree

    def commit(self, version: str = "1.0.0") -> str:
        """Build a tree and make the commit of its release."""
        return self.run("commit", str(self.build()), version)

    def publish(self, version: str, commit: str, **env: str) -> str:
        """Publish a release with one file."""
        asset = self.folder / "tree.txt"
        asset.write_text(self.git("ls-tree", "-r", commit), "utf-8")
        return self.run("publish", version, commit, str(asset), **env)

    def run(self, script: str, *words: str, **env: str) -> str:
        """Run a script to its end and return what it printed; its error is the exception's text."""
        command = [BASH, str(self.clone / ".github" / "release" / script), *words]
        done = subprocess.run(  # noqa: S603 - the test's own words
            command,
            cwd=self.clone,
            env=self.environment(**env),
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=SECONDS,
        )
        if done.returncode:
            raise ScriptFailedError(done.stderr.strip())
        return done.stdout.removesuffix("\n")

    def environment(self, **env: str) -> dict[str, str]:
        """Return the variables of a step."""
        return {
            **os.environ,
            "PATH": f"{self.folder / 'programs'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": NAME,
            "RELEASES": str(self.releases),
            "TMPDIR": str(self.folder),
            **env,
        }

    def remote_tags(self) -> dict[str, str]:
        """Return the tags of the remote, each with its commit."""
        rows = self.git("ls-remote", "--tags", "origin").splitlines()
        return {ref.removeprefix("refs/tags/"): commit for commit, ref in map(str.split, rows)}

    def git(self, *words: str) -> str:
        """Run git in the clone, without anybody's own settings, and return what it printed."""
        done = subprocess.run(  # noqa: S603 - the test's own words
            ["git", "-c", "user.name=octo", "-c", "user.email=octo@example.com", *words],  # noqa: S607 - of the machine
            cwd=self.clone,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout.strip()


class ScriptFailedError(Exception):
    """A script has ended with an error."""
