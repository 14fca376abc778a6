"""The sandbox's context sources: what is stored, what is refused with which status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox

_PAGE = {"url": "https://example.org/"}


@pytest.fixture
def route(box: Sandbox) -> str:
    """Return the route of a session's sources."""
    return f"/sessions/{box.harmonica.add_session()['id']}/context-sources"


@pytest.mark.parametrize(
    ("size", "mode"), [(10, "verbatim"), (50_000, "verbatim"), (50_001, "chunked")]
)
def test_a_file_is_stored(
    box: Sandbox, harmonica: httpx.Client, route: str, size: int, mode: str
) -> None:
    """The answer describes the source without its content, which is kept byte by byte."""
    content = b"\r\n--x\n".ljust(size, b"\xff")
    answer = harmonica.post(f"{route}/file", files={"file": ("a.md", content, "text/markdown")})
    assert answer.status_code == 201
    assert answer.json()["title"] == "a.md"
    assert answer.json()["content_mode"] == mode
    assert "content" not in answer.json()
    assert box.harmonica.context_sources[0]["content"] == content
    assert harmonica.get(route).json() == {"sources": [answer.json()]}


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (("a.png", b"x", "image/png"), "Unsupported file type: image/png (filename: a.png)"),
        (("a.md", b"x", "image/png"), "Unsupported file type"),
        (("a.md", b"", "text/markdown"), "empty"),
        (("a.txt", b"x" * 4_000_001, "text/plain"), "4 MB"),
        (("a.pdf", b"x", "application/pdf"), "no text layer"),
    ],
    ids=["ending", "type", "empty", "large", "scan"],
)
def test_a_file_can_be_refused(
    harmonica: httpx.Client, route: str, file: tuple[str, bytes, str], message: str
) -> None:
    """Type, size and an unreadable PDF answer 400, each with its reason."""
    answer = harmonica.post(f"{route}/file", files={"file": file})
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("url", {}, 400),
        ("url", {"url": "ftp://example.org/"}, 400),
        ("url", {"url": "https://localhost/"}, 400),
        ("session", {}, 400),
        ("session", {"source_ref": "nobody"}, 403),
        ("file", {}, 400),
        ("elsewhere", {}, 404),
    ],
)
def test_other_sources_can_be_refused(
    harmonica: httpx.Client, route: str, kind: str, body: dict[str, str], status: int
) -> None:
    """What is missing or malformed answers 400, a session out of reach 403."""
    assert harmonica.post(f"{route}/{kind}", json=body).status_code == status


def test_a_session_without_its_brief_is_refused(
    box: Sandbox, harmonica: httpx.Client, route: str
) -> None:
    """Only a SESSION.md that exists can be attached."""
    source = {"source_ref": box.harmonica.add_session()["id"]}
    assert harmonica.post(f"{route}/session", json=source).status_code == 400
    box.harmonica.sessions[-1]["session_md"] = "# A topic"
    assert harmonica.post(f"{route}/session", json=source).status_code == 201


def test_a_free_plan_reads_only(box: Sandbox, harmonica: httpx.Client, route: str) -> None:
    """Without a paid plan nothing can be attached, and the list is still there."""
    box.harmonica.paid_plan = False
    answer = harmonica.post(f"{route}/url", json=_PAGE)
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Context sources require a Pro subscription"
    assert harmonica.get(route).json() == {"sources": []}


def test_a_session_takes_twenty(harmonica: httpx.Client, route: str) -> None:
    """The 21st source answers 422."""
    statuses = [harmonica.post(f"{route}/url", json=_PAGE).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [422]


def test_sources_of_another_account_are_out_of_reach(box: Sandbox, harmonica: httpx.Client) -> None:
    """Neither list nor attachment is open to who does not see the session."""
    other = box.harmonica.add_session(owner="somebody")["id"]
    assert harmonica.get(f"/sessions/{other}/context-sources").status_code == 403
    answer = harmonica.post(f"/sessions/{other}/context-sources/url", json=_PAGE)
    assert answer.status_code == 403
