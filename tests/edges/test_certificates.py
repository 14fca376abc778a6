"""Whose certificates are trusted, and what is said of one that is not."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import trustme

from edges.conftest import for_some_time
from harmonica_session.edges.network.certificates import of_files, trust, with_named
from harmonica_session.edges.network.clock import Clock, Deadline
from harmonica_session.edges.network.exchange import Request
from harmonica_session.edges.network.handshake import failure_of
from harmonica_session.edges.network.transport import Transport
from harmonica_session.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edges.conftest import Apart, Encrypted, Serve, SpeakTLS

    Case = tuple[Callable[[trustme.CA], trustme.LeafCert], str, str]

FAR = "https://harmonica.example"
NOW = datetime.now(timezone.utc)
YEAR = timedelta(days=365)
UNKNOWN = "its certificate comes from an authority that is not trusted here"


def _is_trusted(context: ssl.SSLContext, url: str) -> bool:
    """Say whether a connection comes about."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port)) as plain:
        try:
            context.wrap_socket(plain, server_hostname=where.hostname).close()
        except ssl.SSLCertVerificationError:
            return False
    return True


def _rehashed(authority: Path, folder: Path) -> Path:
    """Put a certificate where OpenSSL finds it, under the hash of its name."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no `openssl` to hash a name with")
    command = [program, "x509", "-hash", "-noout", "-in", str(authority)]
    hashed = subprocess.check_output(command, text=True).strip()  # noqa: S603 - the test's own words
    folder.mkdir()
    shutil.copy(authority, folder / f"{hashed}.0")
    return folder


# What is said of a certificate that is refused


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says there that it knows no issuer")
@pytest.mark.parametrize(
    "case",
    [
        (
            lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW - 2 * YEAR, not_after=NOW - YEAR),
            "its certificate has expired",
            f"have it renewed, or set this machine's clock, which says {NOW.year}-",
        ),
        (
            lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW + YEAR, not_after=NOW + 2 * YEAR),
            "its certificate is not valid yet",
            f"set this machine's clock, which says {NOW.year}-",
        ),
        (
            lambda ca: for_some_time(ca, "harmonica.example"),
            "its certificate is for another host",
            "correct the address",
        ),
        (
            lambda ca: for_some_time(ca, "127.0.0.2"),
            "its certificate is for another host",
            "correct the address",
        ),
        (
            lambda _: for_some_time(trustme.CA(), "127.0.0.1"),
            UNKNOWN,
            "point SSL_CERT_FILE at your company's certificate",
        ),
    ],
    ids=["expired", "not yet valid", "another host", "another address", "unknown authority"],
)
def test_a_refused_certificate_says_why(
    apart: Apart, speak_tls: SpeakTLS, tmp_path: Path, case: Case
) -> None:
    """Each of the four reasons has a line of its own, with what to do, and none is cut off."""
    certify, why, what_to_do = case
    if sys.platform == "darwin" and ("expired" in why or "yet" in why):
        why, what_to_do = "its certificate has expired or is not valid yet", "have it renewed, or"
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    url = speak_tls(certify(authority))
    told = apart(SSL_CERT_FILE=str(file))(url)
    assert told["error"] == "NotSent"
    assert told["said"].startswith(
        f"Harmonica at {url} could not be reached to look ({why}): {what_to_do}"
    )
    assert "\n" not in told["said"]


def test_a_service_that_does_not_encrypt_is_said_to(apart: Apart, serve: Serve) -> None:
    """Any other failure of the encryption has its reason in words."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    told = apart()(serve(talk).replace("http:", "https:"))
    assert told["error"] == "NotSent"
    assert "(no encrypted connection could be made: " in told["said"]
    assert "_" not in told["said"].partition("HTTPS_PROXY")[0]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        *((-67818, "expired or is not valid yet"), (0x800B0101, "expired or is not valid yet")),
        *((-67602, "for another host"), (0x800B010F, "for another host")),
        *((-67843, "not trusted here"), (0x800B0109, "not trusted here")),
        (26, "refused: unsuitable certificate purpose, as the authority has it"),
    ],
)
def test_the_codes_of_other_systems_are_known(code: int, said: str) -> None:
    """Others than OpenSSL have numbers of their own; one without a line keeps its reason."""
    error = ssl.SSLCertVerificationError("a text in any language")
    error.verify_code = code
    error.verify_message = "unsuitable certificate purpose,\n as the authority has it"
    failure = failure_of(error)
    assert failure
    assert said in failure.why


def test_an_error_of_something_else_is_none_of_encryption() -> None:
    """A name that cannot be resolved has nothing to do with certificates."""
    assert failure_of(OSError("no such host")) is None


def test_the_certificate_of_a_proxy_is_its_own(apart: Apart, encrypted: Encrypted) -> None:
    """Who is not trusted is named, and an authority that is known counts for a proxy too."""
    told = apart(HTTPS_PROXY=encrypted.url)(FAR)
    assert told["said"].startswith(
        "the proxy in HTTPS_PROXY, which is used for Harmonica, could not "
        f"be reached to look ({UNKNOWN})"
    )
    told = apart(HTTPS_PROXY=encrypted.url, SSL_CERT_FILE=str(encrypted.authority))(FAR)
    assert "501 Unsupported method" in told["said"]


# Who is trusted


