"""What the action promises whatever happens, as checks on what a scenario has left behind.

It must not carry anything out, and must hold no test.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment
from harness.runner import commands_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.campaign import Campaign, Told

_WRITES = ("POST", "PATCH", "PUT", "DELETE")
_TOLD_OFF = "Do not invite anyone to this one"


def broken(it: Campaign) -> list[str]:
    """Return the promises that were not kept, a line each."""
    checks = (
        _comment,
        _welcome,
        _surplus,
        _single,
        _creates,
        _credentials,
        _secrets,
        _endings,
        _links,
    )
    return [f"{check.__name__[1:]}: {line}" for check in checks for line in check(it)]


def _comment(it: Campaign) -> Iterator[str]:
    """One intact comment of ours, with the link that both clean runs report; then nothing more."""
    first, second = it.told[-2:]
    rows = it.box.github.comments
    bodies = {row["id"]: row["body"] for row in rows}
    for ident, body in it.foreign.items():
        if bodies.get(ident) != body:
            yield f"the comment {ident} of somebody else was touched"
    ours = []
    for row in rows:
        read = it.seal.read(Comment.model_validate(row), Place(7))
        if row["id"] not in it.foreign and read and read.is_signed and read.is_intact:
            ours.append(row["body"])
    # Each run knows Harmonica by another address, and so the session by another link.
    link, again = (
        told.run.outputs.get("join_url", "").rpartition("/")[2] for told in (first, second)
    )
    if not link or again != link:
        yield f"the clean runs report {link} and {again}"
    if len(ours) != 1:
        yield f"{len(ours)} comments of ours are intact"
    elif f"/{link})" not in ours[0]:
        yield f"our comment has another link than {link}"
    # A session without a receipt says nothing of what it was asked to be.
    may_be_stale = it.plan.once_per != "pull-request" and it.plan.is_changed
    if second.run.outputs.get("status") not in ("reused", *(["stale"] if may_be_stale else [])):
        yield f"the second clean run is {second.run.outputs.get('status')}"
    if writes := [str(r.path) for r in it.requests_of(second.door) if r.method in _WRITES]:
        yield f"the second clean run has written: {writes}"


def _welcome(it: Campaign) -> Iterator[str]:
    """What a create does not take has followed it, or been made up for."""
    counts = it.told[-1].run.outputs.get("session_id", "")
    rows = [row for row in it.box.harmonica.sessions if row["id"] == counts]
    if it.plan.once_per == "pull-request" and it.welcome:
        for row in rows:
            if row.get("welcome_message") != it.welcome:
                yield f"{counts} welcomes people with {row.get('welcome_message')}"


def _surplus(it: Campaign) -> Iterator[str]:
    """Each session that does not count is named, unless nobody can have known it."""
    counts = it.told[-1].run.outputs.get("session_id", "")
    warnings = [told.run.messages("warning") for told in it.told]
    purposes: dict[str, list[str]] = {}
    for row in it.box.harmonica.sessions:
        purposes.setdefault(_purpose(it, row["context"] or ""), []).append(row["id"])
    for purpose, idents in purposes.items():
        missed = [
            x
            for x in _known_as_surplus(it, purpose, idents)
            if x != counts and not any(x in text for text in warnings)
        ]
        # With `once-per: run`, another run's session counts for that run.
        allowed = 0 if counts in idents else 1
        if len(missed) > allowed:
            yield f"of {idents}, {missed} were listed and never named; {counts} counts"
    for told in it.told:
        for line in told.run.messages("warning").splitlines():
            if _TOLD_OFF in line and counts and counts in line:
                yield f"nobody is to join {counts}, which counts"


def _purpose(it: Campaign, context: str) -> str:
    """Return what a session was made for: its reference, one of the old key as one of the new."""
    reference = context.rpartition("Ref: ")[2]
    purposes = ["pull-request 7", "topic Retrospective"]
    purposes += [f"run {part.run_id}" for part in (told.part for told in it.told)]
    for purpose in purposes:
        if reference in it.seal.references(purpose, any_spec=purpose.startswith("topic")):
            return purpose
    return reference


def _known_as_surplus(it: Campaign, purpose: str, idents: list[str]) -> list[str]:
    """Return the sessions of a purpose that somebody must have known to be one of several.

    A run that came to its end knew what it was shown, and of several where it was shown more than
    one, or ended with another one. With `once-per: run`, other runs want something else.
    """
    found: set[str] = set()
    for told in it.told:
        is_other = purpose.startswith("run ") and purpose != f"run {told.part.run_id}"
        if told.is_cut or is_other:
            continue
        shown = _shown(it, told)
        known = {*shown, told.run.outputs.get("session_id", "")}
        if len(known.intersection(idents)) > 1:
            found |= shown
    return [x for x in idents if x in found]


def _shown(it: Campaign, told: Told) -> set[str]:
    """Return the sessions that lists, or the answer to a create, have shown to a run.

    One that failed says that nobody knows, and knew those alone that it had time to look at.
    """
    requests, found = it.requests_of(told.door), set()
    looked_at = {r.path.rpartition("/")[2] for r in requests if r.method == "GET" and r.content}
    for request in requests:
        if request.path == "/api/v1/sessions" and request.content:
            if request.method == "GET" and request.status == 200:
                found |= {str(row["id"]) for row in json.loads(request.content)["data"]}
            elif request.status == 201:
                found.add(str(json.loads(request.content)["id"]))
    return found if told.run.code == 0 else found & looked_at


def _single(it: Campaign) -> Iterator[str]:
    """Where nothing excuses a second session, there is one."""
    sessions = it.box.harmonica.sessions
    purposes = {_purpose(it, row["context"] or "") for row in sessions}
    if it.plan.is_plain and len(sessions) != len(purposes):
        yield f"{len(sessions)} sessions for {len(purposes)} purposes"


def _creates(it: Campaign) -> Iterator[str]:
    """A run sends one create, and another one only after Harmonica's own limit."""
    for told in it.told:
        sent = [
            r
            for r in it.requests_of(told.door)
            if r.method == "POST" and r.path == "/api/v1/sessions"
        ]
        limits = [r for r in sent if r.status == 429 and b"rate_limited" in r.content]
        if len(sent) > 1 + len(limits):
            yield f"run {told.part.run_id} has sent {len(sent)} creates"


