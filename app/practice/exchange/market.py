"""Everybody else in the market: a seeded walk of the mid, their orders on both sides, and now and then a trade.

The walk is polite: it stays between the trader's own orders and away from the trader's stops, trades only as far as
other people stand ahead in the queue, and every so often fills a small part of one of the trader's orders near the
touch. So a starting book lives for hours, with a few partial fills every few minutes. What a drill wants at once it
asks for: `trade_through`, `fill`, `move`, `trigger`. A market that is not ticked does nothing by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.practice.exchange.errors import Reason, Refused
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.numbers import exact, floor_to
from app.practice.exchange.orders import (
    CROWD,
    TRADER,
    Execution,
    Force,
    NewOrder,
    Side,
    SimKind,
    SimOrder,
    Status,
    TriggerSource,
)


@dataclass(frozen=True, slots=True)
class MarketSpec:
    """Liveliness of an instrument.

    Attributes:
        level_quantity: about how much rests at one price; each level is a few orders around it.
        half_spread: ticks from the mid to the first level, at least.
        gap: ticks between levels; people rest at multiples of it.
        levels: prices a side.
        step: how many ticks the mid moves at most in one tick of the clock.
        range: ticks the mid may stray from where it began; it is drawn back the more it strays.
        activity: how many of a hundred clock ticks see a trade.
        reach: ticks from the mid within which the trader's orders may be filled by the walk.
    """

    level_quantity: Decimal
    half_spread: int = 2
    gap: int = 1
    levels: int = 8
    step: int = 1
    range: int = 40
    activity: int = 20
    reach: int = 60


@dataclass(slots=True)
class _State:
    """State of one instrument's market; `mid` and `anchor` count ticks."""

    spec: MarketSpec
    anchor: int
    mid: int


