"""What an answer proves of a request that may not be done twice: nothing, unless it is a clear no.

Every status, with and without `Retry-After`, from the service itself and from something in front of
it, after the work was done and without: whoever answers, what was done is not done again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from harmonica_session.errors import FateUnknown, Refused
from harmonica_session.sandbox import Fault
from harmonica_session.words.attachment import Attachment
from harmonica_session.words.request import SessionRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica
    from harmonica_session.sandbox import Sandbox
    from harness.consumer import HurriedClock

REFUSALS = (400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 451)
FAILURES = (301, 302, 307, 408, 500, 502, 503, 504, 520, 599)
PATIENCE: dict[str, dict[str, str]] = {
    "no header": {},
    "2 s": {"Retry-After": "2"},
    "300 s": {"Retry-After": "300"},
}
FOREIGN: dict[str, object] = {
    "a page": "<html>Please wait</html>",
    "nothing": b"",
    "another JSON": {"message": "Forbidden"},
    "a list": [],
}


@dataclass(frozen=True)
class Write:
    """A request that may not be done twice.

    Attributes:
        path: Its path.
        own: How its service says no.
        send: Sends it, through the client.
    """

    path: str
    own: object
    send: Callable[[], object]


@pytest.fixture(params=["create", "attach", "comment"])
def write(
    request: pytest.FixtureRequest, box: Sandbox, harmonica: Harmonica, github: GitHub
) -> Write:
    """Return each of them, ready to be sent."""
    box.github.add_pull(7)
    session = box.harmonica.add_session("T", "G")
    asked = SessionRequest(topic="T", goal="G")
    refusal = {"error": {"code": "validation_error", "message": "no"}}
    page = Attachment("url", "https://example.org/")
    ways: dict[str, Write] = {
        "create": Write("/api/v1/sessions", refusal, lambda: harmonica.create(asked)),
        "attach": Write(
            f"/api/v1/sessions/{session['id']}/context-sources/url",
            refusal,
            lambda: harmonica.context_sources.attach_page(str(session["id"]), page),
        ),
        "comment": Write(
            "/repos/octo/garden/issues/7/comments",
            {"message": "no", "documentation_url": "https://docs.github.com/rest"},
            lambda: github.post_comment(7, "hello"),
        ),
    }
    return ways[str(request.param)]


def sent(box: Sandbox, write: Write) -> int:
    """Return how often the request went out."""
    return len(box.requests_to("POST", write.path))


@pytest.mark.parametrize("patience", PATIENCE)
@pytest.mark.parametrize("status", [*REFUSALS, *FAILURES])
@pytest.mark.parametrize("body", FOREIGN)
def test_an_answer_from_something_in_front_proves_nothing(
    box: Sandbox, write: Write, status: int, patience: str, body: str
) -> None:
    """The server behind it may have done the work, so it is sent once, and its fate is unknown."""
    fault = Fault.status_after(status, headers=PATIENCE[patience], body=FOREIGN[body])
    box.fail("POST", write.path, fault, times=None)
    with pytest.raises(FateUnknown):
        write.send()
    assert sent(box, write) == 1


@pytest.mark.parametrize("patience", PATIENCE)
@pytest.mark.parametrize("status", FAILURES)
def test_a_failure_of_the_service_itself_proves_nothing(
    box: Sandbox, write: Write, status: int, patience: str
) -> None:
    """A server that gave up half way says so in its own words, too."""
    fault = Fault.status_after(status, headers=PATIENCE[patience], body=write.own)
    box.fail("POST", write.path, fault, times=None)
    with pytest.raises(FateUnknown):
        write.send()
    assert sent(box, write) == 1


@pytest.mark.parametrize("patience", PATIENCE)
@pytest.mark.parametrize("status", [it for it in REFUSALS if it != 429])
def test_a_refusal_of_the_service_itself_is_a_clear_no(
    box: Sandbox, write: Write, status: int, patience: str
) -> None:
    """Nothing was done, and it is not asked again: the answer would be the same."""
    fault = Fault.status(status, headers=PATIENCE[patience], body=write.own)
    box.fail("POST", write.path, fault, times=None)
    with pytest.raises(Refused) as caught:
        write.send()
    assert caught.value.status == status
    assert sent(box, write) == 1


def test_only_a_limit_of_the_service_itself_is_waited_for(
    box: Sandbox, write: Write, clock: HurriedClock
) -> None:
    """A 429 in the service's own form says that nothing was done, and when to come back."""
    limit = Fault.status(429, headers={"Retry-After": "2"}, body=write.own)
    box.fail("POST", write.path, limit)
    write.send()
    assert sent(box, write) == 2
    assert 2 in clock.pauses


_DOCS = "https://docs.github.com/rest"


@pytest.mark.parametrize(
    ("remaining", "said", "link"),
    [
        ("0", "Forbidden", _DOCS),
        ("9", "You have exceeded a secondary rate limit", _DOCS),
        ("9", "API rate limit exceeded for installation ID 1.", _DOCS),
        ("9", "You have triggered an abuse detection mechanism.", _DOCS),
        ("9", "You have been temporarily blocked from content creation.", _DOCS),
        ("9", "Slow down", f"{_DOCS}/using-the-rest-api/rate-limits-for-the-rest-api"),
        ("9", "Slow down", "https://developer.github.com/v3/#abuse-rate-limits"),
    ],
)
def test_a_rate_limit_of_github_is_waited_for(
    box: Sandbox, github: GitHub, remaining: str, said: str, link: str
) -> None:
    """GitHub says 403 for its limits as well: by a header, its link, or its words."""
    box.github.add_pull(7)
    headers = {"Retry-After": "2", "x-ratelimit-remaining": remaining}
    body = {"message": said, "documentation_url": link}
    path = "/repos/octo/garden/issues/7/comments"
    box.fail("POST", path, Fault.status(403, headers=headers, body=body))
    github.post_comment(7, "hello")
    assert len(box.requests_to("POST", path)) == 2


@pytest.mark.parametrize("fault", [Fault.drop_after(), Fault.truncate(), Fault.flood(21_000_000)])
def test_no_whole_answer_proves_nothing(box: Sandbox, write: Write, fault: Fault) -> None:
    """What got lost on its way back may have been a success."""
    box.fail("POST", write.path, fault, times=None)
    with pytest.raises(FateUnknown):
        write.send()
    assert sent(box, write) == 1


@pytest.mark.parametrize("body", ["<html>", b"", {}, {"id": None}, []])
def test_a_success_that_cannot_be_read_proves_nothing(
    box: Sandbox,
    write: Write,
    body: Any,  # noqa: ANN401 - any JSON, a page, or nothing
) -> None:
    """A portal that says 200 to everything is no service."""
    box.fail("POST", write.path, Fault.status_after(200, body=body), times=None)
    with suppress(FateUnknown):
        write.send()
        pytest.fail("it was taken for a success")
    assert sent(box, write) == 1
