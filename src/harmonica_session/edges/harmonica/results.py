"""What came out of a session: its summary and its knowledge, asked for or written anew.

This module must not decide when something is written anew, nor who may see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from harmonica_session.edges.harmonica.refusals import NO_SESSION, accepted
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.errors import Refused
from harmonica_session.words.answer import Answer
from harmonica_session.words.results import Knowledge, NoKnowledge, Summary

if TYPE_CHECKING:
    from harmonica_session.edges.network.clock import Deadline
    from harmonica_session.edges.network.retry import Persistent

# A language model reads the whole session before it is answered.
WRITE_SECONDS = 150.0
_NO_SUMMARY, _DENIED, _NO_ROUTE = 400, 403, (404, 405)
_ADVICE = {
    400: "look at the session in Harmonica",
    403: "the key's account must be able to edit the session",
    404: ("this Harmonica server cannot write this, or does not know the session"),
    405: "this Harmonica server cannot write this",
}


class _Generated(Answer):
    """The answer of `POST /sessions/{id}/knowledge`."""

    # Its own texts are read one by one, so that no oddity in one of them loses the others.
    knowledge: dict[str, Any] | None


class Results:
    """The results of an account's sessions. The brief is `Harmonica.brief`."""

    def __init__(self, service: Persistent, deadline: Deadline) -> None:
        """Take the way to Harmonica, and what bounds the wait; nothing is asked yet."""
        self._service = service
        self._deadline = deadline

    def summary(self, session_id: str) -> Summary:
        """Return the summary as it is: `GET /sessions/{id}/summary`.

        Raises:
            Refused: 403 when the session is gone or somebody else's.
            ServiceError: It cannot be known.
        """
        path = f"/sessions/{quote(session_id, safe='')}/summary"
        response = self._service.send(Request("read the summary of the session", "GET", path))
        summary: Summary = accepted(response, 200, advice=NO_SESSION).read(Summary)
        return summary

    def generate_summary(self, session_id: str) -> Summary:
        """Have the summary written anew: `POST /sessions/{id}/summary`.

        It may take 90 seconds and more, of which at most three quarters of the time that is left
        are spent here. It is sent once; a later run may send it again without harm.

        Returns:
            The new summary; its text is None where there is nothing to sum up.

        Raises:
            FateUnknown: Nobody knows whether it was written, or is being written now.
            ServiceError: It was not written, or nobody knows.
        """
        response = self._written("write the summary", session_id, "summary")
        summary: Summary = accepted(response, 200, advice=_ADVICE).read(Summary)
        return summary

    def knowledge(self, session_id: str) -> Knowledge | NoKnowledge:
        """Have the knowledge written: `POST /sessions/{id}/knowledge`.

        No route returns it again, and each time its words may be others. It takes as long as
        `generate_summary`.

        Returns:
            The knowledge, or why there can be none.

        Raises:
            FateUnknown: Nobody knows whether it was written; what was is lost.
            ServiceError: It was not written, or nobody knows.
        """
        response = self._written("extract decisions and actions", session_id, "knowledge")
        try:
            accepted(response, 200, advice=_ADVICE)
        except Refused as error:
            reason = _reason(error)
            if reason is None:
                raise
            return reason
        generated: _Generated = response.read(_Generated)
        if generated.knowledge is None:
            return NoKnowledge.SKIPPED
        return Knowledge.model_validate(generated.knowledge)

    def _written(self, doing: str, session_id: str, what: str) -> Response:
        # Time must be left to tell what is known without it.
        patience = min(WRITE_SECONDS, self._deadline.remaining(doing) * 0.75)
        path = f"/sessions/{quote(session_id, safe='')}/{what}"
        return self._service.send(Request(doing, "POST", path, read_seconds=patience))


def _reason(error: Refused) -> NoKnowledge | None:
    """Return what a refusal says of the knowledge, None when it says nothing of it."""
    if error.status == _NO_SUMMARY and error.code:
        return NoKnowledge.NO_SUMMARY
    if error.status == _DENIED and error.is_out_of_reach:
        return NoKnowledge.NOT_ALLOWED
    # Who knows the route answers in Harmonica's form; a web page says that there is none.
    if error.status in _NO_ROUTE and error.is_no_harmonica:
        return NoKnowledge.NO_ROUTE
    return None
