"""The links of sessions: what the server has told of them, and what follows for others.

This module must not ask for anything.
"""

from __future__ import annotations

from harmonica_session.text.addresses import checked_join_url, join_url_like, join_url_of


class Links:
    """Where people join sessions, which may be another address than that of the API.

    A create alone answers a link.
    """

    def __init__(self, base: str) -> None:
        """Take the address of the API, for as long as nothing better is known."""
        self._base = base
        self._known: tuple[str, str] | None = None

    @property
    def are_known(self) -> bool:
        """Whether the server itself has said what its links look like."""
        return self._known is not None

    def learn(self, join_url: str, session_id: str) -> None:
        """Take note of the link that the server gave when it made a session."""
        if join_url_like(join_url, session_id, session_id):
            self._known = join_url, session_id

    def of(self, session_id: str) -> str:
        """Return the link of a session that another run has created."""
        alike = join_url_like(*self._known, session_id) if self._known else ""
        return checked_join_url(alike or join_url_of(self._base, session_id))
