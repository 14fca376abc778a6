"""What may stand between `{{` and `}}`: a small, closed part of Jinja's expressions.

This module must not work out a value, nor be loaded without need: it loads Jinja2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes

from harmonica_session.errors import clip
from harmonica_session.spec import jinja
from harmonica_session.spec.filters import FILTERS, TESTS, several
from harmonica_session.spec.flaw import FlawedExpressionError
from harmonica_session.spec.values import NAMES
from harmonica_session.text.likeness import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harmonica_session.spec.values import Values

_ATTRIBUTES = (*jinja.TEXT_METHODS, *jinja.DATE_METHODS, *jinja.DATE_NUMBERS)
# Everything else, such as `**`, calls of functions and what builds mappings, is refused.
_ALLOWED = (
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Filter,
    nodes.Test,
    nodes.Call,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Neg,
)


class Parsed:
    """An expression that holds nothing but what it may.

    Attributes:
        names: The names it uses, see `Filled.names` in `spec/template.py`.
    """

    def __init__(self, source: str) -> None:
        """Read an expression.

        Raises:
            FlawedExpressionError: It is none, or holds something that there is not.
        """
        try:
            self._tree = jinja.parse(f"{{{{{source}}}}}")
        except TemplateSyntaxError as error:
            said = (error.message or "").replace("end of print statement", "}}")
            raise FlawedExpressionError(f"this is not a valid expression: {said}") from None
        except RecursionError:
            raise FlawedExpressionError("this expression is nested too deeply") from None
        match self._tree.body:
            case [nodes.Output(nodes=[nodes.Expr() as expression])]:
                self.names = _names_in(expression)
            case _:
                raise FlawedExpressionError("there is no expression between `{{` and `}}`")
        _let_tilde_write(self._tree)

    def fill(self, values: Values) -> str:
        """Return the text that the expression stands for.

        Raises:
            FlawedExpressionError: It cannot be told from these values.
        """
        return jinja.render(self._tree, values)


def _names_in(expression: nodes.Expr) -> set[tuple[str, str]]:
    """Return the names that an expression uses, once all that it holds has been checked.

    Raises:
        FlawedExpressionError: It holds something that it may not, or that there is not.
    """
    names: set[tuple[str, str]] = set()
    waiting: list[nodes.Node] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (nodes.Getattr, nodes.Getitem)) and isinstance(node.node, nodes.Name):
            # The name is used with this part of it, and not as a whole.
            names.add((node.node.name, _part(node, node.node.name)))
            waiting += [node.arg] if isinstance(node, nodes.Getitem) else []
            continue
        _check(node)
        if isinstance(node, nodes.Name):
            names.add((node.name, ""))
        waiting += node.iter_child_nodes()
    return names


def _part(node: nodes.Getattr | nodes.Getitem, name: str) -> str:
    """Return which part is taken of a name that has known parts, empty for any other name.

    Raises:
        FlawedExpressionError: There is no such name, or no such part of it.
    """
    _check_known(name, NAMES, "")
    inside = NAMES[name]
    if inside:
        argument = nodes.Const(node.attr) if isinstance(node, nodes.Getattr) else node.arg
        if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
            raise FlawedExpressionError(several(name))
        _check_known(argument.value, inside, f"{name}.")
        return argument.value
    if isinstance(node, nodes.Getattr) and inside is not None:
        _check_known(node.attr, _ATTRIBUTES, f"{name}.")
    return ""


def _check(node: nodes.Node) -> None:
    """Raise `FlawedExpressionError` for a node that a spec does not have, whatever is in it."""
    if not isinstance(node, _ALLOWED):
        raise FlawedExpressionError(
            f"expressions in a spec cannot use `{type(node).__name__.lower()}`"
        )
    if isinstance(node, nodes.Name):
        _check_known(node.name, NAMES, "")
    elif isinstance(node, nodes.Getattr):
        _check_known(node.attr, _ATTRIBUTES, ".")
    elif isinstance(node, nodes.Filter):
        _check_known(node.name, FILTERS, "| ")
    elif isinstance(node, nodes.Test):
        _check_known(node.name, TESTS, "is ")
    elif isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Getattr):
        raise FlawedExpressionError("expressions in a spec cannot call functions")
    if getattr(node, "dyn_args", None) or getattr(node, "dyn_kwargs", None):
        raise FlawedExpressionError("expressions in a spec cannot use `*`")


def _check_known(name: str, known: Iterable[str], before: str) -> None:
    """Raise `FlawedExpressionError` for a name that there is not."""
    listed = list(known)
    if name in listed:
        return
    near = nearest(name, listed)
    there_are = "the known ones are " + ", ".join(f"`{before}{item}`" for item in listed)
    advice = f"did you mean `{before}{near[0]}`?" if near else there_are
    raise FlawedExpressionError(f"`{before}{clip(name)}` is not known here; {advice}")


def _let_tilde_write(tree: nodes.Template) -> None:
    """Let `~` take each value as it would be filled in: `true`, where Jinja would take `True`."""
    for concat in list(tree.find_all(nodes.Concat)):
        concat.nodes = [
            nodes.Filter(value, jinja.WRITTEN, [], [], None, None) for value in concat.nodes
        ]
