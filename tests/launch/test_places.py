"""Where set-up puts libraries: the folder of the job, a person's cache, else one for this run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.wheels import EXTENSION
from launch.libraries import CONTENT

if TYPE_CHECKING:
    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
ALL = ("spam.first", f"eggs.{EXTENSION}")
# A process that can mount what it likes, and takes it all away when it ends.
ROOT = os.name == "posix" and os.geteuid() == 0
UNSHARE = shutil.which("unshare") or "unshare"
APART = (UNSHARE, "--mount", *(() if ROOT else ("--map-root-user",)))
MOUNTS = {
    "forbids programs": "noexec",
    "is full": "size=16k",
    "is read-only": "ro",
}


def place_of(machine: Machine, told: dict[str, dict[str, str]]) -> str:
    """Return which of the machine's folders the extension module was loaded from."""
    file = told["modules"][ALL[-1]]
    assert file.startswith(f"{machine.folder}/"), file
    return file.removeprefix(f"{machine.folder}/").partition("/")[0]


def mounted(machine: Machine, options: str, *folders: str) -> None:
    """Start what follows with file systems of their own in these folders."""
    words = [
        f"{shutil.which('mount')} -t tmpfs -o {options} none '{machine.folder}/{it}'"
        for it in folders
    ]
    machine.within = (*APART, "/bin/sh", "-c", f'{" && ".join(words)} && exec "$@"', "sh")
    probe = [*machine.within, "/bin/true"]
    try:
        subprocess.run(probe, check=True, capture_output=True)  # noqa: S603 - the test's own words
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")


@pytest.mark.parametrize(
    "unusable", ["{0}/file", "{0}/workspace/temporary", "relative", "{0}/link"]
)
def test_where_the_folder_of_the_job_cannot_be_used_one_of_the_run_is(
    released: Machine, unusable: str
) -> None:
    """What cannot be written, or lies in the checkout, is left alone; nothing stays behind."""
    (released.folder / "file").touch()
    (released.folder / "link").symlink_to(released.workspace)

    start = released.start(*ALL, RUNNER_TEMP=unusable.format(released.folder))

    assert start.code == 0, start
    assert place_of(released, start.told) == "private"
    assert not [*(released.folder / "private").iterdir()]
    assert not [*released.workspace.iterdir()]


@pytest.mark.parametrize("options", MOUNTS.values(), ids=MOUNTS)
def test_a_folder_of_the_job_that_will_not_do_is_passed_over(either: Machine, options: str) -> None:
    """The next one does, whether libraries are carried or installed."""
    mounted(either, options, "temporary")

    start = either.start(*ALL)

    assert start.code == 0, start
    assert start.stderr == ""
    assert place_of(either, start.told) == "private"
    assert not [*(either.folder / "private").iterdir()]


@pytest.mark.parametrize("options", ["noexec", "size=16k"])
def test_where_no_folder_will_do_one_line_says_so(released: Machine, options: str) -> None:
    """It names the folders and what each is unfit for; the step fails without a traceback."""
    mounted(released, options, "temporary", "private")

    start = released.start(*ALL)

    assert start.code == 1
    assert start.stderr == ""
    assert start.stdout.count("\n") == 1
    assert start.stdout.startswith("::error title=Setup failed::No folder is suitable")
    for words in (str(released.family), str(released.folder / "private"), "RUNNER_TEMP"):
        assert words in start.stdout


def test_files_can_be_no_larger_than_what_is_allowed(released: Machine) -> None:
    """A limit that any user can meet ends as a full disk does."""
    released.within = ("/bin/sh", "-c", 'ulimit -f 1; exec "$@"', "sh")

    start = released.start(*ALL)

    assert start.code == 1
    assert start.stderr == ""
    assert start.stdout.startswith("::error title=Setup failed::No folder is suitable")


@pytest.mark.parametrize("cache", ["home/.cache", "elsewhere"])
def test_a_person_at_a_terminal_has_them_in_the_own_cache(released: Machine, cache: str) -> None:
    """They are where caches are kept, and the second command finds them there."""
    env = {} if cache.startswith("home") else {"XDG_CACHE_HOME": str(released.folder / cache)}

    for _ in ("first", "second"):
        start = released.at_terminal(*ALL, **env)
        assert start.code == 0, start
        assert (start.stdout.count("\n"), start.stderr) == (1, "")
        assert place_of(released, start.told) == cache.partition("/")[0]
        folder = released.folder / cache / "harmonica-session-action"
        assert len([*folder.glob(f"*/{CONTENT}")]) == len([*folder.iterdir()]) == 1


def test_a_person_is_told_beside_the_output_that_it_takes_a_moment(machine: Machine) -> None:
    """What is printed to stdout is the command's alone."""
    start = machine.at_terminal("spam.first")

    assert start.code == 0, start
    assert start.stdout.count("\n") == 1
    assert start.stderr.startswith("Installing the action's libraries in ")


def test_without_a_home_the_libraries_are_of_the_run_alone(released: Machine) -> None:
    """Nothing is written where a name is looked for that leads nowhere."""
    start = released.at_terminal(*ALL, HOME="nowhere")

    assert start.code == 0, start
    assert place_of(released, start.told) == "private"
    assert not [*released.workspace.iterdir()]


@pytest.mark.skipif(not ROOT, reason="only root has files that are closed to others")
def test_a_folder_of_another_user_is_passed_over(released: Machine) -> None:
    """What root has set up, a user cannot read; that user's own start works all the same."""
    released.start()
    released.ready.chmod(0o700)
    (released.folder / "private").chmod(0o777)
    # Root without root's power over other people's files, as in a container that maps its users.
    released.family.chmod(0o700)
    for path in (released.family, released.ready):
        os.chown(path, 54321, 54321)
    released.within = (
        shutil.which("setpriv") or "setpriv",
        "--bounding-set=-all",
        "--inh-caps=-all",
    )

    start = released.start(*ALL)

    assert start.code == 0, start
    assert place_of(released, start.told) == "private"
