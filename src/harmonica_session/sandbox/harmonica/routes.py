"""Harmonica's side of the sandbox: the routes under `/api/v1`.

It must not open a socket; requests come in and answers go out as values.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from harmonica_session.sandbox.exchange import (
    Answer,
    RefusedError,
    Request,
    Routes,
    Row,
    html_answer,
    json_answer,
)
from harmonica_session.sandbox.harmonica import results, sources
from harmonica_session.sandbox.harmonica import sessions as stored
from harmonica_session.sandbox.harmonica.state import HarmonicaState

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

_LONGEST_QUERY = 14_000


class Harmonica(HarmonicaState):
    """One Harmonica server: its state, and its answers."""

    name = "harmonica"

    def __init__(self, base: str, stopping: threading.Event) -> None:
        """Begin empty.

        Args:
            base: The address of the server, for join links.
            stopping: Set when the sandbox closes; ends every wait.
        """
        super().__init__()
        self._base = base
        self._stopping = stopping
        self._unlisted: dict[str, int] = {}
        self._routes = Routes(
            {
                "/api/v1/me": {"GET": self._me},
                "/api/v1/sessions": {"GET": self._list, "POST": self._create},
                "/api/v1/sessions/{}": {"GET": self._get, "PATCH": self._patch},
                "/api/v1/sessions/{}/questions": {"GET": self._questions},
                "/api/v1/sessions/{}/responses": {"GET": self._responses},
                "/api/v1/sessions/{}/session-md": {"GET": self._session_md},
                "/api/v1/sessions/{}/summary": {"GET": self._summary, "POST": self._summarize},
                "/api/v1/sessions/{}/knowledge": {"POST": self._know},
                "/api/v1/sessions/{}/regenerate-facilitation-prompt": {"POST": self._recompose},
                "/api/v1/sessions/{}/context-sources": {"GET": self._list_sources},
                "/api/v1/sessions/{}/context-sources/{}": {"POST": self._attach},
                "/api/v1/templates": {"GET": self._list_templates},
                "/api/v1/projects": {"GET": self._list_projects},
                "/api/v1/integrations/telegram/groups": {"GET": self._list_telegram_groups},
            }
        )

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, doing what it asks for."""
        try:
            return self._answer(request)
        except RefusedError as refused:
            return refused.answer

    def _answer(self, request: Request) -> Answer:
        if len(request.body) > self.strict_context_limit:
            return Answer(413, {"Content-Type": "text/plain"}, b"Request Entity Too Large\n")
        if sum(map(len, request.query.values())) > _LONGEST_QUERY:
            return Answer(431)
        if request.path == "/chat" and request.method == "GET":
            return html_answer(200, "Harmonica")
        route = self._routes.find(request.method, request.path)
        if route is None or self.lacks.intersection(request.path.split("/")):
            return self._nothing_here(request)
        action, parts = route
        if action is None:
            return Answer(405)
        return action(request, self.admit(request), *parts)

    def _nothing_here(self, request: Request) -> Answer:
        """Answer as the web framework does, which takes a form for one of its own actions."""
        if request.headers.get("content-type", "").startswith("multipart/"):
            return html_answer(500, "Internal Server Error")
        return html_answer(404, "This page could not be found")

    def _create(self, request: Request, user: str) -> Answer:
        sent = stored.read_object(request.body)
        row = stored.draft({name: sent[name] for name in sent if name not in self.ignores})
        for name in ("project_id", "template_id"):
            if row[name] in self.out_of_reach:
                raise _forbidden(f"No access to this {name.removesuffix('_id')}")
        if self.require_context and not row["context"]:
            raise stored.crash()
        self._stopping.wait(self.create_delay)
        with self._lock:
            session = self._store(row, {"owner": user})
            self._unlisted[session["id"]] = self.unlisted_reads
        content = stored.listed(session) | {name: session.get(name) for name in self.tells}
        content["join_url"] = f"{self.public_url or self._base}/chat?s={session['id']}"
        chain = self.chain or self._started_chain(session)
        content |= {"chain": chain} if chain else {}
        return json_answer(201, content | self.created_overrides)

    def _started_chain(self, session: Row) -> Row | None:
        for template in self.templates:
            if template["id"] == session["template_id"]:
                if template.get("template_type") != "chain":
                    return None
                chain = str(uuid.uuid5(uuid.NAMESPACE_OID, f"chain {session['id']}"))
                return {"status": "started", "chainInstanceId": chain, "stepId": "step-1"}
        return None

    def _list(self, request: Request, user: str) -> Answer:
        status = request.query.get("status")
        if status not in (None, "active", "completed"):
            raise stored.invalid("status must be active or completed")
        with self._lock:
            rows = [row for row in self.sessions if self._sees(row, user) and self._is_listed(row)]
        rows = [row for row in rows if status in (None, row["status"])]
        if request.query.get("q"):
            rows = stored.matching(rows, request.query["q"])
        # Newest first; of two in the same millisecond the later one.
        rows.reverse()
        rows.sort(key=lambda row: str(row["updated_at"]), reverse=True)
        return _page(request, [stored.listed(row) for row in rows])

    def _sees(self, row: Row, user: str) -> bool:
        return user in (row["owner"], *row["joined"], *self.overseers)

    def _is_listed(self, row: Row) -> bool:
        left = self._unlisted.get(row["id"], 0)
        self._unlisted[row["id"]] = max(left - 1, 0)
        return left == 0

    def _reach(self, user: str, ident: str) -> Row:
        with self._lock:
            for row in self.sessions:
                is_shown = self._sees(row, user) and not self._unlisted.get(ident)
                if row["id"] == ident and is_shown:
                    return row
        raise _forbidden("You don't have access to this session")

    def _reach_as_editor(self, user: str, ident: str) -> Row:
        row = self._reach(user, ident)
        if row["owner"] != user:
            raise _forbidden("Editor access is needed for this session")
        return row

    def _get(self, _request: Request, user: str, ident: str) -> Answer:
        return json_answer(200, stored.full(self._reach(user, ident), self.tells))

    def _patch(self, request: Request, user: str, ident: str) -> Answer:
        row = self._reach_as_editor(user, ident)
        fields = stored.read_object(request.body)
        if fields.get("project_id") in self.out_of_reach:
            raise _forbidden("No access to this project")
        with self._lock:
            stored.patch(row, fields, self.ignores)
            return json_answer(200, stored.full(row, self.tells))

    def _responses(self, request: Request, user: str, ident: str) -> Answer:
        people = self._reach(user, ident)["participants"]
        in_whole = not (self.knows_lists and request.query.get("mode") == "list")
        return json_answer(
            200, {"data": [stored.response(row, in_whole=in_whole) for row in people]}
        )

    def _questions(self, _request: Request, user: str, ident: str) -> Answer:
        row = self._reach(user, ident)
        shown = ("id", "text", "position")
        data = [{name: question[name] for name in shown} for question in row["questions"]]
        return json_answer(200, {"data": data})

    def _session_md(self, _request: Request, user: str, ident: str) -> Answer:
        brief = self._reach(user, ident)["session_md"]
        if brief is None:
            return stored.error(404, "not_found", "The brief has not been generated yet")
        return Answer(200, {"Content-Type": "text/markdown; charset=utf-8"}, brief.encode())

    def _summary(self, _request: Request, user: str, ident: str) -> Answer:
        row = self._reach(user, ident)
        content = {"session_id": ident, "summary": row["summary"]}
        return json_answer(200, content | {"generated_at": row["summary_generated_at"]})

    def _summarize(self, request: Request, user: str, ident: str) -> Answer:
        row = self._reach_as_editor(user, ident)
        self._stopping.wait(self.writing_delay)
        with self._lock:
            row["summary"] = results.summary(row)
            row["summary_generated_at"] = self.timestamp() if row["summary"] else None
            if row["summary"] and self.writes_briefs:
                row["session_md"] = results.brief(row)
        return self._summary(request, user, ident)

    def _know(self, _request: Request, user: str, ident: str) -> Answer:
        row = self._reach_as_editor(user, ident)
        if not self.paid_plan:
            raise _forbidden("Structured knowledge requires a Pro subscription")
        if not row["summary"]:
            raise stored.invalid("The session has no summary, which has to be generated first")
        self._stopping.wait(self.writing_delay)
        with self._lock:
            knowledge = results.knowledge(row, self.now())
        if knowledge is None:
            skipped = {"status": "skipped", "knowledge": None, "reason": "nothing_to_extract"}
            return json_answer(200, skipped)
        return json_answer(200, {"status": "generated", "knowledge": knowledge})

    def _recompose(self, request: Request, user: str, ident: str) -> Answer:
        row = self._reach_as_editor(user, ident)
        texts = ("topic", "goal", "critical", "context")
        proposal = {
            "facilitation_prompt": stored.compose_prompt(row),
            "prompt_summary": f"A conversation about {row['topic']}",
            "prompt_generated_from": {name: row[name] or "" for name in texts},
            "template_id": request.query.get("templateId", row["template_id"]),
            "cross_pollination_default": None,
        }
        return json_answer(200, proposal)

    def _list_sources(self, _request: Request, user: str, ident: str) -> Answer:
        session = self._reach(user, ident)
        return json_answer(200, {"sources": [sources.shown(row) for row in self._sources(session)]})

    def _sources(self, session: Row) -> list[Row]:
        return [row for row in self.context_sources if row["session_id"] == session["id"]]

    def _attach(self, request: Request, user: str, ident: str, kind: str) -> Answer:
        session = self._reach_as_editor(user, ident)
        if not self.paid_plan:
            raise _forbidden("Context sources require a Pro subscription")
        with self._lock:
            position = len(self._sources(session))
            if position >= self.most_context_sources:
                message = f"Source cap reached ({self.most_context_sources} per session)"
                return stored.error(422, "validation_error", message)
            if kind == "file":
                row = sources.file_source(request)
            elif kind == "url":
                row = sources.url_source(request)
            elif kind == "session":
                row = sources.session_source(self._reach(user, sources.session_ref(request)))
            else:
                return html_answer(404, "This page could not be found")
            row = sources.number(row, position, session["id"], self.timestamp())
            self.context_sources.append(row)
        return json_answer(201, sources.shown(row))

    def _me(self, _request: Request, user: str) -> Answer:
        newest = {"name": "newest", "key_prefix": "hm_live_", "created_at": self.timestamp()}
        email = f"{user}@example.com"
        return json_answer(
            200,
            {
                "id": user,
                "email": email,
                "name": user,
                "subscription_status": "FREE",
                "api_key": {**newest, "last_used_at": None},
            },
        )

    def _list_templates(self, _request: Request, _user: str) -> Answer:
        return json_answer(200, {"data": self.templates})

    def _list_projects(self, request: Request, _user: str) -> Answer:
        return _page(request, self.projects)

    def _list_telegram_groups(self, _request: Request, _user: str) -> Answer:
        return json_answer(200, {"data": self.telegram_groups})


def _forbidden(message: str) -> RefusedError:
    return RefusedError(stored.error(403, "forbidden", message))


def _page(request: Request, rows: Sequence[Row]) -> Answer:
    try:
        limit = min(max(int(request.query.get("limit") or 20), 1), 100)
        offset = max(int(request.query.get("offset") or 0), 0)
    except ValueError:
        raise stored.crash() from None
    pagination = {"total": len(rows), "limit": limit, "offset": offset}
    return json_answer(200, {"data": rows[offset : offset + limit], "pagination": pagination})
