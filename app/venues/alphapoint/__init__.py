"""AlphaPoint: the exchange software behind NDAX, KIIEX, Notbank and others, over its websocket gateway."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.form import InputError
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.venues.alphapoint.link.connector import AlphaPointConnector, Sink
from app.venues.alphapoint.profile import (
    CALLS_SWITCH,
    CHECK_BEFORE_SEND,
    KEPT_FOR_AMENDS,
    KEPT_FOR_CANCELS,
    PROFILE,
    REVISION_MODE,
)
from app.venues.alphapoint.rules.rulebook import AlphaPointRules

_CHOICES = {REVISION_MODE: ("zero", "omit"), CHECK_BEFORE_SEND: ("on", "off")}


class AlphaPoint:
    """The venue as the registry knows it."""

    @property
    def profile(self) -> Profile:
        """Names, limits, configuration keys, documents."""
        return PROFILE

    @property
    def rulebook(self) -> AlphaPointRules:
        """The venue's rules."""
        return _RULES

    def connect(self, account: Account, sink: Sink, clock: Clock) -> AlphaPointConnector:
        """Make a connector; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing or wrong, naming it.
        """
        check(account)
        return AlphaPointConnector(account, sink, clock)


def check(account: Account) -> None:
    """Check what the configuration says of an account.

    Raises:
        InputError: naming the first key that is missing or wrong; `http` alone may be left out.
    """
    where = f"account {account.name}"
    if not account.addresses.get("ws"):
        raise InputError("ws", f"{where}: the address “ws” is missing; give the websocket gateway's address.")
    for name, meaning in PROFILE.needs_credentials:
        secret = account.credentials.get(name)
        if secret is None or not secret.reveal():
            raise InputError(name, f"{where}: the credential “{name}” is missing; give {meaning}.")
    if not account.credentials["user_id"].reveal().isdigit():
        raise InputError("user_id", f"{where}: “user_id” must be the user's number.")
    known = {name for name, _, _ in PROFILE.switches}
    for name, value in account.switches.items():
        if name not in known:
            raise InputError(name, f"{where}: there is no switch “{name}”; use one of {', '.join(sorted(known))}.")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise InputError(name, f"{where}: the switch “{name}” must be {' or '.join(_CHOICES[name])}.")
    calls = account.switches.get(CALLS_SWITCH, "60")
    least = KEPT_FOR_CANCELS + 2 * KEPT_FOR_AMENDS
    if not calls.isdigit() or int(calls) < least:
        raise InputError(CALLS_SWITCH, f"{where}: “{CALLS_SWITCH}” must be a number, at least {least}.")


_RULES = AlphaPointRules()
VENUE = AlphaPoint()
