"""Holds the code to its architecture: rooms, docstrings, names, and what lies where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
TESTS = ROOT / "tests"
PACKAGE = SRC / "harmonica_session"

# A module imports only from its own room or from further left; rooms in one place do not know each
# other.
ORDER = (
    {"__init__"},
    {"errors"},
    {"text"},
    {"words"},
    {"event"},
    {"inputs"},
    {"edges"},
    {"world"},
    {"spec", "announcement"},
    {"background"},
    {"session"},
    {"results"},
    {"report"},
    {"commands"},
    {"step"},
    {"terminal"},
    {"cli"},
    {"__main__"},
)
# Rooms whose modules decide. Those that act are named here, and no other one may import them.
DECIDING = ("spec", "announcement", "background", "session", "results", "report")
VERBS = {
    *("spec.choose_files", "spec.fill_in", "spec.look_up_names", "spec.read"),
    *("announcement.announced", "announcement.find_place", "announcement.our_comments"),
    *("announcement.earlier", "announcement.own_issues", "announcement.post"),
    *("background.attach", "background.from_files", "background.from_services"),
    "background.gather",
    *(
        "session.announce",
        "session.change",
        "session.label",
        "session.find",
        "session.prepare",
        "session.races",
    ),
    *("session.earlier_runs", "session.recognise", "session.settle", "session.survey"),
    *("results.ask", "results.circle", "results.follow_up", "results.keep_brief"),
    *("results.rehearse", "results.remind", "results.tell"),
    *("report.dry_run", "report.hand_on", "report.hand_on_results"),
    "report.quiet",
}
# Libraries that one room alone speaks to.
SPOKEN_TO_BY = {"httpx": "edges.network", "actions_toolkit": "edges.runner"}
ROOM = re.compile(r"`(\w+)(?:/|\.py)`")
TOP_LEVEL = {
    *("CHANGELOG.md", "LICENSE", "README.md", "action.yml", "pyproject.toml", "src", "tests"),
}
MODULES = sorted(path for path in SRC.rglob("*.py") if path.name != "__init__.py")
IN_PACKAGE = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    """Return a file's place in the package: `spec.names`, `spec`, `errors`, `__init__`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def room(module: str) -> str:
    """Return the first part of a module's name: its folder, or the module itself."""
    return module.partition(".")[0]


def all_imports(path: Path) -> set[str]:
    """Return the names that a file imports, anywhere in it, each with its module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}, line {node.lineno}: say the module's full name"
            whole = node.module or ""
            found |= {whole} | {f"{whole}.{alias.name}" for alias in node.names}
    return found


def own_imports(path: Path) -> set[str]:
    """Return the modules of this package that a file imports."""
    known = {module_name(known) for known in IN_PACKAGE}
    names = {name for name in all_imports(path) if room(name) == PACKAGE.name}
    return {name.partition(".")[2] or "__init__" for name in names} & known


def files() -> list[Path]:
    """Return the files that git tracks, or would if they were added."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone, so nothing says which files belong to the repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603 - constant
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def relative(path: Path) -> str:
    """Return a path as it is shown when something is wrong with it."""
    return path.relative_to(ROOT).as_posix()


def rank(module: str) -> int:
    """Return the place of a module's room in the order of the house."""
    found = [at for at, rooms in enumerate(ORDER) if room(module) in rooms]
    assert found, f"{module}: say in ORDER where its room is"
    return found[0]


@pytest.mark.parametrize("path", IN_PACKAGE, ids=module_name)
def test_module_imports_from_its_own_room_or_from_further_left(path: Path) -> None:
    """Who reads from left to right meets nothing that was not there before."""
    module = module_name(path)
    others = {other for other in own_imports(path) if room(other) != room(module)}
    if room(module) == "sandbox":
        assert others == set()
        return
    # The trial plays the outside world, which is what the sandbox is for.
    others -= {"sandbox"} if module == "commands.trial" else set()
    assert [other for other in sorted(others) if rank(other) >= rank(module)] == []


@pytest.mark.parametrize(
    "path",
    [path for path in IN_PACKAGE if room(module_name(path)) in DECIDING],
    ids=module_name,
)
def test_module_that_decides_imports_none_that_acts(path: Path) -> None:
    """A noun has no way to the outside world: neither the world itself, nor an edge, nor a verb."""
    module = module_name(path)
    others = own_imports(path)
    acting = {it for it in others if it in VERBS or room(it) in ("world", "edges")}
    assert module in VERBS or sorted(acting) == []


