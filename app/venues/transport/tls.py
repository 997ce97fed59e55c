"""TLS for requests and sockets alike: one store of trust, verification always on, and true words for what fails.

Trusted is whom this machine trusts, and whom the file of `SSL_CERT_FILE` and the folder of `SSL_CERT_DIR` name besides.
"""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx

from app.domain.form import InputError
from app.domain.plain import one_line

#: Environment variables that name more authorities to trust: a file of them, a folder of them.
CA_FILE, CA_FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"

#: Older versions are broken (RFC 8996).
_OLDEST = ssl.TLSVersion.TLSv1_2

_UNKNOWN = f"its certificate is signed by an authority this machine does not know; {CA_FILE} may name it"

#: What is wrong with a certificate, by OpenSSL's number (x509_vfy.h).
_CERTIFICATES = {
    2: _UNKNOWN,
    9: "its certificate is not valid yet; look at this machine's clock",
    10: "its certificate has expired",
    18: f"its certificate is signed by itself and not by an authority; if it is yours, {CA_FILE} may name it",
    19: _UNKNOWN,
    20: _UNKNOWN,
    21: _UNKNOWN,
    23: "its certificate was revoked",
    26: "its certificate is not one of a server",
    62: "its certificate is for another host",
    64: "its certificate is for another host",
    66: "the key of its certificate is too weak",
    67: "the key of its certificate's authority is too weak",
    68: "the signature of its certificate is too weak",
}

_NO_CERTIFICATE = (
    "it lets in only who shows a certificate, and Redline has none to show; ask who runs it for an address without"
)
_NO_CIPHER = "it has no way of encryption in common with this machine, or wants a certificate that Redline has not"
_CUT = "the connection was cut during the TLS handshake"
_NO_TLS = "what answers there does not speak TLS but, it seems, plain HTTP"

#: What else goes wrong in a handshake, by a part of OpenSSL's reason.
_REASONS = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "PACKET_LENGTH_TOO_LONG": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "UNSUPPORTED_PROTOCOL": "it speaks no TLS of version 1.2 or newer",
    "PROTOCOL_VERSION": "it speaks no TLS of version 1.2 or newer",
    "HANDSHAKE_FAILURE": _NO_CIPHER,
    "BAD_CERTIFICATE": _NO_CERTIFICATE,
    "NO_SHARED_CIPHER": "it has no way of encryption in common with this machine",
    "DH_KEY_TOO_SMALL": "its encryption is too weak",
    "UNRECOGNIZED_NAME": "it has no certificate for this host name",
    "CERTIFICATE_REQUIRED": _NO_CERTIFICATE,
    "UNEXPECTED_EOF": _CUT,
}


def context() -> ssl.SSLContext:
    """The one context of every connection of this process, made anew when the environment names other authorities.

    Raises:
        InputError: if the environment names authorities that cannot be read; the sentence names the variable.
    """
    return _context(os.environ.get(CA_FILE, ""), os.environ.get(CA_FOLDER, ""))


def obstacles() -> list[str]:
    """A sentence on authorities that the environment names and that cannot be read: no venue could be reached."""
    try:
        context()
    except InputError as error:
        return [str(error)]
    return []


@functools.lru_cache(maxsize=4)
def _context(ca_file: str, ca_folder: str) -> ssl.SSLContext:
    """Loading the store takes tens of milliseconds: once for all accounts."""
    made = _trusting_the_system()
    made.minimum_version = _OLDEST
    # Set here because a library sets it on whatever context it is given.
    made.set_alpn_protocols(["http/1.1"])
    if ca_file:
        _load(made, CA_FILE, ca_file, is_folder=False)
    if ca_folder:
        _load(made, CA_FOLDER, ca_folder, is_folder=True)
    return made


def _trusting_the_system() -> ssl.SSLContext:
    """Load the store of this machine; only one that has none gets the list of authorities that a library brings."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    # By name, because the loader of defaults takes the environment's authorities instead of the machine's.
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    if file.is_file():
        made.load_verify_locations(cafile=file)
    elif not (folder.is_dir() and any(folder.iterdir())):
        made.load_default_certs()
        if not made.cert_store_stats()["x509_ca"]:
            return httpx.create_ssl_context(trust_env=False)
    if folder.is_dir():
        made.load_verify_locations(capath=folder)
    return made


def _load(store: ssl.SSLContext, variable: str, path: str, *, is_folder: bool) -> None:
    try:
        if is_folder:
            next(Path(path).iterdir(), None)
            store.load_verify_locations(capath=path)
        else:
            store.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        kind = "a folder" if is_folder else "a file"
        text = (
            f"The environment's {variable} is not {kind} of certificates that can be read ({one_line(path, 120)}); "
            "correct or remove it."
        )
        raise InputError(variable, text) from error


def why(error: BaseException) -> str:
    """Return what went wrong with TLS as a clause, "" where nothing of TLS is in the error or in what caused it."""
    chain = list(causes(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            told = each.verify_message or "OpenSSL does not say why"
            return _CERTIFICATES.get(each.verify_code, f"its certificate is not accepted ({told})")
    for each in chain:
        if isinstance(each, ssl.SSLError):
            # Only the library's own name of the fault: a peer has no say in it.
            reason = each.reason or ("UNEXPECTED_EOF" if isinstance(each, ssl.SSLEOFError) else "")
            words = next((text for part, text in _REASONS.items() if part in reason), "")
            return words or f"the TLS handshake failed ({reason.replace('_', ' ').lower() or type(each).__name__})"
    return ""


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what lies behind it."""
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        current = current.__cause__ or current.__context__
