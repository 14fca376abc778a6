"""Which files of the consumer's checkout are read, and which are refused."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from pathlib import Path

import pytest

from harmonica_session.edges.files.workspace import Workspace
from harmonica_session.errors import FileRefused
from harness.process import run_python

LIMIT = 1_000

posix = pytest.mark.skipif(os.sep == "\\", reason="Windows has no such file, or no such name")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one file, and a secret beside it."""
    folder = tmp_path / "checkout"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "a.md").write_bytes(b"inside")
    (tmp_path / "secret").write_bytes(b"outside")
    return folder


def _refusal(root: Path, path: str) -> str:
    with pytest.raises(FileRefused) as caught:
        Workspace(root).read(path, LIMIT)
    return str(caught.value)


def _is_refused_as_changed(root: Path, path: str, limit: int) -> bool:
    try:
        Workspace(root).read(path, limit)
    except FileRefused as error:
        return "changed while it was being read" in str(error)
    return False


@pytest.mark.parametrize("path", ["docs/a.md", "./docs/a.md", "docs//a.md", "docs/./a.md"])
def test_each_path_has_one_spelling(path: str) -> None:
    """Dots and doubled slashes make no difference to the path that receipts are bound to."""
    assert Workspace(Path("anywhere")).normalise(path) == "docs/a.md"


@pytest.mark.parametrize("path", ["../secret", "docs/../../secret", "docs/..", ".."])
def test_leading_upwards_is_refused(path: str) -> None:
    """Two dots are refused wherever they stand, also where they would stay inside."""
    with pytest.raises(FileRefused, match="leads outside the repository"):
        Workspace(Path("anywhere")).normalise(path)


@pytest.mark.parametrize("path", ["/etc/passwd", "//host/share"])
def test_absolute_path_is_refused(path: str) -> None:
    """An absolute path is refused with the advice to give a relative one."""
    with pytest.raises(FileRefused, match="absolute path; give a path relative"):
        Workspace(Path("anywhere")).normalise(path)


@pytest.mark.parametrize("path", ["", ".", "./", "a\0b", "\0"])
def test_name_of_no_file_is_refused(path: str) -> None:
    """Nothing, the folder itself, and a name with NUL are no files."""
    with pytest.raises(FileRefused, match="is not the path of a file"):
        Workspace(Path("anywhere")).normalise(path)


@posix
def test_backslash_is_a_letter() -> None:
    """Outside of Windows a back-slash belongs to the name, so it cannot lead anywhere."""
    assert Workspace(Path("anywhere")).normalise(r"..\secret") == r"..\secret"


@pytest.mark.skipif(os.sep != "\\", reason="only Windows takes a back-slash for a separator")
@pytest.mark.parametrize("path", [r"..\secret", r"C:\secret", "C:secret", r"\secret"])
def test_windows_path_out_is_refused(path: str) -> None:
    """On Windows back-slashes and drives lead out as well."""
    with pytest.raises(FileRefused):
        Workspace(Path("anywhere")).normalise(path)


def test_refusal_quotes_the_path_on_one_short_line() -> None:
    """A path with line breaks or of great length cannot break the message."""
    with pytest.raises(FileRefused) as caught:
        Workspace(Path("anywhere")).normalise("/x\n::error::y" + "z" * 5_000)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_missing_checkout_has_no_files(tmp_path: Path) -> None:
    """Without a checkout every file is missing."""
    assert Workspace(tmp_path / "nowhere").read("a.md", LIMIT) is None


def test_file_as_folder_is_refused(root: Path) -> None:
    """A path that goes through a file says so."""
    assert "a file is used as a folder" in _refusal(root, "docs/a.md/b")


NOWHERE = {
    "itself": "itself",
    "circle": "other",
    "other": "circle",
    "through-a-file": "docs/a.md/b",
    "long-name": "n" * 300,
    "dangling": "nowhere",
    "too-deep": "nowhere/" * 500,
}


@pytest.fixture
def lost(root: Path) -> Path:
    """The checkout with links that lead nowhere."""
    for name, target in NOWHERE.items():
        (root / name).symlink_to(target)
    return root


@posix
@pytest.mark.parametrize("name", [*NOWHERE, "itself/x", "docs/a.md/x", "n" * 300, "\ud800"])
def test_path_that_leads_nowhere_is_refused(lost: Path, name: str) -> None:
    """Links in a circle, a file as folder, names that are too long or that no system has."""
    assert re.search(
        "cannot be found, because |is a link to a file that does not exist", _refusal(lost, name)
    )


@posix
@pytest.mark.parametrize("name", ["n/" * 3_000 + "x", "x" * 200 + "/" + "x" * 200])
def test_long_path_to_nowhere_is_absent(lost: Path, name: str) -> None:
    """Where the first folder is not there, there is no such file, however the path goes on."""
    assert Workspace(lost).read(name, LIMIT) is None


