"""Decides whose certificates are trusted: the system's authorities, and those the user names.

This module must not know a service.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from harmonica_session.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where systems keep all authorities in one file, and each in a file of its own, beside the places
# that this Python's OpenSSL was built for. Source: Go's crypto/x509, root_linux.go.
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_FOLDERS = ("/etc/ssl/certs", "/etc/pki/tls/certs")
# Source: openssl-rehash(1).
_NAME_OF_ONE = re.compile(r"[0-9a-fA-F]{8}\.[0-9]+")


@dataclass
class Trust:
    """Whose certificates are trusted.

    Attributes:
        context: What holds to it.
        sources: Where the authorities come from.
        folder: Where the system has each of its authorities in a file of its own, else empty.
        unread: A file of the system's authorities that most likely holds none but those of its
            folder, which are looked for one by one.
    """

    context: ssl.SSLContext
    sources: list[str]
    folder: str = ""
    unread: str = ""

    def widen(self) -> bool:
        """Read what was left unread for the time that takes; say whether there was anything."""
        file, self.unread = self.unread, ""
        if file:
            with suppress(OSError):
                self.context.load_verify_locations(cafile=file)
                self.sources.append(file)
        return bool(file)


@lru_cache(maxsize=1)
def trust(file: str, folders: str) -> Trust:
    """Return what is trusted here, read once for both services.

    Args:
        file: `SSL_CERT_FILE`.
        folders: `SSL_CERT_DIR`.

    Raises:
        InputError: What one of them names cannot be read.
    """
    paths = ssl.get_default_verify_paths()
    found = _of_the_system() or of_files(
        [paths.openssl_cafile, *_FILES], [paths.openssl_capath, *_FOLDERS]
    )
    return with_named(found, file, folders)


def with_named(found: Trust, file: str, folders: str) -> Trust:
    """Return what is trusted together with what the variables name.

    Raises:
        InputError: What one of them names cannot be read.
    """
    if file:
        _add_file(found, file)
    if folders:
        _add_folders(found, folders)
    if not found.sources:
        import certifi

        # A slim container has no authorities of its own.
        found.context.load_verify_locations(cafile=certifi.where())
        found.sources.append("certifi")
    return found


def _of_the_system() -> Trust | None:
    """Return a trust that asks the system, None where the system keeps files or cannot be asked."""
    is_asked = sys.platform in ("darwin", "win32")
    try:
        return of_truststore() if is_asked else None
    except (ImportError, OSError):
        return None


def of_truststore() -> Trust:
    """Return a trust that leaves every certificate to the system's own judgement."""
    import truststore

    return Trust(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ["the system"])


def of_files(files: Iterable[str], folders: Iterable[str]) -> Trust:
    """Return a trust in the authorities of the first file and the first folder that are there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # As for curl, an authority in the store needs nobody above it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    bundle = next((file for file in files if Path(file).is_file()), "")
    found = Trust(context, [], unread=bundle)
    found.folder = next((folder for folder in folders if _rehashed(Path(folder))), "")
    if found.folder:
        context.load_verify_locations(capath=found.folder)
        found.sources.append(found.folder)
    else:
        found.widen()
    return found


def _add_file(found: Trust, file: str) -> None:
    try:
        # What the system has in its folder need not be read from its file as well.
        if not (found.unread and Path(file).samefile(found.unread)):
            found.context.load_verify_locations(cafile=file)
    except OSError as error:
        is_other = isinstance(error, ssl.SSLError) or not error.strerror
        why = "it contains no certificate" if is_other else error.strerror
        raise InputError(
            f"SSL_CERT_FILE points to certificates that cannot be read ({why}); set it to a "
            "file in PEM format, or unset it to use the system's certificates"
        ) from None
    found.sources.append("SSL_CERT_FILE")


def _add_folders(found: Trust, folders: str) -> None:
    are_read = [_is_read(found, Path(folder)) for folder in folders.split(os.pathsep) if folder]
    if not any(are_read):
        raise InputError(
            "SSL_CERT_DIR does not point to a folder with readable certificates; set it to "
            "a folder with files in PEM format, or unset it to use the system's "
            "certificates"
        )
    found.sources.append("SSL_CERT_DIR")


def _is_read(found: Trust, folder: Path) -> bool:
    """Read every certificate of a folder; a system that is asked would not look for them."""
    if not folder.is_dir():
        return False
    if found.folder and folder.samefile(found.folder):
        return True
    read = 0
    for file in _rehashed(folder) or _files_in(folder):
        with suppress(OSError):
            found.context.load_verify_locations(cafile=file)
            read += 1
    return read > 0


def _rehashed(folder: Path) -> list[Path]:
    """Return the files of a folder that OpenSSL finds there."""
    return [file for file in _files_in(folder) if _NAME_OF_ONE.fullmatch(file.name)]


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
