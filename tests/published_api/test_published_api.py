"""The check against the published description finds what changes there, and nothing else.

The description that it is tried with says exactly what the action relies on.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import harmonica_session.edges.harmonica as ours
from harness.process import run_python
from published_api.__main__ import main
from published_api.differences import differences
from published_api.known import KNOWN
from published_api.relied_on import RELIED_ON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from published_api.forms import Form

SESSIONS = ("POST", "/sessions")
NAMED = re.compile(r"`(GET|POST|PATCH) (/[^`?]+)[^`]*`")


def schema_of(form: Form) -> dict[str, Any]:
    """Return a form as a schema."""
    schema: dict[str, Any] = {"type": sorted(form.types)} if form.types else {}
    if form.values:
        schema["enum"] = sorted(form.values)
    if form.properties:
        schema["properties"] = {name: schema_of(it) for name, it in form.properties.items()}
        schema["required"] = sorted(form.required)
    if form.items:
        schema["items"] = schema_of(form.items)
    return schema


def content(form: Form) -> dict[str, Any]:
    """Return what an OpenAPI file says of a body."""
    return {"content": {"application/json": {"schema": schema_of(form)}}}


@pytest.fixture
def description() -> dict[str, Any]:
    """A description of what is relied on, with references as the published one has them."""
    paths: dict[str, Any] = {}
    for (method, path), reliance in RELIED_ON.items():
        operation: dict[str, Any] = {"responses": {}}
        operation["parameters"] = [{"in": "query", "name": name} for name in reliance.queries]
        if reliance.sends:
            operation["requestBody"] = content(reliance.sends)
        answer = content(reliance.reads) if reliance.reads else {}
        operation["responses"] = {"200": answer, "401": {"$ref": "#/components/responses/No"}}
        paths.setdefault(path, {})[method.lower()] = operation
    whole: dict[str, Any] = {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {}}}
    body = paths["/sessions"]["post"]["requestBody"]["content"]["application/json"]
    whole["components"]["schemas"]["Create"] = body["schema"]
    body["schema"] = {"allOf": [{"$ref": "#/components/schemas/Create"}]}
    return whole


@contextmanager
def published(text: str) -> Iterator[str]:
    """Serve a text on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/openapi.yaml"
    finally:
        server.shutdown()
        server.server_close()


def created(description: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the body that makes a session."""
    schema: dict[str, Any] = description["components"]["schemas"]["Create"]
    return schema


def answer(description: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of what a GET answers."""
    operation = description["paths"][path]["get"]
    schema: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def test_what_says_the_same_makes_no_difference(description: dict[str, Any]) -> None:
    """Nothing is reported that has not changed, whatever the description is put together from."""
    assert differences(description, RELIED_ON) == []


def gone(description: dict[str, Any]) -> None:
    """Take a route away."""
    del description["paths"]["/sessions/{id}/summary"]["post"]


def renamed(description: dict[str, Any]) -> None:
    """Rename a field of the body."""
    fields = created(description)["properties"]
    fields["subject"] = fields.pop("critical")


def without_value(description: dict[str, Any]) -> None:
    """Take a word away."""
    created(description)["properties"]["results_visibility"]["enum"].remove("host")


def with_value(description: dict[str, Any]) -> None:
    """Add a word."""
    created(description)["properties"]["results_visibility"]["enum"].append("workspace")


def required(description: dict[str, Any]) -> None:
    """Demand a field."""
    created(description)["required"].append("language")


def retyped(description: dict[str, Any]) -> None:
    """Make a text a number, where it is read."""
    answer(description, "/templates")["properties"]["data"]["items"]["properties"]["id"] = {
        "type": "integer"
    }


def unanswered(description: dict[str, Any]) -> None:
    """Leave out what a list is read from."""
    fields = answer(description, "/sessions/{id}/context-sources")["properties"]
    fields["attached"] = fields.pop("sources")


def unlisted(description: dict[str, Any]) -> None:
    """Leave a parameter of the query out."""
    parameters = description["paths"]["/sessions"]["get"]["parameters"]
    parameters[:] = [it for it in parameters if it["name"] != "q"]


def with_status(description: dict[str, Any]) -> None:
    """Add a status of sessions."""
    answer(description, "/sessions/{id}")["properties"]["status"]["enum"].append("archived")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (gone, "POST /sessions/{id}/summary: is not described any more"),
        (renamed, "POST /sessions: `critical` is not described"),
        (without_value, "POST /sessions: `results_visibility: host` is not described"),
        (
            with_value,
            "POST /sessions: `results_visibility: workspace` is described, and not known here",
        ),
        (
            required,
            "POST /sessions: `language` is required, and may be left out here",
        ),
        (retyped, "GET /templates: `id` is described as integer, and known as string here"),
        (
            unanswered,
            "GET /sessions/{id}/context-sources: `sources` of the answer is not described",
        ),
        (unlisted, "GET /sessions: `q` of its query is not described"),
        (
            with_status,
            "GET /sessions/{id}: `status: archived` of the answer is described, and not known here",
        ),
    ],
)
def test_a_change_is_one_line(
    description: dict[str, Any], change: Callable[[dict[str, Any]], None], line: str
) -> None:
    """The line names the route, the field and what is the matter with it."""
    change(description)
    assert differences(description, RELIED_ON) == [line]


def test_what_one_answer_tells_need_not_stand_in_another(description: dict[str, Any]) -> None:
    """The list of sessions has no join link, and a create has no context."""
    del answer(description, "/sessions")["properties"]["data"]["items"]["properties"]["join_url"]
    assert differences(description, RELIED_ON) == []


def test_what_holds_itself_is_compared_to_an_end(description: dict[str, Any]) -> None:
    """A schema that leads back into itself is no endless one."""
    created(description)["allOf"] = [{"$ref": "#/components/schemas/Create"}]
    created(description)["properties"]["related"] = {"$ref": "#/components/schemas/Create"}
    assert differences(description, RELIED_ON) == []


def test_each_route_of_the_code_is_relied_on() -> None:
    """What the clients say that they ask for is what is compared."""
    [folder] = ours.__path__
    text = "".join(path.read_text("utf-8") for path in Path(folder).glob("*.py"))
    assert {(method, path) for method, path in NAMED.findall(text)} == RELIED_ON.keys()


def test_nothing_new_is_a_success(
    description: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A week without a change leaves no line."""
    with published(json.dumps(description)) as address:
        assert main([address], known=()) == 0
    assert capsys.readouterr().out == ""


def test_what_is_known_is_not_said_again(
    description: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference with a reason fails no run."""
    unlisted(description)
    with published(json.dumps(description)) as address:
        assert main([address], known=["GET /sessions: `q` of its query is not described"]) == 0
    assert capsys.readouterr().out == ""


def test_what_is_over_is_to_be_taken_out(description: dict[str, Any]) -> None:
    """Once all is described, each difference that was known is a line, and the run fails."""
    with published(json.dumps(description)) as address:
        done = run_python("-m", "published_api", address)
    lines = [f"{line}: is over; take it out of known.py" for line in KNOWN]
    assert (done.stdout.splitlines(), done.returncode) == (lines, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("<html>Not found</html>", "", "a: [", "paths: 1", "paths: {/sessions: []}"),
        "paths: {/sessions: {post: {parameters: null}}}",
        "[" * 50_000,
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_description_is_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A page in its place is no reason to report every field."""
    with published(text) as address:
        assert main([address]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{address}: no description could be read: ")
