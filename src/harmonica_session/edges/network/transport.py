"""Sends one HTTP request and returns its answer, or says in one line why there is none.

This module must not know a route, nor what an answer means.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import zlib
from contextlib import closing, suppress
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, getproxies_environment

import httpx

from harmonica_session import __version__
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.edges.network.handshake import failure_of
from harmonica_session.edges.network.proxies import way_to
from harmonica_session.errors import (
    AnswerUnusable,
    FateUnknown,
    InputError,
    NotSent,
    clip,
)
from harmonica_session.text.addresses import is_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.edges.network.certificates import Trust
    from harmonica_session.edges.network.clock import Deadline

CONNECT_SECONDS = 10.0
MAX_ANSWER_BYTES = 20_000_000
# A resolver's reason, for one, is longer than what is quoted elsewhere.
_LONGEST_REASON = 200


# What httpx raises before the service can have seen anything of a request.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
# What no time mends: an address or a header that cannot be sent.
_FINAL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
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
        self._is_proxys_fault = False
        if not _can_be_asked_for(base):
            raise InputError(
                f"{service} cannot be reached: {base} does not contain a valid host name; "
                "correct the address"
            )
        # Reading certificates takes time that a plain connection need not spend.
        self.trust = None if base.startswith("http:") else _trust()
        self._proxy = way_to(base, _environment()).proxy
        self._client = _client(base, headers, self.trust, self._usable_proxy())

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
            failure = failure_of(error)
            if failure and failure.is_unknown_issuer and self.trust and self.trust.widen():
                return self.send(request)
            is_final = isinstance(error, _FINAL) or (failure is not None and failure.is_refusal)
            raise NotSent(self._unreached(request, error), is_final=is_final) from None
        except _AFTER_SENDING as error:
            # The request is out, so time alone does not say that nothing happened.
            is_late, failure = self.deadline.left <= 0, failure_of(error)
            why = "the answer came too slowly" if is_late else failure.why if failure else ""
            raise FateUnknown(
                f"{self.service} gave no answer when asked to {request.doing} ({request}: "
                f"{why or f'{type(error).__name__} {clip(str(error))}'})"
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
            raise NotSent(self._unreached(request, error), is_final=True) from None

    def _body(self, request: Request, response: httpx.Response) -> bytes:
        """Return an answer's body, decoded no further than it may be large.

        It is decoded here: httpx decodes as often, and as far, as an answer wants it to.
        """
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise AnswerUnusable(
                f"{self.service} gave an answer in the encoding `{clip(encoding)}`, which was "
                f"not requested, when asked to {request.doing} ({request})"
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
                    f"{self.service} gave an answer of more than {most // 1_000_000} MB when asked "
                    f"to {request.doing} ({request})"
                )
        if gzip and received and not gzip.eof:
            raise zlib.error("the data ends too early")
        return bytes(content)

    def _remember(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
        # Through a proxy, the service's own handshake is `proxy.start_tls`.
        if self._proxy and event == "connection.start_tls.failed":
            self._is_proxys_fault = True

    def _cut(self) -> None:
        # The deadline is one for all requests, so it ends every connection.
        for opened in self._sockets:
            with suppress(OSError):
                socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def _unreached(self, request: Request, error: Exception) -> str:
        variable = self._proxy.variable if self._proxy else "HTTPS_PROXY"
        who = f"{self.service} at {self.base}"
        said = clip(str(error), longest=_LONGEST_REASON) or type(error).__name__
        advice = f"check the address, the network and {variable}"
        if failure := failure_of(error):
            said, advice = failure.why, failure.advice or advice
            if self._is_proxys_fault:
                who = f"the proxy in {variable}, which is used for {self.service},"
        if isinstance(error, httpx.LocalProtocolError):
            # It quotes the header that cannot be sent, and that may be the credentials.
            said, advice = "a header cannot be sent", "copy the key or token again"
        return f"{who} could not be reached to {request.doing} ({said}): {advice}"

    def _usable_proxy(self) -> httpx.Proxy | None:
        """Return the proxy that stands between, checked.

        Raises:
            InputError: It cannot be used.
        """
        if self._proxy is None:
            return None
        try:
            proxy = httpx.Proxy(self._proxy.url)
            if proxy.url.scheme in ("http", "https") and _can_be_asked_for(self._proxy.url):
                if proxy.url.scheme == "https" and self.trust:
                    proxy.ssl_context = self.trust.context
                return proxy
        except (ValueError, httpx.InvalidURL):
            pass
        # It is not quoted: the address of a proxy may hold a password.
        raise InputError(
            f"{self.service} cannot be reached: {self._proxy.variable} does not contain a "
            "usable proxy address; write http://host:port (SOCKS is not supported), and "
            "percent-encode special characters in a password"
        )


def _trust() -> Trust:
    from harmonica_session.edges.network.certificates import trust

    return trust(os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", ""))


def _environment() -> Mapping[str, str]:
    """Return what names the proxies; where no variable does, macOS and Windows have settings."""
    if getproxies_environment():
        return os.environ
    return {f"{kind}_proxy": url for kind, url in getproxies().items()}


def _client(
    base: str, headers: Mapping[str, str], trust: Trust | None, proxy: httpx.Proxy | None
) -> httpx.Client:
    return httpx.Client(
        base_url=base,
        headers={
            "Accept-Encoding": "gzip",
            **headers,
            "User-Agent": f"harmonica-session-action/{__version__}",
        },
        cookies=_NoCookies(),
        follow_redirects=False,
        verify=trust.context if trust else _no_certificates(),
        trust_env=False,
        proxy=proxy,
    )


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


def _no_certificates() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
