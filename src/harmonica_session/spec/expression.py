"""What may stand between `{{` and `}}`: a small, closed part of Jinja's expressions.

This module must not give an expression anything but plain data, nor be loaded without need: it
loads Jinja2.
"""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.filters import do_first, do_int, do_last
from jinja2.sandbox import ImmutableSandboxedEnvironment

from harmonica_session.errors import clip
from harmonica_session.spec.flaw import LONGEST_TEXT, FlawedExpressionError
from harmonica_session.spec.values import NAMES, Group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.runtime import Context

    from harmonica_session.spec.values import Values

TEXT_METHODS = (
    "capitalize",
    "endswith",
    "lower",
    "lstrip",
    "removeprefix",
    "removesuffix",
    "rstrip",
    "split",
    "startswith",
    "strip",
    "title",
    "upper",
)
DATE_METHODS = ("isoformat", "strftime")
DATE_NUMBERS = ("year", "month", "day")
_LARGEST = 10**15
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
# What an expression may raise for the values that it meets; anything else is a bug of ours.
_MISTAKES = (
    TemplateError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


class Absent(StrictUndefined):
    """A value that this run does not have; anything but `default` refuses it."""

    __slots__ = ()

    def __getitem__(self, _item: object) -> Absent:  # type: ignore[override] # the base only raises
        """Return itself: a part of what is absent is absent."""
        return self


def _refuse(message: str | None) -> NoReturn:
    raise FlawedExpressionError(
        f"{message}; say right behind it what stands there instead: `| default('…')`"
    )


def _written(value: object) -> str:
    """Return a value as it is filled in.

    Raises:
        FlawedExpressionError: It is nothing that can be read as a text.
    """
    if isinstance(value, Absent):
        _refuse(value._undefined_message)  # noqa: SLF001 - made for its subclasses
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        raise FlawedExpressionError("this is a list; put it together with `| join(', ')`")
    if isinstance(value, Group):
        raise FlawedExpressionError(f"`{value.name}` is several values; {_choice(value.name)}")
    raise FlawedExpressionError("this comes to nothing that could be filled in")


def _choice(name: str) -> str:
    """Say what there is behind the dot of a name."""
    inside = NAMES[name]
    if inside is None:
        return f"choose one, such as `{name}.x`"
    return "there are " + ", ".join(f"`{name}.{item}`" for item in inside)


def _bounded(length: int) -> None:
    if length > LONGEST_TEXT:
        raise FlawedExpressionError(f"this comes to more than {LONGEST_TEXT:,} characters")


def _default(value: object, default: object = "", boolean: object = False) -> object:  # noqa: FBT002 - Jinja's signature
    return default if isinstance(value, Absent) or (boolean and not value) else value


def _join(values: Iterable[object], separator: object = "") -> str:
    parts, between = [_written(value) for value in values], _written(separator)
    _bounded(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def _replace(value: object, old: object, new: object) -> str:
    text, before, after = _written(value), _written(old), _written(new)
    _bounded(len(text) + text.count(before) * len(after))
    return text.replace(before, after)


def _truncate(value: object, length: int = 255, killwords: object = False, end: str = "…") -> str:  # noqa: FBT002 - Jinja's signature
    text = _written(value)
    if len(text) <= length:
        return text
    kept = text[: max(0, length - len(end))]
    return (kept if killwords else kept.rpartition(" ")[0] or kept) + end


# Jinja's own names; those that could grow a text without bound are ours.
FILTERS: dict[str, Any] = {
    "capitalize": lambda value: _written(value).capitalize(),
    "default": _default,
    "first": do_first,
    "int": do_int,
    "join": _join,
    "last": do_last,
    "length": len,
    "lower": lambda value: _written(value).lower(),
    "replace": _replace,
    "trim": lambda value: _written(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: _written(value).upper(),
}
TESTS: dict[str, Any] = {
    "defined": lambda value: not isinstance(value, Absent),
    "undefined": lambda value: isinstance(value, Absent),
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without functions, with these filters, and attributes of nothing but our data."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%"])

    def __init__(self) -> None:
        super().__init__(undefined=Absent, finalize=_written, optimized=False, cache_size=0)
        self.globals.clear()
        # `~` takes texts as they would be filled in, see `_as_texts`.
        self.filters = {**FILTERS, "written": _written}
        self.tests = dict(TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as Jinja2 has it
        if isinstance(obj, Absent):
            return obj
        if isinstance(obj, Group):
            return _value_of(obj, attribute)
        if isinstance(obj, str) and attribute in TEXT_METHODS:
            return getattr(obj, attribute)
        if isinstance(obj, date) and attribute in (*DATE_METHODS, *DATE_NUMBERS):
            return getattr(obj, attribute)
        raise FlawedExpressionError(f"there is no `.{clip(attribute)}` in this value")

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        if isinstance(obj, Absent):
            return obj
        if isinstance(obj, Group):
            return _value_of(obj, _written(argument))
        if isinstance(obj, (str, list, tuple)) and isinstance(argument, int):
            if -len(obj) <= argument < len(obj):
                return obj[argument]
            return Absent(f"there is no item {argument} in this value")
        raise FlawedExpressionError("there is no such item in this value")

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        if isinstance(obj, Absent):
            return obj
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        for side in (left, right):
            if isinstance(side, Absent):
                _refuse(side._undefined_message)  # noqa: SLF001 - made for its subclasses
            if not isinstance(side, (int, float)) or abs(side) > _LARGEST:
                raise FlawedExpressionError(
                    f"`{operator}` wants two numbers of ordinary size; `~` puts texts together"
                )
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ANN401 - as Jinja2 has it
        # Only `getattr` above hands out anything that can be called.
        return getattr(obj, "__name__", "") in (*TEXT_METHODS, *DATE_METHODS)


def _value_of(group: Group, name: str) -> object:
    value = group.facts.get(name)
    if value is not None:
        return value
    near = get_close_matches(name, group.facts, n=1) if NAMES[group.name] is None else []
    hint = f" (there is `{group.name}.{clip(near[0])}`)" if near else ""
    return Absent(f"`{group.name}.{clip(name)}` has no value here: {group.why}{hint}")


_SANDBOX = _Sandbox()


class Parsed:
    """An expression that holds nothing but what it may.

    Attributes:
        names: The names it uses, see `names_in` in `spec/template.py`.
    """

    def __init__(self, source: str) -> None:
        """Read an expression.

        Raises:
            FlawedExpressionError: It is none, or holds something that there is not.
        """
        self.names: set[tuple[str, str]] = set()
        try:
            self._tree = _SANDBOX.parse(f"{{{{{source}}}}}")
        except TemplateSyntaxError as error:
            said = (error.message or "").replace("end of print statement", "}}")
            raise FlawedExpressionError(f"this is no expression: {said}") from None
        except RecursionError:
            raise FlawedExpressionError("this expression is nested too deeply") from None
        match self._tree.body:
            case [nodes.Output(nodes=[nodes.Expr() as expression])]:
                self._check_all(expression)
            case _:
                raise FlawedExpressionError("there is no expression between `{{` and `}}`")

    def fill(self, values: Values) -> str:
        """Return the text that the expression stands for.

        Raises:
            FlawedExpressionError: It cannot be told from these values.
        """
        given: dict[str, object] = {}
        for name, inside in NAMES.items():
            value: object = values.get(name)
            if value is None or (isinstance(value, Group) and inside and not value.facts):
                why = value.why if isinstance(value, Group) else "this run does not tell it"
                value = Absent(f"`{name}` has no value here: {why}")
            given[name] = value
        try:
            filled: str = _SANDBOX.from_string(self._tree).render(given)
        except FlawedExpressionError:
            raise
        except UndefinedError as error:
            _refuse(error.message)
        except _MISTAKES as error:
            raise FlawedExpressionError(f"this cannot be worked out: {clip(str(error))}") from None
        _bounded(len(filled))
        return filled

    def _check_all(self, expression: nodes.Expr) -> None:
        found: list[nodes.Node] = [expression]
        while found:
            node = found.pop()
            found.extend(self._check(node))

    def _check(self, node: nodes.Node) -> Iterable[nodes.Node]:
        """Check a node, and return those in it that are still to be checked."""
        if not isinstance(node, _ALLOWED):
            raise FlawedExpressionError(
                f"a spec's expressions have no `{type(node).__name__.lower()}`"
            )
        if isinstance(node, nodes.Name):
            _check_known(node.name, NAMES, "")
            self.names.add((node.name, ""))
        elif isinstance(node, (nodes.Getattr, nodes.Getitem)) and isinstance(node.node, nodes.Name):
            return self._check_inside(node, node.node.name)
        elif isinstance(node, nodes.Getattr):
            _check_known(node.attr, (*TEXT_METHODS, *DATE_METHODS, *DATE_NUMBERS), ".")
        elif isinstance(node, nodes.Filter):
            _check_known(node.name, FILTERS, "| ")
        elif isinstance(node, nodes.Test):
            _check_known(node.name, TESTS, "is ")
        elif isinstance(node, nodes.Concat):
            children = list(node.nodes)
            node.nodes = [nodes.Filter(c, "written", [], [], None, None) for c in children]
            return children
        if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Getattr):
            raise FlawedExpressionError("a spec's expressions have no functions")
        if getattr(node, "dyn_args", None) or getattr(node, "dyn_kwargs", None):
            raise FlawedExpressionError("a spec's expressions have no `*`")
        return node.iter_child_nodes()

    def _check_inside(self, node: nodes.Getattr | nodes.Getitem, name: str) -> list[nodes.Node]:
        """Check what is taken out of a name, and return what is still to be checked."""
        _check_known(name, NAMES, "")
        inside = NAMES[name]
        argument = nodes.Const(node.attr) if isinstance(node, nodes.Getattr) else node.arg
        part = ""
        if inside:
            if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
                raise FlawedExpressionError(f"`{name}` is several values; {_choice(name)}")
            part = argument.value
            _check_known(part, inside, f"{name}.")
        elif isinstance(node, nodes.Getattr) and inside is not None:
            _check_known(node.attr, (*TEXT_METHODS, *DATE_METHODS, *DATE_NUMBERS), f"{name}.")
        self.names.add((name, part))
        return [] if isinstance(argument, nodes.Const) else [argument]


def _check_known(name: str, known: Iterable[str], before: str) -> None:
    """Raise `FlawedExpressionError` for a name that there is not."""
    listed = list(known)
    if name in listed:
        return
    near = get_close_matches(name.lower(), listed, n=1)
    there_are = "there are " + ", ".join(f"`{before}{item}`" for item in listed)
    advice = f"did you mean `{before}{near[0]}`?" if near else there_are
    raise FlawedExpressionError(f"`{before}{clip(name)}` is not known here; {advice}")
