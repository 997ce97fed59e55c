"""Between the desk and its journal: masks what comes in, writes it down in order, and says when it is safe to send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.desk.journal.elsewhere import InFlight, set_aside
from app.desk.journal.records import ClockRead, SessionEnded
from app.desk.journal.recovery import Recovered, recover
from app.desk.journal.store import JournalEntry
from app.desk.journal.turns import Turns
from app.desk.journal.writer import Journal, JournalError, entry_of
from app.domain import events as ev
from app.domain.account import Account
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.masking import Masker
from app.domain.ports import Clock, Connector, Venue

Told = TypeVar("Told", bound=ev.Event)


@dataclass(frozen=True, slots=True)
class JournalStanding:
    """State of a journal.

    Attributes:
        path: the first file of its family.
        shared: whether another ticket has the journal that was asked for, and this is a separate one.
        new: whether nothing had been recorded in it before this session.
        checked: whether the chain of what was there at the start has been followed to its end.
        broken: one sentence about the place where it does not hold, "" while none was found.
        failed: one sentence while nothing can be written, "" otherwise.
    """

    path: Path
    shared: bool
    new: bool
    checked: bool
    broken: str
    failed: str


class Recorder:
    """Writes one desk's events down.

    Attributes:
        recovered: what the start found; its state is the one the desk goes on with.
        connectors: by account name, asked for the venue's clock; the desk fills it in.
        turns: says when an intent that is on the disk may be sent.
    """

    def __init__(
        self,
        journal: Journal,
        accounts: Sequence[Account],
        venues: Mapping[str, Venue],
        clock: Clock,
        beside: Sequence[Path] = (),
        everywhere: Callable[[], Sequence[Path]] | None = None,
    ) -> None:
        """Fold the journal and begin a session in it.

        Args:
            journal: just opened; the recorder closes it.
            accounts: as configured, addresses completed.
            venues: by account name.
            clock: the desk's.
            beside: names of further journals that may have orders of these accounts in flight.
            everywhere: finds those of other configurations; see `Turns`.
        """
        self._journal = journal
        self._masker = Masker.of(accounts)
        self._clock = clock
        self.recovered: Recovered = recover(journal, accounts, venues, clock.now())
        self._folded = self.recovered.folded
        self.connectors: Mapping[str, Connector] = {}
        self._checked, self._broken = False, journal.problem
        rulebooks = {venue.profile.name: venue.rulebook for venue in venues.values()}
        by_name = {account.name: account for account in accounts}
        names = (journal.asked, *beside)
        self.turns = Turns(journal.path, names, rulebooks, by_name, everywhere, self._aside)

    @property
    def standing(self) -> JournalStanding:
        """Return how the journal stands now."""
        journal, new = self._journal, not self.recovered.last_at and not self._broken
        return JournalStanding(journal.path, journal.shared, new, self._checked, self._broken, journal.failed)

    @property
    def written(self) -> int:
        """The number of the last record."""
        return self._journal.written

    @property
    def failed(self) -> str:
        """One sentence while nothing can be written, "" otherwise."""
        return self._journal.failed

    def enter(self, event: Told) -> tuple[Told, JournalEntry | None]:
        """An event as it may be folded, shown and recorded, and its record; market data has none.

        The state must be what a fold of the record would give, so secrets are taken out before the event is folded.
        An intent is made of that state and of typed numbers, and what is sent must be what was looked at, so it stays.
        """
        if isinstance(event, ev.QuoteSeen):
            return event, None
        if not isinstance(event, ev.AmendmentRequested):
            event = self._masker.value(event)
        return event, entry_of(event)

    def write(self, event: ev.Event, entry: JournalEntry | None) -> None:
        """Write an event down after it was folded and before its effects are run."""
        if entry is None:
            return
        self._folded.last_at = event.at
        if isinstance(event, ev.AmendmentRequested):
            # In one go and at once: its sending waits for it.
            self._journal.write(*self._surroundings(event), entry, urgent=True)
        elif isinstance(event, ev.LinkChanged) and event.state is LinkState.UP:
            self._journal.write(entry, entry_of(self._clocks(event.account, event.at)))
        else:
            self._journal.write(entry)
        if self._journal.wants_checkpoint:
            self._journal.checkpoint(self._folded)

    async def durable(self, number: int) -> None:
        """Wait until a record is on the disk.

        Raises:
            app.desk.journal.writer.JournalError: if it cannot be written; nothing may be sent then.
        """
        await self._journal.durable(number)

    async def recorded(self) -> str:
        """Wait until all records are on the disk; one sentence if they cannot be, "" if they are."""
        try:
            await self._journal.durable()
        except JournalError as error:
            return str(error)
        return self._journal.failed

    async def check(self) -> str:
        """Follow the chain through what was written in earlier sessions, beside everything else.

        Returns:
            One sentence about the first broken row, "" if the chain holds.
        """
        with ThreadPoolExecutor(1, "journal check") as beside:
            try:
                broken = await asyncio.wrap_future(beside.submit(self._journal.check))
            finally:
                self._journal.stop_checking()
        self._checked, self._broken = True, self._broken or broken
        return broken

    def close(self) -> None:
        """Record that the ticket ended in order, and let go of the journal; safe to call twice."""
        self.turns.close()
        self._journal.append(SessionEnded(self._clock.now()))
        self._journal.close()

    def _aside(self) -> list[InFlight]:
        return set_aside(self._journal.path, self._folded)

    def _surroundings(self, event: ev.AmendmentRequested) -> list[JournalEntry]:
        """The quote the draft was checked against, and the clocks its times are told by."""
        order = event.amendment.command.order
        quote = self._folded.state.accounts[event.account].quotes.get((order.symbol, order.market))
        seen = [] if quote is None else [entry_of(ev.QuoteSeen(event.account, event.at, quote))]
        return [*seen, entry_of(self._clocks(event.account, event.at))]

    def _clocks(self, account: str, at: int) -> ClockRead:
        connector = self.connectors.get(account)
        ahead = None if connector is None else connector.venue_ahead()
        return ClockRead(account, at, int(self._clock.monotonic() * SECOND), ahead)