def _credentials(it: Campaign) -> Iterator[str]:
    """The key goes to Harmonica alone, the token to GitHub alone, an older key nowhere."""
    for told in it.told:
        key = it.keys[told.part.is_rotated]
        token = it.read_only if told.part.is_read_only else it.box.github_token
        for request in it.requests_of(told.door):
            own, others = (key, token) if request.service == "harmonica" else (token, key)
            if request.headers.get("authorization") != f"Bearer {own}":
                yield f"{request.method} {request.path} had no credentials of its own"
            rest = {**request.headers, "authorization": ""}
            sent = f"{request.path} {request.query} {rest} {request.body.decode()}"
            secrets = {own, others, *it.keys}
            if any(secret in sent for secret in secrets) or others in str(request.headers):
                yield f"{request.method} {request.path} carried a secret"


def _secrets(it: Campaign) -> Iterator[str]:
    """No secret stands in anything that people can read."""
    secrets = (*it.keys, it.box.github_token, it.read_only)
    for told in it.told:
        masks = [f"::add-mask::{secret}" for secret in secrets]
        log = "\n".join(line for line in told.run.log.splitlines() if line not in masks)
        said = f"{log}\n{told.run.summary}\n{told.run.outputs}"
        if any(secret in said for secret in secrets):
            yield f"run {told.part.run_id} has said a secret"
    for row in (*it.box.github.comments, *it.box.harmonica.sessions):
        if any(secret in str(row) for secret in secrets):
            yield f"a secret stands in {row['id']}"


def _endings(it: Campaign) -> Iterator[str]:
    """A run ends with a word that people can use."""
    for told in it.told:
        run, name = told.run, f"run {told.part.run_id}"
        if "Traceback" in run.log or "this is a bug in the action" in run.log:
            yield f"{name} ended in a traceback"
        if run.code not in (0, 1, *_CODES[told.part.ending]):
            yield f"{name} ended with {run.code}"
        if run.code == 1 and not run.messages("error"):
            yield f"{name} does not say why it failed"
        if run.code == 130 and not re.search("^Canceled", run.log, re.MULTILINE):
            yield f"{name} does not say that it was cancelled"
        if any(c.name in ("set-output", "set-env", "add-path") for c in commands_in(run.log)):
            yield f"{name} has let a command through"


_CODES: dict[str, tuple[int, ...]] = {"": (), "kill": (-9,), "interrupt": (130,)}


def _links(it: Campaign) -> Iterator[str]:
    """Who says that all went well has handed on the link of a session that exists."""
    made = {row["id"] for row in it.box.harmonica.sessions}
    for told in it.told:
        link = told.run.outputs.get("join_url", "")
        if told.run.code == 0 and link.rpartition("s=")[2] not in made:
            yield f"run {told.part.run_id} has handed on `{link}`"


def story_of(told: Told) -> str:
    """Return what a run has said, to be read when a promise was broken."""
    lines = [line for line in told.run.log.splitlines() if "add-mask" not in line]
    head = f"--- run {told.part.run_id} at {told.door}: {told.run.code}"
    return "\n".join((head, *lines, str(told.run.outputs)))
