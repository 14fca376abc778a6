"""Our own traces: the signed receipt in a comment, the reference in a session.

This module must not search for a trace, nor decide what follows from one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from harmonica_session.text.addresses import checked_join_url
from harmonica_session.words.request import SessionRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue, SecretStr

    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment

WORKFLOW_BOT = "github-actions[bot]"
# Who can see the results of a session that we did not make with our own hands.
UNKNOWN = "unknown"
_RECEIPT = re.compile(
    r"<!-- harmonica-session receipt v1 ([A-Za-z0-9+/=]{1,20000}) ([0-9a-f]{64}) -->"
)
_Short = Annotated[str, StringConstraints(strict=True, max_length=2_000)]


class Receipt(BaseModel):
    """What the announcement on a pull request keeps for the next run.

    Attributes:
        session_id: The session.
        join_url: Its link.
        digest: Digest of the request that the session follows.
        announced: Digest of the request that the comment speaks of.
        fields: Digests of that request's fields by their names, to tell what has changed.
        results_visibility: As the spec asked for it, empty for the server's default, `unknown`
            where nobody knows what was asked for.
        created_at: When the session was created, in ISO 8601.
        run_id: The workflow run that created or found it.
        written_by: The workflow run whose request the comment speaks of.
        is_foreign: Whether somebody set the session up without this spec.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    session_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    join_url: _Short
    digest: _Short = ""
    announced: _Short = ""
    fields: dict[_Short, _Short] = {}
    results_visibility: _Short = ""
    created_at: _Short = ""
    run_id: _Short = ""
    written_by: _Short = ""
    is_foreign: bool = False


@dataclass(frozen=True)
class OurComment:
    """A comment with a receipt for this very place.

    Attributes:
        comment: The comment.
        receipt: Its receipt.
        is_signed: Whether the signature holds; it does not once the key was rotated.
        is_doubtful: Whether only the session can tell if the comment is ours.
    """

    comment: Comment
    receipt: Receipt
    is_signed: bool
    is_doubtful: bool = False

    @property
    def author(self) -> str:
        """Login of the comment's author, empty for a deleted account."""
        return self.comment.user.login if self.comment.user else ""


@dataclass(frozen=True)
class Speaker:
    """Who a token speaks for.

    Attributes:
        login: The account, empty for a workflow or App token, which cannot ask for its own.
    """

    login: str = ""

    def recognise(self, trace: OurComment) -> OurComment | None:
        """Return the trace if this very account may have left it, None otherwise.

        A signature vouches for any bot, for an App cannot ask which one it is. Without one, after
        a key's rotation, only the workflow's own bot is beyond doubt.
        """
        user = trace.comment.user
        if self.login:
            return trace if trace.author.lower() == self.login.lower() else None
        if user is None or user.type != "Bot":
            return None
        is_doubtful = not trace.is_signed and user.login != WORKFLOW_BOT
        return replace(trace, is_doubtful=is_doubtful)


class Seal:
    """Signs and recognises the traces of one spec in one repository."""

    def __init__(self, api_key: SecretStr, repository_id: str, spec: str) -> None:
        """Bind the seal.

        Args:
            api_key: The Harmonica key; signing keys are derived from it, one for each purpose.
            repository_id: `GITHUB_REPOSITORY_ID`, or the name where there is none.
            spec: Path of the spec under the workspace.
        """
        self._api_key = api_key
        self._bound_to = (repository_id, spec)

    def _sign(self, purpose: str, *parts: str) -> str:
        secret = self._api_key.get_secret_value().encode()
        derived = hmac.new(secret, f"harmonica-session/{purpose}".encode(), hashlib.sha256)
        message = json.dumps(parts).encode()
        return hmac.new(derived.digest(), message, hashlib.sha256).hexdigest()

    def _bound(self, place: Place) -> list[str]:
        return [*self._bound_to, str(place.number)]

    def reference(self, purpose: str, *, any_spec: bool = False) -> str:
        """Return the 16 hex digits that stand in the session's context.

        Args:
            purpose: What the session is for, such as `pull-request 7` or `run 123`.
            any_spec: Whether it is the same for every spec of the repository.
        """
        repository_id, spec = self._bound_to
        return self._sign("reference v1", repository_id, "" if any_spec else spec, purpose)[:16]

    def receipt_line(self, receipt: Receipt, place: Place) -> str:
        """Return the hidden line that opens our comment at a place."""
        # The place stands in the open, so that a receipt is still known after a key's rotation.
        content = json.dumps({**receipt.model_dump(), "place": self._bound(place)})
        # Base64 has no hyphen, so the content cannot end the HTML comment.
        payload = b64encode(content.encode()).decode()
        signature = self._sign("receipt v1", *self._bound(place), payload)
        return f"<!-- harmonica-session receipt v1 {payload} {signature} -->"

    def read(self, comment: Comment, place: Place) -> OurComment | None:
        """Return the receipt of a comment, None where there is none for this very place.

        A signature that holds says that we wrote it, but not that it still stands where we wrote
        it: ask `Speaker.recognise` for that.
        """
        first_line = (comment.body or "").partition("\n")[0].strip()
        found = _RECEIPT.fullmatch(first_line)
        if not found:
            return None
        try:
            content = json.loads(b64decode(found[1]))
            receipt = Receipt.model_validate(content)
            checked_join_url(receipt.join_url)
        except (ValueError, RecursionError, ValidationError):
            return None
        if content.get("place") != self._bound(place):
            return None
        expected = self._sign("receipt v1", *self._bound(place), found[1])
        return OurComment(comment, receipt, is_signed=hmac.compare_digest(expected, found[2]))


def digest_of(value: JsonValue) -> str:
    """Return the SHA-256 of a JSON value, as hex digits; equal values have equal digests."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def field_digests(body: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return a short digest for each field of a request that the spec has a key for.

    What stands under `api:` has one digest together, so that a receipt stays small.
    """
    known = {name: value for name, value in body.items() if name in SessionRequest.model_fields}
    others = {name: value for name, value in body.items() if name not in known}
    digests = {name: digest_of(value)[:16] for name, value in known.items()}
    return {**digests, "api": digest_of(others)[:16]} if others else digests
