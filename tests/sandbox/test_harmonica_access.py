"""Who is let in by the sandbox's Harmonica, and what those outside are told."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from harmonica_session.sandbox import Sandbox


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "Authentication required"),
        ("bearer {key}", "Authentication required"),
        ("Bearer", "Authentication required"),
        ("Bearer  {key}", "Invalid API key format"),
        ("Bearer hm_test_1", "Invalid API key format"),
        ("Bearer hm_live_00000000000000000000000000000000", "Invalid or revoked API key"),
    ],
)
def test_401_has_three_texts(box: Sandbox, header: str | None, message: str) -> None:
    """Each way of not having a key is told apart as on the real server."""
    headers = {"Authorization": header.format(key=box.api_key)} if header else {}
    answer = httpx.get(f"{box.harmonica_url}/api/v1/me", headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "unauthorized", "message": message}}


def test_database_outage_looks_like_a_bad_key(box: Sandbox, harmonica: httpx.Client) -> None:
    """While the database is down, a good key is called revoked."""
    box.harmonica.database_down = True
    answer = harmonica.get("/sessions")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Invalid or revoked API key"


def test_removed_key_is_refused(box: Sandbox, harmonica: httpx.Client) -> None:
    """The set of keys decides who gets in."""
    box.harmonica.keys.clear()
    assert harmonica.get("/me").status_code == 401


def test_second_key_of_a_user_reaches_the_same_sessions(
    box: Sandbox, harmonica: httpx.Client
) -> None:
    """A rotated key speaks for the same user."""
    row = box.harmonica.add_session()
    key = box.harmonica.add_key()
    headers = {"Authorization": f"Bearer {key}"}
    assert key != box.api_key
    assert harmonica.get(f"/sessions/{row['id']}", headers=headers).status_code == 200


def test_session_of_somebody_else_answers_403(box: Sandbox, harmonica: httpx.Client) -> None:
    """Another user's session is out of reach and not listed."""
    row = box.harmonica.add_session()
    headers = {"Authorization": f"Bearer {box.harmonica.add_key('visitor')}"}
    assert harmonica.get(f"/sessions/{row['id']}", headers=headers).status_code == 403
    assert harmonica.get("/sessions", headers=headers).json()["data"] == []


def test_joined_session_is_listed_and_not_editable(box: Sandbox, harmonica: httpx.Client) -> None:
    """Who joined a session finds it, and may not change it."""
    row = box.harmonica.add_session(joined=["visitor"])
    headers = {"Authorization": f"Bearer {box.harmonica.add_key('visitor')}"}
    listed = harmonica.get("/sessions", headers=headers).json()["data"]
    assert [item["id"] for item in listed] == [row["id"]]
    patch = harmonica.patch(f"/sessions/{row['id']}", json={"topic": "x"}, headers=headers)
    assert patch.status_code == 403


@pytest.mark.parametrize("ident", ["no-uuid", "00000000-0000-4000-8000-000000000000"])
def test_missing_session_answers_403(harmonica: httpx.Client, ident: str) -> None:
    """A session that is not there answers as one that is out of reach."""
    answer = harmonica.get(f"/sessions/{ident}")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"


def test_unknown_route_answers_html(harmonica: httpx.Client) -> None:
    """A route that is not there is answered by the web framework, not by the API."""
    answer = harmonica.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_wrong_method_answers_nothing(harmonica: httpx.Client) -> None:
    """There is no delete: the answer is a 405 without a body."""
    answer = harmonica.delete("/sessions/1")
    assert (answer.status_code, answer.content) == (405, b"")


def test_rate_limit_refuses_and_creates_nothing(box: Sandbox, harmonica: httpx.Client) -> None:
    """Past the limit a create is refused with the seconds to wait, and makes no session."""
    box.harmonica.rate_limit = 1
    harmonica.get("/me")
    answer = harmonica.post("/sessions", json={"topic": "t", "goal": "g"})
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert box.harmonica.sessions == []


def test_waiting_as_told_is_enough(box: Sandbox, harmonica: httpx.Client) -> None:
    """After `Retry-After` seconds the window is over, refused requests notwithstanding."""
    box.harmonica.rate_limit, box.harmonica.rate_window = 1, 0.5
    harmonica.get("/me")
    while (answer := harmonica.get("/me")).status_code != 429:
        pass
    time.sleep(int(answer.headers["retry-after"]))
    assert harmonica.get("/me").status_code == 200


def test_date_is_the_servers_clock(box: Sandbox, harmonica: httpx.Client) -> None:
    """A skewed clock shows in the `Date` header and in `created_at` alike."""
    box.harmonica.clock_offset = -86_400.0
    answer = harmonica.post("/sessions", json={"topic": "t", "goal": "g"})
    shown = parsedate_to_datetime(answer.headers["date"])
    created = datetime.fromisoformat(answer.json()["created_at"].replace("Z", "+00:00"))
    assert 86_000 < time.time() - shown.timestamp() < 90_000
    assert abs(created - shown) < timedelta(minutes=5)


@pytest.mark.parametrize("is_created_off", [True, False])
def test_a_server_east_of_its_database_tells_one_time_early(
    box: Sandbox, harmonica: httpx.Client, *, is_created_off: bool
) -> None:
    """The other time is right, and so is the `Date` header."""
    box.harmonica.hours_east, box.harmonica.is_created_off = 2, is_created_off
    session = harmonica.post("/sessions", json={"topic": "x", "goal": "y"}).json()
    created, updated = (
        datetime.fromisoformat(session[name].replace("Z", "+00:00"))
        for name in ("created_at", "updated_at")
    )
    assert (updated - created).total_seconds() == pytest.approx(
        7_200 if is_created_off else -7_200, abs=1
    )


def test_a_global_role_reaches_everybodys_sessions(box: Sandbox, harmonica: httpx.Client) -> None:
    """The list of such an account is that of all."""
    row = box.harmonica.add_session(owner="somebody")
    assert harmonica.get("/sessions").json()["data"] == []
    box.harmonica.overseers.add("host")
    assert [it["id"] for it in harmonica.get("/sessions").json()["data"]] == [row["id"]]
    assert harmonica.get(f"/sessions/{row['id']}").status_code == 200