class SimMarket:
    """The crowd of one exchange.

    Args:
        source: the seeded generator of everything it does.
        fill_every: clock ticks between small fills of the trader's orders, on average; 0 for none.
    """

    def __init__(self, exchange: Exchange, source: random.Random, fill_every: int = 300) -> None:
        self._exchange = exchange
        self._random = source
        self._states: dict[str, _State] = {}
        self._fill_every = fill_every
        self._until_fill = self._pause()

    def open(self, symbol: str, spec: MarketSpec) -> None:
        """Let the crowd in: from now on it rests on both sides of the instrument's mid."""
        instrument = self._exchange.instrument(symbol)
        with exact():
            mid = int(instrument.mid / instrument.tick)
        self._states[symbol] = _State(spec, mid, mid)
        self._settle_down(symbol)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self._states)

    def mid(self, symbol: str) -> Decimal:
        """The price the crowd gathers around."""
        return self._price(symbol, self._state(symbol).mid)

    # -- by itself -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """One beat of the market: everybody walks, a few trade."""
        for symbol in self._states:
            if self._exchange.is_trading(symbol):
                self._walk(symbol)
                self._settle_down(symbol)
                self._maybe_trade(symbol)
        self._until_fill -= 1
        if self._fill_every and self._until_fill <= 0:
            self._until_fill = self._pause()
            self._nibble()

    def _pause(self) -> int:
        """Ticks until the next small fill."""
        return self._random.randint(max(1, self._fill_every // 2), max(1, self._fill_every * 3 // 2))

    def _walk(self, symbol: str) -> None:
        state = self._states[symbol]
        stray = state.mid - state.anchor
        back = self._random.randint(0, max(1, state.spec.range)) < abs(stray)
        step = self._random.randint(0, state.spec.step)
        direction = (-1 if stray > 0 else 1) if back else self._random.choice((-1, 1))
        target = state.mid + direction * step
        if self._is_polite(symbol, target):
            state.mid = target
            self._exchange.set_price(symbol, TriggerSource.MARK, self.mid(symbol))

    def _is_polite(self, symbol: str, mid: int) -> bool:
        """Return True if the crowd around this mid would trade with no order of the trader and wake no stop."""
        half = self._states[symbol].spec.half_spread
        bid, ask = self._price(symbol, mid - half), self._price(symbol, mid + half)
        for order in self._exchange.open_orders(TRADER, symbol):
            if order.status is Status.UNTRIGGERED and order.stop is not None:
                rising = order.side is Side.BUY if order.rising is None else order.rising
                reached = ask >= order.stop if rising else bid <= order.stop
            elif order.price is None or order.status is Status.PENDING:
                continue
            else:
                reached = ask <= order.price if order.side is Side.BUY else bid >= order.price
            if reached:
                return False
        return True

    def _maybe_trade(self, symbol: str) -> None:
        """Let somebody take a part of the best price, never reaching an order of the trader."""
        if self._random.randrange(100) >= self._states[symbol].spec.activity:
            return
        side = self._random.choice((Side.BUY, Side.SELL))
        percent = self._random.randint(5, 60)
        book = self._exchange.book(symbol)
        best = book.best(side.opposite)
        if best is None:
            return
        before_us = Decimal(0)
        for entry in book.queue(side.opposite, best):
            if entry.owner != CROWD:
                break
            before_us += entry.quantity
        with exact():
            quantity = floor_to(before_us * percent / 100, self._exchange.instrument(symbol).step)
        if quantity > 0:
            self._take(symbol, side, best, quantity)

    def _nibble(self) -> None:
        """Fill a small part of one of the trader's orders near the touch, respecting the queue."""
        candidates = [order for symbol in self._states for order in self._front(symbol)]
        if not candidates:
            return
        order = self._random.choice(candidates)
        percent = self._random.randint(5, 20)
        step = self._exchange.instrument(order.symbol).step
        with exact():
            quantity = max(step, floor_to(order.remaining * percent / 100, step))
        if quantity < order.remaining:
            self.fill(order, quantity)

    def _front(self, symbol: str) -> Iterable[SimOrder]:
        """The trader's best resting order of each side, if the walk may fill it."""
        state = self._states[symbol]
        if not self._exchange.is_trading(symbol):
            return
        reach = self._price(symbol, state.spec.reach)
        for side in Side:
            for entry in self._exchange.book(symbol).entries(side):
                if entry.owner == TRADER:
                    order = self._exchange.by_uid(entry.uid)
                    if not order.attributes.get("still") and abs(entry.price - self.mid(symbol)) <= reach:
                        yield order
                    break

    # -- on request ----------------------------------------------------------------------------------------------------

    def trade_through(
        self, symbol: str, side: Side, price: Decimal, quantity: Decimal | None = None
    ) -> list[Execution]:
        """Somebody sends an order of `side` that takes everything down (or up) to `price`, at most `quantity`.

        Price-time priority holds: better prices and older orders, the trader's included, go first.
        """
        earlier = self._exchange.trades(symbol)
        last = earlier[-1].sequence if earlier else 0
        with exact():
            found, _ = self._exchange.book(symbol).fillable(side, price, quantity or Decimal("Infinity"))
        if found > 0:
            self._take(symbol, side, price, found)
        done = [trade for trade in self._exchange.trades(symbol) if trade.sequence > last]
        self._settle_down(symbol)
        return done

    def fill(self, order: SimOrder, quantity: Decimal) -> Execution:
        """Somebody trades with just this order now, at its price. The crowd before it steps aside first.

        Raises:
            Refused: NOT_OPEN if it does not rest; BAD_QUANTITY if it is not above zero or more than is left.
        """
        entry = self._exchange.book(order.symbol).entry(order.uid)
        if entry is None:
            raise Refused(Reason.NOT_OPEN, f"Order {order.order_id} does not rest in the book.")
        for other in list(self._exchange.book(order.symbol).entries(order.side)):
            if other.uid == order.uid:
                break
            if other.owner == CROWD and self._exchange.by_uid(other.uid).attributes.get("walk"):
                self._exchange.cancel(self._exchange.by_uid(other.uid))
        done = self._exchange.deal(order, quantity)
        if order.symbol in self._states:
            self._settle_down(order.symbol)
        return done

    def move(self, symbol: str, price: Decimal) -> None:
        """Move the market to `price`: the trader's orders it passes are filled, the stops it reaches wake."""
        state = self._state(symbol)
        instrument = self._exchange.instrument(symbol)
        with exact():
            state.mid = int(price / instrument.tick)
        state.anchor = state.mid
        half = state.spec.half_spread
        self._withdraw(symbol)
        for side, edge in ((Side.SELL, state.mid + half), (Side.BUY, state.mid - half)):
            limit = self._price(symbol, edge)
            with exact():
                found, _ = self._exchange.book(symbol).fillable(side, limit, Decimal("Infinity"))
            if found > 0:
                self._take(symbol, side, limit, found)
        # The crowd comes before the stops wake, so that they find somebody to trade with.
        self._settle_down(symbol)
        for source in TriggerSource:
            self._exchange.set_price(symbol, source, self.mid(symbol))
        self._settle_down(symbol)

    def trigger(self, order: SimOrder) -> None:
        """Wake a stop now, and only this one.

        Raises:
            Refused: BAD_STOP if it is not an untriggered stop.
        """
        self._exchange.trigger(order)

    # -- the crowd's own orders ----------------------------------------------------------------------------------------

    def _settle_down(self, symbol: str) -> None:
        """Bring the crowd's resting orders in line with the mid: what is out of place goes, what is missing comes."""
        if not self._exchange.is_trading(symbol):
            return
        state = self._states[symbol]
        spec = state.spec
        book = self._exchange.book(symbol)
        for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
            # People keep to round prices (multiples of the gap), so a small move of the mid leaves most of them alone.
            edge = (state.mid + sign * spec.half_spread) // spec.gap
            if side is Side.SELL and edge * spec.gap < state.mid + spec.half_spread:
                edge += 1
            ticks = [(edge + sign * number) * spec.gap for number in range(spec.levels)]
            wanted = [self._price(symbol, tick) for tick in ticks if tick > 0]
            held = set(wanted)
            for order in self._walkers(symbol, side):
                if order.price not in held:
                    self._exchange.cancel(order)
            present = {order.price for order in self._walkers(symbol, side)}
            for price in wanted:
                if price not in present and not book.would_cross(side, price):
                    self._rest(symbol, side, price)

    def _walkers(self, symbol: str, side: Side) -> list[SimOrder]:
        """The crowd's orders that move with the walk (those put somewhere on purpose do not)."""
        orders = (
            self._exchange.by_uid(entry.uid)
            for entry in self._exchange.book(symbol).entries(side)
            if entry.owner == CROWD
        )
        return [order for order in orders if order.attributes.get("walk")]

    def _withdraw(self, symbol: str) -> None:
        for side in Side:
            for order in self._walkers(symbol, side):
                self._exchange.cancel(order)

    def _rest(self, symbol: str, side: Side, price: Decimal) -> None:
        """A few people rest at one price."""
        step = self._exchange.instrument(symbol).step
        level = self._states[symbol].spec.level_quantity
        for _ in range(self._random.randint(1, 3)):
            with exact():
                quantity = max(step, floor_to(level * self._random.randint(20, 80) / 100, step))
            self._exchange.place(
                NewOrder(CROWD, symbol, side, SimKind.LIMIT, quantity, price, attributes={"walk": True})
            )

    def _take(self, symbol: str, side: Side, price: Decimal, quantity: Decimal) -> None:
        self._exchange.place(NewOrder(CROWD, symbol, side, SimKind.LIMIT, quantity, price, force=Force.IOC))

    def _state(self, symbol: str) -> _State:
        if symbol not in self._states:
            raise Refused(Reason.NO_SUCH_INSTRUMENT, f"No market was opened for {symbol!r}.")
        return self._states[symbol]

    def _price(self, symbol: str, ticks: int) -> Decimal:
        with exact():
            return self._exchange.instrument(symbol).tick * ticks