@posix
@pytest.mark.parametrize("pattern", ["*", "**", "**/*", "[!d]*", "*-*"])
def test_link_to_nowhere_is_listed_under_a_pattern(lost: Path, pattern: str) -> None:
    """It matches like a file, so that reading it says what is wrong with it."""
    found = set(Workspace(lost).matching(pattern))
    assert found & NOWHERE.keys()
    assert all(_refusal(lost, name) for name in found & NOWHERE.keys())


@posix
@pytest.mark.parametrize("name", [*NOWHERE, "itself/x", "docs/a.md/x", "n" * 300, "**/n*"])
def test_looking_for_a_checkout_survives_links_to_nowhere(lost: Path, name: str) -> None:
    """Whether there is a spec can be told whatever else there is."""
    assert Workspace(lost).holds_checkout([name]) in (True, False)


@posix
def test_name_that_is_no_utf_8_is_a_name(root: Path) -> None:
    """Linux allows any bytes in a name; such a file is found and read."""
    raw = os.fsencode(root) + b"/docs/\xff.md"
    with open(raw, "wb") as file:  # noqa: PTH123 - no Path takes bytes
        file.write(b"odd")
    [found] = set(Workspace(root).matching("docs/*.md")) - {"docs/a.md"}
    assert Workspace(root).read(found, LIMIT) == b"odd"


@posix
def test_links_that_turn_into_a_circle_meanwhile_are_refused(root: Path) -> None:
    """Between finding a file and reading it, links may change in any way."""
    workspace, path = Workspace(root), root / "docs" / "a.md"
    stop = threading.Event()

    def turn() -> None:
        while not stop.is_set():
            for target in ("b.md", "a.md"):
                (root / "next").symlink_to(target)
                (root / "next").replace(path)
            (root / "next").write_bytes(b"inside")
            (root / "next").replace(path)

    turning = threading.Thread(target=turn)
    turning.start()
    try:
        for _ in range(300):
            with contextlib.suppress(FileRefused):
                assert workspace.read("docs/a.md", LIMIT) in (b"inside", None)
    finally:
        stop.set()
        turning.join()


@posix
def test_folder_that_vanishes_while_it_is_listed_is_empty(root: Path) -> None:
    """What is taken away meanwhile is not there."""
    stop = threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            (root / "gone").mkdir()
            (root / "gone" / "x.md").touch()
            (root / "gone" / "x.md").unlink()
            (root / "gone").rmdir()

    coming = threading.Thread(target=come_and_go)
    coming.start()
    try:
        for _ in range(300):
            assert "docs/a.md" in Workspace(root).matching("**/*.md")
    finally:
        stop.set()
        coming.join()


def test_largest_file_is_read(root: Path) -> None:
    """A file of exactly the limit is read."""
    (root / "full").write_bytes(b"x" * LIMIT)
    assert Workspace(root).read("full", LIMIT) == b"x" * LIMIT


def test_too_large_a_file_is_refused(root: Path) -> None:
    """One byte more is refused, and the message says how large a file may be."""
    (root / "fat").write_bytes(b"x" * (LIMIT + 1))
    assert "is larger than 1 kB" in _refusal(root, "fat")


def test_huge_file_is_refused_unread(root: Path) -> None:
    """The size counts before anything is read: a hole of a terabyte costs nothing."""
    with (root / "hole").open("wb") as file:
        file.truncate(1 << 40)
    assert "is larger than" in _refusal(root, "hole")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux has /proc")
def test_file_that_grows_is_refused() -> None:
    """A file that holds more than it said it would is not taken for whole."""
    assert "changed while it was being read" in _refusal(Path("/proc/self"), "status")[:200]


@posix
@pytest.mark.parametrize("target", ["/etc/passwd", "../secret", "docs/../../secret"])
def test_link_out_is_refused(root: Path, target: str) -> None:
    """A link out of the checkout is refused, however it leads there."""
    (root / "SESSION.md").symlink_to(target)
    assert "leads outside the repository" in _refusal(root, "SESSION.md")


@posix
def test_link_out_through_a_folder_is_refused(root: Path) -> None:
    """A folder on the way may be the link."""
    (root / "up").symlink_to(root.parent)
    assert "leads outside the repository" in _refusal(root, "up/secret")


@posix
def test_link_out_over_another_link_is_refused(root: Path) -> None:
    """A link to a link is followed to its end."""
    (root / "first").symlink_to("second")
    (root / "second").symlink_to("../secret")
    assert "leads outside the repository" in _refusal(root, "first")


@posix
def test_neighbour_with_the_same_beginning_is_outside(root: Path) -> None:
    """A folder whose name only begins like the checkout's is another folder."""
    other = root.parent / "checkout-of-another"
    other.mkdir()
    (other / "a.md").touch()
    (root / "link").symlink_to(other / "a.md")
    assert "leads outside the repository" in _refusal(root, "link")


