"""QFEX's HMAC login: signature = lower-case hex HMAC-SHA256(secret text, nonce + ":" + unix seconds).

Method, path and body are not covered, so one signature is a bearer token until its nonce or time expires. Nonces are at
most 100 characters and unique within 15 minutes. Source: docs.qfex.com "Authenticate", read 2026-11-21. The allowed
clock skew is not documented; it is a switch.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from app.practice.server.faults import Switches

_NONCE_WINDOW_MS = 15 * 60 * 1000


class BadLogin(Exception):
    """The login is not good; the message says why."""


class Gatekeeper:
    """Knows one key pair and the nonces it has seen."""

    def __init__(self, public_key: str, secret: str, switches: Switches) -> None:
        self._public_key = public_key
        self._secret = secret.encode()
        self._switches = switches
        self._seen: dict[str, int] = {}

    def check(self, given: Mapping[str, Any], now_ms: int) -> None:
        """Check `public_key`, `nonce`, `unix_ts` and `signature`.

        Raises:
            BadLogin: unknown key, bad signature, stale time, nonce too long or used.
        """
        nonce, seconds = str(given.get("nonce", "")), str(given.get("unix_ts", ""))
        if given.get("public_key") != self._public_key:
            raise BadLogin("unknown public key")
        if not seconds.isdigit() or not nonce or len(nonce) > 100:
            raise BadLogin("nonce or unix_ts is malformed")
        wanted = hmac.new(self._secret, f"{nonce}:{seconds}".encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, str(given.get("signature", ""))):
            raise BadLogin("invalid signature")
        if abs(int(seconds) * 1000 - now_ms) > self._switches.integer("skew_s") * 1000:
            raise BadLogin("unix_ts is too far from our clock")
        self._seen = {known: at for known, at in self._seen.items() if now_ms - at < _NONCE_WINDOW_MS}
        if nonce in self._seen:
            raise BadLogin("nonce was used already")
        self._seen[nonce] = now_ms
