"""Bitso: amendments in place with PATCH /api/v4/orders, orders kept in sync by polling."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.ports import Clock, Sink
from app.domain.profile import Profile
from app.venues.bitso.link.connector import BitsoConnector
from app.venues.bitso.profile import NEEDS, PROFILE
from app.venues.bitso.rules.rulebook import BitsoRulebook
from app.venues.common import accounts


class BitsoVenue:
    """Bitso as the registry holds it."""

    profile: Profile = PROFILE
    rulebook: BitsoRulebook = BitsoRulebook()

    def connect(self, account: Account, sink: Sink, clock: Clock) -> BitsoConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, PROFILE, NEEDS)
        return BitsoConnector(account, sink, clock)


VENUE = BitsoVenue()
