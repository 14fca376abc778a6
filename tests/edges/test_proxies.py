"""Through which proxy an address is asked, by the variables of the environment."""

from __future__ import annotations

import pytest

from harmonica_session.edges.network.proxies import Way, way_to

PROXY = "http://proxy.corp.test:3128"
IN_PUNYCODE = "https://xn--bcher-kva.test"
HOST = "https://git.corp.test:8443/api/v3"


def _way(no_proxy: str, url: str = HOST) -> Way:
    return way_to(url, {"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy})


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        *(
            ("git.corp.test", HOST),
            ("corp.test", HOST),
            (".corp.test", HOST),
            ("*.corp.test", HOST),
        ),
        *(("test", HOST), ("GIT.Corp.TEST", HOST), ("git.corp.test.", HOST), ("*", HOST)),
        *(("git.corp.test:8443", HOST), ("*.corp.test:8443", HOST), ("*:8443", HOST)),
        *(("corp.test:443", "https://git.corp.test"), (".corp.test", "https://corp.test")),
        *(("corp.test", "https://git.CORP.test./"), ("https://git.corp.test/", HOST)),
        *(("10.1.2.3", "https://10.1.2.3"), ("10.1.2.3:8443", "https://10.1.2.3:8443")),
        *(("10.0.0.0/8", "https://10.1.2.3"), ("10.9.9.9/8", "https://10.1.2.3:8443")),
        *(("::ffff:10.1.2.3", "https://10.1.2.3"), ("10.1.2.3", "https://[::ffff:a01:203]")),
        *(("fd07::1", "https://[fd07::1]"), ("[fd07::1]", "https://[fd07:0::1]")),
        *(("[fd07::1]:443", "https://[fd07::1]"), ("fd07:b51a::/32", "https://[fd07:b51a::9]")),
        *(("[fd07::]/16", "https://[fd07::9]"), ("other.test, git.corp.test", HOST)),
        *(("other.test git.corp.test", HOST), (" ,,other.test,\tgit.corp.test ,", HOST)),
        ("b..d,git.corp.test", HOST),
        *(("::ffff:10.0.0.0/104", "https://10.1.2.3"), ("::ffff:a00:0/104", "https://10.1.2.3")),
        *((".B\xdcCHER.test", IN_PUNYCODE), ("b\xfccher.test:443", IN_PUNYCODE)),
    ],
)
def test_a_host_that_is_excepted_is_asked_directly(entry: str, url: str) -> None:
    """Each usual form of an exception counts, and so do those beside one that nobody can read."""
    assert _way(entry, url) == Way(None)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        *(("it.corp.test", HOST), ("orp.test", HOST), ("git.corp.test.other", HOST)),
        *(("git.corp.test:443", HOST), ("*:443", HOST), ("*.corp.test", "https://corp.test")),
        *(("10.1.2.4", "https://10.1.2.3"), ("10.0.0.0/16", "https://10.1.2.3")),
        *(("10.1.2.3:443", "https://10.1.2.3:8443"), ("0.0.0.0/0", HOST), ("::/0", HOST)),
        *(("0.0.0.0/0", "https://[fd07::1]"), ("[fd07::1]:8443", "https://[fd07::1]")),
        *(("::ffff:10.0.0.0/112", "https://10.1.2.3"), ("b\xfccher.test", HOST)),
        *(("[::1]", HOST), ("fd07:b51a:cc66:f0::/64", HOST), ("", HOST), (" , ", HOST)),
    ],
)
def test_a_host_that_is_not_excepted_is_asked_through_the_proxy(entry: str, url: str) -> None:
    """An exception means what it says and no more; what can be read is not complained about."""
    way = _way(entry, url)
    assert way.proxy
    assert (way.proxy.variable, way.proxy.url, way.unread) == ("HTTPS_PROXY", PROXY, ())


