"""Example: the face of the venue towards the registry. Say here in one sentence how it amends and stays in sync."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.ports import Clock, Sink
from app.domain.profile import Profile
from app.venues.common import accounts
from app.venues.example.link.connector import ExampleConnector
from app.venues.example.profile import NEEDS, PROFILE
from app.venues.example.rules.rulebook import ExampleRulebook


class ExampleVenue:
    """The venue as the registry holds it."""

    profile: Profile = PROFILE
    rulebook: ExampleRulebook = ExampleRulebook()

    def connect(self, account: Account, sink: Sink, clock: Clock) -> ExampleConnector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, PROFILE, NEEDS)
        return ExampleConnector(account, sink, clock)


VENUE = ExampleVenue()
