"""Checks of the Authorization header: `Bitso <key>:<nonce>:<signature>`.

signature = lower-case hex HMAC-SHA256(secret, nonce + METHOD + path with query + body), nothing between the parts.
Two kinds of nonce, told apart by their length. Version 2: 13-digit epoch milliseconds followed by a salt of 1 to 6
digits, unique, in any order. Version 1, any other whole number of up to 13 digits: unique and higher with each call.
Source: Bitso API documentation, "Create signed requests" (2026-03-13, it still describes the first kind alone) and
"Nonce v2 rollout", read 2026-11-30. The end of the first was announced for November 2025, and whether it came is not
known: public clients of 2026 send 13 digits, so a switch refuses them. Tolerance of the clock and the codes for each
refusal are not documented; both are choices of ours (the tolerance is a switch).
"""

from __future__ import annotations

import hashlib
import hmac
import re

from app.practice.server.faults import Switches
from app.practice.server.messages import HttpRequest
from app.practice.venues.bitso.errors import BAD_SIGNATURE, INVALID_KEY, NONCE_TYPE, NONCE_VALUE, BitsoError

_HEADER = re.compile(r"Bitso ([^:\s]+):(\d+):([0-9a-f]{64})", re.ASCII)
_NONCE_V2 = re.compile(r"\d{14,19}", re.ASCII)
_NONCE_V1 = re.compile(r"\d{1,13}", re.ASCII)


class Gatekeeper:
    """Knows one key and the nonces it has seen."""

    def __init__(self, key: str, secret: str, switches: Switches) -> None:
        self._key = key
        self._secret = secret.encode()
        self._switches = switches
        self._seen: dict[str, int] = {}
        self._highest = -1

    def check(self, request: HttpRequest, now_ms: int) -> None:
        """Let a private request through.

        Raises:
            BitsoError: 0201 unknown key or bad header, 0215 signature, 0206 nonce shape, 0207 nonce stale or used.
        """
        match = _HEADER.fullmatch(request.headers.get("authorization", ""))
        if match is None or match[1] != self._key:
            raise BitsoError(INVALID_KEY, "Invalid API Key.")
        nonce = match[2]
        signed = nonce.encode() + request.method.encode() + request.raw_path.encode() + request.body
        if not hmac.compare_digest(hmac.new(self._secret, signed, hashlib.sha256).hexdigest(), match[3]):
            raise BitsoError(BAD_SIGNATURE, "Invalid signature.")
        if _NONCE_V1.fullmatch(nonce) and self._switches.flag("accept_nonce_v1"):
            self._accept_rising(int(nonce))
        elif _NONCE_V2.fullmatch(nonce):
            self._accept_salted(nonce, now_ms)
        else:
            raise BitsoError(NONCE_TYPE, "Invalid nonce type: use 13 digits of milliseconds and 1 to 6 of salt.")

    def _accept_rising(self, nonce: int) -> None:
        if nonce <= self._highest:
            raise BitsoError(NONCE_VALUE, f"Cannot perform request - nonce must be higher than {self._highest}")
        self._highest = nonce

    def _accept_salted(self, nonce: str, now_ms: int) -> None:
        window = self._switches.integer("nonce_window_ms")
        if abs(int(nonce[:13]) - now_ms) > window:
            raise BitsoError(NONCE_VALUE, f"Cannot perform request - nonce must be within {window} ms of our clock.")
        self._seen = {known: at for known, at in self._seen.items() if now_ms - at <= 2 * window}
        if nonce in self._seen:
            raise BitsoError(NONCE_VALUE, "Cannot perform request - nonce was used already.")
        self._seen[nonce] = now_ms
