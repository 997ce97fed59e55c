"""Proof of who we are: the signatures of REST requests and of the socket's login. Times are arguments.

Source: Bitget UTA "Modify Order" (headers) and public client code (prehash, login), read 2026-11-21. The vectors in the
tests were computed independently with the standard library's HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from app.domain.account import Secret

MASK = "•••"

_LOGIN_PATH = "/user/verify"


@dataclass(frozen=True, slots=True)
class Keys:
    """The three parts of a Bitget API key, and whether it is a demo key (REST then wants a header that says so)."""

    key: Secret
    secret: Secret
    passphrase: Secret
    demo: bool = False


def sign(secret: Secret, text: str) -> str:
    """HMAC-SHA256 of the text, as standard base64."""
    digest = hmac.new(secret.reveal().encode("utf-8"), text.encode("utf-8"), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def prehash(timestamp_ms: int, method: str, target: str, body: str = "") -> str:
    """Return what is signed for a REST request.

    Args:
        timestamp_ms: Unix time in milliseconds, the one in the header.
        method: upper case. target: path with its query.
        body: the exact text sent, "" for none.
    """
    return f"{timestamp_ms}{method}{target}{body}"


def headers(keys: Keys, timestamp_ms: int, method: str, target: str, body: str = "") -> tuple[tuple[str, str], ...]:
    """The headers of a signed request, in the order they leave."""
    return (
        ("ACCESS-KEY", keys.key.reveal()),
        ("ACCESS-SIGN", sign(keys.secret, prehash(timestamp_ms, method, target, body))),
        ("ACCESS-TIMESTAMP", str(timestamp_ms)),
        ("ACCESS-PASSPHRASE", keys.passphrase.reveal()),
        *common_headers(keys.demo),
    )


def common_headers(demo: bool) -> tuple[tuple[str, str], ...]:
    """The headers of every request, signed or not: language of error texts, body type, and the demo mark."""
    always = (("Content-Type", "application/json"), ("locale", "en-US"))
    return (*always, ("paptrading", "1")) if demo else always


def masked_headers(demo: bool) -> tuple[tuple[str, str], ...]:
    """The same headers as a person may read them before sending; time and signature are made when it leaves."""
    return (
        ("ACCESS-KEY", MASK),
        ("ACCESS-SIGN", MASK),
        ("ACCESS-TIMESTAMP", "when it leaves"),
        ("ACCESS-PASSPHRASE", MASK),
        *common_headers(demo),
    )


def login_arguments(keys: Keys, timestamp_s: int) -> dict[str, str]:
    """The one argument of the socket's login.

    Args:
        timestamp_s: Unix time in whole seconds, where REST uses milliseconds.
    """
    return {
        "apiKey": keys.key.reveal(),
        "passphrase": keys.passphrase.reveal(),
        "timestamp": str(timestamp_s),
        "sign": sign(keys.secret, f"{timestamp_s}GET{_LOGIN_PATH}"),
    }
