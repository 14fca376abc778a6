"""What the action relies on: Harmonica's routes, what is sent there and what is read.

It must not copy a field: each is taken from the models that the action itself sends and reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harmonica_session.edges.harmonica.catalogue import _Groups, _TitledRows
from harmonica_session.edges.harmonica.changes import Proposal, _People
from harmonica_session.edges.harmonica.client import QuestionPage, SessionPage
from harmonica_session.edges.harmonica.context_sources import AttachedSource, _Listed
from harmonica_session.edges.harmonica.results import _Generated
from harmonica_session.session.plan import _CHANGEABLE
from harmonica_session.words.request import PATCH_ONLY, SessionRequest
from harmonica_session.words.results import Knowledge, Summary
from harmonica_session.words.session import Session
from published_api.forms import Form, read_form

if TYPE_CHECKING:
    from pydantic import BaseModel

# What `session.status` is compared with.
STATUSES = {"active", "completed"}
_PAGED = ("limit", "offset")


@dataclass(frozen=True)
class Reliance:
    """What is relied on at one route.

    Attributes:
        sends: The body, None where there is none.
        reads: The answer, None where it is no JSON.
        queries: The names of the query.
    """

    sends: Form | None = None
    reads: Form | None = None
    queries: tuple[str, ...] = ()


def form_of(model: type[BaseModel]) -> Form:
    """Return the form of a model, under the names that it has in JSON."""
    schema: dict[str, Any] = model.model_json_schema()
    return read_form(schema, schema)


def _part_of(form: Form, *names: str) -> Form:
    chosen = {name: form.properties[name] for name in names}
    return Form(form.name, {"object"}, properties=chosen, required=form.required & chosen.keys())


def _object(**properties: Form) -> Form:
    return Form(types={"object"}, properties=properties, required={*properties})


def _session(model: type[BaseModel] = Session) -> Form:
    form = form_of(model)
    row = form if model is Session else form.properties["data"].items
    assert row is not None
    row.properties["status"].values = STATUSES
    return form


def _knowledge() -> Form:
    form = form_of(_Generated)
    # Its model reads it in a second step.
    form.properties["knowledge"] = form_of(Knowledge)
    return form


def _changes() -> Form:
    form = _part_of(_REQUEST, *_CHANGEABLE)
    form.required = set()
    proposed = form_of(Proposal).properties
    form.properties |= {
        name: proposed[name] for name in ("prompt_summary", "prompt_generated_from")
    }
    return form


_TEXT = Form(types={"string"})
_REQUEST = form_of(SessionRequest)
_CREATED = [name for name in _REQUEST.properties if name not in PATCH_ONLY]
_OF_SESSION = "/sessions/{id}"
_SOURCES = f"{_OF_SESSION}/context-sources"
RELIED_ON = {
    ("POST", "/sessions"): Reliance(_part_of(_REQUEST, *_CREATED), _session()),
    ("GET", "/sessions"): Reliance(reads=_session(SessionPage), queries=(*_PAGED, "status", "q")),
    ("GET", _OF_SESSION): Reliance(reads=_session()),
    ("PATCH", _OF_SESSION): Reliance(_changes(), _session()),
    ("GET", f"{_OF_SESSION}/questions"): Reliance(reads=form_of(QuestionPage)),
    ("GET", f"{_OF_SESSION}/responses"): Reliance(reads=form_of(_People), queries=("mode",)),
    ("GET", f"{_OF_SESSION}/session-md"): Reliance(),
    ("GET", f"{_OF_SESSION}/summary"): Reliance(reads=form_of(Summary)),
    ("POST", f"{_OF_SESSION}/summary"): Reliance(reads=form_of(Summary)),
    ("POST", f"{_OF_SESSION}/knowledge"): Reliance(reads=_knowledge()),
    ("POST", f"{_OF_SESSION}/regenerate-facilitation-prompt"): Reliance(reads=form_of(Proposal)),
    ("GET", _SOURCES): Reliance(reads=form_of(_Listed)),
    ("POST", f"{_SOURCES}/file"): Reliance(_object(file=_TEXT), form_of(AttachedSource)),
    ("POST", f"{_SOURCES}/url"): Reliance(_object(url=_TEXT), form_of(AttachedSource)),
    ("POST", f"{_SOURCES}/session"): Reliance(_object(source_ref=_TEXT), form_of(AttachedSource)),
    ("GET", "/templates"): Reliance(reads=form_of(_TitledRows)),
    ("GET", "/projects"): Reliance(reads=form_of(_TitledRows), queries=_PAGED),
    ("GET", "/integrations/telegram/groups"): Reliance(reads=form_of(_Groups)),
}
