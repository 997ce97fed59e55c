"""QFEX: perpetual futures on stocks, indices, commodities and currencies; orders are amended over its trade socket."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.account import Account
from app.domain.events import Event
from app.domain.form import InputError
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.venues.qfex.link.connector import QfexConnector
from app.venues.qfex.profile import PROFILE
from app.venues.qfex.rules.rulebook import QfexRulebook
from app.venues.qfex.wire import vocabulary as words


class Qfex:
    """What the registry needs of QFEX."""

    profile: Profile = PROFILE
    rulebook: QfexRulebook = QfexRulebook()

    def connect(self, account: Account, sink: Callable[[Event], None], clock: Clock) -> QfexConnector:
        """Make a connector; opens nothing yet.

        Raises:
            InputError: if the account lacks an address or a credential, or has a switch set to an unknown value.
        """
        check(account)
        return QfexConnector(account, sink, clock)


def check(account: Account) -> None:
    """Whether an account has everything QFEX needs.

    Raises:
        InputError: naming what is missing.
    """
    for key, meaning in PROFILE.needs_addresses:
        if not account.addresses.get(key):
            raise InputError(key, f"Account “{account.name}”: the address “{key}” is missing ({meaning}).")
    for key, meaning in PROFILE.needs_credentials:
        if key not in account.credentials or not account.credentials[key].reveal():
            raise InputError(key, f"Account “{account.name}”: the credential “{key}” is missing ({meaning}).")
    choice = account.switches.get(words.REDUCE_ONLY, words.SEND)
    if choice not in (words.SEND, words.OMIT):
        raise InputError(
            words.REDUCE_ONLY,
            f"Account “{account.name}”: the switch “{words.REDUCE_ONLY}” is “{choice}”; "
            f"use {words.SEND} or {words.OMIT}.",
        )


VENUE = Qfex()
