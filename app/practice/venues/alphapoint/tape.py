"""Market and money at the moment an order last changed, for its row.

An AlphaPoint row carries the best prices of that moment, and an execution what was left of its order then; the exchange
keeps neither, so they are noted as things happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import (
    TRADER,
    ZERO,
    ExchangeEvent,
    Execution,
    OrderChanged,
    OrdersTraded,
    Revision,
    Side,
    SimOrder,
)

#: Price that stands where there is no ask: the largest 64-bit number over 10^9.
NO_ASK = Decimal("9223372036.854775807")


@dataclass(frozen=True, slots=True)
class Touch:
    """Best prices and sizes, and the last trade."""

    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal
    last: Decimal


@dataclass(frozen=True, slots=True)
class RowMoment:
    """An order right after one of its revisions.

    Attributes:
        gross: quote amount executed so far.
    """

    inside: Touch
    gross: Decimal


class Tape:
    """Listens from the first order on."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._moments: dict[tuple[int, int], RowMoment] = {}
        self._trades: dict[int, tuple[Touch, Decimal]] = {}
        exchange.subscribe(self._happened)

    def inside(self, symbol: str) -> Touch:
        """The market now."""
        book = self._exchange.book(symbol)
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        return Touch(
            bid if bid is not None else ZERO,
            book.level(Side.BUY, bid).quantity if bid is not None else ZERO,
            ask if ask is not None else NO_ASK,
            book.level(Side.SELL, ask).quantity if ask is not None else ZERO,
            self._exchange.price(symbol),
        )

    def moment(self, order: SimOrder, revision: Revision) -> RowMoment:
        """Note taken at a revision."""
        return self._moments[order.uid, revision.number]

    def trade(self, done: Execution) -> tuple[Touch, Decimal]:
        """The market at a trade of ours, and what was left of our order after it."""
        return self._trades[done.sequence]

    def _happened(self, event: ExchangeEvent) -> None:
        if isinstance(event, OrderChanged) and event.order.owner == TRADER:
            order, revision = event.order, event.revision
            self._moments[order.uid, revision.number] = RowMoment(
                self.inside(order.symbol), self._gross(order, revision)
            )
        elif isinstance(event, OrdersTraded):
            ours = next((order for order in (event.maker, event.taker) if order.owner == TRADER), None)
            if ours is not None:
                done = event.execution
                later = sum(
                    (each.quantity for each in self._own(ours) if each.sequence > done.sequence),
                    start=ZERO,
                )
                self._trades[done.sequence] = (self.inside(ours.symbol), ours.remaining + later)

    def _own(self, order: SimOrder) -> list[Execution]:
        return self._exchange.executions_of(TRADER, order.uid)

    def _gross(self, order: SimOrder, revision: Revision) -> Decimal:
        """Events come after the whole call, so the order may have traded on since this revision."""
        if revision.filled == order.filled:
            return order.filled_value
        gross = quantity = ZERO
        for done in self._own(order):
            if quantity >= revision.filled:
                break
            quantity += done.quantity
            gross += done.value
        return gross
