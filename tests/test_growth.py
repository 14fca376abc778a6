"""Twice the text takes no more than twice the work, counted and not timed."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import harmonica_session
from harmonica_session.spec.spec import Spec
from harmonica_session.spec.template import fill_in
from harmonica_session.spec.yaml_reader import read_document
from harmonica_session.text import markdown
from harness.steps import CountedText, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGE = Path(harmonica_session.__file__).parent
# What begins anew at every place of a text; `match` and `fullmatch` begin once.
SEARCHES = ("search", "sub", "findall", "finditer", "split")
# What a hostile text repeats: marks that open and never close, and what marks hold.
PIECES = (
    *("{%", "{#", "${{", "{{", "{{'", '{{"', "{% {{ 1 }}", "{%%}", "%}", "}}", "<!--", "-->"),
    *("[", "[x](", "](", "*", "**x", "`", "```a\n", "\\", "| |", "|---", "@", "1", "-", "'", '"'),
    *("http://a", "http://a.", "http://a/-", "https://a/b/", "close ", "close #", "close a/", "/"),
    *(
        "hm_live_",
        "ghp_",
        "ghs_",
        "ghs_a.",
        "github_pat_",
        "::",
        "\\ud83d",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\t#",
        "x",
        "a ",
    ),
    *(".", ".1", "a.", "a-", "/pr-1", "&page=1", "<", "<a>;", "_", "e", "é", "\ud83d"),
)
# Those that never see a long text, and why.
BOUNDED = {
    r'[?&]page=([0-9]{1,9})(?:&[^<>]*)?>\s*;\s*rel="last"': "a header of a bounded length",
}


def _work_of(pattern: str, flags: int, piece: str, length: int) -> int:
    return steps_of(pattern, flags, piece * (length // len(piece)) + "!")


def _growth(pattern: str, flags: int, piece: str) -> float:
    return _work_of(pattern, flags, piece, 120) / _work_of(pattern, flags, piece, 60)


def _modules() -> Iterator[tuple[str, ModuleType, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "sandbox" in path.parts or path.stem.startswith("__"):
            continue
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        module = importlib.import_module(f"harmonica_session.{name}")
        yield name, module, ast.parse(path.read_text("utf-8"))


def _searches(tree: ast.Module) -> Iterator[tuple[str, list[ast.expr]]]:
    """Find what is searched for: the name before `.search`, and the arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute), args=args):
                if attribute in SEARCHES:
                    yield name, args


def _expressions() -> Iterator[tuple[str, str, int]]:
    """Name every expression of the package that a text is searched for, as the code spells it."""
    modules = list(_modules())
    searched = {name for _, _, tree in modules for name, _ in _searches(tree)}
    for name, module, tree in modules:
        for variable, value in vars(module).items():
            if isinstance(value, re.Pattern) and variable in searched:
                yield f"{name}.{variable}", value.pattern, value.flags & ~re.UNICODE
        for at, args in enumerate(args for base, args in _searches(tree) if base == "re"):
            if isinstance(args[0], ast.Constant):
                yield f"{name}, {at}", str(args[0].value), 0
    for at, (pattern, _) in enumerate(markdown._MARKS):  # noqa: SLF001 - the texts are there alone
        yield f"text.markdown._MARKS, {at}", pattern, re.MULTILINE
    yield "text.markdown._CODE", markdown._CODE, 0  # noqa: SLF001 - likewise


EXPRESSIONS = {
    name: (pattern, flags) for name, pattern, flags in _expressions() if pattern not in BOUNDED
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_goes_over_a_text_once(name: str) -> None:
    """No expression begins anew from each mark of a text and goes on to its end.

    Twice the steps for twice the text, and a little for where pieces meet: it would be four times.
    """
    pattern, flags = EXPRESSIONS[name]
    slow = [piece for piece in PIECES if _growth(pattern, flags, piece) > 2.5]
    assert not slow


@pytest.mark.parametrize(
    "pattern", [r"(?s)\{%.*?%\}", r"<!--.*?-->", r"(?:a|a-)+x", r"\[([^\]]+)\]\(", r" +$"]
)
def test_the_count_finds_what_is_quadratic(pattern: str) -> None:
    """An expression that does begin anew is counted as one."""
    assert any(_growth(pattern, 0, piece) > 3 for piece in PIECES)


def _document_work(marks: int) -> int:
    """Return the work of telling where each flaw of a text stands."""
    text = 'context: "' + "{% x %} " * marks + '"\nquestions: [a]\n'
    document = read_document(text.encode(), "s.yml")
    counted = [CountedText(document.text), CountedText(document.sources["context",])]
    document.text, document.sources["context",] = counted
    assert len(fill_in(document, Spec.model_fields, None).problems) == marks
    return sum(text.work for text in counted)


def test_the_places_of_many_flaws_are_found_together() -> None:
    """A text is looked through once for the places of all that is wrong in it."""
    assert _document_work(80) <= 2.5 * _document_work(40)
