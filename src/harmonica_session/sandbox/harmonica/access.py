"""Who may ask Harmonica anything: keys, their users, and the rate limit.

It must not know any route or any session.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
import time

from harmonica_session.sandbox.exchange import RefusedError, Request
from harmonica_session.sandbox.harmonica import sessions as stored

_KEY = re.compile(r"hm_live_[0-9a-f]{32}")


class Access:
    """Keys, users and rate limit of one Harmonica server; the open attributes may be changed.

    Attributes:
        keys: The keys that are accepted.
        users: Key to user; a key that is not in it belongs to the user `host`.
        overseers: Users with a global role, who reach everybody's sessions.
        database_down: Whether every key is refused for the moment.
        rate_limit: Requests a key has in each window; None: no limit.
        rate_window: Seconds of that window.
    """

    def __init__(self) -> None:
        """Begin with one key of the user `host`."""
        self.first_key = _key("first")
        self.keys = {self.first_key}
        self.users: dict[str, str] = {}
        self.overseers: set[str] = set()
        self.database_down = False
        self.rate_limit: int | None = None
        self.rate_window = 60.0
        self._access_lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def add_key(self, user: str = "host") -> str:
        """Return a new key of a user; all keys of one user reach the same sessions."""
        with self._access_lock:
            key = _key(f"{user} {len(self.users)}")
            self.keys.add(key)
            self.users[key] = user
        return key

    def admit(self, request: Request) -> str:
        """Return the user who sent a request.

        Raises:
            RefusedError: With 401 where there is no good key, 429 where it asked too often.
        """
        scheme, space, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not space:
            raise _unauthorized("Authentication required")
        if not _KEY.fullmatch(key):
            raise _unauthorized("Invalid API key format")
        if key not in self.keys or self.database_down:
            raise _unauthorized("Invalid or revoked API key")
        self._count(key)
        return self.users.get(key, "host")

    def _count(self, key: str) -> None:
        if self.rate_limit is None:
            return
        with self._access_lock:
            now = time.monotonic()
            begin, used = self._windows.get(key, (now, 0))
            if now >= begin + self.rate_window:
                begin, used = now, 0
            if used >= self.rate_limit:
                wait = math.ceil(begin + self.rate_window - now)
                answer = stored.error(429, "rate_limited", f"Too many requests, wait {wait} s")
                raise RefusedError(answer.with_headers({"Retry-After": str(wait)}))
            self._windows[key] = (begin, used + 1)


def _key(seed: str) -> str:
    return f"hm_live_{hashlib.sha256(seed.encode()).hexdigest()[:32]}"


def _unauthorized(message: str) -> RefusedError:
    return RefusedError(stored.error(401, "unauthorized", message))
