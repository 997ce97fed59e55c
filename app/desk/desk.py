"""The async shell: runs the reducer's effects through connectors, and turns what comes back into events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.desk.accounts import completed, parted
from app.desk.effects import Effect, LookUp, Refresh
from app.desk.effects_runner import EffectsRunner
from app.desk.fold.context import FoldOutcome
from app.desk.fold.reducer import Reducer
from app.desk.forgetting import Forgetting
from app.desk.guard import asked_of, form_of, surroundings_of
from app.desk.holding import STOPPED, read_only_words
from app.desk.ids import Ids
from app.desk.journal.recorder import JournalStanding, Recorder
from app.desk.journal.recovery import Recovered
from app.desk.journal.store import JournalEntry
from app.desk.journal.writer import Journal
from app.desk.listeners import Listener, Listeners
from app.desk.parts import Parts
from app.desk.preparing import Prepared as Prepared
from app.desk.preparing import Preparing
from app.desk.state import AccountState, DeskState, Lineage, Notice
from app.desk.supervision import FAULTS, Supervisor, as_error, fault_text
from app.desk.views.freshness import Staleness, proven_at, staleness
from app.domain import events as ev
from app.domain.account import Account, Environment
from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.domain.form import Form
from app.domain.limits import Limits
from app.domain.market import LinkState
from app.domain.masking import Masker
from app.domain.plan import Draft, Surroundings, WirePreview
from app.domain.ports import Clock, Connector, Rulebook, Venue, venue_of

Told = TypeVar("Told", bound=ev.Event)

#: Told of faults, in words that may hold what should not be shown.
_OF_FAULTS = (ev.LinkChanged, ev.Noticed)

log = logging.getLogger("redline.desk")


class DeskError(Exception):
    """Something the person asked for cannot be done; the message is one sentence that says what to do."""


class Desk:
    """The application without a face: window and headless verbs use the same one.

    Everything it knows is in `state`; only its reducer writes there.

    Attributes:
        limits: the desk's own limits, by account.
        read_only_accounts: those in which nothing may be sent or cancelled; `read_only` is the whole ticket.
        forgetting: lets orders that are over leave the state.
        ended: why nothing follows the venues any more, "" while they are followed; `refusal` why this never does.
        lasting: sentences about the files it uses that stay true as long as it runs; each account's notices have them.
    """

    refusal = ""

    def __init__(
        self,
        accounts: Sequence[Account],
        venues: Mapping[str, Venue],
        clock: Clock,
        ids: Ids,
        limits: Limits | None = None,
        journal: Journal | None = None,
        beside: Sequence[Path] = (),
        everywhere: Callable[[], Sequence[Path]] | None = None,
    ) -> None:
        """Bind accounts to venues; opens nothing yet.

        Args:
            accounts: the configured accounts.
            venues: the registry, by venue name.
            clock: the only source of time.
            ids: the source of amendment ids.
            limits: the desk's own limits, for accounts that have none of their own.
            journal: where every event is recorded; the desk goes on where it ended, and closes it. None keeps none.
            beside: names of further journals that may have orders of these accounts in flight.
            everywhere: finds the journals of other configurations, which may have the same accounts.

        Raises:
            app.domain.form.InputError: if an account lacks an address or a credential, naming it.
        """
        self.state = DeskState()
        self.clock = clock
        accounts = [part for account in accounts for part in parted(account, venues[account.venue].profile)]
        self.venues: dict[str, Venue] = {each.name: venue_of(venues[each.venue], each) for each in accounts}
        accounts = [completed(account, venues[account.venue].profile) for account in accounts]
        self.accounts: dict[str, Account] = {account.name: account for account in accounts}
        self._rules: dict[str, Rulebook] = {name: venue.rulebook for name, venue in self.venues.items()}
        for account in accounts:
            self.state.accounts[account.name] = AccountState(account.name, account.venue)
        self._masker = Masker.of(accounts)
        self._recorder: Recorder | None = None
        self._journal_trouble = self.ended = ""
        self.lasting: list[str] = []
        if journal is not None:
            self._recorder = Recorder(journal, accounts, self.venues, clock, beside, everywhere)
            self.state = self._recorder.recovered.folded.state
            ids.go_past(self._recorder.recovered.folded.request_number())
        self._reducer = Reducer(self.state, self._rules)
        self.forgetting = Forgetting(lambda: self.state, self._rules, self.dispatch)
        self._parts = Parts(self._taking, self.dispatch)
        self._ids = ids
        self.limits = {account.name: account.limits or limits or Limits() for account in accounts}
        self._listeners = Listeners(partial(self._tell_once, ""))
        self.read_only = any(account.environment is Environment.LIVE for account in accounts)
        self.read_only_accounts = {account.name for account in accounts if account.read_only}
        self._connectors: dict[str, Connector] = {account.name: self._connect(account) for account in accounts}
        self._preparing = Preparing(self._rules, self.limits, self._connectors)
        self._supervisors = {
            account.name: Supervisor(
                account.name,
                self._connectors,
                partial(self._connect, account),
                self.dispatch,
                clock,
                partial(self._link_of, account.name),
            )
            for account in accounts
        }
        if self._recorder is not None:
            self._recorder.connectors = self._connectors
        self._effects = EffectsRunner(self.state, self._connectors, self._recorder, clock, self.dispatch)
        self.forgetting.keepers.append(self._effects.sending)

    # -- running -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep every account's connector running until cancelled; then let go of everything that was started."""
        try:
            if self._recorder is not None:
                self._resume(self._recorder)
            async with asyncio.TaskGroup() as group:
                for name, supervisor in self._supervisors.items():
                    group.create_task(as_error(supervisor.run()), name=f"connector {name}")
        except Exception as error:
            # Nothing follows the venues any more: no link may go on looking as if it were up.
            fault = self._masker.text(fault_text(error))
            self.ended = f"Following the venues ended ({fault}); nothing shown is kept true. Start Redline "
            self.ended += "again."
            for supervisor in self._supervisors.values():
                supervisor.tell_down(self.ended)
            raise
        finally:
            await self.close()

    def _link_of(self, account: str) -> LinkState:
        return self.state.accounts[account].link

    def _connect(self, account: Account) -> Connector:
        return self.venues[account.name].connect(account, self.dispatch, self.clock)

    async def close(self) -> None:
        """Cancel timers and effects that still run. A request already written stays written."""
        self._parts.finish()
        await self._effects.close()
        if self._recorder is not None:
            self._recorder.close()

    @property
    def recovered(self) -> Recovered | None:
        """Return what the start found in the journal: since when, and what is not known; None without a journal."""
        return self._recorder.recovered if self._recorder is not None else None

    @property
    def journal(self) -> JournalStanding | None:
        """Return how the journal stands; None without one."""
        return self._recorder.standing if self._recorder is not None else None

    async def recorded(self) -> str:
        """Wait until all is on the disk; one sentence if it cannot be, "" if it is or where no journal is kept."""
        return await self._recorder.recorded() if self._recorder is not None else ""

    @property
    def held(self) -> Mapping[str, str]:
        """By amendment id, why the desk itself held back what it was asked to send; no venue had a part in it."""
        return self._effects.held

    @property
    def venues_ahead(self) -> dict[str, int | None]:
        """By account name, how far its venue's clock is ahead of ours in nanoseconds; None where nothing is known."""
        return {name: connector.venue_ahead() for name, connector in self._connectors.items()}

    def _resume(self, recorder: Recorder) -> None:
        """Take up what the last session left: say what is wrong with its record, and ask for what it did not learn."""
        for text in recorder.recovered.problems:
            self.tell_lasting(text, serious=text != recorder.recovered.beside)
        for wake in recorder.recovered.wakes:
            self._run(wake)
        self._effects.spawn(self._check(recorder), "check the journal")
        self._effects.spawn(recorder.turns.look(), "look at other journals")

    async def _check(self, recorder: Recorder) -> None:
        broken = await recorder.check()
        if broken and broken not in self.lasting:
            self.tell_lasting(broken)

    def tell_lasting(self, text: str, *, serious: bool = True) -> None:
        """Say what stays true as long as this desk runs; another ticket beside it is no trouble."""
        self.lasting.append(text)
        self._tell_all(text, serious=serious)

    def _tell_all(self, text: str, *, serious: bool = True) -> None:
        for account in self.state.accounts:
            self.dispatch(ev.Noticed(account, self.clock.now(), text, serious))

    def _watch_journal(self, recorder: Recorder) -> None:
        """Say once that records cannot be written."""
        if recorder.failed != self._journal_trouble:
            self._journal_trouble = recorder.failed
            if recorder.failed:
                self._tell_all(recorder.failed)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told which rows and accounts each event touched; returns a function that ends it."""
        return self._listeners.add(listener)

    def dispatch(self, event: ev.Event) -> None:
        """Fold one event and run what it asks for. Connectors' sink; never raises on a venue's account.

        An error of our own in here is told on the account of the event; whoever reports goes on, as an outcome may be
        what is reported next.
        """
        if self._parts.take(event):
            return
        if isinstance(event, ev.OpenOrdersListed):
            for _ in self._taking(event):
                pass
            return
        try:
            shown, entry = self._entered(event)
            self._taken(shown, entry, self._reducer.apply(shown))
        except FAULTS as error:
            self._failed(event, error)

    def _taking(self, event: ev.OpenOrdersListed) -> Iterator[None]:
        """Take a list in, a long one a part a step."""
        try:
            shown, entry = self._entered(event)
            out = FoldOutcome()
            for _ in self._reducer.folding(shown, out):
                self._preparing.moved()
                self._listeners.tell(frozenset(out.rows), frozenset())
                self.forgetting.note(out.rows)
                out.rows.clear()
                yield
            self._taken(shown, entry, out)
        except FAULTS as error:
            self._failed(event, error)

    def _failed(self, event: ev.Event, error: BaseException) -> None:
        log.error("an event of %s could not be taken in", event.account, exc_info=error)
        self._preparing.moved()  # a part of it may have been taken in
        self._not_taken(event, error)

    def _not_taken(self, event: ev.Event, error: BaseException) -> None:
        """Say that something of an account was not taken in: its rows may be behind the venue until they are read."""
        account = self.state.accounts.get(event.account)
        if account is None:
            return
        kind = type(event).__name__
        text = f"{account.name}: something the venue said could not be taken in ({kind}: {fault_text(error)}); its "
        text += "orders may be other than shown. Refresh; if it comes again, look at them at the venue."
        text = self._masker.text(text)
        if not self._tell_once(account.name, text):
            return
        account.surprises += 1
        rows = [lineage for lineage in self.state.lineages.values() if lineage.account == account.name]
        for lineage in rows:
            lineage.stale = lineage.stale or lineage.order.is_open
        self._listeners.tell(frozenset(lineage.key for lineage in rows), frozenset({account.name}))

    def _tell_once(self, account: str, text: str) -> bool:
        """Put a sentence where a person will see it, past the fold; False if it is there already."""
        if any(notice.text == text for notice in self.state.notices):
            return False
        self.state.notices.append(Notice(account, self.clock.now(), text, True))
        return True

    def _entered(self, event: Told) -> tuple[Told, JournalEntry | None]:
        if self._recorder is not None:
            return self._recorder.enter(event)
        # Connectors take secrets out of what they tell; what is told of a fault of theirs is told here.
        return self._masker.value(event) if isinstance(event, _OF_FAULTS) else event, None

    def _taken(self, event: ev.Event, entry: JournalEntry | None, out: FoldOutcome) -> None:
        self._preparing.moved()
        if self._recorder is not None:
            self._recorder.write(event, entry)
            self._watch_journal(self._recorder)
        for effect in out.effects:
            self._run(effect)
        if out.rows or out.accounts or out.proven:
            self._listeners.tell(frozenset(out.rows), frozenset(out.accounts))
        self.forgetting.after(event.account, out.rows, event.at)

    def _run(self, effect: Effect) -> None:
        """Run an effect; the simulation does so itself, in its own time."""
        self._effects.run(effect)

    # -- asking --------------------------------------------------------------------------------------------------

    def lineage(self, key: str) -> Lineage:
        """The row of that key.

        Raises:
            DeskError: if there is none any more.
        """
        found = self.state.lineages.get(key)
        if found is None:
            raise DeskError("That order is no longer in the list; refresh and choose another.")
        return found

    def find(self, order_id: str) -> Lineage:
        """The one row a person means by an order id, client id or row key.

        Raises:
            DeskError: if no row or several rows have it.
        """
        found = self.state.find(order_id)
        if not found:
            raise DeskError(
                f"No open order “{order_id}” on any account; list the open orders and copy an id from there."
            )
        if len(found) > 1:
            keys = ", ".join(sorted(lineage.key for lineage in found))
            raise DeskError(f"“{order_id}” names several orders; use one of {keys}.")
        return found[0]

    def surroundings(self, lineage: Lineage) -> Surroundings:
        """Everything around an order that its rulebook may look at."""
        return surroundings_of(self.state, lineage, self.clock.now(), self.accounts[lineage.account].switches)

    def staleness(self, lineage: Lineage) -> Staleness | None:
        """Return since when a row is not proven, and when it is read next; None while it is as fresh as promised."""
        account, now = self.state.accounts[lineage.account], self.clock.now()
        stale = staleness(lineage, account, self._rules[lineage.account].evidence, now)
        if stale is None and self.ended and lineage.order.is_open:
            return Staleness(proven_at(lineage), None)
        return stale

    def form(self, key: str) -> Form:
        """Return what this venue lets a person change of this order now."""
        lineage = self.lineage(key)
        return form_of(self._rules[lineage.account], lineage, self.surroundings(lineage))

    def prepare(self, key: str, draft: Draft, ahead: int = 0) -> Prepared:
        """Return a draft's plan and exact request. Sends nothing; the ids in it are kept until it is sent. Limits count
        other amendments of the account that are to leave `ahead` of it."""
        lineage = self.lineage(key)
        around = self.surroundings(lineage)
        return self._preparing.prepare(self.state, lineage, draft, around, self._ids, self._masker, ahead)

    def request_of(self, amendment: Amendment) -> WirePreview:
        """The exact request of an amendment that waits to leave, secrets masked."""
        return self._connectors[self.lineage(amendment.lineage).account].preview(amendment.command)

    # -- stopping ------------------------------------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """Return True if sending is stopped: nothing new leaves, and what still waits for its turn is taken back."""
        return self._effects.stopped

    @stopped.setter
    def stopped(self, on: bool) -> None:
        self._effects.stopped = on

    def holds_back(self, account: str) -> str:
        """Return what holds all sending to an account back now, whatever is asked; "" if nothing does."""
        failed = self.journal.failed if self.journal is not None else ""
        return STOPPED if self.stopped else self._read_only(account) or failed

    def _read_only(self, account: str) -> str:
        return read_only_words(account, whole=self.read_only, accounts=self.read_only_accounts)

    # -- acting --------------------------------------------------------------------------------------------------

    def send(self, prepared: Prepared, *, confirmed: bool = False, despite: frozenset[str] = frozenset()) -> str:
        """Send a prepared draft, once.

        Args:
            prepared: from `prepare`.
            confirmed: whether the person confirmed the cautions that ask for it.
            despite: what of other tickets' journals the person was told of; see `app.desk.journal.turns.Claim`.

        Returns:
            The amendment's id; its ladder is in `state.amendments`.

        Raises:
            DeskError: if it may not be sent now; nothing has left then.
        """
        lineage = self.lineage(prepared.lineage)
        if held := self.holds_back(lineage.account):
            raise DeskError(held)
        if prepared.command is None:
            first = prepared.plan.verdict.problems[0].text if prepared.plan.verdict.problems else "Nothing to send."
            raise DeskError(first)
        form = self.form(lineage.key)
        if prepared.command.order != form.order:
            raise DeskError("The order changed at the venue since you looked; read the new terms and send again.")
        # Everything is checked once more against the present: the market and the link may have moved since.
        fresh = self.prepare(prepared.lineage, prepared.plan.draft)
        if fresh.command is None:
            raise DeskError(fresh.plan.verdict.problems[0].text if fresh.plan.verdict.problems else "Nothing to send.")
        if fresh.command != prepared.command:
            raise DeskError("What would be sent changed since you looked; read it again and send.")
        asks = [caution.text for caution in fresh.plan.verdict.cautions if caution.confirm]
        if asks and not confirmed:
            raise DeskError(f"{asks[0]} Confirm it to send.")
        command, now = fresh.command, self.clock.now()
        self._preparing.sent(prepared.lineage)
        if despite:
            self._effects.despite[command.amendment_id] = despite
        amendment = Amendment(
            command=command,
            lineage=lineage.key,
            asked=asked_of(fresh.plan, form),
            stage=AmendmentStage.DRAFT,
            rungs=(Rung(AmendmentStage.DRAFT, now, Source.YOU, ""),),
            outcome="Checked; leaving.",
        )
        self.dispatch(ev.AmendmentRequested(lineage.account, now, amendment))
        if command.amendment_id not in self.state.amendments:
            raise DeskError("The amendment could not be taken in, so nothing was sent; the notices say why.")
        return command.amendment_id

    @property
    def effects(self) -> EffectsRunner:
        """Return what runs beside this desk as long as it does; batches gather their amendments there."""
        return self._effects

    def cancel(self, key: str) -> None:
        """Ask the venue to cancel an order; allowed whatever else is under way, even while sending is stopped.

        Raises:
            DeskError: if the ticket or the account is read-only, or the order has ended.
        """
        if why_not := self.why_no_cancel(key):
            raise DeskError(why_not)
        self.dispatch(ev.CancelRequested(self.lineage(key).account, self.clock.now(), key))

    def why_no_cancel(self, key: str) -> str:
        """Return why an order cannot be cancelled now, "" if it can."""
        ended = "" if self.lineage(key).order.is_open else "That order has ended; there is nothing to cancel."
        return self.refusal or self._read_only(self.lineage(key).account) or ended

    def refresh(self, account: str) -> None:
        """List an account's open orders and balances now."""
        if self._supervisors[account].waits:
            self._supervisors[account].hurry()
        else:
            self._run(Refresh(account))

    def check_now(self, key: str) -> None:
        """Look one order up at its venue now."""
        lineage = self.lineage(key)
        self._run(LookUp(lineage.account, lineage.target))

    # -- waiting (headless verbs and tests) ----------------------------------------------------------------------

    async def wait(self, condition: Callable[[DeskState], bool], seconds: float) -> bool:
        """Wait until the state meets a condition; False when the time is over first."""
        return await self._listeners.wait(lambda: condition(self.state), seconds)
