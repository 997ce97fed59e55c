"""Reading at a modelled venue: lists and look-ups as a careful connector asks for them and tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.money import ZERO
from app.domain.order import Order
from app.simulation.modelled.behaviour import MILLISECOND, EndRecord
from app.simulation.modelled.endings import by_trades
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.lies import Lies
from app.simulation.modelled.line import Line
from app.simulation.modelled.pairs import ORIGINAL


class Reads:
    """Lists and look-ups of one account, in one run of its connector."""

    def __init__(self, wires: Line, lies: Lies) -> None:
        """Ask nothing yet."""
        self._wires = wires
        self._lies = lies
        self._engine = wires.engine
        self._stage = wires.stage
        self._behaviour = wires.behaviour
        self._list_waits = False

    def look_up(self, order: Order, done: Callable[[], None]) -> None:
        """Find out what became of one order; `done` is called when the answer was told."""
        wires, life = self._wires, self._wires.life
        wait = self._wait()
        if wait:
            self._stage.later(wait, lambda: self._look_up(order, done) if wires.life == life else None)
        else:
            self._look_up(order, done)

    def _look_up(self, order: Order, done: Callable[[], None]) -> None:
        wires = self._wires
        asked_at, life, session = self._stage.now, wires.life, wires.session

        def failed(text: str) -> None:
            if wires.life == life:
                self._stage.tell(ev.LookUpFailed(wires.account, self._stage.now, order.order_id, text))
                done()

        if self._fails():
            self._stage.later(wires.trip(), lambda: failed("The order could not be read."))
            return

        def answered(tell: Callable[[], None]) -> None:
            if wires.life != life:
                return
            if wires.is_lost(session):
                failed("The connection broke.")
                return
            tell()
            done()

        def read() -> None:
            tell = self._found(order, asked_at)
            self._stage.later(wires.trip(), lambda: answered(tell))

        self._stage.later(wires.trip(), read)

    def list_orders(self, then: Callable[[bool], None] | None = None) -> None:
        """List open orders and balances."""
        wires, life = self._wires, self._wires.life
        wait = self._wait()
        if not wait:
            self._list(then)
            return
        if self._list_waits and then is None:
            return  # the one that waits serves this question too

        def leave() -> None:
            self._list_waits = False
            if wires.life == life:
                self._list(then)

        self._list_waits = True
        self._stage.later(wait, leave)

    def _list(self, then: Callable[[bool], None] | None) -> None:
        wires = self._wires
        asked_at, life, session = self._stage.now, wires.life, wires.session

        def over(listed: bool) -> None:
            if then is not None and wires.life == life:
                then(listed)

        if self._fails():
            self._stage.later(wires.trip(), lambda: over(False))
            return

        def answered(orders: list[Order], complete: bool, balances: ev.BalancesSeen, patience: int) -> None:
            if wires.life != life:
                return
            if wires.is_lost(session):
                over(False)
                return
            if patience > 0 and self._may_be_renamed(orders):
                # The reply may name the new id; told before it, that would look like another order.
                left = patience - 100 * MILLISECOND
                self._stage.later(100 * MILLISECOND, lambda: answered(orders, complete, balances, left))
                return
            self._listed(orders, asked_at, complete=complete)
            self._stage.tell(replace(balances, at=self._stage.now))
            over(True)

        def read() -> None:
            orders, complete = self._pages(list(self._engine.open_orders()))
            found = ev.BalancesSeen(wires.account, self._stage.now, self._engine.balances(asked_at), complete=True)
            self._stage.later(wires.trip(), lambda: answered(orders, complete, found, self._behaviour.patience))

        self._stage.later(wires.trip(), read)

    def _pages(self, orders: list[Order]) -> tuple[list[Order], bool]:
        """The part of its list that the venue gives, and whether its end was seen."""
        wires = self._wires
        if orders and self._lasts(FaultKind.INCOMPLETE):
            self._stage.struck(FaultKind.INCOMPLETE, wires.account)
            return orders[: wires.chance("cut") % len(orders)], False
        if len(orders) > 1 and self._lasts(FaultKind.REPEATED):
            self._stage.struck(FaultKind.REPEATED, wires.account)
            page = orders[: 1 + wires.chance("page") % (len(orders) - 1)]
            return [*page, *page], False
        if orders and self._lasts(FaultKind.SHORT_LIST):
            heirs = {order.attribute(ORIGINAL) for order in orders}
            left_out = orders[wires.chance("short") % len(orders)]
            # The one exception: that an old order is gone is read from a list that has its heir and not itself.
            if left_out.order_id not in heirs:
                self._stage.struck(FaultKind.SHORT_LIST, wires.account)
                orders.remove(left_out)
                self._engine.ever_denied.add(left_out.order_id)
        return orders, True

    def _lasts(self, fault: FaultKind) -> bool:
        return self._wires.account_faults.get(fault, 0) > self._stage.now

    def _wait(self) -> int:
        """Time a read waits for its turn, and the word about it."""
        if not self._lasts(FaultKind.STARVED):
            return 0
        wires, now = self._wires, self._stage.now
        wait = (10 + wires.chance("budget") % 50) * SECOND
        self._stage.struck(FaultKind.STARVED, wires.account)
        text = "Reads of open orders wait for the venue's rate limit."
        self._stage.tell(ev.Noticed(wires.account, now, text, about=ev.Condition.READS, until=now + wait))
        return wait

    def _fails(self) -> bool:
        wires = self._wires
        down = wires.link_state not in (LinkState.UP, LinkState.SYNCING)
        if (down and not self._behaviour.reads_when_down) or (wires.is_half_open and self._behaviour.socket_replies):
            return True
        if self._lasts(FaultKind.READS_FAIL) and wires.chance("read") % 10 < 6:
            self._stage.struck(FaultKind.READS_FAIL, wires.account)
            return True
        return wires.dead

    def _may_be_renamed(self, orders: list[Order]) -> bool:
        wires = self._wires
        if not any(way.may_rename for way in self._behaviour.ways.values()):
            return False
        ids = {order.order_id for order in orders}
        if not ids - wires.known - wires.renamed.keys():
            return False
        return any(each.open and each.command.order.order_id not in ids for each in wires.waiting.values())

    def _listed(self, orders: list[Order], asked_at: int, *, complete: bool) -> None:
        wires, now = self._wires, self._stage.now
        for order in orders:
            if order.order_id in wires.renamed:
                wires.show(order, Source.LOOKUP, asked_at, wires.renamed.pop(order.order_id))
        shown = wires.pairs.listed(orders, asked_at, complete=complete)
        if len(shown) < len(orders):
            life = wires.life
            self._stage.later(4 * SECOND, lambda: wires.tell_overdue() if wires.life == life else None)
        wires.known.update(order.order_id for order in shown)
        rows, unreadable, whole = self._lies.listed([wires.marked(order) for order in shown], asked_at)
        listed = ev.OpenOrdersListed(wires.account, now, asked_at, rows, complete and whole, unreadable)
        self._stage.tell(listed)
        if not self._behaviour.pushes:
            self._tell_fills(order.order_id for order in orders)
        if wires.orphans:
            wires.adopt_orphans()

    def _tell_fills(self, order_ids: Iterable[str]) -> None:
        for order_id in order_ids:
            for fill in self._engine.fills.get(order_id, ()):
                if fill.fill_id not in self._wires.told_fills:
                    self._wires.show_fill(fill, Source.HISTORY)

    def _found(self, order: Order, asked_at: int) -> Callable[[], None]:
        """Reading of one order now, as work to do when the answer comes."""
        wires, engine = self._wires, self._engine
        now = engine.orders.get(order.order_id)
        if self._behaviour.tells_list:
            listed, complete = self._pages(list(engine.open_orders()))
            if not complete:
                text = "The list of open orders was cut."
                return lambda: self._stage.tell(ev.LookUpFailed(wires.account, self._stage.now, order.order_id, text))
            return lambda: self._tell_listed(order, listed, now, asked_at)
        if now is None:
            return lambda: self._missing(order.order_id, asked_at)
        if now.is_open:
            return lambda: wires.show(now, Source.LOOKUP, asked_at)
        if self._behaviour.ended is EndRecord.TRADES:
            return self._by_trades(order, now, asked_at)
        chain = engine.chain_of(order.order_id)
        heir = engine.orders[chain.last] if chain.last != order.order_id else None
        replaced = heir is not None or order.order_id in engine.beside.values()
        states = [each for _, each in chain.held if each.order_id == order.order_id and each.is_open]
        ended = replace(now, attributes=(*now.attributes, *wires.model.past(states, replaced)))

        def tell() -> None:
            if heir is not None:
                wires.pairs.note(now)
                wires.show(heir, Source.HISTORY, asked_at)
            wires.show(ended, Source.HISTORY, asked_at)

        return tell

    def _tell_listed(self, order: Order, listed: list[Order], now: Order | None, asked_at: int) -> None:
        """A venue whose look-up is the list: unknown orders are shown, because one may be the order's new form."""
        wires = self._wires
        for row in sorted(listed, key=lambda each: each.order_id != order.order_id):
            if row.order_id == order.order_id or row.order_id not in wires.known:
                wires.show(row, Source.LOOKUP, asked_at)
        if any(row.order_id == order.order_id for row in listed):
            return
        self._tell_fills([order.order_id])
        if now is None or now.is_open or order.order_id in self._engine.moved:
            self._missing(order.order_id, asked_at)
        else:
            wires.show(now, Source.HISTORY, asked_at)

    def _by_trades(self, order: Order, now: Order, asked_at: int) -> Callable[[], None]:
        """End of an order that is gone, as its trades and perhaps the public feed show it."""
        wires, engine = self._wires, self._engine
        fills = list(engine.fills.get(order.order_id, ()))
        moved = order.order_id in engine.moved
        hint = now.status if not moved and wires.chance(order.order_id) % 10 < 7 else None
        size = max(order.quantity, wires.sizes.get(order.order_id, ZERO))
        gone = by_trades(wires.model, order, fills, hint, size)

        def tell() -> None:
            for fill in fills:
                if fill.fill_id not in wires.told_fills:
                    wires.show_fill(fill, Source.HISTORY)
            if moved and gone.filled == ZERO:
                self._missing(order.order_id, asked_at)
            else:
                wires.show(gone, Source.HISTORY, asked_at)

        return tell

    def _missing(self, order_id: str, asked_at: int) -> None:
        self._stage.tell(ev.OrderMissing(self._wires.account, self._stage.now, asked_at, order_id, "No such order."))
