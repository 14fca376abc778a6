"""What we leave behind: the signed receipt in a comment, the reference in a session.

This module must not search for either, nor decide what follows from one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from harmonica_session.text.addresses import checked_join_url
from harmonica_session.words.agreed import MOST, Agreed
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.round import Round

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue, SecretStr
    from typing_extensions import Unpack

    from harmonica_session.words.place import Place
    from harmonica_session.words.pull_request import Comment

# Who can see the results of a session that we did not make with our own hands.
UNKNOWN = "unknown"
_RECEIPT = re.compile(
    r"<!-- harmonica-session receipt v1 ([A-Za-z0-9+/=]{1,30000}) ([0-9a-f]{64}) -->"
)
_TICKED = re.compile(r"^- \[[xX]\]", re.MULTILINE)
# The repository, the spec, the place.
_PARTS = 3
_Short = Annotated[str, StringConstraints(strict=True, max_length=2_000)]


class Reported(BaseModel):
    """What the announcement has told of a session's results.

    Attributes:
        taken_part: How many had taken part.
        summary: Digest of the summary that it shows; empty where it shows none.
        has_summary: Whether there was one, shown or not.
        over_since: When the round was first found to be over, in ISO 8601; empty before that.
        is_final: Whether it has told all there is to tell of a round that is over.
        is_followed_up: Whether each action that is to have an issue has one.
        is_closed: Whether the issue that it stands in was closed for that.
        agreed: The actions; in a final round numbered for good by their places.
        claim: What a run is told by that opens issues for them just now, empty when none does.
        claimed_until: By when that run has ended in any case, in ISO 8601.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    taken_part: Annotated[int, Field(strict=True, ge=0)] = 0
    summary: Annotated[str, StringConstraints(strict=True, max_length=64)] = ""
    has_summary: bool = False
    over_since: _Short = ""
    is_final: bool = False
    is_followed_up: bool = False
    is_closed: bool = False
    agreed: Annotated[tuple[Agreed, ...], Field(max_length=MOST)] = ()
    claim: _Short = ""
    claimed_until: _Short = ""


class Receipt(BaseModel):
    """What the announcement on a pull request keeps for the next run.

    Attributes:
        session_id: The session.
        join_url: Its link.
        digest: Digest of the request that the session follows.
        announced: Digest of the request that the comment speaks of.
        fields: Digests of that request's fields by their names, to tell what has changed.
        lacking: Fields that the session does not have as they were asked for: the digest of a value
            that Harmonica does not take, empty where the value is still to be sent.
        results_visibility: As the spec asked for it or, where that is another, as Harmonica says;
            empty for the server's default, `unknown` where nobody knows what was asked for.
        created_at: When the session was created, in ISO 8601.
        run_id: The workflow run that created or found it.
        written_by: The workflow run whose request the comment speaks of.
        is_foreign: Whether somebody set the session up without this spec.
        is_apart: Whether it is in an issue of its own, and a step's that shares it with none.
        after: The newest comment at the place when ours was posted; what is no newer is not ours.
        nonce: What tells our comments from each other, and a copy from a comment of another run.
        author: The login of whoever has posted it, empty where that need not be known.
        round: Until when the session is open and who is expected, None when the spec did not say.
        opening: Digest of what the spec says to those who are invited, empty for nothing.
        reported: What it has told of the results, None as long as it has told nothing.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    session_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    join_url: _Short
    digest: _Short = ""
    announced: _Short = ""
    fields: dict[_Short, _Short] = {}
    lacking: dict[_Short, _Short] = {}
    results_visibility: _Short = ""
    created_at: _Short = ""
    run_id: _Short = ""
    written_by: _Short = ""
    is_foreign: bool = False
    is_apart: bool = False
    after: Annotated[int, Field(strict=True, ge=0)] = 0
    nonce: _Short = ""
    author: _Short = ""
    round: Round | None = None
    opening: _Short = ""
    reported: Reported | None = None

    @property
    def tells_results(self) -> bool:
        """Whether the announcement is no invitation any more, for it tells what came out."""
        return self.reported is not None and bool(self.reported.summary or self.reported.is_final)


class Known(TypedDict, total=False):
    """What is known of a comment only once it is there, as its receipt keeps it."""

    after: int
    author: str


@dataclass(frozen=True)
class OurComment:
    """A comment with a receipt for this very place.

    Attributes:
        comment: The comment.
        receipt: Its receipt.
        is_signed: Whether the signature holds, under this key or the previous one.
        is_current: Whether it holds under this key, so that it need not be signed anew.
        is_intact: Whether the text below the receipt is the one that was signed with it.
    """

    comment: Comment
    receipt: Receipt
    is_signed: bool
    is_current: bool = True
    is_intact: bool = True

    @property
    def author(self) -> str:
        """Login of the comment's author, empty for a deleted account."""
        return self.comment.user.login if self.comment.user else ""


