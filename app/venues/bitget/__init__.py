"""Bitget's unified trading account (API v3): amendments in place of price and quantity."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.account import Account
from app.domain.events import Event
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.profile import PROFILE
from app.venues.bitget.rules.rulebook import BitgetRulebook


class BitgetVenue:
    """What the registry holds of Bitget."""

    profile: Profile = PROFILE
    rulebook = BitgetRulebook()

    def connect(self, account: Account, sink: Callable[[Event], None], clock: Clock) -> BitgetConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if the account lacks an address or a credential, naming it.
        """
        return BitgetConnector(account, sink, clock)


VENUE = BitgetVenue()
