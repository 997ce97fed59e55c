"""One total for several orders: what each keeps, so that the best places stay whole. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.domain.form import InputError
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, Side

#: Name of the wish, as it is typed: `total=5`.
TOTAL = "total"


def is_total(changes: Sequence[str]) -> bool:
    """Return True if one of these wishes is for a total of all."""
    return any(each.partition("=")[0].strip().lower() == TOTAL for each in changes)


def cut(orders: Sequence[Order], total: Decimal) -> dict[tuple[str, str], Decimal]:
    """Share a total of what remains out among orders of one market and side.

    Best places first: by price, then by age. Whoever is in front keeps all it has, one order is cut, those behind it
    keep nothing.

    Args:
        orders: open orders with a price.
        total: what should remain of all together, in base units.

    Returns:
        What remains of each, by account and order id.

    Raises:
        InputError: if they are not of one market and side, or have less than the total.
    """
    if len({(order.account, order.symbol, order.market, order.side) for order in orders}) > 1:
        raise InputError(TOTAL, "A total is shared out among orders of one account, market and side; choose such ones.")
    with exact():
        have = sum((order.remaining for order in orders), ZERO)
    if total < ZERO or total >= have:
        raise InputError(TOTAL, f"The orders have {tidy(have)} left together; write a total below that.")
    found: dict[tuple[str, str], Decimal] = {}
    left = total
    for order in sorted(orders, key=_place):
        with exact():
            kept = min(left, order.remaining)
            left -= kept
        found[(order.account, order.order_id)] = kept
    return found


def _place(order: Order) -> tuple[bool, Decimal, bool, int]:
    """Sort key: the best price first, the older of two equal ones; what is not known comes last."""
    price = order.price if order.price is not None else ZERO
    better = -price if order.side is Side.BUY else price
    return (order.price is None, better, order.created_at is None, order.created_at or 0)
