"""The session spec: the YAML file that says which session is meant.

This module must not read files, nor know what is filled in for an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    ConfigDict,
    Field,
    JsonValue,
    PrivateAttr,
    ValidationError,
)

from harmonica_session.errors import Problem, SpecError, clip
from harmonica_session.spec.context_from import (
    Sources,
    default_sources,
)
from harmonica_session.spec.context_sources import ContextSource
from harmonica_session.spec.document import Document, Path, name_of
from harmonica_session.spec.opening_keys import InvitationText, Takes, opening_problems
from harmonica_session.spec.round_keys import Duration, Head, Zone, reminder_problems
from harmonica_session.spec.scalar import passed_on
from harmonica_session.spec.template import fill_in
from harmonica_session.spec.yaml_reader import read_document
from harmonica_session.text.blanks import trimmed
from harmonica_session.text.markdown import visible
from harmonica_session.words.opening import Opening
from harmonica_session.words.request import (
    TELEGRAM,
    Channel,
    Part,
    SessionRequest,
    Text,
)
from harmonica_session.words.round import Round

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harmonica_session.errors import ActionError
    from harmonica_session.spec.values import Values


class Target(Part):
    """A channel in which Harmonica announces the session; its group by name or by id."""

    channel: Channel
    group: Text | None = None
    group_id: Text | None = None


CONTEXT_LIMIT = 50_000
"""Characters that the context may have where a spec does not say how many."""

# An empty one of these says no more than none; `context_from: []` does: no background.
_MAY_BE_EMPTY = ("questions", "distribution", "roster", "context_sources")


class Spec(SessionRequest):
    """A session spec: the fields of the request by their own names, and `api` for the rest."""

    model_config = ConfigDict(extra="forbid")

    distribution: list[Target] | None = None  # type: ignore[assignment] # names are no ids yet
    template: Text | None = None
    project: Text | None = None
    context_from: Annotated[Sources, Field(default_factory=default_sources)]
    context_limit: Annotated[int, Field(strict=True, ge=1_000, le=1_000_000)] = CONTEXT_LIMIT
    context_sources: list[ContextSource] | None = None
    open_for: Duration | None = None
    expected: Head | None = None
    remind: Duration | None = None
    timezone: Zone | None = None
    takes: Takes | None = None
    invitation: InvitationText | None = None
    api: Annotated[dict[str, JsonValue], Field(default_factory=dict)]
    _document: Document = PrivateAttr(default_factory=Document)
    _names: set[tuple[str, str]] = PrivateAttr(default_factory=set)

    def model_post_init(self, context: Any) -> None:  # noqa: ANN401 - as inherited
        """Keep what `read_spec` gives as context: the document, and the names in it."""
        if context:
            self._document, self._names = context

    @property
    def names(self) -> set[tuple[str, str]]:
        """The names that its expressions use, see `Filled.names`."""
        return self._names

    def problem_at(self, path: Path, message: str) -> Problem:
        """Return a problem with the value that stands at a path of the file."""
        return self._document.problem_at_value(path, message)

    def round(self) -> Round | None:
        """Return what the spec asks for of the session's round, None when it says nothing of it."""
        asked = Round(
            open_for=self.open_for or "",
            expected=self.expected,
            remind=self.remind or "",
            timezone=self.timezone or "",
        )
        return asked if asked != Round() else None

    @property
    def opening(self) -> Opening:
        """What it says to those who are invited."""
        return Opening(self.invitation or "", self.takes or "")

    def problems_beside(self, path: Path, error: ActionError) -> list[Problem]:
        """Return what is wrong with a file: in it, or else beside what names it."""
        return [
            problem if problem.file else self.problem_at(path, problem.message)
            for problem in error.problems
        ]

    def request(self, context: str) -> SessionRequest:
        """Return the request that the spec asks for; names in it do not count, see `spec/names.py`.

        Args:
            context: The context as a whole, see `background/context.py`; empty for none.
        """
        # What the spec has beside the fields of the request; `context` is put together first.
        own = {"context", *(Spec.model_fields.keys() - SessionRequest.model_fields.keys())}
        fields = self.model_dump(
            mode="json",
            exclude_unset=True,
            exclude={**dict.fromkeys(own, True), "distribution": {"__all__": {"group"}}},
        )
        if context:
            fields["context"] = context
        if fields.get("distribution") == []:
            # All of its groups were names in a list that this Harmonica does not have.
            del fields["distribution"]
        return SessionRequest.model_validate({**fields, **self.api})


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
        raise SpecError(*sorted({*problems, *_no_mapping(document)}))
    filled = fill_in(document, Spec.model_fields, values)
    value = _without_blanks(filled.value)
    if "api" in value:
        value["api"] = _passed_on(value["api"], ("api",), document)
    problems = [
        *problems,
        *filled.problems,
        *_name_problems(value, document),
        *reminder_problems(value, document),
        # As they are written: when the values of a run are equal, nobody made a slip.
        *_repeated_options(document.value, document),
        *opening_problems(document.value, document),
    ]
    try:
        spec = Spec.model_validate(value, context=(document, filled.names))
    except ValidationError as error:
        from harmonica_session.spec.mistakes import explain_all

        details = error.errors(include_url=False, include_context=True)
        problems = problems + explain_all(details, value, document, Spec)
    else:
        problems = problems + _invisible(spec, document) + _disguised(document)
        problems = problems + [
            document.problem_at_key(
                ("api", key), f"`{key}` belongs at the top level, not under `api`"
            )
            for key in spec.api
            if key in Spec.model_fields
        ]
        if not problems:
            return spec
    raise SpecError(*sorted(set(problems)))


