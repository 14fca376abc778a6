"""What a Harmonica of one's own holds: sessions, templates, projects, groups, and its moods.

It must not know about requests; tests fill it and look into it.
"""

from __future__ import annotations

import threading
import time
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from harmonica_session.sandbox.harmonica import sessions as stored
from harmonica_session.sandbox.harmonica.access import Access

if TYPE_CHECKING:
    from harmonica_session.sandbox.exchange import Row

_SERVERS_OWN = (
    *("id", "owner", "joined", "status", "participant_count", "created_at", "updated_at"),
    *("summary", "summary_generated_at", "session_md"),
)


class HarmonicaState(Access):
    """The state of one Harmonica server; tests may read and change every open attribute.

    Attributes:
        sessions: Stored rows, oldest first: all that was sent, and what the server adds.
        templates: Rows of `GET /templates`; `template_type` `chain` starts a chain.
        projects: Rows of `GET /projects`.
        telegram_groups: Rows of `GET /integrations/telegram/groups`.
        paid_plan: Whether the account may attach context sources and have knowledge; 403 otherwise.
        most_context_sources: How many sources a session takes; 422 past that.
        context_sources: What is attached to the sessions, oldest first, with its content.
        out_of_reach: Ids of projects and templates that answer 403 when a session names them.
        chain: The `chain` of the next answers to a create; None: by the template.
        created_overrides: Fields put over the answer to a create, `join_url` for one.
        clock_offset: Seconds by which the server's clock is ahead.
        hours_east: How far east of UTC the server's process is, and its database is not, so that
            `updated_at` is told too early; negative for west.
        is_created_off: Whether it is `created_at` that is told so.
        create_delay: Seconds a create takes; it is finished though the client hangs up.
        writing_delay: Likewise of a summary and of knowledge.
        writes_briefs: Whether the brief is there as soon as there is a summary.
        public_url: The address in join links; empty: the server's own.
        require_context: Whether a create without context crashes, as on some databases.
        strict_context_limit: Bytes of a body above which a proxy answers 413.
        lacks: Parts of paths whose routes this server does not have, such as `context-sources`.
        ignores: Fields of a session that it leaves out when they are sent, without a word.
        tells: Fields of a session that its answers show besides the documented ones.
        knows_lists: Whether it can list who has written without what was written.
        unlisted_reads: How many lists leave a new session out, its permissions being late; until
            then it is out of reach altogether.
    """

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.sessions: list[Row] = []
        self.templates: list[Row] = []
        self.projects: list[Row] = []
        self.telegram_groups: list[Row] = []
        self.paid_plan = True
        self.most_context_sources = 20
        self.context_sources: list[Row] = []
        self.out_of_reach: set[str] = set()
        self.chain: Row | None = None
        self.created_overrides: Row = {}
        self.clock_offset = 0.0
        self.hours_east = 0.0
        self.is_created_off = False
        self.create_delay = 0.0
        self.writing_delay = 0.0
        self.writes_briefs = True
        self.public_url = ""
        self.require_context = False
        self.strict_context_limit = 4_500_000
        self.lacks: set[str] = set()
        self.ignores: set[str] = set()
        self.tells: set[str] = set()
        self.knows_lists = True
        self.unlisted_reads = 0
        self._lock = threading.RLock()
        self._stored = 0

    def now(self) -> float:
        """Return the server's clock, seconds since 1970."""
        return time.time() + self.clock_offset

    def timestamp(self, ago: float = 0.0) -> str:
        """Return the server's clock `ago` seconds earlier, as its answers write it."""
        moment = datetime.fromtimestamp(self.now() - ago, timezone.utc)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def set_results(self, session: Row, *, summary: str | None = None, **knowledge: Any) -> None:  # noqa: ANN401  # JSON can be anything
        """Say what the language model is to find in a session, the next time it is asked.

        Args:
            session: Its row.
            summary: The whole summary; None for one in the sandbox's own words.
            knowledge: `decisions`, `actions`, `tensions`, `claims` and `gaps`, in the API's form or
                in any other; its texts are worded anew each time. Without any, it is skipped.
        """
        session["results"] = {"summary": summary, "knowledge": knowledge}

    def complete(self, session: Row) -> None:
        """End a session, which no route does."""
        session.update(status="completed", updated_at=self.timestamp())

    def add_session(self, topic: str = "A topic", goal: str = "A goal", **columns: Any) -> Row:  # noqa: ANN401  # columns hold JSON
        """Store a session as if it had been made earlier and return its row.

        Args:
            topic: Its topic.
            goal: Its goal.
            columns: Any other column, the server's own included: `id`, `owner`, `joined` (a list
                of users), `status`, `participant_count`, `created_at`, `updated_at`, `summary`,
                `summary_generated_at`, `session_md`.
        """
        sent = {"topic": topic, "goal": goal, **columns}
        own = {name: columns[name] for name in _SERVERS_OWN if name in columns}
        return self._store(stored.draft(sent), {"owner": "host", **own})

    def add_participant(
        self, session: Row, *said: str, name: str | None = None, is_excluded: bool = False
    ) -> None:
        """Let somebody open a session and write.

        Args:
            session: Its row.
            said: A text for each message.
            name: The name of whoever writes, None for nobody's.
            is_excluded: Whether the host has excluded that person from the summary.
        """
        with self._lock:
            row = stored.participant(name, said, is_excluded=is_excluded)
            session["participants"].append(row)
            session["participant_count"] = stored.counted(session["participants"])

    def _store(self, row: Row, columns: Row) -> Row:
        with self._lock:
            now, off = self.timestamp(), self.timestamp(self.hours_east * 3_600)
            created = columns.get("created_at") or (off if self.is_created_off else now)
            updated = columns.get("created_at") or (now if self.is_created_off else off)
            self._stored += 1
            session = {
                **row,
                "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"session {self._stored}")),
                "status": "active",
                "participant_count": 0,
                "created_at": created,
                "updated_at": updated,
                "summary": None,
                "summary_generated_at": None,
                "results": {},
                "knowledge_count": 0,
                "session_md": None,
                "joined": [],
                "participants": [],
                **columns,
            }
            self.sessions.append(session)
        return session
