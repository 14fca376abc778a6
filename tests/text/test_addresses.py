"""Which addresses the key may be sent to, and which links may be shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.text.addresses import (
    checked_api_url,
    checked_join_url,
    is_loopback,
    join_url_like,
    join_url_of,
    session_id_in,
)

_UNSAFE = [
    "http://harmonica.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://[::2]",
    "ftp://harmonica.example.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//harmonica.example.com",
    "harmonica.example.com",
    "https://",
    "https:///chat",
    "https://:443",
    "https://user@harmonica.example.com",
    "https://user:word@harmonica.example.com",
    "https://@harmonica.example.com",
    "https://localhost:x",
    "https://h:99999",
    "https://[::1",
    "https://h\\@evil.example.com",
    "https://h/ x",
    "https://h/\n",
    "https://h/\u202e",
    "https://harmon\u0131ca.example.com",
    "https://a*b.example.com",
    "https://a'b.example.com",
    "https://a,b.example.com",
    "https://a..b",
    "https://a..example.com",
    "https://.example.com",
    f"https://{'a' * 64}.example.com",
    f"https://{'a.' * 150}com",
    'https://h/">',
    "https://h/)`|",
    f"https://h/{'x' * 2000}",
]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_this_machine(host: str) -> None:
    """The documented names and addresses of the machine itself count."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", [None, "", "localhost.", "127.1", "0x7f.1", "::", "a.localhost"])
