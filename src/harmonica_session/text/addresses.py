"""Decides which addresses may be spoken to and which may be shown.

This module must not resolve names, nor open connections.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, urlsplit

from harmonica_session.errors import clip

_MAX_LENGTH = 2_000
_LONGEST_ID = 200
# How Harmonica writes the id of a session.
UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
# Anything else could end a Markdown link or an HTML attribute early.
_HARMLESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]+")
# A name (with underscores where a company has them) or an IP address. Source: RFC 1035, 2.3.4, for
# the lengths; a resolver does not even look for what is longer.
_HOST = re.compile(
    r"(?=.{1,254}\Z)(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*"
)


def is_loopback(host: str | None) -> bool:
    """Say whether a host is this very machine: `localhost`, 127.0.0.0/8 or ::1."""
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_host(host: str) -> bool:
    """Say whether a host can be looked for at all."""
    return _HOST.fullmatch(host) is not None


def checked_api_url(url: str) -> str:
    """Return the base of the Harmonica API: no `/api/v1`, no slash at its end.

    Raises:
        ValueError: It is no address that the API key may be sent to; the text says why.
    """
    return checked_base(re.sub(r"/api/v1\Z", "", url.rstrip("/")))


def checked_base(url: str) -> str:
    """Return the address of an API without a slash at its end.

    Raises:
        ValueError: It is no address that a credential may be sent to; the text says why.
    """
    base = url.rstrip("/")
    _check(base)
    if "?" in base or "#" in base:
        raise ValueError("has a query or a fragment; give the address without it")
    return base


def checked_join_url(url: str | None) -> str:
    """Return a join link that may be shown.

    Raises:
        ValueError: It is no link that people should click on; the text says why.
    """
    if not url:
        raise ValueError("is missing")
    _check(url)
    return url


def is_shown(url: str) -> bool:
    """Say whether an address may be shown as a link."""
    try:
        _check(url)
    except ValueError:
        return False
    return True


def checked_page_url(url: str) -> str:
    """Return the address of a web page that Harmonica may be asked to read.

    Raises:
        ValueError: It is none; the text says why.
    """
    if not url.startswith("https://"):
        raise ValueError("is not a web address that begins with https://")
    _check(url)
    return url


def page_of_file(repository: str, revision: str, path: str) -> str:
    """Return where people read a file at a revision; empty where that is no address to show.

    Args:
        repository: Address of the repository for people.
        revision: A commit, so that the file is still there later.
        path: Of the file, from the repository's root.
    """
    url = f"{repository}/blob/{revision}/{quote(path)}"
    return url if is_shown(url) else ""


def join_url_of(base: str, session_id: str) -> str:
    """Rebuild the join link of a session, `<base>/chat?s=<id>`; only a create answers it."""
    return f"{base}/chat?s={quote(session_id, safe='')}"


def join_url_like(known: str, known_id: str, session_id: str) -> str:
    """Return the link of a session in the form of another one's; empty where that shows none."""
    before, found, after = known.partition(quote(known_id, safe=""))
    return f"{before}{quote(session_id, safe='')}{after}" if found else ""


def session_id_in(text: str) -> str:
    """Return the id of the session that an id or a join link names.

    A link may lack its scheme; what else stands in its query, and a fragment, are ignored.

    Raises:
        ValueError: It is a link to something else, or one that is not encrypted; the text says so.
    """
    written = text.strip().rstrip("/")
    found = _id_in_link(written) if re.search("[/?#]", written) else written
    is_opaque = re.fullmatch(r"[^\s\x00-\x1f/?#]+", found) and found not in (".", "..")
    if not is_opaque or len(found) > _LONGEST_ID:
        raise ValueError(
            f"`{clip(text)}` is neither a session ID nor a join link, which looks like "
            "https://app.harmonica.chat/chat?s=…"
        )
    return found.lower() if re.fullmatch(UUID, found) else found


def _id_in_link(link: str) -> str:
    """Return the id that a link holds, empty when it holds none, or several."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"`{clip(link)}` is not encrypted; write the join link with https://")
    found = {value.rstrip("/") for key, value in parse_qsl(parts.query) if key.lower() == "s"}
    is_one = host and parts.scheme in ("https", "http") and len(found) == 1
    return found.pop() if is_one else ""


def _check(url: str) -> None:
    if len(url) > _MAX_LENGTH or not _HARMLESS.fullmatch(url):
        raise ValueError("is not a web address that begins with https://")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a valid web address") from None
    if not parts.hostname:
        raise ValueError("contains no host name")
    if not is_host(parts.hostname):
        raise ValueError("contains an invalid host name")
    if "[" in parts.netloc or re.fullmatch(r"[0-9.]+", parts.hostname):
        try:
            ip_address(parts.hostname)
        except ValueError:
            raise ValueError("contains an invalid IP address") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("contains a user name or a password")
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ValueError("is not encrypted; use https://")