@posix
def test_link_inside_is_followed(root: Path) -> None:
    """A link that stays in the checkout is an ordinary way to a file."""
    (root / "SESSION.md").symlink_to("docs/a.md")
    assert Workspace(root).read("SESSION.md", LIMIT) == b"inside"


@posix
def test_checkout_may_be_a_link(root: Path) -> None:
    """What counts is where the checkout really is."""
    link = root.parent / "link"
    link.symlink_to(root)
    assert Workspace(link).read("docs/a.md", LIMIT) == b"inside"


@posix
def test_dangling_link_is_refused(root: Path) -> None:
    """A link to nothing is a mistake, not a missing file."""
    (root / "SESSION.md").symlink_to("missing.md")
    assert "is a link to a file that does not exist" in _refusal(root, "SESSION.md")


@posix
def test_link_loop_is_refused(root: Path) -> None:
    """Links in a circle end in one line."""
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    assert "links form a circle" in _refusal(root, "a")


@posix
def test_device_is_refused(root: Path) -> None:
    """A link to a device that never ends is not read."""
    (root / "SESSION.md").symlink_to("/dev/zero")
    assert "leads outside the repository" in _refusal(root, "SESSION.md")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices as files")
def test_device_inside_is_refused() -> None:
    """A device is no ordinary file, wherever it lies."""
    assert "is not a regular file" in _refusal(Path("/dev"), "zero")


@posix
def test_named_pipe_is_refused_at_once(root: Path) -> None:
    """A named pipe that nobody writes to is refused instead of waited for."""
    os.mkfifo(root / "pipe")
    assert "is not a regular file" in _refusal(root, "pipe")


@posix
def test_socket_is_refused(root: Path) -> None:
    """A socket in the checkout is refused."""
    # The path of a socket is short, so it is bound from within; its name outlives its process.
    bind = "import socket; socket.socket(socket.AF_UNIX).bind('socket')"
    assert run_python("-c", bind, folder=root).returncode == 0
    assert (root / "socket").is_socket()
    assert "cannot be read" in _refusal(root, "socket")


@posix
def test_name_that_is_too_long_is_refused(root: Path) -> None:
    """A name that no file system takes ends in one line."""
    assert "cannot be" in _refusal(root, "x" * 5_000)


@posix
def test_file_that_is_swapped_while_it_is_read_is_refused(root: Path) -> None:
    """What is read counts only if it still stands under the path that was checked."""
    file, other, done = root / "large", root / "other", threading.Event()
    size = 30_000_000

    def swap() -> None:
        while not done.is_set():
            with other.open("wb") as large:
                large.truncate(size)
            other.replace(file)

    file.touch()
    swapping = threading.Thread(target=swap)
    swapping.start()
    # One attempt is enough almost always, since reading takes as long as many swaps.
    refused = any(_is_refused_as_changed(root, "large", size) for _ in range(200))
    done.set()
    swapping.join()
    assert refused


_COMMON_FOLDER = """
import json, sys
from harmonica_session.edges.files.workspace import common_folder
folder, paths = common_folder(*(word or None for word in sys.argv[1:]))
print(json.dumps([str(folder), paths]))
"""


def _common_folder(current: Path, *paths: str) -> tuple[Path, list[str]]:
    """Return what is common to paths that a person gives in a folder; an empty one is none."""
    done = run_python("-c", _COMMON_FOLDER, *paths, folder=current)
    assert done.returncode == 0, done.stderr
    folder, found = json.loads(done.stdout)
    return Path(folder), found


def test_common_folder_is_the_current_one(root: Path) -> None:
    """Paths below the current folder are read from there, so that messages name them as given."""
    assert _common_folder(root, "docs/a.md", "") == (root, ["docs/a.md", ""])


def test_common_folder_holds_all_paths(root: Path) -> None:
    """Where the current folder does not hold all paths, the nearest that does is taken."""
    paths = (str(root / "docs" / "a.md"), str(root.parent / "secret"))
    expected = (root.parent, ["checkout/docs/a.md", "secret"])
    assert _common_folder(root / "docs", *paths) == expected


def test_common_folder_reads_a_file_outside(root: Path) -> None:
    """A person may name a file anywhere; it is read from the folder that holds it."""
    folder, paths = _common_folder(root / "docs", str(root.parent / "secret"))
    assert Workspace(folder).read(paths[0], LIMIT) == b"outside"


def test_common_folder_follows_dots(root: Path) -> None:
    """A person at a terminal may lead upwards."""
    folder, paths = _common_folder(root, "../secret")
    workspace = Workspace(folder)
    assert workspace.read(workspace.normalise(paths[0]), LIMIT) == b"outside"
