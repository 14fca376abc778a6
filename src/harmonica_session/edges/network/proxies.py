"""Decides through which proxy an address is asked, by the variables that curl and Go honour.

This module must not read the environment itself, resolve a name, nor open a connection.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from harmonica_session.text.addresses import is_host, is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORTS = {"http": 80, "https": 443}
_MOST_PORTS = 65_535
_MAPPED = IPv6Network("::ffff:0:0/96")
_ENTRY = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>[0-9]{1,5}))?")


class Proxy(NamedTuple):
    """A proxy as the environment names it.

    Attributes:
        variable: The variable that names it.
        url: Its address, which may hold a password.
    """

    variable: str
    url: str


class Way(NamedTuple):
    """How an address is reached.

    Attributes:
        proxy: What stands between, None where nothing does.
        unread: Entries of `NO_PROXY` that nobody can read, where they could have changed that.
    """

    proxy: Proxy | None
    unread: tuple[str, ...] = ()


class _Target(NamedTuple):
    host: str
    address: IPv4Address | IPv6Address | None
    port: int


def way_to(url: str, env: Mapping[str, str]) -> Way:
    """Return how an address is reached; what is never asked for need not be usable.

    Args:
        url: The address.
        env: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and the like, in lower case or in upper case.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    named = _named(env, parts.scheme) or _named(env, "all")
    if is_loopback(host) or not named:
        return Way(None)
    target = _Target(host, _address(host), parts.port or _PORTS.get(parts.scheme, 0))
    exceptions = _named(env, "no")
    entries = re.findall(r"[^\s,]+", exceptions.url) if exceptions else []
    unread = []
    for place, entry in enumerate(entries):
        is_meant = _is_meant(entry.lower(), target)
        if is_meant:
            return Way(None)
        if is_meant is None:
            unread.append(_without_password(entry, entries[place + 1 :]))
    address = named.url if "://" in named.url else f"http://{named.url}"
    return Way(Proxy(named.variable, address), tuple(unread))


def _named(env: Mapping[str, str], kind: str) -> Proxy | None:
    lower, upper = f"{kind}_proxy", f"{kind}_proxy".upper()
    # A web server hands the header `Proxy` of whoever asks it to its programs as HTTP_PROXY.
    is_strangers = kind == "http" and "REQUEST_METHOD" in env
    variable = lower if lower in env or is_strangers else upper
    value = env.get(variable, "").strip()
    return Proxy(variable, value) if value else None


def _without_password(entry: str, following: list[str]) -> str:
    """Return an entry as it may be shown: whoever took this for a proxy may have put one in."""
    _, at, rest = entry.rpartition("@")
    # A password may hold a comma or a blank, and then goes on in what follows.
    if any("@" in it for it in following):
        return "***"
    return f"***@{rest}" if at else entry


def _ascii(name: str) -> str:
    """Return a name as addresses have it: in Punycode."""
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _is_meant(entry: str, target: _Target) -> bool | None:
    """Say whether an entry of `NO_PROXY` means a host, None when it cannot be read."""
    written = re.sub("^[a-z]+://", "", entry).rstrip("/")
    if "/" in written:
        try:
            network = ip_network(re.sub(r"[\[\]]", "", written), strict=False)
        except ValueError:
            return None
        address = target.address
        is_mapped = isinstance(network, IPv6Network) and network.subnet_of(_MAPPED)
        if is_mapped and isinstance(address, IPv4Address):
            address = IPv6Address(f"::ffff:{address}")
        return address is not None and address in network
    if address := _address(written):
        return address == target.address
    found = _ENTRY.fullmatch(written)
    port = int(found["port"] or target.port) if found else 0
    if not found or not 0 < port <= _MOST_PORTS:
        return None
    is_host_meant = _is_name(found["name"] or f"[{found['address']}]", target)
    return is_host_meant and port == target.port


def _is_name(name: str, target: _Target) -> bool | None:
    """Say whether a name or an address in brackets means a host, None when it is neither."""
    if address := _address(name.strip("[]")):
        return address == target.address
    if name == "*":
        return True
    # As curl has it, `.corp.test` is `corp.test` and everything below it.
    suffix = _ascii(name.removeprefix("*.").strip("."))
    # Digits at the end make a part of an address, which would never be any host's name.
    if not is_host(suffix) or suffix.rpartition(".")[2].isdecimal() or ":" in suffix:
        return None
    is_below = target.host.lower().endswith(f".{suffix}")
    return is_below or (target.host.lower() == suffix and not name.startswith("*."))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # `::ffff:10.0.0.1` is 10.0.0.1 to whoever is asked.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
