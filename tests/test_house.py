"""Holds the code to its architecture: layers, docstrings, names, and what lies where."""

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

WORDS, CORE, EDGES, FLOWS, ENTRY = range(5)
LAYER = {
    "__init__": WORDS,
    "__main__": ENTRY,
    "announcement.find_place": FLOWS,
    "announcement.our_comments": FLOWS,
    "announcement.receipt": CORE,
    "background.attach": FLOWS,
    "background.context": CORE,
    "background.from_services": FLOWS,
    "background.gather": FLOWS,
    "background.quotations": CORE,
    "cli": ENTRY,
    "commands.create": FLOWS,
    "commands.init": FLOWS,
    "commands.several": FLOWS,
    "commands.trial": FLOWS,
    "commands.validate": FLOWS,
    "edges.files.files": EDGES,
    "edges.files.pattern": CORE,
    "edges.files.revision": EDGES,
    "edges.files.workspace": EDGES,
    "edges.github.client": EDGES,
    "edges.github.repository": EDGES,
    "edges.harmonica.catalogue": EDGES,
    "edges.harmonica.client": EDGES,
    "edges.harmonica.context_sources": EDGES,
    "edges.harmonica.refusals": EDGES,
    "edges.network.clock": EDGES,
    "edges.network.pace": EDGES,
    "edges.network.retry": EDGES,
    "edges.network.single_flight": EDGES,
    "edges.network.transport": EDGES,
    "edges.runner.runner": EDGES,
    "edges.runner.step_files": EDGES,
    "errors": WORDS,
    "event": CORE,
    "inputs": CORE,
    "report.hand_on": FLOWS,
    "report.summary": CORE,
    "session.announce": FLOWS,
    "session.find": FLOWS,
    "session.plan": CORE,
    "session.prepare": FLOWS,
    "session.settle": FLOWS,
    "session.survey": FLOWS,
    "spec.choose_files": FLOWS,
    "spec.context_from": CORE,
    "spec.context_sources": CORE,
    "spec.document": CORE,
    "spec.expression": CORE,
    "spec.fill_in": FLOWS,
    "spec.look_up_names": FLOWS,
    "spec.mistakes": CORE,
    "spec.names": CORE,
    "spec.origin": CORE,
    "spec.scalar": CORE,
    "spec.schema": CORE,
    "spec.spec": CORE,
    "spec.template": CORE,
    "spec.values": CORE,
    "spec.yaml_mistakes": CORE,
    "step": ENTRY,
    "terminal": ENTRY,
    "text.addresses": CORE,
    "text.decoding": CORE,
    "text.markdown": CORE,
    "words.contents": WORDS,
    "words.history": WORDS,
    "words.pull_request": WORDS,
    "words.request": WORDS,
    "world": EDGES,
}
TOP_LEVEL = {"CHANGELOG.md", "LICENSE", "README.md", "action.yml", "pyproject.toml", "src", "tests"}
MODULES = sorted(path for path in SRC.rglob("*.py") if path.name != "__init__.py")
IN_PACKAGE = sorted(PACKAGE.rglob("*.py"))
ROOMS = {path.parent.relative_to(PACKAGE).as_posix().replace("/", ".") for path in IN_PACKAGE}
ROOMS -= {".", "sandbox"}


def module_name(path: Path) -> str:
    """Return a file's place in the package: `core.spec`, `core`, `errors`, `__init__`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def room(module: str) -> str:
    """Return the first part of a module's name: its folder, or the module itself."""
    return module.partition(".")[0]


def own_imports(path: Path) -> set[str]:
    """Return the modules of this package that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}, line {node.lineno}: say the module's full name"
            whole = node.module or ""
            found |= {whole} | {f"{whole}.{alias.name}" for alias in node.names}
    known = {module_name(known) for known in IN_PACKAGE}
    own = {name.partition(".")[2] or "__init__" for name in found if room(name) == PACKAGE.name}
    return own & known


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


@pytest.mark.parametrize("path", IN_PACKAGE, ids=module_name)
def test_module_imports_from_its_layer_or_below(path: Path) -> None:
    """Words know nobody, core knows words, edges know core, flows know edges, the entry all."""
    module = module_name(path)
    if path.name == "__init__.py" and module not in ("__init__", "sandbox"):
        assert own_imports(path) == set()
        return
    others = {other for other in own_imports(path) if other not in ROOMS}
    if room(module) == "sandbox":
        assert {room(other) for other in others} <= {"sandbox"}
        return
    # The trial run plays the outside world, which is what the sandbox is for.
    others -= {"sandbox"} if module == "commands.trial" else set()
    assert module in LAYER, "say in LAYER where it belongs"
    assert [other for other in others if LAYER.get(other, ENTRY + 1) > LAYER[module]] == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_says_what_it_is_and_what_it_must_not_do(path: Path) -> None:
    """A module's docstring has a sentence on its purpose and one on its limits."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert re.search(r"\S.*\b(It|it|This module) must (not|hold nothing)\b", text, re.DOTALL)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_is_not_named_after_a_standard_one(path: Path) -> None:
    """No module can be taken for one of the standard library, wherever Python looks first."""
    assert path.stem == "__main__" or path.stem not in sys.stdlib_module_names


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
