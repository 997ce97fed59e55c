"""AlphaPoint: the exchange software behind NDAX, KIIEX, Notbank and others, over its websocket gateway."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.ports import Clock, Sink
from app.domain.profile import Profile
from app.venues.alphapoint.link.connector import AlphaPointConnector
from app.venues.alphapoint.profile import NEEDS, PROFILE
from app.venues.alphapoint.rules.rulebook import AlphaPointRulebook
from app.venues.common import accounts


class AlphaPointVenue:
    """AlphaPoint as the registry holds it."""

    profile: Profile = PROFILE
    rulebook: AlphaPointRulebook = AlphaPointRulebook()

    def connect(self, account: Account, sink: Sink, clock: Clock) -> AlphaPointConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, PROFILE, NEEDS)
        return AlphaPointConnector(account, sink, clock)


VENUE = AlphaPointVenue()
