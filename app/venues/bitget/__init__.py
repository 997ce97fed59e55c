"""Bitget's unified trading account (API v3): amendments in place of price and quantity."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.ports import Clock, Sink
from app.domain.profile import Profile
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.profile import NEEDS, PROFILE
from app.venues.bitget.rules.rulebook import BitgetRulebook
from app.venues.common import accounts


class BitgetVenue:
    """Bitget as the registry holds it."""

    profile: Profile = PROFILE
    rulebook: BitgetRulebook = BitgetRulebook()

    def connect(self, account: Account, sink: Sink, clock: Clock) -> BitgetConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, PROFILE, NEEDS)
        return BitgetConnector(account, sink, clock)


VENUE = BitgetVenue()
