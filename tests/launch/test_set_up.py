"""The folders that set-up makes: when they count as ready, and what becomes of half-made ones."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from harness.machine import SECONDS, wait_until
from launch.sealed import CONTENT, MODULES, SEAL, Part

if TYPE_CHECKING:
    from pathlib import Path

    from harness.machine import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no scripts as programs there")
KEY = {"INPUT_API_KEY": "hm_live_0123456789abcdef0123456789abcdef"}


def installer(machine: Machine, text: str) -> None:
    """Put a uv before the real one; `run()` in its text goes on to that one."""
    machine.write(
        "bin/uv",
        f"""#!{sys.executable} -IS
import os, pathlib, sys, time
folder = pathlib.Path({str(machine.folder)!r})
def run():
    os.environ["PATH"] = os.environ["PATH"].partition(":")[2]
    os.execvp("uv", ["uv", *sys.argv[1:]])
{text}""",
    )


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with their content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_first_start_sets_up_and_runs(machine: Machine) -> None:
    """The program finds its libraries and starts, isolated, where the step starts."""
    start = machine.start("h11._connection", "typing_inspection")

    assert start.code == 0, start
    assert start.told["argv"] == ["h11._connection", "typing_inspection"]
    assert start.told["cwd"] == str(machine.workspace)
    assert start.told["flags"] == {"isolated": 1, "no_site": 1, "utf8_mode": 1}
    assert all(file.startswith(str(machine.tools)) for file in start.told["modules"].values())


def test_the_exit_code_is_the_program_s_own(ready_machine: Machine) -> None:
    """What the program returns decides about the step."""
    assert ready_machine.start("fail").code == 7


def test_a_later_start_installs_nothing(ready_machine: Machine) -> None:
    """What is ready is used as it is."""
    installer(ready_machine, '(folder / "called").touch()\n')
    before = everything(ready_machine.tools)

    start = ready_machine.start("h11")

    assert start.code == 0, start
    assert "Setting up" not in start.stdout
    assert not (ready_machine.folder / "called").exists()
    assert everything(ready_machine.tools) == before


def test_nothing_is_written_but_the_runtime_folder(machine: Machine) -> None:
    """Action, workspace, temporary folder and the runner's files stay as they are."""
    folders = [machine.folder / name for name in ("action", "workspace", "temporary", "bin")]
    before = [everything(folder) for folder in folders]

    start = machine.start("h11", PYTHONDONTWRITEBYTECODE="1")

    assert start.code == 0, start
    assert [everything(folder) for folder in folders] == before
    assert sorted(path.name for path in machine.folder.iterdir()) == [
        *("action", "bin", "home", "temporary", "tools", "workspace")
    ]
    assert machine.made == ["libraries", "package"]


def test_modules_are_compiled_whatever_the_environment_says(machine: Machine) -> None:
    """PYTHONDONTWRITEBYTECODE does not make every start compile anew."""
    machine.start(PYTHONDONTWRITEBYTECODE="1")

    content = machine.part("libraries") / CONTENT
    assert (content / MODULES).stat().st_size > 50_000
    assert not [*content.rglob("h11/*.py")]


def test_files_that_are_no_modules_stay_beside_them(machine: Machine) -> None:
    """The package finds its own example where it looks for it."""
    machine.start()

    note = machine.part("package") / CONTENT / "harmonica_session" / "examples" / "note.txt"
    assert note.read_text("utf-8") == "a file that is no module"


@pytest.mark.parametrize(
    ("kind", "path", "text"),
    [
        ("libraries", f"{CONTENT}/{MODULES}", "other code"),
        ("package", f"{CONTENT}/{MODULES}", ""),
        ("libraries", f"{CONTENT}/h11.py", "raise SystemExit('planted')"),
        ("libraries", f"{CONTENT}/sitecustomize.py", "raise SystemExit('planted')"),
        ("package", SEAL, "0" * 64),
    ],
)
def test_a_folder_that_was_altered_is_made_anew(
    ready_machine: Machine, kind: str, path: str, text: str
) -> None:
    """A file with another content, an added file, another seal: none of it is used."""
    (ready_machine.part(kind) / path).write_text(text, "utf-8")

    start = ready_machine.start("h11")

    assert start.code == 0, start
    assert "planted" not in start.stdout + start.stderr
    assert ready_machine.made == ["libraries", "package"]
    assert "Setting up" not in ready_machine.start("h11").stdout


def test_a_file_under_another_name_is_another_file(ready_machine: Machine) -> None:
    """A data file that is moved to where a module is looked for counts as altered."""
    examples = ready_machine.part("package") / CONTENT / "harmonica_session" / "examples"
    (examples / "note.txt").rename(examples / "note.pyy")

    assert ready_machine.start().code == 0
    assert (examples / "note.txt").exists()


def test_a_link_in_a_folder_is_not_followed(ready_machine: Machine) -> None:
    """A file that became a link to the very same content counts as altered."""
    file = ready_machine.part("package") / CONTENT / MODULES
    moved = file.rename(ready_machine.folder / "moved")
    file.symlink_to(moved)

    assert ready_machine.start().code == 0
    assert not (ready_machine.part("package") / CONTENT / MODULES).is_symlink()


