"""The session spec: the YAML file that says which session is meant.

This module must not read files, nor know what is filled in for an expression.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PrivateAttr,
    ValidationError,
)

from harmonica_session.core.context import LIMIT
from harmonica_session.core.context_from import (
    EarlierSession,
    Period,
    Source,
    Sources,
    default_sources,
)
from harmonica_session.core.document import Document, Path, Unquoted, read_document
from harmonica_session.core.markdown import visible
from harmonica_session.core.sources import ContextSource
from harmonica_session.core.template import OPEN, fill_in
from harmonica_session.errors import Problem, SpecError, clip
from harmonica_session.session import (
    Channel,
    Part,
    Question,
    RosterEntry,
    SessionRequest,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

    from harmonica_session.core.values import Values


class Target(Part):
    """A channel in which Harmonica announces the session; its group by name or by id."""

    channel: Channel
    group: Text | None = None
    group_id: Text | None = None


_PARTS: dict[str, type[BaseModel]] = {
    "questions": Question,
    "distribution": Target,
    "roster": RosterEntry,
    "context_sources": ContextSource,
    "context_from": Source,
    "previous_session": EarlierSession,
    "merged_pull_requests": Period,
    "issues_closed": Period,
}


# What the spec has beside the fields of the request; `context` is put together first.
_NOT_SENT = (
    *("api", "context", "context_from", "context_limit", "context_sources"),
    *("template", "project"),
)


class Spec(SessionRequest):
    """A session spec: the fields of the request by their own names, and `api` for the rest."""

    model_config = ConfigDict(extra="forbid")

    distribution: list[Target] | None = None  # type: ignore[assignment] # names are no ids yet
    template: Text | None = None
    project: Text | None = None
    context_from: Annotated[Sources, Field(default_factory=default_sources)]
    context_limit: Annotated[int, Field(strict=True, ge=1_000, le=1_000_000)] = LIMIT
    context_sources: list[ContextSource] | None = None
    api: Annotated[dict[str, JsonValue], Field(default_factory=dict)]
    _read_from: tuple[Document, str] = PrivateAttr(default_factory=lambda: (Document(), ""))

    def model_post_init(self, context: Any) -> None:  # noqa: ANN401 - as inherited
        """Keep the document and the name of the file, which `read_spec` gives as context."""
        if context:
            self._read_from = context

    def problem_at(self, path: Path, message: str) -> Problem:
        """Return a problem with the value that stands at a path of the file."""
        document, file = self._read_from
        place = document.place_of_value(path)
        return Problem(file, place.line, place.column, message)

    def request(self, context: str) -> SessionRequest:
        """Return the request that the spec asks for; names in it do not count, see `core/names.py`.

        Args:
            context: The context as a whole, see `core/context.py`; empty for none.
        """
        left_out = dict.fromkeys(_NOT_SENT, True)
        fields = self.model_dump(
            mode="json",
            exclude_unset=True,
            exclude={**left_out, "distribution": {"__all__": {"group"}}},
        )
        if context:
            fields["context"] = context
        return SessionRequest.model_validate({**fields, **self.api})

    @property
    def texts(self) -> list[str]:
        """The texts that may hold expressions."""
        asked = [text for q in self.questions or [] for text in (q.text, *(q.options or []))]
        texts = (self.topic, self.goal, self.context, self.critical, self.prompt, *asked)
        return [text for text in texts if text]


def read_spec(content: bytes, file: str, values: Values | None = None) -> Spec:
    """Read and check a session spec.

    Args:
        content: The bytes of the file.
        file: Its path under the workspace, for the problems.
        values: What to fill in; without them the expressions are checked and stay as they are.

    Raises:
        SpecError: With all problems at once, in the order of the lines.
    """
    document = read_document(content, file)
    problems = document.problems
    if not isinstance(document.value, dict):
        no_mapping = Problem(file, 1, 1, "a spec is a mapping: `topic: …`, `goal: …`")
        raise SpecError(*sorted({*problems, no_mapping}))
    filled, flaws = fill_in(document, file, Spec.model_fields, values)
    value = _without_blanks(filled)
    problems = [*problems, *flaws, *_name_problems(value, document, file)]
    try:
        spec = Spec.model_validate(value, context=(document, file))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        problems = problems + [_explain(detail, document, file) for detail in details]
    else:
        problems = problems + _invisible(spec, document, file)
        problems = problems + [
            _at_key(document, file, ("api", key), f"`{key}` belongs at the top, not under `api`")
            for key in spec.api
            if key in Spec.model_fields
        ]
        if not problems:
            return spec
    raise SpecError(*sorted(set(problems)))


def _invisible(spec: Spec, document: Document, file: str) -> list[Problem]:
    """Find required texts of characters that nobody can see."""
    blank = [name for name in ("topic", "goal") if not visible(getattr(spec, name))]
    places = [document.place_of_value((name,)) for name in blank]
    return [
        Problem(file, place.line, place.column, f"`{name}` is blank; write what it should say")
        for name, place in zip(blank, places, strict=True)
    ]


def _without_blanks(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out optional keys without a value: `critical:` is how a form left open looks."""
    kept = {name for name, field in Spec.model_fields.items() if field.is_required()}
    # `project_id: null` has a meaning: it takes a session out of its project.
    kept.add("project_id")
    return {
        key: item
        for key, item in value.items()
        if key in kept
        or key not in Spec.model_fields
        or not (item is None or (isinstance(item, str) and not item.strip()))
    }


