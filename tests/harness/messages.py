"""What the code can say to a user, as the words that are fixed, and what the page says of it.

It must hold no test.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "harmonica_session"
LAUNCHER = ROOT / "src" / "launch"
PAGE = ROOT / ".github" / "docs" / "troubleshooting.md"
OPEN = "…"
# What these modules write are documents, or lines of a log in which nothing is wrong.
DOCUMENTS = {
    f"harmonica_session/{module}.py"
    for module in (
        *("announcement/invitation", "announcement/receipt", "announcement/trust"),
        *(
            "background/context",
            "background/quotations",
            "background/shown",
            "commands/init",
            "commands/trial",
        ),
        *("report/dry_run", "report/hand_on", "report/hand_on_results", "report/summary"),
        *("results/rehearse", "results/texts", "spec/schema", "terminal", "text/markdown"),
        *("text/open_name", "text/prose", "words/front_matter", "words/round"),
    )
}
_FEWEST_WORDS = 3
# Calls and names that hold lines of the log, and words for what is being done, where nothing is
# wrong yet; and patterns.
_NO_MESSAGE = {
    *("say", "debug", "is_rehearsal", "remaining"),
    *("Request", "read", "pages", "partial", "_search", "_written", "optional", "doing", "title"),
    *("compile", "search", "sub"),
}
# Calls of which one argument is a message; the others are what somebody else says.
_SAYS_AT = {"_Words": "words", "_Cause": 0}


def messages(path: Path) -> set[str]:
    """Return every text of a module that is a message, or a part of one.

    What is filled in is an ellipsis; less than three words are no message.
    """
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {id(inner) for node in _no_messages(tree) for inner in ast.walk(node)}
    said = {it for node, it in _texts(tree) if id(node) not in skipped}
    return {it for it in said if len(re.findall(r"\S*[A-Za-z]\S*", it)) >= _FEWEST_WORDS}


def shell_messages(path: Path) -> set[str]:
    """Return what the launcher's shell script fails with, and what it says of each Python."""
    script = path.read_text("utf-8").replace("\\\n", "")
    found = re.findall(r"""\b(?:fail |answer=)(?:"((?:\\.|[^"\\])*)"|'([^']*)')""", script)
    filled = {re.sub(r"\$\{[^}]*\}|\$\w+", OPEN, expanding) or plain for expanding, plain in found}
    return {re.sub(r"\\(.)", r"\1", it) for it in filled}


def all_texts(path: Path) -> set[str]:
    """Return every text of a module, a single word and a line of the log included."""
    return {said for _, said in _texts(ast.parse(path.read_text("utf-8")))}


def _texts(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    skipped = {id(inner) for node in _no_texts(tree) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in skipped and isinstance(node, (ast.JoinedStr, ast.Constant)):
            yield node, template(node)


def template(node: ast.JoinedStr | ast.Constant) -> str:
    """Return a text of the code with an ellipsis for each thing that is filled in."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
    else:
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else OPEN for part in node.values
        )
    # A name alone in braces is filled in by `format`.
    filled = re.sub(r"\{[a-z]+\}", OPEN, text)
    return " ".join(re.sub(f"{OPEN}+", OPEN, filled).split())


def _no_texts(tree: ast.Module) -> Iterator[ast.AST]:
    """Find docstrings, types, and the pieces of a text that is found as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield from (it for it in node.body if isinstance(it, ast.Expr) and _is_text(it.value))
        elif isinstance(node, ast.JoinedStr):
            yield from (part for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, (ast.AnnAssign, ast.arg)) and node.annotation:
            yield node.annotation


def _no_messages(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            names = {it.id for target in node.targets for it in ast.walk(target) if _is_name(it)}
            yield from [node.value] if names & _NO_MESSAGE else []
        elif isinstance(node, ast.keyword) and node.arg in _NO_MESSAGE:
            yield node
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = _SAYS_AT.get(name)
            parts = [*enumerate(node.args), *((it.arg, it.value) for it in node.keywords)]
            yield from [node] if name in _NO_MESSAGE else []
            yield from (part for key, part in parts if at is not None and key != at)


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def entries() -> dict[str, list[str]]:
    """Return the messages of each entry of the page, by its heading."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^### ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, rest = part.partition("\n")
        block = re.search(r"^```text\n(.*?)\n```$", rest, re.MULTILINE | re.DOTALL)
        assert heading not in found
        found[heading] = block[1].split("\n") if block else []
    return found


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading that is the first one of its words."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def where(said: str, line: str) -> set[int]:
    """Return where in a line of the page the fixed words of a text stand, empty if they do not."""
    found: set[int] = set()
    end = 0
    for part in said.split(OPEN):
        start = line.find(part, end)
        if start < 0:
            return set()
        end = start + len(part)
        found |= set(range(start, end))
    return found