def test_who_does_not_know_the_key_can_plant_nothing(machine: Machine) -> None:
    """Code planted with a seal that is right but for the key is not run."""
    machine.start(**KEY)
    folder = machine.part("package")
    file = folder / CONTENT / MODULES
    file.write_bytes(file.read_bytes().replace(b"a program that", b"an evil thing"))
    forged = Part("package", folder.name, b"another key", ())
    (folder / SEAL).write_bytes(forged.seal(folder / CONTENT)[0])
    assert forged.read(folder)

    assert machine.start(**KEY).code == 0
    assert forged.read(machine.part("package")) is None


def test_the_key_stands_in_no_file_and_no_name(machine: Machine) -> None:
    """What set-up leaves behind tells nothing of the key."""
    machine.start(**KEY)

    names = "".join(str(path) for path in machine.tools.rglob("*"))
    secret = KEY["INPUT_API_KEY"].encode()
    assert secret.decode() not in names
    assert not [name for name, data in everything(machine.tools).items() if secret in data]


def test_another_key_does_not_disturb_what_is_ready(ready_machine: Machine) -> None:
    """Two repositories with keys of their own share a runner without undoing each other's work."""
    before = everything(ready_machine.tools)

    assert ready_machine.start("h11", **KEY).code == 0
    after = everything(ready_machine.tools)
    assert before.items() < after.items()


def test_a_new_version_of_the_package_is_set_up_beside_the_old(ready_machine: Machine) -> None:
    """Byte code never comes from other sources than the action's own; libraries are kept."""
    source = ready_machine.folder / "action/src/harmonica_session/cli.py"
    source.write_text(source.read_text("utf-8") + "\n# changed\n", "utf-8")

    start = ready_machine.start("h11")

    assert start.code == 0, start
    assert "Setting up" not in start.stdout
    assert ready_machine.made == ["libraries", "package", "package"]


def test_a_set_up_that_was_cut_off_does_no_harm(machine: Machine) -> None:
    """Killed in the middle of an installation, it leaves nothing that a later one would use."""
    installer(
        machine,
        """
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
(target / "h11").mkdir(parents=True)
(target / "h11" / "__init__.py").write_text("raise SystemExit('half')")
(folder / "half").touch()
time.sleep(600)
""",
    )
    process = machine.begin("h11")
    wait_until((machine.folder / "half").exists)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    (machine.bin / "uv").unlink()

    start = machine.start("h11")

    assert start.code == 0, start
    assert "half" not in start.stdout + start.stderr


def test_two_set_ups_at_once_both_end_well(machine: Machine) -> None:
    """Both install, one of them wins the name, and no draft stays behind."""
    installer(
        machine,
        """
(folder / f"started-{os.getpid()}").touch()
while len([*folder.glob("started-*")]) < 2:
    time.sleep(0.01)
run()
""",
    )
    processes = [machine.begin("h11") for _ in range(2)]
    ends = [process.communicate(timeout=SECONDS) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], ends
    assert machine.made == ["libraries", "package"]
    assert "Setting up" not in machine.start("h11").stdout


def test_drafts_that_nobody_works_at_are_removed_in_the_end(machine: Machine) -> None:
    """After a day what a cut-off set-up left goes away; a newer one may still be at work."""
    for name, age in ((".draft-old", 90_000), (".draft-new", 60)):
        (machine.family / name).mkdir(parents=True)
        os.utime(machine.family / name, (time.time() - age,) * 2)

    machine.start()

    assert [path.name for path in machine.family.glob(".draft-*")] == [".draft-new"]


@pytest.mark.parametrize("unusable", ["{folder}/file", "{folder}/workspace/tools", "relative", ""])
def test_where_the_tool_cache_cannot_be_used_the_temporary_folder_is(
    machine: Machine, unusable: str
) -> None:
    """A tool cache that cannot be written, or that lies in the checkout, is left alone."""
    (machine.folder / "file").touch()

    start = machine.start("h11", RUNNER_TOOL_CACHE=unusable.format(folder=machine.folder))

    assert start.code == 0, start
    assert start.told["modules"]["h11"].startswith(str(machine.folder / "temporary"))
    assert everything(machine.workspace) == {}


def test_without_a_runner_the_cache_of_the_user_is_used(machine: Machine) -> None:
    """A newcomer's first command leaves things where caches are kept, and says so on stderr."""
    for name in [name for name in machine.env if name.startswith(("GITHUB_", "RUNNER_"))]:
        del machine.env[name]
    home = {"HOME": str(machine.folder / "home"), "XDG_CACHE_HOME": ""}

    start = machine.start("h11", **home)

    assert start.code == 0, start
    assert start.told["modules"]["h11"].startswith(home["HOME"])
    assert "Setting up in" in start.stderr
    assert start.stdout.count("\n") == 1


def test_with_nowhere_to_write_one_line_says_so(machine: Machine) -> None:
    """The step fails with an annotation, not with a traceback."""
    (machine.folder / "file").touch()
    nowhere = str(machine.folder / "file")
    names = ("RUNNER_TOOL_CACHE", "RUNNER_TEMP", "XDG_CACHE_HOME", "HOME")

    start = machine.start(**dict.fromkeys(names, nowhere))

    assert start.code == 1
    assert start.stdout.startswith("::error title=Set-up failed::Nothing can be written")
    assert start.stderr == ""