def _name_problems(value: Mapping[str, Any], document: Document, file: str) -> Iterator[Problem]:
    """Find names that have an id beside them, and groups that have neither."""
    owners: list[tuple[Path, Mapping[str, Any], str]] = [
        ((), value, "template"),
        ((), value, "project"),
    ]
    targets = value.get("distribution")
    for at, target in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(target, dict):
            owners.append((("distribution", at), target, "group"))
            if not {"group", "group_id"} & target.keys():
                path: Path = ("distribution", at)
                place = document.place_of_value(path)
                message = f"{_name(path)} names no group; add `group: …`, or `group_id: …`"
                yield Problem(file, place.line, place.column, message)
    for path, owner, name in owners:
        if {name, f"{name}_id"} <= owner.keys():
            message = f"{_name((*path, name))} stands beside `{name}_id`; keep one of the two"
            yield _at_key(document, file, (*path, name), message)


def _written(location: Path, document: Document) -> Path:
    """Return a validator's location without the steps that do not stand in the file."""
    path: Path = ()
    for part in location:
        if (*path, part) in document.values:
            path = (*path, part)
    return path


def _at_key(document: Document, file: str, path: Path, message: str) -> Problem:
    place = document.place_of_key(path)
    return Problem(file, place.line, place.column, message)


def _explain(detail: ErrorDetails, document: Document, file: str) -> Problem:
    """Turn a validation error into a line that says what is wrong and what to do."""
    kind = detail["type"]
    path = detail["loc"] if kind == "missing" else _written(detail["loc"], document)
    name = _name(path)
    if kind == "missing":
        place = document.place_of_value(path[:-1])
        return Problem(file, place.line, place.column, f"{name} is missing; add `{path[-1]}: …`")
    if kind == "extra_forbidden":
        return _at_key(document, file, path, f"{name} is not a key here; {_nearest(path)}")
    place = document.place_of_value(path)
    message = _message(kind, name, path, detail, document)
    return Problem(file, place.line, place.column, message)


def _message(kind: str, name: str, path: Path, detail: ErrorDetails, document: Document) -> str:
    value, source = detail["input"], document.sources.get(path, "")
    wants = {
        "string_type": "a text",
        "bool_type": "`true` or `false`",
        "int_type": "a whole number",
        "greater_than_equal": f"at least {detail.get('ctx', {}).get('ge')}",
        "less_than_equal": f"at most {detail.get('ctx', {}).get('le')}",
        "list_type": "a list",
        "dict_type": "a mapping",
        "model_type": "a mapping",
        "model_attributes_type": "a mapping",
        "invalid-json-value": "a value that JSON has",
    }.get(kind)
    if kind == "literal_error":
        wants = "one of " + detail["ctx"]["expected"].replace("'", "`").replace(" or ", ", ")
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "string_too_short":
        hint = (
            "what it says then: `| default('…', true)`" if OPEN in source else "what it should say"
        )
        return f"{name} is blank; write {hint}"
    if kind == "too_short":
        return f"{name} is empty; list at least one"
    if wants is None:
        return f"{name}: {detail['msg']}"
    if value is None:
        return f"{name} has no value; it wants {wants}"
    hint = ""
    if wants in ("a text", "a value that JSON has") and source:
        hint = f'; put it in quotes: "{clip(source)}"'
    elif kind == "bool_type" and source.lower() in ("yes", "no", "on", "off", "true", "false"):
        hint = "; leave out the quotes"
    return f"{name} must be {wants}, but {_seen(value, source)}{hint}"


def _seen(value: object, source: str) -> str:
    """Say what YAML made of a value."""
    if isinstance(value, Unquoted):
        return f"YAML reads `{clip(source)}` as {value.kind}"
    if isinstance(value, bool):
        return f"YAML reads `{clip(source)}` as {'true' if value else 'false'}"
    if isinstance(value, (int, float)):
        return f"YAML reads `{clip(source)}` as a number"
    if isinstance(value, str):
        return f"it is the text `{clip(value)}`"
    return "it is a list" if isinstance(value, list) else "it is a mapping"


def _name(path: Path) -> str:
    """Return a path as people write it: `questions[2].text`, items counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{clip(part)}" for part in path]
    return f"`{''.join(parts).lstrip('.')}`"


def _nearest(path: Path) -> str:
    """Name the known key that an unknown one most likely stands for."""
    parents = [part for part in path[:-1] if isinstance(part, str)]
    known = list((_PARTS[parents[-1]] if parents else Spec).model_fields)
    near = get_close_matches(str(path[-1]).lower().replace("-", "_"), known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "there are " + ", ".join(f"`{name}`" for name in known)