def test_anything_else_is_not_loopback(host: str | None) -> None:
    """What some resolvers would take for this machine does not count."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://app.harmonica.chat", "https://app.harmonica.chat"),
        ("https://app.harmonica.chat/", "https://app.harmonica.chat"),
        ("https://app.harmonica.chat/api/v1", "https://app.harmonica.chat"),
        ("https://app.harmonica.chat/api/v1//", "https://app.harmonica.chat"),
        ("https://h.example.com:8443/below/api/v1", "https://h.example.com:8443/below"),
        ("https://h.example.com/api/v1/more", "https://h.example.com/api/v1/more"),
        ("http://localhost:8000/api/v1", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_api_address_is_taken_with_and_without_its_route(url: str, base: str) -> None:
    """People paste the base, or the base with `/api/v1`; plain HTTP only for this machine."""
    assert checked_api_url(url) == base


@pytest.mark.parametrize("url", [*_UNSAFE, "", "https://h?a=b", "https://h#a", "https://h/?"])
def test_an_address_that_the_key_may_not_go_to_is_refused(url: str) -> None:
    """The key travels encrypted, to a host that is really the one shown."""
    with pytest.raises(ValueError, match=r"^(is|has|contains) "):
        checked_api_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.harmonica.chat/chat?s=5e55",
        "https://h.example.com:8443/a/b?c=d&e=%20#f",
        "http://localhost:8000/chat?s=1",
        "http://[::1]/chat?s=1",
    ],
)
def test_a_join_link_is_returned_as_it_is(url: str) -> None:
    """A usable link is never rewritten."""
    assert checked_join_url(url) == url


@pytest.mark.parametrize("url", [None, "", *_UNSAFE])
def test_a_link_that_nobody_should_click_on_is_refused(url: str | None) -> None:
    """A link is https, holds no credentials, and nothing that could end the Markdown around it."""
    with pytest.raises(ValueError, match=r"^(is|contains) "):
        checked_join_url(url)


def test_a_join_link_is_rebuilt_as_documented() -> None:
    """Only a create answers the link; afterwards it is made of base and id."""
    url = join_url_of("https://h.example.com", "5e55")
    assert url == checked_join_url("https://h.example.com/chat?s=5e55")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100))
def test_an_id_cannot_change_the_link(session_id: str) -> None:
    """An id is opaque text, and none of it is read as a part of the address."""
    url = join_url_of("https://h.example.com", session_id)
    assert re.fullmatch(r"https://h\.example\.com/chat\?s=[A-Za-z0-9%._~-]+", checked_join_url(url))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    host=st.from_regex(r"[a-z][a-z0-9]{0,7}(\.[a-z]{2,5})?(:[1-9][0-9]{0,3})?", fullmatch=True),
    path=st.from_regex(r"(/[a-z0-9._~-]{1,6}){0,3}", fullmatch=True),
    route=st.sampled_from(["", "/api/v1"]),
    slashes=st.integers(0, 3),
)
def test_all_spellings_of_an_address_have_one_base(
    host: str, path: str, route: str, slashes: int
) -> None:
    """However the address is spelt, the base is the same, and taking it again changes nothing."""
    if path.endswith("/api/v1"):
        return
    base = checked_api_url(f"https://{host}{path}{route}{'/' * slashes}")
    assert base == f"https://{host}{path}"
    assert checked_api_url(base) == base


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=50) | st.text(max_size=50).map("https://".__add__))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    """Nothing leads to another exception, and what is taken is harmless in Markdown and HTML."""
    for check in (checked_api_url, checked_join_url):
        try:
            taken = check(text)
        except ValueError:
            continue
        assert not re.search(r"[\s<>\"`|()\\]", taken)


@pytest.mark.parametrize("url", ["https://256.1.1.1", "https://1.2.3", "https://[v1.x]"])
def test_an_ip_address_that_there_is_not_is_refused(url: str) -> None:
    """A host of digits that is no address is a slip, not a name."""
    with pytest.raises(ValueError, match=r"IP address|valid web address|begins with"):
        checked_api_url(url)


def test_an_address_ends_without_a_slash() -> None:
    """Slashes before the route go with those behind it."""
    assert checked_api_url("https://h//api/v1/") == "https://h"


UUID = "5e550000-0000-4000-8000-0000000000ab"


@pytest.mark.parametrize(
    "text",
    [
        UUID,
        f"{UUID}/",
        f"https://h.example.com/chat?s={UUID}",
        f"h.example.com/chat?s={UUID}",
        f"localhost:3000/chat?s={UUID}",
        f"https://h.example.com/chat?x=1&s={UUID}&y=2",
        f"https://h.example.com/chat?s={UUID}#end",
        f"https://h.example.com/chat?s={UUID}/#end",
        f"https://h.example.com/chat/?s={UUID}",
        f"https://h.example.com/chat?s={UUID}/",
        f"HTTPS://H.EXAMPLE.COM/CHAT?S={UUID.upper()}",
        UUID.upper(),
        f" \thttps://h.example.com/chat?s={UUID}\n",
        f"http://localhost/chat?s={UUID}",
        f"http://127.0.0.1:8000/chat?s={UUID}",
        f"https://h.example.com/chat?s={UUID}&s={UUID}",
    ],
)
def test_an_id_or_a_join_link_names_a_session(text: str) -> None:
    """However it is written, the same session is meant."""
    assert session_id_in(text) == UUID


def test_an_id_is_opaque() -> None:
    """What is no UUID is taken as it stands, its case included."""
    assert session_id_in("6A1b_x.y") == session_id_in("https://h/chat?s=6A1b_x.y") == "6A1b_x.y"


@pytest.mark.parametrize(
    "text",
    [
        *("https://example.org/", "https://[/?s=1", "/chat?s=1", "https:///chat?s=1", "a/b"),
        *("https://h/chat?s=", "https://h/chat?s=1&s=2", "https://h/chat#s=1", "ftp://h/chat?s=1"),
        *("", " ", "two words", "https://h/chat?s=two%20words", "x" * 201, "a?b", "a#b"),
        *(".", "..", "https://h/chat?s=..", "https://h/chat?s=..%2Fme"),
    ],
)
def test_what_names_no_session_is_refused(text: str) -> None:
    """An address without one session is no join link, and no id can lead out of its route."""
    with pytest.raises(ValueError, match="neither a session ID nor a join link"):
        session_id_in(text)


def test_a_join_link_is_encrypted() -> None:
    """Except for this very machine, `http://` is refused, and the message says what to write."""
    with pytest.raises(ValueError, match="is not encrypted; write the join link with https://"):
        session_id_in("http://app.harmonica.chat/chat?s=1")


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(max_size=40) | st.text(max_size=40).map("https://h/chat?s=".__add__))
def test_any_text_names_a_session_or_is_a_value_error(text: str) -> None:
    """Nothing leads to another exception, and what is taken is one part of a path, as it is."""
    try:
        taken = session_id_in(text)
    except ValueError:
        return
    assert session_id_in(taken) == taken
    assert not re.search(r"[\s/?#]", taken)


def test_a_link_has_the_form_of_another_one() -> None:
    """The id is exchanged, and quoted as it was there."""
    known = "https://talk.example.org/x/chat?s=a%2Fb&lang=en"
    assert join_url_like(known, "a/b", "c d") == "https://talk.example.org/x/chat?s=c%20d&lang=en"
    assert join_url_like(known, "another", "c") == ""
