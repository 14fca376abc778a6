"""Jinja2 as a spec has it: our filters and tests, what our own values hold, and nothing else.

This module must not give an expression anything but plain data, nor be loaded without need: it
loads Jinja2.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from harmonica_session.errors import clip
from harmonica_session.spec.filters import FILTERS, TESTS, Absent, bounded, refuse, written
from harmonica_session.spec.flaw import FlawedExpressionError
from harmonica_session.spec.values import NAMES, Group
from harmonica_session.text.likeness import nearest

if TYPE_CHECKING:
    from jinja2 import nodes
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
# A filter that no spec can name: it makes a text of a value, as it would be filled in.
WRITTEN = "written"
_LARGEST = 10**15
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


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without functions, with these filters, and attributes of nothing but our data."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%"])

    def __init__(self) -> None:
        super().__init__(undefined=Absent, finalize=written, optimized=False, cache_size=0)
        self.globals.clear()
        self.filters = {**FILTERS, WRITTEN: written}
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
        raise FlawedExpressionError(f"this value has no `.{clip(attribute)}`")

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        if isinstance(obj, Absent):
            return obj
        if isinstance(obj, Group):
            return _value_of(obj, written(argument))
        if isinstance(obj, (str, list, tuple)) and isinstance(argument, int):
            if -len(obj) <= argument < len(obj):
                return obj[argument]
            return Absent(f"this value has no item {argument}")
        raise FlawedExpressionError("this value has no such item")

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        if isinstance(obj, Absent):
            return obj
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - as Jinja2 has it
        for side in (left, right):
            if isinstance(side, Absent):
                refuse(side.why)
            if not isinstance(side, (int, float)) or abs(side) > _LARGEST:
                raise FlawedExpressionError(
                    f"`{operator}` needs two numbers of ordinary size; use `~` to join texts"
                )
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ANN401 - as Jinja2 has it
        # Only `getattr` above hands out anything that can be called.
        return getattr(obj, "__name__", "") in (*TEXT_METHODS, *DATE_METHODS)


def _value_of(group: Group, name: str) -> object:
    value = group.facts.get(name)
    if value is not None:
        return value
    near = nearest(name, group.facts) if NAMES[group.name] is None else []
    hint = f" (there is `{group.name}.{clip(near[0])}`)" if near else ""
    return Absent(f"`{group.name}.{clip(name)}` has no value here: {group.why}{hint}")


_SANDBOX = _Sandbox()


def parse(source: str) -> nodes.Template:
    """Return the tree of a template.

    Raises:
        TemplateSyntaxError: It is none.
        RecursionError: It is nested too deeply.
    """
    return _SANDBOX.parse(source)


def render(tree: nodes.Template, values: Values) -> str:
    """Return the text that a template stands for.

    Args:
        tree: The template; nobody but `_Sandbox` keeps it from anything.
        values: What its names stand for.

    Raises:
        FlawedExpressionError: It cannot be told from these values.
    """
    try:
        filled: str = _SANDBOX.from_string(tree).render(_named(values))
    except FlawedExpressionError:
        raise
    except UndefinedError as error:
        refuse(error.message)
    except _MISTAKES as error:
        raise FlawedExpressionError(f"this cannot be evaluated: {clip(str(error))}") from None
    bounded(len(filled))
    return filled


def _named(values: Values) -> dict[str, object]:
    """Return a value for each name, one that refuses to be used where the run has none."""
    given: dict[str, object] = {}
    for name, inside in NAMES.items():
        value: object = values.get(name)
        if value is None or (isinstance(value, Group) and inside and not value.facts):
            why = value.why if isinstance(value, Group) else "this run does not provide it"
            value = Absent(f"`{name}` has no value here: {why}")
        given[name] = value
    return given
