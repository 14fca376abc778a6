"""Our own traces: the signed receipt in a comment, the reference in a session.

This module must not search for a trace, nor decide what follows from one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from harmonica_session.core.addresses import checked_join_url

if TYPE_CHECKING:
    from pydantic import SecretStr

    from harmonica_session.pull_request import Account, Comment
    from harmonica_session.session import SessionRequest

WORKFLOW_BOT = "github-actions[bot]"
_RECEIPT = re.compile(
    r"<!-- harmonica-session receipt v1 ([A-Za-z0-9+/=]{1,20000}) ([0-9a-f]{64}) -->"
)


@dataclass(frozen=True)
class Receipt:
    """What the announcement on a pull request keeps for the next run.

    Attributes:
        session_id: The session.
        join_url: Its link.
        digest: Digest of the request that the session follows.
        announced: Digest of the request that the comment speaks of.
        results_visibility: As the spec asked for it, empty for the server's default.
        created_at: When the session was created, in ISO 8601.
        run_id: The workflow run that created it.
        author: Login of the comment's author, where it is not the workflow's own bot.
    """

    session_id: str
    join_url: str
    digest: str
    announced: str
    results_visibility: str
    created_at: str
    run_id: str
    author: str = ""


@dataclass(frozen=True)
class Speaker:
    """Who a token speaks for.

    Attributes:
        login: The account, empty for a workflow or App token, which cannot ask for its own.
    """

    login: str = ""

    def wrote(self, author: Account | None, receipt: Receipt) -> bool:
        """Say whether a comment's author is this very account."""
        if author is None:
            return False
        if self.login:
            return author.login.lower() == self.login.lower()
        return author.type == "Bot" and author.login == (receipt.author or WORKFLOW_BOT)


class Seal:
    """Signs and recognises the traces of one spec in one place."""

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
        message = json.dumps([*self._bound_to, *parts]).encode()
        return hmac.new(derived.digest(), message, hashlib.sha256).hexdigest()

    def reference(self, purpose: str) -> str:
        """Return the 16 hex digits that stand in the session's context.

        Args:
            purpose: What the session is for, such as `pull-request 7` or `run 123`.
        """
        return self._sign("reference v1", purpose)[:16]

    def receipt_line(self, receipt: Receipt, number: int) -> str:
        """Return the hidden line that opens our comment on pull request `number`."""
        content = json.dumps(asdict(receipt), separators=(",", ":")).encode()
        # Base64 has no hyphen, so the content cannot end the HTML comment.
        payload = b64encode(content).decode()
        signature = self._sign("receipt v1", str(number), payload)
        return f"<!-- harmonica-session receipt v1 {payload} {signature} -->"

    def read(self, comment: Comment, number: int) -> Receipt | None:
        """Return the receipt of a comment, None where none holds.

        The signature says that we wrote it for this repository, pull request and spec, but not
        that it still stands where we wrote it: ask `Speaker.wrote` for that.
        """
        first_line = (comment.body or "").partition("\n")[0].strip()
        found = _RECEIPT.fullmatch(first_line)
        if not found:
            return None
        expected = self._sign("receipt v1", str(number), found[1])
        if not hmac.compare_digest(expected, found[2]):
            return None
        # The signature holds, so we wrote it, though perhaps with an older version.
        try:
            receipt = Receipt(**json.loads(b64decode(found[1])))
            checked_join_url(receipt.join_url)
        except (TypeError, ValueError):
            return None
        return receipt


def digest_of(request: SessionRequest) -> str:
    """Return the SHA-256 of a request, as hex digits; equal requests have equal digests."""
    canonical = json.dumps(request.body(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