@pytest.mark.parametrize(
    "entry",
    [
        *("[::1", "[corp.test]", "fd07::/64:443", "10.0.0.0/33", "10.0.0", "10.", "192.168.*"),
        *("git*.corp.test", "*corp.test", "corp.test:https", "corp.test:99999", "corp.test:0"),
        *("a..b", '"corp.test"', "<local>", "corp.test;other.test", "::1::2", "*.", "."),
    ],
)
def test_an_exception_that_cannot_be_read_is_named(entry: str) -> None:
    """It could have meant the host, so whoever wrote it has to hear of it."""
    assert _way(f"other.test,{entry}").unread == (entry,)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://me:a-password@proxy:x", ("***@proxy:x",)),
        ("http://me:pass,word@proxy:x", ("***", "***@proxy:x")),
        ("b..d http://me:pa ss@word@proxy:x,[oh", ("***", "***", "***@proxy:x", "[oh")),
    ],
)
def test_a_password_among_the_exceptions_is_not_named(value: str, shown: tuple[str, ...]) -> None:
    """Who mistakes the list for the place of a proxy still has no password in the log."""
    assert _way(value).unread == shown


def test_nothing_is_said_of_exceptions_without_a_proxy() -> None:
    """Where no proxy is used there is nothing to be excepted from."""
    assert way_to(HOST, {"NO_PROXY": "[oh", "HTTP_PROXY": PROXY}) == Way(None)


@pytest.mark.parametrize(
    ("env", "variable"),
    [
        ({"https_proxy": "a", "HTTPS_PROXY": "b", "ALL_PROXY": "c"}, "https_proxy"),
        ({"HTTPS_PROXY": "b", "all_proxy": "c"}, "HTTPS_PROXY"),
        ({"all_proxy": "c", "ALL_PROXY": "d", "http_proxy": "e"}, "all_proxy"),
        ({"https_proxy": "", "HTTPS_PROXY": "b", "ALL_PROXY": "c"}, "ALL_PROXY"),
        ({"https_proxy": "", "HTTPS_PROXY": "b"}, None),
        ({"http_proxy": "a", "HTTP_PROXY": "b"}, None),
        ({"HTTPS_PROXY": " \t", "ALL_PROXY": "c"}, "ALL_PROXY"),
    ],
)
def test_the_variable_that_counts(env: dict[str, str], variable: str | None) -> None:
    """The scheme's own goes before the one for all, and lower case before upper, if it is empty."""
    proxy = way_to(HOST, env).proxy
    assert (proxy.variable if proxy else None) == variable


def test_lower_case_exceptions_go_before_upper() -> None:
    """An empty list in lower case is a list."""
    env = {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}
    assert way_to(HOST, env).proxy is None
    assert way_to(HOST, {**env, "no_proxy": ""}).proxy


def test_a_strangers_header_is_no_proxy() -> None:
    """In a web server's program HTTP_PROXY is what a request says; `http_proxy` is the host's."""
    env = {"REQUEST_METHOD": "GET", "HTTP_PROXY": "http://evil.test"}
    assert way_to("http://corp.test", env).proxy is None
    assert way_to("http://corp.test", {**env, "http_proxy": PROXY}).proxy == ("http_proxy", PROXY)


def test_a_proxy_needs_no_scheme() -> None:
    """Host and port are a proxy that is spoken to in plain HTTP."""
    proxy = way_to(HOST, {"ALL_PROXY": "proxy.corp.test:3128"}).proxy
    assert proxy == ("ALL_PROXY", PROXY)


def test_blanks_around_a_proxy_do_not_count() -> None:
    """What was read from a file often has a line end behind it."""
    assert way_to(HOST, {"HTTPS_PROXY": f" {PROXY}\r\n"}).proxy == ("HTTPS_PROXY", PROXY)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.9", "[::1]"])
def test_this_very_machine_is_asked_directly(host: str) -> None:
    """No exception is needed for it."""
    assert _way("", f"https://{host}:8443") == Way(None)