def test_own_certificates_are_honoured(apart: Apart, encrypted: Encrypted) -> None:
    """An authority that `SSL_CERT_FILE` names is trusted."""
    ask = apart(SSL_CERT_FILE=str(encrypted.authority))
    assert ask(encrypted.url)["json"] == {"path": "/chat"}


def test_a_folder_of_certificates_is_honoured(
    apart: Apart, encrypted: Encrypted, tmp_path: Path
) -> None:
    """One of the folders of `SSL_CERT_DIR` will do, whatever its files are called."""
    folder = encrypted.authority.parent / "authorities"
    folder.mkdir()
    encrypted.authority.rename(folder / "company.pem")
    (folder / "README").write_text("no certificate")
    ask = apart(SSL_CERT_DIR=os.pathsep.join((str(tmp_path / "missing"), str(folder))))
    assert ask(encrypted.url)["status"] == 200


def test_certificates_are_read_once(apart: Apart, encrypted: Encrypted) -> None:
    """Both services trust the same authorities, so the second one need not read them again."""
    ask = apart(SSL_CERT_FILE=str(encrypted.authority))
    ask(encrypted.url)
    encrypted.authority.unlink()
    assert ask(encrypted.url)["status"] == 200


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("there", ["nothing", "no certificate", "an empty file", "an empty folder"])
def test_unusable_certificates_are_one_clear_line(
    apart: Apart, tmp_path: Path, name: str, there: str
) -> None:
    """What is not there, or holds no certificate, is named by its variable."""
    path = tmp_path / "authorities"
    if there == "an empty folder":
        path.mkdir()
    elif there != "nothing":
        path.write_text("" if there == "an empty file" else "no certificate")
    told = apart(**{name: str(path)})(FAR)
    assert told["error"] == "InputError"
    assert told["said"].startswith(f"{name} ")
    assert "or unset it to use the system's certificates" in told["said"]


def test_what_a_variable_names_is_trusted_beside_the_system(
    encrypted: Encrypted, speak_tls: SpeakTLS, tmp_path: Path
) -> None:
    """A company's authority does not put the others out of office."""
    other = trustme.CA()
    bundle = tmp_path / "bundle.pem"
    other.cert_pem.write_to_path(str(bundle))
    found = with_named(of_files([str(bundle)], []), str(encrypted.authority), "")
    assert found.sources == [str(bundle), "SSL_CERT_FILE"]
    assert _is_trusted(found.context, encrypted.url)
    assert _is_trusted(found.context, speak_tls(for_some_time(other, "127.0.0.1")))


def test_the_systems_file_is_read_only_when_its_folder_is_not_enough(
    encrypted: Encrypted, speak_tls: SpeakTLS, tmp_path: Path
) -> None:
    """A folder is looked into for what is needed; the file may hold what was only added there."""
    other = trustme.CA(organization_name="Other")
    file = tmp_path / "other.pem"
    other.cert_pem.write_to_path(str(file))
    folder = _rehashed(file, tmp_path / "authorities")
    found = of_files([str(tmp_path / "no"), str(encrypted.authority)], ["/no", str(folder)])
    # What names the file that is known already does not make it be read.
    found = with_named(found, str(encrypted.authority), str(folder))
    assert _is_trusted(found.context, speak_tls(for_some_time(other, "127.0.0.1")))
    assert not _is_trusted(found.context, encrypted.url)
    assert [found.widen(), found.widen()] == [True, False]
    assert _is_trusted(found.context, encrypted.url)


def test_a_request_is_sent_once_more_when_there_are_more_authorities(encrypted: Encrypted) -> None:
    """Whoever is refused for an unknown authority is asked again with all that the system has."""
    trust.cache_clear()
    with closing(Transport("Harmonica", encrypted.url, {}, Deadline(60, Clock()))) as transport:
        assert transport.trust
        transport.trust.unread = str(encrypted.authority)
        assert transport.send(Request("look", "GET", "/chat")).status == 200
    trust.cache_clear()


def test_a_slim_container_has_the_authorities_of_a_library() -> None:
    """Where the system has none and nobody names one, public services are trusted all the same."""
    found = with_named(of_files(["/no/file"], ["/no/folder"]), "", "")
    assert found.sources == ["certifi"]
    assert len(found.context.get_ca_certs()) > 50


def test_a_library_has_no_say_where_authorities_are_named(encrypted: Encrypted) -> None:
    """Reading both would take time, and trust more than was asked for."""
    found = with_named(of_files([], []), str(encrypted.authority), "")
    assert (found.sources, len(found.context.get_ca_certs())) == (["SSL_CERT_FILE"], 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows wants the authorities above, too")
def test_an_authority_below_another_is_one_by_itself(
    apart: Apart, speak_tls: SpeakTLS, tmp_path: Path
) -> None:
    """As for curl, who names one authority need not name those above it."""
    below = trustme.CA().create_child_ca()
    file = tmp_path / "below.pem"
    below.cert_pem.write_to_path(str(file))
    url = speak_tls(for_some_time(below, "127.0.0.1"))
    assert apart(SSL_CERT_FILE=str(file))(url)["status"] == 200


def test_the_file_says_why_it_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there is another thing than one without a certificate."""
    with pytest.raises(InputError, match="No such file"):
        with_named(of_files([], []), str(tmp_path / "missing"), "")
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="it contains no certificate"):
        with_named(of_files([], []), str(tmp_path / "empty"), "")