class Seal:
    """Signs and recognises what we leave behind for one spec in one repository."""

    def __init__(
        self, keys: Sequence[SecretStr], repository_id: str, spec: str, *, is_app: bool = False
    ) -> None:
        """Bind the seal.

        Args:
            keys: The Harmonica key, then those that it has replaced; signing keys are derived from
                each, one for each purpose.
            repository_id: `GITHUB_REPOSITORY_ID`, or the name where there is none.
            spec: Path of the spec under the workspace.
            is_app: Whether a bot posts for us. What it sees of our comments, and what a person's
                token sees, are two things; a copy must not carry word of one into the other.
        """
        self._keys = keys
        self._bound_to = (repository_id, spec)
        self._by = "app" if is_app else "account"

    def _signatures(self, purpose: str, *parts: str) -> list[str]:
        """Return the signature under each key, the current one first."""
        message = json.dumps(parts).encode()
        signatures = []
        for key in self._keys:
            secret = key.get_secret_value().encode()
            derived = hmac.new(secret, f"harmonica-session/{purpose}".encode(), hashlib.sha256)
            signatures.append(hmac.new(derived.digest(), message, hashlib.sha256).hexdigest())
        return signatures

    @property
    def spec(self) -> str:
        """Path of the spec under the workspace."""
        return self._bound_to[1]

    def marks(self, purpose: str, *parts: str) -> list[str]:
        """Return the hidden line that says that we wrote a text, for each key.

        Args:
            purpose: What the text is, such as `reminder v1`.
            parts: What tells it from others of its kind in this repository.
        """
        signatures = self._signatures(purpose, *self._bound_to, *parts)
        return [f"<!-- harmonica-session {purpose} {signature} -->" for signature in signatures]

    def _bound(self, place: Place, session_id: str) -> list[str]:
        return [*self._bound_to, place.name_for(session_id)]

    def references(self, purpose: str, *, any_spec: bool = False) -> list[str]:
        """Return the 16 hex digits that stand in the session's context, for each key.

        Args:
            purpose: What the session is for, such as `pull-request 7` or `run 123`.
            any_spec: Whether it is the same for every spec of the repository.
        """
        repository_id, spec = self._bound_to
        parts = (repository_id, "" if any_spec else spec, purpose)
        return [signature[:16] for signature in self._signatures("reference v1", *parts)]

    def signed(
        self, receipt: Receipt, place: Place, text: str, *, is_vouched_for: bool = True
    ) -> str:
        """Return the body of our comment: the hidden receipt, and the text that it vouches for.

        Args:
            receipt: What the next run has to know.
            place: Where the comment stands.
            text: What people read.
            is_vouched_for: Whether all of the text is ours. Where somebody has altered it, the next
                run is to know that as well.
        """
        # The place stands in the open, so that a receipt is still known after a key's rotation.
        bound = self._bound(place, receipt.session_id)
        vouched = {
            "place": bound,
            "by": self._by,
            "text": _digest_of_text(text) if is_vouched_for else "",
        }
        unneeded = set() if receipt.author else {"author"}
        kept = {**receipt.model_dump(exclude_none=True, exclude=unneeded), **vouched}
        # As escapes, letters outside of ASCII would take up to three times the room.
        content = json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")
        # Base64 has no hyphen, so the content cannot end the HTML comment.
        payload = b64encode(content).decode()
        signature = self._signatures("receipt v1", *bound, payload)[0]
        return f"<!-- harmonica-session receipt v1 {payload} {signature} -->\n{text}"

    def signed_anew(self, ours: OurComment, place: Place, **known: Unpack[Known]) -> str:
        """Return the body of a comment of ours, all the same but for what is known of it now."""
        _, _, text = (ours.comment.body or "").partition("\n")
        return self.signed(ours.receipt.model_copy(update={**known}), place, text)

    def read(self, comment: Comment, place: Place) -> OurComment | None:
        """Return the receipt of a comment, None where there is none for this very place.

        A signature that holds says that we wrote the receipt, but neither that we wrote the text
        below it, nor that it stands where we put it; see `announcement/authorship.py`.
        """
        line, _, text = (comment.body or "").partition("\n")
        found = _RECEIPT.fullmatch(line.strip())
        content = _content(found[1]) if found else None
        if not found or content is None:
            return None
        try:
            receipt = Receipt.model_validate(content)
            checked_join_url(receipt.join_url)
        except (ValueError, ValidationError):
            return None
        bound = self._bound(place, receipt.session_id)
        if (content.get("place"), content.get("by")) != (bound, self._by):
            return None
        signatures = self._signatures("receipt v1", *bound, found[1])
        holds = [hmac.compare_digest(expected, found[2]) for expected in signatures]
        return OurComment(
            comment,
            receipt,
            is_signed=any(holds),
            is_current=holds[0],
            is_intact=content.get("text") == _digest_of_text(text),
        )


def spec_named(body: str | None, repository_id: str) -> str | None:
    """Return the spec that the receipt in a text names, whoever wrote it; None for no receipt."""
    line = _RECEIPT.fullmatch((body or "").partition("\n")[0].strip())
    content = _content(line[1]) if line else None
    place = content.get("place") if content else None
    if not isinstance(place, list) or len(place) != _PARTS or place[0] != repository_id:
        return None
    return place[1] if isinstance(place[1], str) else None


def _content(payload: str) -> dict[str, Any] | None:
    try:
        content = json.loads(b64decode(payload))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _digest_of_text(text: str) -> str:
    # GitHub may change line ends, and what is blank at the end of a text.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    # A box is there to be ticked.
    lines = _TICKED.sub("- [ ]", lines)
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()


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
