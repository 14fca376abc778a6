"""What a published description of the API says otherwise than the action relies on it.

It must not fetch anything, nor judge a difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from published_api.forms import Form, read_form, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from published_api.relied_on import Reliance

_JSON, _FILE = "application/json", "multipart/form-data"


def differences(
    description: dict[str, Any], relied_on: Mapping[tuple[str, str], Reliance]
) -> list[str]:
    """Return a line for each difference, the same one once."""
    lines: list[str] = []
    described: set[str] = set()
    missing: dict[str, str] = {}
    for (method, path), reliance in relied_on.items():
        route = f"{method} {path}"
        operation = resolved(
            description.get("paths", {}).get(path, {}).get(method.lower()), description
        )
        if not operation:
            lines.append(f"{route}: is not described any more")
            continue
        known = {resolved(one, description).get("name") for one in operation.get("parameters", ())}
        lines += [
            f"{route}: `{name}` of its query is not described"
            for name in reliance.queries
            if name not in known
        ]
        if reliance.sends:
            body = resolved(operation.get("requestBody"), description)
            lines += _sent(route, reliance.sends, _form_in(body, description))
        if reliance.reads:
            answer = _form_in(_success(operation, description), description)
            lines += _read(route, reliance.reads, answer, described, missing)
    # A session is told in more than one answer, and not all of it in each.
    lines += [line for place, line in missing.items() if place not in described]
    return list(dict.fromkeys(lines))


def _success(operation: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    answers = operation.get("responses", {})
    found = [answer for status, answer in answers.items() if str(status).startswith("2")]
    return resolved(found[0], description) if found else {}


def _form_in(part: dict[str, Any], description: dict[str, Any]) -> Form:
    content = part.get("content", {})
    return read_form((content.get(_JSON) or content.get(_FILE) or {}).get("schema"), description)


def _sent(route: str, ours: Form, theirs: Form, place: str = "") -> Iterator[str]:
    """Compare what is sent: all of it must be taken, and nothing else be needed."""
    for name, form in ours.properties.items():
        where = f"{place}{name}"
        if name not in theirs.properties:
            yield f"{route}: `{where}` is not described"
            continue
        other = theirs.properties[name]
        yield from _types(route, where, form, other)
        if form.values and other.values:
            for value in sorted(form.values - other.values):
                yield f"{route}: `{where}: {value}` is not described"
            for value in sorted(other.values - form.values):
                yield f"{route}: `{where}: {value}` is described, and not known here"
        yield from _sent(route, form, other, f"{where}.")
        if form.items and other.items:
            yield from _sent(route, form.items, other.items, f"{where}[].")
    for name in sorted(theirs.required - ours.required):
        yield f"{route}: `{place}{name}` is required, and may be left out here"


def _read(
    route: str, ours: Form, theirs: Form, described: set[str], missing: dict[str, str]
) -> Iterator[str]:
    """Compare what is read: what is indispensable must be in each answer, the rest in one."""
    for name, form in ours.properties.items():
        where = f"{ours.name}.{name}" if ours.name else name
        if name not in theirs.properties:
            if name in ours.required:
                yield f"{route}: `{name}` of the answer is not described"
            missing.setdefault(where, f"{route}: `{name}` of the answer is not described")
            continue
        described.add(where)
        other = theirs.properties[name]
        yield from _types(route, name, form, other)
        for value in sorted(other.values - form.values) if form.values else ():
            yield f"{route}: `{name}: {value}` of the answer is described, and not known here"
        yield from _read(route, form, other, described, missing)
        if form.items and other.items:
            yield from _read(route, form.items, other.items, described, missing)


def _types(route: str, where: str, ours: Form, theirs: Form) -> Iterator[str]:
    if ours.types and theirs.types and not ours.types & theirs.types:
        said, known = (" or ".join(sorted(it.types)) for it in (theirs, ours))
        yield f"{route}: `{where}` is described as {said}, and known as {known} here"