def test_every_verb_is_a_module() -> None:
    """A name that stays behind when its module goes would excuse another one later."""
    assert {module_name(path) for path in IN_PACKAGE} >= VERBS


@pytest.mark.parametrize("path", IN_PACKAGE, ids=module_name)
def test_library_is_spoken_to_by_one_room(path: Path) -> None:
    """When a library is to be replaced, one room notices."""
    module = module_name(path)
    libraries = {name.partition(".")[0] for name in all_imports(path)}
    theirs = {name for name, owner in SPOKEN_TO_BY.items() if not module.startswith(owner)}
    assert libraries & theirs == set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_says_what_it_is_and_what_it_must_not_do(path: Path) -> None:
    """A module's docstring has a sentence on its purpose and one on its limits."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert re.search(r"\S.*\b(It|it|This module) must (not|hold nothing)\b", text, re.DOTALL)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_is_not_named_after_a_standard_one(path: Path) -> None:
    """No module can be taken for one of the standard library, wherever Python looks first."""
    assert path.stem == "__main__" or path.stem not in sys.stdlib_module_names


def places_named_in(document: Path) -> set[str]:
    """Return what a document names in its code spans, as far as that can be a path."""
    spans = re.findall(r"`([\w./-]+)`", document.read_text("utf-8"))
    return {span for span in spans if re.search(r"/|\.(py|md|json|yml|txt|in)$", span)}


def test_every_place_that_contributing_names_is_there() -> None:
    """A path is the repository's, or the package's; who follows it finds something."""
    roots = (ROOT, PACKAGE, TESTS, TESTS / "specs" / "good", PACKAGE / "edges")
    named = places_named_in(ROOT / ".github" / "CONTRIBUTING.md")
    assert named
    gone = {name for name in named if not any((root / name).exists() for root in roots)}
    assert {name for name in gone if not name.startswith(".venv/")} == set()


def test_contributing_has_a_row_for_each_room_in_their_order() -> None:
    """The table and the order that the code is held to are one."""
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("| room |")[2].partition("\n\n")[0]
    names = [name for row in table.split("\n")[2:] for name in ROOM.findall(row.split("|")[1])]
    assert {*names} == {name for rooms in ORDER for name in rooms if name[0] != "_"} | {"sandbox"}
    ranks = [rank(name) for name in names if name != "sandbox"]
    assert ranks == sorted(ranks)


def test_every_error_stands_in_the_tree() -> None:
    """The drawing in the docstring of errors.py shows all classes of errors."""
    module = ast.parse((PACKAGE / "errors.py").read_text("utf-8"))
    drawn = set(re.findall(r"^[ │├└─]*([A-Z]\w+)  ", ast.get_docstring(module) or "", re.MULTILINE))
    classes = {node.name for node in module.body if isinstance(node, ast.ClassDef)}
    assert drawn == classes - {"Problem"}


def test_top_level_holds_the_contract_and_nothing_else() -> None:
    """Who opens the repository sees the action and where to read on, and dotfiles."""
    seen = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in seen if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\bpypi\.org\b|\bpythonhosted\.org\b|\bnpmjs\.\w", id="registry"),
        pytest.param(r"--(extra-)?index-url|--find[-]links", id="choice of a registry"),
        pytest.param(r"(?<![\w.}-])/(home|Users)/(?!runner/)\w+/|(?<![\w.}-])/[r]oot/", id="home"),
        pytest.param(re.escape(f"{ROOT.as_posix()}/"), id="this clone"),
    ],
)
def test_files_speak_of_no_machine_and_no_registry(pattern: str) -> None:
    """What is in the repository holds wherever it is cloned, and whatever mirror is used."""
    wanted = re.compile(pattern.encode())
    assert [relative(path) for path in files() if wanted.search(path.read_bytes())] == []


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=relative)
def test_test_says_one_behaviour_in_one_sentence(path: Path) -> None:
    """The docstring of each test is a sentence that the test would refute if it were false."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    tests = [
        node
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    ]
    unsaid = [t.name for t in tests if not re.fullmatch(r"\S.*\.", said(t), re.DOTALL)]
    assert tests
    assert unsaid == []


def said(test: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the docstring of a test."""
    return ast.get_docstring(test) or ""


def test_every_folder_of_tests_is_explained() -> None:
    """The tests' README has a line for each folder beside it."""
    folders = {path.relative_to(TESTS).parts[0] for path in files() if TESTS in path.parents[1:]}
    rows = re.findall(r"^\| (`\w+/`.*?) \|", (TESTS / "README.md").read_text("utf-8"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)/`", row)}
    assert folders == explained
