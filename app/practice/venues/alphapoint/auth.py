"""Authentication of callers: API keys with signatures, passwords, session tokens.

signature = lower-case hex HMAC-SHA256(secret, Nonce + UserId + APIKey), nothing between the parts. All four fields are
texts since 3.3. Source: AlphaPoint API documentation, "AuthenticateUser", "WebAuthenticateUser", and the operator
KIIEX's "Authenticate with API key", read 2026-11-21; five public clients agree. A failed login has `Authenticated`
false and no error code. Which nonces are good, and after how many failures a user is locked, is not documented.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.errors import PracticeError
from app.practice.exchange.orders import SimOrder
from app.practice.server.faults import Switches

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    user_id: int
    name: str
    password: str
    api_key: str
    secret: str
    account_id: int
    may_trade: bool = True


@dataclass(slots=True)
class OpenLogin:
    """One session: it ends some time after its last call."""

    token: str
    user: User
    touched_ms: int


class Denied(PracticeError):
    """The login failed.

    Attributes:
        locked: the user is locked until somebody unlocks them.
    """

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__("Invalid username or password")
        self.locked = locked


def sign(secret: str, nonce: str, user_id: str, api_key: str) -> str:
    """The signature of a login."""
    prehash = f"{nonce}{user_id}{api_key}"
    return hmac.new(secret.encode(), prehash.encode(), hashlib.sha256).hexdigest()


def user_of(order: SimOrder, default: User) -> User:
    """User who entered an order."""
    found = order.attributes.get("user")
    return found if isinstance(found, User) else default


class Gatekeeper:
    """Knows the users, the nonces they used, and the sessions that live."""

    def __init__(self, users: Iterable[User], switches: Switches, clock: PracticeClock, source: random.Random) -> None:
        self._users = {user.user_id: user for user in users}
        self._switches = switches
        self._clock = clock
        self._random = source
        self._logins: dict[str, OpenLogin] = {}
        self._nonces: dict[int, list[str]] = defaultdict(list)
        self._failed_ms: dict[int, list[int]] = defaultdict(list)
        self._locked: set[int] = set()

    # -- proving who one is --------------------------------------------------------------------------------------------

    def by_key(self, fields: Mapping[str, object]) -> User:
        """The user of a signed login; field names in lower case.

        Raises:
            Denied: for a field that is missing or no text, an unknown key or user, a bad signature, a nonce that is
                no good, a locked user.
        """
        names = ("apikey", "signature", "userid", "nonce")
        key, signature, user_id, nonce = (_text(fields.get(name)) for name in names)
        user = self._users.get(int(user_id)) if user_id.isascii() and user_id.isdigit() else None
        if user is None or not nonce:
            raise Denied
        good = hmac.compare_digest(sign(user.secret, nonce, user_id, key).encode(), signature.encode())
        return self._let_in(user, good and key == user.api_key and self._accept(user, nonce))

    def by_password(self, name: str, password: str) -> User:
        """The user of that name.

        Raises:
            Denied: for an unknown name, a wrong password, a locked user.
        """
        user = next((each for each in self._users.values() if each.name == name), None)
        if user is None:
            raise Denied
        return self._let_in(user, hmac.compare_digest(user.password.encode(), password.encode()))

    def by_basic(self, header: str) -> User:
        """The user of an `Authorization: Basic` header.

        Raises:
            Denied: as `by_password`, and for a header that is none.
        """
        kind, _, encoded = header.partition(" ")
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Denied from None
        if kind.lower() != "basic":
            raise Denied
        return self.by_password(name, password)

    def _let_in(self, user: User, good: bool) -> User:
        now = self._clock.monotonic_ms()
        limit = self._switches.integer("lock_after")
        if not limit:
            self._locked.discard(user.user_id)
        if user.user_id in self._locked:
            raise Denied(locked=True)
        if good:
            self._failed_ms[user.user_id].clear()
            return user
        failed = [at for at in self._failed_ms[user.user_id] if now - at < _MINUTE] + [now]
        self._failed_ms[user.user_id] = failed
        if limit and len(failed) >= limit:
            self._locked.add(user.user_id)
        raise Denied(locked=user.user_id in self._locked)

    def _accept(self, user: User, nonce: str) -> bool:
        """Return True if a nonce may be used; it is used up by the question."""
        seen = self._nonces[user.user_id]
        number = int(nonce) if nonce.isascii() and nonce.isdigit() else None
        window = self._switches.integer("nonce_window_ms")
        if window and (number is None or abs(number - self._clock.now_ms()) > window):
            return False
        rule = self._switches.choice("nonce_rule")
        if rule != "any" and nonce in seen:
            return False
        if rule == "increasing" and (number is None or any(number <= int(old) for old in seen if old.isdigit())):
            return False
        seen.append(nonce)
        return True

    # -- sessions ------------------------------------------------------------------------------------------------------

    def open(self, user: User) -> OpenLogin:
        """Begin a session."""
        token = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        login = OpenLogin(token, user, self._clock.monotonic_ms())
        self._logins[token] = login
        return login

    def find(self, token: str) -> OpenLogin | None:
        """The session of a token, its life renewed; None if there is none or it has expired."""
        login = self._logins.get(token)
        now = self._clock.monotonic_ms()
        if login is None or now - login.touched_ms >= self._switches.integer("session_ms"):
            self._logins.pop(token, None)
            return None
        login.touched_ms = now
        return login

    def end(self, token: str) -> None:
        """End a session; nothing for one that is gone."""
        self._logins.pop(token, None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def accepted(login: OpenLogin, oms_id: int, token_name: str = "SessionToken") -> dict[str, Any]:
    """The answer to a signed login."""
    user = login.user
    return {
        "Authenticated": True,
        token_name: login.token,
        "User": {
            "UserId": user.user_id,
            "UserName": user.name,
            "Email": user.name,
            "EmailVerified": True,
            "AccountId": user.account_id,
            "OMSId": oms_id,
            "Use2FA": False,
        },
        "Locked": False,
        "Requires2FA": False,
        "EnforceEnable2FA": False,
        "TwoFAType": None,
        "TwoFAToken": None,
        "errormsg": None,
    }


def accepted_web(login: OpenLogin, token_name: str = "SessionToken") -> dict[str, Any]:
    """The answer to a login by password or token."""
    return {
        "Authenticated": True,
        token_name: login.token,
        "UserId": login.user.user_id,
        "Requires2FA": False,
        "AuthType": None,
        "AddtlInfo": None,
        "errormsg": None,
    }


def denied(denial: Denied) -> dict[str, Any]:
    """The answer to any login that failed; there is no error code."""
    return {"Authenticated": False, "Locked": denial.locked, "Requires2FA": False, "errormsg": str(denial)}
