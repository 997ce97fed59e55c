"""Starting book of a practice account, described as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.practice.exchange.clock import NS_PER_MS
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.market import SimMarket
from app.practice.exchange.orders import CROWD, TRADER, ZERO, Force, NewOrder, Side, SimKind, SimOrder, TriggerSource
from app.practice.exchange.policy import MarginPolicy


@dataclass(frozen=True, slots=True)
class StartingOrder:
    """One order of the starting book.

    Attributes:
        filled: how much of it has traded already; it is traded for real, so balances and fills agree.
        ahead: how much of other people's quantity stands before it at its price (left alone by the walk).
        triggered: for a stop: it has woken already.
        age_ms: how long before the start it was placed.
        still: the market's walk never fills it; only a drill or a person's own change can.
    """

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None = None
    kind: SimKind = SimKind.LIMIT
    filled: Decimal = ZERO
    ahead: Decimal = ZERO
    value: Decimal | None = None
    stop: Decimal | None = None
    trigger: TriggerSource = TriggerSource.LAST
    rising: bool | None = None
    triggered: bool = False
    force: Force = Force.GTC
    post_only: bool = False
    reduce_only: bool = False
    client_id: str = ""
    order_id: str | None = None
    owner: str = TRADER
    age_ms: int = 600_000
    still: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


def starting(symbol: str, terms: str, minutes: int, **more: Any) -> StartingOrder:
    """Describe one order in a line.

    Args:
        terms: side, quantity, and the price if it has one: "sell 1.2 99500".
        minutes: its age at the start.
        more: other fields of the order; amounts and prices may be texts.
    """
    side, quantity, *price = terms.split()
    numbers: dict[str, Any] = {
        name: Decimal(more.pop(name)) for name in ("filled", "ahead", "value", "stop") if name in more
    }
    return StartingOrder(
        symbol,
        Side(side),
        Decimal(quantity),
        Decimal(price[0]) if price else None,
        age_ms=minutes * 60_000,
        **numbers,
        **more,
    )


@dataclass(frozen=True, slots=True)
class StartingBook:
    """Money, positions and orders an account starts with.

    Attributes:
        balances: total by currency, locks of the orders below included.
        positions: (signed quantity, average price) by symbol; only where the policy keeps positions.
    """

    balances: Mapping[str, Decimal]
    orders: tuple[StartingOrder, ...] = ()
    positions: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


def plant(exchange: Exchange, market: SimMarket, book: StartingBook, owner: str = TRADER) -> list[SimOrder]:
    """Bring a starting book about: deposit, place, queue behind others, trade what is filled, wake what has woken.

    Raises:
        Refused: if the book contradicts itself, for example by locking more than it has.
    """
    for currency, amount in book.balances.items():
        exchange.ledger.deposit(owner, currency, amount)
    if book.positions:
        policy = exchange.policy
        if not isinstance(policy, MarginPolicy):
            raise TypeError("Only a margin venue keeps positions.")
        for symbol, (quantity, average) in book.positions.items():
            policy.set_position(exchange, owner, symbol, quantity, average)
    return [_place(exchange, market, start) for start in book.orders]


def _place(exchange: Exchange, market: SimMarket, start: StartingOrder) -> SimOrder:
    if start.ahead and start.price is not None:
        exchange.place(NewOrder(CROWD, start.symbol, start.side, SimKind.LIMIT, start.ahead, start.price))
    attributes = {**start.attributes, "still": start.still}
    order = exchange.place(
        NewOrder(
            owner=start.owner,
            symbol=start.symbol,
            side=start.side,
            kind=start.kind,
            quantity=start.quantity,
            price=start.price,
            value=start.value,
            stop=start.stop,
            trigger=start.trigger,
            rising=start.rising,
            force=start.force,
            post_only=start.post_only,
            reduce_only=start.reduce_only,
            client_id=start.client_id,
            order_id=start.order_id,
            created_ns=exchange.clock.now_ns() - start.age_ms * NS_PER_MS,
            attributes=attributes,
        )
    )
    if start.triggered:
        exchange.trigger(order)
    if start.filled:
        market.fill(order, start.filled)
    return order
