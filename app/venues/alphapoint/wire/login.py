"""The login, `AuthenticateUser`: what is sent, and what the answer gives; sources as of `signing` and `rows`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.venues.alphapoint.wire.answers import words_of
from app.venues.alphapoint.wire.codec import GatewaySession, fold
from app.venues.alphapoint.wire.signing import sign
from app.venues.alphapoint.wire.values import record, whole
from app.venues.common.failures import Malformed


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key. `user_id` is numeric text; `account_id` the account to act for, None for the login's first."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    user_id: str
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """An answer to a login.

    Attributes:
        session: what it gives, None where the venue said no.
        refusal: why it said no, as a clause.
    """

    session: GatewaySession | None
    refusal: str


def accounts_payload(session: GatewaySession) -> dict[str, int]:
    """Ask for the accounts of a login, `GetUserAccounts` (Notbank's own clients and ccxt, client code)."""
    return {"OMSId": session.oms_id, "UserId": session.user_id}


def read_accounts(payload: Any) -> tuple[int, ...]:
    """Read the accounts of a login: a list of numbers, or of objects that name one.

    Raises:
        Malformed: if it is no such list.
    """
    if not isinstance(payload, list):
        raise Malformed("The list of accounts is not a list")
    return tuple(
        whole(fold(each).get("accountid") if isinstance(each, dict) else each, "The number of an account")
        for each in payload
    )


def login_payload(keys: Keys, nonce: str) -> dict[str, str]:
    """Make the four texts of the request."""
    return {
        "APIKey": keys.api_key,
        "Signature": sign(keys.secret, nonce, keys.user_id, keys.api_key),
        "UserId": keys.user_id,
        "Nonce": nonce,
    }


def is_login(payload: Any) -> bool:
    """Return True if this is the answer to a login at all, and not a general error."""
    return isinstance(payload, dict) and "authenticated" in fold(payload)


def read_login(payload: Any, account_id: int | None = None) -> Login:
    """Read the answer to a login, of either generation (`SessionToken` or `Token`, ids as numbers or texts).

    Args:
        payload: as received.
        account_id: the account to act for; None for the one the answer names.

    Raises:
        Malformed: if it is not an object, or claims success without saying whose.
    """
    fields = record(payload, "The login's answer")
    user = fields.get("user")
    inner = fold(user) if isinstance(user, dict) else {}

    def ident(name: str) -> int | None:
        value = inner.get(name, fields.get(name))
        return None if value in (None, "") else whole(value, name)

    wants_code = fields.get("requires2fa") is True
    if fields.get("authenticated") is not True or wants_code:
        clause = "it wants a two-factor code, which a key login cannot give" if wants_code else words_of(fields)
        locked = "; the user is locked, ask the venue to unlock it" if fields.get("locked") is True else ""
        return Login(None, f"{clause.rstrip('.') or 'no reason given'}{locked}")
    oms, account = ident("omsid"), ident("accountid") if account_id is None else account_id
    if oms is None or account is None:
        raise Malformed("The login's answer names no account")
    token = fields.get("sessiontoken") or fields.get("token") or ""
    return Login(GatewaySession(oms, account, ident("userid") or 0, token if isinstance(token, str) else ""), "")
