"""A venue as the registry holds it: the same face for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.domain.account import Account
from app.domain.ports import Clock, Connector, Rulebook, Sink
from app.domain.profile import Profile
from app.venues.common import accounts

_Rules = TypeVar("_Rules", bound=Rulebook)
_Link = TypeVar("_Link", bound=Connector)


@dataclass(frozen=True, slots=True)
class VenueFace(Generic[_Rules, _Link]):
    """One venue.

    Attributes:
        profile: for a person.
        rulebook: its rules.
        needs: what its connector takes.
        make: makes a connector for an account that was checked.
        tune: makes the rules of one account, where its switches say how often its rows are read again.
    """

    profile: Profile
    rulebook: _Rules
    needs: accounts.Needs
    make: Callable[[Account, Sink, Clock], _Link]
    tune: Callable[[_Rules, Account], _Rules] | None = None

    def of(self, account: Account) -> VenueFace[_Rules, _Link]:
        """Return the venue with the rules of one account."""
        return self if self.tune is None else replace(self, rulebook=self.tune(self.rulebook, account))

    def connect(self, account: Account, sink: Sink, clock: Clock) -> _Link:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            InputError: if an address, a credential or a switch is missing, misspelt or wrong, naming it.
        """
        accounts.check(account, self.profile, self.needs)
        return self.make(account, sink, clock)
