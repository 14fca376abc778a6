"""What tests of several folders ask for by name: stand-ins, values to start from, a renderer.

It must not fill a value, or the sandbox, with more than most tests speak of. The whole documents in
`tests/golden` are compared as they stand; `UPDATE_GOLDEN=1` in the environment writes them anew,
to be read in the diff before they are kept.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from pydantic import SecretStr

from harmonica_session.announcement.invitation import Invitation
from harmonica_session.announcement.receipt import (
    OurComment,
    Receipt,
    Seal,
    digest_of,
    field_digests,
)
from harmonica_session.background.context import Context
from harmonica_session.errors import ActionError
from harmonica_session.sandbox import Sandbox
from harmonica_session.sandbox.github.forgejo import Forgejo
from harmonica_session.sandbox.github.routes import GitHub
from harmonica_session.session.task import Task
from harmonica_session.spec.spec import read_spec
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Comment
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

_GOLDEN = Path(__file__).parent / "golden"
_REFERENCE = "0123456789abcdef"


@pytest.fixture
def dialect() -> type[GitHub]:
    """What stands in for GitHub: itself, or what a module says instead."""
    return GitHub


@pytest.fixture
def box(dialect: type[GitHub]) -> Iterator[Sandbox]:
    """Run stand-ins for both services for the length of a test."""
    with Sandbox(dialect) as running:
        yield running


@pytest.fixture
def forgejo(box: Sandbox) -> Forgejo:
    """The stand-in for Forgejo, where that is the dialect."""
    assert isinstance(box.github, Forgejo)
    return box.github


@pytest.fixture(scope="session")
def problems_of() -> Callable[[str | bytes], list[str]]:
    """Read a spec and return its problems as lines, none for a good one."""

    def read(content: str | bytes) -> list[str]:
        try:
            read_spec(content.encode() if isinstance(content, str) else content, "s.yml")
        except ActionError as error:
            return [str(problem) for problem in error.problems]
        return []

    return read


@pytest.fixture(scope="session")
def seal() -> Seal:
    """Return the seal of one spec in one repository."""
    return Seal([SecretStr("hm_live_0123")], "1296269", ".harmonica/session.yml")


@pytest.fixture(scope="session")
def request_() -> SessionRequest:
    """Return a request as it would be sent, with its reference line."""
    return SessionRequest(topic="Topic", goal="Goal", context=f"Background\n\nRef: {_REFERENCE}")


@pytest.fixture(scope="session")
def task(request_: SessionRequest) -> Task:
    """Return a task for pull request 7."""
    body = request_.model_copy(update={"context": "Background"}).body()
    return Task(
        spec=".harmonica/session.yml",
        request=request_,
        digest=digest_of(body),
        fields=field_digests(body),
        reference=_REFERENCE,
        context=Context("Background", ("the spec", "SESSION.md")),
        place=Place(7),
        scope="pull-request",
        on_change="update",
        asked_at=datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc),
        run_id="42",
        nonce="of-this-run",
    )


@pytest.fixture(scope="session")
def session(request_: SessionRequest) -> Session:
    """Return the session that Harmonica made of the request."""
    return Session(
        id="5e55",
        topic=request_.topic,
        goal=request_.goal,
        context=request_.context,
        status="active",
        participant_count=0,
        created_at="2026-11-23T09:00:00Z",
        join_url="https://app.harmonica.chat/chat?s=5e55",
    )


@pytest.fixture(scope="session")
def receipt(task: Task, session: Session) -> Receipt:
    """Return the receipt of that session."""
    return Receipt(
        session_id=session.id,
        join_url=str(session.join_url),
        digest=task.digest,
        announced=task.digest,
        fields=dict(task.fields),
        results_visibility="",
        created_at=str(session.created_at),
        run_id="42",
        written_by="42",
        nonce="of-this-run",
    )


@pytest.fixture(scope="session")
def ours(receipt: Receipt) -> OurComment:
    """Return our comment with that receipt."""
    return OurComment(Comment(id=1, html_url="https://github.com/c/1"), receipt, is_signed=True)


@pytest.fixture(scope="session")
def invitation() -> Invitation:
    """Return an invitation with only what each one has."""
    return Invitation(
        topic="Topic",
        join_url="https://app.harmonica.chat/chat?s=5e55",
        goal="Goal",
        critical="",
        questions=(),
        background=None,
        is_completed=False,
    )


@pytest.fixture(scope="session")
def tokens_of() -> Callable[[str], list[Token]]:
    """Parse Markdown with GitHub's extensions, visible addresses made links, into flat tokens."""
    parser = MarkdownIt("gfm-like")
    return lambda markdown: _flat(parser.parse(markdown))


@pytest.fixture(scope="session")
def text_of() -> Callable[[str], str]:
    """Return the text that a reader of Markdown sees, hidden comments left out."""
    parser = MarkdownIt("gfm-like").disable("linkify")

    def read(markdown: str) -> str:
        shown = ("text", "text_special", "code_inline", "fence", "code_block", "softbreak")
        return "".join(
            token.content if token.type != "softbreak" else "\n"
            for token in _flat(parser.parse(markdown))
            if token.type in shown
        )

    return read


def _flat(tokens: list[Token]) -> list[Token]:
    return [part for token in tokens for part in (token, *(token.children or ()))]


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a document with the one of that name in `tests/golden`."""

    def compare(name: str, document: str) -> None:
        path = _GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.write_text(document, encoding="utf-8", newline="\n")
        assert document == path.read_text(encoding="utf-8")

    return compare
