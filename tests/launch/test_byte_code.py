"""Byte code that two processes make is what one would have made."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING

import pytest

from launch.byte_code import compiled_by_two

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "large/__init__.py": "answer = 1",
    "large/inner/deep.py": "answer = 2",
    "large/data.json": "{}",
    "large/v1.typed": "",
    "small/__init__.py": "answer = 3",
    "alone.py": "answer = 4",
    "small/extension.so": "binary",
}
NAMES = {"large": True, "large.inner.deep": False, "small": True, "alone": False}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as an installer leaves it, and an empty one beside it."""
    for name, text in FILES.items():
        path = tmp_path / "installed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "rest").mkdir()
    return tmp_path / "installed"


def answers(modules: dict[str, tuple[bool, bytes]]) -> dict[str, object]:
    """Run each module, and return what it says."""
    said: dict[str, object] = {}
    for name, (_, code) in modules.items():
        space: dict[str, object] = {}
        exec(marshal.loads(code), space)  # noqa: S102, S302 - made a moment ago
        said[name] = space["answer"]
    return said


def files(folder: Path) -> set[str]:
    """Return the names of the files below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found}


@pytest.mark.parametrize("share", ["large", "small", "absent"])
def test_the_work_may_be_shared_in_any_way(installed: Path, share: str) -> None:
    """Modules, what they do, and the files beside them are the same."""
    rest = installed.parent / "rest"
    modules = compiled_by_two(installed, rest, installed / share)
    assert {name: is_package for name, (is_package, _) in modules.items()} == NAMES
    assert answers(modules) == {"large": 1, "large.inner.deep": 2, "small": 3, "alone": 4}
    assert files(rest) == {"large/data.json", "small/extension.so"}


def test_what_the_other_process_cannot_compile_fails_here(installed: Path) -> None:
    """A file that is no Python is told of in this process, as it would be without the other."""
    (installed / "large/broken.py").write_text("def", "utf-8")
    with pytest.raises(SyntaxError):
        compiled_by_two(installed, installed.parent / "rest", installed / "large")


def test_nobody_gets_into_the_other_process(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the working folder nor the environment puts a module in its way."""
    for name in ("marshal.py", "pathlib.py", "sitecustomize.py"):
        (installed.parent / name).write_text("raise SystemExit('caught')", "utf-8")
    monkeypatch.chdir(installed.parent)
    for variable in ("PYTHONPATH", "PYTHONHOME"):
        monkeypatch.setenv(variable, str(installed.parent))
    modules = compiled_by_two(installed, installed.parent / "rest", installed / "large")
    assert modules.keys() == NAMES.keys()
    assert capfd.readouterr().err == ""
