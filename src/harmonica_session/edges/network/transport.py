"""Sends one HTTP request and returns its answer, or says in one line why there is none.

This module must not know a route, nor what an answer means.
"""

from __future__ import annotations

import os
import socket
import threading
import zlib
from contextlib import closing, suppress
from functools import lru_cache
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from harmonica_session import __version__
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.errors import (
    AnswerUnusable,
    FateUnknown,
    InputError,
    NotSent,
    clip,
)
from harmonica_session.text.addresses import is_host, is_loopback

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from harmonica_session.edges.network.clock import Deadline

CONNECT_SECONDS = 10.0
MAX_ANSWER_BYTES = 20_000_000


# What httpx raises before the service can have seen anything of a request.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
# What is raised for an answer that cannot be read, addresses and names in it included.
_AFTER_SENDING = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, zlib.error)
# Source: RFC 9110, 16.6: data in the format of gzip, for zlib.
_GZIP = 16 + zlib.MAX_WBITS


class Transport:
    """One service at one base address, with the credentials that only it may see."""

    def __init__(
        self, service: str, base: str, headers: Mapping[str, str], deadline: Deadline
    ) -> None:
        """Open nothing yet; the first request does.

        Args:
            service: The service's name, for messages.
            base: Base address, without a slash at its end.
            headers: Sent with each request, credentials among them.
            deadline: Bounds each request.

        Raises:
            InputError: The address, or the proxy or the certificates that the environment names,
                are unusable.
        """
        self.service = service
        self.base = base
        self.deadline = deadline
        self._sockets: list[socket.socket] = []
        self._client = _client(service, base, headers)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def send(self, request: Request) -> Response:
        """Send a request.

        Raises:
            NotSent: The service was never reached.
            FateUnknown: The request went out and no whole answer came back.
            AnswerUnusable: The answer is larger than any answer should be, or in an encoding that
                was not asked for.
            DeadlineReached: There is no time left to send it.
        """
        left = self.deadline.remaining(request.doing)
        # Where not all that is left is worth it, a second try is to fit in.
        worth = left if request.seconds is None else min(left, request.seconds / 2)
        timeout = httpx.Timeout(
            min(request.read_seconds, worth), connect=min(CONNECT_SECONDS, worth)
        )
        # A timeout of the socket starts anew with each byte that comes; this one does not.
        alarm = threading.Timer(left, self._cut)
        alarm.daemon = True
        alarm.start()
        try:
            with closing(self._client.send(self._built(request, timeout), stream=True)) as response:
                body = self._body(request, response)
        except _BEFORE_SENDING as error:
            raise NotSent(self._unreached(request, error)) from None
        except _AFTER_SENDING as error:
            # The request is out, so time alone does not say that nothing happened.
            late = "the answer came too slowly" if self.deadline.left <= 0 else ""
            raise FateUnknown(
                f"{self.service} gave no answer, could not {request.doing} ({request}: "
                f"{late or f'{type(error).__name__} {clip(str(error))}'})"
            ) from None
        finally:
            alarm.cancel()
        return Response(request, self.service, response.status_code, response.headers, body)

    def _built(self, request: Request, timeout: httpx.Timeout) -> httpx.Request:
        """Return a request as it will be sent; an address that is refused later is an answer's."""
        try:
            return self._client.build_request(
                request.method,
                request.path,
                params=request.query,
                json=request.body,
                files={"file": request.file} if request.file else None,
                headers={"Accept": request.accept} if request.accept else None,
                timeout=timeout,
                extensions={"trace": self._remember},
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise NotSent(self._unreached(request, error)) from None

    def _body(self, request: Request, response: httpx.Response) -> bytes:
        """Return an answer's body, decoded no further than it may be large.

        It is decoded here: httpx decodes as often, and as far, as an answer wants it to.
        """
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise AnswerUnusable(
                f"{self.service} gave an answer in the encoding `{clip(encoding)}`, which nobody "
                f"asked for, could not {request.doing} ({request})"
            )
        content = bytearray()
        gzip = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
        received = 0
        most = request.most_bytes or MAX_ANSWER_BYTES
        for chunk in response.iter_raw():
            received += len(chunk)
            room = most + 1 - len(content)
            if gzip is None:
                content += chunk
            elif not gzip.eof:
                content += gzip.decompress(chunk, room)
            if max(received, len(content)) > most:
                raise AnswerUnusable(
                    f"{self.service} gave an answer of more than {most // 1_000_000} "
                    f"MB, could not {request.doing} ({request})"
                )
        if gzip and received and not gzip.eof:
            raise zlib.error("the data ends too early")
        return bytes(content)

    def _remember(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))

    def _cut(self) -> None:
        # The deadline is one for all requests, so it ends every connection.
        for opened in self._sockets:
            with suppress(OSError):
                socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def _unreached(self, request: Request, error: Exception) -> str:
        said = str(error)
        advice = "check the address, the network and HTTPS_PROXY"
        if "CERTIFICATE_VERIFY_FAILED" in said:
            advice = "its certificate is not trusted; name your company's in SSL_CERT_FILE"
        if isinstance(error, httpx.LocalProtocolError):
            # It quotes the header that cannot be sent, and that may be the credentials.
            said, advice = "a header cannot be sent", "copy the key or token once more"
        return (
            f"{self.service} at {self.base} cannot be reached, could not {request.doing} "
            f"({clip(said) or type(error).__name__}): {advice}"
        )


