"""Decides which addresses may be spoken to and which may be shown.

This module must not resolve names, nor open connections.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

_MAX_LENGTH = 2_000
# Anything else could end a Markdown link or an HTML attribute early.
_HARMLESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]+")
# A name (with underscores where a company has them) or an IP address.
_HOST = re.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


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
        raise ValueError("has a query or a fragment; give the bare address")
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


def checked_page_url(url: str) -> str:
    """Return the address of a web page that Harmonica may be asked to read.

    Raises:
        ValueError: It is none; the text says why.
    """
    if not url.startswith("https://"):
        raise ValueError("is not a web address that starts with https://")
    _check(url)
    return url


def join_url_of(base: str, session_id: str) -> str:
    """Rebuild the join link of a session, `<base>/chat?s=<id>`; only a create answers it."""
    return f"{base}/chat?s={quote(session_id, safe='')}"


def _check(url: str) -> None:
    if len(url) > _MAX_LENGTH or not _HARMLESS.fullmatch(url):
        raise ValueError("is not a web address that starts with https://")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a valid web address") from None
    if not parts.hostname:
        raise ValueError("names no host")
    if not _HOST.fullmatch(parts.hostname):
        raise ValueError("names a host that there is not")
    if "[" in parts.netloc or re.fullmatch(r"[0-9.]+", parts.hostname):
        try:
            ip_address(parts.hostname)
        except ValueError:
            raise ValueError("names an IP address that there is not") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or a password")
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ValueError("is not encrypted; only https:// will do")
