"""The inside of the simulated exchange: how an order enters, trades, rests, wakes and ends, and how events are told.

`exchange.Exchange` is the face of it; nothing outside this folder uses this module.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from app.practice.exchange.book import Book, BookFill
from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.errors import Reason, Refused
from app.practice.exchange.ids import IdSource
from app.practice.exchange.ledger import Ledger
from app.practice.exchange.numbers import exact
from app.practice.exchange.orders import (
    CROWD,
    FEES,
    HOUSE,
    ZERO,
    BalanceChanged,
    BookChanged,
    ExchangeEvent,
    Execution,
    Force,
    NewOrder,
    OrderChanged,
    OrdersTraded,
    PriceChanged,
    Revision,
    SelfTrade,
    Side,
    SimChange,
    SimInstrument,
    SimKind,
    SimOrder,
    Status,
    TriggerSource,
)
from app.practice.exchange.policy import Policy, Trade

STOPS = frozenset({SimKind.STOP_LIMIT, SimKind.STOP_MARKET})
_TRIGGERED_KIND = {SimKind.STOP_LIMIT: SimKind.LIMIT, SimKind.STOP_MARKET: SimKind.MARKET}

#: Public trades kept per instrument.
TRADES_KEPT = 500


class MatchingEngine:
    """State and inner workings; every method here runs inside `_operation`."""

    def __init__(self, clock: PracticeClock, policy: Policy, source: random.Random) -> None:
        self.clock = clock
        self.policy = policy
        self.ids = IdSource(source)
        self.ledger = Ledger(self._balance_touched)
        for account in (CROWD, HOUSE, FEES):
            self.ledger.open_unlimited(account)
        self._instruments: dict[str, SimInstrument] = {}
        self._books: dict[str, Book] = {}
        self._closed: set[str] = set()
        self._prices: dict[tuple[str, TriggerSource], Decimal] = {}
        self._orders: dict[int, SimOrder] = {}
        self._owned: dict[str, dict[int, SimOrder]] = {}
        self._by_id: dict[str, SimOrder] = {}
        self._former: dict[str, SimOrder] = {}
        self._executions: list[Execution] = []
        self._trades: dict[str, deque[Execution]] = {}
        self._uids = 0
        self._events_made = 0
        self._executions_made = 0
        self._depth = 0
        self._pending: deque[ExchangeEvent] = deque()
        self._touched_levels: dict[tuple[str, Side, Decimal], None] = {}
        self._touched_balances: dict[tuple[str, str], None] = {}
        self._listeners: list[Callable[[ExchangeEvent], None]] = []
        self._delivering = False

    # -- look-ups ------------------------------------------------------------------------------------------------------

    @property
    def instruments(self) -> tuple[SimInstrument, ...]:
        return tuple(self._instruments.values())

    def instrument(self, symbol: str) -> SimInstrument:
        """The instrument of that symbol.

        Raises:
            Refused: NO_SUCH_INSTRUMENT.
        """
        if symbol not in self._instruments:
            raise Refused(Reason.NO_SUCH_INSTRUMENT, f"There is no instrument {symbol!r}.")
        return self._instruments[symbol]

    def book(self, symbol: str) -> Book:
        """The book of that symbol, to look at; change it only through the exchange."""
        self.instrument(symbol)
        return self._books[symbol]

    def price(self, symbol: str, source: TriggerSource = TriggerSource.LAST) -> Decimal:
        """The last or mark price."""
        self.instrument(symbol)
        return self._prices[symbol, source]

    # -- orders --------------------------------------------------------------------------------------------------------

    @staticmethod
    def _need_open(order: SimOrder) -> None:
        if not order.is_open:
            raise Refused(Reason.NOT_OPEN, f"Order {order.order_id} is {order.status}.")

    def _create(self, new: NewOrder) -> SimOrder:
        """Make the order and lock its money; it is in no book yet."""
        now = self.clock.now_ns()
        order_id = new.order_id if new.order_id is not None else self.policy.order_id(self)
        if order_id in self._by_id:
            raise Refused(Reason.DUPLICATE_ID, f"There is an order {order_id!r} already.")
        self._uids += 1
        order = SimOrder(
            uid=self._uids,
            order_id=order_id,
            client_id=new.client_id,
            owner=new.owner,
            symbol=new.symbol,
            side=new.side,
            kind=new.kind,
            placed_as=new.kind,
            price=new.price,
            quantity=new.quantity,
            value=new.value if new.value is not None else (new.price or ZERO) * new.quantity,
            stop=new.stop,
            trigger=new.trigger,
            rising=new.rising,
            force=new.force,
            post_only=new.post_only,
            reduce_only=new.reduce_only,
            created_ns=now if new.created_ns is None else new.created_ns,
            updated_ns=now,
            attributes=dict(new.attributes),
        )
        self._relock(order)
        self._orders[order.uid] = order
        self._owned.setdefault(order.owner, {})[order.uid] = order
        self._by_id[order_id] = order
        return order

    def _enter(self, order: SimOrder, cause: str) -> None:
        """Bring a new, admitted or triggered order to the book: it waits, trades, rests or ends."""
        book = self._books[order.symbol]
        if order.kind in STOPS and order.triggered_ns is None and order.stop is not None:
            order.status = Status.UNTRIGGERED
            book.add_stop(order.uid, order.side, order.stop, order.trigger, order.rising)
            self._record(order, cause)
            self._wake_reached(order.symbol, order.trigger)
            return
        order.status = Status.PARTIALLY_FILLED if order.filled else Status.WORKING
        self._record(order, cause)
        if order.force is Force.FOK:
            without = None if self._self_trade(order) is SelfTrade.ALLOW else order.owner
            if book.fillable(order.side, order.price, order.remaining, without)[0] < order.remaining:
                self._close(order, Status.CANCELLED, "cancelled", "fill_or_kill")
                return
        self._trade(order)

    def _self_trade(self, order: SimOrder) -> SelfTrade:
        """The crowd is many people, so it may meet itself."""
        return SelfTrade.ALLOW if order.owner == CROWD else self.policy.self_trade

    def _trade(self, order: SimOrder) -> None:
        """Match an order that does not rest yet, then rest or end what is left, then wake the stops it reached."""
        book = self._books[order.symbol]
        limit = order.price if order.kind is SimKind.LIMIT else None
        match = book.match(order.uid, order.owner, order.side, limit, order.remaining, self._self_trade(order))
        for fill in match.fills:
            self._settle(fill, order)
            self._set_price(order.symbol, TriggerSource.LAST, fill.price, wake=False)
        for uid in match.cancelled:
            maker = self._orders[uid]
            if maker.price is not None:
                self._touch_level(maker.symbol, maker.side, maker.price)
            self._finish(maker, Status.CANCELLED, "cancelled", "self_trade")
        if order.is_open:
            if order.kind is SimKind.LIMIT and order.force is Force.GTC and order.price is not None:
                book.add(order.uid, order.owner, order.side, order.price, order.remaining)
                self._touch_level(order.symbol, order.side, order.price)
                self._relock(order, at_most_available=True)
            else:
                self._finish(order, Status.CANCELLED, "cancelled", "no_liquidity")
        if match.fills:
            self._wake_reached(order.symbol, TriggerSource.LAST)

    def _meet(self, maker: SimOrder, taker: SimOrder) -> Execution:
        """Trade a whole new order of the crowd with just this resting one."""
        book = self._books[maker.symbol]
        entry = book.remove(maker.uid) if taker.quantity == maker.remaining else book.entry(maker.uid)
        if entry is None:
            raise Refused(Reason.NOT_OPEN, f"Order {maker.order_id} does not rest in the book.")
        if taker.quantity < maker.remaining:
            book.resize(maker.uid, maker.remaining - taker.quantity, keep_place=True)
        return self._settle(BookFill(maker.uid, taker.uid, entry.price, taker.quantity), taker)

    def _settle(self, fill: BookFill, taker: SimOrder) -> Execution:
        """Book one fill: quantities, money, execution, histories."""
        maker = self._orders[fill.maker]
        for order in (maker, taker):
            order.filled += fill.quantity
            order.filled_value += fill.price * fill.quantity
        trade_id = self.policy.trade_id(self)
        settled = self.policy.settle(self, Trade(fill.price, fill.quantity, maker, taker))
        self._touch_level(maker.symbol, maker.side, fill.price)
        self._executions_made += 1
        execution = Execution(
            trade_id=trade_id,
            sequence=self._executions_made,
            time_ns=self.clock.now_ns(),
            symbol=maker.symbol,
            price=fill.price,
            quantity=fill.quantity,
            taker_side=taker.side,
            maker_uid=maker.uid,
            taker_uid=taker.uid,
            maker_order_id=maker.order_id,
            taker_order_id=taker.order_id,
            maker_owner=maker.owner,
            taker_owner=taker.owner,
            maker_fee=settled.maker_fee,
            taker_fee=settled.taker_fee,
        )
        self._trades[maker.symbol].append(execution)
        if maker.owner != CROWD or taker.owner != CROWD:
            self._executions.append(execution)
        for order in (maker, taker):
            if order.remaining == 0:
                self._finish(order, Status.FILLED, "filled", "")
            else:
                order.status = Status.PARTIALLY_FILLED
                self._record(order, "fill")
        if maker.is_open:
            self._relock(maker, at_most_available=True)
        self._emit(OrdersTraded(self._number(), execution, maker, taker))
        return execution

    def _move_in_book(self, order: SimOrder, old_price: Decimal | None, change: SimChange) -> None:
        """Give the book the amended order."""
        book = self._books[order.symbol]
        if order.remaining == 0:
            self._close(order, Status.FILLED, "completed", "amended_to_filled")
            return
        if order.status is Status.UNTRIGGERED:
            if change.stop is not None:
                stop = book.remove_stop(order.uid)
                book.add_stop(order.uid, order.side, change.stop, order.trigger, stop.rising)
                self._wake_reached(order.symbol, order.trigger)
            return
        if book.entry(order.uid) is None or order.price is None or old_price is None:
            return
        self._touch_level(order.symbol, order.side, old_price)
        if order.price == old_price:
            book.resize(order.uid, order.remaining, keep_place=change.keep_place)
            return
        if book.would_cross(order.side, order.price):
            book.remove(order.uid)
            self._trade(order)
            return
        book.reprice(order.uid, order.price, order.remaining)
        self._touch_level(order.symbol, order.side, order.price)

    def _wake_reached(self, symbol: str, source: TriggerSource) -> None:
        """Wake every stop the current price reaches, oldest first."""
        book = self._books[symbol]
        for uid in book.triggered(source, self._prices[symbol, source]):
            order = self._orders[uid]
            if order.status is Status.UNTRIGGERED:
                self._wake(order)

    def _wake(self, order: SimOrder) -> None:
        self._books[order.symbol].remove_stop(order.uid)
        order.triggered_ns = self.clock.now_ns()
        order.kind = _TRIGGERED_KIND.get(order.kind, order.kind)
        self.policy.on_trigger(self, order)
        self._enter(order, "triggered")

    def _set_price(self, symbol: str, source: TriggerSource, price: Decimal, *, wake: bool = True) -> None:
        if self._prices[symbol, source] != price:
            self._prices[symbol, source] = price
            self._emit(PriceChanged(self._number(), symbol, source, price))
        if wake:
            self._wake_reached(symbol, source)

    def _close(self, order: SimOrder, status: Status, cause: str, reason: str) -> None:
        book = self._books[order.symbol]
        if book.entry(order.uid) is not None:
            entry = book.remove(order.uid)
            self._touch_level(order.symbol, order.side, entry.price)
        if order.status is Status.UNTRIGGERED:
            book.remove_stop(order.uid)
        self._finish(order, status, cause, reason)

    def _finish(self, order: SimOrder, status: Status, cause: str, reason: str) -> None:
        """Mark an order that is in no book any more as closed and free what it locked."""
        order.status = status
        order.reason = reason
        self.ledger.release(order.owner, order.uid)
        self._record(order, cause)
        if order.owner == CROWD:
            del self._orders[order.uid]
            del self._owned[CROWD][order.uid]
            del self._by_id[order.order_id]

    def _relock(self, order: SimOrder, *, at_most_available: bool = False) -> None:
        """Lock what the policy asks; after a fill no more than there is, because a trade cannot be undone."""
        if self.ledger.is_unlimited(order.owner):
            return
        lock = self.policy.lock_for(self, order)
        if lock is None:
            self.ledger.release(order.owner, order.uid)
            return
        amount = lock.amount
        if at_most_available:
            held = self.ledger.lock_of(order.owner, lock.currency, order.uid)
            amount = min(amount, held + max(ZERO, self.ledger.balance(order.owner, lock.currency).available))
        self.ledger.set_lock(order.owner, lock.currency, order.uid, amount)

    def _rename(self, order: SimOrder, order_id: str) -> None:
        if order_id == order.order_id:
            return
        del self._by_id[order.order_id]
        self._former[order.order_id] = order
        self._by_id[order_id] = order
        order.order_id = order_id

    def _record(self, order: SimOrder, cause: str, former_id: str | None = None) -> None:
        order.updated_ns = self.clock.now_ns()
        revision = Revision(
            number=len(order.history),
            time_ns=order.updated_ns,
            cause=cause,
            order_id=order.order_id,
            status=order.status,
            price=order.price,
            quantity=order.quantity,
            filled=order.filled,
            value=order.value,
            stop=order.stop,
        )
        order.history.append(revision)
        self._emit(OrderChanged(self._number(), order, revision, former_id or order.order_id))

    # -- events --------------------------------------------------------------------------------------------------------

    @contextmanager
    def _operation(self) -> Iterator[None]:
        """Exact arithmetic inside; levels, balances and listeners when the outermost call is done."""
        with exact():
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._gather()
            if self._depth == 0:
                self._deliver()

    def _number(self) -> int:
        self._events_made += 1
        return self._events_made

    def _emit(self, event: ExchangeEvent) -> None:
        self._pending.append(event)

    def _touch_level(self, symbol: str, side: Side, price: Decimal) -> None:
        self._touched_levels[symbol, side, price] = None

    def _balance_touched(self, account: str, currency: str) -> None:
        self._touched_balances[account, currency] = None

    def _gather(self) -> None:
        """Turn touched levels and balances into events with what they are now."""
        for symbol, side, price in self._touched_levels:
            level = self._books[symbol].level(side, price)
            self._emit(BookChanged(self._number(), symbol, side, price, level.quantity, level.orders))
        self._touched_levels.clear()
        for account, currency in self._touched_balances:
            balance = self.ledger.balance(account, currency)
            if not self.ledger.is_unlimited(account):
                self._emit(BalanceChanged(self._number(), account, currency, balance.total, balance.locked))
        self._touched_balances.clear()

    def _deliver(self) -> None:
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._pending:
                event = self._pending.popleft()
                for listener in tuple(self._listeners):
                    listener(event)
        finally:
            self._delivering = False
