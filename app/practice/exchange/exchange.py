"""One simulated exchange: instruments, books, ledger, orders, and listeners who are told what happened.

Every public call does all of what it says or raises `Refused` and changes nothing. Listeners are called after the call
is complete, in the order things happened; what a listener does in turn is delivered after that. Given the same seed,
the same clock and the same calls, everything comes out the same, ids included.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from decimal import Decimal

from app.practice.exchange.book import Book
from app.practice.exchange.engine import STOPS, TRADES_KEPT, MatchingEngine
from app.practice.exchange.errors import InsufficientBalance, Reason, Refused
from app.practice.exchange.orders import (
    CROWD,
    ZERO,
    ExchangeEvent,
    Execution,
    NewOrder,
    SessionChanged,
    SimChange,
    SimInstrument,
    SimKind,
    SimOrder,
    Status,
    TriggerSource,
)


class Exchange(MatchingEngine):
    """The exchange of one practice venue.

    Args:
        clock: where every time stamp comes from.
        policy: the venue's rules about money and ids.
        source: the seeded generator ids are drawn from.
    """

    # -- set-up and looking --------------------------------------------------------------------------------------------

    def add_instrument(self, instrument: SimInstrument) -> None:
        """List an instrument; its last and mark price begin at its mid."""
        self._instruments[instrument.symbol] = instrument
        self._books[instrument.symbol] = Book(instrument.symbol)
        self._trades[instrument.symbol] = deque(maxlen=TRADES_KEPT)
        for source in TriggerSource:
            self._prices[instrument.symbol, source] = instrument.mid

    def is_trading(self, symbol: str) -> bool:
        """Return True if the session of the instrument is open."""
        return symbol not in self._closed

    def by_uid(self, uid: int) -> SimOrder:
        """The order of that uid."""
        return self._orders[uid]

    def order(self, order_id: str) -> SimOrder:
        """The order that has this id now, open or closed.

        Raises:
            Refused: NO_SUCH_ORDER.
        """
        found = self._by_id.get(order_id)
        if found is None:
            raise Refused(Reason.NO_SUCH_ORDER, f"There is no order {order_id!r}.")
        return found

    def find(self, order_id: str) -> SimOrder | None:
        """The order that has this id now or had it once."""
        return self._by_id.get(order_id) or self._former.get(order_id)

    def order_of(self, owner: str, order_id: str) -> SimOrder | None:
        """The owner's order that has this id now, open or closed; None if there is none."""
        found = self._by_id.get(order_id)
        return found if found is not None and found.owner == owner else None

    def by_client_id(self, owner: str, client_id: str) -> list[SimOrder]:
        """The owner's orders with that client id, oldest first; venues differ in whether it is unique."""
        return [order for order in self.orders_of(owner) if order.client_id == client_id]

    def orders_of(self, owner: str) -> list[SimOrder]:
        """Every order the owner ever had here, oldest first. Closed orders of the crowd are forgotten."""
        return list(self._owned.get(owner, {}).values())

    def open_orders(self, owner: str, symbol: str | None = None) -> list[SimOrder]:
        """The owner's open orders, oldest first."""
        return [order for order in self.orders_of(owner) if order.is_open and symbol in (None, order.symbol)]

    def executions_of(self, owner: str, uid: int | None = None) -> list[Execution]:
        """The owner's fills, of one order if `uid` is given, oldest first."""
        return [
            done
            for done in self._executions
            if owner in (done.maker_owner, done.taker_owner) and uid in (None, done.maker_uid, done.taker_uid)
        ]

    def fills_of(self, owner: str) -> list[tuple[Execution, SimOrder]]:
        """The owner's fills, each with the owner's order in it, oldest first; a trade with oneself is two."""
        return [
            (done, self._orders[uid])
            for done in self.executions_of(owner)
            for uid, side in ((done.maker_uid, done.maker_owner), (done.taker_uid, done.taker_owner))
            if side == owner
        ]

    def trades(self, symbol: str) -> list[Execution]:
        """The last public trades of an instrument, oldest first."""
        return list(self._trades[symbol])

    def subscribe(self, listener: Callable[[ExchangeEvent], None]) -> Callable[[], None]:
        """Tell `listener` every event from now on; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- orders --------------------------------------------------------------------------------------------------------

    def place(self, new: NewOrder) -> SimOrder:
        """Place an order: lock, trade, rest or wait, as its kind says.

        Raises:
            Refused: MARKET_CLOSED, INSUFFICIENT_BALANCE, WOULD_CROSS (post-only), BAD_QUANTITY, BAD_PRICE, BAD_STOP,
                DUPLICATE_ID.
        """
        self._check_new(new)
        with self._operation():
            order = self._create(new)
            if new.queued:
                self._record(order, "queued")
            else:
                self._enter(order, "placed")
            return order

    def admit(self, order: SimOrder) -> None:
        """Let a PENDING order enter the book."""
        self._need_open(order)
        if order.status is not Status.PENDING:
            raise Refused(Reason.NOT_OPEN, f"Order {order.order_id} is not pending.")
        if order.post_only and order.price is not None and self.book(order.symbol).would_cross(order.side, order.price):
            raise Refused(Reason.WOULD_CROSS, f"Post-only order {order.order_id} would trade at once.")
        with self._operation():
            self._enter(order, "admitted")

    def amend(self, order: SimOrder, change: SimChange) -> SimOrder:
        """Change an open order; it may trade at once if its new price crosses the book.

        Raises:
            Refused: NOT_OPEN, BAD_QUANTITY (at or below what is filled), BAD_PRICE, BAD_STOP (no untriggered stop),
                WOULD_CROSS (post-only), INSUFFICIENT_BALANCE, DUPLICATE_ID. The order is as it was.
        """
        self._check_change(order, change)
        with self._operation():
            before = (order.price, order.quantity, order.value, order.stop)
            attributes = dict(order.attributes)
            if change.price is not None:
                order.price = change.price
            if change.quantity is not None:
                order.quantity = change.quantity
            if change.stop is not None:
                order.stop = change.stop
            if change.value is not None:
                order.value = change.value
            elif change.price is not None or change.quantity is not None:
                order.value = (order.price or ZERO) * order.quantity
            order.attributes.update(change.attributes)
            try:
                self._relock(order)
            except InsufficientBalance:
                order.price, order.quantity, order.value, order.stop = before
                order.attributes = attributes
                raise
            former_id = order.order_id
            if change.order_id is not None:
                self._rename(order, change.order_id)
            self._record(order, change.cause, former_id)
            self._move_in_book(order, before[0], change)
            return order

    def reduce(self, order: SimOrder, remaining: Decimal, cause: str = "reduced") -> SimOrder:
        """Lower what is left of an order; it keeps its place in the queue.

        Raises:
            Refused: NOT_OPEN, BAD_QUANTITY (not above zero, or not below what is left now).
        """
        if remaining >= order.remaining:
            raise Refused(Reason.BAD_QUANTITY, f"{remaining} is not less than {order.remaining}.")
        return self.amend(order, SimChange(quantity=order.filled + remaining, cause=cause))

    def cancel(self, order: SimOrder, reason: str = "user") -> None:
        """Take an open order out.

        Raises:
            Refused: NOT_OPEN.
        """
        self._need_open(order)
        with self._operation():
            self._close(order, Status.CANCELLED, "cancelled", reason)

    def expire(self, order: SimOrder, reason: str = "expired") -> None:
        """End an open order as expired.

        Raises:
            Refused: NOT_OPEN.
        """
        self._need_open(order)
        with self._operation():
            self._close(order, Status.EXPIRED, "expired", reason)

    def trigger(self, order: SimOrder) -> None:
        """Wake an untriggered stop now, whatever the price.

        Raises:
            Refused: BAD_STOP if it is not an untriggered stop.
        """
        if order.status is not Status.UNTRIGGERED:
            raise Refused(Reason.BAD_STOP, f"Order {order.order_id} is not an untriggered stop.")
        with self._operation():
            self._wake(order)

    def deal(self, order: SimOrder, quantity: Decimal) -> Execution:
        """Let somebody of the crowd trade with just this resting order, at its price, whoever stands before it.

        For drills: it moves neither the last price nor wakes any stop.

        Raises:
            Refused: NOT_OPEN if it does not rest, BAD_QUANTITY if there is not so much left.
        """
        entry = self.book(order.symbol).entry(order.uid)
        if entry is None:
            raise Refused(Reason.NOT_OPEN, f"Order {order.order_id} does not rest in the book.")
        if not ZERO < quantity <= order.remaining:
            raise Refused(Reason.BAD_QUANTITY, f"{quantity} is not within the {order.remaining} left.")
        with self._operation():
            taker = self._create(
                NewOrder(CROWD, order.symbol, order.side.opposite, SimKind.LIMIT, quantity, entry.price)
            )
            return self._meet(order, taker)

    def set_price(self, symbol: str, source: TriggerSource, price: Decimal) -> None:
        """Set the last or mark price and wake the stops it reaches."""
        self.instrument(symbol)
        with self._operation():
            self._set_price(symbol, source, price)

    def set_session(self, symbol: str, is_open: bool) -> None:
        """Open or close trading in an instrument; resting orders stay, new ones and amendments are refused."""
        self.instrument(symbol)
        with self._operation():
            if is_open:
                self._closed.discard(symbol)
            else:
                self._closed.add(symbol)
            self._emit(SessionChanged(self._number(), symbol, is_open))

    # -- checks --------------------------------------------------------------------------------------------------------

    def _check_new(self, new: NewOrder) -> None:
        self.instrument(new.symbol)
        if new.symbol in self._closed and new.owner != CROWD:
            raise Refused(Reason.MARKET_CLOSED, f"{new.symbol} is not trading.")
        if new.quantity <= 0:
            raise Refused(Reason.BAD_QUANTITY, "The quantity must be above zero.")
        if new.kind in (SimKind.LIMIT, SimKind.STOP_LIMIT) and (new.price is None or new.price <= 0):
            raise Refused(Reason.BAD_PRICE, "A limit order needs a price above zero.")
        if (new.stop is not None) is not (new.kind in STOPS) or (new.stop is not None and new.stop <= 0):
            raise Refused(Reason.BAD_STOP, "A stop order needs a stop price above zero, and no other order has one.")
        if not new.post_only or new.queued or new.kind is not SimKind.LIMIT or new.price is None:
            return
        if self._books[new.symbol].would_cross(new.side, new.price):
            raise Refused(Reason.WOULD_CROSS, "A post-only order would trade at once.")

    def _check_change(self, order: SimOrder, change: SimChange) -> None:
        self._need_open(order)
        if order.symbol in self._closed and order.owner != CROWD:
            raise Refused(Reason.MARKET_CLOSED, f"{order.symbol} is not trading.")
        if change.quantity is not None:
            allowed = change.quantity > order.filled or (change.complete and change.quantity == order.filled > 0)
            if not allowed:
                raise Refused(Reason.BAD_QUANTITY, f"{change.quantity} is not above the filled {order.filled}.")
        if change.price is not None and (change.price <= 0 or order.price is None):
            raise Refused(Reason.BAD_PRICE, "Only a limit order has a price to change, and it must be above zero.")
        if change.stop is not None and (change.stop <= 0 or order.status is not Status.UNTRIGGERED):
            raise Refused(Reason.BAD_STOP, "Only an untriggered stop has a stop price to change, and above zero.")
        if change.order_id not in (None, order.order_id) and change.order_id in self._by_id:
            raise Refused(Reason.DUPLICATE_ID, f"There is an order {change.order_id!r} already.")
        resting = order.status in (Status.WORKING, Status.PARTIALLY_FILLED)
        if not order.post_only or not resting or change.price is None:
            return
        if self._books[order.symbol].would_cross(order.side, change.price):
            raise Refused(Reason.WOULD_CROSS, "The post-only order would trade at once.")
