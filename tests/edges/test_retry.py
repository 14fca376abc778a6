"""Which requests are sent again, after which pause, and which never are."""

from __future__ import annotations

import time
from contextlib import closing
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.harmonica.refusals import is_own_error
from harmonica_session.edges.network.clock import Deadline
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.edges.network.fate import demanded_pause
from harmonica_session.edges.network.retry import Persistent
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import DeadlineReached, FateUnknown, NotSent
from harmonica_session.sandbox import Fault, Sandbox
from harness.consumer import HARMONICAS_LIMIT, HurriedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edges.conftest import Encrypted

PAGE = "/chat"
READ = Request("look", "GET", PAGE)
WRITE = Request("create it", "POST", PAGE, body={})
SAFE = Request("ask", "POST", PAGE, body={}, is_safe=True)


@pytest.fixture
def clock() -> HurriedClock:
    """A clock whose pauses take no time and are remembered."""
    return HurriedClock()


@pytest.fixture
def service(box: Sandbox, clock: HurriedClock) -> Iterator[Persistent]:
    """The sandbox, asked with persistence for a minute."""
    persistent = Persistent(
        Transport("Service", box.harmonica_url, {}, Deadline(60, clock)), is_own_error
    )
    yield persistent
    persistent.close()


def _statuses(box: Sandbox) -> list[int | None]:
    return [request.status for request in box.requests]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("wanted", [READ, SAFE], ids=["GET", "safe POST"])
def test_passing_failure_is_tried_again(
    box: Sandbox, service: Persistent, wanted: Request, status: int
) -> None:
    """What changes nothing is asked again until it is answered."""
    box.fail("*", PAGE, Fault.status(status), times=2)
    service.send(wanted)
    assert _statuses(box)[:2] == [status, status]
    assert len(box.requests) == 3


@pytest.mark.parametrize("fault", [Fault.drop(), Fault.truncate()], ids=["drop", "truncate"])
def test_lost_answer_to_a_read_is_tried_again(
    box: Sandbox, service: Persistent, fault: Fault
) -> None:
    """An answer that was lost on its way is asked for again."""
    box.fail("GET", PAGE, fault)
    assert service.send(READ).status == 200
    assert len(box.requests) == 2


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_change_that_may_be_made_twice_is_tried_again(
    box: Sandbox, service: Persistent, method: str
) -> None:
    """Making the same change twice is the same as making it once."""
    box.fail(method, PAGE, Fault.drop_after())
    service.send(Request("change it", method, PAGE))
    assert len(box.requests) == 2


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_write_that_failed_is_not_sent_again(
    box: Sandbox, service: Persistent, status: int
) -> None:
    """What may have been done is not done again."""
    box.fail("POST", PAGE, Fault.status(status), times=None)
    assert service.send(WRITE).status == status
    assert len(box.requests) == 1


