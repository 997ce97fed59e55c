"""Signatures of the trade socket and of REST requests. Pure: nonce and time are arguments.

Source: QFEX docs, Authenticate (https://docs.qfex.com/websocket/channels/trade/authenticate) and the OpenAPI security
schemes, read 2026-11-21 (documented); the formula is the same in QFEX's own command line client.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from app.domain.account import Secret

MASK = "•••"


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key. `account_id` is a subaccount to act for, "" for the key's own account."""

    public_key: Secret
    secret: Secret
    account_id: str = ""


def signature(secret: Secret, nonce: str, unix_ts: int) -> str:
    """Return the lower-case hex HMAC-SHA256 of `nonce:unix_ts`, keyed with the secret's own text.

    Neither method nor path nor body is signed: until the nonce expires, a signature is as good as a password and is
    never shown.

    Args:
        secret: with its prefix, as QFEX gave it; it is not decoded.
        nonce: hex text of at most 100 characters, unique within 15 minutes.
        unix_ts: seconds since 1970 UTC.
    """
    return hmac.new(secret.reveal().encode(), f"{nonce}:{unix_ts}".encode(), hashlib.sha256).hexdigest()


def rest_headers(keys: Keys, nonce: str, unix_ts: int) -> tuple[tuple[str, str], ...]:
    """Make the headers of one private REST request; a fresh nonce each time."""
    headers = (
        ("x-qfex-public-key", keys.public_key.reveal()),
        ("x-qfex-hmac-signature", signature(keys.secret, nonce, unix_ts)),
        ("x-qfex-nonce", nonce),
        ("x-qfex-timestamp", str(unix_ts)),
    )
    return (*headers, ("x-qfex-requested-account-id", keys.account_id)) if keys.account_id else headers
