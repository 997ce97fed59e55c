"""Signatures of private requests: HMAC-SHA256 over time, method, path with query, and body, in hexadecimal.

FILL IN: the venue's way, with its document. The practice venue signs by itself and must not import this.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from app.domain.account import Secret
from app.venues.transport.messages import Request

MASK = "•••"


@dataclass(frozen=True, slots=True)
class Keys:
    """The two parts of an API key."""

    key: Secret
    secret: Secret


def signed(request: Request, keys: Keys, now_ms: int) -> Request:
    """Return the request with its headers, signed over exactly what it holds at the venue's time."""
    message = f"{now_ms}{request.method}{request.target}".encode() + request.body
    signature = hmac.new(keys.secret.reveal().encode(), message, hashlib.sha256).hexdigest()
    return _with_headers(request, keys.key.reveal(), str(now_ms), signature)


def masked(request: Request, keys: Keys) -> Request:
    """Return the request as a person may see it: the key's first letters, no time, no signature."""
    return _with_headers(request, f"{keys.key.reveal()[:4]}{MASK}", "‹time›", MASK)


def _with_headers(request: Request, key: str, time: str, signature: str) -> Request:
    headers = (("X-Key", key), ("X-Time", time), ("X-Signature", signature))
    return replace(request, headers=(*headers, *request.headers))
