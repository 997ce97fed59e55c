"""One instrument's order book with price-time priority, and its waiting stops.

The book knows resting quantities, not orders: an entry is a uid, an owner, a side, a price and what is left of it. The
exchange keeps everything else. All operations are exact and deterministic; nothing is rounded.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from app.practice.exchange.errors import PracticeError
from app.practice.exchange.orders import ZERO, SelfTrade, Side, TriggerSource


class BookError(PracticeError):
    """A use of the book that makes no sense: an unknown uid, a quantity that is not above zero, a doubled entry."""


@dataclass(slots=True)
class BookEntry:
    """Resting order; `quantity` is what is left of it."""

    uid: int
    owner: str
    side: Side
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class BookFill:
    """Maker and taker uid meeting at the maker's price."""

    maker: int
    taker: int
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """Effect of an incoming order on the book.

    Attributes:
        fills: oldest first.
        remaining: what is left of the incoming order; it does NOT rest yet.
        cancelled: makers taken out by self-trade prevention, in order.
    """

    fills: tuple[BookFill, ...]
    remaining: Decimal
    cancelled: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Position of an entry in the queue of its price."""

    orders_ahead: int
    quantity_ahead: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """One price of one side."""

    price: Decimal
    quantity: Decimal
    orders: int


@dataclass(slots=True)
class _Queue:
    """The entries of one price, oldest first (a dict keeps insertion order), and their sum."""

    entries: dict[int, BookEntry] = field(default_factory=dict)
    quantity: Decimal = ZERO


class _Half:
    """One side of the book; `prices` ascends in `rank`, which is best first for both sides."""

    __slots__ = ("queues", "ranks", "sign")

    def __init__(self, side: Side) -> None:
        self.sign = -1 if side is Side.BUY else 1
        self.ranks: list[Decimal] = []
        self.queues: dict[Decimal, _Queue] = {}

    def queue(self, price: Decimal) -> _Queue:
        queue = self.queues.get(price)
        if queue is None:
            queue = self.queues[price] = _Queue()
            insort(self.ranks, price * self.sign)
        return queue

    def drop(self, price: Decimal) -> None:
        del self.queues[price]
        del self.ranks[bisect_left(self.ranks, price * self.sign)]

    def best(self) -> Decimal | None:
        return self.ranks[0] * self.sign if self.ranks else None

    def prices(self) -> Iterator[Decimal]:
        """Best first."""
        for rank in self.ranks:
            yield rank * self.sign


@dataclass(frozen=True, slots=True)
class BookStop:
    """A waiting stop: wakes when its source reaches `price` from the side where it stands."""

    uid: int
    price: Decimal
    source: TriggerSource
    rising: bool


class Book:
    """The book of one instrument."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self._halves = {side: _Half(side) for side in Side}
        self._entries: dict[int, BookEntry] = {}
        self._stops: dict[int, BookStop] = {}

    # -- resting -------------------------------------------------------------------------------------------------------

    def add(self, uid: int, owner: str, side: Side, price: Decimal, quantity: Decimal) -> None:
        """Rest at the back of the queue of `price`, without matching (see `match`).

        Raises:
            BookError: if the uid rests already, or price or quantity is not above zero.
        """
        if uid in self._entries:
            raise BookError(f"{uid} rests already.")
        if quantity <= 0 or price <= 0:
            raise BookError(f"{uid} needs a price and a quantity above zero.")
        entry = BookEntry(uid, owner, side, price, quantity)
        queue = self._halves[side].queue(price)
        queue.entries[uid] = entry
        queue.quantity += quantity
        self._entries[uid] = entry

    def remove(self, uid: int) -> BookEntry:
        """Take an entry out.

        Raises:
            BookError: if it does not rest.
        """
        entry = self._entry(uid)
        half = self._halves[entry.side]
        queue = half.queues[entry.price]
        queue.quantity -= entry.quantity
        del queue.entries[uid]
        del self._entries[uid]
        if not queue.entries:
            half.drop(entry.price)
        return entry

    def resize(self, uid: int, quantity: Decimal, *, keep_place: bool) -> None:
        """Set what is left of an entry. A reduction keeps its place; growth does so only with `keep_place`."""
        entry = self._entry(uid)
        if quantity <= 0:
            raise BookError(f"{uid} needs a quantity above zero; remove it instead.")
        if quantity > entry.quantity and not keep_place:
            self.reprice(uid, entry.price, quantity)
            return
        self._halves[entry.side].queues[entry.price].quantity += quantity - entry.quantity
        entry.quantity = quantity

    def reprice(self, uid: int, price: Decimal, quantity: Decimal) -> None:
        """Move an entry to the back of the queue of `price`, without matching."""
        entry = self.remove(uid)
        self.add(uid, entry.owner, entry.side, price, quantity)

    # -- matching ------------------------------------------------------------------------------------------------------

    def match(
        self,
        uid: int,
        owner: str,
        side: Side,
        price: Decimal | None,
        quantity: Decimal,
        self_trade: SelfTrade = SelfTrade.ALLOW,
    ) -> Match:
        """Trade an incoming order against the book as far as its price (None: any price) and quantity go.

        Best price first, oldest first; always at the maker's price.
        """
        half = self._halves[side.opposite]
        fills: list[BookFill] = []
        cancelled: list[int] = []
        remaining = quantity
        while remaining > 0:
            best = half.best()
            if best is None or not _reaches(side, price, best):
                break
            maker = next(iter(half.queues[best].entries.values()))
            if maker.owner == owner and self_trade is not SelfTrade.ALLOW:
                self.remove(maker.uid)
                cancelled.append(maker.uid)
                continue
            traded = min(remaining, maker.quantity)
            fills.append(BookFill(maker.uid, uid, best, traded))
            remaining -= traded
            if traded == maker.quantity:
                self.remove(maker.uid)
            else:
                self.resize(maker.uid, maker.quantity - traded, keep_place=True)
        return Match(tuple(fills), remaining, tuple(cancelled))

    def would_cross(self, side: Side, price: Decimal) -> bool:
        """Return True if an order at `price` would trade at once."""
        best = self._halves[side.opposite].best()
        return best is not None and _reaches(side, price, best)

    def fillable(
        self, side: Side, price: Decimal | None, quantity: Decimal, without: str | None = None
    ) -> tuple[Decimal, Decimal]:
        """Quantity of an incoming order that would trade now, and its quote amount.

        Args:
            without: an owner whose entries do not count (self-trade prevention takes them out).
        """
        found = value = ZERO
        half = self._halves[side.opposite]
        for best in half.prices():
            if found >= quantity or not _reaches(side, price, best):
                break
            for entry in half.queues[best].entries.values():
                if entry.owner == without:
                    continue
                part = min(entry.quantity, quantity - found)
                found += part
                value += part * best
                if found >= quantity:
                    break
        return found, value

    # -- stops ---------------------------------------------------------------------------------------------------------

    def add_stop(self, uid: int, side: Side, price: Decimal, source: TriggerSource, rising: bool | None = None) -> None:
        """Let a stop wait. By default a buy wakes when the price rises to it and a sell when it falls to it; a take
        profit is the other way round: say so with `rising`."""
        if uid in self._stops:
            raise BookError(f"{uid} waits already.")
        self._stops[uid] = BookStop(uid, price, source, (side is Side.BUY) if rising is None else rising)

    def remove_stop(self, uid: int) -> BookStop:
        if uid not in self._stops:
            raise BookError(f"{uid} does not wait.")
        return self._stops.pop(uid)

    def triggered(self, source: TriggerSource, price: Decimal) -> list[int]:
        """The stops that `price` wakes, in the order they began to wait; they keep waiting until removed."""
        return [
            stop.uid
            for stop in self._stops.values()
            if stop.source is source and (price >= stop.price if stop.rising else price <= stop.price)
        ]

    @property
    def stops(self) -> tuple[BookStop, ...]:
        return tuple(self._stops.values())

    # -- looking -------------------------------------------------------------------------------------------------------

    def entry(self, uid: int) -> BookEntry | None:
        """The resting entry of `uid`, None if it does not rest."""
        return self._entries.get(uid)

    def best(self, side: Side) -> Decimal | None:
        """Best price of a side, None if the side is empty."""
        return self._halves[side].best()

    def level(self, side: Side, price: Decimal) -> Level:
        """One price of one side; zero quantity and orders if nothing rests there."""
        queue = self._halves[side].queues.get(price)
        return Level(price, queue.quantity, len(queue.entries)) if queue else Level(price, ZERO, 0)

    def depth(self, side: Side, levels: int | None = None) -> list[Level]:
        """The best `levels` prices of a side (all for None), best first."""
        half = self._halves[side]
        prices = [rank * half.sign for rank in half.ranks[:levels]]
        return [self.level(side, price) for price in prices]

    def queue(self, side: Side, price: Decimal) -> list[BookEntry]:
        """The entries of one price, oldest first."""
        queue = self._halves[side].queues.get(price)
        return list(queue.entries.values()) if queue else []

    def entries(self, side: Side) -> Iterator[BookEntry]:
        """Every entry of a side, in the order they would trade."""
        half = self._halves[side]
        for price in half.prices():
            yield from half.queues[price].entries.values()

    def place(self, uid: int) -> Place:
        """Position of an entry in its queue.

        Raises:
            BookError: if it does not rest.
        """
        entry = self._entry(uid)
        ahead = []
        for other in self.queue(entry.side, entry.price):
            if other.uid == uid:
                break
            ahead.append(other.quantity)
        return Place(len(ahead), sum(ahead, ZERO))

    def _entry(self, uid: int) -> BookEntry:
        entry = self._entries.get(uid)
        if entry is None:
            raise BookError(f"{uid} does not rest in {self.symbol}.")
        return entry


def _reaches(side: Side, price: Decimal | None, other: Decimal) -> bool:
    """Return True if an order of `side` limited to `price` (None: unlimited) may trade at `other`."""
    return price is None or (price >= other if side is Side.BUY else price <= other)
