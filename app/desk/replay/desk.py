"""The desk of a replay: it shows what a journal tells of a moment, and can do nothing else.

It has no connector, no journal of its own, no credential and no timer, so that no path of the program leads from it to
a venue: not one that is switched off, but none. Whatever asks for one is refused with one sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import NoReturn

from app.desk.desk import Desk, DeskError, Prepared
from app.desk.effects import Effect
from app.desk.effects_runner import EffectsRunner
from app.desk.fold.reducer import Reducer
from app.desk.forgetting import Forgetting
from app.desk.gathering import Gathering
from app.desk.guard import plan_of
from app.desk.ids import Ids
from app.desk.journal.records import Party
from app.desk.journal.replay import Folded, UnknownRules
from app.desk.listeners import Listeners
from app.desk.parts import Parts
from app.desk.preparing import Preparing
from app.desk.replay.record import Record
from app.desk.state import AccountState, DeskState, Lineage
from app.desk.views.freshness import Staleness, staleness
from app.domain import events as ev
from app.domain.account import Account, worlds
from app.domain.amendment import Amendment
from app.domain.evidence import SECOND
from app.domain.form import Form, locked
from app.domain.limits import Limits
from app.domain.masking import Masker
from app.domain.plan import Draft, Problem, Verdict, WirePreview
from app.domain.ports import Clock, Connector, Rulebook, Sink, Venue, venue_of
from app.domain.profile import Profile

#: Why no link is followed after the last row of a session.
_ENDED = "The ticket had ended by then; nothing was followed any more."


@dataclass(slots=True)
class RecordedTime:
    """The clock of a replay: it stands at the moment that is shown, nanoseconds UTC."""

    moment: int = 0

    def now(self) -> int:
        """The moment shown."""
        return self.moment

    def monotonic(self) -> float:
        """The same in seconds: nothing waits here."""
        return self.moment / SECOND


@dataclass(frozen=True, slots=True)
class RecordedVenue:
    """A venue as a replay knows it: its name and its rules, and no way to it."""

    profile: Profile
    rulebook: Rulebook

    def connect(self, account: Account, sink: Sink, clock: Clock) -> Connector:
        """Refuse.

        Raises:
            DeskError: always.
        """
        raise DeskError("This is a replay; there is no way from it to a venue.")


class NoEffects(EffectsRunner):
    """Runs nothing: what a replay would run is over."""

    def __init__(self, state: DeskState, clock: Clock, refusal: str) -> None:
        """Hold nothing; `refusal` is the sentence."""
        super().__init__(state, {}, None, clock, _dropped)
        self._refusal = refusal

    def run(self, effect: Effect) -> NoReturn:
        """Refuse an effect.

        Raises:
            DeskError: always.
        """
        raise DeskError(self._refusal)

    def connector(self, account: str) -> NoReturn:
        """Refuse: there is none.

        Raises:
            DeskError: always.
        """
        raise DeskError(self._refusal)

    def gather(self, amendment_ids: Sequence[str]) -> Gathering:
        """Refuse to send anything together.

        Raises:
            DeskError: always.
        """
        raise DeskError(self._refusal)


def _dropped(event: ev.Event) -> None:
    """Take in nothing: what happened stands in the record."""


class ReplayDesk(Desk):
    """A desk that stands at a moment of a record; `show` moves it to another.

    Attributes:
        refusal: the sentence every act is refused with.
    """

    def __init__(self, record: Record, venues: Mapping[str, Venue]) -> None:
        """Stand before the first row.

        Args:
            record: what is replayed; its accounts are those of the journal, whatever is configured now.
            venues: the registry's, by name, for the rules and titles of those this version knows.
        """
        # Not `super().__init__`: it would make connectors.
        parties = list(record.parties.values())
        self.accounts = {each.name: _account(each) for each in parties}
        where = f"{record.path.name}, the record of {worlds(self.accounts.values()).partition(' of ')[2]}"
        self.refusal = f"This is a replay of {where}; nothing can be sent from it, and no venue is asked."
        self.venues = {each.name: _venue(each, self.accounts[each.name], record, venues) for each in parties}
        self.state, self.clock = DeskState(), RecordedTime(record.moment(0))
        self._time = self.clock
        self._rules = {name: venue.rulebook for name, venue in self.venues.items()}
        self._masker = Masker.of([])
        self._recorder = None
        self._journal_trouble = self.ended = ""
        self.lasting = []
        self._reducer = Reducer(self.state, self._rules)
        self.forgetting = Forgetting(lambda: self.state, self._rules, _dropped)
        self._parts = Parts(self._taking, _dropped)
        self._ids = Ids()
        self.limits = {name: Limits() for name in self.accounts}
        self._listeners = Listeners(partial(self._tell_once, ""))
        self.read_only_accounts = set()
        self._connectors = {}
        self._preparing = Preparing(self._rules, self.limits, self._connectors)
        self._supervisors = {}
        self._effects = NoEffects(self.state, self.clock, self.refusal)
        self._fill(DeskState())

    # -- moving --------------------------------------------------------------------------------------------------

    def show(self, folded: Folded, moment: int) -> None:
        """Stand at another moment.

        Args:
            folded: the journal up to it; what is shown is a copy, so that the fold may go on.
            moment: nanoseconds UTC.
        """
        before = self._rows()
        self._time.moment = moment
        self.ended = _ENDED if folded.ended_at is not None else ""
        for name, party in folded.parties.items():
            self.accounts[name] = _account(party)
        self._fill(folded.copied().state)
        after = self._rows()
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        self._listeners.tell(frozenset(changed), frozenset(self.state.accounts))

    def _rows(self) -> dict[str, tuple[Lineage, list[Amendment | None]]]:
        """Every row with its amendments, to see which are others after a move."""
        amendments = self.state.amendments
        return {key: (row, [*map(amendments.get, row.amendments)]) for key, row in self.state.lineages.items()}

    def _fill(self, new: DeskState) -> None:
        """Put a state in the place of the one there is: the views hold on to the object."""
        for name, account in self.accounts.items():
            new.accounts.setdefault(name, AccountState(name, account.venue))
        for each in fields(DeskState):
            old, value = getattr(self.state, each.name), getattr(new, each.name)
            if isinstance(old, dict) and isinstance(value, dict):
                old.clear()
                old.update(value)
            elif isinstance(value, int):
                setattr(self.state, each.name, value)
            else:
                old.clear()
                old.extend(value)

    # -- what it does not do -------------------------------------------------------------------------------------

    @property
    def read_only(self) -> bool:
        """Return True: nothing switches that off."""
        return True

    @read_only.setter
    def read_only(self, on: bool) -> None:
        """Stay as it is."""

    @property
    def stopped(self) -> bool:
        """Return True: nothing was ever let go."""
        return True

    @stopped.setter
    def stopped(self, on: bool) -> None:
        """Stay as it is."""

    async def run(self) -> None:
        """Wait until cancelled: there is nobody to follow."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Let go of nothing: nothing was started."""

    def dispatch(self, event: ev.Event) -> None:
        """Take in nothing: what happened stands in the record."""

    def tell_lasting(self, text: str, *, serious: bool = True) -> None:
        """Add to what is said of the file as long as it is shown."""
        self.lasting.append(text)

    def holds_back(self, account: str) -> str:
        """Return the sentence."""
        return self.refusal

    def staleness(self, lineage: Lineage) -> Staleness | None:
        """Return since when a row was not proven at the moment shown; that the ticket ended makes none older."""
        evidence = self._rules[lineage.account].evidence
        return staleness(lineage, self.state.accounts[lineage.account], evidence, self.clock.now())

    def form(self, key: str) -> Form:
        """Return the fields of an order as they were, all of them locked."""
        return locked(super().form(key), self.refusal)

    def prepare(self, key: str, draft: Draft, ahead: int = 0) -> Prepared:
        """Return a draft's plan, which the sentence stands against; there is no request."""
        row = self.lineage(key)
        plan = plan_of(self._rules[row.account], row, draft, self.surroundings(row), Limits(), self.state, ahead)
        return Prepared(key, replace(plan, verdict=Verdict((Problem(self.refusal),), (), 1)), None, None)

    def request_of(self, amendment: Amendment) -> WirePreview:
        """Return where the request of an amendment is to be found that had not left yet at the moment shown."""
        return WirePreview("record", "It stands among the messages at the moment it left; go on to that.", "")

    def send(self, prepared: Prepared, *, confirmed: bool = False, despite: frozenset[str] = frozenset()) -> str:
        """Refuse.

        Raises:
            DeskError: always.
        """
        raise DeskError(self.refusal)

    def cancel(self, key: str) -> None:
        """Refuse.

        Raises:
            DeskError: always.
        """
        raise DeskError(self.refusal)

    def refresh(self, account: str) -> None:
        """Refuse.

        Raises:
            DeskError: always.
        """
        raise DeskError(self.refusal)

    def check_now(self, key: str) -> None:
        """Refuse.

        Raises:
            DeskError: always.
        """
        raise DeskError(self.refusal)


def _account(party: Party) -> Account:
    """An account as the journal tells of it: no credentials, and marked as replayed."""
    return Account(
        party.name, party.venue, party.environment, dict(party.addresses), {}, dict(party.switches), replayed=True
    )


def _venue(party: Party, account: Account, record: Record, venues: Mapping[str, Venue]) -> RecordedVenue:
    """Rules and names of an account's venue: of this version where it knows the venue, else as far as recorded."""
    known = venues.get(party.venue)
    if known is not None:
        own = venue_of(known, account)
        return RecordedVenue(own.profile, own.rulebook)
    profile = record.profiles.get(party.venue) or Profile(party.venue, party.venue, 0, 0, "not known", (), ())
    return RecordedVenue(profile, UnknownRules())