def _client(service: str, base: str, headers: Mapping[str, str]) -> httpx.Client:
    """Return what sends requests to a service, its address and that of a proxy checked."""
    needs_proxy = not is_loopback(urlsplit(base).hostname)
    if not _can_be_asked_for(base):
        raise InputError(
            f"{service} cannot be asked: there can be no host of the name in {base}; correct "
            "the address"
        )
    # Reading the certificates takes time that a plain connection need not spend.
    named = (os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    verify = _no_certificates() if base.startswith("http:") else _certificates(*named)
    try:
        client = httpx.Client(
            base_url=base,
            headers={
                "Accept-Encoding": "gzip",
                **headers,
                "User-Agent": f"harmonica-session-action/{__version__}",
            },
            cookies=_NoCookies(),
            follow_redirects=False,
            verify=verify,
            trust_env=needs_proxy,
        )
        if needs_proxy:
            _check_proxies()
    except (ImportError, ValueError, httpx.InvalidURL):
        # The error is not quoted: the address of a proxy may hold a password.
        raise InputError(
            f"{service} cannot be asked: the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or "
            "the list in NO_PROXY, cannot be used; a proxy is of the form http://host:port"
        ) from None
    return client


class _NoCookies(CookieJar):
    """Keeps nothing: a cookie could not even be sent again if it is not ASCII."""

    def extract_cookies(self, response: Any, request: Any) -> None:  # noqa: ANN401 - as inherited
        """Leave the cookies of an answer where they are."""


def _can_be_asked_for(url: str) -> bool:
    """Say whether the host of an address can be looked for, its names in Punycode included."""
    try:
        parsed = httpx.URL(url)
        return bool(parsed.host) and is_host(parsed.raw_host.decode("ascii"))
    except (ValueError, httpx.InvalidURL):
        return False


def _check_proxies() -> None:
    """Raise `ValueError` for a proxy of the environment that cannot be looked for."""
    named = getproxies()
    for proxy in filter(None, map(named.get, ("http", "https", "all"))):
        if not _can_be_asked_for(proxy if "://" in proxy else f"http://{proxy}"):
            raise ValueError


@lru_cache(maxsize=1)
def _certificates(*_named: str | None) -> ssl.SSLContext:
    """Return what trusts the certificates of the environment, read once for both services."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise InputError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read "
            f"({clip(error.strerror or 'no certificate')}); name a file in PEM format"
        ) from None


def _no_certificates() -> ssl.SSLContext:
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
