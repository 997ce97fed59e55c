"""The way between a desk and a modelled venue: what a connector promises, over wires that do not keep theirs.

A connector lists and looks up when asked, follows the link, and shows what the venue pushes. Whether a push arrives,
how late, how often and in which order is decided here by the dice and the faults of whatever caused it. The way of an
amendment is in `sending`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Protocol
from zlib import crc32

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.money import ZERO
from app.domain.order import Fill, Order
from app.simulation.modelled.behaviour import MILLISECOND, EndRecord, VenueModel
from app.simulation.modelled.endings import by_trades
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.pairs import ORIGINAL, Pairs

_NO_FAULTS: frozenset[FaultKind] = frozenset()


class Stage(Protocol):
    """Needs of the wires of the world they run in."""

    @property
    def now(self) -> int:
        """Virtual time."""
        ...

    def later(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        """Do something after a delay; routine work does not keep the world awake."""
        ...

    def tell(self, event: ev.Event) -> None:
        """Put an event into the desk's sink."""
        ...

    def struck(self, fault: FaultKind, account: str, amendment_id: str = "") -> None:
        """A fault has taken effect; without an amendment it struck every open one of the account."""
        ...


@dataclass(frozen=True, slots=True)
class Cause:
    """Cause of a message: its dice, its faults, and the amendment they belong to, if any."""

    dice: Random
    faults: frozenset[FaultKind] = _NO_FAULTS
    amendment_id: str = ""


@dataclass(slots=True)
class Waiting:
    """A request that left and has no answer yet."""

    command: Command
    cause: Cause
    open: bool = True


