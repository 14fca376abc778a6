"""The JSON Schema of the session spec, for editors that help while it is written.

This module must not check a spec itself; `spec/spec.py` does, and the tests hold both together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonica_session.spec.spec import Spec
from harmonica_session.words.request import TELEGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

# What all editors understand; SchemaStore advises against anything newer.
DIALECT = "http://json-schema.org/draft-07/schema#"
ADDRESS = (
    "https://raw.githubusercontent.com/OWNER/harmonica-session-action/v1"
    "/src/harmonica_session/spec.schema.json"
)
_DEFINITIONS = "definitions"

# By the title of the model and the name of the field: what it is, and an example.
_HELP: dict[str, dict[str, tuple[str, object]]] = {
    "Spec": {
        "topic": ("What the session is about.", "Retrospective"),
        "goal": ("What it should achieve.", "Agree on one thing that we do differently"),
        "context": ("Background for the facilitator, in addition to SESSION.md.", "Five people."),
        "critical": ("The critical question or constraint.", "What slowed us down most?"),
        "prompt": ("Instructions for the facilitator that replace Harmonica's own.", "Be brief."),
        "welcome_message": ("What participants read before they begin.", "Ten minutes will do."),
        "summary_prompt": ("Instructions for writing the summary.", "Name each decision."),
        "template": ("Name or ID of a template.", "Retrospective"),
        "template_id": ("ID of a template.", "3f1c9a52-0000-4000-8000-000000000000"),
        "project": ("Name or ID of the project that the session belongs to.", "Search"),
        "project_id": ("ID of that project; null for none.", None),
        "questions": ("Questions asked before the conversation starts.", ["What is your name?"]),
        "cross_pollination": ("Whether ideas from one conversation are brought into others.", True),
        "widgets_enabled": ("Whether the facilitator may use polls and ratings.", True),
        "results_visibility": ("Who can see the results.", "participants"),
        "distribution": (
            "Where Harmonica itself announces the session.",
            [{"channel": "telegram", "group": "Team"}],
        ),
        "roster": (
            "People for a chain template with roles.",
            [{"email": "lead@example.org", "rolesByStep": {"0": "expert"}}],
        ),
        "context_from": (
            "Sources of the background, in order; `[session_md]` by default.",
            ["session_md", {"merged_pull_requests": {"since": "14d"}}],
        ),
        "context_limit": (
            "Maximum length of the context in characters; 50,000 by default.",
            20_000,
        ),
        "context_sources": (
            "Files, pages or sessions to attach to the session; a paid feature.",
            [{"file": "notes.md"}],
        ),
        "open_for": ("How long the session is open, in days or hours.", "5d"),
        "expected": ("How many people are expected to take part.", 6),
        "remind": ("How long before the end to send a reminder; shorter than `open_for`.", "1d"),
        "timezone": ("IANA name of the time zone for dates; UTC by default.", "Europe/Berlin"),
        "takes": ("How long a conversation takes, for those who are invited.", "10 min"),
        "invitation": (
            "The first paragraph of the comment, in place of the action's own.",
            "Ten minutes on how the search went, before we forget.",
        ),
        "api": ("Further fields of Harmonica's API, passed on unchanged.", {"field": 1}),
    },
    "Question": {
        "text": ("The question.", "What was your part in it?"),
        "type": ("Type of answer; a short field by default.", "Options"),
        "required": ("Whether an answer is required.", True),
        "options": ("Answers to choose from, with `type: Options`.", ["Code", "Design"]),
    },
    "Target": {
        "channel": ("Channel on which Harmonica announces the session.", "telegram"),
        "group": ("Name or ID of the group.", "Team"),
        "group_id": ("ID of the group.", "-1001234567890"),
    },
    "RosterEntry": {
        "email": ("Email address of the person.", "lead@example.org"),
        "displayName": ("Name of the person.", "Lead"),
        "auth0Sub": ("ID of the person's account.", "auth0|1"),
        "rolesByStep": (
            "Role in each step of the chain; steps are counted from 0.",
            {"0": "expert"},
        ),
    },
    "Source": {
        "session_md": ("The file named by the input `session-md`.", True),
        "file": ("Path of a text file, or a pattern for several.", "docs/decisions/*.md"),
        "previous_session": ("The SESSION.md of another session.", {"session": "an-id"}),
        "open_actions": ("What was agreed on in earlier sessions, and what became of it.", True),
        "pull_request": ("The pull request that the run belongs to.", True),
        "merged_pull_requests": ("Pull requests merged since then.", {"since": "14d", "limit": 50}),
        "issues_closed": ("Issues closed since then.", {"since": "last_release"}),
    },
    "Period": {
        "since": (
            ("A number of days such as `14d`, a date, `last_release` or `last_session`."),
            "14d",
        ),
        "limit": ("How many of the newest items are listed.", 50),
    },
    "EarlierSession": {
        "session": (
            "Its ID or join link; the previous session by default.",
            "https://app.harmonica.chat/chat?s=1",
        ),
    },
    "ContextSource": {
        "file": ("Path of a .md, .markdown, .txt or .pdf file.", "docs/plan.md"),
        "url": ("Address of a web page; https only.", "https://example.org/plan"),
        "session": ("ID or join link of another session.", "https://app.harmonica.chat/chat?s=1"),
    },
}


def spec_schema() -> dict[str, Any]:
    """Return the schema: what the models say, what their validators add, and help for people."""
    schema = Spec.model_json_schema(ref_template=f"#/{_DEFINITIONS}/{{model}}")
    definitions = schema.pop("$defs")
    schema = {_DEFINITIONS: definitions, **schema}
    for name, model in [("Spec", schema), *definitions.items()]:
        for text in _texts(model):
            # White space alone is blank.
            text["pattern"] = r"\S"
        _explain(model, _HELP.get(name, {}))
    _add_rules(schema, definitions)
    for name, field in schema["properties"].items():
        if name not in schema["required"]:
            schema["properties"][name] = _may_be_blank(field)
    return {
        **schema,
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": "Harmonica session spec",
        "description": "Describes a Harmonica session; see the README of the session action.",
    }


def _explain(model: dict[str, Any], texts: dict[str, tuple[str, object]]) -> None:
    """Put help for people in the place of what is written for programmers."""
    model.pop("title", None)
    model.pop("description", None)
    for name, field in model.get("properties", {}).items():
        field.pop("title", None)
        if name in texts:
            description, example = texts[name]
            field |= {"description": description, "examples": [example]}


def _texts(part: object) -> Iterator[dict[str, Any]]:
    """Find every text of a schema that must not be empty."""
    if isinstance(part, dict):
        if part.get("type") == "string" and part.get("minLength"):
            yield part
        for key, inner in part.items():
            if key not in (_DEFINITIONS, "examples"):
                yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def _add_rules(schema: dict[str, Any], definitions: dict[str, Any]) -> None:
    """Add what the models check by program: forms, pairs and choices."""
    fields = schema["properties"]
    _items(fields["questions"])["items"] = {
        "anyOf": [
            {"type": "string", "minLength": 1, "pattern": r"\S"},
            {"$ref": f"#/{_DEFINITIONS}/Question"},
        ]
    }
    definitions["Question"] |= {
        "if": {"properties": {"type": {"const": "Options"}}, "required": ["type"]},
        "then": {"required": ["options"]},
        "else": {
            "if": {"properties": {"type": {"enum": ["Short field", "Email", None]}}},
            "then": {"properties": {"options": {"type": "null"}}},
        },
    }
    _items(definitions["Question"]["properties"]["options"])["uniqueItems"] = True
    definitions["RosterEntry"]["minProperties"] = 1
    schema["allOf"] = [_not_both("template"), _not_both("project")]
    definitions["Target"] |= {
        "if": {"properties": {"channel": {"const": TELEGRAM}}},
        "then": _one_of("group", "group_id"),
        "else": {"properties": {"group": {"type": "null"}}},
    }
    definitions["ContextSource"] |= _one_of("file", "url", "session")
    fields["api"]["propertyNames"] = {"not": {"enum": [*Spec.model_fields]}}


def _items(field: dict[str, Any]) -> dict[str, Any]:
    """Return the form of a list that may be left out."""
    form: dict[str, Any] = next(one for one in field["anyOf"] if one.get("type") == "array")
    return form


def _given(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "string", "pattern": r"\S"}}}


def _may_be_blank(field: dict[str, Any]) -> dict[str, Any]:
    """Return a field of the spec that may be left open, as in a form."""
    help_for_people: dict[str, Any] = {
        key: field.pop(key) for key in ("description", "examples") if key in field
    }
    forms = field.get("anyOf") or [field]
    blank = [{"type": "null"}, {"type": "string", "pattern": r"^\s*$"}]
    return {"anyOf": [*(f for f in forms if f not in blank), *blank], **help_for_people}


def _not_both(name: str) -> dict[str, Any]:
    return {"not": {"allOf": [_given(name), _given(f"{name}_id")]}}


def _one_of(*names: str) -> dict[str, Any]:
    return {"oneOf": [_given(name) for name in names]}
