"""Says why no encrypted connection came about, by the codes of those who refuse.

This module must not open a connection.
"""

from __future__ import annotations

import ssl
import time
from typing import NamedTuple

# Source: OpenSSL's x509_vfy.h; what macOS and Windows say where they are asked in its place is in
# Apple's SecBase.h and Microsoft's winerror.h. Those two have one code for both ends of a period.
_EXPIRED = {10}
_NOT_YET_VALID = {9, -67819}
_OUT_OF_PERIOD = {-67818, 0x800B0101}
_OTHER_HOST = {62, 64, -67602, 0x800B010F}
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21, 27, -67843, -25318, 0x800B0109, 0x800B010A}


class Failure(NamedTuple):
    """Why a connection is not encrypted.

    Attributes:
        why: What is wrong, as the end of the sentence "because …".
        advice: What to do, empty where the code does not tell.
        is_unknown_issuer: Whether another authority to trust would have helped.
        is_refusal: Whether the certificate is refused, as it will be the next time.
    """

    why: str
    advice: str = ""
    is_unknown_issuer: bool = False
    is_refusal: bool = False


def failure_of(error: BaseException | None) -> Failure | None:
    """Return what an error of the network says of the encryption, None when it is about another."""
    found = error
    while found and not isinstance(found, ssl.SSLError):
        found = found.__cause__ or found.__context__
    if isinstance(found, ssl.SSLCertVerificationError):
        return _refused(found)._replace(is_refusal=True)
    if not isinstance(found, ssl.SSLError):
        return None
    reason = (found.reason or found.strerror or str(found)).lower().replace("_", " ")
    return Failure(f"no encrypted connection could be made: {reason}")


def _refused(error: ssl.SSLCertVerificationError) -> Failure:
    code = getattr(error, "verify_code", None)
    clock = f"this machine's clock, which says {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"
    if code in _EXPIRED:
        return Failure("its certificate has expired", f"have it renewed, or set {clock}")
    if code in _NOT_YET_VALID:
        return Failure(
            "its certificate is not valid yet", f"set {clock}, or wait until it becomes valid"
        )
    if code in _OUT_OF_PERIOD:
        return Failure(
            "its certificate has expired or is not valid yet", f"have it renewed, or set {clock}"
        )
    if code in _OTHER_HOST:
        return Failure(
            "its certificate is for another host",
            "correct the address, or get a certificate for this host",
        )
    if code in _UNKNOWN_ISSUER:
        return Failure(
            "its certificate comes from an authority that is not trusted here",
            (
                "point SSL_CERT_FILE at your company's certificate, or add that to the "
                "system's certificates"
            ),
            is_unknown_issuer=True,
        )
    said = " ".join((getattr(error, "verify_message", "") or str(error)).split())
    return Failure(f"its certificate was refused: {said}", "have it replaced")