def _no_mapping(document: Document) -> list[Problem]:
    """Say why a document is no mapping."""
    from harmonica_session.spec.disguised_lines import disguises_in

    message = "a spec must be a mapping: `topic: …`, `goal: …`"
    return disguises_in(document) or [Problem(document.file, 1, 1, message)]


def _invisible(spec: Spec, document: Document) -> list[Problem]:
    """Find required texts of characters that nobody can see."""
    return [
        document.problem_at_value((name,), f"`{name}` is blank; write a text")
        for name in ("topic", "goal")
        if not visible(getattr(spec, name)) and not document.is_unknown((name,))
    ]


def _disguised(document: Document) -> list[Problem]:
    """Find what is accepted and only looks like what was meant."""
    if document.text.isascii():
        return []
    from harmonica_session.spec.disguises import accepted_for_looks

    return accepted_for_looks(document)


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
        or not (
            item is None
            or (isinstance(item, str) and not trimmed(item))
            or (item == [] and key in _MAY_BE_EMPTY)
        )
    }


def _passed_on(value: object, path: Path, document: Document) -> object:
    """Return what is passed on as it stands, each scalar as its writer means it."""
    if isinstance(value, dict):
        return {key: _passed_on(item, (*path, key), document) for key, item in value.items()}
    if isinstance(value, list):
        return [_passed_on(item, (*path, at), document) for at, item in enumerate(value)]
    return passed_on(value, document.sources.get(path, ""))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _repeated_options(value: Mapping[str, Any], document: Document) -> Iterator[Problem]:
    """Find options that a question offers twice."""
    for number, question in enumerate(_items(value.get("questions"))):
        seen: dict[str, Path] = {}
        options = question.get("options") if isinstance(question, dict) else None
        for place, option in enumerate(_items(options)):
            path: Path = ("questions", number, "options", place)
            text = trimmed(option) if isinstance(option, str) else ""
            if text in seen:
                message = (
                    f"{name_of(path)} is `{clip(text)}`, the same as {name_of(seen[text])}; keep "
                    "one of the two"
                )
                yield document.problem_at_key(path, message)
            elif text:
                seen[text] = path


def _names_group(target: dict[str, Any]) -> bool:
    """Say whether a target has a group, be its key misspelt."""
    names = ("group", "group_id")
    if target.keys().isdisjoint(names):
        from harmonica_session.text.likeness import nearest

        return any(nearest(key, names) for key in target)
    return True


def _group_problems(target: dict[str, Any], path: Path, document: Document) -> Iterator[Problem]:
    """Find a group that is missing, or that stands beside a channel whose groups have no names."""
    channel = target.get("channel", TELEGRAM)
    if channel == TELEGRAM:
        if not _names_group(target):
            message = f"{name_of(path)} names no group; add `group: …`, or `group_id: …`"
            yield document.problem_at_value(path, message)
        return
    if "group" not in target:
        return
    from harmonica_session.text.likeness import nearest
    from harmonica_session.text.lookalikes import straightened

    written = channel if isinstance(channel, str) else ""
    if straightened(trimmed(written)).casefold() == TELEGRAM:
        # That it has to be written in another way is told beside it.
        return
    is_slip = nearest(written, (TELEGRAM,))
    remedy = "for another channel, write `group_id: …`"
    message = (
        f"{name_of((*path, 'group'))} would be looked up among the Telegram groups; "
        f"{f'did you mean `channel: {TELEGRAM}`?' if is_slip else remedy}"
    )
    yield document.problem_at_key((*path, "group"), message)


def _name_problems(value: Mapping[str, Any], document: Document) -> Iterator[Problem]:
    """Find names that have an id beside them, and groups that have neither."""
    owners: list[tuple[Path, Mapping[str, Any], str]] = [
        ((), value, "template"),
        ((), value, "project"),
    ]
    for at, target in enumerate(_items(value.get("distribution"))):
        if isinstance(target, dict):
            path: Path = ("distribution", at)
            owners.append((path, target, "group"))
            yield from _group_problems(target, path, document)
    for path, owner, name in owners:
        if {name, f"{name}_id"} <= owner.keys():
            message = (
                f"{name_of((*path, name))} is given together with `{name}_id`; keep one of the two"
            )
            yield document.problem_at_key((*path, name), message)
