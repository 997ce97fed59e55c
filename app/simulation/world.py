"""One episode's world: a desk, its modelled venues, virtual time between them, and the eye on every promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from app.desk.effects import Effect, LookUp, Refresh, SendAmendment, SendCancel, WakeAt
from app.desk.ids import Ids
from app.desk.journal.replay import Folded, begin
from app.domain import events as ev
from app.domain.account import Account, Environment
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.ports import Venue
from app.simulation.clockwork import Clockwork
from app.simulation.following import Following, one_account
from app.simulation.modelled.behaviour import MILLISECOND, VenueModel
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.sending import SimulatedSender
from app.simulation.modelled.stage import Cause
from app.simulation.modelled.wires import Wires
from app.simulation.promises import BrokenPromise, Promises
from app.simulation.record import EpisodeRecord, session
from app.simulation.shell import SimulatedDesk, SimulatedVenue
from app.simulation.story import line_of, seconds

#: Time healthy links may take to settle everything, and again for a last reading.
PATIENCE = 20 * 60 * SECOND

#: Time between lists while everything settles: a venue that is not polled is read again by its connector, or a person.
LISTED_EVERY = 60 * SECOND

#: True lists, with the look-ups they lead to, after which every row must be right again.
MOST_READS = 4


class World:
    """A desk and the modelled venues of its accounts, one account a venue.

    Args:
        venues: the real ones, for their rules.
        models: by the same names.

    Attributes:
        clock: virtual time.
        desk: the desk of the present run of the program.
        engines, wires, senders: by account.
        record: what its journal holds; `base` what it comes to up to its place `base_at`.
        rules: by account.
        causes: dice and faults of each amendment.
        struck_by: how often each fault took effect.
        hit: amendments that met one.
        sent: how many were sent.
        story: what happened, line by line, where somebody wants to read it.
    """

    def __init__(self, venues: Mapping[str, Venue], models: Mapping[str, VenueModel], seed: str) -> None:
        self.clock = Clockwork()
        self.models = models
        self._venues: Mapping[str, Venue] = {
            name: SimulatedVenue(venue.profile, venue.rulebook, lambda account: self.wires[account].dead)
            for name, venue in venues.items()
        }
        self.accounts = [Account(name, name, Environment.PRACTICE) for name in sorted(models)]
        self.engines = {name: SimulatedEngine(name, model) for name, model in models.items()}
        self.wires = {name: Wires(self, engine, seed) for name, engine in self.engines.items()}
        self.senders = {
            name: SimulatedSender(self.wires[name], venues[name].rulebook.evidence.settle_after)
            for name in self.engines
        }
        self.policies = {name: venue.rulebook.evidence for name, venue in venues.items()}
        for name, wires in self.wires.items():
            wires.poll_every = wires.poll_every or self.policies[name].reread_within // 3
        self.promises = Promises(self.engines)
        self.following = Following(self.wires, self.policies)
        self.rules = {name: venue.rulebook for name, venue in venues.items()}
        self.seed = seed
        self.record: list[EpisodeRecord] = []
        self.causes: dict[str, Cause] = {}
        self.struck_by: Counter[FaultKind] = Counter()
        self.hit: set[str] = set()
        self.events = self.sent = self.refused = 0
        self.story: list[str] | None = None
        self._touched: frozenset[str] = frozenset()
        self._accounts_touched: frozenset[str] = frozenset()
        self._looking: set[tuple[str, str]] = set()
        self._run_of_desk = 0
        begun = session(self.now, self.accounts)
        self.record.append(begun)
        folded = Folded()
        begin(folded, begun)
        self.base, self.base_at = folded.copied(), 1
        self.start(folded)

    # -- the program ---------------------------------------------------------------------------------------------------

    def start(self, folded: Folded) -> None:
        """The program starts with what its journal gave."""
        self._run_of_desk += 1
        self._looking.clear()
        ids = Ids(folded.request_number())
        self.desk = SimulatedDesk(self, self.accounts, self._venues, self.clock, ids, folded.state)
        self.desk.subscribe(self._touch)
        self.promises.watch(self.desk.state)
        self.following.watch(self.desk.state, self.now)

    def connect(self) -> None:
        """Every account connects and is polled where that is its way."""
        for wires in self.wires.values():
            wires.connect()
            wires.poll()

    def _touch(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        self._touched, self._accounts_touched = rows, accounts

    # -- what the desk reports -----------------------------------------------------------------------------------------

    def happens(self, event: ev.Event) -> None:
        """An event is about to be folded; the journal has it."""
        self._touched = self._accounts_touched = frozenset()
        self.events += 1
        self.record.append(event)
        if self.story is not None:
            self._tell_story(event)
        if isinstance(event, ev.AmendmentRequested):
            self.sent += 1

    def happened(self, event: ev.Event) -> None:
        """It was folded: every promise must hold."""
        one_account(event, self._touched, self._accounts_touched)
        self.promises.after(self._touched, event)
        self.following.after(event)

    def run(self, effect: Effect) -> None:
        """Run an effect as the shell would, a little later and while this run of the program lasts."""
        wires = self.wires[effect.account]
        if wires.dead and not isinstance(effect, WakeAt):
            self._soon(MILLISECOND, lambda: self._raises(effect))
            return
        match effect:
            case SendAmendment():
                self._soon(MILLISECOND, lambda: self._send(effect.account, effect.command))
            case SendCancel():
                cause = Cause(Random(f"{wires.seed} {effect.order.order_id} {self.now}"))
                self._soon(0, lambda: self.senders[effect.account].cancel(effect.order, cause))
            case LookUp():
                question = (effect.account, effect.order.order_id)
                if question not in self._looking:
                    self._looking.add(question)
                    self.promises.asked(*question, self.now)
                    self._soon(0, lambda: wires.reads.look_up(effect.order, lambda: self._looking.discard(question)))
            case Refresh():
                self.promises.asked(effect.account, "", self.now)
                self._soon(0, lambda: wires.reads.list_orders())
            case WakeAt():
                due = ev.ProbeDue(effect.account, effect.at, effect.amendment_id, effect.once)
                self._soon(effect.at - self.now, lambda: self.tell(due), routine=True)

    def _raises(self, effect: Effect) -> None:
        """Report, as the shell does, that a dead connector raised when it was asked for something."""
        account, text = effect.account, "an unforeseen fault broke it off (LookupError)"
        match effect:
            case SendAmendment(command=command):
                self.promises.sent(command.amendment_id)
                self.tell(ev.AmendmentUnanswered(account, self.now, command.amendment_id, text))
            case SendCancel(order=order):
                self.tell(ev.CancelAnswered(account, self.now, order.order_id, False, text))
            case LookUp(order=order):
                self.tell(ev.LookUpFailed(account, self.now, order.order_id, text))
            case _:
                self.tell(ev.Noticed(account, self.now, text))

    def _send(self, account: str, command: Command) -> None:
        self.promises.sent(command.amendment_id)
        self.senders[account].amend(command, self.causes[command.amendment_id])
        if self.senders[account].misfits:
            raise BrokenPromise("only legal requests leave", self.senders[account].misfits[0])

    def _soon(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        run = self._run_of_desk
        self.clock.later(delay, lambda: work() if self._run_of_desk == run else None, routine=routine)

    # -- what the wires need -------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Virtual time."""
        return self.clock.at

    def later(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        """Plan work of the venues and of the network."""
        self.clock.later(delay, work, routine=routine)

    def tell(self, event: ev.Event) -> None:
        """Put an event into the desk's sink."""
        self.desk.dispatch(event)

    def struck(self, fault: FaultKind, account: str, amendment_id: str = "") -> None:
        """A fault took effect: on one amendment, or on every open one of an account."""
        self.struck_by[fault] += 1
        if amendment_id:
            self.hit.add(amendment_id)
        else:
            self.hit.update(each.amendment_id for each in self.desk.state.unsettled(account))

    # -- rest ----------------------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """No more faults: everything must settle by itself, and a last reading must show what the venues hold.

        Raises:
            BrokenPromise: if it does not.
        """
        for wires in self.wires.values():
            wires.calm()
        end, due = self.now + PATIENCE, self.now + LISTED_EVERY
        while self.clock.outstanding or self.promises.pending():
            if self.now > due:
                due += LISTED_EVERY
                self._list_all()
            if self.now > end or not self.clock.turn():
                self._break_unsettled()
                break
        self._read_again()
        self.promises.at_rest()
        self.following.look(self.now)
        self.following.begin_anew()

    def _read_again(self) -> None:
        """Let every list be read, once or as often as it may take until what was false is overruled."""
        for _ in range(MOST_READS):
            self._list_all()
            end = self.now + PATIENCE
            while self.clock.outstanding and self.now <= end:
                self.clock.turn()
            wrong = self.following.wrong()
            if not wrong and not self.promises.unsettled():
                return
            # What is missing is given up only after the settling time, however often it was asked for before.
            self.clock.run_until(self.now + max(each.settle_after for each in self.policies.values()))
        if wrong:
            raise BrokenPromise("a row never stays wrong once the venue tells the truth", wrong)
        raise BrokenPromise(
            "nothing stays unknown", f"Still open after {MOST_READS} lists: {self.promises.unsettled()}."
        )

    def _list_all(self) -> None:
        for wires in self.wires.values():
            wires.reads.list_orders()

    def _break_unsettled(self) -> None:
        """Break if what evidence can settle is still open, with every link healthy for long enough."""
        words = ", ".join(f"{each.amendment_id} {each.stage.value}" for each in self.promises.pending())
        if words:
            raise BrokenPromise("nothing stays unknown", f"Still open with every link healthy: {words}.")

    def _tell_story(self, event: ev.Event) -> None:
        assert self.story is not None
        line = line_of(event)
        if line:
            self.story.append(f"{self.seconds}  {event.account:<11} {line}")

    @property
    def seconds(self) -> str:
        """Time since the beginning."""
        return seconds(self.now)
