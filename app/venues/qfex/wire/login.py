"""Answers to the login of the trade socket, of which several shapes are in use.

Sources: QFEX docs, Authenticate, the AsyncAPI description and QFEX's own command line client, read 2026-11-21
(documented); `authenticated_response`, and a plain `ack`: public clients, read 2026-11-30 (client code).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.venues.qfex.wire.values import text_of

#: The key, or the type, of an answer to a login; and words that say yes.
_LOGGED_IN = "authenticated_response"
_YES = frozenset({"success", "successful", "ok", "authenticated", "accepted", "true"})


@dataclass(frozen=True, slots=True)
class AuthReply:
    """The answer to the auth frame."""

    accepted: bool
    text: str = ""


def read_login(top: Mapping[str, Any]) -> AuthReply | None:
    """Read the answer to a login; None for another message. The shape of a failure is not documented."""
    if _LOGGED_IN in top:
        accepted, text = says_yes(top[_LOGGED_IN])
        return AuthReply(accepted, text or text_of(top, "error", "message"))
    if top.get("type") == _LOGGED_IN:
        return AuthReply(*says_yes(top))
    if "authenticated" in top:
        verdict = top["authenticated"]
        if isinstance(verdict, dict):
            return AuthReply(verdict.get("success") is True, text_of(verdict, "error", "message"))
        return AuthReply(verdict is True, text_of(top, "error", "message"))
    if top.get("type") == "authenticated":
        return AuthReply(True)
    if top.get("type") == "auth" and "result" in top:
        return AuthReply(top["result"] == "success", text_of(top, "error", "message", "result"))
    return None


def says_yes(value: object) -> tuple[bool, str]:
    """Return whether an answer is a yes, with its words; one that does not say no is a yes."""
    if isinstance(value, str):
        return value.lower() in _YES, value
    if not isinstance(value, dict):
        return value is True, ""
    text = text_of(value, "error", "error_message", "message", "error_code")
    flags = [value[name] for name in ("success", "authenticated", "accepted") if name in value]
    if flags:
        return all(flag is True for flag in flags), text
    said = text_of(value, "result", "status").lower()
    return said in _YES if said else not value.get("error") and not value.get("error_code"), text or said