class Wires:
    """The wires of one account.

    Args:
        stage: the world.
        engine: the venue.
        seed: of what no cause decides.

    Attributes:
        account: its name.
        engine: the venue behind them.
        link_state: as reported to the desk.
        is_half_open: whether the socket is dead and nobody has noticed.
        account_faults: end of each fault of the whole account, in virtual time.
        waiting: amendments without an answer, by id.
        silent: ids of those given up, by the order they were for.
        renamed: old ids by the new ones a reply named.
        life: grows when the program behind the wires is killed; what was meant for an earlier one is lost.
        session: grows with each connection.
    """

    def __init__(self, stage: Stage, engine: SimulatedEngine, seed: str) -> None:
        self.stage = stage
        self.engine = engine
        self.account = engine.account
        self.model: VenueModel = engine.model
        self.behaviour = engine.model.behaviour
        self.seed = f"{seed} {self.account}"
        self.account_faults: dict[FaultKind, int] = {}
        self.life = self.session = 0
        self.link_state = LinkState.DOWN
        self._forget()

    def _forget(self) -> None:
        self.link_state = LinkState.DOWN
        self.is_half_open = False
        self.session += 1
        self.waiting: dict[str, Waiting] = {}
        self.silent: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        self.pairs = Pairs(self.behaviour.holds_pair)
        self._known: set[str] = set()
        self._orphans: list[Fill] = []
        self._told_fills: set[str] = set()
        self._sizes: dict[str, Decimal] = {}
        self._last_push = 0

    # -- the link ------------------------------------------------------------------------------------------------------

    @property
    def live(self) -> bool:
        """Return True if a request would leave and a push arrive."""
        return self.link_state in (LinkState.UP, LinkState.SYNCING) and not self.is_half_open

    def knows(self, order_id: str) -> bool:
        """Return True if an order was shown in this run."""
        return order_id in self._known

    def killed(self) -> None:
        """The program was killed: nothing of it is left, and nothing sent to it arrives."""
        self.life += 1
        self._forget()

    def connect(self) -> None:
        """Connect and come up, unless that was done meanwhile."""
        if self.link_state is not LinkState.DOWN:
            return
        life = self.life
        self._link(LinkState.CONNECTING)

        def sync() -> None:
            if self.life == life and self.link_state is LinkState.CONNECTING:
                self._link(LinkState.SYNCING)
                self.stage.tell(ev.InstrumentsLoaded(self.account, self.stage.now, (self.model.instrument,)))
                self.list_orders(then=up)

        def up(listed: bool) -> None:
            if self.life != life or self.link_state is not LinkState.SYNCING:
                return
            if not listed:
                self.drop(2 * SECOND, "the list could not be read.")
                return
            self._link(LinkState.UP)
            if self.behaviour.repeats_fills:
                self._repeat_fills()

        self.stage.later(self._trip(), sync)

    def drop(self, duration: int, text: str = "The connection broke.") -> None:
        """The connection ends; it comes back after a while."""
        if self.link_state is LinkState.DOWN:
            return
        self.session += 1
        self.is_half_open = False
        self._orphans.clear()
        self._link(LinkState.DOWN, text)
        if self.behaviour.socket_replies:
            for waiting in list(self.waiting.values()):
                self.unanswered(waiting, text)
        life = self.life
        self.stage.later(duration, lambda: self.connect() if self.life == life else None)

    def half_open(self, duration: int) -> None:
        """The socket dies without a sign; after a while a missing heartbeat shows it."""
        if not self.live:
            return
        self.is_half_open = True
        session = self.session
        self.stage.later(
            duration,
            lambda: self.drop(SECOND, "No sign of life.") if self.session == session and self.is_half_open else None,
        )

    def calm(self) -> None:
        """No more faults of the account; a link that is down comes back now."""
        self.account_faults.clear()
        if self.is_half_open:
            self.drop(0)
        elif self.link_state is LinkState.DOWN:
            self.connect()

    def poll(self) -> None:
        """Keep listing, for a venue that is polled."""
        life = self.life

        def turn() -> None:
            if self.life == life:
                if self.live and self.link_state is LinkState.UP:
                    self.list_orders()
                self.stage.later(self.behaviour.poll_every, turn, routine=True)

        if self.behaviour.poll_every:
            self.stage.later(self.behaviour.poll_every, turn, routine=True)

    def _link(self, state: LinkState, text: str = "") -> None:
        self.link_state = state
        self.stage.tell(ev.LinkChanged(self.account, self.stage.now, state, text))

    def unanswered(self, waiting: Waiting, text: str) -> None:
        """No answer will come, or none that can be used."""
        if waiting.open:
            waiting.open = False
            command_id = waiting.command.amendment_id
            self.silent.setdefault(waiting.command.order.order_id, set()).add(command_id)
            self.stage.tell(ev.AmendmentUnanswered(self.account, self.stage.now, command_id, text))

    def leaves(self, waiting: Waiting) -> None:
        """An amendment leaves: from now on its answer is waited for, and the order may be of the size it asks for."""
        command = waiting.command
        self.waiting[command.amendment_id] = waiting
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self._sizes[order_id] = max(size, self._sizes.get(order_id, ZERO))

    # -- pushes --------------------------------------------------------------------------------------------------------

    def push(self, order: Order, cause: Cause, replaces: str = "") -> None:
        """The venue pushes a row, as it is now."""
        if self.behaviour.pushes:
            self._send(cause, lambda: self.show(order, Source.PUSH, None, replaces))

    def push_fill(self, fill: Fill, cause: Cause) -> None:
        """The venue pushes an execution."""
        if self.behaviour.pushes:
            self._send(cause, lambda: self._show_fill(fill, Source.PUSH))

    def deliver(self, cause: Cause, work: Callable[[], None]) -> None:
        """Anything else the venue pushes."""
        self._send(cause, work)

    def _send(self, cause: Cause, work: Callable[[], None]) -> None:
        """Bring one message over, perhaps: lost, late, twice, or out of turn."""
        dice = cause.dice
        if not self.live:
            return
        if self._strikes(FaultKind.DROP_PUSH, cause, 0.5):
            return
        session = self.session

        def arrive() -> None:
            if self.session == session and not self.is_half_open:
                work()

        delay = dice.randint(1, 40) * MILLISECOND
        if self._strikes(FaultKind.REORDER, cause, 0.5):
            delay = dice.randint(1, 3000) * MILLISECOND
        else:
            # Messages of one socket come in order.
            delay = max(delay, self._last_push + 1 - self.stage.now)
            self._last_push = self.stage.now + delay
        self.stage.later(delay, arrive)
        if self._strikes(FaultKind.DUPLICATE_PUSH, cause, 0.5):
            self.stage.later(delay + dice.randint(0, 2000) * MILLISECOND, arrive)

    def _strikes(self, fault: FaultKind, cause: Cause, chance: float) -> bool:
        """Return True if a fault of the cause, or of the whole account, strikes this message."""
        if fault in cause.faults:
            if cause.dice.random() < chance:
                self.stage.struck(fault, self.account, cause.amendment_id)
                return True
            return False
        if self.account_faults.get(fault, 0) > self.stage.now and cause.dice.random() < chance:
            self.stage.struck(fault, self.account)
            return True
        return False

    def show(self, order: Order, source: Source, asked_at: int | None, replaces: str = "") -> None:
        """Show one row to the desk, as the care for pairs allows."""
        rows = self.pairs.see(order, self.stage.now)
        for row, original in rows:
            self._tell_seen(row, source, asked_at, replaces or original)
        if self._orphans:
            self._adopt_orphans()
        if not rows:
            # It waits for its other half; a heartbeat looks after it.
            life = self.life
            self.stage.later(4 * SECOND, lambda: self._tell_overdue() if self.life == life else None)

    def _tell_overdue(self) -> None:
        for row, original in self.pairs.overdue(self.stage.now):
            self._tell_seen(row, Source.PUSH, None, original)

    def _tell_seen(self, row: Order, source: Source, asked_at: int | None, replaces: str) -> None:
        self._known.add(row.order_id)
        self.stage.tell(ev.OrderSeen(self.account, self.stage.now, row, source, asked_at, replaces))

    def _show_fill(self, fill: Fill, source: Source) -> None:
        self._told_fills.add(fill.fill_id)
        if source is Source.PUSH and self.behaviour.tells_list and fill.order_id not in self._known:
            self._orphans.append(fill)
            return
        self.stage.tell(ev.FillSeen(self.account, self.stage.now, fill, source))

    def _adopt_orphans(self) -> None:
        mine = [fill for fill in self._orphans if fill.order_id in self._known]
        self._orphans = [fill for fill in self._orphans if fill.order_id not in self._known]
        for fill in mine:
            self.stage.tell(ev.FillSeen(self.account, self.stage.now, fill, Source.PUSH))

    def _repeat_fills(self) -> None:
        for order_id in list(self._known):
            for fill in self.engine.fills.get(order_id, ()):
                self._show_fill(fill, Source.HISTORY)

    # -- reading -------------------------------------------------------------------------------------------------------

    def look_up(self, order: Order, done: Callable[[], None]) -> None:
        """Find out what became of one order; `done` is called when the answer was told."""
        asked_at, life, session = self.stage.now, self.life, self.session

        def failed(text: str) -> None:
            if self.life == life:
                self.stage.tell(ev.LookUpFailed(self.account, self.stage.now, order.order_id, text))
                done()

        if self._read_fails():
            self.stage.later(self._trip(), lambda: failed("The order could not be read."))
            return

        def answered(tell: Callable[[], None]) -> None:
            if self.life != life:
                return
            if self.is_lost(session):
                failed("The connection broke.")
                return
            tell()
            done()

        def read() -> None:
            tell = self._found(order, asked_at)
            self.stage.later(self._trip(), lambda: answered(tell))

        self.stage.later(self._trip(), read)

    def list_orders(self, then: Callable[[bool], None] | None = None) -> None:
        """List open orders and balances."""
        asked_at, life, session = self.stage.now, self.life, self.session

        def over(listed: bool) -> None:
            if then is not None and self.life == life:
                then(listed)

        if self._read_fails():
            self.stage.later(self._trip(), lambda: over(False))
            return

        def answered(orders: list[Order], balances: ev.BalancesSeen, patience: int) -> None:
            if self.life != life:
                return
            if self.is_lost(session):
                over(False)
                return
            if patience > 0 and self._may_be_renamed(orders):
                # The reply may name the new id; told before it, that would look like another order.
                self.stage.later(100 * MILLISECOND, lambda: answered(orders, balances, patience - 100 * MILLISECOND))
                return
            self._listed(orders, asked_at)
            self.stage.tell(replace(balances, at=self.stage.now))
            over(True)

        def read() -> None:
            orders = list(self.engine.open_orders())
            if orders and self.account_faults.get(FaultKind.SHORT_LIST, 0) > self.stage.now:
                heirs = {order.attribute(ORIGINAL) for order in orders}
                left_out = orders[self._chance("short") % len(orders)]
                # The one exception: that an old order is gone is read from a list that has its heir and not itself.
                if left_out.order_id not in heirs:
                    self.stage.struck(FaultKind.SHORT_LIST, self.account)
                    orders.remove(left_out)
            found = ev.BalancesSeen(self.account, self.stage.now, self.engine.balances(asked_at), complete=True)
            self.stage.later(self._trip(), lambda: answered(orders, found, self.behaviour.patience))

        self.stage.later(self._trip(), read)

    def _read_fails(self) -> bool:
        down = self.link_state not in (LinkState.UP, LinkState.SYNCING)
        if (down and not self.behaviour.reads_when_down) or (self.is_half_open and self.behaviour.socket_replies):
            return True
        if self.account_faults.get(FaultKind.READS_FAIL, 0) > self.stage.now and self._chance("read") % 10 < 6:
            self.stage.struck(FaultKind.READS_FAIL, self.account)
            return True
        return False

    def is_lost(self, session: int) -> bool:
        """Return True if an answer that was asked for in that session is lost."""
        return self.behaviour.socket_replies and (self.session != session or self.is_half_open)

    def _may_be_renamed(self, orders: list[Order]) -> bool:
        if not any(way.may_rename for way in self.behaviour.ways.values()):
            return False
        ids = {order.order_id for order in orders}
        if not ids - self._known - self.renamed.keys():
            return False
        return any(each.open and each.command.order.order_id not in ids for each in self.waiting.values())

    def _listed(self, orders: list[Order], asked_at: int) -> None:
        now = self.stage.now
        for order in orders:
            if order.order_id in self.renamed:
                self.show(order, Source.LOOKUP, asked_at, self.renamed.pop(order.order_id))
        shown = self.pairs.listed(orders, asked_at, complete=True)
        if len(shown) < len(orders):
            life = self.life
            self.stage.later(4 * SECOND, lambda: self._tell_overdue() if self.life == life else None)
        self._known.update(order.order_id for order in shown)
        self.stage.tell(ev.OpenOrdersListed(self.account, now, asked_at, tuple(shown)))
        if not self.behaviour.pushes:
            self._tell_fills(order.order_id for order in orders)
        if self._orphans:
            self._adopt_orphans()

    def _tell_fills(self, order_ids: Iterable[str]) -> None:
        for order_id in order_ids:
            for fill in self.engine.fills.get(order_id, ()):
                if fill.fill_id not in self._told_fills:
                    self._show_fill(fill, Source.HISTORY)

    def _found(self, order: Order, asked_at: int) -> Callable[[], None]:
        """Reading of one order now, as work to do when the answer comes."""
        now = self.engine.orders.get(order.order_id)
        if self.behaviour.tells_list:
            listed = list(self.engine.open_orders())
            return lambda: self._tell_listed(order, listed, now, asked_at)
        if now is None:
            return lambda: self._missing(order.order_id, asked_at)
        if now.is_open:
            return lambda: self.show(now, Source.LOOKUP, asked_at)
        if self.behaviour.ended is EndRecord.TRADES:
            return self._by_trades(order, now, asked_at)
        chain = self.engine.chain_of(order.order_id)
        heir = self.engine.orders[chain.last] if chain.last != order.order_id else None
        replaced = heir is not None or order.order_id in self.engine.beside.values()
        states = [each for _, each in chain.held if each.order_id == order.order_id and each.is_open]
        ended = replace(now, attributes=(*now.attributes, *self.model.past(states, replaced)))

        def tell() -> None:
            if heir is not None:
                self.pairs.note(now)
                self.show(heir, Source.HISTORY, asked_at)
            self.show(ended, Source.HISTORY, asked_at)

        return tell

    def _tell_listed(self, order: Order, listed: list[Order], now: Order | None, asked_at: int) -> None:
        """A venue whose look-up is the list: unknown orders are shown, because one may be the order's new form."""
        for row in listed:
            if row.order_id == order.order_id or row.order_id not in self._known:
                self.show(row, Source.LOOKUP, asked_at)
        if any(row.order_id == order.order_id for row in listed):
            return
        self._tell_fills([order.order_id])
        if now is None or now.is_open or order.order_id in self.engine.moved:
            self._missing(order.order_id, asked_at)
        else:
            self.show(now, Source.HISTORY, asked_at)

    def _by_trades(self, order: Order, now: Order, asked_at: int) -> Callable[[], None]:
        """End of an order that is gone, as its trades and perhaps the public feed show it."""
        fills = list(self.engine.fills.get(order.order_id, ()))
        moved = order.order_id in self.engine.moved
        hint = now.status if not moved and self._chance(order.order_id) % 10 < 7 else None
        gone = by_trades(self.model, order, fills, hint, max(order.quantity, self._sizes.get(order.order_id, ZERO)))

        def tell() -> None:
            for fill in fills:
                if fill.fill_id not in self._told_fills:
                    self._show_fill(fill, Source.HISTORY)
            if moved and gone.filled == ZERO:
                self._missing(order.order_id, asked_at)
            else:
                self.show(gone, Source.HISTORY, asked_at)

        return tell

    def _missing(self, order_id: str, asked_at: int) -> None:
        self.stage.tell(ev.OrderMissing(self.account, self.stage.now, asked_at, order_id, "No such order."))

    def _trip(self) -> int:
        return (1 + self._chance("trip") % 30) * MILLISECOND

    def _chance(self, about: str) -> int:
        """A number that only the moment and its matter decide, so that leaving other steps out does not change it."""
        return crc32(f"{self.seed} {about} {self.stage.now}".encode())
