"""Signatures and nonces of Bitso's private requests.

The signature is HMAC-SHA256 over nonce, method, path with query, and body, with nothing between them, in lower-case
hexadecimal. Source: "Create Signed Requests" (https://docs.bitso.com/bitso-api/docs/create-signed-requests, read
2026-11-21, documented). That the path includes the query exactly as sent is client code: seven public clients agree.

The nonce is version 2: 13 digits of epoch milliseconds and six of salt. Source: "Nonce V2 Rollout"
(https://docs.bitso.com/bitso-api/docs/nonce-v2-rollout, read 2026-11-21, documented). Ours also always rises, which
satisfies the older rule (strictly increasing per key) as well.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from app.domain.account import Secret
from app.venues.transport.messages import Request

MASK = "•••"

_SALTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Keys:
    """The two parts of a Bitso API key."""

    key: Secret
    secret: Secret


def sign(secret: Secret, nonce: str, method: str, target: str, body: bytes) -> str:
    """Sign one request.

    Args:
        secret: the API key's secret.
        nonce: its digits as sent.
        method: upper case.
        target: path with query exactly as on the wire.
        body: exact bytes, empty for none.
    """
    message = f"{nonce}{method}{target}".encode() + body
    return hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()


def signed(request: Request, keys: Keys, nonce: str) -> Request:
    """Return the request with its Authorization header, signed over exactly what it holds."""
    signature = sign(keys.secret, nonce, request.method, request.target, request.body)
    return _authorized(request, keys.key.reveal(), nonce, signature)


def masked(request: Request, keys: Keys) -> Request:
    """Return the request as a person may see it: the key's first letters, no nonce, no signature."""
    return _authorized(request, f"{keys.key.reveal()[:4]}{MASK}", "‹nonce›", MASK)


def _authorized(request: Request, key: str, nonce: str, signature: str) -> Request:
    header = ("Authorization", f"Bitso {key}:{nonce}:{signature}")
    return replace(request, headers=(header, *request.headers))


class Nonces:
    """Nineteen-digit nonces that never repeat and always rise, also when the clock stands still or goes back."""

    __slots__ = ("_last", "_salt")

    def __init__(self, salt: int) -> None:
        """Start with nothing given out.

        Args:
            salt: where the last six digits start in each millisecond, so that two programs do not collide.
        """
        self._salt = salt % _SALTS
        self._last = 0

    def next(self, now: int) -> str:
        """Return the next nonce.

        Args:
            now: the venue's time in nanoseconds since 1970 UTC.
        """
        self._last = max(self._last + 1, now // 1_000_000 * _SALTS + self._salt)
        return f"{self._last:019d}"
