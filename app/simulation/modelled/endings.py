"""Reading of a closed order at a venue that reports the trades of such an order and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain.money import ZERO, plain
from app.domain.order import Fill, Order, OrderStatus
from app.simulation.modelled.behaviour import VenueModel

#: Attribute of an order whose end only its trades tell: each as "quantity@price" and "m" for a resting order's.
TRADES = "ended_trades"


def by_trades(model: VenueModel, order: Order, fills: Sequence[Fill], hint: OrderStatus | None, size: Decimal) -> Order:
    """An order that is gone, with what its trades and perhaps the public feed prove.

    Args:
        order: as last seen.
        fills: all its executions.
        hint: how the feed said it ended, None if it said nothing.
        size: the largest size it may have had. An order that was asked to grow may have, and as much as its old size
            has filled proves no end then. Neither does more than it: somebody made it larger, nobody knows by how much.
    """
    done = sum((each.quantity for each in fills), ZERO)
    if hint is OrderStatus.FILLED or (hint is None and done == size):
        gone = replace(order, status=OrderStatus.FILLED, quantity=done)
    elif hint is OrderStatus.CANCELLED or done == ZERO:
        gone = replace(order, status=OrderStatus.CANCELLED)
    else:
        gone = replace(order, status=OrderStatus.ENDED)
    if done > order.filled and fills:
        gone = replace(gone, price=fills[-1].price)
    words = model.words.get(gone.status, gone.status.value)
    told = " ".join(f"{plain(each.quantity)}@{plain(each.price)}m" for each in fills)
    attributes = (*gone.attributes, (TRADES, told))
    # It was made larger where more has filled than it was last seen to be.
    size = max(gone.quantity, done)
    return replace(gone, raw_status=words, quantity=size, filled=done, updated_at=None, attributes=attributes)