def test_write_whose_answer_is_lost_is_not_sent_again(box: Sandbox, service: Persistent) -> None:
    """Nor is it when nobody knows."""
    box.fail("POST", PAGE, Fault.drop_after(), times=None)
    with pytest.raises(FateUnknown):
        service.send(WRITE)
    assert len(box.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_refusal_is_not_asked_again(box: Sandbox, service: Persistent, status: int) -> None:
    """A clear no stays a no."""
    box.fail("GET", PAGE, Fault.status(status), times=None)
    assert service.send(READ).status == status
    assert len(box.requests) == 1


def test_what_is_worth_little_time_is_not_repeated_for_long(
    box: Sandbox, service: Persistent, clock: HurriedClock
) -> None:
    """Neither failures nor the service's demand take more than the request is worth."""
    box.fail("GET", PAGE, Fault.status(502), times=None)
    service.send(Request("read it", "GET", PAGE, seconds=2))
    assert sum(clock.pauses) < 2
    box.heal()
    box.fail("GET", PAGE, Fault.status(429, headers={"Retry-After": "3"}), times=None)
    clock.pauses.clear()
    service.send(Request("read it", "GET", PAGE, seconds=2))
    assert clock.pauses == []


def test_patience_has_an_end(box: Sandbox, service: Persistent, clock: HurriedClock) -> None:
    """After four repeats, each after a longer pause, the last answer stands."""
    box.fail("GET", PAGE, Fault.status(502), times=None)
    assert service.send(READ).status == 502
    assert len(box.requests) == 5
    assert clock.pauses == sorted(clock.pauses)
    assert [0.5 * 2**n <= pause <= 0.75 * 2**n for n, pause in enumerate(clock.pauses)] == [
        True
    ] * 4


@pytest.mark.parametrize("wanted", [READ, WRITE], ids=["GET", "POST"])
def test_request_that_never_went_out_is_tried_again(
    clock: HurriedClock, closed_port: int, wanted: Request
) -> None:
    """What surely did nothing is sent again, a write too; then the failure is told."""
    nobody = f"http://127.0.0.1:{closed_port}"
    service = Persistent(Transport("Service", nobody, {}, Deadline(60, clock)), is_own_error)
    with pytest.raises(NotSent):
        service.send(wanted)
    assert len(clock.pauses) == 4


@pytest.mark.parametrize("wanted", [READ, WRITE], ids=["GET", "POST"])
def test_a_refused_certificate_is_said_at_once(
    clock: HurriedClock, encrypted: Encrypted, wanted: Request
) -> None:
    """It is the same one a moment later."""
    service = Persistent(Transport("Service", encrypted.url, {}, Deadline(60, clock)), is_own_error)
    with closing(service), pytest.raises(NotSent, match="an authority that is not trusted here"):
        service.send(wanted)
    assert clock.pauses == []


def test_what_cannot_be_sent_at_all_is_said_at_once(box: Sandbox, clock: HurriedClock) -> None:
    """A header with a line end in it does not lose that by waiting."""
    headers = {"Authorization": "Bearer a\nb"}
    service = Persistent(
        Transport("Service", box.harmonica_url, headers, Deadline(60, clock)), is_own_error
    )
    with closing(service), pytest.raises(NotSent, match="a header cannot be sent"):
        service.send(READ)
    assert clock.pauses == []


@pytest.mark.parametrize("status", [429, 503])
def test_service_is_left_alone_for_as_long_as_it_asks(
    box: Sandbox, service: Persistent, clock: HurriedClock, status: int
) -> None:
    """`Retry-After` is waited for exactly."""
    box.fail("*", PAGE, Fault.status(status, headers={"Retry-After": "7"}))
    service.send(READ)
    assert clock.pauses == [7]
    assert len(box.requests) == 2


def test_write_that_the_service_itself_refuses_for_its_limit_is_sent_again(
    box: Sandbox, service: Persistent, clock: HurriedClock
) -> None:
    """Only the service knows that it did nothing, and only a limit is over after a while."""
    box.fail("POST", PAGE, Fault.status(429, headers={"Retry-After": "7"}, body=HARMONICAS_LIMIT))
    service.send(WRITE)
    assert clock.pauses == [7]
    assert len(box.requests) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, b""),
        (429, "<html>"),
        (429, {"message": "no"}),
        (503, HARMONICAS_LIMIT),
        (403, HARMONICAS_LIMIT),
    ],
)
def test_write_that_something_else_turns_away_is_not_sent_again(
    box: Sandbox, service: Persistent, status: int, body: object
) -> None:
    """A gateway that asks for patience says nothing of the server behind it, which may work on."""
    fault = Fault.status_after(status, headers={"Retry-After": "2"}, body=body)
    box.fail("POST", PAGE, fault, times=None)
    assert service.send(WRITE).status == status
    assert len(box.requests) == 1


def test_pause_beyond_the_deadline_is_not_waited_for(
    box: Sandbox, service: Persistent, clock: HurriedClock
) -> None:
    """An hour does not fit into a minute, so the answer is returned at once."""
    box.fail("GET", PAGE, Fault.status(429, headers={"Retry-After": "3600"}))
    assert service.send(READ).status == 429
    assert clock.pauses == []


def test_pauses_count_for_the_deadline(
    box: Sandbox, service: Persistent, clock: HurriedClock
) -> None:
    """Time that was waited is gone, so the next request finds none left."""
    clock.sleep(61)
    with pytest.raises(DeadlineReached, match="before the action could look"):
        service.send(READ)
    assert box.requests == []


def _response(status: int, body: bytes = b"", /, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(READ, "GitHub", status, named, body)


DATE = formatdate(1_800_000_000, usegmt=True)


@pytest.mark.parametrize(
    ("response", "pause"),
    [
        (_response(429), 60),
        (_response(429, retry_after="2"), 2),
        (_response(429, retry_after=" 2 "), 2),
        (_response(429, retry_after="soon"), 60),
        (_response(429, retry_after="-5"), 60),
        (_response(429, date=DATE, retry_after=formatdate(1_800_000_030, usegmt=True)), 30),
        (_response(429, date=DATE, retry_after=formatdate(1_700_000_000, usegmt=True)), 0),
        (_response(503, retry_after="2"), 2),
        (_response(503), None),
        (_response(200, retry_after="2"), None),
        (_response(403), None),
        (_response(403, retry_after="2"), 2),
        (_response(403, b"You have exceeded a secondary rate limit"), 60),
        (_response(403, x_ratelimit_remaining="0", x_ratelimit_reset="1800000030", date=DATE), 31),
        (_response(403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000000", date=DATE), 0),
        (_response(403, x_ratelimit_remaining="0", x_ratelimit_reset="soon"), 60),
        (_response(403, x_ratelimit_remaining="9", x_ratelimit_reset="1800000030"), None),
    ],
)
def test_demand_is_read_from_every_form(response: Response, pause: float | None) -> None:
    """Seconds, a date, GitHub's own headers and its words all say when to come back."""
    assert demanded_pause(response) == pause


@pytest.mark.parametrize("header", ["date", "retry_after"])
def test_impossible_date_is_no_date(header: str) -> None:
    """A header with a day of twenty digits counts as missing."""
    response = _response(429, **{header: f"Mon, {'9' * 20} Jan 2026 00:00:00 GMT"})
    assert demanded_pause(response) == 60
    assert abs(response.served_at - time.time()) < 60
