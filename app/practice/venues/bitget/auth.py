"""Checks of a signed REST call and of the websocket login.

REST: base64 of HMAC-SHA256(secret, timestamp + METHOD + path with query + body), the timestamp in milliseconds, in the
headers ACCESS-KEY, ACCESS-SIGN, ACCESS-TIMESTAMP, ACCESS-PASSPHRASE. Websocket: the same over timestamp + "GET" +
"/user/verify", the timestamp in SECONDS, a text or a number, for public clients send both. Source: Bitget unified
account documentation and the public clients, read 2026-11-21. How far a timestamp may be off is not in the documents at
hand; 30 seconds is widely quoted and a switch.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import unquote

from app.practice.server.faults import Switches
from app.practice.server.messages import HttpRequest
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.errors import BitgetError

_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
_SECONDS = re.compile(r"\d{10}", re.ASCII)

#: Websocket login codes.
WS_BAD_KEY, WS_BAD_PASSPHRASE, WS_BAD_TIME, WS_STALE, WS_BAD_SIGN, WS_BAD_PARAMETER = (
    30011,
    30012,
    30013,
    30014,
    30015,
    30016,
)


class LoginError(Exception):
    """A refused websocket login; `code` is a number there."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Gatekeeper:
    """Knows one key."""

    def __init__(self, key: str, secret: str, passphrase: str, switches: Switches) -> None:
        self._key = key
        self._secret = secret.encode()
        self._passphrase = passphrase
        self._switches = switches

    def check(self, request: HttpRequest, now_ms: int) -> None:
        """Let a private request through.

        Raises:
            BitgetError: 40001-40003 and 40011 missing header, 40005 malformed and 40008 stale timestamp, 40006 key,
                40012 passphrase, 40009 signature.
        """
        headers = request.headers
        for name, missing in (
            ("access-key", code.KEY_MISSING),
            ("access-sign", code.SIGN_MISSING),
            ("access-timestamp", code.TIME_MISSING),
            ("access-passphrase", code.PASSPHRASE_MISSING),
        ):
            if not headers.get(name):
                raise BitgetError(missing, f"{name.upper().replace('-', '_')} cannot be empty")
        stamp = headers["access-timestamp"]
        if not _MILLISECONDS.fullmatch(stamp):
            raise BitgetError(code.TIME_INVALID, "Invalid ACCESS_TIMESTAMP")
        if abs(now_ms - int(stamp)) > self._switches.integer("clock_window_ms"):
            raise BitgetError(code.TIME_STALE, "Request timestamp expired")
        if headers["access-key"] != self._key:
            raise BitgetError(code.KEY_UNKNOWN, "Invalid ACCESS_KEY")
        if headers["access-passphrase"] != self._passphrase:
            raise BitgetError(code.PASSPHRASE_WRONG, "apikey/password is incorrect")
        # Public clients sign the query before it is percent-encoded; which the venue insists on is not documented.
        targets = {unquote(request.raw_path), request.raw_path}
        signed = [(stamp + request.method + target).encode() + request.body for target in targets]
        if not any(self._matches(each, headers["access-sign"]) for each in signed):
            raise BitgetError(code.BAD_SIGN, "sign signature error")

    def check_login(self, args: object, now_ms: int) -> None:
        """Let a websocket log in.

        Raises:
            LoginError: 30011-30016.
        """
        row = args[0] if isinstance(args, list) and len(args) == 1 else None
        if not isinstance(row, Mapping) or any(
            not isinstance(row.get(name), str) for name in ("apiKey", "passphrase", "sign")
        ):
            raise LoginError(WS_BAD_PARAMETER, "Param error")
        stamp = row.get("timestamp")
        if isinstance(stamp, bool) or not isinstance(stamp, str | int):
            raise LoginError(WS_BAD_PARAMETER, "Param error")
        stamp = str(stamp)
        if row["apiKey"] != self._key:
            raise LoginError(WS_BAD_KEY, "Invalid ACCESS_KEY")
        if row["passphrase"] != self._passphrase:
            raise LoginError(WS_BAD_PASSPHRASE, "Invalid ACCESS_PASSPHRASE")
        if not _SECONDS.fullmatch(stamp):
            raise LoginError(WS_BAD_TIME, "Invalid ACCESS_TIMESTAMP")
        if abs(now_ms - int(stamp) * 1000) > self._switches.integer("clock_window_ms"):
            raise LoginError(WS_STALE, "Request timestamp expired")
        if not self._matches(f"{stamp}GET/user/verify".encode(), row["sign"]):
            raise LoginError(WS_BAD_SIGN, "Invalid sign")

    def _matches(self, signed: bytes, claimed: str) -> bool:
        expected = base64.b64encode(hmac.new(self._secret, signed, hashlib.sha256).digest())
        return hmac.compare_digest(expected, claimed.encode())
