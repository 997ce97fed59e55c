"""QFEX: perpetual futures on stocks, indices, commodities and currencies; orders are amended over its trade socket."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.ports import Clock, Sink
from app.domain.profile import Profile
from app.venues.common import accounts
from app.venues.qfex.link.connector import QfexConnector
from app.venues.qfex.profile import NEEDS, PROFILE
from app.venues.qfex.rules.rulebook import QfexRulebook


class QfexVenue:
    """QFEX as the registry holds it."""

    profile: Profile = PROFILE
    rulebook: QfexRulebook = QfexRulebook()

    def connect(self, account: Account, sink: Sink, clock: Clock) -> QfexConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, PROFILE, NEEDS)
        return QfexConnector(account, sink, clock)


VENUE = QfexVenue()
