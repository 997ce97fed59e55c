"""Bitso: amendments in place with PATCH /api/v4/orders, orders kept in sync by polling."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.account import Account
from app.domain.events import Event
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.venues.bitso.link.connector import BitsoConnector
from app.venues.bitso.profile import PROFILE
from app.venues.bitso.rules.rulebook import BitsoRulebook


class BitsoVenue:
    """What the registry gets."""

    profile: Profile = PROFILE
    rulebook: BitsoRulebook = BitsoRulebook()

    def connect(self, account: Account, sink: Callable[[Event], None], clock: Clock) -> BitsoConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            app.domain.form.InputError: if the account lacks an address or a credential, naming it.
        """
        return BitsoConnector(account, sink, clock)


VENUE = BitsoVenue()
